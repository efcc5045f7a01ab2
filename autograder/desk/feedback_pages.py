"""One page of feedback for each student and lesson, which needs nothing but a browser."""

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from autograder.desk.files import write_whole
from autograder.desk.notebook_view import cells_of, mark_scheme_of, markdown, report_of, style_of_code, within
from autograder.desk.tasks import title_of
from autograder.desk.undefined import stopped_cells
from autograder.desk.unusable import is_unusable
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.outcome import METADATA

MAX_BYTES = 300_000
NOT_MARKED = "not yet marked"
_NOT_GRADED = "Not graded yet"


@dataclass(frozen=True)
class Row:
    """A line of the table of points, with the details that are shown below the table.

    Attributes
    ----------
    title : str
    code : bool
        Whether the title is the name of a function.
    sign : str
        Shows at a glance how it went.
    points : str
    report, scheme : markupsafe.Markup
        What the check said, and the mark scheme; either may be empty.
    comments : list of markupsafe.Markup
    """

    title: str
    code: bool
    sign: str
    points: str
    report: Markup
    scheme: Markup
    comments: list

    @property
    def detailed(self):
        """Whether there is anything to tell."""
        return bool(self.report or self.comments or self.scheme)


def write_page(lesson, student, show_mark_schemes):
    """Write a student's page, in place of what there was.

    Parameters
    ----------
    lesson : autograder.desk.grades.Lesson
    student : autograder.desk.roster.Student
        Who has a submission in it.
    show_mark_schemes : bool

    Returns
    -------
    pathlib.Path
    """
    course = lesson.course
    folder = Path(course.directory.format_path(course.directory.feedback_directory, student.id, lesson.name))
    content = make_page(lesson, student, show_mark_schemes).encode()
    if folder.is_dir():
        for stale in [each for each in folder.iterdir() if each.suffix == ".html" and each.stem != lesson.name]:
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    path = folder / f"{lesson.name}.html"
    write_whole(path, content)
    return path


