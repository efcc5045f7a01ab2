"""What every exercise has to keep to: each rule finds an exercise that breaks it, and says what to do."""

import json
from dataclasses import replace

import nbformat
import pytest

from autograder.audit import agreement, cells, order, rules
from autograder.exercise import Mistake
from autograder.exercises import DERIVATIONS, EXERCISES, ORDER

NAME = "output_delta"
LESSON = "03-delta-recursion"


@pytest.fixture
def changed(monkeypatch):
    """Change an exercise for one test; return what is then wrong with it."""

    def change(**fields):
        monkeypatch.setitem(EXERCISES, NAME, replace(EXERCISES[NAME], **fields))
        return rules.complaints(NAME)

    return change


def test_too_few_mistakes_and_variants(changed):
    few, fewer = changed(mistakes=EXERCISES[NAME].mistakes[:5], variants=EXERCISES[NAME].variants[:2])
    assert few.startswith(f"{NAME}: It has 5 mistakes, but it needs at least 6.")
    assert fewer.startswith(f"{NAME}: It has 2 variants, but it needs at least 3")


def test_a_hint_that_is_shared(changed):
    first, second, *others = EXERCISES[NAME].mistakes
    (told,) = changed(mistakes=[first, replace(second, hint=first.hint), *others])
    assert told.startswith(f"{NAME}: {first.id}, {second.id} share a hint.")


@pytest.mark.parametrize(
    ("hint", "words"),
    [("One. Two. Three. Four.", "has 4 sentences"), ("a" * 321, "and 321 characters")],
)
def test_a_hint_that_is_too_long(changed, hint, words):
    first, *others = EXERCISES[NAME].mistakes
    (told,) = changed(mistakes=[replace(first, hint=hint), *others])
    assert f"The hint of {first.id} has" in told and words in told


def test_a_remark_in_brackets_is_no_sentence(changed):
    first, *others = EXERCISES[NAME].mistakes
    hint = "One, as in 0.5. Two! Three? (Where all layers are equally wide, no error tells you so.)"
    assert changed(mistakes=[replace(first, hint=hint), *others]) == []


def test_a_name_that_does_not_exist(changed):
    wrong = Mistake("slip", lambda a, y, z: [numpy.sum(a) for _ in y], "A hint.")  # noqa: F821
    (told,) = changed(mistakes=[*EXERCISES[NAME].mistakes, wrong])
    assert told.startswith(f"{NAME}: slip uses numpy, which its module doesn't define.")


def test_probes_that_do_not_depend_on_the_seed(changed):
    probes = EXERCISES[NAME].probes
    (told,) = changed(probes=lambda rng: probes(rules.np.random.default_rng(0)))
    assert told.startswith(f"{NAME}: Its hidden probes are the public ones.")


def test_files_that_are_too_long(changed, monkeypatch):
    monkeypatch.setattr(rules, "MAX_LINES", {".py": 10, ".toml": 400})
    monkeypatch.setattr(rules, "MAX_LINES_ON_AVERAGE", 100)
    one, total = changed()
    assert "output_delta.py has " in one and "lines, but at most 10 are allowed." in one
    assert "lines on average, where 100 are allowed" in total


def test_what_is_left_to_do(changed, tmp_path, monkeypatch):
    (tmp_path / "output_delta.py").write_text("# TODO: the equation\n")
    (tmp_path / "output_delta.toml").write_text("")
    monkeypatch.setattr(rules.inspect, "getfile", lambda function: str(tmp_path / "output_delta.py"))
    (told,) = changed()
    assert told.endswith("output_delta.py isn't finished: line 1 says '# TODO: the equation'.")


def test_a_difference_from_the_table(changed):
    (told,) = [each for each in changed(lesson="04-cross-entropy") if "table" in each]
    assert "It is in lesson_04, but the table says lesson_03" in told


def test_a_reference_that_differs_from_nblibs(changed, monkeypatch):
    monkeypatch.setitem(agreement._SAME, NAME, lambda a, y, z: 3 * a)
    told = changed()
    assert len(told) == 2
    assert told[0].startswith(f"{NAME}: nblib's function fails on the public numbers: ")


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A copy of a lesson, in which a cell can be changed or left out."""
    monkeypatch.setattr(cells, "ROOT", tmp_path)

    def change(grade_id, source=None, points=None, left_out=False, output=None):
        cells.notebooks.cache_clear()
        for folder in ("solutions", "lessons"):
            path = tmp_path / folder / LESSON / f"{LESSON}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            notebook = nbformat.read(ROOT / folder / LESSON / f"{LESSON}.ipynb", as_version=4)
            for cell in list(notebook.cells):
                if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
                    cell.source = source or cell.source
                    cell.metadata.nbgrader.update({} if points is None else {"points": points})
                    if output and folder == "solutions":
                        cell.outputs[0].data["text/plain"] = output
                    if left_out in (True, folder):
                        notebook.cells.remove(cell)
            path.write_text(json.dumps(notebook))
        return list(cells.missing_cells(EXERCISES[NAME]))

    yield change
    cells.notebooks.cache_clear()


ROOT = cells.ROOT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"grade_id": "output-delta", "left_out": True}, "has a cell with the ID output-delta. `autograder new cells"),
        ({"grade_id": "output-delta-check", "left_out": True}, "has a cell with the ID output-delta-check. "),
        ({"grade_id": "output-delta-check", "left_out": "lessons"}, "lessons/03-delta-recursion doesn't have the cell"),
        ({"grade_id": "output-delta", "source": "def delta(): pass"}, "doesn't define output_delta."),
        ({"grade_id": "output-delta", "source": "def output_delta(a, y, z):\n    TODO"}, "isn't finished"),
        ({"grade_id": "output-delta-check", "points": 0}, "add the exercise to `optional` in autograder/exercises/ord"),
        ({"grade_id": "output-delta-check", "points": 3}, "is worth 3 points, but the exercise 2. Make them agree."),
        ({"grade_id": "output-delta-check", "source": "check(output_delta)"}, "doesn't call grade(output_delta)."),
        ({"grade_id": "output-delta-check", "output": "1.5"}, "stored with the output '1.5', which isn't full points."),
    ],
)
def test_a_lesson_that_does_not_use_the_exercise_rightly(lesson, change, words):
    (told,) = lesson(**change)
    assert words in told


def test_a_lesson_without_any_cell_of_the_exercise(lesson):
    unheard_of = replace(EXERCISES[NAME], name="unheard_of")
    lesson("none")
    (told,) = cells.missing_cells(unheard_of)
    assert "the cells unheard-of and unheard-of-check. `autograder new cells unheard_of --after CELL-ID` puts" in told


def test_an_exercise_that_progress_does_not_know(lesson, changed, monkeypatch):
    listed = {name: earlier for name, earlier in ORDER[LESSON].items() if name != "backprop"}
    monkeypatch.setitem(ORDER, LESSON, listed)
    lesson("none")
    (told,) = order.missing_line(EXERCISES["backprop"])
    assert told == (
        'order.toml doesn\'t list backprop in 03-delta-recursion: add `backprop = ["output_delta", "hidden_delta", '
        '"layer_gradients"]` after `layer_gradients`.'
    )
    monkeypatch.delitem(ORDER[LESSON], "base_case")
    (told,) = order.missing_line(DERIVATIONS["base_case"])
    assert told.endswith("add `base_case = []` as its first line.")
    monkeypatch.delitem(ORDER[LESSON], NAME)
    assert f"{NAME}: order.toml doesn't list {NAME} in {LESSON}: add `{NAME} = []` as its first line." in changed()


def test_a_lesson_that_does(lesson):
    assert lesson("none") == []
