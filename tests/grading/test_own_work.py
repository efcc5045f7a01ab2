"""Whose work is not a student's own: the function that borrowed is named and charged, once."""

import nbformat
import pytest

from autograder.grading.own_work import find_borrowed
from tests.grading.conftest import FULL, LESSON, RIGHT, copy_of, grade, hand_in, rows, scores, solved

BORROWED = "def output_delta(a, y, z):\n    return nblib.backprop.output_delta(z, a, y)"
CALLS_IT = RIGHT["layer-gradients"].replace("    return", "    output_delta(delta, delta, delta)\n    return")
HELPER = "def helper(a, y, z):\n    return nblib.backprop.output_delta(z, a, y)\n\n"
BY_HELPER = "def output_delta(a, y, z):\n    return [helper(a, y, z)][0]"
CALLS_HELPER = RIGHT["layer-gradients"].replace("    return", "    helper(delta, delta, delta)\n    return")
# Says of itself that it is another function of the student's, which borrows nothing.
DISGUISED = """def output_delta(a, y, z):
    def layer_gradients():
        return nblib.backprop.output_delta(z, a, y)
    layer_gradients.__code__ = layer_gradients.__code__.replace(co_qualname="layer_gradients")
    return layer_gradients()"""

STUDENTS = {
    "called": ({"output-delta": BORROWED, "layer-gradients": CALLS_IT}, {"output-delta"}),
    "helper": ({"output-delta": HELPER + BY_HELPER}, {"output-delta"}),
    "both-by-helper": (
        {"output-delta": HELPER + BY_HELPER, "layer-gradients": CALLS_HELPER},
        {"output-delta", "layer-gradients"},
    ),
    "disguised": ({"output-delta": DISGUISED}, {"output-delta"}),
    "own": ({"layer-gradients": CALLS_IT}, set()),
}


@pytest.fixture(scope="module")
def course(empty_course, released, tmp_path_factory):
    course = copy_of(empty_course, tmp_path_factory.mktemp("own-work") / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.Grading.own_work_cost = 0.5\n")
    for student, (answers, _) in STUDENTS.items():
        notebook = solved(released, RIGHT | answers, before=["import nblib.backprop"])
        hand_in(course, student, nbformat.writes(notebook))
    grade(course, code=3)
    return course


@pytest.mark.parametrize("student", STUDENTS)
def test_the_function_that_borrowed_is_named_and_charged_once(course, student):
    _, borrowers = STUDENTS[student]
    assert scores(course, student) == FULL | {f"{name}-check": 1.0 for name in borrowers}
    said = {name: words for who, name, words, _ in rows(course)["comments"] if who == student and words}
    assert set(said) == borrowers
    for name, words in said.items():
        assert words.startswith(f"{name.replace('-', '_')} calls nblib.backprop.output_delta")
        assert words.endswith("Half of the points that it earned were deducted for this.")


CELLS = {"output_delta": "", "backprop": "", "train": ""}


@pytest.mark.parametrize(
    ("called", "named"),
    [
        ({"output_delta": [["torch.matmul", "output_delta"]]}, {"output_delta"}),
        (
            {
                "output_delta": [["torch.matmul", "output_delta"]],
                "backprop": [["torch.matmul", "output_delta", "backprop"]],
                "train": [["torch.matmul", "output_delta", "backprop", "train"]],
            },
            {"output_delta"},
        ),
        (
            {
                "output_delta": [["torch.matmul", "output_delta"]],
                "backprop": [["torch.matmul", "output_delta", "backprop"], ["torch.add", "helper", "backprop"]],
            },
            {"output_delta", "backprop"},
        ),
        # Each says it was the other one; then both are named.
        (
            {"output_delta": [["torch.add", "backprop"]], "backprop": [["torch.add", "output_delta"]]},
            {"output_delta", "backprop"},
        ),
        ({"backprop": [["torch.add", "output_delta", "backprop"]]}, {"backprop"}),
        ({"output_delta": [["nblib.activations.logistic", "output_delta"], ["numpy.add"]]}, set()),
        ({"output_delta": [["torch.{0}", "output_delta"]]}, {"output_delta"}),
    ],
)
def test_borrowing_is_told_from_calling(called, named):
    assert set(find_borrowed(LESSON, called, CELLS)) == named
