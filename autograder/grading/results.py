"""What the checks found, kept for every attempt in tables of our own beside nbgrader's, which ignores them.

The tables are created when they are first needed. A row of ``autograder_attempt`` is one submission of one lesson; a
row of ``autograder_result`` is one exercise in it. What is not needed to find a row is kept as JSON, so that more can
be kept later without changing the tables.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import JSON, Column, DateTime, Float, ForeignKey, Integer, MetaData, Table, Text, UniqueConstraint

from autograder.grading.opening import reading

_METADATA = MetaData()
ATTEMPTS = Table(
    "autograder_attempt",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", Text, nullable=False),
    Column("lesson", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("handed_in", DateTime),
    Column("graded", DateTime, nullable=False),
    UniqueConstraint("student", "lesson", "digest"),
)
RESULTS = Table(
    "autograder_result",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", Integer, ForeignKey(ATTEMPTS.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("notebook", Text, nullable=False),
    Column("test", Text, nullable=False),
    Column("exercise", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("earned", Float, nullable=False),
    Column("found", JSON, nullable=False),
)


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of an exercise.

    Attributes
    ----------
    name : str
        As students see it.
    points, earned : float
        What it is worth, and what it earned, out of the exercise's points.
    met : bool
        Whether it is met. Even so, it earns nothing until the exercise's first requirement is met.
    """

    name: str
    points: float
    earned: float
    met: bool


@dataclass(frozen=True)
class ExerciseResult:
    """What a test cell found out about one exercise.

    Attributes
    ----------
    exercise : str
        Its name.
    test : str
        The grade_id of the test cell, under which nbgrader keeps the grade.
    points, earned : float
        On the scale of the exercise. The cell may be worth more or less, and the grade may differ, for example after a
        manual correction: that is in nbgrader's own tables.
    requirements : tuple of RequirementResult
        Empty if there was no function that could be tried.
    mistakes : tuple of str
        The ids of the known mistakes that explain the answer.
    follow_on : tuple of str
        Earlier functions that are wrong and that the answer calls, where it is right by itself.
    line : int or None
        The first wrong step of a derivation; None if there is none, or if this isn't a derivation.
    tried : bool
        Whether there was something to try: False for a stub, and for a derivation without a line of the student's.
    stopped : bool
        Whether the answer took too long, so that it was stopped.
    """

    exercise: str
    test: str
    points: float
    earned: float
    requirements: tuple = ()
    mistakes: tuple = ()
    follow_on: tuple = ()
    line: int | None = None
    tried: bool = True
    stopped: bool = False

    @classmethod
    def of(cls, test, found):
        """Read a result from the data that :func:`autograder.sandbox.found.found_in` returns, or the database holds."""
        requirements = tuple(
            RequirementResult(each["name"], each["points"], each["earned"], each["met"])
            for each in found["requirements"]
        )
        parts = {name: tuple(found.get(name, ())) for name in ("mistakes", "follow_on")}  # older rows lack some
        parts |= {"line": found.get("line"), "tried": found.get("tried", bool(requirements))}
        parts["stopped"] = found.get("stopped", False)
        return cls(found["exercise"], test, found["points"], found["earned"], requirements, **parts)

    @property
    def passed(self):
        """Whether every requirement is met."""
        return bool(self.requirements) and all(each.met for each in self.requirements)


@dataclass(frozen=True)
class Attempt:
    """One submission of a lesson, as it was last graded.

    Attributes
    ----------
    student, lesson : str
        Whose it is, and for which assignment.
    digest : str
        Of the submitted files. The same files make the same attempt, whenever they are handed in.
    handed_in : datetime.datetime or None
        In UTC without a time zone, as nbgrader keeps it; None if that is not known.
    graded : datetime.datetime
        Likewise.
    notebooks : dict of str to tuple of ExerciseResult
        By the name of the notebook, in the order of its tests. Empty if nothing could be graded.
    """

    student: str
    lesson: str
    digest: str
    handed_in: datetime | None
    graded: datetime
    notebooks: dict

    @property
    def results(self):
        """The results of all notebooks."""
        return tuple(result for results in self.notebooks.values() for result in results)


