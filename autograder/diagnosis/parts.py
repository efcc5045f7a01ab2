"""What the parts of a wrong answer have in common, probe after probe: a factor, a lost axis, a table too large."""

import re
from dataclasses import dataclass

import numpy as np

from autograder.checking.compare import as_numbers, close, leaves, matching_parts, tolerance_of
from autograder.checking.trial import parameter_names, right_answers
from autograder.checking.words import begin_sentence
from autograder.diagnosis.factors import factor_in_words, factors_between, times_the_right_one


@dataclass(frozen=True)
class Fact:
    """What is certain about one kind of part, such as the biases' gradients of all layers.

    Attributes
    ----------
    id : str
        Names the kind of fact; empty where the part is right.
    sentence : str
        Says it.
    """

    id: str
    sentence: str = ""


RIGHT = Fact("")


@dataclass(frozen=True)
class _Pair:
    """A part as it came back, the right one, and what each example alone gives for it, if that is known."""

    got: np.ndarray
    want: np.ndarray
    each: np.ndarray | None
    probe: int


def role_of(name):
    """Return the name of a part without its layer or its epoch: the same mistake is made in all of them."""
    return re.sub(r" (of layer \d+|(after|of) the \w+ epoch)", "", name)


def _single_examples(exercise, args):
    """Return the right answers for each example of a batch alone; None where the exercise has no batch."""
    names = parameter_names(exercise)
    batch = [position for position, name in enumerate(names[: len(args)]) if name in ("X", "Y", "y")]
    if len(batch) < 2 or names[batch[0]] != "X" or len({len(args[position]) for position in batch}) > 1:
        return None
    found = []
    for row in range(len(args[batch[0]])):
        alone = [arg[row : row + 1] if position in batch else arg for position, arg in enumerate(args)]
        found.append([np.asarray(part) for _, part in leaves(right_answers(exercise, tuple(alone))[0])])
    return found


def _examples_of(exercise, args, right):
    """Return for each part what each example alone gives, where the right answer is the mean of that."""
    each = _single_examples(exercise, args)
    if each is None:
        return [None] * len(right)
    stacked = [np.array(parts) for parts in zip(*each, strict=True)]
    return [
        part if part.shape[1:] == want.shape and np.allclose(part.mean(axis=0), want) else None
        for part, want in zip(stacked, right, strict=True)
    ]


def _numbers(outcome, answer):
    """Return the parts of an answer as arrays, in the structure of the right one; None where one is no number."""
    if outcome.failure:
        return None
    try:
        found = [None if got is None else as_numbers(got) for _, got, _ in matching_parts(outcome.value, answer)]
    except ValueError:  # rows of different lengths
        return None
    return None if any(part is None for part in found) else found


def _nearest(outcome, answers):
    """Return the right answer, of all that chance allows, of which most parts came."""
    if len(answers) == 1 or outcome.failure:
        return answers[0]
    numbers = _numbers(outcome, answers[0]) or ()

    def right_parts(answer):
        wanted = [want for _, want in leaves(answer)]
        return sum(close(got, want, tolerance_of(got)) for got, want in zip(numbers, wanted, strict=False))

    return max(answers, key=right_parts)


def _pairs_by_role(trial):
    """Return the parts on all probes, by role; empty where an answer has no such parts."""
    roles = {}
    for probe, (args, outcome, answers) in enumerate(zip(trial.probes, trial.outcomes, trial.expected, strict=True)):
        right = list(leaves(_nearest(outcome, answers)))
        numbers = _numbers(outcome, answers[0])
        if numbers is None:
            return {}
        wanted = [np.asarray(part, dtype=float) for _, part in right]
        examples = _examples_of(trial.exercise, args, wanted)
        for (path, _), got, want, each in zip(right, numbers, wanted, examples, strict=True):
            pair = _Pair(got.astype(float), want, each, probe)
            roles.setdefault(role_of(trial.exercise.part_name(path)), []).append(pair)
    return roles


