"""The commands of the README and of the instructor's guide, typed one after the other into a fresh copy of the course.

A small class has handed in its work, and what its lecturer downloads from Moodle lies in ``~/Downloads``. A block that
is not to be typed says so, and why, in a comment directly before it, ``<!-- not typed: … -->``, and is listed here.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import zipfile
from itertools import pairwise

import nbformat
import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory

from autograder.exercises import DERIVATIONS, EXERCISES, OPTIONAL
from autograder.grading.settings import Desk, Grading
from tests.conftest import ROOT
from tests.desk.classes import ABSENT, ON_TIME, TOO_LATE, Pupil, SchoolClass, Upload, filled, write_moodle

GUIDE = "docs/instructors-guide.md"
PAGES = ("README.md", GUIDE)
LESSON, WEEK_BEFORE = "03-delta-recursion", "02-chain-rule"
CHECKS = [*EXERCISES.values(), *DERIVATIONS.values()]
FULL = sum(each.points for each in CHECKS if each.lesson == LESSON and each.name not in OPTIONAL)
MARK = 1
NOT_TYPED = re.compile(r"<!-- not typed: \S.* -->")
# The first command of each block that is not typed, and why.
EXCEPTED = {
    "make lab": "opens JupyterLab and runs until it is stopped; the block's other command runs all tests",
    "python3 -m venv .venv": "downloads packages; the tests have an environment of their own",
    "sudo apt install bubblewrap": "needs to be root",
    "autograder mark 03-delta-recursion": "opens JupyterLab; :func:`mark_by_hand` does what the lecturer does there",
    "nbgrader fetch_assignment": "typed by a student, with an account of their own: see tests/desk/test_exchange.py",
    "autograder collect 03-delta-recursion ~/Downloads/canvas.zip": "the class is on Moodle; tests/desk/"
    "test_whole_way.py does the same with what Canvas and Blackboard write",
    "autograder forget s7004 --let-back": "nobody comes back; tests/desk/test_forget.py does it",
    "pip install 'backpropagation-workbook[dask]'": "needs several machines",
    "docker build --tag OWNER/backpropagation-workbook-grader classroom/graders/03-delta-recursion": "needs Docker and "
    "an account at a registry; tests/desk/test_containers.py imitates the container",
}
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


def blocks_of(page):
    """Yield every block of a page, and whether it is to be typed."""
    for before, block in blocks((ROOT / page).read_text(encoding="utf-8")):
        yield block, not NOT_TYPED.fullmatch(before.strip())


def to_be_typed():
    """Yield every command, with its page; one line is one command."""
    for page in PAGES:
        for block, typed in blocks_of(page):
            yield from ((page, line) for line in block.splitlines() if typed and line.strip())


def files_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shell(course, commands):
    """Type commands, in the home of somebody whose downloads are beside the course."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=course,
        env=os.environ | {"HOME": str(course.parent)},
        capture_output=True,
        text=True,
    )


def git(course, *words):
    done = subprocess.run(["git", *words], cwd=course, capture_output=True, text=True, check=True)
    return done.stdout


def mark_by_hand(course):
    """Give a mark to each written question that still waits for one, as the lecturer does in the formgrader."""
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        gradebook.execute(f"update grade set manual_score = {MARK}, needs_manual_grade = 0 where needs_manual_grade")


def read_notebook(course, folder):
    return nbformat.read(course / folder / LESSON / f"{LESSON}.ipynb", as_version=4)


def points_of(course):
    """Return what the lesson is worth, which is what the lecturer has told Moodle."""
    return sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in read_notebook(course, "lessons").cells)