def read_results(directory, lesson):
    """Read what the checks found in every attempt at a lesson.

    Parameters
    ----------
    directory : nbgrader.coursedir.CourseDirectory
        The course, for instance the ``directory`` of a :class:`autograder.grading.course.Course`.
    lesson : str
        The name of the assignment.

    Returns
    -------
    dict of str to list of Attempt
        By student. The attempt that was graded last, which is the one whose grades are in the gradebook, comes last.
        Empty if there is no gradebook, or one from before results were kept.

    Raises
    ------
    autograder.grading.opening.GradingError
        If the gradebook cannot be read.
    """
    with reading(directory) as session:
        if session is None or not sqlalchemy.inspect(session.connection()).has_table(RESULTS.name):
            return {}
        of_lesson = ATTEMPTS.c.lesson == lesson
        attempts = session.execute(ATTEMPTS.select().where(of_lesson).order_by(ATTEMPTS.c.graded, ATTEMPTS.c.id)).all()
        joined = RESULTS.join(ATTEMPTS, RESULTS.c.attempt == ATTEMPTS.c.id)
        query = sqlalchemy.select(RESULTS).select_from(joined).where(of_lesson).order_by(RESULTS.c.id)
        notebooks = {attempt.id: {} for attempt in attempts}
        for row in session.execute(query):
            notebooks[row.attempt].setdefault(row.notebook, []).append(_result(row))
    found = {}
    for row in attempts:
        results = {name: tuple(each) for name, each in notebooks[row.id].items()}
        attempt = Attempt(row.student, row.lesson, row.digest, row.handed_in, row.graded, results)
        found.setdefault(row.student, []).append(attempt)
    return found


def _result(row):
    found = {"exercise": row.exercise, "points": row.points, "earned": row.earned}
    return ExerciseResult.of(row.test, row.found | found)


def save_results(session, student, lesson, digest, handed_in, notebooks, keep_others=False):
    """Save what the checks found in an attempt; what an earlier grading of the same attempt found is replaced.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook. Nothing is committed.
    student, lesson, digest, handed_in
        See :class:`Attempt`.
    notebooks : dict of str to list of ExerciseResult
        Of the notebooks that were graded.
    keep_others : bool
        Whether to leave the results of other notebooks of the same attempt alone.
    """
    connection = session.connection()
    _METADATA.create_all(connection)
    same = (ATTEMPTS.c.student == student) & (ATTEMPTS.c.lesson == lesson) & (ATTEMPTS.c.digest == digest)
    key = connection.scalar(sqlalchemy.select(ATTEMPTS.c.id).where(same))
    times = {"handed_in": handed_in, "graded": datetime.now(UTC).replace(tzinfo=None)}
    if key is None:
        row = {"student": student, "lesson": lesson, "digest": digest}
        (key,) = connection.execute(ATTEMPTS.insert().values(**row, **times)).inserted_primary_key
    else:
        connection.execute(ATTEMPTS.update().where(ATTEMPTS.c.id == key).values(**times))
        stale = RESULTS.c.attempt == key
        connection.execute(RESULTS.delete().where(stale & RESULTS.c.notebook.in_(notebooks) if keep_others else stale))
    rows = [_row(key, name, result) for name, results in notebooks.items() for result in results]
    if rows:
        connection.execute(RESULTS.insert(), rows)


def _row(attempt, notebook, result):
    found = asdict(result)
    key = {name: found.pop(name) for name in ("test", "exercise", "points", "earned")}
    return {"attempt": attempt, "notebook": notebook, **key, "found": found}


def forget_results(session, student, lesson=None):
    """Delete the attempts of a student, and return how many there were. Nothing is committed.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the gradebook.
    student : str
    lesson : str, optional
        By default of all lessons.

    Returns
    -------
    int
    """
    connection = session.connection()
    if not sqlalchemy.inspect(connection).has_table(RESULTS.name):
        return 0
    own = (ATTEMPTS.c.student == student) & (ATTEMPTS.c.lesson == lesson if lesson else sqlalchemy.true())
    connection.execute(RESULTS.delete().where(RESULTS.c.attempt.in_(sqlalchemy.select(ATTEMPTS.c.id).where(own))))
    return connection.execute(ATTEMPTS.delete().where(own)).rowcount
