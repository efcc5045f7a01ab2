"""What a hint says of a student's numbers is so: its factor, the part it calls right, its shape, its nan."""

import re

import numpy as np
import pytest

from autograder.checking.compare import close, flat, leaves, tolerance_of
from autograder.checking.trial import Trial, parameter_names, right_answers
from autograder.exercise import one_run
from autograder.exercises import EXERCISES
from autograder.seeds import PUBLIC_SEED


def _pairs(trial):
    """Yield (name, got, right) of the parts of all graded answers that have the right number of parts."""
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        got, right = list(leaves(outcome.value)), list(leaves(answers[0]))
        if not outcome.failure and len(got) == len(right):
            for (_, part), (path, wanted) in zip(got, right, strict=True):
                yield trial.exercise.part_name(path), part, wanted


def _is_right(got, want):
    numbers = flat(got)
    return numbers is not None and numbers.size == np.size(want) and close(numbers, want, tolerance_of(got))


def _ratio_is(trial, expected):
    """Whether all wrong numbers are off by a factor, which may depend on the probe."""
    checked = False
    for args, outcome, answers in zip(trial.probes, trial.outcomes, trial.expected, strict=True):
        got, right = list(leaves(outcome.value)), list(leaves(answers[0]))
        for (_, part), (_, wanted) in zip(got, right, strict=True):
            numbers, wanted = flat(part), flat(wanted)
            if numbers.size != wanted.size:
                return False
            wrong = ~np.isclose(numbers, wanted, rtol=1e-9)
            checked |= wrong.any()
            if not np.allclose(numbers[wrong], expected(args) * wanted[wrong], rtol=1e-3):
                return False
    return checked


def factor(number):
    return lambda trial, found: _ratio_is(trial, lambda args: number)


def examples(power):
    """A factor n or 1/n, where n counts the examples."""

    def holds(trial, found):
        names = parameter_names(trial.exercise)
        batch = next(name for name in ("X", "A", "Z", "a", "probabilities", "p", "y", names[0]) if name in names)
        return _ratio_is(trial, lambda args: float(len(args[names.index(batch)])) ** power)

    return holds


def part_is_right(trial, found):
    """A part that is called right, such as "Your db is right", is right on every probe."""
    name = found[1]
    parts = [(got, want) for part, got, want in _pairs(trial) if part.split(" of ")[0] in (name, f"∂C/∂{name[1:]}")]
    return bool(parts) and all(_is_right(got, want) for got, want in parts)


def weights_are_right(trial, found):
    parts = [(got, want) for part, got, want in _pairs(trial) if part.startswith("the weights")]
    return not parts or all(_is_right(got, want) for got, want in parts)


def layer_is_right(last):
    """The output layer, or layer 1, is right wherever numbers came back."""

    def holds(trial, found):
        probes, outcomes = trial.probes + trial.telling_probes, trial.outcomes + trial.telling_outcomes
        seen = False
        for args, outcome in zip(probes, outcomes, strict=True):
            got, right = (
                list(leaves(each.tolist() if isinstance(each, np.ndarray) and each.ndim == 1 else each))
                for each in (outcome.value, right_answers(trial.exercise, args)[0])
            )
            if outcome.failure or len(got) != len(right):
                continue
            layers = [re.search(r"of layer (\d+)", trial.exercise.part_name(path)) for path, _ in right]
            layers = [int(layer[1]) if layer else path[0] + 1 for layer, (path, _) in zip(layers, right, strict=True)]
            one = max(layers) if last else 1
            parts = [
                (part, want) for layer, (_, part), (_, want) in zip(layers, got, right, strict=True) if layer == one
            ]
            seen = True
            if not all(_is_right(*each) for each in parts):
                return False
        return seen

    return holds


def values_are_right(trial, found):
    """The numbers are right, whatever their shape and order."""
    for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
        got, want = flat(outcome.value), flat(answers[0])
        if not outcome.failure and (got.size != want.size or not close(np.sort(got), np.sort(want))):
            return False
    return True


def gives_nan(trial, found):
    trial.problems  # noqa: B018 (the requirements make their calls)
    numbers = [flat(outcome.value) for _, outcome in trial.tried if not outcome.failure]
    return any(each is not None and np.isnan(each).any() for each in numbers)


def raises(trial, found):
    trial.problems  # noqa: B018
    return any(outcome.failure for _, outcome in trial.tried)


def changes_arguments(trial, found):
    trial.problems  # noqa: B018
    return any(outcome.changed for _, outcome in trial.tried)


def transposed(trial, found):
    tables = [(got, want) for _, got, want in _pairs(trial) if np.ndim(want) == 2 and min(np.shape(want)) > 1]
    return any(np.shape(got) == np.shape(want)[::-1] for got, want in tables) or any(
        np.allclose(np.transpose(got), want) for got, want in tables if np.shape(np.transpose(got)) == np.shape(want)
    )


