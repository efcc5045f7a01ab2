"""Copies are found whatever was done to hide them, and what everybody writes makes nobody look alike."""

import shutil

import nbformat
import pytest

from autograder.desk.similar.class_answers import ClassAnswers
from autograder.desk.similar.compare import Pair, compare
from autograder.desk.similar.page import make_page
from autograder.desk.similar.pieces import pieces_of
from tests.desk.copies import KINDS, school
from tests.desk.graded import LESSON, desk, graded_class
from tests.grading.conftest import run

CODE = "def f(a, y):\n    total = 0\n    for one, two in zip(a, y):\n        total += 2 * one * two\n    return total"


@pytest.mark.parametrize("seed", [11, 12])
def test_planted_copies_come_first(seed):
    answers, planted = school(LESSON, students=60, of_each_kind=4, seed=seed)
    first = {frozenset((each.one, each.other)) for each in compare(answers, {}, most=18)}
    assert {planted[pair] for pair in first & set(planted)} == set(KINDS)
    assert len(first & set(planted)) >= 15


@pytest.mark.parametrize(
    "other",
    [
        CODE.replace("total", "s").replace("one", "p").replace("two", "q"),
        CODE.replace("2 * one * two", "two * 2 * one"),
        CODE.replace("    for", "    # add up\n\n    for"),
        CODE.replace("def f(a, y):", 'def f(a, y):\n    """What I do."""'),
    ],
)
def test_what_is_easily_changed_hardly_counts(other):
    answers = {"a": {"f": CODE}, "b": {"f": other}, "c": {"f": "def f(a, y):\n    return 2 * np.sum(a * y)"}}
    first, *_ = compare(answers, {})
    assert {first.one, first.other} == {"a", "b"} and first.share > 0.6


def test_what_was_handed_out_counts_for_nobody():
    stub = "def f(a, y):\n    slope = a * (1 - a)\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    one, other = stub + "\n    return slope * y", stub + "\n    return np.outer(y, slope)"
    assert all(pair.share < 0.5 for pair in compare({"a": {"f": one}, "b": {"f": other}}, {"f": stub}))


@pytest.mark.parametrize("code", ["def f(:\n  x", "", "(" * 500, "x = '\ud800'", "a;" * 9000, "\x00"])
def test_code_that_cannot_be_parsed_is_no_error(code):
    assert pieces_of(code) is not None
    compare({"a": {"f": code}, "b": {"f": code}}, {})


@pytest.fixture
def course(tmp_path_factory, tmp_path):
    shutil.copytree(graded_class(tmp_path_factory.getbasetemp()), tmp_path / "course")
    return tmp_path / "course"


def test_a_class_is_compared_and_the_page_shows_the_code_side_by_side(course):
    page = course / "similar.html"
    shown = desk(course, "similar", LESSON, "--html", str(page))
    assert "proves nothing" in shown and "Ada Lovelace" in shown
    html = page.read_text(encoding="utf-8")
    assert (
        "output_delta" in html and "<mark>" in html and "<script" not in html and "//" not in html.split("</head>")[0]
    )


def test_a_class_is_compared_with_the_solution_and_with_another_folder(course, tmp_path):
    assert "the solution" in desk(course, "similar", LESSON, "--against", "solutions")
    shutil.copytree(course / "classroom" / "submitted" / "cem", tmp_path / "earlier" / "zoe")
    shown = desk(course, "similar", LESSON, "--against", str(tmp_path / "earlier"))
    assert "zoe" in shown


def test_answers_of_very_many_lines_are_shown_side_by_side_up_to_a_limit():
    """Each line was looked for among all that are the same, and two students can have a hundred thousand of them."""
    for lines in ("x = 1\n", "\n"):
        answers = {name: {"f": CODE + lines * 100_000} for name in "ab"}
        found = ClassAnswers(LESSON, answers, {}, {}, {})
        page = make_page(found, {}, [Pair("a", "b", 1.0, {"f": 1.0})], "")
        assert page.count("<mark>") < 2000 and "total += 2" in page


def test_what_cannot_be_compared_gets_one_sentence(course, tmp_path):
    assert "There is no folder" in desk(course, "similar", LESSON, "--against", "nowhere", code=1)
    (tmp_path / "empty").mkdir()
    assert "No notebook in" in desk(course, "similar", LESSON, "--against", str(tmp_path / "empty"), code=1)
    shutil.rmtree(course / "classroom" / "autograded")
    assert "Run `autograder grade" in desk(course, "similar", LESSON, code=1)


def test_the_worked_lesson_that_is_handed_out_is_known_and_a_copy_of_it_has_everything_in_common(course, tmp_path):
    """As the source has it, with nbgrader's markers, or as it is handed out, without any marks."""
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    shutil.copy(source, course / "classroom" / "submitted" / "cem" / LESSON / f"{LESSON}.ipynb")
    run(course, "autograder", "grade", LESSON, "--student", "cem")
    worked = nbformat.read(source, as_version=4)
    for cell in worked.cells:
        cell.metadata = {}
        cell.source = "\n".join(line for line in cell.source.splitlines() if "### " not in line)
    folder = tmp_path / "shared" / f"{LESSON}-solutions"
    folder.mkdir(parents=True)
    nbformat.write(worked, folder / f"{LESSON}-solutions.ipynb")
    for against in (str(folder), str(folder.parent), "solutions"):
        shown = desk(course, "similar", LESSON, "--against", against)
        (line,) = [line for line in shown.splitlines() if "Öztürk" in line]
        assert line.split()[0] == "100%" and "100% is the same code throughout" in shown


def test_if_nothing_is_in_common_that_is_said(course, tmp_path):
    shutil.copytree(course / "lessons", tmp_path / "released")
    assert "No two of them" in desk(course, "similar", LESSON, "--against", str(tmp_path / "released"))
