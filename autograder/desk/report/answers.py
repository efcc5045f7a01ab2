"""Read the code that students handed in, exercise by exercise, as it was graded."""

from functools import lru_cache

from autograder.grading.graded_notebooks import answers_in, read_graded

MAX_ANSWER = 20_000


def code_reader(courses):
    """Return a function that reads a student's answer to an exercise from the graded notebooks.

    Parameters
    ----------
    courses : dict of str to autograder.grading.course.Course
        By lesson.

    Returns
    -------
    callable
        ``code_of(lesson, student, exercise)`` returns the source of the cell that is named after the exercise, or
        None if there is none.
    """

    @lru_cache(maxsize=4)
    def answers(lesson, student):
        course = courses[lesson]
        notebooks = (read_graded(course, student, name) for name in course.sources)
        return {name: code[:MAX_ANSWER] for each in notebooks for name, code in answers_in(each).items()}

    return lambda lesson, student, exercise: answers(lesson, student).get(exercise)
