"""Right answers in styles that nobody would choose, all of them accepted in full.

Each answer is the text of a function, as a learner would write it in a cell, with whatever it needs beside it.
"""

import numpy as np
import pytest

from autograder.check import check, grade
from autograder.exercises import EXERCISES
from tests.autograder.odd_right_answers import (
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
)
from tests.conftest import named

LESSONS = (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06, lesson_07)
ANSWERS = [source for lesson in LESSONS for source in lesson.ANSWERS]


def _name(source):
    return source[len("def ") : source.index("(")]


def _function(source):
    from nblib.activations import logistic_prime

    scope = {"np": np, "logistic_prime": logistic_prime}
    exec(compile(source, "<student>", "exec"), scope)
    return scope[_name(source)]


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize("source", ANSWERS, ids=_name)
def test_right_answer_in_an_odd_style_is_accepted_in_full(source, judge):
    result = judge(_function(source))
    assert result.passed, str(result)
    assert result.score == result.points


def test_there_are_answers_to_exercises_of_every_lesson():
    assert len(ANSWERS) >= 60
    assert len({EXERCISES[_name(source)].lesson for source in ANSWERS}) == 7


def _as_lists(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_as_lists(part) for part in value] if isinstance(value, (list, tuple)) else value


def _as_objects(value):
    if isinstance(value, np.ndarray) and value.dtype.kind in "fi":
        return value.astype(object)
    return [_as_objects(part) for part in value] if isinstance(value, (list, tuple)) else value


def _as_singles(value):
    if isinstance(value, (np.ndarray, np.float64)) and value.dtype.kind == "f":
        return np.float32(value)
    return [_as_singles(part) for part in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("form", [_as_lists, _as_objects, _as_singles])
@pytest.mark.parametrize("name", [name for name in EXERCISES if name != "capstone"])
def test_right_numbers_are_accepted_in_any_form(name, form):
    result = check(named(lambda *args: form(EXERCISES[name].reference(*args)), name))
    assert result.passed, str(result)
