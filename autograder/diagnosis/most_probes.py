"""A known mistake that explains all ordinary probes, where a special one shows something else as well."""

from autograder.checking.trial import parameter_names
from autograder.diagnosis.agreement import agree

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
        if len(telling) < AT_LEAST or len(explained) < SHARE * len(trial.probes):
            continue
        if any(p in explained for p in range(len(trial.probes)) if p not in wrong and _changes(trial, known, p)):
            continue
        if len(telling) > best:
            best, found = len(telling), []
        if len(telling) == best:
            found.append((known.mistake, _rest(trial, explained)))
    return found if len(found) <= 2 else []


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


def _rest(trial, explained):
    rest = [position for position in range(len(trial.probes)) if position not in explained]
    if not rest:
        return " On special arguments, such as whole numbers or a single one, something else is off as well."
    outcome = trial.outcomes[rest[0]]
    what = f"it raised {outcome.failure.kind}" if outcome.failure else "the numbers are off in another way"
    count = f"{len(rest)} of {len(trial.probes)} tries" if len(trial.probes) > 1 else "one try"
    names = parameter_names(trial.exercise)
    return f" On {count} {what} as well: try special values of {' and '.join(names[:2])}, once this is right."
