"""How an error depends on η, λ or μ: run the function at a much smaller value, and compare."""

import numpy as np

from autograder.checking.compare import close, flat, leaves
from autograder.checking.trial import parameter_names, right_answers
from autograder.diagnosis.factors import SYMBOLS

SMALLER = 1 / 64
# Names of quantities that a step is proportional to.
PARAMETERS = ("eta", "lam", "mu")


def _errors(trial, args):
    """Return what each part of an answer is off by; None where the parts do not compare."""
    outcome, answer = trial.call(args), right_answers(trial.exercise, args)[0]
    parts = [] if outcome.failure else [flat(part) for _, part in leaves(outcome.value)]
    right = [flat(part) for _, part in leaves(answer)]
    if len(parts) != len(right) or any(
        part is None or part.size != want.size for part, want in zip(parts, right, strict=False)
    ):
        return None
    return [part - want for part, want in zip(parts, right, strict=True)]


def _power(large, small):
    """Return the power of the parameter that an error is proportional to; None where it is none."""
    sizes = np.linalg.norm(large), np.linalg.norm(small)
    if min(sizes) == 0 or not np.isfinite(sizes).all():
        return None
    power = np.log(sizes[0] / sizes[1]) / -np.log(SMALLER)
    return round(power) if abs(power - round(power)) < 0.15 else None


def _one_step(trial):
    """Return arguments of the first probe, with one epoch and one batch where there are several."""
    names, args = parameter_names(trial.exercise), list(trial.probes[0])
    for position, name in enumerate(names[: len(args)]):
        if name == "epochs":
            args[position] = 1
    return args


def dependence_on_the_step(trial):
    """Say what an error is proportional to, and from which layer down it is there.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    names, args = parameter_names(trial.exercise), _one_step(trial)
    if not trial.exercise.comparable or trial.outcomes[0].failure:
        return None
    for name in PARAMETERS:
        if name not in names[: len(args)]:
            continue
        position = names.index(name)
        smaller, without = [*args], [*args]
        smaller[position], without[position] = args[position] * SMALLER, 0.0
        large, small, none = (_errors(trial, tuple(each)) for each in (args, smaller, without))
        if large is None or small is None or none is None:
            return None
        if not close(np.concatenate(none), np.zeros(sum(map(len, none)))):
            continue
        told = _in_words(trial, SYMBOLS[name], large, small)
        if told and not _is_a_factor(trial, tuple(args), tuple(smaller)):
            return told
    return None


def _is_a_factor(trial, args, smaller):
    """Whether the right answer itself is proportional to the parameter, so that any error is too."""
    large, small = (flat(right_answers(trial.exercise, each)[0]) for each in (args, smaller))
    return large.size == small.size and close(small, SMALLER * large)


def _in_words(trial, symbol, large, small):
    largest = max(np.linalg.norm(error) for error in large)
    wrong = [np.linalg.norm(error) > 1e-9 * (1 + largest) for error in large]
    power = _power(np.concatenate(large), np.concatenate(small))
    if not any(wrong) or power is None or power < 1:
        return None
    if power == 1:
        return "grows-with-a-parameter", (
            f"Your numbers are off by something proportional to {symbol}, and right where {symbol} is 0: look at the "
            f"terms that {symbol} multiplies."
        )
    names = [
        trial.exercise.part_name(path) for path, _ in leaves(right_answers(trial.exercise, tuple(_one_step(trial)))[0])
    ]
    right = [name for name, off in zip(names, wrong, strict=True) if not off]
    where = f" Right all the same: {', '.join(right[:4])}." if right else ""
    return "order-of-steps", (
        f"For small {symbol} your numbers are right, and the error grows like {symbol}^{power}: somewhere, numbers "
        "from before a step and from after it are mixed. Compute everything from the old numbers first, then step."
        f"{where}"
    )
