"""The sentences of a report, which are the same on the page and in the terminal."""

import re

from autograder.desk.report import summary as states
from autograder.desk.report.over_lessons import LEAST_DROP, LOWEST

# In a list that continues elsewhere.
MAX_NAMES = 12
RULE_OF_BEHIND = (
    "This lists who handed in nothing, or nothing that could be graded, up to the last lesson; who has in the last "
    f"lesson at least {100 * LEAST_DROP:.0f} percentage points less than the median of their own earlier lessons; and "
    "who was low throughout: above the class's median in no lesson and, by the mean of the lessons, among the lowest "
    f"{LOWEST:.0%} of the class."
)


def natural(name):
    """Return a key that sorts numbers in names by their value: Student 2 comes before Student 10."""
    # Every other part is a number, so that only like is compared with like.
    return [int(part) if number % 2 else part for number, part in enumerate(re.split(r"([0-9]+)", name))]


def names_of(summary, students):
    """Return what students are called, in the order of these names."""
    return sorted((summary.students[student] for student in students), key=natural)


def who_is_missing(summary, lesson):
    """Say who handed in nothing, nothing that could be graded, or late.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    lesson : autograder.desk.report.summary.LessonSummary

    Yields
    ------
    str
        A sentence for each of these, where there is somebody.
    """

    def names(students):
        return ", ".join(names_of(summary, students))

    if lesson.absent:
        yield f"Handed in nothing: {names(lesson.absent)}."
    if lesson.unusable:
        yield f"Handed in nothing that could be graded: {names(lesson.unusable)}."
    if late := [student for student in lesson.late if student not in lesson.covered]:
        yield f"Late: {names(late)}."
    if covered := [student for student in lesson.late if student in lesson.covered]:
        yield f"Late, but within their late days: {names(covered)}."
    for platform in sorted(set(lesson.marked_late.values())):
        marked = [student for student, by in lesson.marked_late.items() if by == platform]
        yield f"Marked late by {platform}, time unknown: {names(marked)}."


def written_in_words(question):
    """Say how a class did in a question that is marked by hand.

    Parameters
    ----------
    question : autograder.desk.report.summary.WrittenSummary

    Returns
    -------
    str
    """
    marked, all_points = len(question.marks), sum(mark >= question.points for mark in question.marks)
    if not marked:
        return f"none of {question.waiting} answers is marked yet"
    found = f"{question.mean:.2g} of {question.points:g} points on average, {all_points} with all, "
    found += f"{sum(mark == 0 for mark in question.marks)} with none; {marked} marked"
    return found + (f", {question.waiting} waiting" if question.waiting else "")


def answer_in_words(answer):
    """Say how an answer is, and why.

    Parameters
    ----------
    answer : autograder.desk.report.summary.Answer

    Returns
    -------
    str
    """
    if answer.state == states.HELD_UP:
        return f"held up by {', '.join(answer.blamed)}"
    if answer.state not in (states.PARTLY, states.WRONG):
        return answer.state
    reasons = list(answer.mistakes) + ["stopped because it took too long"] * answer.stopped
    return f"{answer.state}: {', '.join(reasons) or 'no known mistake'}"


def behind_in_words(summary, each):
    """Say how a student has fallen behind.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    each : autograder.desk.report.over_lessons.Behind

    Returns
    -------
    str
    """
    lessons = summary.lessons
    if each.missing:
        missed = lessons[len(lessons) - each.missing :]
        tried = [each.student in lesson.unusable for lesson in missed]
        what = "nothing that could be graded" if all(tried) else "nothing, or nothing that could be graded,"
        what = what if any(tried) else "nothing"
        if each.missing == 1:
            return f"handed in {what.rstrip(',')} in {missed[0].short}"
        return f"handed in {what} since {missed[0].short}, {each.missing} lessons in a row"
    shares = [(lesson, lesson.shares[each.student]) for lesson in lessons if each.student in lesson.shares]
    if each.drop:
        (last, share), earlier = shares[-1], [f"{share:.0%}" for _, share in shares[:-1]]
        return f"{share:.0%} in {last.short}, after {_and(earlier)}"
    own, medians = _and([f"{share:.0%}" for _, share in shares]), _and([f"{each.median:.0%}" for each, _ in shares])
    return f"low throughout: {own}, where the class's medians are {medians}"


def named_in_words(exercises):
    """Say how many of the wrong answers to some exercises have a named mistake.

    Parameters
    ----------
    exercises : list of autograder.desk.report.summary.ExerciseSummary

    Returns
    -------
    str
    """
    answers = [answer for each in exercises for answer in each.answers.values()]
    failed = [answer for answer in answers if answer.state in (states.PARTLY, states.WRONG)]
    named = [answer for answer in failed if answer.mistakes]
    unexplained = sum(answer.unexplained for answer in failed)
    stopped = len(failed) - len(named) - unexplained
    if not failed:
        return "No answer is wrong or partly right."
    if len(named) == len(failed):
        found = f"All {len(failed)} wrong and partly right answers have a named mistake."
    else:
        found = f"{len(named)} of the {len(failed)} wrong and partly right answers have a named mistake"
        was = "was stopped because it" if stopped == 1 else "were stopped because they"
        found += f"; {stopped} {was} took too long" if stopped else ""
        found += f"; no known mistake explains {unexplained}." if unexplained else "."
    several = sum(len(answer.mistakes) > 1 for answer in named)
    return found + (f" An answer with several of them counts for each ({several})." if several else "")


def to_mark_in_words(summary):
    """Say how many written answers are still to be marked, and in which lessons.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary

    Returns
    -------
    str
    """
    parts = [f"{lesson.waiting} in {lesson.short}" for lesson in summary.lessons if lesson.waiting]
    total = sum(lesson.waiting for lesson in summary.lessons)
    if not total:
        return "no written answers"
    noun = "written answer" if total == 1 else "written answers"
    return f"{total} {noun} ({', '.join(parts)})"


def _and(words):
    """Join words by commas, with an "and" before the last."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
