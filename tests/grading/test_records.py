"""The digest of the packages: which of their files can change a grade of a lesson."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import autograder
import nblib
from autograder.grading import records
from tests.grading.conftest import LESSON


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