def all_numbers(test):
    """Whether something holds for every number that came back on the probes."""

    def holds(trial, found):
        numbers = [flat(outcome.value) for outcome in trial.outcomes if not outcome.failure]
        return bool(numbers) and all(test(each).all() for each in numbers)

    return holds


def any_number(test):
    def holds(trial, found):
        numbers = [flat(outcome.value) for outcome in trial.outcomes if not outcome.failure]
        return any(test(each).any() for each in numbers)

    return holds


def sums_are(axis, total):
    def holds(trial, found):
        tables = [np.asarray(outcome.value) for outcome in trial.outcomes if not outcome.failure]
        tables = [table for table in tables if table.ndim == 2]
        return bool(tables) and all(np.allclose(table.sum(axis=axis), total) for table in tables)

    return holds


def one_number(trial, found):
    return any(np.size(got) == 1 < np.size(want) for _, got, want in _pairs(trial)) or all(
        np.size(outcome.value) == 1 for outcome in trial.outcomes if not outcome.failure
    )


# What is said, and whether it is so.
CLAIMS = {
    r"^(?:Every (?:number|gradient|δ)|Your cost) (?:is|has) twice": factor(2),
    r"^Every (?:number|gradient|cost|step) (?:is|has) half of|half of what it should be, in all": factor(0.5),
    r"^(?:Every (?:number|gradient|δ)|Both gradients)[^.]* (?:has|have) the wrong sign(?! and)": factor(-1),
    r"the right size but the wrong sign": factor(-1),
    r"^(?:Every (?:number|gradient|δ)|Your (?:cost|result|number|numbers)) (?:is|are) n times too large": examples(1),
    r"^(?:Every (?:number|gradient|δ)|Your (?:cost|result|number|numbers)) (?:is|are) n times too small": examples(-1),
    r"^Your (dw|dW|db|b|W) is right, but": part_is_right,
    r"^The weights are right, but": weights_are_right,
    r"^The output layer is right": layer_is_right(last=True),
    r"^Layer 1 is right": layer_is_right(last=False),
    r"^(?:Your|The|All) (?:values|numbers) are right(?:,| but|\.)(?! for| up| except)": values_are_right,
    r"gives nan|comes out as nan|nan if": gives_nan,
    r"arrays? (?:of moderate numbers )?(?:raises?|raise) an error|^Your code fails": raises,
    r"(?:but|and) you overwrote|wrote them into an array that you were given": changes_arguments,
    r"^Rows and columns are swapped|is transposed[.:,]|the transpose of what it should be": transposed,
    r"^Your columns sum to 1": sums_are(0, 1),
    r"^(?:Your rows sum|The rows sum) to 1": sums_are(1, 1),
    r"^None of your (?:values|numbers) is negative": all_numbers(lambda numbers: numbers >= 0),
    r"^None of your numbers is positive": all_numbers(lambda numbers: numbers <= 0),
    r"^None of your values is below ½": all_numbers(lambda numbers: numbers >= 0.5),
    r"^None of your values is above ½": all_numbers(lambda numbers: numbers <= 0.5),
    r"^None of your values exceeds ¼": all_numbers(lambda numbers: numbers <= 0.25),
    r"^All your values lie between 0.197 and 0.25": all_numbers(lambda numbers: (numbers > 0.196) & (numbers <= 0.25)),
    r"^All your values are larger than 1": all_numbers(lambda numbers: numbers > 1),
    r"^Every value is 0 or 1": all_numbers(lambda numbers: (numbers == 0) | (numbers == 1)),
    r"^Some of your values are negative or larger than 1": any_number(lambda numbers: (numbers < 0) | (numbers > 1)),
    r"^You returned (?:a single|one) number, the": one_number,
}
CASES = [
    (name, mistake, found, pattern)
    for name, exercise in EXERCISES.items()
    if exercise.comparable and exercise.runs is one_run
    for mistake in exercise.mistakes
    for pattern in CLAIMS
    if (found := re.search(pattern, mistake.hint))
]


@pytest.mark.parametrize(
    ("name", "mistake", "found", "pattern"), CASES, ids=[f"{name}-{mistake.id}" for name, mistake, *_ in CASES]
)
def test_what_a_hint_claims_is_so(name, mistake, found, pattern):
    trial = Trial(EXERCISES[name], mistake.function, PUBLIC_SEED)
    with np.errstate(all="ignore"):
        assert CLAIMS[pattern](trial, found), f"{found[0]!r} does not hold: {mistake.hint}"


def test_every_claim_is_made_by_some_hint():
    assert {pattern for *_, pattern in CASES} == set(CLAIMS)


def test_a_false_claim_is_found():
    wrong = Trial(EXERCISES["hidden_delta"], lambda W, delta, z: 3 * W.T @ delta, PUBLIC_SEED)
    assert not factor(3)(wrong, None)
    assert not transposed(wrong, None)
    assert not gives_nan(wrong, None)
