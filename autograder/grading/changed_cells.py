"""Exercises that are added to a lesson, or dropped from it, after work was handed in.

nbgrader refuses both. Here the rows of a dropped cell are removed, and the marks given to it by hand are kept aside,
in a table of our own, for the day it comes back. An added cell counts 0 points at first, whatever its source says,
because nobody who had already handed in could solve it.
"""

from nbgrader.api import Comment, Grade, GradeCell, SolutionCell, SourceCell, TaskCell
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from sqlalchemy import JSON, Boolean, Column, Float, MetaData, String, Table, inspect, select

from autograder.grading.opening import find_assignment

_METADATA = MetaData()
CELLS = Table(
    "autograder_changed_cell",
    _METADATA,
    Column("lesson", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("cell", String(128), primary_key=True),
    # Whether the source has the cell now, whether it counts, and its points in the source when it was added.
    Column("present", Boolean, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("points", Float),
    # By student: manual score, extra credit and comment.
    Column("marks", JSON, nullable=False),
)
_KINDS = {GradeCell: is_grade, SolutionCell: is_solution, TaskCell: is_task}


def uncounted_cells(session, lesson, sources):
    """Find the cells that were added after work was handed in, and count 0 points until their points are changed.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook.
    lesson : str
        The name of the assignment.
    sources : dict of str to nbformat.NotebookNode
        Its source.

    Returns
    -------
    set of (str, str)
        The names of the notebook and of the cell.
    """
    if not inspect(session.connection()).has_table(CELLS.name):
        return set()
    rows = session.execute(select(CELLS).where(CELLS.c.lesson == lesson, CELLS.c.present, ~CELLS.c.counts))
    return {
        (row.notebook, row.cell)
        for row in rows
        if row.notebook in sources and row.points == _points(sources[row.notebook]).get(row.cell)
    }


def _points(source):
    """Return the points of each graded cell of a source."""
    graded = [cell for cell in source.cells if is_grade(cell) or is_task(cell)]
    return {cell.metadata.nbgrader["grade_id"]: float(cell.metadata.nbgrader["points"]) for cell in graded}


def count_added_cells(session, lesson, uncounted):
    """Let the added cells of a lesson count from now on, apart from some. Nothing is committed.

    Parameters
    ----------
    session, lesson
        As for :func:`uncounted_cells`.
    uncounted : set of (str, str)
        Returned by :func:`uncounted_cells`.
    """
    if not inspect(session.connection()).has_table(CELLS.name):
        return
    for row in session.execute(select(CELLS).where(CELLS.c.lesson == lesson, CELLS.c.present)).all():
        if (row.notebook, row.cell) not in uncounted:
            same = [column == getattr(row, column.name) for column in CELLS.primary_key]
            session.execute(CELLS.delete().where(*same))


def adapt_cells(session, lesson, sources):
    """Give the gradebook's notebooks the cells that their source has, where nbgrader would refuse to change them.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook. Nothing is committed.
    lesson : str
        The name of the assignment.
    sources : dict of str to nbformat.NotebookNode
        Its source.

    Returns
    -------
    list of str
        A sentence about each graded cell that was added or dropped.
    """
    assignment, notes = find_assignment(session, lesson), []
    for notebook in assignment.notebooks if assignment else ():
        if notebook.submissions and notebook.name in sources:
            notes += _Notebook(session, lesson, notebook).adapt(sources[notebook.name])
    session.flush()
    session.expire_all()
    return notes


def forget_marks(session, student, lesson=None):
    """Delete the marks of a student that are kept for dropped cells. Nothing is committed.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook.
    student : str
    lesson : str, optional
        By default of all lessons.
    """
    if not inspect(session.connection()).has_table(CELLS.name):
        return
    for row in session.execute(select(CELLS)).all():
        if student in row.marks and lesson in (None, row.lesson):
            marks = {name: given for name, given in row.marks.items() if name != student}
            same = [column == getattr(row, column.name) for column in CELLS.primary_key]
            session.execute(CELLS.update().where(*same).values(marks=marks))


class _Notebook:
    """One notebook of the gradebook, which has submissions."""

    def __init__(self, session, lesson, notebook):
        self._session = session
        self._row = notebook
        self._key = {"lesson": lesson, "notebook": notebook.name}

    def adapt(self, source):
        """Add and drop cells, and yield a sentence about each graded one."""
        row, marked = self._row, [cell for cell in source.cells if cell.metadata.get("nbgrader")]
        wanted = {
            (kind, cell.metadata.nbgrader["grade_id"]): cell
            for cell in marked
            for kind, is_kind in _KINDS.items()
            if is_kind(cell)
        }
        present = {(type(cell), cell.name): cell for cell in [*row.grade_cells, *row.solution_cells, *row.task_cells]}
        for (kind, name), cell in present.items():
            if (kind, name) not in wanted:
                yield from self._drop(kind, name, cell)
        for (kind, name), cell in wanted.items():
            if (kind, name) not in present:
                yield from self._add(kind, name, cell)
        self._adapt_source_cells(wanted, marked)

    def _adapt_source_cells(self, wanted, marked):
        names = {name for _, name in wanted} | {c.metadata.nbgrader["grade_id"] for c in marked if is_locked(c)}
        kinds = {cell.metadata.nbgrader["grade_id"]: cell.cell_type for cell in marked}
        present = {cell.name: cell for cell in self._row.source_cells}
        for name in set(present) - names:
            self._session.delete(present[name])
        # nbgrader's own step fills in the rest.
        self._session.add_all(
            SourceCell(name=name, cell_type=kinds[name], notebook=self._row) for name in names - set(present)
        )

    def _rows_of(self, cell):
        return [
            row
            for table in (Grade, Comment)
            for row in self._session.scalars(select(table).where(table.cell_id == cell.id))
        ]

    def _drop(self, kind, name, cell):
        marks = {}
        for row in self._rows_of(cell):
            if isinstance(row, Comment):
                given = {"comment": row.manual_comment}
            else:
                given = {"score": row.manual_score, "credit": row.extra_credit}
            given = {what: value for what, value in given.items() if value is not None}
            if given:
                marks.setdefault(row.notebook.student.id, {}).update(given)
            self._session.delete(row)
        self._session.flush()
        self._session.delete(cell)
        before = self._remembered(kind, name)
        self._remember(kind, name, present=False, counts=before is None, points=None, marks=marks)
        if kind is not SolutionCell:
            kept = " The marks given to it by hand are kept, in case it comes back." if marks else ""
            yield f"{name} is no longer in the source, so it counts for nobody.{kept}"

    def _add(self, kind, name, source):
        before = self._remembered(kind, name)
        counts, marks = (before.counts, before.marks) if before else (kind is SolutionCell, {})
        points = None if kind is SolutionCell else float(source.metadata.nbgrader["points"])
        if counts:
            self._forget(kind, name)
        else:
            self._remember(kind, name, present=True, counts=False, points=points, marks={})
        graded = {} if kind is SolutionCell else {"max_score": points if counts else 0, "cell_type": source.cell_type}
        cell = kind(name=name, notebook=self._row, **graded)
        self._session.add(cell)
        self._session.flush()
        for submitted in self._row.submissions:
            given = marks.get(submitted.student.id, {})
            if kind is not SolutionCell:
                grade = Grade(cell_id=cell.id, notebook=submitted, auto_score=0.0, needs_manual_grade=kind is TaskCell)
                grade.manual_score, grade.extra_credit = given.get("score"), given.get("credit")
                self._session.add(grade)
            if kind is not GradeCell:
                comment = Comment(cell_id=cell.id, notebook=submitted, manual_comment=given.get("comment"))
                self._session.add(comment)
        if kind is not SolutionCell and counts:
            yield f"{name} is in the source again and counts as before."
        elif kind is not SolutionCell:
            yield (
                f"{name} was added after work had been handed in, so it counts 0 points for now. To count it for "
                "everybody, run the command with --count-added, or change its points in the source."
            )

    def _where(self, kind, name):
        key = self._key | {"kind": kind.__name__, "cell": name}
        return [CELLS.c[column] == value for column, value in key.items()]

    def _remembered(self, kind, name):
        _METADATA.create_all(self._session.connection())
        return self._session.execute(select(CELLS).where(*self._where(kind, name))).one_or_none()

    def _forget(self, kind, name):
        self._session.execute(CELLS.delete().where(*self._where(kind, name)))

    def _remember(self, kind, name, **about):
        self._forget(kind, name)
        key = self._key | {"kind": kind.__name__, "cell": name}
        self._session.execute(CELLS.insert().values(**key, **about))
