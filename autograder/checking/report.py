"""What a check found out, as data."""

from dataclasses import asdict, dataclass, replace

from autograder.checking.call import Failure
from autograder.checking.failing_case import FailingCase
from autograder.checking.problem import Kind, Problem
from autograder.checking.words import sentence_of


@dataclass(frozen=True)
class Verdict:
    """One requirement, and whether the function meets it.

    Attributes
    ----------
    name : str
        Of the requirement.
    points : float
        What it is worth.
    earned : float
        What it earned. Even a requirement that is met earns nothing while the first one isn't.
    problem : autograder.checking.problem.Problem or None
        Why it is not met; None if it is met.
    """

    name: str
    points: float
    earned: float
    problem: Problem | None = None

    @property
    def met(self):
        """Whether the function meets the requirement."""
        return self.problem is None

    @property
    def message(self):
        """Why the requirement is not met, in words; empty if it is met."""
        return sentence_of(self.problem) if self.problem else ""


@dataclass(frozen=True)
class Report:
    """Everything that a check found out about one function.

    Attributes
    ----------
    name : str
        Of the exercise.
    points : float
        What the exercise is worth.
    requirements : tuple of Verdict
        In the order of the exercise; empty where nothing could be tried.
    mistakes : tuple of str
        Ids of the mistakes that were recognised.
    hints : tuple of str
        What to think about next.
    remarks : tuple of str
        What earns or costs nothing by itself, but should be looked at by whoever grades the function.
    equation : str
        What the exercise asks for.
    follow_on : tuple of str
        The student's other functions that make this one fail: with right ones in their place, it passes.
    case : autograder.checking.failing_case.FailingCase or None
        The smallest call that shows what is wrong; never one of those that are graded.
    """

    name: str
    points: float
    requirements: tuple[Verdict, ...] = ()
    mistakes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    equation: str = ""
    follow_on: tuple[str, ...] = ()
    case: FailingCase | None = None

    @property
    def score(self):
        """The points earned."""
        return float(sum(verdict.earned for verdict in self.requirements))

    @property
    def passed(self):
        """Whether every requirement is met."""
        return bool(self.requirements) and all(verdict.met for verdict in self.requirements)

    @property
    def tried(self):
        """Whether there was something to try: a function that is no stub any more."""
        return not all(verdict.problem and verdict.problem.kind is Kind.NOT_TRIED for verdict in self.requirements)

    def out_of(self, points):
        """Return the report with other points for the exercise, and with those of its requirements in proportion."""
        factor = points / self.points if self.points else 1.0
        scaled = [replace(each, points=each.points * factor, earned=each.earned * factor) for each in self.requirements]
        return replace(self, points=self.points * factor, requirements=tuple(scaled))

    def as_data(self):
        """Return the report as dicts, tuples, texts and numbers, which can be sent to another process."""
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        """Return the report that :meth:`as_data` has turned into plain data."""
        verdicts = [verdict | {"problem": _problem(verdict["problem"])} for verdict in data["requirements"]]
        case = FailingCase.from_data(data["case"]) if data["case"] else None
        return cls(**data | {"requirements": tuple(Verdict(**verdict) for verdict in verdicts), "case": case})


def _problem(data):
    if data is None:
        return None
    failure = Failure.from_data(data["failure"]) if data["failure"] else None
    return Problem(**data | {"kind": Kind(data["kind"]), "failure": failure})
