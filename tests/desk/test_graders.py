"""One notebook is graded as in a class, and the result is what Gradescope and PrairieLearn read."""

import json
import shutil
import zipfile

import jsonschema
import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.grading.course import Course
from tests.desk.result_formats import SCHEMAS
from tests.grading.conftest import CONFIG, FULL, LESSON, WRONG, copy_of, solved


@pytest.fixture(scope="module")
def course(empty_course, tmp_path_factory):
    return copy_of(empty_course, tmp_path_factory.mktemp("graders") / "course")


def run(course, path, form, code=0, lesson=LESSON, target=None):
    words = ["run", str(path), "--lesson", lesson, "--to", form, "--course", str(course)]
    done = CliRunner().invoke(main, words + (["--output", str(target)] if target else []))
    assert done.exit_code == code, f"{done.exit_code}\n{done.output}"
    text = target.read_text(encoding="utf-8") if target else done.stdout
    data = json.loads(text) if text.startswith("{") else None
    if data is not None:
        jsonschema.validate(data, SCHEMAS[form])
    return data


def written(notebook, path):
    nbformat.write(notebook, path)
    return path


def test_a_right_notebook_gets_the_points_of_a_class(course, released, tmp_path):
    data = run(course, written(solved(released), tmp_path / "my work.ipynb"), "json")
    assert data["points"] == sum(FULL.values()) == data["max_points"]
    assert data["by_hand"] and not data["review_reasons"]


def test_a_wrong_one_hears_its_mistake_and_no_hidden_number(course, released, tmp_path):
    path = written(solved(released, WRONG["sign"]), tmp_path / "a.ipynb")
    first, second = run(course, path, "gradescope")["tests"]
    assert (first["score"], second["score"]) == (0, 2) and first["status"] == "failed"
    assert "wrong sign" in first["output"] and "<" not in first["output"]
    assert run(course, path, "prairielearn")["score"] == pytest.approx(0.5)
    (task,) = [each for each in run(course, path, "json")["tasks"] if each["name"] == "output_delta"]
    assert task["mistakes"] == ["sign"]


def test_the_numbers_of_a_lecturers_own_hidden_test_are_not_told(course, released, tmp_path):
    course = copy_of(course, tmp_path / "course")
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == "output-delta-check"]
    cell.source = "np.testing.assert_allclose(output_delta(np.ones(1), np.zeros(1), np.zeros(1)), 0.123456)"
    nbformat.write(notebook, source)
    wrong, _ = run(course, written(solved(released), tmp_path / "a.ipynb"), "gradescope")["tests"]
    assert wrong["score"] == 0 and wrong["output"] == "The check stopped with AssertionError."
    missing, _ = run(course, written(solved(released, {}), tmp_path / "b.ipynb"), "gradescope")["tests"]
    assert "0.123456" not in missing["output"]
    nameless = {"output-delta": "pass"}
    missing, _ = run(course, written(solved(released, nameless), tmp_path / "c.ipynb"), "gradescope")["tests"]
    assert missing["output"] == "output_delta isn't defined. No cell of your notebook defines it."


def test_tests_that_were_changed_or_deleted_are_those_of_the_source_again(course, released, tmp_path):
    notebook = solved(released, WRONG["sign"])
    notebook.cells = [cell for cell in notebook.cells if cell.id != "layer-gradients-check"]
    for cell in notebook.cells:
        if cell.id == "output-delta-check":
            cell.source = "2.0"
    data = run(course, written(notebook, tmp_path / "a.ipynb"), "json")
    assert [task["points"] for task in data["tasks"] if task["points"] is not None] == [0.0, 2.0]


def test_a_folder_is_what_a_student_handed_in(course, released, tmp_path):
    (tmp_path / "in").mkdir()
    written(solved(released), tmp_path / "in" / "x.ipynb")
    (tmp_path / "in" / "notes.txt").write_text("hello")
    target = tmp_path / "results" / "results.json"
    assert run(course, tmp_path / "in", "gradescope", target=target)["tests"][0]["score"] == 2


@pytest.mark.parametrize("form", SCHEMAS)
def test_what_cannot_be_graded_gets_a_sentence_and_a_result_all_the_same(form, course, tmp_path):
    (tmp_path / "a.ipynb").write_text("{ cut off")
    target = tmp_path / "results.json"
    data = run(course, tmp_path / "a.ipynb", form, code=1, target=target)
    assert any("a.ipynb" in str(value) or "notebook" in str(value) for value in data.values())
    assert data.get("gradable", False) is False


def test_an_unknown_lesson_is_told(course, tmp_path, released):
    path = written(solved(released), tmp_path / "a.ipynb")
    assert run(course, path, "json", code=1, lesson="3-delta") is None


def test_the_zip_for_gradescope_grades_by_itself(course, released, tmp_path):
    done = CliRunner().invoke(main, ["build", "gradescope", LESSON, "--to", str(tmp_path), "--course", str(course)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / f"{LESSON}-gradescope.zip") as archive:
        archive.extractall(tmp_path / "source")
    names = {path.name for path in (tmp_path / "source").iterdir()}
    assert {"setup.sh", "run_autograder", "course"} <= names and any(name.endswith(".whl") for name in names)
    assert LESSON in (tmp_path / "source" / "run_autograder").read_text()
    path = written(solved(released), tmp_path / "a.ipynb")
    assert run(tmp_path / "source" / "course", path, "gradescope")["tests"][1]["score"] == 2


def test_a_container_grades_with_the_settings_of_the_course_and_ends_in_time(empty_course, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    own = "c.Grading.cell_seconds = 7\nc.Grading.own_work_cost = 0.5\nc.Grading.follow_on = False\n"
    (course / "nbgrader_config.py").write_text(CONFIG + own)
    words = ["build", "prairielearn", LESSON, "--to", str(tmp_path), "--course", str(course)]
    assert CliRunner().invoke(main, words).exit_code == 0
    settings = Course(tmp_path / LESSON / "tests" / "course", LESSON).settings
    assert (settings.cell_seconds, settings.own_work_cost, settings.follow_on) == (7, 0.5, False)
    timeout = json.loads((tmp_path / LESSON / "info.json").read_text())["externalGradingOptions"]["timeout"]
    assert settings.wall_seconds + 100 < timeout and settings.memory < 2 * 2**30


def test_the_question_for_prairielearn_grades_by_itself(course, released, tmp_path):
    done = CliRunner().invoke(main, ["build", "prairielearn", LESSON, "--to", str(tmp_path), "--course", str(course)])
    assert done.exit_code == 0, done.output
    question = tmp_path / LESSON
    info = json.loads((question / "info.json").read_text())
    assert info["gradingMethod"] == "External" and info["externalGradingOptions"]["timeout"] <= 600
    assert info["title"] == "A small lesson" and (question / "tests" / "run.sh").stat().st_mode & 0o111
    path = written(solved(released), tmp_path / "a.ipynb")
    assert run(question / "tests" / "course", path, "prairielearn")["score"] == 1
    shutil.rmtree(question)
