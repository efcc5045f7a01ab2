"""Explain an answer by two known mistakes made at once, or by one and a factor on everything."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from autograder.checking.compare import FLOAT64_TOLERANCE, flat, leaves, tolerance_of
from autograder.checking.trial import parameter_names

# So many numbers decide which pairs are looked at in full.
SAMPLE = 16
OTHER_SIGN = "And besides, every number has the wrong sign."
SYMBOLS = {"eta": "η", "lam": "λ", "mu": "μ"}


@dataclass(frozen=True)
class Explanation:
    """What gives just the student's numbers.

    Attributes
    ----------
    known : tuple
        One or two of the exercise's known mistakes.
    besides : str
        A sentence about the factor by which everything is off as well; empty where there is none.
    """

    known: tuple
    besides: str = ""


def _numbers(outcome):
    return None if outcome.failure else flat(outcome.value)


def _spread(vector, other):
    """Entries at which two vectors differ, at most SAMPLE of them, from all over."""
    differing = np.flatnonzero(~np.isclose(vector, other, rtol=1e-6)) if other is not None else np.arange(vector.size)
    if not differing.size:
        return differing
    return np.unique(differing[np.linspace(0, differing.size - 1, min(SAMPLE, differing.size)).astype(int)])


class Evidence:
    """The student's answer, the right one and each mistake's, as flat vectors on the probes where there is a number.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the answer.
    catalogue : list
        The exercise's known mistakes on the trial's probes.
    """

    def __init__(self, trial, catalogue):
        self.names = parameter_names(trial.exercise)
        outcomes, probes = trial.outcomes + trial.telling_outcomes, trial.probes + trial.telling_probes
        self.failures = {position: outcome.failure.kind for position, outcome in enumerate(outcomes) if outcome.failure}
        self.positions, self.probes, self.right, student, tolerances = [], [], [], [], []
        for position, (outcome, args) in enumerate(zip(outcomes, probes, strict=True)):
            runs = list(trial.exercise.runs(args))
            if outcome.failure or len(runs) != 1:
                continue
            numbers, right = flat(outcome.value), flat(trial.exercise.reference(*runs[0]))
            if numbers is None or right is None:
                self.positions = []
                return
            relative = max((tolerance_of(part) for _, part in leaves(outcome.value)), default=FLOAT64_TOLERANCE)
            self.positions.append(position)
            self.probes.append(args)
            self.right.append(right)
            student.append(numbers)
            tolerances.append(relative * (np.abs(numbers) + 1e-3 * np.abs(numbers).max(initial=0)) + 1e-14)
        ends = np.cumsum([0, *map(len, student)])
        self.sections = [slice(start, end) for start, end in pairwise(ends)]
        self.student = np.concatenate([np.zeros(0), *student])
        self.tolerance = np.concatenate([np.zeros(0), *tolerances])
        self.sizes = [numbers.size for numbers in student]
        self.right_fits = self.sizes == [right.size for right in self.right]
        found = {}
        for known in catalogue:
            vectors = [_numbers(known.outcomes(position)[0]) for position in self.positions]
            if all(vector is not None for vector in vectors):
                found[known] = vectors
        # Those that are the right numbers times one factor on each probe, and these factors.
        self.factors = {}
        for known, vectors in found.items():
            factors = factors_between(vectors, self.right)
            if factors and any(factor and not np.isclose(factor, 1) for factor in factors):
                self.factors[known] = factors
        fitting = {known: vectors for known, vectors in found.items() if [v.size for v in vectors] == self.sizes}
        self.known = list(fitting)
        self.rows = np.array([np.concatenate([np.zeros(0), *vectors]) for vectors in fitting.values()])

    @property
    def decides(self):
        """Whether there are finite numbers on at least two probes, and nothing else on any: less explains nothing."""
        return len(self.positions) >= 2 and self.student.size > 0 and bool(np.isfinite(self.student).all())

    def split(self, vector):
        """Take a vector apart into that of each probe."""
        return [vector[section] for section in self.sections]

    def in_words(self, factors):
        """Name the factor on each probe, if it has a name."""
        return factor_in_words(factors, self.probes, self.names)

    def named_factor(self, vector, other):
        """Name the factor between two vectors on each probe; None where there is none, or it has no name."""
        factors = factors_between(self.split(vector), self.split(other))
        return factors and self.in_words(factors)

    def cancel(self, one, other, right):
        """Whether two mistakes make up for each other in some of the numbers, on every probe where both change any."""
        off = (np.abs(one - right) > self.tolerance) & (np.abs(other - right) > self.tolerance)
        made_up = off & (np.abs(self.student - right) <= self.tolerance)
        return bool(off.any()) and all(made_up[section].any() for section in self.sections if off[section].any())

    def fits(self, vector):
        """Whether a vector holds the student's numbers."""
        return bool((np.abs(vector - self.student) <= self.tolerance).all())

    def same_failures(self, *known):
        """Whether on every probe where the student's answer raised, one of the mistakes raises the like."""
        return all(
            any((failure := one.outcomes(position)[0].failure) and failure.kind == kind for one in known)
            for position, kind in self.failures.items()
        )


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


