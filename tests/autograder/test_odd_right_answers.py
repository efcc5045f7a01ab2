"""Right answers in styles that nobody would choose, all of them accepted in full.

Each answer is the text of a function, as a learner would write it in a cell, with whatever it needs beside it.
"""

import numpy as np
import pytest

from autograder.check import check, grade
from autograder.exercises import EXERCISES
from tests.conftest import named

ANSWERS = """
def fold_bias(W, b):
    return [[beta, *row] for beta, row in zip(b, W)]

---
def unfold_bias(Theta):
    b, *columns = Theta.T
    return np.stack(columns, axis=1), b

---
def weighted_input(w, a, b):
    if len(w) == 0:
        return b
    return w[0] * a[0] + weighted_input(w[1:], a[1:], b)

---
def layer_weighted_inputs(W, a, b):
    return np.einsum("kj,j->k", W, a) + b

---
def layer_weighted_inputs(W, a, b):
    return [float(sum(w * x for w, x in zip(row, a)) + beta) for row, beta in zip(W, b)]

---
def logistic(z):
    return np.array(0.5 * np.tanh(np.multiply(z, 0.5)) + 0.5, dtype=object).astype(float)

---
def logistic(z):
    return np.exp(-np.logaddexp(0.0, np.negative(z)))

---
def relu(z):
    return (np.abs(z) + z) / 2

---
def relu(z):
    return np.frompyfunc(lambda v: max(float(v), 0.0), 1, 1)(z)

---
def step(z, k=0.0):
    return np.heaviside(np.subtract(z, k), 1.0)

---
def softmax(z):
    e = np.exp(np.moveaxis(np.asarray(z, float), -1, 0) - np.max(z, axis=-1))
    return np.moveaxis(e / e.sum(axis=0), 0, -1)

---
def forward(layers, x):
    zs, activations = (), (x,)
    for W, b in layers:
        zs += (np.dot(W, activations[-1]) + b,)
        activations += (1 / (1 + np.exp(-zs[-1])),)
    return zs, activations

---
def forward(layers, x):
    if not layers:
        return [], [x]
    (W, b), *rest = layers
    z = W @ x + b
    zs, activations = forward(rest, 1 / (1 + np.exp(-z)))
    return [z, *zs], [x, *activations]

---
def forward_batch(layers, X):
    from functools import reduce

    return reduce(lambda A, layer: 1 / (1 + np.exp(-(A @ layer[0].T + layer[1]))), layers, X)

---
def forward_batch(layers, X):
    A = X.T.astype(np.float32)
    for W, b in layers:
        A = 1 / (1 + np.exp(-(W.astype(np.float32) @ A + b[:, None].astype(np.float32))))
    return A.T

---
def logistic_prime(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2

---
def tanh_prime(z):
    return 4 * np.exp(-2 * np.abs(z)) / (1 + np.exp(-2 * np.abs(z))) ** 2

---
def relu_prime(z):
    return np.where(np.greater(z, 0), 1, 0)

---
def numerical_derivative(f, x, h=1e-5):
    above, below = map(f, (x + h, x - h))
    return 0.5 / h * above - 0.5 / h * below

---
def chain_derivative(functions, derivatives, x):
    if not functions:
        return 1
    return derivatives[0](x) * chain_derivative(functions[1:], derivatives[1:], functions[0](x))

---
def numerical_gradient(f, theta, h=1e-5):
    theta = np.array(theta, float)
    gradient = np.empty_like(theta)
    steps = np.nditer(theta, flags=["multi_index"])
    for _ in steps:
        d = np.zeros_like(theta)
        d[steps.multi_index] = h
        gradient[steps.multi_index] = (f(theta + d) - f(theta - d)) / (2 * h)
    return gradient

---
def relative_error(u, v):
    u, v = np.asarray(u, float).ravel(), np.asarray(v, float).ravel()
    total = np.hypot.reduce(u) + np.hypot.reduce(v)
    return np.hypot.reduce(u - v) / total if total else 0

---
def neuron_gradient(w, b, X, y):
    dw, db = np.zeros(len(w)), 0.0
    for x, t in zip(X, y):
        a = 0.5 + 0.5 * np.tanh(0.5 * (x @ w + b))
        common = 2 * (a - t) * a * (1 - a)
        dw += common * x
        db += common
    return dw / len(y), db / len(y)

---
def neuron_gradient(w, b, X, y):
    a = 0.5 + 0.5 * np.tanh(0.5 * (X @ w + b))
    d = 2 * (a - y) * a * (1 - a)
    return np.average(X, axis=0, weights=None) * 0 + np.einsum("i,ij->j", d, X) / d.size, np.mean(d)

---
def output_delta(a, y, z):
    return [2 * (p - t) * logistic_prime(v) for p, t, v in zip(a, y, z)]

---
def output_delta(a, y, z):
    return np.float32(2 * (a - y) * logistic_prime(z))

---
def hidden_delta(W_next, delta_next, z):
    return np.tensordot(delta_next, W_next, axes=1) * logistic_prime(z)

---
def hidden_delta(W_next, delta_next, z):
    return np.array(
        [sum(d * w for d, w in zip(delta_next, column)) * logistic_prime(v) for column, v in zip(W_next.T, z)],
        dtype=object,
    )

---
def layer_gradients(delta, a_prev):
    return delta.reshape(-1, 1) * a_prev, delta.copy()

---
def layer_gradients(delta, a_prev):
    return np.kron(delta, a_prev).reshape(len(delta), -1), list(delta)

---
def backprop(layers, x, y):
    def descend(a, rest):
        if not rest:
            return 2 * (a - y), []
        (W, b), *rest = rest
        z = W @ a + b
        back, below = descend(1 / (1 + np.exp(-z)), rest)
        delta = back * logistic_prime(z)
        return delta @ W, [(np.outer(delta, a), delta)] + below

    return descend(x, layers)[1]

---
def backprop(layers, x, y):
    a, steps, out = x, [], []
    for W, b in layers:
        steps.append((W, a))
        a = 1 / (1 + np.exp(-(W @ a + b)))
    d = 2 * (a - y) * a * (1 - a)
    while steps:
        W, a = steps.pop()
        out += [(d[:, np.newaxis] @ a[np.newaxis], d)]
        d = d @ W * a * (1 - a)
    return out[::-1]

---
def backprop_batch(layers, X, Y):
    A = [X]
    for W, b in layers:
        A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
    d, out = 2 / len(X) * (A[-1] - Y) * A[-1] * (1 - A[-1]), [None] * len(layers)
    for l in range(len(layers) - 1, -1, -1):
        out[l] = [np.einsum("nk,nj->kj", d, A[l]), np.ones(len(X)) @ d]
        d = np.einsum("nk,kj,nj->nj", d, layers[l][0], A[l] * (1 - A[l]))
    return tuple(out)

---
def backprop_batch(layers, X, Y):
    layers = [(np.float32(W), np.float32(b)) for W, b in layers]
    A = [np.float32(X)]
    for W, b in layers:
        A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
    d, out = 2 * (A[-1] - np.float32(Y)) * A[-1] * (1 - A[-1]), []
    for (W, b), a in zip(layers[::-1], A[-2::-1]):
        out.insert(0, (d.T @ a / len(X), d.mean(axis=0)))
        d = d @ W * a * (1 - a)
    return out

---
def sgd_step(layers, gradients, eta):
    return [tuple(p - eta * g for p, g in zip(*both)) for both in zip(layers, gradients)]

---
def gradient_norms(gradients):
    return [sum(v * v for v in db) ** 0.5 for _, db in gradients]

---
def minibatches(X, Y, batch_size, rng):
    order = iter(rng.permutation(len(X)).tolist())
    from itertools import islice

    while rows := list(islice(order, batch_size)):
        yield X[rows], Y[rows]

---
def corrected_notes_gradient(theta, a, y):
    s = 1 / (1 + np.exp(-np.dot(a, theta)))
    return [(s - y) * s * (1 - s) * v for v in a]

---
def quadratic_cost(A, Y):
    return np.vdot(Y - A, Y - A) / (2 * Y.shape[0])

---
def binary_cross_entropy(a, y):
    return -np.log(a * y + (1 - a) * (1 - y)).sum() / y.size

---
def dC_dz(a, y):
    return np.subtract(a, y, dtype=float)

---
def one_hot(labels, K):
    return [[int(label == k) for k in range(K)] for label in labels]

---
def one_hot(labels, K):
    return np.eye(K)[np.asarray(labels)]

---
def softmax_delta(Z, Y):
    P = np.exp(Z - Z.max(1)[:, None])
    return P / P.sum(1)[:, None] - Y

---
def softmax_delta(Z, Y):
    rows = []
    for z, y in zip(Z, Y):
        e = np.exp(z - max(z))
        rows.append(list(e / sum(e) - y))
    return rows

---
def softmax_cross_entropy(Z, Y):
    return np.mean([np.logaddexp.reduce(z) - z @ y for z, y in zip(Z, Y)])

---
def entropy_bits(p):
    return sum(-v * np.log2(v) for v in p.tolist() if v)

---
def cross_entropy_bits(p, q):
    return float(sum(np.log2(1 / b) * a for a, b in zip(p, q) if a > 0))

---
def cross_entropy_neuron_gradient(w, b, X, y):
    d = (0.5 + 0.5 * np.tanh((X @ w + b) / 2) - y) / len(y)
    return d @ X, d.sum()

---
def l2_cost(cost, weights, lam, n):
    return cost + lam / n / 2 * np.sum([np.linalg.norm(W) ** 2 for W in weights])

---
def l1_cost(cost, weights, lam, n):
    return cost + lam * sum(abs(v) for W in weights for v in W.flat) / n

---
def l2_step(w, gradient, eta, lam, n):
    return np.multiply(w, 1) - eta * (np.multiply(gradient, 1) + lam / n * np.multiply(w, 1))

---
def soft_threshold_step(w, gradient, eta, lam, n):
    v = np.subtract(w, np.multiply(eta, gradient))
    t = eta * lam / n
    return v - np.clip(v, -t, t)

---
def dropout(a, p_drop, rng):
    mask = np.array([[rng.random() > p_drop for _ in range(1)][0] for _ in range(a.size)]).reshape(a.shape)
    return np.where(mask, a, 0), mask.astype(int)

---
def inverted_dropout(a, p_drop, rng):
    mask = np.float32(rng.uniform(size=a.shape) > p_drop)
    return a * mask * (1 / (1 - p_drop)), mask

---
def shift_image(image, dy, dx):
    h, w = image.shape
    padded = np.pad(image, ((abs(dy), abs(dy)), (abs(dx), abs(dx))))
    return padded[abs(dy) - dy : abs(dy) - dy + h, abs(dx) - dx : abs(dx) - dx + w]

---
def zero_fraction(weights, tol=0.0):
    return np.mean(np.concatenate([np.abs(W).ravel() for W in weights]) <= tol)

---
def units_identical(W):
    return all((row == W[0]).all() for row in W)

---
def units_identical(W):
    return len(np.unique(W, axis=0)) == 1

---
def scaled_init(sizes, rng):
    return [(rng.normal(scale=m**-0.5, size=(k, m)), [0] * k) for m, k in zip(sizes, sizes[1:])]

---
def normal_init(sizes, rng):
    both = [rng.standard_normal((k, m + 1)) for m, k in zip(sizes, sizes[1:])]
    return [(T[:, 1:], T[:, 0]) for T in both]

---
def he_init(sizes, rng):
    return [
        [np.float32(np.sqrt(2 / m) * rng.standard_normal((k, m))), np.zeros(k, np.float32)]
        for m, k in zip(sizes, sizes[1:])
    ]

---
def layer_stds(layers, X):
    out = []
    for W, b in layers:
        Z = X @ W.T + b
        out.append(np.var(Z) ** 0.5)
        X = 1 / (1 + np.exp(-Z))
    return out

---
def saturated_fraction(z, tol=0.01):
    e = np.exp(-np.abs(np.ravel(z)))
    return sum(e / (1 + e) ** 2 < tol) / len(e)

---
def weighted_input_std(n_active, weight_std, bias_std):
    return np.hypot(n_active**0.5 * weight_std, bias_std)

---
def split(n, fractions, rng):
    order, ends = rng.permutation(n), np.rint(n * np.cumsum(fractions)).astype(int)
    return [order[i:j].tolist() for i, j in zip([0, *ends], ends)]

---
def early_stopping(accuracies, patience):
    best = -1
    for epoch, value in enumerate(accuracies):
        if best < 0 or value > accuracies[best]:
            best = epoch
        elif epoch >= best + patience:
            return epoch, best
    return len(accuracies) - 1, best

---
def momentum_step(layers, gradients, velocity, eta, mu):
    v = [[mu * p - eta * g for p, g in zip(*pair)] for pair in zip(velocity, gradients)]
    return [[p + s for p, s in zip(*pair)] for pair in zip(layers, v)], v

---
def best_lambda(validation_accuracies, lambdas):
    return sorted(zip(validation_accuracies, lambdas))[-1][1]

---
def judge_eta(costs):
    c = np.array(costs, float)
    if not np.all(np.abs(c) < np.inf) or max(c[1:] - c[:-1]) > c[0] / 100:
        return "too high"
    return "just right" if c[-1] <= 0.9 * c[0] else "too low"

---
def find_eta(costs_for, start=0.01):
    falls = lambda eta: bool(np.all(np.diff(costs_for(eta)) < 0) and np.isfinite(costs_for(eta)).all())
    k = round(np.log10(start))
    while falls(10.0**k):
        k += 1
    while not falls(10.0**k):
        k -= 1
    return np.array(10.0**k)
""".strip().split("\n\n---\n")


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