def _all(pairs, holds):
    return all(holds(pair) for pair in pairs)


def _same(got, want):
    return got.shape == want.shape and close(got, want, tolerance_of(got))


def _is_right(pair):
    return pair.got.size == pair.want.size and close(pair.got, pair.want, tolerance_of(pair.got))


def _words(trial, pairs, numbers, others):
    """Name the factor between two lists of vectors, one of each for each pair; None where there is none."""
    factors = factors_between([np.ravel(each) for each in numbers], [np.ravel(each) for each in others])
    if not factors:
        return None
    probes = [trial.probes[pair.probe] for pair in pairs]
    if len({pair.probe for pair in pairs}) == 1 and len(trial.probes) > 1:
        return None  # a number on one probe could be n or another size on all of them
    return factor_in_words(factors, probes, parameter_names(trial.exercise))


def _factor(trial, role, pairs):
    if not _all(pairs, lambda pair: pair.got.size == pair.want.size):
        return None
    words = _words(trial, pairs, [pair.got for pair in pairs], [pair.want for pair in pairs])
    if words in (None, "1"):
        return None
    if words == "−1":
        return Fact("part-sign", f"{_every(role)} has the right size and the wrong sign.")
    return Fact("part-factor", f"{_every(role)} is {times_the_right_one(words)}")


def _every(role):
    return f"In {role}, every number" if role not in ("", "the result") else "Every number"


def _one_number(trial, role, pairs):
    pairs = [pair for pair in pairs if pair.want.size > 1]
    if not pairs or not _all(pairs, lambda pair: pair.got.size == 1):
        return None
    words = _words(trial, pairs, [pair.got for pair in pairs], [pair.want.sum().reshape(1) for pair in pairs])
    if words == "1":
        return Fact(
            "one-number", f"{role} is a single number, the sum of all its right values: too many axes were summed."
        )
    return Fact(
        "one-number",
        (
            f"{role} is a single number, where an array is wanted: it was added up or averaged over all its entries, "
            "or they were all nudged together."
        ),
    )


def _table(trial, role, pairs):
    """A column that met a row: all pairs of entries, with the right ones on the diagonal."""
    first = [pair for pair in pairs if pair.want.ndim == 1 and pair.want.size > 1]
    square = [pair for pair in first if pair.got.shape == (pair.want.size, pair.want.size)]
    if len({pair.probe for pair in square}) < len({pair.probe for pair in first}) or not square:
        return None
    right = {pair.probe for pair in square if close(np.diagonal(pair.got), pair.want, tolerance_of(pair.got))}
    if right != {pair.probe for pair in first}:
        return None
    return Fact(
        "column-met-row",
        f"{role} came as a table, with the right numbers on its diagonal: a column was combined with a vector, and "
        "every entry of one met every entry of the other. Keep both 1-D, without reshape(-1, 1) or [:, None].",
    )


def _examples_kept(trial, role, pairs):
    pairs = [pair for pair in pairs if pair.want.size > 1]
    if not pairs or not _all(pairs, lambda pair: pair.each is not None and pair.got.size == pair.each.size):
        return None
    if not _all(pairs, lambda pair: len(pair.each) > 1):
        return None
    if not _words(trial, pairs, [pair.got for pair in pairs], [pair.each for pair in pairs]):
        return None
    return Fact(
        "examples-kept", f"{role} still has a row for each example. The mean over the n examples adds these rows up."
    )


def _over_units(trial, role, pairs):
    """One number for each example: the sum or mean went over the units."""
    if not _all(pairs, lambda pair: pair.each is not None and pair.each.ndim == 2 and pair.got.size == len(pair.each)):
        return None
    if not _words(trial, pairs, [pair.got for pair in pairs], [pair.each.sum(axis=1) for pair in pairs]) and not _words(
        trial, pairs, [pair.got for pair in pairs], [pair.each.mean(axis=1) for pair in pairs]
    ):
        return None
    return Fact(
        "mean-over-units",
        f"{role} has one number for each example, where one for each neuron is wanted: the neurons were added up or "
        "averaged. Use the other axis, that of the examples.",
    )


