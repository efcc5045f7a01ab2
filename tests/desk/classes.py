"""A class of 40 in which everything odd happens, as Moodle, Canvas and Blackboard would let a lecturer download it.

The class knows the truth: for each student, what should come of it.
"""

import copy
import csv
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import dateutil.tz
import nbformat

ZONE = dateutil.tz.gettz("Europe/Berlin")
DUE = datetime(2025, 11, 6, 23, 59, tzinfo=ZONE)
ON_TIME = datetime(2025, 11, 3, 14, 5, 9, tzinfo=ZONE)
TOO_LATE = datetime(2025, 11, 8, 9, 30, 20, tzinfo=ZONE)
DOWNLOADED = {1: datetime(2025, 11, 7, 8, 0, 0), 2: datetime(2025, 11, 10, 8, 0, 0)}
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"

RECOGNISED, UNREADABLE, OTHER_LESSON, ABSENT, GUEST = "recognised", "unreadable", "another lesson", "absent", "guest"


@dataclass(frozen=True)
class Upload:
    """What one student uploads at one time: files by their names on the student's computer."""

    files: dict
    time: datetime

    @property
    def late(self):
        return self.time > DUE


@dataclass(frozen=True)
class Pupil:
    """One student, and what should come of their uploads.

    answers is ``"right"``, ``"wrong"`` or ``"blank"``, or None where there is nothing to grade.
    """

    number: int
    first: str
    last: str
    uploads: tuple
    state: str = RECOGNISED
    answers: str | None = "right"
    oddity: str = ""

    @property
    def username(self):
        plain = unicodedata.normalize("NFKD", f"{self.first[0]}{self.last}").encode("ascii", "ignore").decode()
        return re.sub(r"\W", "", plain).lower() + str(self.number)

    @property
    def email(self):
        return f"{self.username}@uni.example"

    @property
    def matriculation(self):
        return f"s{7000 + self.number}"

    def id_with(self, platform):
        """The id that the student gets where the platform's own list of participants is the roster."""
        return self.matriculation if platform == "moodle" else self.username

    @property
    def canvas_id(self):
        return str(1000 + self.number)

    @property
    def participant(self):
        """Moodle's number of the participant in this assignment; it has nothing to do with the order of names."""
        return str(52000 + (self.number * 17) % 41)

    @property
    def current(self):
        return self.uploads[-1] if self.uploads else None

    @property
    def late(self):
        return bool(self.uploads) and self.current.late

    @property
    def earlier(self):
        """How many uploads are older than the newest."""
        return max(0, len(self.uploads) - 1)


@dataclass
class Downloads:
    """The files that a lecturer gets from a platform."""

    zip: object
    roster: object
    worksheet: object = None


@dataclass
class SchoolClass:
    """The class, for the lesson that was released as a notebook."""

    lesson: str
    pupils: list = field(default_factory=list)

    def of(self, oddity):
        """The pupils to whom something happens."""
        return [pupil for pupil in self.pupils if pupil.oddity == oddity]

    def enrolled(self):
        return [pupil for pupil in self.pupils if pupil.state != GUEST]


