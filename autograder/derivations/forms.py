"""What an expression is made of: by this, not by value, milestones and goals are recognised."""

from collections import Counter
from dataclasses import dataclass, field

from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Same,
    Sum,
)


@dataclass(frozen=True)
class Form:
    """A form that a line can have.

    Attributes
    ----------
    has, lacks : tuple of str
        Features that have to be there, or must not; see :func:`features`.
    at_least, at_most : dict of str to int
        How often a feature has to be there at least, and may be there at most.
    """

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    at_least: dict[str, int] = field(default_factory=dict)
    at_most: dict[str, int] = field(default_factory=dict)

    def fits(self, expression, own=None):
        """Whether an expression has this form; ``own`` is as for :func:`features`."""
        counts = features(expression, own)
        return (
            all(counts[feature] for feature in self.has)
            and not any(counts[feature] for feature in self.lacks)
            and all(counts[feature] >= number for feature, number in self.at_least.items())
            and all(counts[feature] <= number for feature, number in self.at_most.items())
        )


@dataclass(frozen=True)
class Milestone:
    """A step that a complete derivation shows.

    Attributes
    ----------
    name : str
        What the step is, in words that follow "a line with".
    forms : tuple of Form
        Any of them will do.
    """

    name: str
    forms: tuple[Form, ...]

    def reached_by(self, expression):
        """Whether a line shows it."""
        return any(form.fits(expression) for form in self.forms)


def features(expression, own=None):
    """Count what an expression is made of.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression
    own : dict of str to collections.Counter, optional
        The features of what the learner's own names stand for; they count wherever such a name is used.

    Returns
    -------
    collections.Counter
        ``"a"`` for a name, ``"a outside d"`` for one that is not below a derivative; ``"exp"`` and so on for functions;
        ``"sum"``, and ``"sum in sum"``; ``"/"``, ``"negative power"``, ``"s**"`` for a power of s(…); ``"[==]"``;
        ``"d"``, ``"d(C, a)"`` by the names, with ``*`` for any: ``"d(C, *)"``, ``"d(*, a)"``; ``"sum in d"``;
        ``"ln(a)"`` by the name.
    """
    counts = Counter()
    _count(expression, counts, in_sum=False, in_derivative=False)
    used = {name: counts[name] for name in own or ()}
    for name, times in used.items():
        for feature, number in own[name].items():
            counts[feature] += times * number
    return counts


def _count(node, counts, in_sum, in_derivative):
    match node:
        case Entry(name):
            counts[name] += 1
            counts[f"{name} outside d"] += not in_derivative
        case Function(name, of):
            counts[name] += 1
            if isinstance(of, Entry):
                counts[f"{name}({of.name})"] += 1
        case Sum():
            counts["sum"] += 1
            counts["sum in sum"] += in_sum
            counts["sum in d"] += in_derivative
            in_sum = True
        case Derivative(of, by):
            what = of.name if isinstance(of, Entry) else "…"
            for feature in ("d", f"d({what}, {by.name})", f"d({what}, *)", f"d(*, {by.name})"):
                counts[feature] += 1
            in_derivative = True
        case Binary("/"):
            counts["/"] += 1
        case Binary("**", left, right):
            counts["negative power"] += isinstance(right, Minus) and isinstance(right.of, Number)
            counts["s**"] += isinstance(left, Function) and left.name == "s"
        case Same():
            counts["[==]"] += 1
    for part in node.parts():
        _count(part, counts, in_sum, in_derivative)
