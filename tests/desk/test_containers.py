"""What ``autograder build`` makes, used as other graders do, in an imitation of the containers that they run."""

import json
import os
import shutil
import zipfile

import jsonschema
import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.desk.graders.formats import MAX_MESSAGE
from tests.desk.containers import Container, put_packages
from tests.desk.result_formats import SCHEMAS
from tests.grading.conftest import CONFIG, LESSON, LIMITS, RIGHT, WRONG, copy_of, solved
from tests.grading.hostile import CHEATS

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Imitating a container takes root.")

SEED = 20_261_130
# The smallest container that Gradescope offers, and the one of PrairieLearn.
SMALLEST, TWO_GIGABYTES = 768 * 2**20, 2 * 2**30

# It looks for the solutions, tells what it finds, and tries to write its own result and to open a connection.
READER = """
def output_delta(a, y, z):
    import os, socket
    found = []
    for top in ("/autograder", "/grade", "/proc/1"):
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    with open(os.path.join(folder, name), errors="replace") as file:
                        found.append(file.read(2000))
                except OSError:
                    pass
    for path in ("/autograder/results/results.json", "/grade/results/results.json", "/autograder/run_autograder"):
        try:
            with open(path, "w") as file:
                file.write('{"score": 1.0}')
            found.append("WROTE " + path)
        except OSError:
            pass
    try:
        socket.create_connection(("127.0.0.1", 80))
    except PermissionError:
        pass
    except OSError:
        found.append("REACHED the network")
    raise ValueError("FOUND" + "".join(found) + "." * 2_000_000)
"""
KILLER = "import os, signal\nos.kill(-1, signal.SIGKILL)"


@pytest.fixture(scope="module")
def built(empty_course, tmp_path_factory):
    """What is built for both graders, from a course with limits and a seed of its own."""
    folder = tmp_path_factory.mktemp("built")
    course = copy_of(empty_course, folder / "course")
    (course / "nbgrader_config.py").write_text(f"{CONFIG}{LIMITS}c.Grading.hidden_seed = {SEED}\n")
    for grader in ("gradescope", "prairielearn"):
        words = ["build", grader, LESSON, "--to", str(folder), "--course", str(course)]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    return folder


class Gradescope:
    """Its image, built by ``setup.sh``, and its way with a submission."""

    form, memory = "gradescope", SMALLEST

    def __init__(self, built, folder):
        self.here = folder / "autograder"
        with zipfile.ZipFile(built / f"{LESSON}-gradescope.zip") as archive:
            archive.extractall(self.here / "source")
        put_packages(self.here / "environment")
        self.programs = folder / "programs"
        self.programs.mkdir()
        apt = self.programs / "apt-get"
        apt.write_text("#!/bin/sh\necho $* >> /autograder/apt-get.log\n")
        apt.chmod(0o755)
        self.course = self.here / "source" / "course"
        self.in_container("bash", "/autograder/source/setup.sh")
        shutil.copy(self.here / "source" / "run_autograder", self.here)
        (self.here / "run_autograder").chmod(0o755)

    def in_container(self, *command):
        done = Container({"/autograder": self.here}, self.programs, self.memory).run(*command)
        assert done.returncode == 0, f"{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done

    def grade(self, files):
        for name in ("submission", "results"):
            shutil.rmtree(self.here / name, ignore_errors=True)
            (self.here / name).mkdir()
        for name, content in files.items():
            (self.here / "submission" / name).write_text(content)
        self.in_container("/autograder/run_autograder")
        return (self.here / "results" / "results.json").read_text(encoding="utf-8")


class PrairieLearn:
    """A question of it, and its way with a submission.  The image is Gradescope's, with ``autograder`` on the PATH."""

    form, memory = "prairielearn", TWO_GIGABYTES

    def __init__(self, built, gradescope, folder):
        self.here, self.programs = folder / "grade", folder / "programs"
        self.environment = gradescope.here / "environment"
        shutil.copytree(built / LESSON / "tests", self.here / "tests")
        self.programs.mkdir()
        (self.programs / "autograder").symlink_to("/autograder/environment/bin/autograder")
        self.course = self.here / "tests" / "course"

    def grade(self, files):
        for name in ("student", "data"):
            shutil.rmtree(self.here / name, ignore_errors=True)
            (self.here / name).mkdir()
        shutil.rmtree(self.here / "results", ignore_errors=True)
        for name, content in files.items():
            (self.here / "student" / name).write_text(content)
        (self.here / "data" / "data.json").write_text("{}")
        mounts = {"/autograder/environment": self.environment, "/grade": self.here}
        done = Container(mounts, self.programs, self.memory).run("/grade/tests/run.sh")
        assert done.returncode == 0, f"{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return (self.here / "results" / "results.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def gradescope(built, tmp_path_factory):
    return Gradescope(built, tmp_path_factory.mktemp("gradescope"))


