"""Explain an answer by two known mistakes made at once."""

from itertools import combinations

import numpy as np

from autograder.compare import close, flat


def _numbers(outcome):
    return None if outcome.failure else flat(outcome.value)


class _Evidence:
    """The student's answer, the right one and a mistake's, as flat vectors on the probes where there is a number."""

    def __init__(self, trial, catalogue):
        self.positions, self.student, self.right = [], [], []
        probes = trial.probes + trial.telling_probes
        for position, outcome in enumerate(trial.outcomes + trial.telling_outcomes):
            numbers = _numbers(outcome)
            runs = list(trial.exercise.runs(probes[position]))
            if numbers is None or len(runs) != 1:
                continue
            right = flat(trial.exercise.reference(*runs[0]))
            if right is not None and numbers.size == right.size:
                self.positions.append(position)
                self.student.append(numbers)
                self.right.append(right)
        self.mistakes = {known: self._of(known) for known in catalogue} if self.positions else {}
        self.mistakes = {known: vectors for known, vectors in self.mistakes.items() if vectors is not None}

    def _of(self, known):
        vectors = [_numbers(known.outcomes(position)[0]) for position in self.positions]
        fitting = all(v is not None and v.size == r.size for v, r in zip(vectors, self.right, strict=True))
        return vectors if fitting else None


def _factors_multiply(first, second, evidence):
    """Both change the right numbers by factors, and the answer has the product of the two."""
    for one, other, student, right in zip(first, second, evidence.student, evidence.right, strict=True):
        used = np.abs(right) > 1e-9 * np.abs(right).max(initial=0)
        if not used.any() or not close(student[used], one[used] * other[used] / right[used]):
            return False
    return True


def _parts_mix(first, second, evidence):
    """Each number is the right one, the first mistake's or the second's, and each of the three choices by position."""
    seen_first = seen_second = False
    for one, other, student, right in zip(first, second, evidence.student, evidence.right, strict=True):
        is_right, is_one, is_other = (
            np.isclose(student, candidate, rtol=1e-6, atol=1e-12) for candidate in (right, one, other)
        )
        if not (is_right | is_one | is_other).all():
            return False
        # Where both mistakes leave the right number, nothing is decided; where one changes it, it has to show.
        changed_one, changed_other = (~np.isclose(candidate, right, rtol=1e-6) for candidate in (one, other))
        if (changed_one & ~changed_other & ~is_one).any() or (changed_other & ~changed_one & ~is_other).any():
            return False
        seen_first |= bool((is_one & changed_one & ~is_other).any())
        seen_second |= bool((is_other & changed_other & ~is_one).any())
    return seen_first and seen_second


def pairs_that_explain(trial, catalogue):
    """Find pairs of known mistakes that together give the student's numbers.

    Parameters
    ----------
    trial : autograder.trial.Trial
        Of an answer that no single mistake explains.
    catalogue : list
        The exercise's known mistakes on the trial's probes.

    Returns
    -------
    list of (known, known)
        Two mistakes combine if their factors multiply, or if each explains parts of the answer of its own.
    """
    evidence = _Evidence(trial, catalogue)
    found = []
    for (one, first), (other, second) in combinations(evidence.mistakes.items(), 2):
        with np.errstate(all="ignore"):
            if _factors_multiply(first, second, evidence) or _parts_mix(first, second, evidence):
                found.append((one, other))
    return found