def _one_example(trial, role, pairs):
    for row, which in ((0, "first"), (-1, "last")):
        several = [pair for pair in pairs if pair.each is not None and len(pair.each) > 1]
        if len(several) < len(pairs) or not _all(pairs, lambda pair, row=row: pair.got.size == pair.want.size):
            return None
        words = _words(trial, pairs, [pair.got for pair in pairs], [pair.each[row] for pair in pairs])
        if words:
            times = "" if words == "1" else f", times {words}"
            return Fact("one-example", f"{role} is that of the {which} example alone{times}. All n examples count.")
    return None


def _transposed(trial, role, pairs):
    tables = [pair for pair in pairs if pair.want.ndim == 2 and min(pair.want.shape) > 1]
    if not tables or not _all(tables, lambda pair: _same(pair.got, pair.want.T)):
        return None
    return Fact("part-transposed", f"{role} is right but for rows and columns, which are swapped.")


def _other_order(trial, role, pairs):
    several = [pair for pair in pairs if pair.want.size > 2]
    if not several or not _all(
        several,
        lambda pair: pair.got.size == pair.want.size and close(np.sort(pair.got.ravel()), np.sort(pair.want.ravel())),
    ):
        return None
    return Fact("other-order", f"{role} holds the right numbers in another order.")


def _own_size(trial, role, pairs):
    if not _all(pairs, lambda pair: pair.got.size == pair.want.size):
        return None
    if _words(trial, pairs, [pair.got * pair.want.size for pair in pairs], [pair.want for pair in pairs]) != "1":
        return None
    return Fact("mean-over-entries", f"{_every(role)} was divided by how many entries its array has.")


def _filled(trial, role, pairs):
    """The same number in all places: the mean, or the sum, of the right ones."""
    several = [pair for pair in pairs if pair.want.size > 1]
    if not several or not _all(several, lambda pair: pair.got.size == pair.want.size and np.ptp(pair.got) == 0):
        return None
    gots = [pair.got.reshape(-1)[:1] for pair in several]
    for name, wants in (
        ("mean", [pair.want.mean() for pair in several]),
        ("sum", [pair.want.sum() for pair in several]),
    ):
        if _words(trial, several, gots, [np.atleast_1d(want) for want in wants]) == "1":
            return Fact(
                "one-number", f"{role} holds one and the same number in all places, the {name} of the right ones."
            )
    return None


_LOOKS = (
    _table,
    _one_number,
    _filled,
    _examples_kept,
    _over_units,
    _factor,
    _own_size,
    _one_example,
    _transposed,
    _other_order,
)


def facts_of_parts(trial):
    """Say what is certain about each kind of part that is wrong.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    dict of str to Fact or None
        By the name of the kind of part; None where nothing simple explains it. Empty where the answer does not have
        the parts that it should have.
    """
    found, roles = {}, trial.once(_pairs_by_role)
    everything = [pair for pairs in roles.values() for pair in pairs]
    if everything and (whole := _factor(trial, "", everything)):
        return {"": whole}
    for role, pairs in roles.items():
        if _all(pairs, _is_right):
            found[role] = RIGHT
        else:
            found[role] = next((fact for look in _LOOKS if (fact := look(trial, role, pairs))), None)
    return found


def right_and_wrong(trial):
    """Return the names of the kinds of parts that are right on every probe, and of the others.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (list of str, list of str)
        Both empty where the answer does not have the parts that it should have.
    """
    right, wrong = [], []
    for role, pairs in trial.once(_pairs_by_role).items():
        (right if _all(pairs, _is_right) else wrong).append(role)
    return right, wrong


