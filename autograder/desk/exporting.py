"""Grades in the form that a person or a learning platform takes."""

from dataclasses import dataclass, replace

from autograder.desk.collected import read_collected
from autograder.desk.gradefiles import blackboard, canvas, moodle, people
from autograder.desk.gradefiles.matching import Column
from autograder.desk.gradefiles.table import MAX_BYTES, FileError
from autograder.desk.gradefiles.writing import unrecognisable, write
from autograder.desk.grades import read_class
from autograder.desk.tasks import title_of
from autograder.grading.coordinator import by_reason
from autograder.grading.opening import CONFIG_FILE, GradingError

_UNRECOGNISABLE = (
    "{} won't recognize these students, because classroom/roster.csv has no {}_id for them: {}. Download the gradebook "
    "and name it with --fill."
)
_PLATFORMS = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard}
# Names that are listed before the rest is only counted.
_MAX_NAMES = 10


@dataclass
class Exported:
    """A file of grades, and what an instructor should know about it.

    Attributes
    ----------
    content : bytes
        Of the file.
    written : int
        How many grades are in it.
    counts : list of str
        What became of each lesson.
    notes : list of str
        What needs a look.
    """

    content: bytes
    written: int
    counts: list
    notes: list


def export_grades(folder, lessons, form, theirs=None, as_is=False):
    """Export the grades of some lessons.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.
    lessons : list of str
    form : str
        ``"csv"``, ``"moodle"``, ``"canvas"`` or ``"blackboard"``.
    theirs : pathlib.Path, optional
        A file of the platform that is to be filled in.
    as_is : bool
        Whether what is not marked yet counts with the points so far.

    Returns
    -------
    Exported

    Raises
    ------
    FileError
        If their file cannot be filled in.
    GradingError, RosterError, CollectedError
        If the course cannot be read.
    """
    class_ = read_class(folder, lessons)
    desk = class_.lessons[0].course.desk
    if form == "csv":
        content, written, notes = _for_people(class_, desk, as_is)
    else:
        columns = [_column(lesson, desk, as_is) for lesson in class_.lessons]
        content, written, notes = _for_platform(class_, columns, form, theirs)
    notes += [note for lesson in class_.lessons for note in _left_out(lesson, class_.students, as_is)]
    return Exported(content, written, [_counted(lesson, class_.students, as_is) for lesson in class_.lessons], notes)


def _column(lesson, desk, as_is):
    course = lesson.course
    title = title_of(lesson.name, course.sources)
    named = desk.columns.get(lesson.name)
    names = (named,) if named else (lesson.name, title, *title.split(": ", 1))  # "Lesson 3", "The δ recursion"
    grades = {student: each.points for student, each in lesson.grades.items() if as_is or each.marked}
    return Column(lesson.name, names, lesson.points, grades)


def _for_platform(class_, columns, form, theirs):
    students = list(class_.students.values())
    if theirs is None:
        content = write(form, students, columns)
        unknown = unrecognisable(form, students, columns)
        notes = (
            [_UNRECOGNISABLE.format(form.title(), form, listed(called(unknown, class_.students)))] if unknown else []
        )
        return content, sum(len(column.grades) for column in columns), notes
    if theirs.stat().st_size > MAX_BYTES:
        raise FileError(f"It has more than {MAX_BYTES:,} bytes. Give the file that the platform wrote.")
    root = class_.lessons[0].course.directory.root
    columns = [replace(column, platform_ids=_platform_ids(root, column.lesson, form)) for column in columns]
    filled = _PLATFORMS[form].fill(theirs.read_bytes(), students, columns)
    notes = filled.notes
    if filled.unknown:
        notes.append(f"In the platform's file, but not in this course: {listed(filled.unknown)}.")
    if filled.missing:
        missing = listed(called(filled.missing, class_.students))
        notes.append(
            f"With a grade here, but not in the platform's file: {missing}. Add what the platform calls them to "
            "classroom/roster.csv."
        )
    return filled.content, filled.written, notes


