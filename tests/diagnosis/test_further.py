"""What a second identical wrong answer hears beyond the first hint."""

import numpy as np
import pytest

from autograder import examination
from autograder.check import check, grade
from nblib.activations import logistic_prime
from nblib.backprop import backprop
from tests.conftest import named


def sign(a, y, z):
    return 2 * (y - a) * logistic_prime(z)


@pytest.fixture(autouse=True)
def _fresh_session(monkeypatch):
    monkeypatch.setattr(examination, "_last_wrong", {})


def _second(function, name):
    return [check(named(function, name)).hints for _ in range(2)][1]


def test_second_identical_answer_gets_one_hint_more():
    first, second = check(named(sign, "output_delta")), check(named(sign, "output_delta"))
    assert len(first.hints) == 1
    assert second.hints[0] == first.hints[0]
    assert len(second.hints) == 2
    assert "one step further" in second.hints[1]


def test_further_hint_shows_the_students_number_and_not_the_right_one():
    check(named(sign, "output_delta"))
    told = check(named(sign, "output_delta")).hints[1]
    given = {name: np.array(eval(told.split(f"{name} = ")[1].split("]")[0] + "]")) for name in ("a", "y", "z")}
    own, right = sign(**given)[0], -sign(**given)[0]
    assert f"{own:.1g}"[:4] in told
    assert f"gives {right:.4g}" not in told


def test_another_wrong_answer_starts_anew():
    check(named(sign, "output_delta"))
    assert len(check(named(lambda a, y, z: a - y, "output_delta")).hints) == 1


def test_changed_input_is_named_to_be_watched():
    def changes_its_input(a, y, z):
        a -= y
        return 2 * a * logistic_prime(z)

    assert "Print a before and after a call" in _second(changes_its_input, "output_delta")[1]


def test_wrong_shape_is_shown_on_a_small_case():
    def outer(w, a, b):
        return np.outer(w, a) + b

    told = _second(outer, "weighted_input")[1]
    assert "w = [" in told
    assert "the result has shape (3, 3), but a single number is expected" in told


def test_large_arguments_are_told_by_their_shapes():
    def halved(layers, x, y):
        return [(dW / 2, db / 2) for dW, db in backprop(layers, x, y)]

    check(named(halved, "backprop"))
    assert "arrays of the shapes (" in check(named(halved, "backprop")).hints[1]


def test_grade_does_not_go_further():
    grade(named(sign, "output_delta"))
    assert len(grade(named(sign, "output_delta")).hints) == 1


def test_same_error_twice_hears_the_line_that_stops():
    def layer_gradients(delta, a_prev):
        return delta[len(delta)] * a_prev, delta

    told = [check(layer_gradients) for _ in range(2)][1].hints[1]
    assert "it stops" in told
    assert "delta = [" in told
    assert "at your line “return delta[len(delta)] * a_prev, delta”" in told


def test_number_that_is_wrong_in_an_edge_case_only_is_shown():
    def strict(z, k=0.0):
        return np.where(np.asarray(z) > k, 1.0, 0.0)

    hints = _second(strict, "step")
    assert "one step further" in hints[1]
    assert "z = [0]" in hints[1]
    assert "gives 0 (the result)" in hints[1]


def test_list_is_shown_as_the_numbers_it_holds():
    def stops_late(accuracies, patience):
        return len(accuracies), 0

    told = _second(stops_late, "early_stopping")[1].split("accuracies = ")[1]
    assert told.startswith("[0.")


def test_small_matrix_is_written_out_to_be_worked_out_by_hand():
    def transposed(W, a, b):
        return W.T @ a + b

    told = _second(transposed, "layer_weighted_inputs")[1]
    assert "W = [[" in told
    assert told.endswith("Work this one out by hand.")


def test_correcting_one_edge_case_of_two_starts_anew():
    def strict_and_no_number(z, k=0.0):
        return np.array([value > k for value in z.ravel()]).reshape(z.shape) * 1.0

    def no_number(z, k=0.0):
        return np.array([value >= k for value in z.ravel()]).reshape(z.shape) * 1.0

    check(named(strict_and_no_number, "step"))
    assert len(check(named(no_number, "step")).hints) == 1
