"""Whatever a function returns, a check says something about it; it never ends in an error of its own."""

import numpy as np
import pytest

from autograder import check
from autograder.exercises import EXERCISES


def _flat(value):
    return [leaf for part in value for leaf in _flat(part)] if isinstance(value, (list, tuple)) else [value]


def _turned(value):
    return [list(parts) for parts in zip(*value, strict=False)] if _flat([value]) != [value] else [value]


ODD = {
    "None": lambda right: None,
    "a number": lambda right: 3,
    "a word": lambda right: "abc",
    "a dict": lambda right: {"a": right},
    "an object": lambda right: object(),
    "a type": lambda right: int,
    "an empty list": lambda right: [],
    "an empty array": lambda right: np.array([]),
    "one bracket too many": lambda right: [[right]],
    "a pair of one": lambda right: (right,),
    "twice": lambda right: (right, right),
    "ungrouped": _flat,
    "grouped the other way round": _turned,
    "backwards": lambda right: right[::-1] if isinstance(right, (list, tuple)) else [right],
    "a generator": lambda right: iter([right]),
    "an array of objects": lambda right: np.array([None, "a"], dtype=object),
    "nan": lambda right: np.nan,
    "a complex number": lambda right: 1j,
    "words": lambda right: np.array(["a", "b"]),
    "a list of None": lambda right: [None] * 3,
    "pairs of None": lambda right: [(None, None)] * 3,
    "pairs of words": lambda right: [("a", "b")] * 2,
    "pairs of numbers": lambda right: [(1.0, 2.0)] * 2,
    "threes": lambda right: [(1.0, 2.0, 3.0)] * 2,
    "dicts": lambda right: [{"W": 1}] * 2,
    "rows of unequal length": lambda right: [[1], [1, 2]],
    "three axes": lambda right: np.zeros((2, 3, 4)),
}


@pytest.mark.parametrize("name", EXERCISES)
def test_any_answer_gets_a_report(name):
    reference = EXERCISES[name].reference
    for what, odd in ODD.items():

        def answer(*args, odd=odd):
            return odd(reference(*args))

        answer.__name__ = name
        report = check(answer)
        assert str(report).splitlines()[0].startswith(("✔", "✘")), what
        assert "Traceback" not in str(report), what


@pytest.mark.parametrize(
    "name", ["sgd_step", "regularized_step", "backprop", "backprop_batch", "backprop_cross_entropy"]
)
@pytest.mark.parametrize(
    ("what", "words"), [("ungrouped", "not put together"), ("grouped the other way round", "grouped the other way")]
)
def test_right_numbers_in_another_structure_are_told_as_that(name, what, words):
    names = {"odd": ODD[what], "reference": EXERCISES[name].reference}
    exec(f"def {name}(*args): return odd(reference(*args))", names)  # without a text that could be mended
    assert words in check(names[name]).hints[0]
