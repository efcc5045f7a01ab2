"""What the tests of ``autograder collect`` have in common."""

import json
import sqlite3

from click.testing import CliRunner

from autograder.cli import main
from autograder.grading.exit_codes import DONE
from tests.desk.classes import filled, zipped
from tests.desk.conftest import release
from tests.grading.conftest import LESSON, RIGHT, WRONG, source_notebook

NAME = f"{LESSON}.ipynb"
RELEASED = release(source_notebook())
GOOD, BAD = filled(RELEASED, RIGHT), filled(RELEASED, WRONG["sign"])


def collect(course, *words, code=DONE):
    """Run the command, and return what it printed, with single spaces; a code of None stands for any."""
    result = CliRunner().invoke(main, ["collect", LESSON, *map(str, words), "--course", str(course)])
    assert code in (None, result.exit_code), f"{result.output}\n{result.exception!r}"
    return " ".join(result.output.split())


def submitted(course, student):
    """The files of a submission, by name."""
    folder = course / "classroom" / "submitted" / student / LESSON
    paths = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def earlier(course, student):
    folder = course / "classroom" / "earlier" / student / LESSON
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def everything(course):
    """All files of the class with their contents and times, without the lock."""
    files = {}
    for path in sorted((course / "classroom").rglob("*")):
        if ".autograder" not in path.parts:
            state = path.lstat()
            files[str(path)] = state.st_mtime_ns, state.st_ino, path.read_bytes() if path.is_file() else None
    return files


def students_in_gradebook(course):
    with sqlite3.connect(course / "classroom" / "gradebook.db") as database:
        rows = database.execute("select id, first_name, last_name, email, lms_user_id from student")
        return {row[0]: row[1:] for row in rows}


def moodle_folder(name, number, *files):
    return {f"{name}_{number}_assignsubmission_file_/{file}": content for file, content in files}


def write_zip(tmp_path, files, name="download.zip"):
    (tmp_path / name).write_bytes(zipped(files))
    return tmp_path / name


def answers_in(content):
    cells = json.loads(content)["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [text for text in texts if text.startswith("def ")]
