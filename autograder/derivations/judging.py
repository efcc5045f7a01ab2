"""Judge a derivation line by line: each line is compared with the one before, at random points."""

import copy
from dataclasses import dataclass

import numpy as np

from autograder.derivations.expression import Binary, Entry, Function, Minus, Number, text_of
from autograder.derivations.forms import features
from autograder.derivations.lines import Line, read_lines
from autograder.derivations.reading import Refused
from autograder.derivations.terms import signed_terms
from autograder.derivations.values import POINTS, Evaluator, TooLarge, draw

DRAWS, RELATIVE = 3, 1e-9


@dataclass(frozen=True)
class Step:
    """One line of a derivation, judged.

    Attributes
    ----------
    line : autograder.derivations.lines.Line
        As it was typed.
    right : bool
        Whether it equals the line before it, or the start where that one is wrong.
    refusal : Refused or None
        Why it has no value to compare.
    repeats : bool
        Whether it only repeats or reorders an earlier line.
    """

    line: Line
    right: bool
    refusal: Refused | None = None
    repeats: bool = False

    @property
    def expression(self):
        """What the line says, or None where it cannot be read."""
        return self.line.expression


@dataclass(frozen=True)
class Judgement:
    """What became of a derivation.

    Attributes
    ----------
    steps : tuple of Step
        The start first.
    definitions : tuple of Step
        The learner's own definitions.
    missing : tuple of str
        Milestones, in words, that no right line shows; none where there are steps enough.
    reached : bool
        Whether the last line is the goal.
    goal_counts : bool
        Whether that earns the goal's share of the points.
    comparison : Comparison
        Which knows the learner's own names as well.
    """

    steps: tuple
    definitions: tuple
    missing: tuple
    reached: bool
    goal_counts: bool
    comparison: "Comparison"

    @property
    def line(self):
        """The first step that is wrong or cannot be read, counted from 0; None if there is none."""
        return next((number for number, step in enumerate(self.steps) if not step.right), None)

    @property
    def right_so_far(self):
        """Whether nothing is wrong, definitions included."""
        return self.line is None and all(step.right for step in self.definitions)

    @property
    def passed(self):
        """Whether every line is right, and the goal is reached by at least one step in between."""
        new = sum(not step.repeats for step in self.steps[1:])
        return self.right_so_far and self.reached and new > 1


class Comparison:
    """Compares expressions at the same random points.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    seed : int
        Decides the points.
    """

    def __init__(self, vocabulary, seed):
        rng = np.random.default_rng(seed)
        self.vocabulary = vocabulary
        self._evaluators = [Evaluator(vocabulary, draw(vocabulary, rng)) for _ in range(DRAWS)]

    def first(self):
        """Return a quicker comparison, at the points of the first draw only."""
        quick = copy.copy(self)
        quick._evaluators = self._evaluators[:1]
        return quick

    def keep(self, *expressions):
        """Make comparing many variants of some expressions quicker."""
        for evaluator in self._evaluators:
            for each in expressions:
                evaluator.keep(each)

    def values(self, expression):
        """Return the values of an expression, one array for each draw.

        Raises
        ------
        Refused
            If it is undefined at most points, or too large to evaluate.
        """
        try:
            found = [evaluator.value(expression) for evaluator in self._evaluators]
        except TooLarge:
            raise Refused("This takes too long to compute: it has too many nested sums.") from None
        defined = sum(int(np.isfinite(value).reshape(POINTS, -1).all(axis=1).sum()) for value in found)
        if 2 * defined <= len(found) * POINTS:
            raise Refused(
                "This is undefined at most of the random points: it divides by 0, or takes the logarithm of a negative "
                "number."
            )
        return found


def same_values(one, other):
    """Whether two expressions agree wherever both are defined, by their values as :class:`Comparison` returns them."""
    for left, right in zip(one, other, strict=True):
        defined = np.isfinite(left) & np.isfinite(right)
        left, right = left[defined], right[defined]
        size = np.maximum(np.abs(left), np.abs(right))
        allowed = RELATIVE * size + 1e-12 * size.max(initial=0.0) + 1e-14
        if (np.abs(left - right) > allowed).any():
            return False
    return True


def normal_form(expression):
    """Return an expression with the terms of sums and the factors of products in a fixed order, as nested tuples."""
    match expression:
        case Binary("+" | "-"):
            terms = [(sign, normal_form(term)) for sign, term in signed_terms(expression)]
            return ("+", *sorted(terms, key=repr))
        case Binary("*" | "/"):
            sign, factors = _factors(expression, +1)
            product = ("*", *sorted(factors, key=repr))
            return product if sign > 0 else ("-", product)
        case Minus(of):
            return ("-", normal_form(of))
        case Number(value):
            return value
        case Entry(name, indices):
            return (name, *indices)
    own = [value for value in vars(expression).values() if isinstance(value, str)]
    return (type(expression).__name__, *own, *map(normal_form, expression.parts()))


