"""Submissions that lie where nobody looks for them are said, and names mean the same however they are encoded."""

import pytest

from autograder.grading.placement import compose_names, find_misplaced, student_in

LESSONS = ["01-notation", "03-delta-recursion"]
SUBMITTED = "classroom/submitted"
COMPOSED, DECOMPOSED = "M\u00fcller", "Mu\u0308ller"


@pytest.fixture
def root(tmp_path):
    root = tmp_path / SUBMITTED
    root.mkdir(parents=True)
    return root


def put(root, *files):
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def misplaced(root):
    return find_misplaced(root.parents[1], SUBMITTED, "03-delta-recursion", LESSONS)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("mine.ipynb", f"{SUBMITTED}/mine.ipynb is in no student's folder."),
        ("all.zip", f"{SUBMITTED}/all.zip is in no student's folder."),
        ("ann/mine.ipynb", f"{SUBMITTED}/ann/mine.ipynb is not in the folder of a lesson."),
        ("ann/3-delta-recursion/x.ipynb", "Rename it to 03-delta-recursion."),
        ("ann/03-Delta-Recursion/x.ipynb", "Rename it to 03-delta-recursion."),
        ("ann/homework/x.ipynb", "is not the folder of a lesson. Rename it to the lesson's name, or remove it."),
        ("03-delta-recursion/ann/x.ipynb", f"The order is {SUBMITTED}/STUDENT/03-delta-recursion."),
    ],
)
def test_what_is_misplaced_is_said(root, file, words):
    put(root, file, "ben/03-delta-recursion/x.ipynb", "ben/01-notation/x.ipynb")
    (said,) = misplaced(root)
    assert words in said


@pytest.mark.parametrize(
    "file",
    [
        *("__MACOSX/ann/x.ipynb", ".ipynb_checkpoints/x.ipynb", "ann/.cache/x", "ann/__MACOSX/x", "notes.csv"),
        *("ann/01-notaton/x.ipynb", "01-notation/ann/x.ipynb"),  # these are for another lesson
    ],
)
def test_what_is_none_of_this_lesson_is_not_mentioned(root, file):
    put(root, file)
    assert misplaced(root) == []


def test_not_everything_is_listed(root):
    put(root, *(f"{number}.ipynb" for number in range(30)))
    assert len(misplaced(root)) == 11 and misplaced(root)[-1].startswith("20 more")


def test_a_folder_that_is_not_there_holds_nothing(root):
    root.rmdir()
    compose_names(root)
    assert misplaced(root) == []


def test_a_name_in_several_characters_becomes_the_usual_one(root):
    put(root, f"{DECOMPOSED}/x", "ann/x")
    compose_names(root)
    assert sorted(path.name for path in root.iterdir()) == [COMPOSED, "ann"]


def test_two_folders_of_one_name_are_left_alone_and_said(root):
    put(root, f"{DECOMPOSED}/x", f"{COMPOSED}/x")
    compose_names(root)
    assert len(list(root.iterdir())) == 2
    (said,) = misplaced(root)
    assert "two folders" in said and COMPOSED in said


@pytest.mark.parametrize(
    ("given", "student"),
    [
        (f"{SUBMITTED}/ann/03-delta-recursion", "ann"),
        (f"{SUBMITTED}/ann/03-delta-recursion/", "ann"),
        (f"./{SUBMITTED}/{DECOMPOSED}/03-delta-recursion", COMPOSED),
        (f"/home/me/course/{SUBMITTED}/ann/03-delta-recursion", "ann"),
        ("solutions/03-delta-recursion", None),
        ("03-delta-recursion", None),
        ("submitted/ann/03-delta-recursion", None),
    ],
)
def test_the_path_of_a_submission_names_its_student(given, student):
    assert student_in(given, SUBMITTED) == student
