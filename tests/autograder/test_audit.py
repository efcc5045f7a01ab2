"""The audit itself: it has to find what is wrong with a check, or it measures nothing."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from autograder import audit as measure
from autograder.audit import page_of, rows_of
from autograder.checking.report import Result
from autograder.cli import main
from autograder.diagnosis.recognition import _catalogue
from autograder.exercise import Mistake
from autograder.exercises import EXERCISES
from nblib.activations import logistic_prime


@pytest.fixture
def changed(monkeypatch):
    """Change an exercise for one test."""

    def change(name, **fields):
        monkeypatch.setitem(EXERCISES, name, replace(EXERCISES[name], **fields))
        _catalogue.cache_clear()

    yield change
    _catalogue.cache_clear()


RIGHT = Mistake("right", lambda a, y, z: 2 * (a - y) * logistic_prime(z), "This is right.")
SIGN = Mistake("another-sign", lambda a, y, z: -2 * (a - y) * logistic_prime(z), "Sign, in other words.")


def test_survivor_is_found(changed):
    changed("output_delta", mistakes=[RIGHT])
    assert measure.audit_exercise("output_delta").flaws == ["output_delta: right survived"]


def test_misnamed_mistake_is_found(changed):
    changed("output_delta", mistakes=[*EXERCISES["output_delta"].mistakes, SIGN])
    flaws = measure.audit_exercise("output_delta").flaws
    assert flaws == [
        "output_delta: sign was named sign, another-sign",
        "output_delta: another-sign was named sign, another-sign",
    ]


def test_hint_that_does_not_stand_alone_is_found(monkeypatch):
    alone = Result.hints.fget
    monkeypatch.setattr(Result, "hints", property(lambda self: (*alone(self), "And something else.")))
    flaws = measure.audit_exercise("output_delta").flaws
    assert "output_delta: sign is told more or something else than its hint" in flaws
    assert len(flaws) == len(EXERCISES["output_delta"].mistakes)


def test_refused_variant_is_found(changed):
    changed("output_delta", variants=[lambda a, y, z: np.zeros(len(a))])
    assert measure.audit_exercise("output_delta").flaws == ["output_delta: refused the variant 0"]


def test_stub_with_points_is_found():
    audited = measure.ExerciseAudit("output_delta", "03-delta-recursion", (), 0, blank=0.5, kills=())
    assert audited.flaws == ["output_delta: an empty stub earns 0.5 points"]


def test_command_prints_the_matrix_and_succeeds(tmp_path):
    page = tmp_path / "audit.html"
    run = CliRunner().invoke(main, ["audit", "sgd_step", "gradient_norms", "--html", str(page)])
    assert run.exit_code == 0, run.output
    mistakes = len(EXERCISES["sgd_step"].mistakes) + len(EXERCISES["gradient_norms"].mistakes)
    assert f"2 exercises, {mistakes} mistakes: {mistakes} caught, {mistakes} named rightly" in run.output
    assert "in-place" in page.read_text()


def test_command_fails_on_a_flaw(changed):
    changed("output_delta", mistakes=[RIGHT])
    run = CliRunner().invoke(main, ["audit", "output_delta"])
    assert run.exit_code == 1
    assert "output_delta: right survived" in run.output


def test_command_names_an_unknown_exercise():
    run = CliRunner().invoke(main, ["audit", "nothing"])
    assert run.exit_code == 1
    assert "There is no exercise called 'nothing'" in run.output
    assert "Traceback" not in run.output


def test_report_shows_what_survived(changed):
    changed("output_delta", mistakes=[RIGHT])
    audited = measure.audit_exercise("output_delta")
    assert "SURVIVED" in rows_of(audited)[1]
    assert "survived" in page_of([audited])
