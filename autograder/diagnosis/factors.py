"""Factors by which numbers are off, in the words of the exercise; alone, or beside a known mistake."""

import re
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from autograder.checking.compare import flat
from autograder.checking.trial import parameter_names, right_answers

# Arguments whose rows are examples, and lists with an entry for each layer.
BATCHES, LISTS = ("X", "Y", "A", "Z"), ("layers", "weights", "gradients")
SYMBOLS = {"eta": "η", "lam": "λ", "mu": "μ"}


def _factor(vector, other):
    """Return the one factor between two vectors; None where there is none, or where it is 0."""
    if vector.size != other.size or not np.any(other):
        return None
    largest = np.argmax(np.abs(other))
    factor = vector[largest] / other[largest]
    if not np.isfinite(factor) or factor == 0:
        return None
    return float(factor) if np.allclose(vector, factor * other, rtol=1e-6, atol=1e-9 * abs(vector[largest])) else None


def factors_between(numbers, others):
    """Find the factor by which numbers are off on each probe.

    Parameters
    ----------
    numbers, others : list of ndarray
        Vectors, one for each probe.

    Returns
    -------
    list of float or None
        With None in it where numbers and others are all 0; None where on any probe there is no such factor.
    """
    factors = []
    for vector, other in zip(numbers, others, strict=True):
        both_zero = vector.size == other.size and not np.any(vector) and not np.any(other)
        factors.append(None if both_zero else _factor(vector, other))
        if factors[-1] is None and not both_zero:
            return None
    return factors


def _sizes(args, names):
    """How many examples, outputs, inputs or layers there are, by the symbol or the words for it."""
    found = {}
    arrays = {name: arg for name, arg in zip(names, args, strict=False) if isinstance(arg, np.ndarray)}
    batches = [arg for name, arg in arrays.items() if name in BATCHES and arg.ndim == 2]
    if batches:
        found["n"] = len(batches[0])
    for name, symbol in (("Y", "K"), ("A", "K"), ("Z", "K"), ("X", "m")):
        if name in arrays and arrays[name].ndim == 2:
            found.setdefault(symbol, arrays[name].shape[1])
    for name, arg in zip(names, args, strict=False):
        if isinstance(arg, np.ndarray) and arg.ndim == 1:
            # One number for each example, where a neuron's outputs or a column of a batch are compared.
            paired = name == "y" and {"a", "X"} & set(arrays) and "z" not in arrays and "layers" not in names
            found.setdefault("n" if paired else f"(the number of entries of {name})", arg.size)
        elif isinstance(arg, np.ndarray) and name not in BATCHES and arg.ndim == 2:
            found.setdefault(f"(the number of rows of {name})", len(arg))
            found.setdefault(f"(the number of columns of {name})", arg.shape[1])
            found.setdefault(f"(the number of entries of {name})", arg.size)
        elif isinstance(arg, list) and arg and name in LISTS:
            found.setdefault("(the number of layers)", len(arg))
    return found


def _quantities(args, names):
    """What a factor can depend on, by its symbol: numbers among the arguments, sizes, and products of two of these."""
    found = {}
    for name, arg in zip(names, args, strict=False):
        if isinstance(arg, (int, float)) and not isinstance(arg, bool):
            found[SYMBOLS.get(name, name)] = float(arg)
    for symbol, size in _sizes(args, names).items():
        found.setdefault(symbol, float(size))
    simple = [symbol for symbol in found if len(symbol) <= 2]
    for one, other in combinations(simple, 2):
        found[f"({one}·{other})"] = found[one] * found[other]
    for one, other in permutations(simple, 2):
        found[f"({one}/{other})"] = found[one] / found[other] if found[other] else np.nan
    for symbol in simple:
        found[f"{symbol}²"] = found[symbol] ** 2
        found[f"√{symbol}"] = abs(found[symbol]) ** 0.5
        found[f"(1 − {symbol})"] = 1 - found[symbol]
    return found


