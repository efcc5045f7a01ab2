"""The commands of the README and of the instructor's guide, typed one after the other into a fresh copy of the course.

A block that is not to be typed says so, and why, in a comment directly before it: ``<!-- not typed: … -->``.
"""

import re
import shutil
import sqlite3
import subprocess
from itertools import pairwise

import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory

from autograder.exercises import DERIVATIONS, EXERCISES
from tests.conftest import ROOT

PAGES = ("README.md", "docs/instructors-guide.md")
LESSON = "03-delta-recursion"
CHECKS = [*EXERCISES.values(), *DERIVATIONS.values()]
OPTIONAL = {"finishing_touches"}
FULL = sum(each.points for each in CHECKS if each.lesson == LESSON and each.name not in OPTIONAL)
NOT_TYPED = re.compile(r"<!-- not typed: \S.* -->")
NOT_OF_THE_COURSE = shutil.ignore_patterns(
    ".git", ".venv", ".build", "build", "classroom", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
)


def blocks(text):
    """Yield every block of commands, with the line before it; blocks in another language than the shell's are none."""
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    assert len(fences) % 2 == 0
    for first, last in list(pairwise(fences))[::2]:
        if lines[first].strip() in ("```", "```sh", "```bash", "```shell", "```console"):
            yield lines[first - 1], "\n".join(lines[first + 1 : last])


def to_be_typed():
    for page in PAGES:
        for before, block in blocks((ROOT / page).read_text(encoding="utf-8")):
            if not NOT_TYPED.fullmatch(before.strip()):
                yield page, block


def files_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shell(course, commands):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=course, capture_output=True, text=True)


def git(course, *words):
    done = subprocess.run(["git", *words], cwd=course, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A fresh copy of the course, under git, for which two students have handed in their work."""
    course = tmp_path_factory.mktemp("clone") / "course"
    shutil.copytree(ROOT, course, ignore=NOT_OF_THE_COURSE, symlinks=True)
    git(course, "init", "--quiet")
    git(course, "add", "--all")
    git(course, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=all")
    for student, kind in (("right", "solutions"), ("blank", "lessons")):
        folder = course / "classroom" / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        shutil.copy(course / kind / LESSON / f"{LESSON}.ipynb", folder)
    return course


@pytest.fixture(scope="module")
def typed(course):
    """The copy after all commands, and what each block of them ended with."""
    return course, [(page, block, shell(course, block)) for page, block in to_be_typed()]


def test_a_block_counts_as_typed_unless_a_comment_gives_a_reason():
    text = (
        "a\n```\none\n```\n<!-- not typed: why -->\n```\ntwo\n```\n<!-- not typed: -->\n```sh\nthree\n```\n```toml\n```"
    )
    found = {block: bool(NOT_TYPED.fullmatch(before)) for before, block in blocks(text)}
    assert found == {"one": False, "two": True, "three": False}


def test_every_command_works_in_a_fresh_clone(typed):
    _, done = typed
    assert {page for page, _, _ in done} == set(PAGES)
    for page, block, result in done:
        said = result.stdout + result.stderr
        assert result.returncode == 0, f"{page}\n{block}\n{said}"
        assert "Traceback" not in said and "ERROR" not in said, f"{page}\n{block}\n{said}"


def test_the_commands_leave_grades_feedback_and_a_table_of_them(typed):
    course, _ = typed
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        scores = dict(
            gradebook.execute(
                "select s.student_id, sum(g.auto_score) from grade g join submitted_notebook n on g.notebook_id = n.id "
                "join submitted_assignment s on n.assignment_id = s.id group by 1"
            )
        )
    assert scores == {"right": FULL, "blank": 0}
    for student in scores:
        assert (course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html").is_file()
    assert "right" in (course / "classroom" / "grades.csv").read_text()


def test_the_commands_leave_the_released_lessons_alone(typed):
    course, _ = typed
    assert files_below(course / "lessons") == files_below(ROOT / "lessons")


def test_git_sees_nothing_of_a_class(typed):
    """Neither after the documented commands, nor after others that write to folders of their own."""
    course, _ = typed
    archive = course / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    shutil.copy(course / "lessons" / LESSON / f"{LESSON}.ipynb", archive / f"{LESSON}_by_zoe.ipynb")
    named = r".*/(?P<file_id>[^/]+)_by_(?P<student_id>\w+)"
    others = (
        f"nbgrader zip_collect {LESSON} --FileNameCollectorPlugin.named_regexp='{named}'",
        # Without the course's configuration nbgrader uses folders and a gradebook under its own names.
        "mv nbgrader_config.py aside.py",
        f"nbgrader generate_assignment {LESSON} --CourseDirectory.source_directory=solutions "
        "--NbGrader.logfile=.nbgrader.log",
        f"mkdir -p submitted/zoe/{LESSON} && cp lessons/{LESSON}/*.ipynb submitted/zoe/{LESSON}/",
        "mv aside.py nbgrader_config.py",
    )
    done = shell(course, "\n".join(others))
    assert done.returncode == 0, done.stderr
    for made in ("downloaded", "submitted", "release", "gradebook.db", ".nbgrader.log"):
        assert (course / made).exists()
    assert (course / "classroom" / "submitted" / "zoe" / LESSON).is_dir()
    assert git(course, "status", "--porcelain") == ""


def test_git_ignores_nbgraders_default_names(course):
    directory, collect = CourseDirectory(), ZipCollectApp()
    folders = [
        getattr(directory, name)
        for name in directory.trait_names()
        if name.endswith("_directory") and name != "source_directory"
    ]
    folders += [collect.downloaded_directory]
    assert "submitted" in folders and "feedback" in folders
    files = [*(f"{folder}/a/b.ipynb" for folder in folders), "gradebook.db", "gradebook.db-journal", "grades.csv"]
    files += [f"solutions/{LESSON}/gradebook.db", f"lessons/{LESSON}/feedback/a.html", ".nbgrader.log"]
    ignored = subprocess.run(
        ["git", "check-ignore", "--stdin"], cwd=course, input="\n".join(files), capture_output=True, text=True
    )
    assert ignored.stdout.splitlines() == files
