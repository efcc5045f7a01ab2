"""A submission is read within limits and normalised: cells get the metadata of the source, tests get their place."""

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.utils import compute_checksum
from traitlets.utils.importstring import import_item

from autograder.grading.normalise import MAX_CELLS, Unreadable, grade_id_of, kind_of, normalise, read_notebook
from autograder.grading.preprocessors import Normalise
from autograder.grading.stubs import ClearSolutions
from tests.grading.conftest import marks, source_notebook

LESSONS = Path(__file__).resolve().parents[2]
ORDER = ["output-delta", "output-delta-check", "layer-gradients", "layer-gradients-check", "words"]


def _normalised(change):
    """Return the cells of a submission that was changed in some way and then normalised."""
    notebook = source_notebook()
    notebook.cells = change(notebook.cells)
    normalise(notebook, source_notebook())
    return notebook.cells


def _without_metadata(cells):
    for cell in cells:
        cell.metadata.pop("nbgrader", None)
    return cells


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells,
        lambda cells: [cell for cell in cells if not cell.id.endswith("-check")],
        lambda cells: [cell for cell in cells if cell.id != "words"],
        lambda cells: sorted(cells, key=lambda cell: not cell.id.endswith("-check")),
        _without_metadata,
    ],
    ids=["unchanged", "tests deleted", "question deleted", "tests first", "without metadata"],
)
def test_cells_and_their_metadata_are_those_of_the_source(change):
    cells = _normalised(change)
    source = {grade_id_of(cell): cell for cell in source_notebook().cells if grade_id_of(cell)}
    assert [grade_id_of(cell) for cell in cells if grade_id_of(cell)] == ORDER == list(source)
    for cell in cells:
        if grade_id_of(cell):
            assert cell.metadata == source[grade_id_of(cell)].metadata
            assert kind_of(cell) == kind_of(source[grade_id_of(cell)])


def test_an_answer_that_was_deleted_stays_deleted_and_its_test_does_not():
    cells = _normalised(lambda cells: [cell for cell in cells if not cell.id.startswith("output-delta")])
    assert sorted(grade_id_of(cell) for cell in cells if grade_id_of(cell)) == sorted(ORDER[1:])


def test_an_answer_graded_by_hand_that_is_missing_comes_back_without_the_model_answer():
    """It may have been added to the lesson after the work was handed in."""
    source = source_notebook()
    essay = new_markdown_cell("The model answer.", metadata=marks("essay", grade=True, solution=True, points=3))
    source.cells.append(essay)
    notebook = source_notebook()
    normalise(notebook, source)
    assert (grade_id_of(notebook.cells[-1]), notebook.cells[-1].source) == ("essay", "")


def test_of_copies_of_an_answer_the_last_one_counts():
    def copied(cells):
        again = copy.deepcopy(cells[2])
        again.source = "# again"
        return [*cells[:3], again, *cells[3:]]

    first, second = _normalised(copied)[2:4]
    assert grade_id_of(first) is None and grade_id_of(second) == "output-delta" and second.source == "# again"
    assert first.id != second.id


@pytest.mark.parametrize("metadata", ["none", {"grade_id": 3}, {"grade_id": ["words"]}, {}, None])
def test_metadata_of_another_form_names_no_cell(metadata):
    (cell, *_) = source_notebook().cells
    cell.metadata["nbgrader"] = metadata
    assert grade_id_of(cell) is None


def test_a_configuration_may_name_the_step_as_it_was_called_before():
    assert import_item("autograder.grading.preprocessors.Mend") is Normalise


def handed_in(change):
    notebook = json.loads(nbformat.writes(source_notebook()))
    change(notebook)
    return json.dumps(notebook).encode()


def _many_cells(notebook):
    notebook["cells"] += [{"cell_type": "raw", "id": "a", "metadata": {}, "source": ""}] * MAX_CELLS


def _deep(notebook):
    for _ in range(100):
        notebook["metadata"] = {"x": [notebook["metadata"]]}


@pytest.mark.parametrize(("change", "why"), [(_many_cells, "more than 2,000 cells"), (_deep, "nested too deeply")])
def test_a_notebook_that_would_take_long_to_read_is_refused(change, why):
    with pytest.raises(Unreadable, match=why):
        read_notebook(handed_in(change))


@pytest.mark.parametrize("tags", [list(range(100_000)), ["a"] * 100_000, [{"a": 1}] * 100_000, "a", ["a,b"], [""]])
def test_tags_that_are_none_go_and_the_notebook_is_read(tags, monkeypatch):
    """Each of them took milliseconds to be found invalid; now the schema is asked about a notebook that is valid."""
    found = []
    monkeypatch.setattr("nbformat.validator.better_validation_error", lambda error, *_: found.append(error) or error)
    notebook = read_notebook(handed_in(lambda notebook: notebook["cells"][0]["metadata"].update(tags=tags)))
    assert "tags" not in notebook.cells[0].metadata and len(notebook.cells) == len(source_notebook().cells)
    assert not found


