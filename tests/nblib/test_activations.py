import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nblib.activations import ACTIVATIONS, DERIVATIVES, as_float, linear, linear_prime, log_softmax, softmax, step

LARGEST = np.finfo(float).max
ELEMENTWISE = sorted(DERIVATIVES)
KNOWN = {
    "linear": lambda z: z,
    "step": lambda z: np.heaviside(z, 1),
    "logistic": scipy.special.expit,
    "tanh": lambda z: 2 * scipy.special.expit(2 * z) - 1,
    "relu": lambda z: (z + np.abs(z)) / 2,
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
}
# The derivatives by hyperbolic functions, which appear nowhere in nblib.
KNOWN_PRIME = {
    "linear": np.ones_like,
    "step": np.zeros_like,
    "logistic": lambda z: 1 / (4 * np.cosh(z / 2) ** 2),
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: np.heaviside(z, 0),
}
Z = np.concatenate([np.linspace(-300, 300, 601), np.linspace(-2, 2, 41), [1e-9, -1e-9]])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values(name):
    z = Z.reshape(4, -1)
    np.testing.assert_allclose(ACTIVATIONS[name](z), KNOWN[name](z), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_keep_their_precision_where_the_function_is_flat(name):
    np.testing.assert_allclose(DERIVATIVES[name](Z), KNOWN_PRIME[name](Z), rtol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", [*ACTIVATIONS.values(), *DERIVATIVES.values()], ids=lambda f: f.__name__)
def test_no_warning_in_the_whole_range_of_floats(function, dtype):
    largest, smallest = np.finfo(dtype).max, np.finfo(dtype).tiny
    z = np.array([[-largest, largest, 0, smallest], [-1000, 1000, -89, 710], [largest] * 4, [-largest] * 4], dtype)
    values = function(z)
    assert values.dtype == dtype
    assert np.isfinite(values).all()


@pytest.mark.parametrize("function", [*ACTIVATIONS.values(), *DERIVATIVES.values()], ids=lambda f: f.__name__)
def test_lists_and_integers_become_float64_and_arguments_stay(function):
    z = np.array([3, -2, 0])
    result = function(z)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, function([3.0, -2.0, 0.0]))
    np.testing.assert_array_equal(z, [3, -2, 0])


@pytest.mark.parametrize("function", [f for name, f in ACTIVATIONS.items() if name != "softmax"])
def test_a_scalar_gives_a_scalar_shape(function):
    assert np.shape(function(0.3)) == ()


def test_thresholds_and_slopes():
    np.testing.assert_array_equal(step([0.4, 0.5, 0.6], k=0.5), [0, 1, 1])
    np.testing.assert_array_equal(linear([1, -2], k=3), [3, -6])
    np.testing.assert_array_equal(linear_prime([1, -2], k=3), [3, 3])
    assert linear(np.ones(2, np.float32), k=np.float64(3)).dtype == np.float32


@given(
    arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(-1e4, 1e4)), st.floats(-1e4, 1e4)
)
def test_softmax_is_a_distribution_that_a_common_shift_does_not_change(z, shift):
    p = softmax(z)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    assert (p >= 0).all()
    np.testing.assert_allclose(softmax(z + shift), p, rtol=1e-7, atol=1e-12)


def test_log_softmax_where_softmax_has_become_0():
    np.testing.assert_allclose(log_softmax([[0.0, -2000.0]]), [[0.0, -2000.0]])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [(["a"], "Real numbers"), ([1j], "Real numbers"), ([[1, 2], [3]], "rows"), (None, "Real numbers")],
)
def test_what_is_no_array_of_real_numbers_is_refused(wrong, sentence):
    with pytest.raises(TypeError, match=sentence):
        as_float(wrong)
