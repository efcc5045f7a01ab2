"""All exercises and recall questions of the course, by name."""

from autograder.exercises import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07

_LESSONS = [lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07]

EXERCISES = {exercise.name: exercise for lesson in _LESSONS for exercise in lesson.EXERCISES}
QUESTIONS = {question.name: question for lesson in _LESSONS for question in lesson.QUESTIONS}