_LN_2 = np.log(2)
_NUMBERS = {"½": 0.5, "¼": 0.25, "⅓": 1 / 3, "−½": -0.5, "−¼": -0.25}
# From bits to nats or back, once or twice.
_NUMBERS |= {"ln 2": _LN_2, "1/ln 2": 1 / _LN_2, "(ln 2)²": _LN_2**2, "1/(ln 2)²": _LN_2**-2}


def _in_words(factor):
    for words, value in _NUMBERS.items():
        if np.isclose(factor, value):
            return words
    return f"{factor:.4g}".replace("-", "−")


def factor_in_words(factors, probes, names):
    """Name the factor by which numbers are off, probe by probe.

    Parameters
    ----------
    factors : list of float or None
        One for each probe; None where a probe does not tell it.
    probes : list of tuple
        Arguments.
    names : list of str
        Of the arguments.

    Returns
    -------
    str or None
        A number if all factors are the same one, otherwise what it is in terms of n, η and the like; None where it is
        neither, or where fewer than two probes tell.
    """
    told = [(factor, _quantities(args, names)) for factor, args in zip(factors, probes, strict=True) if factor]
    if len(told) < 2:
        return None
    values = np.array([factor for factor, _ in told])
    if np.allclose(values, values[0], rtol=1e-5):
        return _in_words(values[0])
    for symbol in told[0][1]:
        quantity = np.array([quantities.get(symbol, np.nan) for _, quantities in told])
        # Of the many products and quotients one may fit two probes by chance.
        if re.search("[·/²√−]", symbol) and len(np.unique(quantity)) < 3:
            continue
        with np.errstate(all="ignore"):
            shapes = {symbol: values / quantity}
            if "/" not in symbol:
                shapes[f"1/{symbol}"] = values * quantity
        for words, constants in shapes.items():
            constant = constants[0]
            if np.allclose(constants, constant, rtol=1e-5) and np.isclose(abs(constant), (0.25, 0.5, 1, 2, 4)).any():
                number = "" if np.isclose(abs(constant), 1) else f"{_in_words(abs(constant))} · "
                return f"{'−' if constant < 0 else ''}{number}{words}"
    return None


_MEANINGS = {"n": "the number of examples", "K": "the number of outputs", "m": "the number of inputs"}


def times_the_right_one(words):
    """Say what numbers are that are off by a factor, what its letters mean, and where it may come from.

    Parameters
    ----------
    words : str
        As :func:`factor_in_words` returns them.

    Returns
    -------
    str
        What goes on a sentence that begins with the numbers.
    """
    letters = [letter for letter in _MEANINGS if re.search(rf"(?<![A-Za-z]){letter}(?![A-Za-z])", words)]
    meant = " and ".join(f"{letter} is {_MEANINGS[letter]}" for letter in letters)
    where = f", where {meant}" if meant else ""
    if "K" in letters and words.startswith("1/"):
        return (
            f"{words} times the right one{where}: did you divide by the number of all entries, as .size and np.mean do?"
        )
    if "ln 2" in words:
        return f"{words} times the right one: which base has your logarithm? log₂ x is ln x / ln 2."
    return f"{words} times the right one{where}: look for a factor too many or too few."


@dataclass(frozen=True)
class Besides:
    """A known mistake, and a factor that is off besides.

    Attributes
    ----------
    mistakes : tuple of Mistake
        One; or two, where the factor is just what another known mistake gives.
    factor : str
        In words; see :func:`factor_in_words`.
    """

    mistakes: tuple
    factor: str


