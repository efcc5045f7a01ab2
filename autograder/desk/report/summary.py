"""What the results of a class amount to: each lesson, exercise, mistake and student, as plain data."""

import re
import statistics
from collections import Counter
from dataclasses import dataclass, field

SOLVED, HELD_UP, PARTLY, WRONG, EMPTY = (
    "solved",
    "right, but it calls one that isn't",
    "partly right",
    "wrong",
    "not written",
)


@dataclass(frozen=True)
class Answer:
    """The outcome of one student's answer to one exercise.

    Attributes
    ----------
    state : str
        One of ``SOLVED``, ``HELD_UP``, ``PARTLY``, ``WRONG`` and ``EMPTY``.
    share : float
        Of the exercise's points, from 0 to 1.
    mistakes : tuple of str
        The ids of the known mistakes that explain it.
    blamed : tuple of str
        Earlier functions that are wrong and that this one calls; it is right by itself.
    failed : tuple of str
        The requirements that it doesn't meet.
    stopped : bool
        Whether it was stopped because it took too long, perhaps in an endless loop.
    """

    state: str
    share: float
    mistakes: tuple = ()
    blamed: tuple = ()
    failed: tuple = ()
    stopped: bool = False

    @property
    def unexplained(self):
        """Whether it is wrong, and neither a known mistake nor the time that it took says why."""
        return self.state in (PARTLY, WRONG) and not self.mistakes and not self.stopped


def answer_of(result):
    """Sum up a result.

    Parameters
    ----------
    result : autograder.grading.results.ExerciseResult

    Returns
    -------
    Answer
    """
    share = result.earned / result.points if result.points else float(result.passed)
    if result.follow_on:
        state = HELD_UP
    elif result.passed:
        state = SOLVED
    elif not (result.requirements and result.tried):
        state = EMPTY
    else:
        state = PARTLY if share > 0 else WRONG
    failed = tuple(each.name for each in result.requirements if not each.met)
    return Answer(state, share, result.mistakes, result.follow_on, failed, result.stopped)


@dataclass
class ExerciseSummary:
    """An exercise, and how a class did.

    Attributes
    ----------
    name : str
    lesson : str
    answers : dict of str to Answer
        By student; of those who handed in the lesson.
    attempts : dict of str to int
        By student, how often the lesson was handed in up to the first attempt that solves this exercise, or in all.
    separates : float or None
        The point-biserial correlation between getting this exercise right and the points in the rest of the lesson,
        among those who wrote anything; None where too few got it right, or too few did not.
    optional : bool
        Whether it counts no points.
    """

    name: str
    lesson: str
    answers: dict
    attempts: dict = field(default_factory=dict)
    separates: float | None = None
    optional: bool = False

    def count(self, *states):
        """Return how many answers are in one of these states."""
        return sum(answer.state in states for answer in self.answers.values())

    @property
    def stopped(self):
        """How many answers were stopped because they took too long."""
        return sum(answer.stopped for answer in self.answers.values())

    @property
    def causes(self):
        """How many causes the wrong answers have, as far as is known: mistakes, and ways to fail without one."""
        unknown = {answer.failed for answer in self.answers.values() if answer.unexplained}
        return len(self.mistakes) + len(unknown) + bool(self.stopped)

    @property
    def solved(self):
        """How many solved it."""
        return self.count(SOLVED)

    @property
    def solved_share(self):
        """The share of those who handed in that solved it."""
        return self.solved / len(self.answers) if self.answers else 0.0

    @property
    def median(self):
        """The median share of points."""
        return statistics.median(answer.share for answer in self.answers.values()) if self.answers else 0.0

    @property
    def mean_attempts(self):
        """How often a student handed in, on average, until it was solved, or in all if it never was."""
        return statistics.mean(self.attempts.values()) if self.attempts else 0.0

    @property
    def mistakes(self):
        """How many students made each named mistake, the most frequent first."""
        counts = Counter(mistake for answer in self.answers.values() for mistake in set(answer.mistakes))
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    @property
    def blamed(self):
        """How many students failed only because of each earlier function."""
        counts = Counter(helper for answer in self.answers.values() for helper in set(answer.blamed))
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    @property
    def unexplained(self):
        """How many wrong answers nothing explains."""
        return sum(answer.unexplained for answer in self.answers.values())

    def who(self, mistake):
        """Return the students who made a mistake."""
        return {student for student, answer in self.answers.items() if mistake in answer.mistakes}


@dataclass(frozen=True)
class WrittenSummary:
    """A question that is marked by hand, and how a class did.

    Attributes
    ----------
    title : str
    points : float
        What it is worth.
    marks : tuple of float
        The points of those who are marked.
    waiting : int
        How many aren't.
    """

    title: str
    points: float
    marks: tuple
    waiting: int

    @property
    def mean(self):
        """The mean of the marks; 0 if there is none."""
        return statistics.mean(self.marks) if self.marks else 0.0


@dataclass
class LessonSummary:
    """A lesson, and how a class did.

    Attributes
    ----------
    name, title : str
    enrolled, handed_in, time_unknown, unmarked : int
        Students: in the course, and with a submission, one whose time isn't known, and one that isn't fully marked.
    hours_before : dict of str to float
        By student whose time is known, how long before it was due, extension included, the lesson was handed in;
        negative if it was late.
    shares : dict of str to float
        By student, the share of the points that have been marked so far; of those whose notebook could be graded.
    exercises : list of ExerciseSummary
    absent, unusable : tuple of str
        Students who handed in nothing, and nothing that could be graded.
    covered : frozenset of str
        Students whose late days cover their delay.
    marked_late : dict of str to str
        The platform that marked a student's work as late without saying when it was handed in.
    written : tuple of WrittenSummary
    """

    name: str
    title: str
    enrolled: int
    handed_in: int
    time_unknown: int
    unmarked: int
    hours_before: dict
    shares: dict
    exercises: list
    absent: tuple = ()
    unusable: tuple = ()
    covered: frozenset = frozenset()
    marked_late: dict = field(default_factory=dict)
    written: tuple = ()

    @property
    def short(self):
        """What the lesson is called in a table: "Lesson 2" of "Lesson 2: The chain rule"."""
        numbered = re.match(r"(.*\d):\s", self.title)
        return numbered.group(1) if numbered else self.title

    @property
    def blank(self):
        """Students who wrote nothing into any exercise."""
        wrote = {name for each in self.exercises for name, answer in each.answers.items() if answer.state != EMPTY}
        return {name for each in self.exercises for name in each.answers} - wrote

    @property
    def wrote(self):
        """How many students wrote something into an exercise."""
        return len({name for each in self.exercises for name in each.answers} - self.blank)

    @property
    def late(self):
        """Students who handed in after the due date, or after their own if it was extended."""
        return [student for student, hours in self.hours_before.items() if hours < 0]

    @property
    def median(self):
        """The median share of points."""
        return statistics.median(self.shares.values()) if self.shares else 0.0

    @property
    def middle_half(self):
        """The quartiles between which half of the class lies, as (low, high)."""
        if len(self.shares) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.shares.values(), n=4, method="inclusive")
        return low, high

    @property
    def waiting(self):
        """How many written answers are still to be marked."""
        return sum(question.waiting for question in self.written)


@dataclass
class ClassSummary:
    """A class.

    Attributes
    ----------
    students : dict of str to str
        What each student is called on the page, by id.
    lessons : list of LessonSummary
    misconceptions : list of Misconception
    behind : list of Behind
    """

    students: dict
    lessons: list
    misconceptions: list = field(default_factory=list)
    behind: list = field(default_factory=list)
