"""nbgrader's exchange with the course as it is configured: one account hands out and collects, another one hands in."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.grading.conftest import FULL, LESSON, released_lesson, rows, scores, solved, source_notebook

BIN = Path(sys.executable).parent
BECOME = (
    "import os, pwd, sys; who = pwd.getpwnam(sys.argv[1]); os.setgroups([]); os.setgid(who.pw_gid); "
    "os.setuid(who.pw_uid); os.execvp(sys.argv[2], sys.argv[2:])"
)


def _other_account():
    """The name of another account, and what to put before a command that it is to run; None if we cannot become it."""
    prefix = [sys.executable, "-m", "tests.sandbox.places", "--open", sys.executable, "-c", BECOME, "nobody"]
    if os.geteuid() != 0 or subprocess.run([*prefix, sys.executable, "-c", ""], cwd=ROOT, check=False).returncode:
        return None
    return "nobody", prefix


def environment(home, **more):
    """The variables of a process whose home is elsewhere, with nothing of this machine's Jupyter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG"))}
    kept |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": f"{BIN}{os.pathsep}{os.defpath}"}
    return kept | {"JUPYTER_CONFIG_PATH": "", "OPENBLAS_NUM_THREADS": "1"} | more


class Account:
    """Somebody with a home of their own, who types commands."""

    def __init__(self, name, home, prefix=()):
        self.name, self.home, self._prefix = name, home, prefix
        home.mkdir(parents=True)

    def types(self, folder, *words, code=0):
        command = [*self._prefix, "sh", "-c", 'cd "$0" && exec "$@"', str(folder), str(BIN / words[0]), *words[1:]]
        done = subprocess.run(command, cwd=ROOT, env=environment(self.home), capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def place():
    """A folder that other accounts can enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def course(place):
    """The small lesson in a course that has the project's own configuration."""
    course = place / "course"
    path = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source_notebook(), path)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    return course


@pytest.fixture
def lecturer(place):
    return Account(pwd.getpwuid(os.geteuid()).pw_name, place / "homes" / "lecturer")


@pytest.fixture
def student(place, lecturer):
    name, prefix = _other_account() or (lecturer.name, ())
    account = Account(name, place / "homes" / "student", prefix)
    if prefix:
        os.chown(account.home, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
    return account


def test_a_lesson_goes_out_and_comes_back(course, lecturer, student, place):
    exchange = place / "shared"
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    lecturer.types(course, "nbgrader", "generate_assignment", LESSON)
    lecturer.types(course, "nbgrader", "release_assignment", LESSON)
    assert exchange.stat().st_mode & 0o777 == 0o777
    options = [f"--Exchange.root={exchange}", "--course", "backpropagation"]
    student.types(student.home, "nbgrader", "fetch_assignment", LESSON, *options)
    notebook = student.home / LESSON / f"{LESSON}.ipynb"
    fetched = nbformat.read(notebook, as_version=4)
    assert "logistic_prime(z)" not in str(fetched.cells) and fetched == released_lesson(course)
    notebook.write_text(nbformat.writes(solved(fetched)))
    student.types(student.home, "nbgrader", "submit", LESSON, *options)
    lecturer.types(course, "nbgrader", "collect", LESSON)
    handed_in = course / "classroom" / "submitted" / student.name / LESSON
    assert {path.name for path in handed_in.iterdir()} >= {f"{LESSON}.ipynb", "timestamp.txt"}
    lecturer.types(course, "autograder", "grade", LESSON)
    assert scores(course, student.name) == FULL
    assert dict(rows(course)["submissions"])[student.name] is not None
    lecturer.types(course, "autograder", "forget", student.name, "--yes")
    assert list((exchange / "backpropagation" / "inbound").iterdir()) == []


IS_MISSING = """
import logging, sys
from pathlib import Path
from autograder.grading.opening import load_config
from nbgrader.apps.api import NbGraderAPI
logging.disable(logging.CRITICAL)
api = NbGraderAPI(config=load_config(Path.cwd()))
print(api.exchange_missing, api.exchange_root)
"""


def test_the_formgrader_misses_no_exchange_where_there_is_none(course, lecturer):
    said = lecturer.types(course, "python", "-c", IS_MISSING).split()
    assert said[0] == "False"
    default = Path("/usr/local/share/nbgrader/exchange")
    assert Path(said[1]) == (default if os.access(default, os.W_OK) else course / "classroom" / "exchange")


def test_an_exchange_that_the_machine_names_is_kept(course, lecturer, place):
    folder = lecturer.home / ".jupyter"
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(f'c = get_config()\nc.Exchange.root = "{place}/hub"\n')
    (place / "hub").mkdir()
    assert lecturer.types(course, "python", "-c", IS_MISSING).split() == ["False", f"{place}/hub"]
    assert not (course / "classroom" / "exchange").exists()
