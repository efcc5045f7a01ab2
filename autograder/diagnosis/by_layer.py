"""What changes from layer to layer, or from epoch to epoch, in numbers that no known mistake gives."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np

from autograder.checking.compare import close, flat, leaves
from autograder.checking.trial import Trial, parameter_names, right_answers
from autograder.diagnosis.factors import factor_in_words, factors_between
from autograder.diagnosis.parts import right_and_wrong

LAYER = re.compile(r" of layer (\d+)")


def _layers(trial):
    """Return for each probe the student's and the right numbers of each layer, the first layer first; or an empty list.

    Only parts with a layer in their name count; other parts, such as costs, are left out.
    """
    found = []
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        got, want = [], []
        parts = list(leaves(outcome.value)) if not outcome.failure else []
        right = list(leaves(answers[0]))
        if len(parts) != len(right) or len(answers) > 1:
            return []
        for (_, part), (path, wanted) in zip(parts, right, strict=True):
            layer = LAYER.search(trial.exercise.part_name(path))
            numbers = flat(part)
            if layer is None or numbers is None or numbers.size != np.size(wanted):
                return []
            while len(want) < int(layer[1]):
                got.append([])
                want.append([])
            got[int(layer[1]) - 1].append(numbers)
            want[int(layer[1]) - 1].append(flat(wanted))
        found.append([(np.concatenate(a), np.concatenate(b)) for a, b in zip(got, want, strict=True)])
    return found


def factor_of_each_layer(trial):
    """Say that all numbers of a layer are off by one factor, which comes in once more with each layer further down.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    steps, probes = [], []
    for args, layers in zip(trial.probes, _layers(trial), strict=False):
        factors = factors_between([got for got, _ in layers], [want for _, want in layers]) if layers else None
        if not factors or None in factors or not np.isclose(factors[-1], 1, rtol=1e-6):
            return None
        ratios = [above and below / above for below, above in pairwise(factors)]
        if not np.allclose(ratios, ratios[0] if ratios else 1, rtol=1e-5):
            return None
        if ratios:
            steps.append(ratios[0])
            probes.append(args)
    words = factor_in_words(steps, probes, parameter_names(trial.exercise)) if steps else None
    if words in (None, "1"):
        return None
    return "factor-in-each-layer", (
        f"The output layer is right, but each layer further down is off by another factor {words}. It comes in at the "
        "induction step, where δ is multiplied by the weights and the layer's own slope and by nothing else."
    )


def one_layer_off(trial):
    """Say that only the first, or only the last, layer is off, or all but this one.

    Returns
    -------
    str or None
        A sentence; None where it is another layer on any probe, or where no probe has more than two layers.
    """
    wrong = [[not close(got, want) for got, want in layers] for layers in _layers(trial)]
    wrong = [each for each in wrong if len(each) > 1 and any(each)]
    if len(wrong) < 2 or max(map(len, wrong)) < 3:
        return None
    off = _off(trial)
    patterns = {
        f"Nothing is off but {off} of the last layer.": lambda n: [False] * (n - 1) + [True],
        f"Nothing is off but {off} of layer 1.": lambda n: [True] + [False] * (n - 1),
        "The last layer is right; all layers below it are off.": lambda n: [True] * (n - 1) + [False],
        "Layer 1 is right; all layers above it are off.": lambda n: [False] + [True] * (n - 1),
    }
    return next((told for told, like in patterns.items() if all(each == like(len(each)) for each in wrong)), None)


def _off(trial):
    """Name the kinds of parts that are wrong, such as the weights."""
    names = {}
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        for (path, wanted), (_, part) in zip(leaves(answers[0]), leaves(outcome.value), strict=True):
            name = LAYER.sub("", trial.exercise.part_name(path))
            names[name] = names.get(name, False) or not close(flat(part), wanted)
    return " and ".join(name for name, wrong in names.items() if wrong)


def _with_one_epoch(trial):
    """Return the trial with one epoch in place of several; None for exercises without epochs."""
    names = parameter_names(trial.exercise)
    if "epochs" not in names:
        return None
    position = names.index("epochs")
    shorter = [(*args[:position], 1, *args[position + 1 :]) for args in trial.probes]
    # One batch in each epoch: no order plays a part.
    shorter = [args for args in shorter if len(right_answers(trial.exercise, args)) == 1]
    return Trial(replace(trial.exercise, probes=lambda rng: shorter, fresh=True), trial.function, trial.seed)


def _weights_are_off(trial):
    """Whether any layer's weights or biases are off after training."""
    return any(name.startswith(("the weights", "the bias")) for name in right_and_wrong(trial)[1])


def from_the_second_epoch(trial):
    """Say that what is trained in one epoch is right, and wrong only where there are more.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    short = _with_one_epoch(trial)
    if short is None or not short.probes or short.outcomes[0].failure or not _weights_are_off(trial):
        return None
    got, want = short.outcomes[0].value, short.expected[0][0]
    parts, right = list(leaves(got)), list(leaves(want))
    if len(parts) != len(right):
        return None
    off = [
        short.exercise.part_name(path)
        for (path, wanted), (_, part) in zip(right, parts, strict=True)
        if flat(part) is None or not close(flat(part), wanted)
    ]
    if any(" of layer " in name for name in off):
        return None
    cost = f" Besides, {off[0]} is off already." if off else ""
    return "from-the-second-epoch", (
        "With a single epoch your weights are right, so each step is right; they're off from the second epoch on. What "
        f"do you change, or forget to keep, between two epochs?{cost}"
    )