@pytest.fixture(scope="module")
def prairielearn(built, gradescope, tmp_path_factory):
    return PrairieLearn(built, gradescope, tmp_path_factory.mktemp("prairielearn"))


@pytest.fixture
def grader(request):
    return request.getfixturevalue(request.param)


BOTH = pytest.mark.parametrize("grader", ["gradescope", "prairielearn"], indirect=True)


def result_of(grader, *notebooks):
    """Hand in notebooks, and return the result and its text; it has to be in the grader's own form."""
    files = {f"work-{number}.ipynb": text for number, text in enumerate(notebooks)}
    text = grader.grade(
        {name: each if isinstance(each, str) else nbformat.writes(each) for name, each in files.items()}
    )
    result = json.loads(text)
    jsonschema.validate(result, SCHEMAS[grader.form])
    return result, text


def points(result):
    return [test.get("score", test.get("points")) for test in result["tests"]]


def test_the_image_gets_what_it_needs_and_this_version_of_the_checks(gradescope):
    log = (gradescope.here / "apt-get.log").read_text()
    assert "update" in log and "bubblewrap" in log
    code = "import autograder, nblib; print(autograder.__file__, nblib.__file__)"
    done = gradescope.in_container("/autograder/environment/bin/python", "-c", code)
    assert all(path.startswith("/autograder/environment/lib/") for path in done.stdout.split())


@pytest.mark.parametrize(
    ("grader", "kind", "expected"),
    [
        ("gradescope", "right", [2, 2]),
        ("prairielearn", "right", [2, 2]),
        ("gradescope", "sign", [0, 2]),
        ("prairielearn", "blank", [0, 0]),
    ],
    indirect=["grader"],
)
def test_a_notebook_gets_the_points_that_it_gets_in_a_class(grader, released, kind, expected):
    result, text = result_of(grader, solved(released, {"right": RIGHT, "blank": {}, **WRONG}[kind]))
    assert points(result) == expected
    assert ("wrong sign" in text) == (kind == "sign")
    assert grader.form == "gradescope" or result["score"] == sum(expected) / 4


@pytest.mark.parametrize(
    ("grader", "files"), [("gradescope", []), ("prairielearn", ["{ cut off"])], indirect=["grader"]
)
def test_what_cannot_be_graded_is_told_and_costs_no_attempt(grader, files):
    result, _ = result_of(grader, *files)
    assert result.get("score") == 0 and "tests" not in result and result.get("gradable", False) is False
    assert "notebook" in result.get("output", result.get("message")) or "JSON" in str(result)


@BOTH
def test_a_submission_can_neither_read_the_solutions_nor_write_its_result(grader, released):
    before = {path: path.read_bytes() for path in grader.course.rglob("*") if path.is_file()}
    result, text = result_of(grader, solved(released, RIGHT | {"output-delta": READER}))
    assert points(result) == [0, 2] and "FOUND" in text
    assert max(len(test.get("output", test.get("message"))) for test in result["tests"]) <= MAX_MESSAGE
    for secret in (str(SEED), "WROTE", "REACHED", "HIDDEN TESTS", "BEGIN SOLUTION", "hidden_seed"):
        assert secret not in text
    assert before and all(path.read_bytes() == content for path, content in before.items())


def test_hostile_cells_harm_nothing_but_themselves(prairielearn, released):
    hostile = [CHEATS["memory"], CHEATS["fork-bomb"], CHEATS["endless-deaf"], KILLER]
    assert points(result_of(prairielearn, solved(released, RIGHT, before=hostile))[0]) == [2, 2]


def test_a_small_container_that_runs_out_of_memory_still_has_a_result(gradescope, released):
    result, _ = result_of(gradescope, solved(released, RIGHT, before=[CHEATS["memory"]]))
    assert points(result) in ([0, 0], [2, 2])  # stopped by the container, or by the limit of the sandbox
