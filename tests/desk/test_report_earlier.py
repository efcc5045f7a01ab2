"""The suggestions for the next lecture say which lesson they are about, and a larger mistake of an earlier one."""

from autograder.desk.report.suggestions import suggest
from autograder.desk.report.summary import ClassSummary
from autograder.desk.report.text import lines_of
from tests.desk.classes_reported import RIGHT, exercise, lesson, page_of, words, wrong


def course(before, now, optional=False):
    """Twenty students, so many of whom make a mistake in the lesson before, and in three exercises of the last one."""
    first = exercise("g", *[wrong("old")] * before, *[RIGHT] * (20 - before), optional=optional)
    last = [
        exercise(name, *[wrong(f"new-{name}")] * now, *[RIGHT] * (20 - now), lesson="02") for name in ("a", "b", "c")
    ]
    lessons = [lesson(first), lesson(*last, name="02", title="Lesson 2: Two")]
    return ClassSummary({f"s{number:02}": f"S{number}" for number in range(20)}, lessons)


def test_each_suggestion_names_its_lesson():
    found = suggest(course(before=2, now=9))
    assert len(found) == 3 and all("(Lesson 2)" in each.what for each in found)


def test_a_larger_mistake_of_an_earlier_lesson_is_the_last_line():
    whole = course(before=14, now=9)
    *latest, earlier = suggest(whole)
    assert len(latest) == 3 and all(each.mistake.startswith("new") for each in latest)
    assert "Bigger, but from an earlier lesson" in earlier.what and "“old” in g (Lesson 1)" in earlier.what
    assert earlier.because.startswith("14 of 20 students made it")
    assert earlier.what in "\n".join(lines_of(whole, suggest(whole), []))
    assert earlier.what in words(page_of(whole, suggest(whole)))


def test_one_that_is_no_larger_or_optional_or_already_there_is_left_out():
    assert len(suggest(course(before=9, now=9))) == 3
    assert len(suggest(course(before=14, now=9, optional=True))) == 3
    (only,) = suggest(course(before=14, now=0))
    assert only.mistake == "old" and only.what.startswith("Explain")
