"""Gather what is known about a student's grade in a lesson: attempts, points then and now, and a reply."""

from dataclasses import dataclass

from autograder.desk.graded_notebooks import read_graded
from autograder.desk.grades import read_class
from autograder.desk.marking.answers import cells_below, page_of
from autograder.desk.notebook_view import report_of
from autograder.desk.report.answers import code_reader
from autograder.desk.report.catalogue import hint_of
from autograder.desk.tasks import title_of
from autograder.grading.opening import GradingError
from autograder.grading.results import read_results


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
    zone : datetime.tzinfo
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

    @property
    def answer(self):
        """A reply that the instructor could send."""
        name = self.student.first_name or self.student.full_name
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
    code_of, now = code_reader({lesson: course}), run_again(course, student)
    tasks = []
    for task in graded.tasks:
        mark, result = grades.marks[task.cell], results.get(task.cell)
        points, cell = now.get((task.notebook, task.cell), (None, None))
        tasks.append(
            TaskRecord(
                title=task.title,
                points=task.points,
                earned=mark.points if mark.marked else None,
                now=None if task.by_hand else points,
                requirements=result.requirements if result else (),
                hints=tuple(filter(None, (hint_of(result.exercise, each) for each in result.mistakes)))
                if result
                else (),
                report=report_of(cell) if cell is not None else "",
                code=(code_of(lesson, student, result.exercise) or "") if result else "",
                written=_written(course, student, task) if task.by_hand else "",
                by_hand=task.by_hand,
                comments=mark.comments,
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


def _written(course, student, task):
    """Return the answer to a written question as HTML."""
    notebook = read_graded(course, student, task.notebook)
    return page_of(cells_below(notebook, task.cell, course.sources[task.notebook])) if notebook else ""


def _about(task):
    if task.earned is None:
        return f"“{task.title}” isn't marked yet."
    told = f"“{task.title}” has {_number(task.earned)} of {_number(task.points)} points."
    if task.differs:
        return f"{told} When I ran it again, it earned {_number(task.now)}."
    missed = [each.name for each in task.requirements if not each.met]
    told += f" Requirements that aren't met: {'; '.join(missed)}." if missed else ""
    said = [" ".join(comment.split()) for comment in task.comments] if task.by_hand else []
    return " ".join([told, *said, *task.hints[:1]])


def _number(value):
    return f"{value:.3g}"
