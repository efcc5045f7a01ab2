"""``autograder collect`` reads folders and zip files, makes their contents safe, and finds the notebook in them."""

import os
import zipfile
from datetime import UTC, datetime

from autograder.desk.archives import Member
from autograder.desk.collected import read_collected
from autograder.desk.submissions import MAX_FILES
from autograder.grading.exit_codes import REVIEW_NEEDED
from tests.desk.classes import zipped
from tests.desk.collecting import GOOD, NAME, collect, everything, moodle_folder, submitted, write_zip
from tests.desk.conftest import OTHER
from tests.grading.conftest import LESSON


def test_an_unpacked_download_is_as_good_as_a_zip_file(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada Lovelace", 1, (NAME, GOOD)))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "download")
    assert " 1 collected" in collect(course, tmp_path / "download")
    assert " 1 unchanged" in collect(course, path)


def test_a_folder_around_everything_is_ignored(course, tmp_path):
    files = {f"submissions/{name}": content for name, content in moodle_folder("Ada L", 1, (NAME, GOOD)).items()}
    assert "Moodle's format, 1 submission " in collect(course, write_zip(tmp_path, files))


def test_folders_named_after_students(course, tmp_path):
    folder = tmp_path / "scripts"
    for student, inside, time in [("ada", "", None), ("bob", LESSON, "2025-11-03 14:05:09 UTC"), ("cem", OTHER, None)]:
        path = folder / student / inside
        path.mkdir(parents=True)
        (path / "my.ipynb").write_bytes(GOOD)
        if time:
            (path / "timestamp.txt").write_text(time)
    (folder / "grades.xlsx").write_bytes(b"PK")
    said = collect(course, folder, code=REVIEW_NEEDED)
    assert "folders named after students, 2 submissions" in said
    assert "belong to no submission, and were left out: grades.xlsx" in said
    assert set(submitted(course, "ada")) == {NAME}
    assert set(submitted(course, "bob")) == {NAME, "timestamp.txt"}
    assert read_collected(course, LESSON)["bob"].moment == datetime(2025, 11, 3, 14, 5, 9, tzinfo=UTC)
    before = everything(course)
    collect(course, folder, code=REVIEW_NEEDED)
    assert everything(course) == before


def test_nothing_leaves_the_submission(course, tmp_path):
    top = "Ada_1_assignsubmission_file_"
    link = zipfile.ZipInfo(f"{top}/link.ipynb")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    path = write_zip(tmp_path, {f"{top}/{NAME}": GOOD, f"{top}/../../../../out.txt": b"x", "/abs.ipynb": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        for name in ["con.txt", "x" * 250 + ".txt", "a\x1b[2J.txt", "..", "ÄPFEL.txt", "äpfel.txt"]:
            archive.writestr(f"{top}/{name}", name)
    around = set(os.listdir(tmp_path)) | set(os.listdir(course))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert "its path leads out of the zip file" in said
    assert "link.ipynb was refused: it is a link" in said
    assert "belong to no submission, and were left out: abs.ipynb" in said
    assert "\x1b" not in said
    names = set(submitted(course, "1"))
    assert {NAME, "_con.txt", "a_[2J.txt", "ÄPFEL.txt", "äpfel-2.txt"} < names
    assert len(names) == 6 and max(len(name.encode()) for name in names) <= 200
    assert set(os.listdir(tmp_path)) | set(os.listdir(course)) == around


def test_too_many_files_leave_the_notebook(course, tmp_path):
    files = [(f"modules/{number}.js", b"") for number in range(10_000)]
    path = write_zip(tmp_path, moodle_folder("Ada", 1, *files, (NAME, GOOD)))
    said = collect(course, path, code=REVIEW_NEEDED)
    assert MAX_FILES < 10_000
    assert "10,001 files were handed in. Only the notebooks were collected (1)" in said
    assert set(submitted(course, "1")) == {NAME}


def test_too_large_files_cost_themselves_only(course, tmp_path):
    huge = bytes(40 * 2**20)
    files = [("huge.bin", huge), ("bomb.zip", zipped({"bomb": huge})), (NAME, GOOD)]
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)), code=REVIEW_NEEDED)
    assert "huge.bin is larger than allowed" in said
    assert set(submitted(course, "1")) == {NAME, "bomb.zip"}