class _Numbers:
    """The student's numbers and the right ones on the probes where there are any; empty where they do not compare."""

    def __init__(self, trial):
        self.names = parameter_names(trial.exercise)
        self.positions, self.probes, self.student, self.right = [], [], [], []
        self.failures = {}
        outcomes, probes = trial.outcomes + trial.telling_outcomes, trial.probes + trial.telling_probes
        for position, (outcome, args) in enumerate(zip(outcomes, probes, strict=True)):
            right = right_answers(trial.exercise, args)
            if outcome.failure:
                self.failures[position] = outcome.failure.kind
            elif len(right) == 1:  # otherwise chance could have chosen another answer
                self.positions.append(position)
                self.probes.append(args)
                self.student.append(flat(outcome.value))
                self.right.append(flat(right[0]))

    @property
    def decide(self):
        """Whether there are finite numbers on at least two probes, and nothing else on any: less explains nothing."""
        return len(self.positions) >= 2 and all(
            student is not None and right is not None and np.isfinite(student).all()
            for student, right in zip(self.student, self.right, strict=True)
        )

    def in_words(self, factors):
        """Name the factor on each probe, if it has a name."""
        return factor_in_words(factors, self.probes, self.names)

    def of(self, known):
        """Return what a known mistake gives on each probe; None where it gives no number, or not where it stops."""
        for position, kind in self.failures.items():
            failure = known.outcomes(position)[0].failure
            if not failure or failure.kind != kind:
                return None
        outcomes = [known.outcomes(position)[0] for position in self.positions]
        vectors = [None if outcome.failure else flat(outcome.value) for outcome in outcomes]
        return None if any(vector is None for vector in vectors) else vectors

    def makes_right_again(self, vectors):
        """Whether some numbers that the mistake gets wrong are right in the answer, on every probe it changes."""
        restored = []
        for student, right, vector in zip(self.student, self.right, vectors, strict=True):
            if not student.size == right.size == vector.size:
                return False
            wrong = ~np.isclose(vector, right, rtol=1e-6)
            if wrong.any():
                restored.append((wrong & np.isclose(student, right, rtol=1e-6)).any())
        return bool(restored) and all(restored)


def mistakes_beside_a_factor(trial, catalogue):
    """Find the known mistakes that give the student's numbers but for one factor on each probe, which has a name.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the student's function.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    list of Besides
        In the order of the catalogue.
    """
    numbers = _Numbers(trial)
    if not numbers.decide:
        return []
    given = [(known.mistake, numbers.of(known)) for known in catalogue]
    given = [(mistake, vectors) for mistake, vectors in given if vectors and not numbers.makes_right_again(vectors)]
    # Those that are the right numbers times one factor on each probe, and whether that factor has a name.
    own = {mistake.id: factors_between(vectors, numbers.right) for mistake, vectors in given}
    named = {name for name, factors in own.items() if factors and numbers.in_words(factors)}
    found = {}
    for mistake, vectors in given:
        factors = factors_between(numbers.student, vectors)
        if not factors or _all_one(factors) or (own[mistake.id] and _all_one(own[mistake.id])):
            continue
        others = [
            other
            for other, _ in given
            # Of two factors on whatever is right one has to have a name: else any two numbers would be explained.
            if other is not mistake
            and _same_factors(factors, own[other.id])
            and (not own[mistake.id] or other.id in named)
        ]
        words = numbers.in_words(factors)
        if len(others) == 1:
            both = [each for each, _ in given if each is mistake or each is others[0]]
            found[both[0].id, both[1].id] = Besides(tuple(both), words or "")
        elif words and mistake.id not in named:  # otherwise it adds nothing to a factor
            found[mistake.id] = Besides((mistake,), words)
    return list(found.values())


def _all_one(factors):
    return all(factor is None or np.isclose(factor, 1) for factor in factors)


def _same_factors(factors, others):
    """Whether two lists of factors are the same on all probes where both tell one, and these are at least two."""
    if not others:
        return False
    told = [(factor, other) for factor, other in zip(factors, others, strict=True) if factor and other]
    return len(told) >= 2 and all(np.isclose(factor, other, rtol=1e-5) for factor, other in told)
