"""A change of one line that makes an answer right names the line, where the text of the function is known."""

import ast
import linecache
import textwrap

import numpy as np
import pytest

from autograder.check import check, grade
from autograder.diagnosis.edits_of_expressions import edits_of_expressions
from autograder.diagnosis.mends import source_tree
from autograder.examination import forget_wrong_answers
from nblib.activations import logistic, logistic_prime
from nblib.network import forward

NAMES = {
    "np": np,
    "logistic": logistic,
    "logistic_prime": logistic_prime,
    "forward": forward,
}


def defined(text, known=True):
    """Define a function as a cell of a notebook does, whose text Python can look up unless it isn't known."""
    forget_wrong_answers()
    text = textwrap.dedent(text).lstrip()
    names, file = dict(NAMES), f"<cell {hash(text)} {known}>"
    if known:
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    exec(compile(text, file, "exec"), names)
    return names[text.split("(")[0].removeprefix("def ")]


WHOLE_SUM = """
def softmax(z):
    exps = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exps / exps.sum()
"""
APPENDED_EARLY = """
def forward(layers, x):
    zs, activations, a = [], [x], x
    for W, b in layers:
        activations.append(a)
        zs.append(W @ a + b)
        a = logistic(zs[-1])
    return zs, activations
"""
MEANT = [
    (WHOLE_SUM, "return exps / exps.sum()", "exps.sum has no axis"),
    (APPENDED_EARLY, "activations.append(a)", "too early, before a line that it has to wait for"),
    (
        """
        def soft_threshold_step(w, gradient, eta, lam, n):
            x = np.array(w, dtype=float) - eta * np.asarray(gradient)
            size = np.abs(x, out=x) if x.ndim else abs(x)
            return np.sign(x) * np.maximum(size - eta * lam / n, 0)
        """,
        "size = np.abs(x, out=x) if x.ndim else abs(x)",
        "overwrites x, and its old numbers are still needed",
    ),
    (
        """
        def l2_step(w, gradient, eta, lam, n):
            decayed = w = np.array(w, dtype=float)
            w -= eta * np.asarray(gradient)
            return w - eta * lam / n * decayed
        """,
        "w -= eta * np.asarray(gradient)",
        "-= changes the array itself",
    ),
    (
        "def unfold_bias(Theta):\n    return Theta[:, 1:], Theta[0]",
        "return Theta[:, 1:], Theta[0]",
        "“Theta[0]” takes a row, where a column is wanted",
    ),
    (
        """
        def soft_threshold_step(w, gradient, eta, lam, n):
            v, t = w - eta * gradient, eta * lam / n
            return np.where(v > t, v - t, np.where(v < t, v + t, 0))
        """,
        "return np.where(v > t, v - t, np.where(v < t, v + t, 0))",
        "compares with t, which has the wrong sign there",
    ),
    (
        "def dropout_backward(delta, mask):\n    return np.dot(delta, mask)",
        "return np.dot(delta, mask)",
        "a product entry by entry, *, is wanted",
    ),
    (
        """
        def backprop(layers, x, y):
            zs, a = forward(layers, x)
            delta, out = 2 * (a[-1] - y) * logistic_prime(zs[-1]), []
            for l in range(len(layers) - 1, -1, -1):
                out.insert(0, (np.outer(delta, a[l]), delta))
                delta = np.multiply(layers[l][0].T, delta) * logistic_prime(zs[l - 1]) if l else None
            return out
        """,
        "delta = np.multiply(layers[l][0].T, delta) * logistic_prime(zs[l - 1])",
        "where a matrix product, @, is wanted",
    ),
    (
        """
        def weighted_input(w, a, b):
            for w_j, a_j in zip(w, a):
                b = b + w_j * a_j
                return b
        """,
        "return b",
        "stands inside the loop",
    ),
    (
        """
        def layer_weighted_inputs(W, a, b):
            z = np.zeros(len(b), dtype=int)
            for k in range(len(b)):
                z[k] = W[k] @ a + b[k]
            return z
        """,
        "z = np.zeros(len(b), dtype=int)",
        "cuts off all decimals",
    ),
]


@pytest.mark.parametrize(("text", "line", "words"), MEANT, ids=[line for _, line, _ in MEANT])
def test_the_line_whose_change_makes_everything_right_is_named(text, line, words):
    hint = " ".join(check(defined(text)).hints)
    assert f"In your line “{line[:60]}" in hint and words in hint


