"""Find out where submissions are: whose folders exist, and what is in a place where nobody will look for it."""

import difflib
import os
import unicodedata
from pathlib import PurePath

from autograder.grading.files import printable

# What an archive made on a Mac, or Jupyter, leaves beside the folders of students.
_NOT_STUDENTS = ("__MACOSX",)
_HANDED_IN = (".ipynb", ".zip")
_MOST_MESSAGES = 10


def is_student(name):
    """Whether a folder of this name can be a student's."""
    return not name.startswith(".") and name not in _NOT_STUDENTS


def composed(name):
    """Return a name in the form that keyboards and databases use: Macs write ü as u and two dots."""
    return unicodedata.normalize("NFC", name)


def compose_names(root):
    """Rename every folder of a student whose name has letters in several parts, unless the other name is taken.

    Parameters
    ----------
    root : pathlib.Path
        The folder with the submissions.
    """
    for folder in _entries(root):
        target = root / composed(folder.name)
        if target.name != folder.name and not target.exists():
            os.rename(folder, target)


def student_in(given, submitted):
    """Return the student whose submission a path points to, or None if it points to something else.

    Parameters
    ----------
    given : str
        What stands in place of a lesson's name; ``classroom/submitted/ID/LESSON``, for instance.
    submitted : str
        nbgrader's ``submitted_directory``.

    Returns
    -------
    str or None
    """
    *folders, student, _ = ("", "", *PurePath(given).parts)
    wanted = PurePath(submitted).parts
    return composed(student) if wanted and tuple(folders[-len(wanted) :]) == wanted else None


def find_misplaced(base, submitted, lesson, lessons):
    """Find submissions that may be for a lesson but aren't where submissions are looked for.

    Parameters
    ----------
    base : pathlib.Path
        The folder of the course.
    submitted : str
        nbgrader's ``submitted_directory``, in which each submission should be in ``STUDENT/LESSON``.
    lesson : str
        The name of the assignment.
    lessons : collection of str
        All assignments of the course.

    Returns
    -------
    list of str
        A sentence about each, that says where it belongs.
    """
    messages = []
    for entry in _entries(base / submitted):
        shown = f"{submitted}/{printable(entry.name)}"
        if _is_handed_in(entry):
            messages.append(f"{shown} is in no student's folder. Move it to {submitted}/STUDENT/{lesson}.")
        elif entry.name == lesson and entry.is_dir():
            messages.append(
                f"{shown} is a lesson's folder where a student's should be. The order is {submitted}/STUDENT/{lesson}."
            )
        elif entry.name not in lessons and composed(entry.name) != entry.name:
            messages.append(
                f"There are two folders called {composed(shown)}, whose names are encoded differently. Move everything "
                "into one of them."
            )
        elif entry.name not in lessons:
            messages += _misplaced_of(entry, shown, lesson, lessons)
    more = len(messages) - _MOST_MESSAGES
    return messages[:_MOST_MESSAGES] + ([f"{more} more submissions are in the wrong place."] if more > 0 else [])


def _misplaced_of(folder, shown, lesson, lessons):
    """Yield a sentence about each thing in a student's folder that is in the wrong place."""
    for entry in _entries(folder):
        if _is_handed_in(entry):
            yield f"{shown}/{printable(entry.name)} is not in the folder of a lesson. Move it to {shown}/{lesson}."
        elif entry.is_dir() and entry.name not in lessons:
            near = difflib.get_close_matches(entry.name.lower(), lessons, n=1, cutoff=0.5)
            if near in ([], [lesson]):
                advice = f"Rename it to {lesson}" if near else "Rename it to the lesson's name, or remove it"
                yield f"{shown}/{printable(entry.name)} is not the folder of a lesson. {advice}."


def _entries(folder):
    """List what is in a folder, apart from what archives and Jupyter leave there; nothing if it cannot be listed."""
    try:
        return [entry for entry in sorted(folder.iterdir()) if is_student(entry.name)]
    except OSError:
        return []


def _is_handed_in(path):
    return path.suffix.lower() in _HANDED_IN and path.is_file()