def _data(part, count=100_000):
    def change(notebook):
        notebook["metadata"]["x"] = [[part] * 1000] * (count // 1000)

    return change


@pytest.mark.parametrize("part", [[], {}, 0, ""])
def test_a_notebook_of_many_parts_is_refused(part):
    assert read_notebook(handed_in(_data(part))).metadata.x
    with pytest.raises(Unreadable, match="too much data beside"):
        read_notebook(handed_in(_data(part, 300_000)))


def test_a_file_of_many_brackets_is_not_read(monkeypatch):
    content = handed_in(_data([], 3_000_000))
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("it was read"))
    with pytest.raises(Unreadable, match="Clear them"):
        read_notebook(content)


def test_outputs_of_many_parts_are_no_hindrance():
    """A figure may hold many numbers; outputs are made anew."""

    def change(notebook):
        data = {"application/json": [1.5] * 400_000}
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]

    assert len(read_notebook(handed_in(change)).cells) == len(source_notebook().cells)


def test_many_cells_of_one_id_get_ids_of_their_own():
    cell = {"cell_type": "raw", "id": "setup", "metadata": {"nbgrader": {"grade_id": "words"}}, "source": ""}
    notebook = read_notebook(handed_in(lambda notebook: notebook["cells"].extend([cell] * (MAX_CELLS - 100))))
    normalise(notebook, source_notebook())
    ids = [each.id for each in notebook.cells]
    assert len(set(ids)) == len(ids) > MAX_CELLS - 100


def _without_any_ids(notebook):
    """What an editor saves that keeps neither the ids of cells nor the course's metadata."""
    for cell in notebook.cells:
        cell.pop("id", None)
        cell.metadata = {}
    notebook.nbformat_minor = 4
    return read_notebook(nbformat.writes(notebook).encode())


def _released(source):
    notebook = copy.deepcopy(source)
    for step in (ClearSolutions(), ClearHiddenTests(), ClearMarkScheme()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


@pytest.mark.parametrize("lesson", [path.parent.name for path in sorted(LESSONS.glob("solutions/*/*.ipynb"))])
def test_every_marked_cell_of_a_lesson_without_ids_is_recognised_where_it_stands(lesson):
    source = nbformat.read(LESSONS / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    notebook = _without_any_ids(_released(source))
    texts = [cell.source for cell in notebook.cells]
    assert normalise(notebook, source) == []
    assert [cell.source for cell in notebook.cells] == texts
    assert [grade_id_of(cell) for cell in notebook.cells] == [grade_id_of(cell) for cell in source.cells]


def _with_question(text="## In your own words\n\nWhy is there a sum?"):
    source = source_notebook()
    source.cells[-1].source = f"{text}\n\n=== BEGIN MARK SCHEME ===\nTwo points.\n=== END MARK SCHEME ==="
    return source


ANSWER = "Because every neuron feeds all of the next layer."


@pytest.mark.parametrize("strip", [_without_any_ids, lambda notebook: notebook], ids=["without ids", "with ids"])
@pytest.mark.parametrize("typed_into", [False, True], ids=["below", "into the question"])
def test_an_answer_stays_below_its_question(strip, typed_into):
    source = _with_question()
    notebook = _released(source)
    if typed_into:
        notebook.cells[-1].source += f"\n\n{ANSWER}"
    else:
        notebook.cells.append(new_markdown_cell(ANSWER))
    notebook = strip(notebook)
    assert normalise(notebook, source) == []
    assert [grade_id_of(cell) for cell in notebook.cells[-2:]] == ["words", None]
    assert notebook.cells[-1].source == ANSWER


def test_a_question_whose_text_was_corrected_is_known_by_its_heading_and_nothing_is_lost():
    source = _with_question()
    notebook = _without_any_ids(_released(_with_question("## In your own words\n\nWhy a sum?")))
    notebook.cells.append(new_markdown_cell(ANSWER))
    assert normalise(notebook, source) == []
    assert [grade_id_of(cell) for cell in notebook.cells[-3:]] == ["words", None, None]
    assert notebook.cells[-1].source == ANSWER


def test_the_old_text_of_a_question_is_no_answer_where_its_checksum_says_that_nobody_changed_it():
    source = _with_question()
    notebook = _released(_with_question("## In your own words\n\nWhy a sum?"))
    notebook.cells[-1].metadata.nbgrader.checksum = compute_checksum(notebook.cells[-1])
    normalise(notebook, source)
    assert grade_id_of(notebook.cells[-1]) == "words"


def test_where_the_question_is_gone_and_there_is_text_somebody_has_to_look():
    source = _with_question()
    notebook = _without_any_ids(_released(source))
    del notebook.cells[-1]
    assert normalise(copy.deepcopy(notebook), source) == []
    notebook.cells.insert(1, new_markdown_cell(ANSWER))
    (reason,) = normalise(notebook, source)
    assert "words" in reason and "Look for the answer" in reason
