"""All exercises of the course, by the name of the function."""

from autograder.exercises import lesson_03

_LESSONS = [lesson_03]

EXERCISES = {exercise.name: exercise for lesson in _LESSONS for exercise in lesson.EXERCISES}