def only_some_parts(trial):
    """Say which kinds of parts are right and which are off, where there are both; None otherwise."""
    right, wrong = right_and_wrong(trial)
    if not right or not wrong:
        return None
    *most, last = right
    all_right = f"{', '.join(most)} and {last}" if most else last
    are = "are" if most or last.startswith("the weights") else "is"
    off = " and ".join(wrong)
    is_off = "is off" if len(wrong) == 1 else "are off"
    return (
        f"{begin_sentence(all_right)} {are} right. Only {off} {is_off}: compare the lines that compute that "
        "with the equation."
    )


def parts_in_words(trial, completely):
    """Name what is wrong with an answer by its parts.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.
    completely : bool
        Whether every wrong kind of part has to be explained.

    Returns
    -------
    (tuple of str, str) or None
        Ids and what the student reads; None where nothing simple explains enough.
    """
    facts = facts_of_parts(trial)
    wrong = {role: fact for role, fact in facts.items() if fact is not RIGHT}
    told = list({fact.sentence: fact for fact in wrong.values() if fact}.values())
    if not told or (completely and None in wrong.values()):
        return None
    # A second fact is told as well where both are short.
    sentences = [begin_sentence(fact.sentence) for fact in told[: 1 if ". " in told[0].sentence else 2]]
    unknown = [role for role, fact in wrong.items() if fact is None]
    right = [role for role in facts if role not in wrong]
    if unknown:
        sentences.append(f"Off in another way: {', '.join(unknown)}.")
    elif right:
        sentences.append(f"Right already: {', '.join(right)}.")
    return tuple(dict.fromkeys(fact.id for fact in told)), " ".join(sentences)


def _factor_of_all(trial):
    """Return the one factor of all numbers, in words; None where there is none."""
    pairs = [pair for pairs in trial.once(_pairs_by_role).values() for pair in pairs]
    if not pairs or not _all(pairs, lambda pair: pair.got.size == pair.want.size):
        return None
    return _words(trial, pairs, [pair.got for pair in pairs], [pair.want for pair in pairs])


def plain_factor(trial):
    """Name the one factor of all numbers where it is as plain as n or 1/K, so that no two mistakes are needed for it.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    words = _factor_of_all(trial)
    plain = words and re.fullmatch(r"(1/)?(\w|\(\w·\w\)|\(the number [^)]*\))", words) and not words.isdigit()
    return ("part-factor", f"{_every('')} is {times_the_right_one(words)}") if plain else None


def negative_factor(trial):
    """Name the one factor of all numbers where it is negative and not −1; None where there is no such factor.

    Returns
    -------
    str or None
    """
    words = _factor_of_all(trial)
    return words if words and words.startswith("−") and words != "−1" else None


def changing_factor(trial):
    """Say that all numbers are off by one factor on each call, where it has no name and changes from call to call.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    by_probe = {}
    for pairs in trial.once(_pairs_by_role).values():
        for pair in pairs:
            by_probe.setdefault(pair.probe, []).append(pair)
    if len(by_probe) < 2 or any(pair.got.size != pair.want.size for pairs in by_probe.values() for pair in pairs):
        return None
    together = [
        [np.concatenate([np.ravel(getattr(pair, side)) for pair in pairs]) for pairs in by_probe.values()]
        for side in ("got", "want")
    ]
    factors = factors_between(*together)
    if not factors or None in factors or len(set(np.round(factors, 6))) == 1 or min(map(len, together[0])) < 2:
        return None
    listed = ", ".join(f"{factor:.3g}" for factor in factors[:4]).replace("-", "−")
    return "part-factor", (
        f"On each call, all numbers are off by one factor, which changes from call to call: {listed}. Which size, or "
        "which argument, changes in the same way?"
    )


def extra_axis(trial):
    """Say that right numbers came with an axis of length 1 too many; None where they did not."""
    for role, pairs in trial.once(_pairs_by_role).items():
        if any(pair.got.ndim > pair.want.ndim and pair.got.size == pair.want.size for pair in pairs):
            return (
                f"{'The result' if role == 'the result' else role} has an axis of length 1 too many: look for "
                "keepdims=True, reshape or None in an index."
            )
    return None
