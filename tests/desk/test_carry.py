"""A student's answers are taken into a corrected lesson, and what finds no place there is listed."""

import copy
import json

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.desk.carry import carry, command
from tests.desk.conftest import OTHER, other_lesson, release
from tests.grading.conftest import (
    CONFIG,
    LESSON,
    RIGHT,
    copy_of,
    grade,
    hand_in,
    marks,
    scores,
    solved,
    source_notebook,
)


def lesson():
    """The small lesson as students get it."""
    notebook = source_notebook()
    for cell in notebook.cells:
        if cell.id in RIGHT:
            cell.source = f"{RIGHT[cell.id].splitlines()[0]}\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    return notebook


def corrected():
    """The lesson with a corrected text, a longer stub, a mended test and a new cell."""
    notebook = lesson()
    cells = {cell.id: cell for cell in notebook.cells}
    cells["title"].source = "# A small lesson, corrected"
    cells["layer-gradients"].source = '"""New."""\n' + cells["layer-gradients"].source
    cells["output-delta-check"].source += "\n# mended"
    notebook.cells.insert(1, new_markdown_cell("A new text.", id="new-text"))
    return notebook


def texts(notebook):
    return {cell.id: cell.source for cell in notebook.cells}


def test_answers_are_carried_and_the_rest_is_the_corrected_lesson():
    new = corrected()
    carried, left = carry(solved(lesson()), new)
    assert carried == ["output-delta", "layer-gradients"] and left == []
    assert texts(new) == texts(corrected()) | RIGHT
    assert [cell.metadata for cell in new.cells] == [cell.metadata for cell in corrected().cells]


def test_an_answer_that_is_not_written_leaves_the_new_stub():
    new = corrected()
    carried, left = carry(solved(lesson(), {"output-delta": RIGHT["output-delta"]}), new)
    assert carried == ["output-delta"] and left == []
    assert texts(new)["layer-gradients"] == texts(corrected())["layer-gradients"]


def test_the_cells_below_a_written_question_go_with_it():
    old, new = solved(lesson()), corrected()
    old.cells += [new_markdown_cell("My answer.", id="mine"), new_markdown_cell("And more.", id="more")]
    new.cells.append(new_markdown_cell("The end.", id="end"))
    carried, left = carry(old, new)
    assert carried[2:] == ["words", "words"] and left == []
    assert [cell.id for cell in new.cells][-4:] == ["words", "mine", "more", "end"]


def test_an_answer_without_metadata_is_recognised_by_the_id_of_its_cell():
    old, new = solved(lesson()), corrected()
    for cell in old.cells:
        cell.metadata.pop("nbgrader", None)
    assert carry(old, new) == (["output-delta", "layer-gradients"], [])


def test_what_has_no_place_is_listed():
    old, new = solved(lesson(), before=["def helper():\n    return 1"]), corrected()
    new.cells = [cell for cell in new.cells if not cell.id.startswith("output-delta")]
    old.cells.append(new_code_cell("", id="empty"))
    del old.cells[[cell.id for cell in old.cells].index("words")]
    carried, left = carry(old, new)
    assert carried == ["layer-gradients"]
    assert left == [
        "a code cell of the student's own: def helper():",
        "the answer output-delta: def output_delta(a, y, z):",
    ]


def test_an_answer_of_another_kind_is_listed():
    old, new = solved(lesson()), corrected()
    answer = next(cell for cell in old.cells if cell.id == "output-delta")
    old.cells[old.cells.index(answer)] = new_markdown_cell("In words.", id=answer.id, metadata=answer.metadata)
    assert carry(old, new)[1] == ["the answer output-delta: In words."]


@pytest.fixture
def files(tmp_path):
    old, new = tmp_path / "mine.ipynb", tmp_path / f"{LESSON}.ipynb"
    nbformat.write(solved(lesson()), old)
    nbformat.write(corrected(), new)
    return old, new


def test_the_command_writes_one_valid_file_and_changes_no_other(files):
    old, new = files
    before = old.read_bytes(), new.read_bytes()
    done = CliRunner().invoke(command, [str(old), str(new)])
    assert done.exit_code == 0, done.output
    written = new.with_name(f"{LESSON}-carried.ipynb")
    nbformat.validate(nbformat.read(written, as_version=4))
    assert (old.read_bytes(), new.read_bytes()) == before
    again = CliRunner().invoke(command, [str(old), str(new)])
    assert again.exit_code == 1 and "exists already" in again.output
    assert CliRunner().invoke(command, [str(old), str(new), "--output", str(old)]).exit_code == 1
    assert old.read_bytes() == before[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a notebook"),
        (json.dumps(nbformat.v4.new_notebook()), "has no answers for"),
    ],
)
def test_what_is_no_notebook_of_the_lesson_is_said(files, content, words):
    old, new = files
    old.write_text(content)
    done = CliRunner().invoke(command, [str(old), str(new)])
    assert done.exit_code == 1 and words in done.output and len(done.output.splitlines()) == 1
    assert not new.with_name(f"{LESSON}-carried.ipynb").exists()


def test_hostile_metadata_and_terminal_codes_do_nothing(files):
    old, new = files
    notebook = solved(lesson())
    notebook.cells.append(new_code_cell("\x1b[2J = 1", metadata={"nbgrader": ["solution"]}))
    own = marks("\x1b[1A", solution=True)
    notebook.cells.append(new_code_cell("x = 1", metadata=own))
    notebook.cells.insert(0, copy.deepcopy(notebook.cells[-2]))
    old.write_text(json.dumps(notebook))
    done = CliRunner().invoke(command, [str(old), str(new)])
    assert done.exit_code == 3 and "\x1b" not in done.output


def test_a_carried_notebook_is_graded_as_the_old_one_was(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    old, new, carried = tmp_path / "old.ipynb", tmp_path / "new.ipynb", tmp_path / "carried.ipynb"
    nbformat.write(solved(released, {"output-delta": RIGHT["output-delta"]}), old)
    nbformat.write(released, new)
    assert CliRunner().invoke(command, [str(old), str(new), "--output", str(carried)]).exit_code == 0
    hand_in(course, "ann", carried.read_text())
    grade(course)
    assert scores(course, "ann") == {"output-delta-check": 2.0, "layer-gradients-check": 0.0}


@pytest.fixture
def small_course(tmp_path):
    """A course with two lessons in lessons/ and the first of them in solutions/ as well."""
    for folder in ("lessons", "solutions"):
        for name, source in ((LESSON, source_notebook()), (OTHER, other_lesson())):
            path = tmp_path / folder / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(release(source) if folder == "lessons" else source, path)
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    return tmp_path


def carried_into(course, notebook):
    nbformat.write(notebook, course / "old.ipynb")
    new = course / "lessons" / LESSON / f"{LESSON}.ipynb"
    return CliRunner().invoke(command, [str(course / "old.ipynb"), str(new), "--output", str(course / "out.ipynb")])


def test_a_notebook_of_another_lesson_is_named_and_nothing_carried(small_course):
    done = carried_into(small_course, release(other_lesson()))
    assert done.exit_code == 1 and f"is the notebook of {OTHER}" in done.output
    assert not (small_course / "out.ipynb").exists()


def test_a_lesson_that_its_source_has_left_behind_is_said(small_course):
    done = carried_into(small_course, solved(lesson()))
    assert done.exit_code == 0 and "Warning" not in done.output
    (small_course / "out.ipynb").unlink()
    path = small_course / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("A small lesson", "A corrected lesson"))
    done = carried_into(small_course, solved(lesson()))
    assert f"isn't what solutions/{LESSON}/ says now" in done.output and "2 answers carried" in done.output