def test_the_right_line_itself_is_not_given_away():
    hint = " ".join(check(defined(WHOLE_SUM)).hints)
    assert "axis=-1" not in hint and "keepdims" not in hint


@pytest.mark.parametrize("written", ["range(n)", "range(1, n)", "range(n - 1, 0, -1)"])
def test_a_loop_that_is_one_off_is_told_by_its_values_and_not_by_its_end(written):
    tree = ast.parse(f"for j in {written}:\n    pass").body[0]
    edits = [edit for edit in edits_of_expressions(tree) if edit.kind == "range" and "step" not in edit.words]
    for edit in edits:
        changed = ast.unparse(ast.Call(edit.node.func, edit.new, []))
        before, after = (list(eval(text, {"n": 6})) for text in (written, changed))
        assert f"has one value too {'few' if len(after) > len(before) else 'many'}" in edit.words
        assert "end" not in edit.words.replace(written, "") and "one off" not in edit.words
    assert edits


def test_without_the_text_the_message_names_every_reduction_that_could_mix_examples():
    hint = " ".join(check(defined(WHOLE_SUM, known=False)).hints)
    assert "In your line" not in hint and "a sum, a mean, a maximum or a standard deviation" in hint


def test_with_two_mistakes_the_reduction_without_an_axis_is_named_from_the_text():
    text = """
    def softmax(z):
        exps = np.exp(z - np.max(z, axis=-1, keepdims=True)) + 0.1
        return exps / np.sum(exps) / 1.7
    """
    hint = " ".join(check(defined(text)).hints)
    assert "“np.sum(exps)”, which goes over" in hint


def test_a_change_that_leaves_another_requirement_unmet_is_not_preferred():
    text = """
    def softmax_cross_entropy(Z, Y):
        lse = Z.max(axis=1) + np.log(np.sum(np.exp(Z - Z.max()), axis=1))
        return float(np.mean(lse - np.sum(Z * Y, axis=1)))
    """
    hint = " ".join(check(defined(text)).hints)
    assert "Z.max has no axis" in hint  # with the largest of all in both places, rows far apart would overflow


def test_trying_changes_leaves_the_function_its_module_and_its_arguments_alone():
    function = defined(APPENDED_EARLY)
    before, code = dict(function.__globals__), function.__code__
    check(function)
    assert function.__globals__ == before and function.__code__ is code


def test_a_changed_loop_without_an_end_is_given_up():
    text = """
    def weighted_input(w, a, b):
        todo, total = [0], b * 2
        for j in todo:
            total = total + w[j] * a[j]
            if j + 1 < len(w):
                todo.append(j + 1)
        return total - 3 * b
    """
    assert not check(defined(text)).passed


def test_points_do_not_depend_on_whether_the_text_is_known():
    assert grade(defined(APPENDED_EARLY)).score == grade(defined(APPENDED_EARLY, known=False)).score == 0


def test_text_that_belongs_to_something_else_is_not_read():
    function = defined("def relu(z):\n    return z", known=False)
    assert source_tree(function) is None
    assert source_tree(lambda z: z) is None


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("delta @ mask + delta[0]", "@ and np.dot are matrix products"),
        ("np.dot(delta, mask) * 3", "@ and np.dot are matrix products"),
        ("delta.T * mask + 1", "entry by entry; if there is a sum over an index"),
    ],
)
def test_a_product_that_does_not_fit_is_told_apart_from_the_other_one(product, words):
    result = check(defined(f"def dropout_backward(delta, mask):\n    return {product}"))
    assert f"“return {product}”" in result.hints[0] and words in result.hints[0]


@pytest.mark.parametrize("copied", ["layers.copy()", "list(layers)", "layers[:]", "[pair for pair in layers]"])
def test_a_shallow_copy_is_called_one(copied):
    text = f"""
    def sgd_step(layers, gradients, eta):
        new = {copied}
        for (W, b), (dW, db) in zip(new, gradients):
            W -= eta * dW
            b -= eta * db
        return new
    """
    result = check(defined(text))
    assert result.score == 0.75
    assert f"`{copied}` is shallow" in result.hints[0] and result.hints[0].count(". ") <= 2


def test_a_copy_that_is_not_shallow_is_not_called_so():
    text = """
    def sgd_step(layers, gradients, eta):
        new = [(W.copy(), b.copy()) for W, b in layers]
        for (W, b), (dW, db) in zip(layers, gradients):
            W -= eta * dW
            b -= eta * db
        return layers
    """
    assert "shallow" not in " ".join(check(defined(text)).hints)
