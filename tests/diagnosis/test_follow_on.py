"""A right function that calls a wrong one: it passes, and is told which one to correct."""

import pytest

from autograder.check import check, grade
from autograder.checking.report import Report
from autograder.examination import Examination
from autograder.seeds import PUBLIC_SEED
from tests.follow_on_lesson import IMPORTS, RIGHT, WITHOUT_SLOPE

LESSON = {"setup": IMPORTS} | {
    name: RIGHT[name] for name in ("output_delta", "hidden_delta", "layer_gradients", "backprop")
}
# Lesson 2's two functions, the second built on the first.
NUDGES = {
    "cost_from": """def cost_from(layers, level, z, y):
    a = logistic(z)
    for W, b in layers[level:]:
        a = logistic(W @ a + b)
    return np.sum((y - a) ** 2)""",
    "delta_by_perturbation": """def delta_by_perturbation(layers, x, y, h=1e-5):
    zs, _ = forward(layers, x)
    deltas = []
    for level, z in enumerate(zs, start=1):
        pairs = [(z + e, z - e) for e in h * np.eye(len(z))]
        costs = [[cost_from(layers, level, moved, y) for moved in pair] for pair in pairs]
        deltas.append(np.array([(above - below) / (2 * h) for above, below in costs]))
    return deltas""",
}
UNWRITTEN = "raise NotImplementedError()"


def lesson(**answers):
    """Run a lesson with some answers replaced, each in a file of its own as in a notebook, and return its names."""
    names = {}
    for name, source in (LESSON | answers).items():
        exec(compile(source, f"<{name}>", "exec"), names)
    return names


def told(state, *helpers, name="backprop"):
    verb = "is" if len(helpers) == 1 else "are"
    return (f"Your {name} is right. It calls {' and '.join(helpers)}, which {verb} {state}.",)


@pytest.mark.parametrize(
    ("helper", "answer", "state"),
    [
        ("hidden_delta", WITHOUT_SLOPE, "not right yet"),
        ("hidden_delta", f"def hidden_delta(W_next, delta_next, z):\n    {UNWRITTEN}", "not written yet"),
        ("hidden_delta", "def hidden_delta(W_next, delta_next, z):\n    pass", "not written yet"),
        ("hidden_delta", "hidden_delta = None\ndel hidden_delta", "not defined yet"),
        ("output_delta", "def output_delta(a, y, z):\n    return (a - y) * logistic_prime(z)", "not right yet"),
        ("layer_gradients", "def layer_gradients(delta, a_prev):\n    return delta", "not right yet"),
    ],
)
@pytest.mark.parametrize("way", [check, grade])
def test_a_right_function_passes_and_the_wrong_helper_is_named(way, helper, answer, state):
    result = way(lesson(**{helper: answer})["backprop"])
    assert (result.score, result.hints, result.mistakes) == (4, told(state, helper), ())
    assert result.follow_on == (helper,)
    assert Report.from_data(result.report.as_data()) == result.report


def test_a_right_function_has_passed_before_anybody_asks_for_the_report():
    tried = Examination(lesson(hidden_delta=WITHOUT_SLOPE)["backprop"], PUBLIC_SEED)
    assert tried.passed() is True and tried.report().passed


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (NUDGES["cost_from"].replace("logistic(z)", "z"), "not right yet"),
        (f"def cost_from(layers, level, z, y):\n    {UNWRITTEN}", "not written yet"),
    ],
)
@pytest.mark.parametrize("way", [check, grade])
def test_measured_deltas_are_right_though_the_cost_that_they_are_built_on_is_not(way, answer, state):
    result = way(lesson(**NUDGES | {"cost_from": answer})["delta_by_perturbation"])
    assert (result.score, result.hints) == (3, told(state, "cost_from", name="delta_by_perturbation"))


def test_measured_deltas_that_are_off_by_a_layer_are_wrong_whatever_they_are_built_on():
    from_zero = NUDGES["delta_by_perturbation"].replace("start=1", "start=0")
    result = check(lesson(**NUDGES | {"delta_by_perturbation": from_zero})["delta_by_perturbation"])
    assert result.score < 1 and "own-layer-again" in result.mistakes


def test_two_nudges_of_one_array_are_named():
    one_array = NUDGES["delta_by_perturbation"].replace("[(z + e, z - e) for", "[(p := z, p) for")
    result = check(lesson(**NUDGES | {"delta_by_perturbation": one_array})["delta_by_perturbation"])
    assert result.mistakes == ("one-array-for-both",) and "the same array?" in result.hints[0]


def test_two_wrong_helpers_are_both_named():
    names = lesson(
        output_delta=f"def output_delta(a, y, z):\n    {UNWRITTEN}",
        layer_gradients=f"def layer_gradients(delta, a_prev):\n    {UNWRITTEN}",
    )
    assert check(names["backprop"]).hints == told("not written yet", "output_delta", "layer_gradients")