def _platform_ids(root, lesson, form):
    """Return what the platform called the students when their submissions were collected."""
    collected = read_collected(root, lesson)
    return {student: each.platform_id for student, each in collected.items() if each.platform == form}


def _for_people(class_, desk, as_is):
    weights = _weights(class_, desk)
    lessons = []
    for lesson in class_.lessons:
        parts = [task.name for task in lesson.tasks] + ["days_late", "late_days_used", "penalty"]
        lessons.append((lesson.name, parts, lambda student, lesson=lesson: _values(lesson, student, as_is)))

    def total(student):
        there = [lesson for lesson in class_.lessons if student in lesson.grades]
        if not there or not all(as_is or lesson.grades[student].marked for lesson in there):
            return None
        return sum(weights[lesson.name] * lesson.grades[student].points for lesson in there)

    written = sum(as_is or grades.marked for lesson in class_.lessons for grades in lesson.grades.values())
    return people.write(class_.students.values(), lessons, total), written, []


def _weights(class_, desk):
    """Return the factor by which each lesson's points are multiplied for the total."""
    if not desk.weights:
        return {lesson.name: 1.0 for lesson in class_.lessons}
    for lesson in class_.lessons:
        if lesson.name not in desk.weights:
            raise GradingError(
                f"c.Desk.weights in {CONFIG_FILE} has no weight for {lesson.name}. Add one; 0 if it does not count."
            )
    return {lesson.name: desk.weights[lesson.name] / (lesson.points or 1.0) for lesson in class_.lessons}


def _values(lesson, student, as_is):
    """Return the values of a lesson's columns for one student."""
    grades = lesson.grades.get(student)
    if grades is None:
        return [None] * (len(lesson.tasks) + 4)
    marks = [grades.marks[task.cell] for task in lesson.tasks]
    lateness = grades.lateness
    return [
        grades.points if as_is or grades.marked else None,
        *(mark.points if as_is or mark.marked else None for mark in marks),
        lateness.late.total_seconds() / 86400,
        float(lateness.late_days),
        lateness.penalty,
    ]


def _left_out(lesson, students, as_is):
    unmarked = [student for student, grades in lesson.grades.items() if not grades.marked]
    if unmarked and not as_is:
        yield f"{lesson.name}: not yet marked, so left empty: {listed(called(unmarked, students))}."
    yield from not_graded_now(lesson.name, lesson.ungraded, "`autograder export`", students)


def _counted(lesson, students, as_is):
    counts = {
        "marked": sum(grades.marked for grades in lesson.grades.values()),
        f"not yet marked{' and exported with the points so far' if as_is else ''}": sum(
            not grades.marked for grades in lesson.grades.values()
        ),
        "handed in nothing": len(students.keys() - lesson.grades.keys() - set(lesson.ungraded)),
    }
    return f"{lesson.name}: {', '.join(f'{count} {what}' for what, count in counts.items())}"


def not_graded_now(lesson, reasons, command, students):
    """Say whose work isn't graded as it is now, and why.

    Parameters
    ----------
    lesson : str
    reasons : dict of str to str
        By student.
    command : str
        The command to run once it is graded.
    students : dict of str to autograder.desk.roster.Student

    Returns
    -------
    list of str
    """
    groups = by_reason(reasons).items()
    return [
        f"{lesson} has work that is still to be graded ({reason}): {listed(called(names, students))}. Run "
        f"`autograder grade {lesson}`, then {command} again."
        for reason, names in groups
    ]


def called(ids, students):
    """Return what to call some students: their names, with the ids in brackets.

    Parameters
    ----------
    ids : iterable of str
    students : dict of str to autograder.desk.roster.Student

    Returns
    -------
    list of str
    """
    names = {student: students[student].full_name for student in ids if student in students}
    return [f"{names[each]} ({each})" if names.get(each, each) != each else each for each in ids]


def listed(names):
    """Return names in a row; of many only the first ones, and how many more there are."""
    names = sorted(names)
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}"
