"""The example of a workflow that grades pull requests: it shows what the checks say, and nothing that is hidden."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from tests.conftest import ROOT
from tests.grading.conftest import CONFIG, LESSON, RIGHT, WRONG, copy_of, solved

WORKFLOW = ROOT / "docs" / "grade-pull-requests.yml"
SEED = 20_261_130


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))


def steps(workflow):
    return workflow["jobs"]["grade"]["steps"]


def test_the_workflow_is_the_main_branchs_and_may_only_read(workflow):
    assert set(workflow[True]) == {"pull_request_target"}  # YAML takes "on" for true
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["grade"]


def test_no_step_checks_out_a_pull_request_or_runs_text_of_it(workflow):
    for step in steps(workflow):
        assert "${{" not in step.get("run", "")
        assert "pull_request" not in str(step.get("with", "")) and "head" not in str(step.get("with", ""))
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_the_token_of_the_course_is_only_seen_where_it_is_fetched(workflow):
    seeing = [step for step in steps(workflow) if "secrets" in str(step)]
    assert len(seeing) == 1 and seeing[0]["with"]["path"] == "course" and "run" not in seeing[0]


@pytest.fixture
def runner(empty_course, released, tmp_path):
    """The folder of a job, up to the step that grades: the students' repository, and the course's."""
    copy_of(empty_course, tmp_path / "course")
    (tmp_path / "course" / "nbgrader_config.py").write_text(f"{CONFIG}c.Grading.hidden_seed = {SEED}\n")
    (tmp_path / "temp").mkdir()
    students = tmp_path / "students"
    place(students, nbformat.writes(released))
    git(students, "init", "--quiet", "--initial-branch=main")
    commit(students)
    git(students, "branch", "handed-in")
    return tmp_path


def git(folder, *words):
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    people = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | own | people, check=True)


def commit(students):
    git(students, "add", "--all")
    git(students, "commit", "--quiet", "--message", "lesson")


def place(students, text):
    path = students / "lessons" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)
    return path


def graded(runner, change):
    """Change the lesson on the branch that was handed in, run the last step of the job, and return its summary."""
    students = runner / "students"
    git(students, "checkout", "--quiet", "handed-in")
    change(students)
    commit(students)
    git(students, "checkout", "--quiet", "main")
    with WORKFLOW.open(encoding="utf-8") as file:
        script = steps(yaml.safe_load(file))[-1]["run"]
    own = {
        "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
        "RUNNER_TEMP": str(runner / "temp"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=runner, env=os.environ | own, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = runner / "summary.md"
    return (summary.read_text(encoding="utf-8") if summary.exists() else ""), done.stdout + done.stderr


def test_a_mistake_is_told_and_no_hidden_number(runner, released):
    notebook = nbformat.writes(solved(released, WRONG["sign"]))
    summary, log = graded(runner, lambda students: place(students, notebook))
    assert "## A small lesson: 2 of 4 points" in summary and "wrong sign" in summary
    for secret in (str(SEED), "HIDDEN TESTS", "BEGIN SOLUTION"):
        assert secret not in summary + log


def test_text_of_a_submission_stays_text(runner, released):
    answer = 'def output_delta(a, y, z):\n    raise ValueError("</pre><b>2 of 2</b>")'
    notebook = nbformat.writes(solved(released, RIGHT | {"output-delta": answer}))
    summary, _ = graded(runner, lambda students: place(students, notebook))
    assert "&lt;/pre&gt;&lt;b&gt;2 of 2" in summary and "<b>" not in summary


def test_a_link_to_the_solution_earns_nothing(runner):
    def link(students):
        path = place(students, "")
        path.unlink()
        path.symlink_to(runner / "course" / "solutions" / LESSON / f"{LESSON}.ipynb")

    summary, log = graded(runner, link)
    assert "Not graded" in summary and "was not graded" in log and "points" not in summary


def test_a_pull_request_that_leaves_the_lessons_alone_is_not_graded(runner):
    assert graded(runner, lambda students: (students / "notes.md").write_text("Hello"))[0] == ""


def test_a_lesson_that_was_deleted_is_not_graded(runner):
    assert graded(runner, lambda students: shutil.rmtree(students / "lessons"))[0] == ""
