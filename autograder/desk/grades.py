"""The grades of a class, as nbgrader's gradebook has them: the only record there is."""

import contextlib
from dataclasses import dataclass, field, replace

import sqlalchemy
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.api import Student as StudentRow

from autograder.desk.roster import Student, read_roster
from autograder.desk.tasks import find_tasks
from autograder.grading.coordinator import Changes
from autograder.grading.course import Course
from autograder.grading.gradebook import retry_while_locked
from autograder.grading.lateness import Lateness, assign_penalties, granted_extensions
from autograder.grading.opening import GradingError, explaining_errors, look_up_lesson, open_gradebook
from autograder.grading.preprocessors import remove_feedback


@dataclass(frozen=True)
class Mark:
    """The points and comments that a student has for one task.

    Attributes
    ----------
    points : float
        What the gradebook has; meaningless until the task is marked.
    marked : bool
        Whether nobody needs to look at it any more.
    comments : tuple of str
        For the student.
    """

    points: float
    marked: bool
    comments: tuple = ()


@dataclass(frozen=True)
class Grades:
    """What one student has for one lesson.

    Attributes
    ----------
    marks : dict of str to Mark
        By the grade_id of the task's cell.
    lateness : autograder.grading.lateness.Lateness
        How late it was, and what that costs.
    """

    marks: dict
    lateness: Lateness

    @property
    def marked(self):
        """Whether everything is marked."""
        return all(mark.marked for mark in self.marks.values())

    @property
    def points(self):
        """The total so far, minus the penalty."""
        earned = sum(mark.points for mark in self.marks.values())
        return max(0.0, earned - self.lateness.penalty)


@dataclass(frozen=True)
class Lesson:
    """A lesson and the grades of a class in it.

    Attributes
    ----------
    name : str
    course : autograder.grading.course.Course
    tasks : list of autograder.desk.tasks.Task
    grades : dict of str to Grades
        By student; absent students are not in it.
    ungraded : dict of str to str
        Why, by student whose submission isn't graded as it is now.
    """

    name: str
    course: Course
    tasks: list
    grades: dict
    ungraded: dict = field(default_factory=dict)

    @property
    def points(self):
        """What the lesson is worth."""
        return sum(task.points for task in self.tasks)


@dataclass(frozen=True)
class Class:
    """A class in some lessons.

    Attributes
    ----------
    students : dict of str to Student
        Everybody who is in the roster or in the gradebook, by id.
    lessons : list of Lesson
    """

    students: dict
    lessons: list


def read_class(folder, names):
    """Read the grades of a class; penalties for lateness are brought up to date first.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the course.
    names : sequence of str
        The lessons.

    Returns
    -------
    Class

    Raises
    ------
    GradingError
        If there is no such lesson, nobody's work in it was graded, or the course cannot be read.
    RosterError
        If the roster cannot be read.
    """
    courses = [Course(folder, name) for name in names]
    listed = read_roster(courses[0].directory.root)
    changed = [_ungraded(course) for course in courses]
    gradebook = open_gradebook(courses[0].directory)
    with contextlib.closing(gradebook):
        session = gradebook.db
        with explaining_errors(courses[0].directory):
            lateness = retry_while_locked(lambda: _update_penalties(session, courses[0]))
        students = known_students(session, listed)
        lessons = [
            _read_lesson(session, course, ungraded, lateness) for course, ungraded in zip(courses, changed, strict=True)
        ]
    return Class(students, lessons)


def _ungraded(course):
    """Return why submissions still have to be graded, by student."""
    known = look_up_lesson(course.directory, course.lesson)
    if not known.students:
        raise GradingError(
            f"Nobody's work in {course.lesson} is in the gradebook. Run `autograder grade {course.lesson}` first."
        )
    changes = Changes(course, known)
    changes.split(course.students())
    return changes.reasons


def _update_penalties(session, course):
    session.rollback()  # what an earlier try has left
    extensions = granted_extensions(session, course.directory, course.zone)
    lateness = assign_penalties(session, course.config, extensions, course.desk.late_days)
    session.commit()
    for (student, lesson), each in lateness.items():
        if each.changed:
            remove_feedback(course.directory, student, lesson)
    return lateness


def known_students(session, listed):
    """Return the students of the roster, then the others in the gradebook; each fills in what the other lacks.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook.
    listed : dict of str to autograder.desk.roster.Student
        The roster.

    Returns
    -------
    dict of str to autograder.desk.roster.Student
    """
    students = dict(listed)
    for row in session.scalars(sqlalchemy.select(StudentRow).order_by(StudentRow.id)):
        student = students.get(row.id, Student(row.id))
        names = {
            name: getattr(student, name) or getattr(row, name) or "" for name in ("first_name", "last_name", "email")
        }
        students[row.id] = replace(student, **names)
    return students


def _read_lesson(session, course, ungraded, lateness):
    tasks = _with_points(session, find_tasks(course.sources), course.lesson)
    marks = {
        student: {task.cell: Mark(0.0, False) for task in tasks}
        for student in session.scalars(_of_lesson(SubmittedAssignment.student_id, course.lesson))
    }
    comments = _comments(session, course.lesson)
    rows = session.execute(
        _of_lesson(
            [
                SubmittedAssignment.student_id,
                Notebook.name,
                BaseCell.name,
                Grade.auto_score,
                Grade.manual_score,
                Grade.extra_credit,
                Grade.needs_manual_grade,
            ],
            course.lesson,
            Grade,
        )
    )
    places = {(task.notebook, task.cell): task for task in tasks}
    for student, notebook, cell, automatic, manual, extra, waits in rows:
        task = places.get((notebook, cell))
        if task:
            points = (automatic or 0.0 if manual is None else manual) + (extra or 0.0)
            said = tuple(filter(None, (comments.get((student, notebook, answer)) for answer in task.answers)))
            marks[student][cell] = Mark(points, not waits, said)
    grades = {who: Grades(each, lateness.get((who, course.lesson), Lateness())) for who, each in marks.items()}
    return Lesson(course.lesson, course, tasks, grades, ungraded)


def _with_points(session, tasks, lesson):
    """Return tasks with their points in the gradebook, which may differ from the source's: see changed_cells."""
    points = {}
    for kind in (GradeCell, TaskCell):
        query = sqlalchemy.select(Notebook.name, kind.name, kind.max_score).join(
            Notebook, kind.notebook_id == Notebook.id
        )
        rows = session.execute(query.join(Assignment).where(Assignment.name == lesson))
        points |= {(notebook, cell): most for notebook, cell, most in rows}
    return [replace(task, points=float(points.get((task.notebook, task.cell), task.points))) for task in tasks]


def _comments(session, lesson):
    columns = [
        SubmittedAssignment.student_id,
        Notebook.name,
        BaseCell.name,
        Comment.auto_comment,
        Comment.manual_comment,
    ]
    return {
        (student, notebook, cell): manual or automatic
        for student, notebook, cell, automatic, manual in session.execute(_of_lesson(columns, lesson, Comment))
    }


def _of_lesson(columns, lesson, kind=None):
    """Return a query of the submissions of a lesson, or of their grades or comments."""
    query = sqlalchemy.select(*(columns if isinstance(columns, list) else [columns])).select_from(SubmittedAssignment)
    if kind:
        query = (
            query.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(kind, kind.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, kind.cell_id == BaseCell.id)
        )
    return query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).where(Assignment.name == lesson)
