"""What a course holds about one student: where it is, and how it is removed."""

import contextlib
import csv
import io
import os
import re
import shutil
import zipfile
from pathlib import Path

from autograder.desk.files import write_whole
from autograder.desk.roster import COLUMNS, Student, student_of_row
from autograder.desk.roster import PLACE as ROSTER
from autograder.grading.opening import GradingError, course_directory, load_config
from autograder.grading.placement import composed
from autograder.grading.records import Records, records_folder
from autograder.grading.removal import has_rows, remove_rows, students_in_gradebook

_CLASSROOM = Path("classroom")
_EARLIER, _COLLECTED, _EXPORT, _COMPLAINTS = (
    _CLASSROOM / name for name in ("earlier", "collected", "export", "complaints")
)
# The tables with one line or more for each student, and the column with the student's id.
_TABLES = {ROSTER: "id", _CLASSROOM / "extensions.csv": "student"}
# How much is read of a file that may mention a student.
_MAX_BYTES = 64 * 2**20


class Traces:
    """What a course holds about one student.

    Parameters
    ----------
    course : pathlib.Path
        The folder of the course.
    student : str
        The id.
    lesson : str or None
        Look only for what there is of this lesson.

    Raises
    ------
    autograder.grading.opening.GradingError
        If there is no such course, or no student can have this id.
    """

    def __init__(self, course, student, lesson=None):
        if student in ("", ".", "..") or "/" in student or "\0" in student:
            raise GradingError(f"{student!r} cannot be the id of a student. It is the name of the student's folder.")
        self._config = load_config(course)
        self._directory = course_directory(self._config, course)
        self._root = Path(self._directory.root)
        self._student, self._lesson = student, lesson
        self._words = self._known_as()

    @property
    def person(self):
        """The student as the roster has them; the id alone if they are not in it."""
        rows = [row for row in _rows(self._root / ROSTER) if self._is_about(row, "id")]
        return student_of_row(rows[0]) if rows else Student(self._student)

    def find(self):
        """List the places where there is something about the student, as texts."""
        places = [self._shown(path) for path in [*self._own_files(), *self._exports()]]
        lines = {path: f"{count} {'line' if count == 1 else 'lines'}" for path, count in self._lines().items()}
        places += [f"{self._shown(path)}: {count}" for path, count in lines.items()]
        if has_rows(self._directory, self._student, self._lesson):
            places.append("the gradebook")
        return places

    def remove(self):
        """Remove all that :meth:`find` lists; the gradebook comes last, so that what is left can be found again.

        Raises
        ------
        autograder.grading.records.Busy
            If a class is being graded; nothing is removed then.
        """
        with contextlib.ExitStack() as stack:
            for lesson in _names(records_folder(self._directory)):
                stack.enter_context(Records(records_folder(self._directory), lesson))
            for path in [*self._own_files(), *self._exports()]:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
                if path.is_relative_to(self._root):
                    _remove_empty(path.parent, self._root)
            for path in self._lines():
                self._remove_lines(path)
            if has_rows(self._directory, self._student, self._lesson):
                remove_rows(self._directory, self._student, self._lesson)

    def known_students(self):
        """Return the ids of all students that the course knows of."""
        folders = [self._root / self._directory.submitted_directory, self._root / _EARLIER]
        known = students_in_gradebook(self._directory).union(*map(_names, folders))
        return sorted(known | {row.get("id") or "" for row in _rows(self._root / ROSTER)} - {""})

    def mentioned(self):
        """List other files of the classroom that mention the student, by id, name, email or a platform's id."""
        folder = self._root / _CLASSROOM
        files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() and not self._lesson else []
        return [self._shown(path) for path in sorted(files) if self._mentions(path)]

    def _shown(self, path):
        return os.path.relpath(path, self._root) if path.is_relative_to(self._root) else str(path)

    def _known_as(self):
        """Return what the student may be called in a file: id, name, email and ids of platforms."""
        words = {self._student}
        for row in _rows(self._root / ROSTER):
            if row.get("id") == self._student:
                names = [(row.get(column) or "").strip() for column in ("first_name", "last_name")]
                words.update((row.get(column) or "").strip() for column in COLUMNS if "name" not in column)
                words.update([" ".join(names), ", ".join(reversed(names))] if all(names) else [])
        return words - {""}

    def _own_files(self):
        """Yield the files and folders that are about the student alone."""
        directory, lesson = self._directory, self._lesson
        folders = [directory.submitted_directory, directory.autograded_directory, directory.feedback_directory]
        for folder in [*folders, _EARLIER, _COMPLAINTS]:
            for name in _names(self._root / folder):
                whole = self._root / folder / name
                if composed(name) != composed(self._student) or (lesson and whole.is_symlink()):
                    continue
                path = whole / lesson if lesson else whole
                if os.path.lexists(path):
                    yield path
        collected, records = self._root / _COLLECTED, records_folder(directory)
        for each in [lesson] if lesson else sorted({*_names(collected), *_names(records)}):
            for path in (collected / each / f"{self._student}.json", Records(records, each).file(self._student)):
                if path.exists():
                    yield path
        yield from self._in_exchange()

    def _in_exchange(self):
        """Yield what the student submitted through nbgrader's exchange."""
        root = self._config.Exchange.root if "root" in self._config.Exchange else None
        inbound = Path(root) / self._directory.course_id / "inbound" if root else None
        for name in _names(inbound) if inbound else ():
            student, *rest = name.rsplit("+", 3)
            if student == self._student and rest and self._lesson in (None, rest[0]):
                yield inbound / name

    def _exports(self):
        """Yield the exported files that mention the student: they can be exported again, without the student."""
        if self._lesson:
            return
        to = str(self._config.ExportPlugin.to) if "to" in self._config.ExportPlugin else ""
        exported = [self._root / to] if to else []
        for path in [*sorted((self._root / _EXPORT).rglob("*")), *exported]:
            if path.is_file() and self._mentions(path):
                yield path

    def _mentions(self, path):
        """Whether a file, or a file in an archive, has the student's name in its own name or in its text."""
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(self._words))) + r")(?!\w)")
        if path.stat().st_size > _MAX_BYTES:
            return bool(pattern.search(path.name))
        content = path.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return bool(pattern.search(f"{path.name}\n{_text(content)}"))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # Platforms join names and ids by underscores.
            names = [path.name, *archive.namelist()]
            return any(pattern.search(name) or pattern.search(name.replace("_", " ")) for name in names)

    def _lines(self):
        """Return how many lines of each table are about the student."""
        if self._lesson:
            return {}
        tables = {self._root / place: column for place, column in _TABLES.items()}
        counts = {path: sum(self._is_about(row, column) for row in _rows(path)) for path, column in tables.items()}
        return {path: count for path, count in counts.items() if count}

    def _is_about(self, row, column):
        value = next((value for name, value in row.items() if (name or "").strip().lower() == column), "")
        return composed((value or "").strip()) == composed(self._student)

    def _remove_lines(self, path):
        column = _TABLES[path.relative_to(self._root)]
        reader, delimiter = _reader(path)
        text = io.StringIO()
        writer = csv.DictWriter(
            text, reader.fieldnames, lineterminator="\n", extrasaction="ignore", delimiter=delimiter
        )
        writer.writeheader()
        writer.writerows(row for row in reader if not self._is_about(row, column))
        write_whole(path, text.getvalue().encode())


def _rows(path):
    """Return the lines of a table by the names of its columns; none if there is no such table."""
    if not path.is_file():
        return []
    try:
        return list(_reader(path)[0])
    except (UnicodeDecodeError, csv.Error):
        raise GradingError(f"{path} cannot be read. Save it as CSV in UTF-8.") from None


def _reader(path):
    """Return a reader of a table, and what separates its columns: a semicolon where a spreadsheet wrote it."""
    text = path.read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    return csv.DictReader(io.StringIO(text), delimiter=delimiter), delimiter


def _names(folder):
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def _text(content):
    """Return the text of a file, which a platform may have written in UTF-16."""
    return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _remove_empty(folder, root):
    """Remove a folder in which nothing is left, and those above it, up to the folders of the classroom."""
    while not any(folder.iterdir()) and len(folder.relative_to(root).parts) > 2:
        folder.rmdir()
        folder = folder.parent