def _product(one, other, right):
    """Both change the right numbers by factors, and the answer has the product of the two."""
    with np.errstate(all="ignore"):
        return np.where(np.abs(right) > 1e-12, one * other / right, one + other - right)


def _sum(one, other, right):
    """Both move the right numbers, each in a term of its own, and the answer is moved by the sum of the two."""
    return one + other - right


def _mixes(one, other, evidence, right):
    """Each number is the right one, the first mistake's or the second's, and each of the three choices by position."""

    def same(left, candidate):
        return np.abs(left - candidate) <= evidence.tolerance

    is_right, is_one, is_other = (same(evidence.student, candidate) for candidate in (right, one, other))
    if not (is_right | is_one | is_other).all():
        return False
    # Where both mistakes leave the right number, nothing is decided; where one changes it, it has to show.
    changed_one, changed_other = ~same(one, right), ~same(other, right)
    if (changed_one & ~changed_other & ~is_one).any() or (changed_other & ~changed_one & ~is_other).any():
        return False
    return bool((is_one & changed_one & ~is_other).any() and (is_other & changed_other & ~is_one).any())


def _moved_entries(row, right):
    """Where each number of ``row`` stands in ``right``, if it holds the same numbers in another order."""
    order, right_order = np.argsort(row, kind="stable"), np.argsort(right, kind="stable")
    if not np.allclose(row[order], right[right_order], rtol=1e-9) or np.isclose(np.diff(np.sort(right)), 0).any():
        return None
    entries = np.empty(row.size, dtype=int)
    entries[order] = right_order
    return entries


def _combined(rows, base, right, combine, evidence, some):
    """Pairs of rows that combine to the student's numbers, all measured from a base; sampled first, then in full."""
    moved, student = rows - base, evidence.student - base
    sampled = combine(moved[:, None][..., some], moved[None][..., some], (right - base)[some])
    near = (np.abs(sampled - student[some]) <= evidence.tolerance[some]).all(axis=-1)
    for one, other in np.argwhere(np.triu(near, 1)):
        if evidence.fits(base + combine(moved[one], moved[other], right - base)):
            yield one, other


def _reordered(rows, right, evidence):
    """Pairs of rows: one is right but for the order, and the student's numbers are the other's in that order."""
    for one, row in enumerate(rows):
        entries = _moved_entries(row, right)
        if entries is not None:
            fitting = (np.abs(rows[:, entries] - evidence.student) <= evidence.tolerance).all(axis=1)
            yield from ((min(one, other), max(one, other)) for other in np.flatnonzero(fitting) if other != one)


def _catalogued_pairs(evidence):
    """Find pairs: see :func:`explanations`."""
    right = np.concatenate(evidence.right)
    changing = [
        number
        for number, row in enumerate(evidence.rows)
        if np.isfinite(row).all() and not np.allclose(row, right, rtol=1e-9) and not evidence.fits(row)
    ]
    rows, some = evidence.rows[changing], _spread(evidence.student, right)
    known_rows = [evidence.known[number] for number in changing]
    if not some.size or not changing:
        return []
    # Of two factors on whatever is right one has to have a name: else any two numbers would be explained.
    named = [known not in evidence.factors or evidence.in_words(evidence.factors[known]) for known in known_rows]
    found = {
        (one, other)
        for one, other in _combined(rows, 0.0, right, _product, evidence, some)
        if named[one] or named[other]
    }
    # Single and whole numbers, such as counts, add up by chance too often; two changes of one term do not add up.
    if max(evidence.sizes) > 1 and not np.array_equal(evidence.student, np.round(evidence.student)):
        found |= {
            (one, other)
            for one, other in _combined(rows, 0.0, right, _sum, evidence, some)
            if not evidence.named_factor(rows[one] - right, rows[other] - right)
        }
    explained = np.abs(rows[:, some] - evidence.student[some]) <= evidence.tolerance[some]
    for one, other in np.argwhere(np.triu((explained[:, None] | explained[None]).all(axis=-1), 1)):
        if _mixes(rows[one], rows[other], evidence, right):
            found.add((one, other))
    found = {pair for pair in found if not evidence.cancel(rows[pair[0]], rows[pair[1]], right)}
    for known, base in zip(evidence.known, evidence.rows, strict=True):
        if known.mistake.without_a_term:
            found |= set(_combined(rows, base, right, _product, evidence, some))
    found |= set(_reordered(rows, right, evidence))
    pairs = [(known_rows[one], known_rows[other]) for one, other in sorted(found)]
    return [pair for pair in pairs if evidence.same_failures(*pair)]


