"""A class is graded: a wrong function costs its own points, and those of its callers only if the course says so."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from tests.grading.conftest import (
    CONFIG,
    LIMITS,
    RIGHT,
    grade,
    graded_notebook,
    hand_in,
    marks,
    new_course,
    released_lesson,
    rows,
    solved,
    source_notebook,
)

ANSWERS = RIGHT | {
    "hidden-delta": ("def hidden_delta(W_next, delta_next, z):\n    return W_next.T @ delta_next * logistic_prime(z)"),
    "backprop": """def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [layer_gradients(delta, activations[-2])]
    for index in range(len(layers) - 1, 0, -1):
        delta = hidden_delta(layers[index][0], delta, zs[index - 1])
        gradients.insert(0, layer_gradients(delta, activations[index - 1]))
    return gradients""",
}
POINTS = {"output-delta-check": 2.0, "layer-gradients-check": 2.0, "hidden-delta-check": 3.0, "backprop-check": 4.0}
WITHOUT_SLOPE = ANSWERS["hidden-delta"].replace(" * logistic_prime(z)", "")
CLASS = {
    "right": ANSWERS,
    "without-slope": ANSWERS | {"hidden-delta": WITHOUT_SLOPE},
    "without-two": ANSWERS | {"output-delta": ANSWERS["output-delta"].replace("2 * ", "")},
    "syntax": ANSWERS | {"hidden-delta": ANSWERS["hidden-delta"].replace("z):", "z)")},
    "both": ANSWERS
    | {"hidden-delta": WITHOUT_SLOPE, "backprop": ANSWERS["backprop"].replace("activations[-2]", "activations[-1]")},
}


def _source():
    notebook = source_notebook()
    notebook.cells[1].source += "\nfrom nblib.network import forward"
    for name, points in (("hidden-delta", 3), ("backprop", 4)):
        head, body = ANSWERS[name].split("\n", 1)
        source = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        test = "check({0})\n### BEGIN HIDDEN TESTS\ngrade({0})\n### END HIDDEN TESTS".format(name.replace("-", "_"))
        marked = marks(f"{name}-check", grade=True, locked=True, points=points)
        notebook.cells += [
            new_code_cell(source, id=name, metadata=marks(name, solution=True)),
            new_code_cell(test, id=f"{name}-check", metadata=marked),
        ]
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = new_course(tmp_path_factory.mktemp("follow-on"), CONFIG, _source())
    (course / "nbgrader_config.py").write_text(CONFIG + LIMITS)
    for student, answers in CLASS.items():
        hand_in(course, student, nbformat.writes(solved(released_lesson(course), answers)))
    grade(course)
    return course


def _scores(course, student):
    return {name: score for who, name, score, *_ in rows(course)["grades"] if who == student and name in POINTS}


LOST = {
    "right": {},
    "without-slope": {"hidden-delta-check": 2.5 + 0.5},
    "without-two": {"output-delta-check": 2},
    "syntax": {"hidden-delta-check": 3},
    "both": {"hidden-delta-check": 3, "backprop-check": 4},
}


@pytest.mark.parametrize("student", CLASS)
def test_a_wrong_function_costs_its_own_points_only(course, student):
    lost = LOST[student]
    assert _scores(course, student) == {name: points - lost.get(name, 0) for name, points in POINTS.items()}


def _told(course, student):
    (cell,) = [cell for cell in graded_notebook(course, student).cells if cell.id == "backprop-check"]
    return cell.outputs[-1].data["text/html"]


WORDS = {
    "without-slope": "It calls hidden_delta, which is not right yet.",
    "without-two": "It calls output_delta, which is not right yet.",
    "syntax": "It calls hidden_delta, which is not defined yet.",
}


def test_the_setting_turns_the_points_off_and_the_words_stay(course):
    for setting, points in (("", 4), ("c.Grading.follow_on = False\n", 0)):
        (course / "nbgrader_config.py").write_text(CONFIG + LIMITS + setting)
        grade(course)
        for student, words in WORDS.items():
            assert f"Your backprop is right. {words}" in _told(course, student)
            assert _scores(course, student)["backprop-check"] == points
        assert _scores(course, "right") == POINTS
