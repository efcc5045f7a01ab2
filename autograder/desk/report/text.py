"""The report as text for a terminal."""

from autograder.desk.report.summary import EMPTY, HELD_UP, PARTLY, WRONG
from autograder.desk.report.words import (
    MAX_NAMES,
    RULE_OF_BEHIND,
    behind_in_words,
    named_in_words,
    to_mark_in_words,
    who_is_missing,
    written_in_words,
)

MAX_MISTAKES = 3


def lines_of(summary, suggestions, clusters):
    """Write a report for a terminal.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    suggestions : list of autograder.desk.report.suggestions.Suggestion
    clusters : list of autograder.desk.report.unexplained.Cluster

    Yields
    ------
    str
        A line.
    """
    for number, each in enumerate(suggestions, 1):
        yield f"{number}. {each.what} {each.because}"
    yield ""
    if len(summary.lessons) > 1:
        yield f"Fallen behind: {_names(summary)}."
    yield f"Still to be marked: {to_mark_in_words(summary)}."
    yield named_in_words([exercise for lesson in summary.lessons for exercise in lesson.exercises])
    for lesson in summary.lessons:
        yield from _lesson(summary, lesson)
    again = [each for each in summary.misconceptions if each.again]
    if again:
        yield "\nThe same mistake in several lessons"
        short = {lesson.name: lesson.short for lesson in summary.lessons}
        for each in again:
            places = ", ".join(f"{exercise} ({short[lesson]}) {n}" for (lesson, exercise), n in each.places.items())
            yield f"  {each.mistake}: {each.students} students, {each.again} of them in more than one lesson ({places})"
    if summary.behind:
        yield f"\nFallen behind\n  {RULE_OF_BEHIND}"
        for each in summary.behind:
            yield f"  {summary.students[each.student]}: {behind_in_words(summary, each)}"
    if clusters:
        yield "\nWrong answers that no known mistake explains"
        for cluster in clusters:
            yield f"  {len(cluster.students):4} × {cluster.exercise}: fails {', '.join(cluster.failed)}"


def _names(summary):
    names = [summary.students[each.student] for each in summary.behind]
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "") if names else "nobody"


def _lesson(summary, lesson):
    yield f"\n{lesson.title}"
    handed_in = f"{lesson.handed_in} of {lesson.enrolled} handed in, {len(lesson.late)} late"
    yield f"  {handed_in}; median {lesson.median:.0%}"
    for line in who_is_missing(summary, lesson):
        yield f"  {line}"
    for each in lesson.written:
        yield f"  {each.title}: {written_in_words(each)}"
    same = len({exercise.median for exercise in lesson.exercises}) == 1
    for exercise in lesson.exercises:
        name = f"{exercise.name} (optional)" if exercise.optional else exercise.name
        yield f"  {name:32} {_row(exercise, same)}"
        mistakes = list(exercise.mistakes.items())
        for mistake, count in mistakes[:MAX_MISTAKES]:
            yield f"  {'':32} {count:4} × {mistake}"
        if others := sum(count for _, count in mistakes[MAX_MISTAKES:]):
            yield f"  {'':32} {others:4} × others"


def _row(exercise, same):
    """Write an exercise's numbers; the median of its points only if it isn't the same in all exercises."""
    handed_in = len(exercise.answers)
    row = f"solved by {exercise.solved:4} of {handed_in}" + ("" if same else f", median {exercise.median:4.0%}")
    wrong, partly, held_up, empty = (exercise.count(state) for state in (WRONG, PARTLY, HELD_UP, EMPTY))
    row += f", {wrong} wrong" if wrong else ""
    row += f", {partly} partly right" if partly else ""
    row += f", {held_up} held up by {', '.join(exercise.blamed)}" if held_up else ""
    row += f", {exercise.stopped} stopped because they took too long" if exercise.stopped else ""
    return row + (f", {empty} not written" if empty else "")
