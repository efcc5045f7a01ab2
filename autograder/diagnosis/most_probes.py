"""A known mistake that explains all ordinary probes, where a special one shows something else as well."""

from autograder.checking.compare import close, flat, leaves
from autograder.checking.trial import parameter_names
from autograder.diagnosis.agreement import agree
from autograder.diagnosis.by_layer import LAYER
from autograder.diagnosis.pairs import says_enough

# So large a share of the probes has to agree, and so many of them at least.
SHARE, AT_LEAST = 0.6, 2


def explained_probes(trial, known):
    """Return the positions of the graded probes on which a known mistake gives the student's wrong answer.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the student's function.
    known : object
        The mistake on the trial's probes; its method ``outcomes`` takes a position.

    Returns
    -------
    list of int or None
        None where on an explained probe only an exception came, or the answer is right.
    """
    found = []
    for position, outcome in enumerate(trial.outcomes):
        if any(agree(outcome, each) for each in known.outcomes(position)):
            found.append(position)
    return found


def mostly(trial, catalogue):
    """Find the known mistakes that explain most of the probes, and say on which others the answer differs from them.

    Returns
    -------
    list of (Mistake, str)
        The mistakes that explain the most, at most two, with what to say of the rest.
    """
    if not trial.exercise.comparable or any(len(answers) > 1 for answers in trial.expected):
        return []
    wrong = [position for position in range(len(trial.probes)) if not _right(trial, position)]
    best, found = 0, []
    for known in catalogue:
        explained = explained_probes(trial, known)
        # On what is explained, a number has to be wrong, or anything would be explained by what changes one probe only.
        telling = [p for p in explained if p in wrong and not trial.outcomes[p].failure]
        if not says_enough([trial.outcomes[p] for p in telling]):
            continue
        if len(telling) < AT_LEAST or len(explained) < SHARE * len(trial.probes):
            continue
        if any(p in explained for p in range(len(trial.probes)) if p not in wrong and _changes(trial, known, p)):
            continue
        if not all(_same_parts_wrong(trial, known, p) for p in range(len(trial.probes)) if p not in explained):
            continue
        if len(telling) > best:
            best, found = len(telling), []
        if len(telling) == best:
            found.append((known, _rest(trial, known, explained)))
    # A mistake that misses what the student meets says something of the student that is not true.
    met = {r.name for r, problem in zip(trial.exercise.requirements, trial.problems, strict=True) if not problem}
    found = [each for each in found if not each[0].missed & met] or found
    return [(known.mistake, rest) for known, rest in found] if len(found) <= 2 else []


def _same_parts_wrong(trial, known, position):
    """Whether the mistake changes the same layers as are wrong in an answer; True where it has none to compare."""
    outcome, other = trial.outcomes[position], known.outcomes(position)[0]
    right = list(leaves(trial.expected[position][0]))
    if outcome.failure or other.failure or not all(LAYER.search(trial.exercise.part_name(path)) for path, _ in right):
        return True
    right = [part for _, part in right]
    wrong = [_parts_wrong(each.value, right) for each in (outcome, other)]
    return None in wrong or wrong[0] == wrong[1]


def _parts_wrong(value, right):
    parts = [flat(part) for _, part in leaves(value)]
    if len(parts) != len(right) or any(part is None for part in parts):
        return None
    return [not close(part, wanted) for part, wanted in zip(parts, right, strict=True)]


def _right(trial, position):
    outcome = trial.outcomes[position]
    return not outcome.failure and agree(outcome, _Answer(trial.expected[position][0]))


def _changes(trial, known, position):
    return not any(agree(each, _Answer(trial.expected[position][0])) for each in known.outcomes(position))


class _Answer:
    """A right answer, as the outcome of a call."""

    failure = None

    def __init__(self, value):
        self.value = value


def _rest(trial, known, explained):
    rest = [position for position in range(len(trial.probes)) if position not in explained]
    if not rest:
        requirements = zip(trial.exercise.requirements, trial.problems, strict=True)
        others = [f"“{each.name}”" for each, problem in requirements if problem and each.name not in known.missed]
        return f" It doesn't explain everything: look at {' and '.join(others)} too." if others else ""
    outcome = trial.outcomes[rest[0]]
    what = f"it raised {outcome.failure.kind}" if outcome.failure else "the numbers are off in another way"
    count = f"{len(rest)} of {len(trial.probes)} inputs" if len(trial.probes) > 1 else "one input"
    names = parameter_names(trial.exercise)
    return f" For {count} {what} as well: try special values of {' and '.join(names[:2])}, once this is right."
