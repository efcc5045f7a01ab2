"""Explain an answer by two known mistakes made at once."""

from itertools import combinations

import numpy as np

from autograder.compare import close, flat


def _numbers(outcome):
    return None if outcome.failure else flat(outcome.value)


class _Evidence:
    """The student's answer, the right one and each mistake's, as flat vectors on the probes where there is a number.

    Empty unless the student's answer has a number on at least two probes, and everywhere the size of the right one: a
    pair of mistakes that explains only a part of the probes explains nothing.
    """

    def __init__(self, trial, catalogue):
        self.student, self.right, self.mistakes = [], [], {}
        outcomes, probes = trial.outcomes + trial.telling_outcomes, trial.probes + trial.telling_probes
        positions = []
        for position, (outcome, args) in enumerate(zip(outcomes, probes, strict=True)):
            runs = list(trial.exercise.runs(args))
            if outcome.failure or len(runs) != 1:
                continue
            numbers, right = flat(outcome.value), flat(trial.exercise.reference(*runs[0]))
            if numbers is None or right is None or numbers.size != right.size:
                return
            positions.append(position)
            self.student.append(numbers)
            self.right.append(right)
        if len(positions) < 2:
            return
        self.failures = {position: outcome.failure.kind for position, outcome in enumerate(outcomes) if outcome.failure}
        for known in catalogue:
            vectors = [_numbers(known.outcomes(position)[0]) for position in positions]
            if all(v is not None and v.size == r.size for v, r in zip(vectors, self.right, strict=True)):
                self.mistakes[known] = vectors

    def same_failures(self, one, other):
        """Whether on every probe where the student's answer raised, one of the two mistakes raises the like."""
        return all(
            any((failure := known.outcomes(position)[0].failure) and failure.kind == kind for known in (one, other))
            for position, kind in self.failures.items()
        )


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
            explained = _factors_multiply(first, second, evidence) or _parts_mix(first, second, evidence)
            if explained and evidence.same_failures(one, other):
                found.append((one, other))
    return found