def test_zip_files_that_were_handed_in_are_unpacked_once(course, tmp_path):
    inner = zipped({"deep.zip": zipped({NAME: GOOD}), "../out.ipynb": GOOD})
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, ("a.zip", inner))), code=REVIEW_NEEDED)
    assert "../out.ipynb was refused" in said and " 1 unreadable" in said
    assert set(submitted(course, "1")) == {"a.zip", "deep.zip"}


def test_a_file_that_cannot_be_read_leaves_a_submission_that_grade_can_speak_of(course, tmp_path):
    path = write_zip(tmp_path, moodle_folder("Ada", 1, (NAME, GOOD)))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # says that the file is encrypted
    path.write_bytes(content)
    said = collect(course, path, code=REVIEW_NEEDED)
    assert f"{NAME} is encrypted" in said and " 1 unreadable" in said
    assert submitted(course, "1") == {}
    before = everything(course)
    collect(course, path, code=REVIEW_NEEDED)
    assert everything(course) == before
    assert (course / "classroom" / "submitted" / "1" / LESSON).is_dir()


def test_the_format_is_the_one_that_fits_most_names(course, tmp_path):
    files = {f"Lesson 3_{user}_attempt_2025-11-03-14-00-00_my_12_34_file.ipynb": GOOD for user in ("ada", "bob")}
    files["Lesson 3_cem_attempt_2025-11-03-14-00-00_a_1_assignsubmission_file_b.ipynb"] = GOOD
    assert "Blackboard's format, 3 submissions" in collect(course, write_zip(tmp_path, files))


def test_a_broken_notebook_beside_another_lessons_is_kept(course, tmp_path, school_class):
    (upload,) = school_class.of("another lesson")[0].uploads
    (other,) = upload.files.values()
    files = [(NAME, GOOD[:100]), ("other.ipynb", other)]
    said = collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)), code=REVIEW_NEEDED)
    assert " 1 unreadable" in said and "not valid JSON" in said
    assert set(submitted(course, "1")) == {NAME, "other.ipynb"}


def test_what_lies_beside_the_notebook_stays_beside_it(course, tmp_path):
    files = [("work/my.ipynb", GOOD), ("work/data/x.csv", b"1"), ("readme.txt", b"2")]
    collect(course, write_zip(tmp_path, moodle_folder("Ada", 1, *files)))
    assert set(submitted(course, "1")) == {NAME, "data/x.csv", "readme.txt"}


def _damaged(size, names):
    """A zip file of zeros, each file with a checksum that is wrong."""
    content, at = bytearray(zipped(dict.fromkeys(names, bytes(size)))), 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 16] ^= 1
        at += 4
    return bytes(content)


def test_what_is_unpacked_in_vain_is_bounded_and_told_in_a_few_lines(course, tmp_path, monkeypatch):
    """Each of a thousand damaged files was unpacked up to the limit of a whole submission."""
    read, unpacked = Member.read, []

    def counted(member, room):
        unpacked.append(member.size if member.size <= room else 0)
        return read(member, room)

    monkeypatch.setattr(Member, "read", counted)
    bomb = _damaged(10 * 2**20, [f"{number}\x1b[2J{'x' * 300}.txt" for number in range(50)])
    files = moodle_folder("Ada", 1, ("all.zip", bomb)) | moodle_folder("Bob", 2, (NAME, GOOD))
    said = collect(course, write_zip(tmp_path, files), code=REVIEW_NEEDED)
    assert sum(unpacked) < 2 * 32 * 2**20
    assert "Another 45 files could not be read either" in said and len(said) < 3000 and "\x1b" not in said
    assert set(submitted(course, "2")) == {NAME}