def small_class(course):
    """Ada has everything right, Rózsa handed in the lesson as it was, Paul was late, and Marvin handed in nothing."""
    solution, released = read_notebook(course, "solutions"), read_notebook(course, "lessons")
    answers = {cell.id: cell.source for cell in solution.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    right, blank = (Upload({f"{LESSON}.ipynb": filled(released, each)}, ON_TIME) for each in (answers, {}))
    late = Upload({f"{LESSON} (1).ipynb": filled(released, answers)}, TOO_LATE)
    people = [("Ada", "Lovelace", right), ("Rózsa", "Péter", blank), ("Paul", "Erdős", late)]
    pupils = [Pupil(number, first, last, (upload,)) for number, (first, last, upload) in enumerate(people, 1)]
    return SchoolClass(LESSON, [*pupils, Pupil(4, "Marvin", "Minsky", (), ABSENT, None)])


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A fresh copy of the course, under git, with a lesson that was graded the week before."""
    home = tmp_path_factory.mktemp("home")
    course, downloads = home / "course", home / "Downloads"
    shutil.copytree(ROOT, course, ignore=NOT_OF_THE_COURSE, symlinks=True)
    git(course, "init", "--quiet")
    git(course, "add", "--all")
    git(course, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=all")
    downloads.mkdir()
    found = write_moodle(downloads, small_class(course))
    found.zip.rename(downloads / "submissions.zip")
    points = f"{points_of(course):.2f}"
    worksheet = found.worksheet.read_text(encoding="utf-8-sig").replace(",10.00,", f",{points},")
    (downloads / "worksheet.csv").write_text(worksheet, encoding="utf-8-sig")
    folder = course / "classroom" / "submitted" / "s7001" / WEEK_BEFORE
    folder.mkdir(parents=True)
    shutil.copy(course / "lessons" / WEEK_BEFORE / f"{WEEK_BEFORE}.ipynb", folder)
    done = shell(course, f"autograder grade {WEEK_BEFORE}")
    assert done.returncode == 0, done.stdout + done.stderr
    mark_by_hand(course)
    return course


@pytest.fixture(scope="module")
def typed(course):
    """The copy after all commands, and what each of them ended with."""
    done = []
    for page, command in to_be_typed():
        done.append((page, command, shell(course, command)))
        if command.startswith("autograder grade"):
            mark_by_hand(course)
    return course, done


def printed_by(done, command):
    """Return what each run of exactly this command printed, in order."""
    return [result.stdout for _, typed_command, result in done if typed_command == command]


def test_a_block_counts_as_typed_unless_a_comment_gives_a_reason():
    text = (
        "a\n```\none\n```\n<!-- not typed: why -->\n```\ntwo\n```\n<!-- not typed: -->\n```sh\nthree\n```\n```toml\n```"
    )
    found = {block: bool(NOT_TYPED.fullmatch(before)) for before, block in blocks(text)}
    assert found == {"one": False, "two": True, "three": False}


def test_only_what_is_listed_is_not_typed():
    left_out = [block for page in PAGES for block, typed in blocks_of(page) if not typed]
    found = [[first for first in EXCEPTED if block.startswith(first)] for block in left_out]
    assert sorted(first for each in found for first in each) == sorted(EXCEPTED)
    assert all(len(each) == 1 for each in found)


def test_every_command_works_in_a_fresh_clone(typed):
    _, done = typed
    assert {page for page, _, _ in done} == set(PAGES)
    for page, command, result in done:
        said = result.stdout + result.stderr
        assert result.returncode == 0, f"{page}\n{command}\n{said}"
        assert "Traceback" not in said and "ERROR" not in said, f"{page}\n{command}\n{said}"


def test_the_guide_types_every_command_of_the_desk(typed):
    _, done = typed
    words = {tuple(command.split()[:2]) for page, command, _ in done if page == GUIDE}
    names = {name for first, name in words if first == "autograder"}
    assert names >= {"release", "collect", "grade", "status", "feedback", "export", "carry", "forget", "due"}


def test_the_commands_leave_grades_feedback_and_files_for_the_platform(typed):
    course, done = typed
    with sqlite3.connect(course / "classroom" / "gradebook.db") as gradebook:
        scores = dict(
            gradebook.execute(
                "select s.student_id, sum(g.auto_score) from grade g join submitted_notebook n on g.notebook_id = n.id "
                "join submitted_assignment s on n.assignment_id = s.id join assignment a on s.assignment_id = a.id "
                "where a.name = ? group by 1",
                [LESSON],
            )
        )
    assert scores == {"s7001": FULL, "s7002": 0, "s7003": FULL}
    for student in scores:
        assert (course / "classroom" / "feedback" / student / LESSON / f"{LESSON}.html").is_file()
    assert "s7001" in (course / "classroom" / "grades.csv").read_text()
    with zipfile.ZipFile(course / "classroom" / "export" / f"{LESSON}-feedback-moodle.zip") as archive:
        assert len(archive.namelist()) == len(scores)
    exports = printed_by(done, f"autograder export {LESSON} --to moodle --fill ~/Downloads/worksheet.csv")
    assert exports and all(each.startswith("3 grades exported to ") for each in exports)
    late = printed_by(done, f"autograder status {LESSON}")[-1]
    assert re.search(r"^ +1 late$", late, re.MULTILINE)
    assert re.search(r"^  Marvin Minsky \(s7004\) +absent$", late, re.MULTILINE)


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


def test_the_guide_lists_every_setting():
    rows = re.findall(r"^\| `c\.(\w+)\.(\w+)` \|", (ROOT / GUIDE).read_text(encoding="utf-8"), re.MULTILINE)
    known = {(kind.__name__, name) for kind in (Grading, Desk) for name in kind.class_trait_names(config=True)}
    assert sorted(rows) == sorted(known - {(kind, name) for kind, name in known if name in ("log", "parent")})
