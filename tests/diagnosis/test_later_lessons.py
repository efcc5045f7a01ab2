"""Wrong answers to exercises of lessons 4 to 7, each with what the check has to say of it and what it must not say."""

import numpy as np
import pytest

from autograder.check import check
from autograder.checking.trial import Trial
from autograder.diagnosis.recognition import recognise
from autograder.exercises import EXERCISES
from autograder.exercises.lesson_07.capstone_inputs import better_inputs
from autograder.seeds import PUBLIC_SEED
from tests.diagnosis.cells import notebook

DROPOUT = """
def {name}(a, p_drop, rng):
    a_dropped = np.where(rng.random(a.shape) < 1 - p_drop, a{scale}, 0.0)
    return a_dropped, {mask}
"""
SECOND_DRAW = """
def keep_mask(a, p_drop, rng):
    return (rng.random(a.shape) >= p_drop).astype(float)

def {name}(a, p_drop, rng):
    return a * keep_mask(a, p_drop, rng){scale}, keep_mask(a, p_drop, rng)
"""
SCALES = {"dropout": "", "inverted_dropout": " / (1 - p_drop)"}
MASKS = {"a_dropped > 0": "isn't positive", "a_dropped != 0": "that happens to be 0"}
EPSILON = """
def dC_dz(a, y):
    slope = a * (1 - a)
    return (a - y) / (slope + {epsilon}) * slope
"""
COLUMN_OF_ONES = """
def cross_entropy_neuron_gradient(w, b, X, y):
    both = np.hstack([{columns}]).T @ (logistic(X @ w + b) - y) / len(X)
    return {dw}, {db}
"""
LABELS_IN_ROWS = """
def softmax_cross_entropy(Z, Y):
    log_p = Z - Z.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    return -np.mean(log_p[:, Y.argmax(axis=1)])
"""
STACKED = """
from nblib.augmentation import random_shift

def augment(X, Y, copies, rng, shape=(8, 8)):
    images = [X] + [np.array([random_shift(x.reshape(shape), rng).ravel() for x in X]) for _ in range(copies)]
    return np.concatenate(images), {labels}
"""
SATURATED = "def saturated_fraction(z, tol=0.01):\n    return {share}"
LOOP = """
def saturated_fraction(z, tol=0.01):
    count = 0
    for value in z:
        if logistic_prime(value) < tol:
            count += 1
    return count / len(z)
"""
ZERO = "def zero_fraction(weights, tol=0.0):\n    return {share}"
START = """
def {name}(sizes, rng):
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        layers.append((rng.normal({W}), {b}))
    return layers
"""
ONE_LAYER_TOO_MANY = """
def normal_init(sizes, rng):
    return [(rng.normal(size=(sizes[k], sizes[k - 1])), rng.normal(size=sizes[k])) for k in range(len(sizes))]
"""
UNIFORM = """
def xavier_init(sizes, rng):
    bounds = [np.sqrt(6 / (n_in + n_out)) for n_in, n_out in zip(sizes, sizes[1:])]
    return [(rng.uniform(-c, c, (n, m)), np.zeros(n)) for m, n, c in zip(sizes, sizes[1:], bounds)]
"""
STDS = "def layer_stds(layers, X):\n    return np.std(forward(layers, X)[0])"
ADAM = """
def adam_step(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = state
    t = t + 1

    def update(p, g, m, v):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - {in_v}) * g**2
        return p - eta * m / (1 - beta1**t) / (np.sqrt(v / (1 - {in_correction}**t)) + eps), m, v

    new = [[update(*each) for each in zip(*pairs)] for pairs in zip(layers, gradients, m, v)]
    return [tuple(part[0] for part in pair) for pair in new], (
        t,
        [tuple(part[1] for part in pair) for pair in new],
        [tuple(part[2] for part in pair) for pair in new],
    )
"""
WITHOUT_B_IN_DB = """
def cross_entropy_neuron_gradient(w, b, X, y):
    a = logistic(X @ w + b)
    dw = X.T @ (a - y) / len(y)
    db = np.sum(logistic(X @ w) - y) / len(y)
    return dw, db
"""
HALF_IN_DB = """
def neuron_gradient(w, b, X, y):
    n, a = len(X), logistic(X @ w + b)
    dw = 2 / n * X.T @ ((a - y) * a * (1 - a))
    db = 2 / n * np.sum((a - y) * a)
    return dw, db
"""
SCALED_W = "0, 1 / np.sqrt(n_in), (n_out, n_in)"
ANSWERS = {
    **{
        f"{name}: {mask}": (name, DROPOUT.format(name=name, scale=scale, mask=mask), words, "too far off")
        for name, scale in SCALES.items()
        for mask, words in MASKS.items()
    },
    **{
        f"{name}: second draw": (
            name,
            SECOND_DRAW.format(name=name, scale=scale),
            "drawn a second time",
            "what is left",
        )
        for name, scale in SCALES.items()
    },
    **{
        f"epsilon {epsilon}": ("dC_dz", EPSILON.format(epsilon=epsilon), "completely wrong", "central differences")
        for epsilon in (1e-15, 1e-12, 1e-9)
    },
    "ones in front, cut off at the end": (
        "cross_entropy_neuron_gradient",
        COLUMN_OF_ONES.format(columns="np.ones((len(X), 1)), X", dw="both[:-1]", db="both[-1]"),
        "stands in front of X",
        "wrong order",
    ),
    "ones at the end, cut off in front": (
        "cross_entropy_neuron_gradient",
        COLUMN_OF_ONES.format(columns="X, np.ones((len(X), 1))", dw="both[1:]", db="both[0]"),
        "stands behind X",
        "wrong order",
    ),
    "all labels in every row": ("softmax_cross_entropy", LABELS_IN_ROWS, "n × n in all", "No known mistake"),
    "labels stacked": (
        "augment",
        STACKED.format(labels="np.vstack([Y] * (1 + copies))"),
        "a table with a row for each round",
        "No known mistake",
    ),
    "labels in a column": (
        "augment",
        STACKED.format(labels="np.concatenate([Y] * (1 + copies))[:, None]"),
        "The labels have shape (16, 1)",
        "No known mistake",
    ),
    "mean compared": (
        "saturated_fraction",
        SATURATED.format(share="np.mean(logistic_prime(z)) < tol"),
        "only the mean of all slopes is compared",
        "Two mistakes",
    ),
    "z compared": (
        "saturated_fraction",
        SATURATED.format(share="np.mean(z < tol)"),
        "You compared z itself",
        "Two mistakes",
    ),
    "|z| compared": (
        "saturated_fraction",
        SATURATED.format(share="np.mean(np.abs(z) < tol)"),
        "You compared |z|",
        "doesn't",
    ),
    "no mean": ("saturated_fraction", SATURATED.format(share="logistic_prime(z) < tol"), "a single number", "shape"),
    "a loop over a table": ("saturated_fraction", LOOP, "A loop over a table gives its rows", "Two mistakes"),
    "mean weight compared": (
        "zero_fraction",
        ZERO.format(share="float(np.mean(np.concatenate([np.abs(W).ravel() for W in weights])) <= tol)"),
        "only the mean of all |w| is compared",
        "Two mistakes",
    ),
    "weights not counted": (
        "zero_fraction",
        ZERO.format(share="[np.abs(W) <= tol for W in weights]"),
        "one True or False for each weight",
        "Print the shape",
    ),
    "one bias": (
        "normal_init",
        START.format(name="normal_init", W="0, 1, (n_out, n_in)", b="0"),
        "b is a single number in each layer",
        "Mean and standard deviation",
    ),
    "a bias for each input": (
        "scaled_init",
        START.format(name="scaled_init", W=SCALED_W, b="np.zeros(n_in)"),
        "one number for each input",
        "Mean and standard deviation",
    ),
    "an array of one bias": (
        "scaled_init",
        START.format(name="scaled_init", W=SCALED_W, b="np.zeros(1)"),
        "b of layer 1 has shape (1,)",
        "Mean and standard deviation",
    ),
    "widths for mean and spread": (
        "scaled_init",
        START.format(name="scaled_init", W="n_out, n_in", b="np.zeros(n_out)"),
        "W is a single number",
        "Mean and standard deviation",
    ),
    "a layer too many": ("normal_init", ONE_LAYER_TOO_MANY, "3 widths need 2 pairs", "No known mistake"),
    "half outside the power": (
        "he_init",
        START.format(name="he_init", W="0, (2 / n_in) ** 1 / 2, (n_out, n_in)", b="np.zeros(n_out)"),
        "without a root",
        "to the power",
    ),
    "another power": (
        "he_init",
        START.format(name="he_init", W="0, 5 / n_in, (n_out, n_in)", b="np.zeros(n_out)"),
        "to the power −1; a power of −½ is expected",
        "No known mistake",
    ),
    "uniform weights": ("xavier_init", UNIFORM, "Mean and standard deviation are right", "what is left"),
    "one spread of a list": ("layer_stds", STDS, "a list with one array for each layer", "single place"),
    "v corrected with beta1": (
        "adam_step",
        ADAM.format(in_v="beta2", in_correction="beta1"),
        "but v with β₁",
        "compare the lines",
    ),
    "beta1 in v": (
        "adam_step",
        ADAM.format(in_v="beta1", in_correction="beta2"),
        "beta1 isn't the variable that belongs there",
        "compare the lines",
    ),
    "b left out of one line": (
        "cross_entropy_neuron_gradient",
        WITHOUT_B_IN_DB,
        "“X @ w” isn't all that belongs there",
        "Something else",
    ),
    "factor left out of one line": (
        "neuron_gradient",
        HALF_IN_DB,
        "“(a - y) * a” isn't all that belongs",
        "Something else",
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_hint_is_about_this_answer(answer):
    name, cells, words, absent = ANSWERS[answer]
    result = check(notebook(cells)[name])
    hints = " ".join(result.hints)
    assert not result.passed
    assert words in hints
    assert absent not in hints


def test_an_expression_of_another_line_is_pointed_at_and_not_dictated():
    (hint,) = check(notebook(HALF_IN_DB)["neuron_gradient"]).hints
    assert "compare it with your line “dw = " in hint
    assert "np.sum((a - y) * a * (1 - a))" not in hint


def test_real_central_differences_are_still_called_that():
    cells = """
    def dC_dz(a, y):
        def cost(z):
            return -(y * np.log(logistic(z)) + (1 - y) * np.log(1 - logistic(z)))

        z, h = np.log(a / (1 - a)), 1e-5
        return (cost(z + h) - cost(z - h)) / (2 * h)
    """
    assert check(notebook(cells)["dC_dz"]).mistakes == ("central-differences",)


@pytest.mark.parametrize("name", ["normal_init", "scaled_init"])
def test_a_wrong_bias_costs_no_points_of_right_weights(name):
    W = "0, 1, (n_out, n_in)" if name == "normal_init" else SCALED_W
    result = check(notebook(START.format(name=name, W=W, b="0"))[name])
    missed = {verdict.name for verdict in result.requirements if verdict.problem}
    assert missed == {"biases", "shapes"}


PREPARED = """
from nblib.initialization import scaled_init

def capstone(X_train, Y_train, X_val, Y_val, rng):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0) + {least}
    settings = {{"output": "softmax", "cost": "multinomial cross-entropy", "measure": False}}
    layers = scaled_init([64, 30, 10], rng)
    layers, _ = nblib_train(layers, {trained}, Y_train, 0.3, {epochs}, 10, rng, **settings)
    return lambda X: predict(layers, X, output="softmax").argmax(axis=1)
"""


@pytest.mark.parametrize(
    ("trained", "epochs", "words"),
    [
        ("(X_train - mean) / std", 15, "classify gives it other inputs than training did"),
        ("X_train", 1, "first try a larger η"),
    ],
)
def test_a_capstone_that_trains_on_other_inputs_than_it_reads_is_told_so(trained, epochs, words):
    capstone = notebook(PREPARED.format(least=1e-3, trained=trained, epochs=epochs))["capstone"]
    # A seed, because each check draws other digits.
    (hint,) = recognise(Trial(EXERCISES["capstone"], capstone, PUBLIC_SEED)).hints
    assert words in hint


@pytest.mark.parametrize("undone", [False, True])
def test_the_way_is_told_in_which_training_prepared_its_digits(undone):
    X, labels = np.random.default_rng(0).normal(3, 2, (400, 64)), np.arange(400) % 10
    mean, std = X.mean(axis=0), X.std(axis=0)
    seen = X if undone else (X - mean) / std

    def read(images):
        images = (images - mean) / std if undone else images
        return labels[((images[:, None, :8] - seen[:, :8]) ** 2).sum(axis=2).argmin(axis=1)]

    way, share = better_inputs(read, X, labels)
    assert "the rest divided by its standard deviation" in way and share > 0.97
    assert ("the reverse is done" in way) == undone
    assert better_inputs(lambda images: labels, X, labels) is None


def test_what_no_story_explains_names_the_shape_of_the_case_that_is_shown():
    cells = "def softmax_cross_entropy(Z, Y):\n    return np.cos(np.sum(Z * Y, axis=1))"
    report = str(check(notebook(cells)["softmax_cross_entropy"]))
    assert "The result has shape (1,), but a single number is expected" in report


@pytest.mark.parametrize(
    "loop",
    [
        "for (W, b), (dW, db) in zip(layers, gradients):",
        "for l, (dW, db) in enumerate(gradients):\n        W, b = layers[l]",
    ],
)
def test_a_line_that_writes_into_a_part_of_an_argument_is_named(loop):
    cells = f"""
def regularized_step(layers, gradients, eta, lam, n):
    new = []
    {loop}
        W *= 1 - eta * lam / n
        new.append((W - eta * dW, b - eta * db))
    return new
"""
    (hint,) = check(notebook(cells)["regularized_step"]).hints
    assert "Your line “W *= 1 - eta * lam / n” writes into it, because W is one of the arrays in layers" in hint


def test_a_few_answers_yes_or_no_are_explained_by_no_pair():
    cells = "def saturated_fraction(z, tol=0.01):\n    return np.mean(z) < 10 * tol"
    assert "Two mistakes" not in " ".join(check(notebook(cells)["saturated_fraction"]).hints)
