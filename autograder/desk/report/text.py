"""The report as text for a terminal."""

from autograder.desk.report.summary import EMPTY, HELD_UP

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
    for lesson in summary.lessons:
        yield ""
        yield lesson.title
        handed_in = f"{lesson.handed_in} of {lesson.enrolled} handed in, {len(lesson.late)} late"
        yield f"  {handed_in}; median {lesson.median:.0%}"
        for line in who_is_missing(summary, lesson):
            yield f"  {line}"
        for each in lesson.written:
            yield f"  {each.title}: {written_in_words(each)}"
        for exercise in lesson.exercises:
            name = f"{exercise.name} (optional)" if exercise.optional else exercise.name
            yield f"  {name:32} {_row(exercise)}"
            for mistake, count in list(exercise.mistakes.items())[:MAX_MISTAKES]:
                yield f"  {'':32} {count:4} × {mistake}"
    if summary.misconceptions:
        yield "\nThe same mistake in several lessons"
        for each in summary.misconceptions:
            places = ", ".join(f"{exercise} {count}" for (_, exercise), count in each.places.items())
            yield f"  {each.mistake}: {each.students} students, {each.again} of them more than once ({places})"
    if summary.behind:
        yield "\nFallen behind"
        for each in summary.behind:
            yield f"  {summary.students[each.student]}: {behind_in_words(each)}"
    if clusters:
        yield "\nWrong answers that no known mistake explains"
        for cluster in clusters:
            yield f"  {len(cluster.students):4} × {cluster.exercise}: fails {', '.join(cluster.failed)}"


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
        return ", ".join(sorted(summary.students[student] for student in students))

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


def _row(exercise):
    handed_in = len(exercise.answers)
    row = f"solved by {exercise.solved:4} of {handed_in}, median {exercise.median:4.0%}"
    held_up, empty = exercise.count(HELD_UP), exercise.count(EMPTY)
    row += f", {held_up} held up by {', '.join(exercise.blamed)}" if held_up else ""
    row += f", {exercise.stopped} stopped because they took too long" if exercise.stopped else ""
    return row + (f", {empty} not written" if empty else "")


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


def behind_in_words(each):
    """Say how a student has fallen behind.

    Parameters
    ----------
    each : autograder.desk.report.summary.Behind

    Returns
    -------
    str
    """
    if each.missing == 1:
        return f"nothing to grade for {each.since}"
    if each.missing:
        return f"nothing to grade since {each.since}, {each.missing} lessons in a row"
    return f"in {each.since}, {100 * each.drop:.0f} percentage points below the median of the lessons before"