def test_the_function_that_is_itself_wrong_is_named_and_not_one_that_calls_it():
    answers = {
        "forward": "def forward(layers, x):\n    return [], [x]",
        "backprop_batch": RIGHT["backprop_batch"],
        "sgd_step": """def sgd_step(layers, gradients, eta):
    return [(W - eta * dW, b + eta * db) for (W, b), (dW, db) in zip(layers, gradients)]""",
        "l2": "",
        "gradient_norms": "def gradient_norms(gradients):\n    return [np.sqrt(square(db)) for dW, db in gradients]",
        "train": """def train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            layers = stepped(layers, X[rows], Y[rows], eta)
        A = X
        for W, b in layers:
            A = logistic(A @ W.T + b)
        costs.append(np.mean(np.sum((A - Y) ** 2, axis=1)))
    return layers, costs
def stepped(layers, X, Y, eta):
    return sgd_step(layers, backprop_batch(layers, X, Y), eta)""",
    }
    names = lesson(**{**answers, "forward": "from nblib.network import forward"})
    assert check(names["train"]).hints == told("not right yet", "sgd_step", name="train")
    wrong_below = {"backprop_batch": answers["backprop_batch"].replace("logistic_prime(zs[-1])", "slope(zs[-1])")}
    wrong_below["sgd_step"] = answers["sgd_step"].replace("b + eta", "b - eta")
    names = lesson(
        **{**answers, **wrong_below, "forward": "from nblib.network import forward"},
        slope="def slope(z):\n    return hidden_delta(np.eye(z.shape[1]), np.ones(z.shape[1]), z[0])",
    )
    # slope is no exercise, so what calls it is wrong by itself.
    assert check(names["train"]).hints == told("not right yet", "backprop_batch", name="train")


def test_with_right_helpers_the_own_mistake_of_a_function_is_seen():
    own = LESSON["backprop"].replace("return gradients", "return gradients[::-1]")
    alone = grade(lesson(backprop=own)["backprop"])
    both = grade(
        lesson(backprop=own, hidden_delta="def hidden_delta(W_next, delta_next, z):\n    return delta_next")["backprop"]
    )
    words = "It calls hidden_delta, which is not right yet: go there first, then check this function again."
    assert both.mistakes == alone.mistakes != () and both.hints == (words, *alone.hints)
    assert both.score == 0 and both.follow_on == ()


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        (
            "backprop",
            {
                "backprop_batch": f"def backprop_batch(layers, X, Y):\n    {UNWRITTEN}",
                "backprop": "def backprop(layers, x, y):\n    return backprop_batch(layers, x[None], y[None])",
            },
        ),
        (
            "negative_log_likelihood",
            {
                "binary_cross_entropy": f"def binary_cross_entropy(a, y):\n    {UNWRITTEN}",
                "negative_log_likelihood": (
                    "def negative_log_likelihood(p, y):\n    half = len(p) // 2\n"
                    "    parts = binary_cross_entropy(p[:half], y[:half]), binary_cross_entropy(p[half:], y[half:])\n"
                    "    return (half * parts[0] + (len(p) - half) * parts[1]) / len(p)"
                ),
            },
        ),
        ("backprop", {"backprop": "def backprop(layers, x, y):\n    return backprop(layers, x, y)"}),
        (
            "output_delta",
            {
                "softmax_delta": f"def softmax_delta(Z, Y):\n    {UNWRITTEN}",  # of a later lesson
                "output_delta": "def output_delta(a, y, z):\n    return softmax_delta(a, y)",
            },
        ),
    ],
)
def test_a_function_that_leaves_its_work_to_another_one_is_not_right(name, answers):
    result = check(lesson(**answers)[name])
    assert result.score == 0 and result.follow_on == ()
    assert not any("is right" in hint for hint in result.hints)


def test_a_name_that_is_meant_as_something_else_is_left_alone():
    own = {
        "hidden_delta": "def hidden_delta(delta):\n    return delta",
        "backprop": LESSON["backprop"].replace(
            "hidden_delta(layers[index][0], delta, zs[index - 1])", "hidden_delta(x)"
        ),
    }
    result = check(lesson(**own)["backprop"])
    assert not any("hidden_delta" in hint for hint in result.hints)


@pytest.mark.parametrize("name", ["tool", "hidden_delta"])
def test_a_function_is_not_unwritten_because_another_one_is(name):
    result = check(
        lesson(**{name: f"def {name}(*args):\n    {UNWRITTEN}", "backprop": f"def backprop(*args):\n    {name}()"})[
            "backprop"
        ]
    )
    assert result.hints == (f"It calls {name}, which is not written yet: write that first.",)
    assert result.requirements[0].message != "not tried yet."
