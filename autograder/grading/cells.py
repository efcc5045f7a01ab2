"""What a cell of a lesson is for, and what it is called."""

STUDENT, TEST, OWN = "student", "test", "own"


def kind_of(cell):
    """Return ``"student"`` for a cell that students write, ``"test"`` for one that grades them, otherwise ``"own"``.

    The cell has to be one of the source, or to have the metadata of one.
    """
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("solution"):
        return STUDENT
    return TEST if marks.get("grade") else OWN


def grade_id_of(cell):
    """Return the ``grade_id`` of any cell, whatever its metadata holds, or None if it has none."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None
