"""Two mistakes at once are run together, as long as there is time, and without a trace of it."""

import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from autograder.check import check
from autograder.checking.call import Outcome
from autograder.checking.requirements import values
from autograder.checking.trial import Trial
from autograder.diagnosis import pairs
from autograder.diagnosis.agreement import agree
from autograder.diagnosis.known_mistakes import catalogue_of
from autograder.exercise import Exercise
from autograder.exercises import EXERCISES, load
from autograder.seeds import PUBLIC_SEED
from nblib.activations import logistic_prime
from tests.conftest import named

COUNTDOWN = """
def countdown(n, step):
    rounds = 0
    while n > 0:
        n -= step
        rounds += 1
    return rounds
"""
MISTAKES = """
[runs-past-zero]
edit = ["n > 0", "n != 0"]
hint = "The loop ends at 0 only."
[two-steps]
edit = ["n -= step", "n -= 2 * step"]
hint = "Two steps are taken at once."
[prints]
edit = ["rounds = 0", "rounds = print('secret') or 0; np.log(-1.0)"]
hint = "It prints."
[begins-at-one]
edit = ["= 0\\n", "= 1\\n"]
hint = "The first round is counted twice."
[doubled]
edit = ["return rounds", "return 2 * rounds"]
hint = "Twice as many rounds."
"""


@pytest.fixture
def countdown(tmp_path, monkeypatch):
    """An exercise of which two mistakes together never end."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "countdown.py").write_text(COUNTDOWN)
    (tmp_path / "countdown.toml").write_text(MISTAKES)
    sys.modules.pop("countdown", None)
    module = __import__("countdown")
    probes = [(3, 1), (5, 1), (9, 1)]
    exercise = Exercise(1, "", lambda rng: probes, [values(1)], name="countdown", reference=module.countdown)
    exercise = replace(exercise, mistakes=load.Mistakes(exercise, module))
    monkeypatch.setitem(EXERCISES, "countdown", exercise)
    catalogue_of.cache_clear()
    yield exercise
    catalogue_of.cache_clear()


def found(function, name):
    """Ids of the pairs that explain a function."""
    trial = Trial(EXERCISES[name], function, PUBLIC_SEED)
    explaining = pairs.explaining_pairs(trial, catalogue_of(name, PUBLIC_SEED), lambda mistake: True)
    return [tuple(mistake.id for mistake in each.mistakes) for each in explaining]


def is_right(trial):
    return all(agree(got, Outcome(want)) for got, (want,) in zip(trial.outcomes, trial.expected, strict=True))


def rounds_from_one_doubled(n, step):
    return 2 * (1 + n)


def wrong_rounds(n, step):
    return n**3 + 7


def test_pair_that_gives_the_numbers_is_found(countdown):
    assert found(rounds_from_one_doubled, "countdown") == [("begins-at-one", "doubled")]


def test_pair_that_never_ends_is_stopped(countdown, monkeypatch):
    monkeypatch.setattr(pairs, "BUDGET", 0.05)
    assert found(wrong_rounds, "countdown") == []


def test_pair_that_may_never_end_holds_up_no_other_thread(countdown, monkeypatch):
    # Until Python 3.11 nothing can stop it there, so it isn't run; later ones stop it.
    monkeypatch.setattr(pairs, "BUDGET", 0.05)
    result = []
    thread = threading.Thread(target=lambda: result.append(found(wrong_rounds, "countdown")), daemon=True)
    thread.start()
    thread.join(60)
    assert result == [[]]


def test_points_are_the_same_where_there_is_no_time(countdown, monkeypatch):
    answer = named(rounds_from_one_doubled, "countdown")
    with_time = check(answer)
    assert with_time.mistakes == ("begins-at-one", "doubled")
    monkeypatch.setattr(pairs, "BUDGET", 0)
    without = check(answer)
    assert without.mistakes != with_time.mistakes
    assert (without.passed, without.score, without.points) == (with_time.passed, with_time.score, with_time.points)


def test_nobody_sees_that_pairs_are_run(countdown, capsys, recwarn):
    assert found(rounds_from_one_doubled, "countdown")
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list


def test_constant_answer_is_no_pair(countdown):
    assert found(lambda n, step: 12, "countdown") == []
    assert found(lambda a, y, z: np.zeros(len(a)), "output_delta") == []


def test_likeliest_pair_is_run_first_and_less_likely_ones_not_at_all_once_it_is_found(monkeypatch):
    run = []
    right = pairs._function_of_both
    monkeypatch.setattr(
        pairs, "_function_of_both", lambda exercise, *two: run.append({m.id for m in two}) or right(exercise, *two)
    )
    mistakes = {"eta-missing-for-biases", "biases-uphill", "weights-only", "biases-only"}

    def biases_uphill_by_the_whole_gradient(layers, gradients, eta):
        return [(W - eta * dW, b + db) for (W, b), (dW, db) in zip(layers, gradients, strict=True)]

    assert found(biases_uphill_by_the_whole_gradient, "sgd_step") == [("eta-missing-for-biases", "biases-uphill")]
    # All weights are right: a mistake that changes them contradicts that, unless the other one changes them as well.
    assert run[0] <= mistakes
    assert {"biases-only", "eta-missing-for-biases"} not in run


@pytest.mark.parametrize("name", ["output_delta", "layer_gradients"])
def test_every_pair_of_an_exercise_is_explained(name):
    exercise = EXERCISES[name]
    catalogue = catalogue_of(name, PUBLIC_SEED)
    tried = 0
    for one in range(len(catalogue)):
        for other in range(one + 1, len(catalogue)):
            two = catalogue[one].mistake, catalogue[other].mistake
            function = pairs._function_of_both(exercise, *two)
            trial = function and Trial(exercise, function, PUBLIC_SEED)
            if not function or not pairs.says_enough(trial.outcomes) or is_right(trial):
                continue
            if any(known.explains(trial) for known in catalogue):
                continue
            tried += 1
            assert pairs.explaining_pairs(trial, catalogue, lambda mistake: True), [mistake.id for mistake in two]
    assert tried > 30


def test_form_and_numbers_can_both_be_wrong():
    def column_of_errors(a, y, z):
        return (2 * (y - a) * logistic_prime(z))[:, None]

    result = check(named(column_of_errors, "output_delta"))
    assert set(result.mistakes) == {"sign", "column"}
    assert result.hints[0].startswith("Two mistakes together explain this answer: (1) ")