def _factors(expression, power):
    match expression:
        case Binary("*" | "/" as operator, left, right):
            sign, factors = _factors(left, power)
            other_sign, other = _factors(right, power if operator == "*" else -power)
            return sign * other_sign, factors + other
        case Minus(of):
            sign, factors = _factors(of, power)
            return -sign, factors
    return 1, [(power, normal_form(expression))]


def judge(derivation, text, seed):
    """Judge a derivation.

    Parameters
    ----------
    derivation : autograder.exercise.Derivation
    text : str
        What the learner typed.
    seed : int
        Decides the points at which lines are compared.

    Returns
    -------
    Judgement

    Raises
    ------
    Refused
        If the text is too long to be looked at, or holds no line at all.
    """
    lines = read_lines(text, derivation.vocabulary.names)
    if not lines:
        raise Refused("There is nothing to check yet. Write the start, then one step per line, each beginning with =.")
    vocabulary, steps, definitions = derivation.vocabulary, [], []
    for line in lines:
        if line.kind == "let":
            step, vocabulary = _defined(derivation, line, vocabulary)
            definitions.append(step)
        else:
            steps.append(line)
    comparison = Comparison(vocabulary, seed)
    judged = _judged(derivation, steps, comparison)
    all_right = all(step.right for step in (*judged, *definitions))
    earned = _earned(derivation, judged, all_right, vocabulary)
    return Judgement(tuple(judged), tuple(definitions), *earned, comparison)


def _defined(derivation, line, vocabulary):
    if line.refusal:
        return Step(line, False, line.refusal), vocabulary
    try:
        _refuse_circular(derivation, line.expression)
        return Step(line, True), vocabulary.define(line.defines, line.expression, own=True)
    except Refused as refusal:
        return Step(line, False, refusal), vocabulary


def _refuse_circular(derivation, expression):
    """Refuse a line that uses what the derivation is to find."""
    for part in expression.walk():
        if isinstance(part, Function) and part.name in derivation.to_show:
            raise Refused(
                f"{part.name} is what you are to find, so no line may use it. Work out {text_of(derivation.start)} "
                "itself.",
                part.column,
                "circular",
            )


def _judged(derivation, lines, comparison):
    """Judge the steps: against the line before, and after a wrong one against the start."""
    start = comparison.values(derivation.start)
    steps, before, seen, above = [], start, set(), derivation.start
    for number, line in enumerate(lines):
        values, refusal = None, line.refusal
        if not refusal:
            try:
                _refuse_circular(derivation, line.expression)
                comparison.vocabulary.check(line.expression, above=comparison.vocabulary.shapes(above))
                values = comparison.values(line.expression)
            except Refused as error:
                refusal = error
        if number == 0 and not refusal and line.expression != derivation.start:
            refusal = Refused(
                f"The first line has to be the start as it was given: {text_of(derivation.start)}", 0, "start"
            )
        right = refusal is None and same_values(values, before)
        form = None if line.expression is None else normal_form(line.expression)
        steps.append(Step(line, right, refusal, form in seen))
        seen.add(form)
        # One mistake costs once: what follows a wrong line is held against the start.
        before, above = (values, line.expression) if right else (start, derivation.start)
    return steps


def _earned(derivation, steps, all_right, vocabulary):
    """Return the names of the milestones that are missing, whether the goal is reached, and whether it counts."""
    own = {}
    for name, says in vocabulary.names.items():
        if name not in derivation.vocabulary.names:
            own[name] = features(says.definition, own)

    def is_goal(step):
        # A name of the learner's own must not hide what the goal may not contain.
        return derivation.goal_form.fits(step.expression, own)

    right = [step for step in steps[1:] if step.right and not step.repeats]
    goals = [step for step in right if is_goal(step)]
    reached = bool(goals) and steps[-1].right and is_goal(steps[-1])
    between = [step.expression for step in right if not goals or step is not goals[-1]]
    names = tuple(milestone.name for milestone in derivation.milestones)
    if not between:
        return names, reached, False
    if reached and all_right and len(right) > len(names):
        return (), True, True  # steps enough, whatever the road
    # The goal shows what is joined to it; by itself it shows nothing.
    lines = [*between, *(step.expression for step in goals[-1:])]
    shown = {m.name for m in derivation.milestones if any(map(m.reached_by, lines))}
    # A wrong line costs something, even where all milestones are among the right ones.
    counts = reached and (all_right or len(shown) < len(names))
    return tuple(name for name in names if name not in shown), reached, counts
