"""The catalogue holds what it promises: right answers pass, wrong ones fail and hear about their own mistake."""

import numpy as np
import pytest

from autograder.check import HIDDEN_SEED, PUBLIC_SEED, check, grade
from autograder.exercises import EXERCISES, QUESTIONS
from autograder.recall import recall
from tests.conftest import named

MISTAKES = [(name, mistake) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]
VARIANTS = [(name, number) for name, exercise in EXERCISES.items() for number in range(len(exercise.variants))]


def ids(value):
    return value if isinstance(value, str) else getattr(value, "id", str(value))


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize("name", EXERCISES)
def test_reference_gets_full_points(name, judge):
    result = judge(named(EXERCISES[name].reference, name))
    assert (result.passed, result.score) == (True, EXERCISES[name].points)


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize(("name", "number"), VARIANTS)
def test_right_answers_written_otherwise_get_full_points(name, number, judge):
    result = judge(named(EXERCISES[name].variants[number], name))
    assert result.score == EXERCISES[name].points, str(result)


@pytest.mark.parametrize("name", EXERCISES)
def test_at_least_three_right_answers_are_tried(name):
    assert len(EXERCISES[name].variants) >= 3


@pytest.mark.parametrize("judge", [check, grade])
@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=ids)
def test_mistake_is_caught_and_gets_its_own_hint(name, mistake, judge):
    result = judge(named(mistake.function, name))
    assert not result.passed
    assert result.score < EXERCISES[name].points
    assert result.mistakes == (mistake.id,), str(result)
    assert result.hints == (mistake.hint,)


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_and_ids_are_not_shared(name):
    mistakes = EXERCISES[name].mistakes
    assert len({mistake.id for mistake in mistakes}) == len(mistakes)
    assert len({mistake.hint for mistake in mistakes}) == len(mistakes)


@pytest.mark.parametrize("name", EXERCISES)
def test_hidden_probes_differ_from_public_ones(name):
    def shapes(seed):
        def walk(value):
            if isinstance(value, (list, tuple)):
                return tuple(walk(item) for item in value)
            return value.tolist() if isinstance(value, np.ndarray) else repr(value)

        return [walk(args) for args in EXERCISES[name].probes(np.random.default_rng([seed, 0]))]

    assert shapes(PUBLIC_SEED) != shapes(HIDDEN_SEED)


@pytest.mark.parametrize("name", EXERCISES)
def test_blank_stub_gets_nothing_and_hears_so(name):
    def stub(*args):
        raise NotImplementedError

    result = grade(named(stub, name))
    assert result.score == 0
    assert result.hints == (f"{name} is not written yet.",)


@pytest.mark.parametrize("name", QUESTIONS)
def test_recall_accepts_the_right_answer_and_explains_each_slip(name):
    question = QUESTIONS[name]
    assert recall(name, question.answer()).passed
    assert recall(name, question.answer()).message == question.explanation
    for hint, slip in question.slips.items():
        reply = recall(name, slip())
        assert (reply.passed, reply.message) == (False, hint)
    assert not recall(name).passed
