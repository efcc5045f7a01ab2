"""Values and derivatives, against closed forms in NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.derivations.expression import Binary, Entry, Sum
from autograder.derivations.reading import read_expression
from autograder.derivations.values import POINTS, Evaluator, TooLarge, draw
from autograder.derivations.vocabulary import Name, Vocabulary
from autograder.exercises import DERIVATIONS


def evaluator_of(name, seed=3):
    vocabulary = DERIVATIONS[name].vocabulary
    point = draw(vocabulary, np.random.default_rng(seed))
    return Evaluator(vocabulary, point), point, vocabulary


def value_of(name, text, seed=3):
    evaluator, point, vocabulary = evaluator_of(name, seed)
    expression = read_expression(text, vocabulary.names)
    vocabulary.check(expression)
    return evaluator.value(expression), point.variables


def s(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return s(z) * (1 - s(z))


def test_sizes_differ_by_kind():
    _, point, _ = evaluator_of("induction")
    assert len(set(point.sizes.values())) == len(point.sizes) == 2


@pytest.mark.parametrize(
    ("name", "text", "formula"),
    [
        ("sigma_prime", "d(1/(1 + exp(-z)), z)", lambda v: slope(v["z"])),
        ("sigma_prime", "s'(z)", lambda v: slope(v["z"])),
        ("sigma_prime", "d(d(z**3, z), z)", lambda v: 6 * v["z"]),
        ("sigma_prime", "d(d(s(z), z), z)", lambda v: slope(v["z"]) * (1 - 2 * s(v["z"]))),
        ("sigma_prime", "d(ln(1 + z**2), z)", lambda v: 2 * v["z"] / (1 + v["z"] ** 2)),
        ("sigma_prime", "d(sqrt(1 + z**2), z)", lambda v: v["z"] / np.sqrt(1 + v["z"] ** 2)),
        ("sigma_prime", "d(2**z, z)", lambda v: np.log(2) * 2 ** v["z"]),
        ("sigma_prime", "z**-2", lambda v: v["z"] ** -2.0),
        ("base_case", "z[j]**2", lambda v: v["z"] ** 2),
        ("base_case", "sum(i, z[i]*y[i]) + 0*z[j]", lambda v: 0 * v["z"] + (v["z"] * v["y"]).sum(1, keepdims=True)),
        ("base_case", "sum(i, [i == j]*z[i])", lambda v: v["z"]),
        ("base_case", "sum(i, d(z[i]**2, z[j]))", lambda v: 2 * v["z"]),
        ("base_case", "d(C, z[j])", lambda v: 2 * (s(v["z"]) - v["y"]) * slope(v["z"])),
        ("base_case", "d(C, a[j])", lambda v: 2 * (s(v["z"]) - v["y"])),
        ("finishing_touches", "sum(i, W[k, i]*a_prev[i]) + 0*W[k, j]",
         lambda v: (v["W"] @ v["a_prev"][..., None]) + 0 * v["W"]),
        ("finishing_touches", "d(z[k], W[k, j])", lambda v: np.broadcast_to(v["a_prev"][:, None], v["W"].shape)),
        ("softmax_delta_lines", "a[j]", lambda v: np.exp(v["z"]) / np.exp(v["z"]).sum(1, keepdims=True)),
        ("softmax_delta_lines", "sum(i, y[i]) + 0*z[j]", lambda v: np.ones_like(v["z"])),
    ],
)  # fmt: skip
def test_values(name, text, formula):
    for seed in range(3):
        value, variables = value_of(name, text, seed)
        np.testing.assert_allclose(np.squeeze(value), np.squeeze(formula(variables)), rtol=1e-12)


def test_the_gradient_of_an_unknown_function_agrees_with_central_differences():
    evaluator, point, vocabulary = evaluator_of("induction")
    expression, cost = (read_expression(text, vocabulary.names) for text in ("d(C, z[j])", "C + 0*z[j]"))
    exact, h = evaluator.value(expression), 1e-6
    for j in range(point.sizes["this"]):
        costs = []
        for sign in (1, -1):
            moved = {name: array.copy() for name, array in point.variables.items()}
            moved["z"][:, j] += sign * h
            costs.append(Evaluator(vocabulary, type(point)(point.sizes, moved)).value(cost)[:, 0])
        np.testing.assert_allclose(exact[:, j], (costs[0] - costs[1]) / (2 * h), rtol=1e-6, atol=1e-7)


@given(st.integers(0, 5), st.integers(0, 5))
def test_derivatives_of_powers(p, q):
    value, variables = value_of("sigma_prime", f"d(z**{p}*(1 + z**{q}), z)")
    z = variables["z"]
    right = (p * z ** (p - 1.0) if p else 0 * z) + ((p + q) * z ** (p + q - 1.0) if p + q else 0 * z)
    np.testing.assert_allclose(value, right, rtol=1e-12)


@pytest.mark.parametrize("text", ["ln(-1 - z**2)", "d(ln(-1 - z**2), z)", "1/(z - z)", "sqrt(-1 + 0*z)"])
def test_what_is_undefined_is_no_number(text):
    value, _ = value_of("sigma_prime", text)
    assert not np.isfinite(value).any() and value.shape == (POINTS,)


def test_a_diagonal_is_an_entry_with_one_index_twice():
    matrix = Vocabulary({"W": Name(("this", "this"), ("i", "k"))}, {"j": "this"})
    point = draw(matrix, np.random.default_rng(0))
    value = Evaluator(matrix, point).value(read_expression("W[j, j]"))
    np.testing.assert_array_equal(value, point.variables["W"].diagonal(axis1=1, axis2=2))


def test_what_would_take_too_long_is_refused():
    """The reader allows four sums inside each other; more of them could only come by way of definitions."""
    evaluator, _, _ = evaluator_of("induction")
    expression = Entry("W_next", ("a", "b"))
    for pair in ("cd", "ef", "gh", "lm"):
        expression = Binary("*", expression, Entry("W_next", tuple(pair)))
    for index in "abcdefghlm":
        expression = Sum(index, expression)
    with pytest.raises(TooLarge):
        evaluator.value(expression)
