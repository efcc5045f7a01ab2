"""An exercise is data: what is right, what it is tried on, what earns points, and which mistakes are known."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is known by name.

    Attributes
    ----------
    id : str
        Unique within its exercise, such as ``"sigma-prime-missing"``.
    function : callable
        The wrong answer itself, with the exercise's signature; it draws only by ``rng.permutation``.
    hint : str
        What the numbers show, which equation they break, and where to look; never the line of code.
    telling_failure : bool
        Whether what it raises tells it though no number ever comes back: the same exception in the same words, which
        hold the sizes of the probe, on every probe.
    facts : dict, optional
        What the exercise's ``observe`` says of it, for exercises where it takes long to find that out while a student
        waits. The audit runs the mistake and compares.
    edits : tuple of (str, str)
        Pieces that occur once in the reference's source, and what stands in their place; empty where the function was
        not made by edits. Two mistakes whose edits touch different places can be combined, see
        :func:`autograder.exercises.edits.source_of_both`.
    """

    id: str
    function: Callable
    hint: str
    telling_failure: bool = False
    facts: dict | None = None
    edits: tuple = ()


@dataclass(frozen=True)
class Requirement:
    """Something that an answer has to meet, and what it is worth.

    Attributes
    ----------
    name : str
        Shown to the student.
    points : float
        Out of the exercise's points.
    test : callable
        Takes a :class:`autograder.checking.trial.Trial`; returns None if the requirement is met, otherwise a
        :class:`autograder.checking.problem.Problem`, or a sentence that says in kind what was expected.
    last : bool
        Whether it is tested after all others, because it looks at every call that they made.
    quiet : bool
        Whether a warning of NumPy's, such as that of an overflow, is a miss too.
    """

    name: str
    points: float
    test: Callable
    last: bool = False
    quiet: bool = False


def one_run(args):
    """Runs of an exercise without chance: the arguments as they are."""
    return [args]


def numbered_part(path):
    """Name of a part of an answer that has no name of its own, counted from 0."""
    return "the result" if not path else "result" + "".join(f"[{index}]" for index in path)


def gradient_part(path):
    """Name of a part of a list of (dW, db) pairs."""
    return f"{('∂C/∂W', '∂C/∂b')[path[1]]} of layer {path[0] + 1}"


@dataclass(frozen=True, eq=False)
class Exercise:
    """One function that a student writes.

    Attributes
    ----------
    points : float
        The sum of the requirements' points.
    equation : str
        What is asked for, in the notation of the course.
    probes : callable
        ``rng -> list of argument tuples``; drawn from a public seed by check and from another one by grade.
    requirements : list of Requirement
        The first one is the gate: while it is not met, the others are reported but earn nothing, so that a function
        that returns zeros of the right shape earns nothing.
    name : str
        Name of the function; unique over the course. The exercise's file has the same name, and loading gives it.
    lesson : str
        Name of the lesson's notebook folder, given by loading.
    reference : callable
        A right answer: the function of the exercise's name in its file, given by loading.
    mistakes : sequence of Mistake
        Each with its own hint; loading takes them from the TOML file beside the exercise.
    variants : list of callable
        Right answers written in other ways, which must be accepted.
    telling_probes : callable, optional
        ``rng -> list of argument tuples`` on which nothing is graded, but which tell apart mistakes that only raise
        on the others, such as networks whose layers all have one width.
    runs : callable, optional
        From arguments to the list of arguments with every order that chance could have chosen; the reference and the
        mistakes are run on all of them.
    part_name : callable, optional
        From the path of a part of the answer (a tuple of indices) to its name.
    observe : callable, optional
        From a trial to a dict of facts by which mistakes are told apart beside, or in place of, values.
    comparable : bool
        False where values are left to chance, so that facts tell, beside which requirements are met.
    by_facts : bool
        Whether the facts of ``observe`` alone tell, whatever requirements are met; only without comparable values.
    derivative_of : str
        What the answer is the derivative of, so that central differences can be held against it; empty if of nothing.
    remarks : callable, optional
        From a trial to sentences about what earns or costs nothing by itself, but should be looked at by somebody.
    fresh : bool
        Whether check and grade draw new probes for every call, so that nobody can prepare for them.
    seconds : float
        After which a call is stopped.
    """

    points: float
    equation: str
    probes: Callable
    requirements: list
    name: str = ""
    lesson: str = ""
    reference: Callable | None = None
    mistakes: Sequence[Mistake] = ()
    variants: list = field(default_factory=list)
    telling_probes: Callable = lambda rng: []
    runs: Callable[[tuple], Iterable[tuple]] = one_run
    part_name: Callable[[tuple], str] = numbered_part
    observe: Callable = lambda trial: {}
    comparable: bool = True
    by_facts: bool = False
    derivative_of: str = ""
    remarks: Callable = lambda trial: []
    fresh: bool = False
    seconds: float = 10.0

    def __post_init__(self):
        total = sum(requirement.points for requirement in self.requirements)
        if abs(total - self.points) > 1e-9:
            name = self.name or self.equation
            raise ValueError(f"{name}: the requirements are worth {total} points, not {self.points}.")


@dataclass(frozen=True)
class Question:
    """A question whose answer is a number, or one of some words.

    Attributes
    ----------
    name : str
        Lesson and number, such as ``"3.1"``.
    text : str
        What is asked, in the notation of the course.
    answer : callable
        Takes nothing; returns the right number or word, computed.
    explanation : str
        Why, shown once the answer is right.
    slips : dict of str to callable
        A hint for each wrong answer that is known, and what computes that answer.
    tolerance : float
        How far a number may be off, relative to it.
    """

    name: str
    text: str
    answer: Callable
    explanation: str
    slips: dict
    tolerance: float = 0.01


@dataclass(frozen=True)
class LineMistake:
    """A wrong line of a derivation that is known by name.

    Attributes
    ----------
    id : str
        Unique within its derivation.
    line : autograder.derivations.expression.Expression
        The wrong line; another one of the same value is the same mistake.
    hint : str
        Which rule it breaks.
    """

    id: str
    line: object
    hint: str


@dataclass(frozen=True, eq=False)
class Derivation:
    """A derivation that a learner writes line by line.

    Attributes
    ----------
    name, lesson : str
        Given by loading.
    points : float
        What it is worth.
    vocabulary : autograder.derivations.vocabulary.Vocabulary
        The names it may use, and the free indices.
    start : autograder.derivations.expression.Expression
        The first line, as it is given.
    goal : autograder.derivations.expression.Expression
        The last line of the model.
    goal_form : autograder.derivations.forms.Form
        A right line of this form has reached the goal.
    milestones : tuple of autograder.derivations.forms.Milestone
        The steps on the way, in any order.
    model : tuple of str
        Lines of a complete derivation, the start first.
    mistakes : tuple of LineMistake
        Beside those that are recognised by rules.
    to_show : tuple of str
        Functions that no line may use, because the derivation is to find them: using them would be circular.
    """

    name: str
    lesson: str
    points: float
    vocabulary: object
    start: object
    goal: object
    goal_form: object
    milestones: tuple
    model: tuple
    mistakes: tuple = ()
    to_show: tuple = ()
