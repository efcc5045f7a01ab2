"""What the page of a report says about each student, over the lessons."""

from autograder.desk.report.lesson_part import cell_of
from autograder.desk.report.summary import SOLVED
from autograder.desk.report.words import natural


def student_part(summary):
    """Return what the template needs for the table of students.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary

    Returns
    -------
    dict of str to dict
        By student, in the order of what they are called. An anchor is a number, which tells nobody's name.
    """
    ranked = sorted(summary.students, key=lambda student: natural(summary.students[student]))
    return {
        student: {
            "name": summary.students[student],
            "anchor": f"student-{number}",
            "lessons": [_in_lesson(student, lesson) for lesson in summary.lessons],
        }
        for number, student in enumerate(ranked, 1)
    }


def _in_lesson(student, lesson):
    answered = [each for each in lesson.exercises if student in each.answers]
    open_ = [
        cell_of(each.name, each.answers[student]) | {"optional": each.optional}
        for each in answered
        if each.answers[student].state != SOLVED
    ]
    instead = {**dict.fromkeys(lesson.absent, "nothing"), **dict.fromkeys(lesson.unusable, "not gradable")}
    return {
        "lesson": lesson.short,
        "share": lesson.shares.get(student),
        "instead": instead.get(student, "–"),
        "late": student in lesson.late or student in lesson.marked_late,
        "open": open_,
        "open_count": len(open_),
        "solved": len(answered) - len(open_),
    }