def filled(released, answers):
    """The released notebook with answers typed in, by the ids of their cells, as the bytes of a file."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
    return nbformat.writes(notebook).encode()


def without_ids(content):
    """A notebook as Colab may save it: without ids of cells and without nbgrader's metadata."""
    notebook = json.loads(content)
    notebook |= {"nbformat": 4, "nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"id": "Zk3xq1"} if cell["cell_type"] == "code" else {}
    return json.dumps(notebook).encode()


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def build_class(lesson, released, other, right, wrong):
    """Make the class.

    lesson: its name; released: the notebook; other: the bytes of another lesson's notebook; right, wrong: answers by
    the ids of their cells.
    """
    good, bad, blank = filled(released, right), filled(released, wrong), filled(released, {})
    proper = f"{lesson}.ipynb"
    pupils = []

    def add(first, last, *uploads, state=RECOGNISED, answers="right", oddity=""):
        pupils.append(Pupil(len(pupils) + 1, first, last, uploads, state, answers, oddity))

    def upload(content=good, name=proper, time=ON_TIME, **more):
        minutes = timedelta(minutes=len(pupils))
        return Upload({name: content} | more, time + minutes)

    for first, last in [("Ada", "Lovelace"), ("Alan", "Turing"), ("Grace", "Hopper"), ("Kurt", "Gödel")]:
        add(first, last, upload())
    for first, last in [("Emmy", "Noether"), ("David", "Hilbert"), ("Sofja", "Kowalewskaja")]:
        add(first, last, upload(bad), answers="wrong")
    add("Rózsa", "Péter", upload(blank), answers="blank", oddity="blank")
    add("Jürgen", "Großmann", upload(), oddity="umlauts")
    add("Zoë", unicodedata.normalize("NFD", "Müller-Lüdenscheidt"), upload(), oddity="decomposed umlauts")
    add("Siobhán", "O'Brien", upload(), oddity="apostrophe")
    add("María José", "de la Cruz Pérez", upload(), oddity="several words")
    add("Anna", "Schmidt", upload(), oddity="two of one name")
    add("Anna", "Schmidt", upload(bad), answers="wrong", oddity="two of one name")
    add("George", "Boole", upload(name="my homework.ipynb"), oddity="renamed")
    add("John", "Venn", upload(name=f"{lesson} (1).ipynb"), oddity="renamed")
    add("Max", "Newman", upload(name=f"Kopie von {proper}"), oddity="renamed")
    add("Paul", "Erdős", upload(time=TOO_LATE), oddity="late")
    add("Carl", "Gauß", upload(bad, time=TOO_LATE), answers="wrong", oddity="late")
    add("Alonzo", "Church", upload(bad), upload(good, time=TOO_LATE), oddity="resubmitted")
    add(
        "Stephen",
        "Kleene",
        upload(good),
        upload(bad, time=ON_TIME + timedelta(days=1)),
        answers="wrong",
        oddity="resubmitted",
    )
    add("Haskell", "Curry", upload(b'{"cells": ['), upload(time=ON_TIME + timedelta(days=2)), oddity="resubmitted")
    add("Barbara", "Liskov", upload(without_ids(good), f"Copy of {proper}"), oddity="colab")
    add("Niklaus", "Wirth", upload(without_ids(bad), f"Copy of {proper}"), answers="wrong", oddity="colab")
    add("Tony", "Hoare", upload(good[: len(good) // 2]), state=UNREADABLE, answers=None, oddity="corrupt")
    add("Edsger", "Dijkstra", upload(b""), state=UNREADABLE, answers=None, oddity="empty file")
    empty = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    add("Donald", "Knuth", upload(empty), state=UNREADABLE, answers=None, oddity="empty notebook")
    add("Robin", "Milner", upload(other, "Lesson.ipynb"), state=OTHER_LESSON, answers=None, oddity="another lesson")
    add("Dana", "Scott", upload(other), state=OTHER_LESSON, answers=None, oddity="another lesson")
    add("Ole-Johan", "Dahl", upload(good, **{"attempt.ipynb": blank}), oddity="two notebooks")
    add("Kristen", "Nygaard", upload(blank, **{"final version.ipynb": good}), oddity="two notebooks")
    add("John", "Backus", upload(PDF, f"{lesson}.pdf"), state=UNREADABLE, answers=None, oddity="pdf")
    add(
        "Peter",
        "Naur",
        upload(zipped({f"abgabe/{proper}": good, "__MACOSX/abgabe/._x": b"x"}), "abgabe.zip"),
        oddity="zip",
    )
    add(
        "Fran",
        "Allen",
        upload(good, **{"notes.txt": b"measured\n", "timestamp.txt": b"2020-01-01 UTC"}),
        oddity="files",
    )
    add("Jim", "Gray", upload(name=f"{'x' * 180}.ipynb"), oddity="long name")
    add("Guest", "Visitor", upload(), state=GUEST, answers=None, oddity="guest")
    for first, last in [("Marvin", "Minsky"), ("Ivan", "Sutherland"), ("Allen", "Newell"), ("Herbert", "Simon")]:
        add(first, last, state=ABSENT, answers=None, oddity="absent")
    return SchoolClass(lesson, pupils)


def _visible(pupil, download):
    """The uploads that had been made when the first or the second download was made."""
    return pupil.uploads[:1] if download == 1 else pupil.uploads


def write_moodle(folder, school_class, download=2, underscore=True):
    """Moodle's zip and its grading worksheet (also in place of a roster: Moodle's own lists lack the numbers)."""
    path = folder / f"course-{school_class.lesson}-{download}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for pupil in school_class.pupils:
            for upload in _visible(pupil, download)[-1:]:
                name = re.sub(r"[&<>\"`|':\\/]", "", f"{pupil.first} {pupil.last}".replace("_", " "))
                top = f"{name}_{pupil.participant}_assignsubmission_file{'_' * underscore}"
                for file, content in upload.files.items():
                    info = zipfile.ZipInfo(f"{top}/{file}", DOWNLOADED[download].timetuple()[:6])
                    archive.writestr(info, content, zipfile.ZIP_DEFLATED)
                if pupil.number % 10 == 1:
                    text = top.replace("_file", "_onlinetext")
                    info = zipfile.ZipInfo(f"{text}/onlinetext.html", DOWNLOADED[download].timetuple()[:6])
                    archive.writestr(info, "<p>Please find my notebook attached.</p>")
    worksheet = folder / f"Grades-course-{school_class.lesson}-{download}.csv"
    participants = folder / "courseid_7_participants.csv"
    columns = ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade"]
    columns += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]
    lines = []
    for pupil in school_class.enrolled():
        uploads = _visible(pupil, download)
        status, when = "No submission", "-"
        if uploads:
            status = "Submitted for grading" + (" - 1 day 9 hours late" if uploads[-1].late else "")
            time = uploads[-1].time
            when = f"{time:%A}, {time.day} {time:%B %Y}, {time.hour % 12 or 12}:{time:%M %p}"
        name = f"{pupil.first} {pupil.last}"
        known = [f"Participant {pupil.participant}", name, pupil.matriculation, pupil.email]
        lines.append([*known, status, "", "10.00", "Yes", when, "-", ""])
    _write_csv(worksheet, [columns, *lines], "utf-8-sig")
    lines = [[pupil.first, pupil.last, pupil.email, "Group A"] for pupil in school_class.enrolled()]
    _write_csv(participants, [["First name", "Last name", "Email address", "Groups"], *lines], "utf-8-sig")
    return Downloads(path, participants, worksheet)


class _PlainInfo(zipfile.ZipInfo):
    """A name in UTF-8 without the flag that says so, as Canvas's library writes it."""

    __slots__ = ()

    def _encodeFilenameFlags(self):
        return self.filename.encode(), self.flag_bits & ~0x800


def write_canvas(folder, school_class, download=2):
    """Canvas's zip and its gradebook."""
    path = folder / f"{school_class.lesson}-submissions-{download}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for pupil in school_class.pupils:
            uploads = _visible(pupil, download)
            seen = []
            for round_number, upload in enumerate(uploads):
                for at, (file, content) in enumerate(upload.files.items()):
                    times, stem, suffix = seen.count(file), *file.rpartition(".")[::2]
                    seen.append(file)
                    shown = f"{stem}-{times}.{suffix}" if times else file
                    if upload is not uploads[-1]:
                        continue
                    name = re.sub(r"[\W_]", "", f"{pupil.last}{pupil.first}").lower()
                    number = 900_000 + 1000 * round_number + 10 * pupil.number + at
                    late = "LATE_" if upload.late else ""
                    info = _PlainInfo(
                        f"{name}_{late}{pupil.canvas_id}_{number}_{shown}", DOWNLOADED[download].timetuple()[:6]
                    )
                    archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    gradebook = folder / "2025-11-10T0800_Grades-COURSE.csv"
    columns = [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        f"{school_class.lesson} (4711)",
        "Final Score",
    ]
    lines = [columns, ["    Points Possible", "", "", "", "", "10.00", "(read only)"]]
    lines += [
        [f"{pupil.last}, {pupil.first}", pupil.canvas_id, pupil.matriculation, pupil.username, "Course 1", "", ""]
        for pupil in school_class.enrolled()
    ]
    lines.append(["Student, Test", "9999", "", "8d1f0c", "Course 1", "", ""])
    _write_csv(gradebook, lines, "utf-8-sig")
    return Downloads(path, gradebook)


def write_blackboard(folder, school_class, download=2):
    """Blackboard's zip, with all attempts, and its Grade Center."""
    path = folder / f"gradebook_COURSE_{school_class.lesson}_{download}.zip"
    title = school_class.lesson.replace("-", " ")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for pupil in school_class.pupils:
            for upload in _visible(pupil, download):
                head = f"{title}_{pupil.username}_attempt_{upload.time:%Y-%m-%d-%H-%M-%S}"
                said = f"{upload.time:%A, %B} {upload.time.day}, {upload.time:%Y %I:%M:%S %p} CET"
                note = [f"Name: {pupil.first} {pupil.last} ({pupil.username})", f"Assignment: {title}"]
                note += [f"Date Submitted: {said}", "Current Grade: Needs Grading", "", "Submission Field:"]
                note += ["There is no student submission text data for this assignment.", "", "Comments:"]
                note += ["There are no student comments for this assignment.", "", "Files:"]
                for file, content in upload.files.items():
                    archive.writestr(f"{head}_{file}", content)
                    note += [f"\tOriginal filename: {file}", f"\tFilename: {head}_{file}", ""]
                archive.writestr(f"{head}.txt", "\r\n".join(note))
    grades = folder / "gc_COURSE_fullgc_2025-11-10-08-00-00.xls"
    columns = ["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"]
    columns.append(f"{title} [Total Pts: 10 Score] |664617")
    lines = [
        [pupil.last, pupil.first, pupil.username, pupil.matriculation, "2025-11-09 10:00:00", "Yes", ""]
        for pupil in school_class.enrolled()
    ]
    text = io.StringIO()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([columns, *lines])
    grades.write_bytes(text.getvalue().encode("utf-16"))
    return Downloads(path, grades)


def _write_csv(path, lines, encoding):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)


WRITERS = {"moodle": write_moodle, "canvas": write_canvas, "blackboard": write_blackboard}
