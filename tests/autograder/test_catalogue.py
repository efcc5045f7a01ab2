"""The catalogue holds what it promises: right answers pass, wrong ones fail and hear about their own mistake."""

import numpy as np
import pytest

from autograder.audit import audit_exercise
from autograder.exercises import EXERCISES, QUESTIONS
from autograder.recall import recall
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED


@pytest.mark.parametrize("name", EXERCISES)
def test_audit_finds_no_flaw(name):
    audited = audit_exercise(name)
    assert audited.flaws == []
    assert len(audited.kills) == len(EXERCISES[name].mistakes) >= 6


@pytest.mark.parametrize("name", EXERCISES)
def test_at_least_three_right_answers_are_tried(name):
    assert len(EXERCISES[name].variants) >= 3


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


@pytest.mark.parametrize("name", QUESTIONS)
def test_recall_accepts_the_right_answer_and_explains_each_slip(name):
    question = QUESTIONS[name]
    assert recall(name, question.answer()).passed
    assert recall(name, question.answer()).message == question.explanation
    for hint, slip in question.slips.items():
        reply = recall(name, slip())
        assert (reply.passed, reply.message) == (False, hint)
    assert not recall(name).passed