def make_page(lesson, student, show_mark_schemes):
    """Return a student's page as HTML.

    Parameters
    ----------
    lesson, student, show_mark_schemes
        See :func:`write_page`.

    Returns
    -------
    str
    """
    course, grades = lesson.course, lesson.grades[student.id]
    notebooks = {name: read_graded(course, student.id, name) for name in course.sources}
    unusable = is_unusable(notebooks.values())
    shared = _shared_comments(lesson, grades, unusable)
    # Without a notebook to grade, there is nothing to say about the exercises, unless somebody gave points by hand.
    nothing = unusable and bool(shared) and not any(mark.marked and mark.points for mark in grades.marks.values())
    tasks = [] if nothing else lesson.tasks
    rows = [_row(task, grades.marks[task.cell], notebooks, course, shared, show_mark_schemes) for task in tasks]
    values = {
        "title": title_of(lesson.name, course.sources),
        "student": student,
        "total": _NOT_GRADED if nothing and not grades.marked else _total(lesson, grades),
        "facts": _facts(course, grades.lateness),
        "notices": [Markup(markdown(to_student(comment))) for comment in shared],
        "rows": rows,
        "stopped": [] if nothing else _stopped(notebooks.values()),
        "penalty": f"−{_number(grades.lateness.penalty)}" if grades.lateness.penalty else "",
        "sum_name": "In all" if grades.marked else "So far",
        "sum_points": f"{_number(grades.points)} of {_number(_marked_points(lesson, grades))}",
        "code_style": Markup(style_of_code()),
    }
    short = _template().render(notebooks=[], **values)
    room = MAX_BYTES - len(short.encode()) - 2000
    parts = []
    for name, notebook in notebooks.items():
        if notebook and not nothing:
            cells = within(cells_of(notebook, show_mark_schemes), room // len(notebooks) - 20 * len(notebook.cells))
            parts.append((name, [Markup(text) for _, text in cells if text]))
    return _template().render(notebooks=parts, **values)


@cache
def _template():
    loader = jinja2.PackageLoader("autograder.desk")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(
        "feedback.html"
    )


def _shared_comments(lesson, grades, unusable):
    """Return comments that stand beside several tasks, such as why nothing could be graded; they are shown once."""
    counts = Counter(comment for task in lesson.tasks for comment in grades.marks[task.cell].comments)
    # A comment written by hand takes the place of the reason beside one of the tasks.
    return [comment for comment, count in counts.items() if count > 1 and (unusable or count == len(lesson.tasks))]


def to_student(reason):
    """Rephrase for the student the reason why nothing was graded, which is written for the instructor.

    Parameters
    ----------
    reason : str

    Returns
    -------
    str
    """
    return re.sub(r"^The notebook\b", "Your notebook", reason)


def _row(task, mark, notebooks, course, shared, show_mark_schemes):
    """Return the details about one task. A task that went well needs none."""
    cell = _cell(notebooks[task.notebook], task.cell)
    optional = not task.points and not task.by_hand
    full = mark.marked and (_passed(cell) if optional else mark.points >= task.points)
    told = not task.by_hand and not full and (_attempted(cell) if optional else True)
    report = Markup(report_of(cell, notebooks[task.notebook])) if cell and told else Markup()
    comments = [Markup(markdown(comment)) for comment in mark.comments if comment not in shared]
    scheme = Markup()
    if task.by_hand and show_mark_schemes and mark.marked:
        scheme = Markup(mark_scheme_of(_cell(course.sources[task.notebook], task.cell)))
    points = f"{_number(mark.points)} of {_number(task.points)}" if mark.marked else NOT_MARKED
    points = "optional" if optional and mark.marked and not mark.points else points
    miss = "–" if optional else "✘" if mark.points == 0 else "◐"
    sign = "…" if not mark.marked else "✔" if full else miss
    is_function = not task.by_hand and task.title == task.name
    return Row(task.title, is_function, sign, points, report, scheme, comments)


def _stopped(notebooks):
    return [Markup(text) for notebook in notebooks if notebook for text in stopped_cells(notebook)]


def _found(cell):
    """Return what a test found, as :func:`autograder.grading.outcome.put_outputs` has noted it in its output."""
    outputs = cell.get("outputs", []) if cell else ()
    return [each for output in outputs for each in output.get("metadata", {}).get(METADATA, [])]


def _passed(cell):
    found = _found(cell)
    return bool(found) and all(each["earned"] >= each["points"] for each in found)


def _attempted(cell):
    return any(each["earned"] or each["mistakes"] for each in _found(cell))


def _cell(notebook, name):
    cells = notebook.cells if notebook else ()
    return next((cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name), None)


def _marked_points(lesson, grades):
    return sum(task.points for task in lesson.tasks if grades.marks[task.cell].marked)


def _total(lesson, grades):
    if grades.marked:
        return f"{_number(grades.points)} of {_number(lesson.points)} points"
    marked = _marked_points(lesson, grades)
    if not marked:
        return f"{_number(lesson.points)} points, {NOT_MARKED}"
    told = f"{_number(grades.points)} of {_number(marked)} points so far"
    return f"{told}; another {_number(lesson.points - marked)} are {NOT_MARKED}"


def _facts(course, lateness):
    """Return sentences about when the work was handed in."""
    facts = []
    if lateness.handed_in:
        facts.append(f"Handed in: {_moment(lateness.handed_in, course.zone)}.")
    if lateness.due:
        for_you = " (extended for you)" if lateness.extended else ""
        facts.append(f"Due: {_moment(lateness.due, course.zone)}{for_you}.")
    if lateness.late_days:
        facts.append(f"Late days used: {lateness.late_days}.")
    if lateness.late:
        cost = f"This costs {_points(lateness.penalty)}." if lateness.penalty else "This costs no points."
        facts.append(f"Late by {_duration(lateness.late)}. {cost}")
    return facts


def _moment(moment, zone):
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} {local:%Z}"


def _duration(delay):
    minutes = int(delay.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (minutes if not days else 0, "minute")]
    told = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count]
    return " and ".join(told) or "less than a minute"


def _points(points):
    return f"{_number(points)} {'point' if points == 1 else 'points'}"


def _number(points):
    return f"{round(points, 2):g}"
