"""A gradebook on a real PostgreSQL server: the same rows as in a file."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
import sqlalchemy

from autograder.grading.course import Course
from autograder.grading.results import read_results
from tests.grading.conftest import FULL, LESSON, copy_of, grade, hand_in, run, solved


def _server_programs():
    """The newest initdb and pg_ctl of this machine: Debian keeps them out of the PATH."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = str(known[-1]) if known else shutil.which("initdb")
    assert found, "PostgreSQL's server is needed for this test; Debian's package is called postgresql."
    return Path(found).parent


@pytest.fixture(scope="module")
def server():
    """The address of a server on loopback, without the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = {}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = pwd.getpwnam("postgres")
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(folder, account.pw_uid, account.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    programs, data = _server_programs(), folder / "data"
    quiet = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **user}
    subprocess.run([programs / "initdb", "-D", data, "-U", "grader", "-A", "trust", "--no-sync"], **quiet)
    options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
    control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], **quiet)
    yield f"postgresql+psycopg://grader@127.0.0.1:{port}"
    subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder)


def _rows(engine, words):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sqlalchemy.text(words))]


def test_a_class_is_graded_into_postgresql(server, empty_course, released, graded, tmp_path):
    engine = sqlalchemy.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("create database gradebook"))
    course = copy_of(empty_course, tmp_path / "course")
    (course / "classroom" / "gradebook.db").unlink()
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f'c.CourseDirectory.db_url = "{server}/gradebook"\n')
    run(course, "nbgrader", "generate_assignment", LESSON, "--force")
    hand_in(course, "right", nbformat.writes(solved(released)))
    hand_in(course, "blank", nbformat.writes(released))
    grade(course)
    scores = (
        "select s.student_id, b.name, g.auto_score, g.needs_manual_grade from grade g "
        "join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id "
        "join base_cell b on g.cell_id = b.id where s.student_id in ('right', 'blank') order by 1, 2"
    )
    gradebook = sqlalchemy.create_engine(f"{server}/gradebook")
    in_file = sqlalchemy.create_engine(f"sqlite:///{graded / 'classroom' / 'gradebook.db'}")
    on_server = _rows(gradebook, scores)
    assert [(who, name, score) for who, name, score, _ in on_server if who == "right" and name in FULL] == [
        ("right", name, points) for name, points in sorted(FULL.items())
    ]
    assert on_server == [(who, name, score, bool(look)) for who, name, score, look in _rows(in_file, scores)]
    directory = Course(course, LESSON).directory
    kept, of_file = read_results(directory, LESSON), read_results(Course(graded, LESSON).directory, LESSON)
    assert {who: each[-1].results for who, each in kept.items()} == {
        who: of_file[who][-1].results for who in ("right", "blank")
    }
    assert "2 unchanged" in " ".join(grade(course).split())
    grade(course, "--force")
    assert [len(each) for each in read_results(directory, LESSON).values()] == [1, 1]
    run(course, "nbgrader", "export", "--to", "grades.csv")
    assert "right" in (course / "grades.csv").read_text()
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("output-delta")]
    nbformat.write(notebook, source)
    grade(course)
    assert {name for _, name, _, _ in _rows(gradebook, scores)} == {"layer-gradients-check", "words"}
    run(course, "autograder", "forget", "blank", "--yes")
    assert list(read_results(directory, LESSON)) == ["right"]
    assert {who for who, *_ in _rows(gradebook, scores)} == {"right"}
    gradebook.dispose()
    engine.dispose()


def test_a_server_that_is_gone_is_said_in_a_sentence(server, empty_course, released, tmp_path):
    course = copy_of(empty_course, tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.CourseDirectory.db_url = "postgresql+psycopg://grader@127.0.0.1:1/gradebook"\n')
    hand_in(course, "right", nbformat.writes(solved(released)))
    done = subprocess.run(
        [Path(sys.executable).parent / "autograder", "grade", LESSON], cwd=course, capture_output=True, text=True
    )
    assert done.returncode == 1 and "gradebook cannot be opened" in done.stderr and "Traceback" not in done.stderr
