"""Folders named after students, ``ID/*.ipynb`` or ``ID/LESSON/*.ipynb``, as nbgrader and most scripts arrange them."""

from autograder.desk.platforms.parts import Clues, Person

LABEL = "folders named after students"


def parse(path, lesson, lessons):
    """Return what the path of a file says about a submission, or None.

    Parameters
    ----------
    path : str
        Of the file.
    lesson : str
        The lesson that is collected.
    lessons : collection of str
        All lessons of the course. What is in the folder of another one is left out.

    Returns
    -------
    autograder.desk.platforms.parts.Clues or None
    """
    student, _, file = path.partition("/")
    inside, _, rest = file.partition("/")
    if rest and inside == lesson:
        file = rest
    elif not file or (rest and inside in lessons):
        return None
    return Clues(Person("", student), student, file, student)
