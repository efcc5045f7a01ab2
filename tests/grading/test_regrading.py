"""What changes a grade has a submission graded again, and nothing else does."""

import os
import shutil
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook

import autograder
import nblib
from autograder.grading import records
from autograder.grading.course import Course
from autograder.grading.opening import look_into
from autograder.grading.timestamps import read_timestamp
from tests.grading.conftest import FULL, LESSON, copy_of, grade, hand_in, rows, run, scores, solved

LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'\n"


def _gradebook(course):
    return Gradebook(f"sqlite:///{course}/classroom/gradebook.db")


def _due(course, moment):
    with _gradebook(course) as gradebook:
        gradebook.find_assignment(LESSON).duedate = moment
        gradebook.db.commit()


def _set(course, lines):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(lines)


def _penalty(course):
    with _gradebook(course) as gradebook:
        return gradebook.find_submission(LESSON, "late").late_submission_penalty


def _graded(course):
    return "1 graded" in " ".join(grade(course).split())


def test_a_late_penalty_follows_due_date_settings_and_timestamp(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    stamp = hand_in(course, "late", nbformat.writes(solved(released))) / "timestamp.txt"
    stamp.write_text("2026-03-01 12:00:00 UTC")
    assert _graded(course) and _penalty(course) == 0
    _due(course, datetime(2026, 2, 28))
    assert _graded(course) and _penalty(course) == 0
    _set(course, LATE)
    assert _graded(course) and _penalty(course) == sum(FULL.values())
    with _gradebook(course) as gradebook:
        mark = gradebook.find_grade("words", LESSON, LESSON, "late")
        mark.manual_score, mark.needs_manual_grade = 3, False
        gradebook.db.commit()
    _due(course, datetime(2026, 3, 2))
    assert _graded(course) and _penalty(course) == 0
    stamp.write_text("2026-03-03 12:00:00 UTC")
    assert _graded(course) and _penalty(course) == sum(FULL.values()) + 3
    stamp.unlink()
    assert _graded(course) and _penalty(course) == 0
    assert rows(course)["submissions"] == [("late", None)]
    assert scores(course, "late") == FULL
    # The work is the one that was marked.
    assert [given for _, name, _, *given in rows(course)["grades"] if name == "words"] == [[3, None, 0]]
    assert not _graded(course)


def test_points_that_change_in_the_source_are_graded_anew(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    hand_in(course, "right", nbformat.writes(solved(released)))
    grade(course)
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    source = nbformat.read(path, as_version=4)
    next(cell for cell in source.cells if cell.id == "output-delta-check").metadata.nbgrader.points = 8
    nbformat.write(source, path)
    assert _graded(course) and scores(course, "right") == FULL | {"output-delta-check": 8.0}
    assert not _graded(course)


PLUGIN = """
from nbgrader.plugins import BasePlugin
class HalfOff(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.5
c.AssignLatePenalties.plugin_class = HalfOff
"""
DECIDING = {
    "of-ours": "c.Grading.own_work_cost = 0.5",
    "seed": "c.Grading.hidden_seed = 5",
    "penalty": LATE,
    "plugin": PLUGIN,
    "plugin-edited": PLUGIN.replace("0.5", "0.6"),
    "steps": "c.Autograde.sanitize_preprocessors = ['nbgrader.preprocessors.OverwriteCells']",
    "step": "c.OverwriteCells.add_missing_cells = True",
    "step-within": "c.Autograde.OverwriteCells.add_missing_cells = True",
    "base-of-steps": "c.NbGraderPreprocessor.enabled = False",
    "lines": "c.LimitOutput.max_lines = 3",
    "list-added-to": "c.ClearMetadataPreprocessor.preserve_nb_metadata_mask.update({'a'})",
}
OTHER = {
    "export": "c.ExportPlugin.to = 'elsewhere.csv'",
    "page": "c.HTMLExporter.sanitize_html = True",
    "default": "c.Grading.own_work_cost = 0.0",
    "comment": "# nothing",
}


def _rules(course):
    course = Course(course, LESSON)
    return course.digest_of_rules(look_into(course.directory, LESSON).rules)


@pytest.fixture(scope="module")
def settings_course(empty_course, tmp_path_factory):
    return copy_of(empty_course, tmp_path_factory.mktemp("settings") / "course")


def _rules_with(course, lines):
    path = course / "nbgrader_config.py"
    before = path.read_text()
    path.write_text(f"{before}\n{lines}\n")
    try:
        return _rules(course)
    finally:
        path.write_text(before)


def test_every_setting_of_a_step_counts_and_others_do_not(settings_course, tmp_path):
    digests = {name: _rules_with(settings_course, lines) for name, lines in DECIDING.items()}
    plain = _rules(settings_course)
    assert len({plain, *digests.values()}) == 1 + len(DECIDING)
    assert {name: _rules_with(settings_course, lines) for name, lines in DECIDING.items()} == digests
    assert {_rules_with(settings_course, lines) for lines in OTHER.values()} == {plain}
    assert _rules(copy_of(settings_course, tmp_path / "moved")) == plain


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Copies of the packages, which stand for the installed ones where their files are looked at."""
    for package in (autograder, nblib):
        folder = tmp_path / package.__name__
        shutil.copytree(Path(package.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        stand_in = SimpleNamespace(__name__=package.__name__, __file__=str(folder / "__init__.py"))
        monkeypatch.setattr(records, package.__name__, stand_in)
    return tmp_path


def _of_lesson():
    return records.digest_of_packages(records.exercises_of_other_lessons(LESSON, ""))


@pytest.mark.parametrize(
    "name",
    [
        *("autograder/check.py", "autograder/grading/judge.py", "autograder/grading/outcome.py"),
        *("autograder/grading/own_work.py", "autograder/exercises/__init__.py", "autograder/exercises/lesson_03.py"),
        *("autograder/exercises/lesson_03/output_delta.py", "autograder/exercises/lesson_03/output_delta.toml"),
        *("autograder/a/new/module.py", "autograder/words.json", "nblib/backprop.py", "nblib/digits.npz"),
    ],
)
def test_a_change_of_any_file_that_can_change_a_grade_counts(packages, name):
    lesson, everything = _of_lesson(), records.digest_of_packages()
    path = packages / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"\n")
    assert _of_lesson() != lesson
    assert records.digest_of_packages() != everything


@pytest.mark.parametrize("name", ["lesson_05.py", "lesson_05/l2_cost.py", "lesson_05/l2_cost.toml"])
def test_exercises_of_other_lessons_count_for_those_only(packages, name):
    lesson, everything = _of_lesson(), records.digest_of_packages()
    asked_for = records.digest_of_packages(records.exercises_of_other_lessons(LESSON, "grade(l2_cost)"))
    path = packages / "autograder" / "exercises" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.write(b"\n")
    assert _of_lesson() == lesson
    assert records.digest_of_packages() != everything
    assert records.digest_of_packages(records.exercises_of_other_lessons(LESSON, "grade(l2_cost)")) != asked_for


def test_a_lesson_that_imports_from_another_one_depends_on_it(packages):
    with (packages / "autograder" / "exercises" / "lesson_03.py").open("a") as file:
        file.write("\nfrom autograder.exercises.lesson_05 import l2_cost\n")
    assert "lesson_05" not in records.exercises_of_other_lessons(LESSON, "")
    assert "lesson_06" in records.exercises_of_other_lessons(LESSON, "")


def test_a_lesson_of_no_known_exercise_depends_on_all():
    assert records.exercises_of_other_lessons("week-3", "assert True") == set()


@pytest.mark.parametrize("name", ["__pycache__/check.pyc", ".check.py.swp", "check.py~", ".ipynb_checkpoints/a.py"])
def test_what_tools_leave_behind_counts_for_nothing(packages, name):
    before = records.digest_of_packages()
    path = packages / "autograder" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert records.digest_of_packages() == before


def _as_folder(path):
    path.mkdir()
    (path / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")


def _as_link(path):
    (path.parent / "there.txt").write_text("2026-03-01 12:00:00 UTC")
    path.symlink_to("there.txt")


def _as_zone(path):
    path.write_text("2026-03-01 12:00:00 XYZ")


USELESS = {
    "folder": (_as_folder, "is not a file"),
    "empty-folder": (lambda path: path.mkdir(), "is not a file"),
    "pipe": (os.mkfifo, "is not a file"),
    "link": (_as_link, "is a link"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "is a link"),
    "empty": (lambda path: path.write_text(" \n"), "is empty"),
    "huge": (lambda path: path.write_text("1" * 2**24), "is too long"),
    "binary": (lambda path: path.write_bytes(bytes(range(128, 256))), "cannot be read"),
    "words": (lambda path: path.write_text("yesterday"), "does not contain a valid time"),
    "beyond-dates": (lambda path: path.write_text("9999-12-31 23:59:59 -1200"), "does not contain a valid time"),
    "large-number": (lambda path: path.write_text("9" * 100), "does not contain a valid time"),
    "day": (lambda path: path.write_text("12"), "does not contain a complete date"),
    "time-only": (lambda path: path.write_text("12:30"), "does not contain a complete date"),
}
DOUBTFUL = {
    "future": (lambda path: path.write_text("3026-03-01 12:00:00 UTC"), "is in the future"),
    "zone": (_as_zone, "The time zone XYZ"),
}


@pytest.mark.parametrize("kind", USELESS)
def test_a_timestamp_that_is_none_is_said(kind, tmp_path):
    make, why = USELESS[kind]
    make(tmp_path / "timestamp.txt")
    timestamp, said = read_timestamp(tmp_path)
    assert timestamp is None and why in said and "as if it were on time" in said


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-01 12:00:00 UTC", "2026-03-01 12:00:00.123456 CET", "2026-03-01T12:00:00+01:00"),
        *("2026-03-01 12:00:00 +0100", "2026-03-01 12:00:00", "March 1, 2026 12:00\n"),
    ],
)
def test_a_timestamp_that_is_one_is_taken(text, tmp_path):
    assert read_timestamp(tmp_path) == (None, "")
    (tmp_path / "timestamp.txt").write_text(text)
    assert read_timestamp(tmp_path) == (text.strip(), "")


def test_a_timestamp_that_is_none_costs_nothing_and_is_looked_at(empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    cases = USELESS | DOUBTFUL
    for student, (make, _) in cases.items():
        make(hand_in(course, student, nbformat.writes(solved(released))) / "timestamp.txt")
    lines = {line.split()[0]: line for line in grade(course, code=3).splitlines() if line.split()}
    for student, (_, why) in cases.items():
        assert why in lines[student]
        assert scores(course, student) == FULL
    stamps = dict(rows(course)["submissions"])
    assert {student: stamps[student] for student in USELESS} == dict.fromkeys(USELESS)
    assert stamps["future"].startswith("3026-03-01") and stamps["zone"].startswith("2026-03-01 12:00")
    assert "15 unchanged" in " ".join(grade(course, code=3).split())
