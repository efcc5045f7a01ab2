"""Empty answers, which get 0 points all at once when somebody asks for it."""

import contextlib

from autograder.desk.marking.marks import ChangedMeanwhile, Mark
from autograder.grading.normalise import LOST_QUESTION


def mark_empty(session, records):
    """Give 0 points to the answers of a session that are empty and not marked.

    Parameters
    ----------
    session : autograder.desk.marking.session.Session
    records : autograder.grading.records.Records
        Of the lesson. They say whose answers may be empty only because the question wasn't found.

    Returns
    -------
    (list of str, list of str)
        Whose answers were marked, and whose weren't because the answer may be somewhere else.
    """
    empty = sorted(
        each.student for each in session.answers if not each.text and session.known[each.student].points is None
    )
    sign = LOST_QUESTION.format(session.question.cell)
    lost = [student for student in empty if sign in (records.read(student) or {}).get("why", "")]
    marked = []
    for student in sorted(set(empty) - set(lost)):
        seen = session.known[student]
        with contextlib.suppress(ChangedMeanwhile):
            session.marks.write(student, Mark(0.0, seen.comment), seen)
            marked.append(student)
    return marked, lost