def _quantities(args, names):
    """What a factor can depend on, by its symbol: numbers among the arguments, and how many examples there are."""
    found = {}
    for name, arg in zip(names, args, strict=False):
        if isinstance(arg, (int, float)):
            found[SYMBOLS.get(name, name)] = float(arg)
        elif isinstance(arg, np.ndarray) and arg.ndim == 2 and name in ("X", "Y", "A", "Z"):
            found.setdefault("n", float(len(arg)))
    return found


def _in_words(factor):
    for words, value in (("½", 0.5), ("¼", 0.25), ("⅓", 1 / 3), ("−½", -0.5), ("−¼", -0.25)):
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
        with np.errstate(all="ignore"):
            shapes = {symbol: values / quantity, f"1/{symbol}": values * quantity}
        for words, constants in shapes.items():
            constant = constants[0]
            if np.allclose(constants, constant, rtol=1e-5) and np.isclose(abs(constant), (0.25, 0.5, 1, 2, 4)).any():
                number = "" if np.isclose(abs(constant), 1) else f"{_in_words(abs(constant))} · "
                return f"{'−' if constant < 0 else ''}{number}{words}"
    return None


def _with_a_factor(evidence):
    """Single rows that give the student's numbers but for one factor on each probe."""
    found = []
    right = np.concatenate(evidence.right) if evidence.right_fits else None
    for known, row in zip(evidence.known, evidence.rows, strict=True):
        # What is the right answer times a factor itself adds nothing to a factor.
        no_more_than_a_factor = known in evidence.factors and evidence.in_words(evidence.factors[known])
        if no_more_than_a_factor or (right is not None and np.allclose(row, right, rtol=1e-9)) or evidence.fits(row):
            continue
        if right is not None and evidence.cancel(row, row, right):
            continue
        factors = (
            factors_between(evidence.split(evidence.student), evidence.split(row))
            if evidence.same_failures(known)
            else None
        )
        if not factors:
            continue
        catalogued = [
            other
            for other, own in evidence.factors.items()
            if other is not known and _agree(factors, own) and (known not in evidence.factors or evidence.in_words(own))
        ]
        words = evidence.in_words(factors)
        if len(catalogued) == 1:
            found.append(Explanation((known, catalogued[0])))
        elif words == "−1":
            found.append(Explanation((known,), OTHER_SIGN))
        elif words and words != "1":
            found.append(Explanation((known,), f"And besides, every number is {words} times what that alone gives."))
    return found


def _agree(factors, own):
    """Whether two lists of factors are the same on all probes where both tell one, and these are at least two."""
    told = [(factor, value) for factor, value in zip(factors, own, strict=True) if factor and value]
    return len(told) >= 2 and all(np.isclose(factor, value, rtol=1e-5) for factor, value in told)


def explanations(trial, catalogue):
    """Find what explains the student's numbers where no single known mistake does.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the answer.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    list of Explanation
        Two known mistakes: their factors multiply, their terms add up, each explains parts of its own, or one puts the
        other's numbers in another order.  Or one known mistake and a factor that has a name.
    """
    evidence = Evidence(trial, catalogue)
    if not evidence.decides:
        return []
    pairs = _catalogued_pairs(evidence) if evidence.right_fits else []
    found = [Explanation(pair) for pair in pairs]
    paired = {known for pair in pairs for known in pair}
    for each in _with_a_factor(evidence):
        # Beside a pair that explains everything, a factor other than −1 is far-fetched.
        if not pairs or (not paired & set(each.known) and each.besides in ("", OTHER_SIGN)):
            found.append(each)
    return found
