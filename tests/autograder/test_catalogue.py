"""The catalogue holds what it promises: right answers pass, wrong ones fail and hear about their own mistake."""

import pytest

from autograder.audit.kills import audit_exercise
from autograder.audit.rules import cannot_be_tried, complaints
from autograder.exercises import EXERCISES, QUESTIONS
from autograder.recall import recall


@pytest.mark.parametrize("name", EXERCISES)
def test_audit_finds_no_flaw(name):
    audited = audit_exercise(name)
    assert audited.flaws == []
    assert len(audited.kills) == len(EXERCISES[name].mistakes)


@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_keeps_the_rules(name):
    assert cannot_be_tried(EXERCISES[name]) is None
    assert complaints(name) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_recall_accepts_the_right_answer_and_explains_each_slip(name):
    question = QUESTIONS[name]
    assert recall(name, question.answer()).passed
    assert recall(name, question.answer()).message == question.explanation
    for hint, slip in question.slips.items():
        reply = recall(name, slip())
        assert not reply.passed and reply.message.endswith(hint)
    assert not recall(name).passed


@pytest.mark.parametrize("name", [name for name in QUESTIONS if not isinstance(QUESTIONS[name].answer(), str)])
def test_recall_takes_a_right_number_with_few_digits_for_no_slip(name):
    reply = recall(name, float(f"{QUESTIONS[name].answer():.1e}"))
    assert reply.passed or reply.message.startswith("If you rounded this, you rounded too far")
