"""A submission is normalised: its cells have the metadata of the source, and its tests stand where they belong."""

import copy

import pytest
from nbformat.v4 import new_markdown_cell
from traitlets.utils.importstring import import_item

from autograder.grading.normalise import grade_id_of, kind_of, normalise
from autograder.grading.preprocessors import Normalise
from tests.grading.conftest import marks, source_notebook

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
