"""Gather what is known about a student's grade in a lesson: attempts, points then and now, and a reply."""

from dataclasses import dataclass, replace

from autograder.desk.feedback_pages import to_student
from autograder.desk.grades import read_class
from autograder.desk.marking.answers import page_of
from autograder.desk.notebook_view import reasons_in
from autograder.desk.report.answers import code_reader
from autograder.desk.report.catalogue import hint_of
from autograder.desk.tasks import title_of
from autograder.desk.unusable import is_unusable
from autograder.grading.graded_notebooks import read_graded
from autograder.grading.opening import GradingError
from autograder.grading.results import read_results
from autograder.grading.written import cells_below

_NOTHING = "The notebook had nothing in it that could be graded."
# nbgrader's comment on a cell that is as it was released.
_NO_RESPONSE = "No response."


@dataclass(frozen=True)
class TaskRecord:
    """One task of the lesson.

    Attributes
    ----------
    title : str
    points : float
        What it is worth.
    earned : float or None
        What the gradebook has; None while it isn't marked.
    now : float or None
        What its test gives now; None for what is marked by hand, or was not run.
    requirements : tuple
        Of the graded attempt; see :class:`autograder.grading.results.RequirementResult`.
    hints : tuple of str
        What the known mistakes in it are.
    report : str
        What its test says now, as HTML.
    code : str
        What the student wrote.
    written : str
        The answer to a written question, as HTML in which nothing acts.
    by_hand : bool
        Whether a person marks it.
    comments : tuple of str
    reasons : tuple of str
        What the student's page says first about why points are missing.
    """

    title: str
    points: float
    earned: float | None
    now: float | None
    requirements: tuple
    hints: tuple
    report: str
    code: str
    written: str
    by_hand: bool
    comments: tuple
    reasons: tuple = ()

    @property
    def differs(self):
        """Whether its test now gives different points from those in the gradebook."""
        return self.now is not None and self.earned is not None and abs(self.now - self.earned) > 1e-9


@dataclass(frozen=True)
class Record:
    """Everything about one student's grade in a lesson.

    Attributes
    ----------
    student : autograder.desk.roster.Student
    title : str
        Of the lesson.
    points, most : float
    lateness : autograder.grading.lateness.Lateness
    attempts : list of (datetime or None, datetime, float)
        Of each attempt, when it was handed in and graded, and the points that the checks found, out of the gradebook's.
    changed : str
        What has changed since it was graded; empty if nothing has.
    tasks : list of TaskRecord
        None if there was nothing to grade.
    zone : datetime.tzinfo
    nothing : str
        Why there was nothing to grade; empty if there was.
    """

    student: object
    title: str
    points: float
    most: float
    lateness: object
    attempts: list
    changed: str
    tasks: list
    zone: object
    nothing: str = ""

    @property
    def answer(self):
        """A reply that the instructor could send."""
        name = self.student.first_name or self.student.full_name
        if self.nothing:
            graded = "Nothing in it could be graded, so I can't say anything about the exercises."
            looked = f"I have looked at what you handed in for “{self.title}” again."
            return "\n".join([f"Dear {name},", "", looked, to_student(self.nothing), graded])
        lines = [f"Dear {name},", "", f"I have looked at your work on “{self.title}” again, and run it once more."]
        lines += [_about(task) for task in self.tasks if task.differs or (task.earned or 0) < task.points]
        if not any(task.differs for task in self.tasks):
            lines.append(f"The result is the same as before: {_number(self.points)} of {_number(self.most)} points.")
        if self.lateness.penalty:
            lines.append(f"It was late, which costs {_number(self.lateness.penalty)} points.")
        return "\n".join(lines)


def gather(folder, lesson, student, run_again):
    """Find everything about a student's grade in a lesson.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.
    lesson, student : str
    run_again : callable
        ``run_again(course, student)`` runs the submission once more; see
        :func:`autograder.desk.complaint.rerun.run_again`.

    Returns
    -------
    Record

    Raises
    ------
    GradingError, RosterError
        If the student has no grade in this lesson, or something can't be read.
    """
    school = read_class(folder, [lesson])
    (graded,) = school.lessons
    if student not in graded.grades:
        known = f"There is no student called {student}." if student not in school.students else "Nothing was handed in."
        raise GradingError(f"{student} has no grade in {lesson}. {known} `autograder status {lesson}` lists everybody.")
    course, grades = graded.course, graded.grades[student]
    attempts = read_results(course.directory, lesson).get(student, [])
    results = {result.test: result for result in attempts[-1].results} if attempts else {}
    notebooks = {name: read_graded(course, student, name) for name in course.sources}
    by_hand = any(mark.marked and mark.points for mark in grades.marks.values())
    unusable = not results and is_unusable(notebooks.values()) and not by_hand
    code_of, now, tasks = code_reader({lesson: course}), {} if unusable else run_again(course, student), []
    for task in [] if unusable else graded.tasks:
        mark, result = grades.marks[task.cell], results.get(task.cell)
        points, report = now.get((task.notebook, task.cell), (None, ""))
        tasks.append(
            TaskRecord(
                title=task.title,
                points=task.points,
                earned=mark.points if mark.marked else None,
                now=None if task.by_hand else points,
                requirements=_out_of(result, task.points) if result else (),
                hints=tuple(filter(None, (hint_of(result.exercise, each) for each in result.mistakes)))
                if result
                else (),
                report=report,
                code=(code_of(lesson, student, result.exercise) or "") if result else "",
                written=_written(notebooks[task.notebook], course, task) if task.by_hand else "",
                by_hand=task.by_hand,
                comments=mark.comments,
                reasons=reasons_in(notebooks[task.notebook], task.cell),
            )
        )
    return Record(
        student=school.students[student],
        title=title_of(lesson, course.sources),
        points=grades.points,
        most=graded.points,
        lateness=grades.lateness,
        attempts=[(each.handed_in, each.graded, _found_points(each.results, graded.tasks)) for each in attempts],
        changed=graded.ungraded.get(student, ""),
        tasks=tasks,
        zone=course.zone,
        nothing=(course.records.read(student) or {}).get("why", "") or _NOTHING if unusable else "",
    )


def _out_of(result, points):
    """Return the requirements of a result out of what the lesson gives for it now; if that's nothing, as they are."""
    factor = points / result.points if points and result.points else 1.0
    return tuple(
        replace(each, points=each.points * factor, earned=each.earned * factor) for each in result.requirements
    )


def _found_points(results, tasks):
    """Return what the checks found, in the points that the lesson gives for it now; optional exercises give none."""
    found = {}
    for each in results:
        found.setdefault(each.test, []).append(each)
    shares = {
        test: sum(each.earned for each in some) / (sum(each.points for each in some) or 1)
        for test, some in found.items()
    }
    return sum(task.points * shares.get(task.cell, 0) for task in tasks)


def _written(notebook, course, task):
    """Return the answer to a written question as HTML."""
    return page_of(cells_below(notebook, task.cell, course.sources[task.notebook])) if notebook else ""


def _about(task):
    if task.earned is None:
        return f"“{task.title}” isn't marked yet."
    told = f"“{task.title}” has {_number(task.earned)} of {_number(task.points)} points."
    if task.differs:
        return f"{told} When I ran it again, it earned {_number(task.now)}."
    missed = [each.name for each in task.requirements if not each.met]
    told += f" Requirements that aren't met: {'; '.join(missed)}." if missed else ""
    said = [" ".join(comment.split()) for comment in task.comments if comment != _NO_RESPONSE]
    return " ".join([told, *said, *(task.hints[:1] or task.reasons)])


def _number(value):
    return f"{value:.3g}"
