"""Who has fallen behind is found by the rule that the report states, and the numbers behind it are shown."""

import pytest

from autograder.desk.report.over_lessons import find_behind
from autograder.desk.report.summary import ClassSummary
from autograder.desk.report.text import lines_of
from autograder.desk.report.words import RULE_OF_BEHIND, behind_in_words
from tests.desk.classes_reported import lesson, page_of, words

TITLES = ("Lesson 1: One", "Lesson 2: Two", "Lesson 3: Three")


def course(shares, unusable=()):
    """Three lessons, from each student's shares; None stands for nothing that could be graded."""
    lessons = []
    for number, title in enumerate(TITLES):
        graded = {student: each[number] for student, each in shares.items() if each[number] is not None}
        tried = tuple(student for student, at in unusable if at == number)
        absent = tuple(student for student in shares if student not in graded and student not in tried)
        lessons.append(lesson(name=f"0{number + 1}", title=title, shares=graded, absent=absent, unusable=tried))
    whole = ClassSummary({student: student.capitalize() for student in shares}, lessons)
    whole.behind = find_behind(shares, lessons)
    return whole


# Eighteen who do well and differ a little, so that the lowest tenth of twenty is two.
OTHERS = {f"other{number:02}": (0.8 + number / 100,) * 3 for number in range(18)}


def told(shares, unusable=()):
    whole = course(OTHERS | shares, unusable)
    return {each.student: behind_in_words(whole, each) for each in whole.behind if each.student in shares}


@pytest.mark.parametrize(
    ("shares", "tried", "sentence"),
    [
        ((0.9, 0.9, None), [], "handed in nothing in Lesson 3"),
        ((0.9, None, None), [], "handed in nothing since Lesson 2, 2 lessons in a row"),
        ((0.9, 0.9, None), [2], "handed in nothing that could be graded in Lesson 3"),
        (
            (0.9, None, None),
            [1],
            "handed in nothing, or nothing that could be graded, since Lesson 2, 2 lessons in a row",
        ),
        ((1.0, 1.0, 0.6), [], "60% in Lesson 3, after 100% and 100%"),
        ((None, 0.9, 0.65), [], "65% in Lesson 3, after 90%"),
        ((0.3, 0.4, 0.5), [], "low throughout: 30%, 40% and 50%, where the class's medians are 88%, 88% and 88%"),
    ],
)
def test_it_is_said_how_a_student_has_fallen_behind(shares, tried, sentence):
    assert told({"ada": shares, "bob": (1.0, 1.0, 1.0)}, [("ada", each) for each in tried]) == {"ada": sentence}


@pytest.mark.parametrize(
    "shares",
    [
        (0.9, None, 0.9),  # came back
        (1.0, 1.0, 0.76),  # less than 25 points lower
        (0.2, 0.2, 0.9),  # was low, but not in every lesson
        (None, None, 0.1),  # one lesson is no course
    ],
)
def test_others_have_not_fallen_behind(shares):
    assert told({"ada": shares, "bob": (1.0, 1.0, 1.0)}) == {}


def test_exactly_25_points_less_are_a_fall_whatever_the_rounding():
    assert 0.7 - 0.45 < 0.25
    assert told({"ada": (0.7, 0.7, 0.45), "bob": (1.0,) * 3}) == {"ada": "45% in Lesson 3, after 70% and 70%"}


def test_nobody_is_the_lowest_where_all_are_alike():
    assert course({f"s{number:02}": (0.9, 0.9, 0.9) for number in range(40)}).behind == []


def test_at_most_a_tenth_is_low_throughout():
    shares = {f"s{number:02}": (number / 60,) * 3 for number in range(60)}
    assert [each.student for each in course(shares).behind] == [f"s{number:02}" for number in range(6)]


def test_page_and_terminal_state_the_rule_and_the_names():
    whole = course(OTHERS | {"ada": (1.0, 1.0, 0.6), "bob": (0.9, None, None)})
    shown, page = "\n".join(lines_of(whole, [], [])), page_of(whole)
    assert RULE_OF_BEHIND in shown and RULE_OF_BEHIND in words(page)
    assert "25 percentage points" in RULE_OF_BEHIND and "10%" in RULE_OF_BEHIND
    assert "Fallen behind: Bob, Ada, Other00, Other01." in shown
    summary = page.find("dl", class_="short")
    assert "Bob , Ada , Other00 , Other01 ." in words(summary)
    rows = {link.get_text(): page.find(id=link["href"][1:]).th.get_text() for link in summary.select("dd a")}
    assert rows["Bob"] == "Bob" and rows["Ada"] == "Ada"
