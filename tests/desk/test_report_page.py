"""The page of a report: its counts add up, nothing is left out in silence, and every link leads somewhere."""

import re
from dataclasses import replace

import pytest

from autograder.desk.report.catalogue import gist_of
from autograder.desk.report.over_lessons import find_behind, find_misconceptions
from autograder.desk.report.page import MAX_CLUSTERS
from autograder.desk.report.suggestions import suggest
from autograder.desk.report.summary import PARTLY, WRONG, ClassSummary, WrittenSummary
from autograder.desk.report.text import lines_of
from autograder.desk.report.unexplained import Cluster
from autograder.desk.report.words import named_in_words
from tests.desk.classes_reported import BLANK, HALF, RIGHT, UNNAMED, exercise, held_up, lesson, page_of, words, wrong

NAMES = ("Ada", "Bob", "Cem", "Dora", "Eve", "Fay", "Gus", "Hana")


def whole_of(*lessons):
    students = [f"s{number:02}" for number in range(len(NAMES))]
    for each in lessons:
        each.absent = tuple(student for student in students if student not in each.shares)
        each.enrolled = len(students)
    whole = ClassSummary(dict(zip(students, NAMES, strict=True)), list(lessons))
    whole.misconceptions = find_misconceptions(lessons)
    whole.behind = find_behind(students, lessons) if len(lessons) > 1 else []
    return whole


@pytest.fixture
def course():
    """Seven students in two lessons; Hana hands in nothing."""
    softmax = exercise(
        "softmax",
        *[wrong("mean-shift"), wrong("mean-shift"), wrong("sign"), wrong("labels"), HALF, RIGHT, BLANK],
    )
    logistic = exercise("logistic", *[RIGHT] * 6, wrong("twice"))
    forward = exercise("forward", *[held_up("softmax", "logistic")] * 2, *[held_up("softmax")] * 2, *[RIGHT] * 3)
    relu = exercise("relu", wrong("sign"), *[RIGHT] * 6, optional=True)
    two = exercise("g", wrong("sign"), *[RIGHT] * 2, wrong("sign"), UNNAMED, RIGHT, RIGHT, lesson="02")
    three = exercise("h", wrong("labels"), *[RIGHT] * 6, lesson="02")
    written = (WrittenSummary("In your own words", 2.0, (1.0, 2.0), 5),)
    return whole_of(
        lesson(softmax, logistic, forward, relu, written=written),
        lesson(two, three, name="02", title="Lesson 2: Two", written=(WrittenSummary("Why?", 2.0, (), 7),)),
    )


def table(page, kind, number=0):
    """The rows of a table as texts, the head first."""
    found = page.select(f"table.{kind}")[number]
    return [[words(cell) for cell in row.find_all(["th", "td"])] for row in found.find_all("tr")]


def test_the_named_mistakes_add_up_to_the_wrong_answers():
    """Forty mistakes of one student each, besides a frequent one: none is left out."""
    many = [wrong(f"rare-{number}") for number in range(40)]
    students = {f"s{number:02}": f"N{number}" for number in range(60)}
    first = exercise("f", *many, *[wrong("frequent")] * 15, *[RIGHT] * 5)
    second = exercise("g", wrong("lonely"), *[wrong("pair")] * 2, *[RIGHT] * 57)
    whole = ClassSummary(students, [lesson(first, second)])
    page = page_of(whole)
    head, *rows = table(page, "mistakes")
    assert sum(int(row[0]) for row in rows) == 58 and head[0] == "students"
    assert rows[0][:2] == ["15", "f"] and rows[0][2].startswith("frequent")
    assert rows[1][:2] == ["2", "g"] and rows[1][2].startswith("pair")
    assert rows[2][2].startswith("and 40 more, made by one student each")
    assert rows[3][2].startswith("and 1 more, made by one student")
    inside = page.select("table.mistakes details")[2]
    assert all(f"rare-{number} Made by N{number}." in words(inside) for number in range(40))
    assert "All 58 wrong and partly right answers have a named mistake." in words(page)
    shown = "\n".join(lines_of(whole, [], []))
    assert "  38 × others" in shown and "15 × frequent" in shown


def test_what_has_no_named_mistake_is_counted_and_said(course):
    page = page_of(course)
    failed = [
        answer
        for each in course.lessons
        for one in each.exercises
        for answer in one.answers.values()
        if answer.state in (WRONG, PARTLY)
    ]
    told = f"{len(failed) - 1} of the {len(failed)} wrong and partly right answers have a named mistake"
    assert f"{told}; no known mistake explains 1." in words(page.find("dl", class_="short"))
    assert "g (1)" in words(page.find(id="unexplained").find_next("p"))


def test_unexplained_answers_are_not_called_none_when_their_code_is_left_out_or_too_many():
    students = {f"s{number:02}": f"N{number}" for number in range(MAX_CLUSTERS + 3)}
    whole = ClassSummary(students, [lesson(exercise("f", *[UNNAMED] * len(students)))])
    clusters = [Cluster("f", "01", ("values",), (student,), "pass") for student in students]
    assert "The code of 3 more isn’t shown." in words(page_of(whole, clusters=clusters))
    hidden = page_of(whole, clusters=clusters, anonymous=True)
    part = hidden.find(id="unexplained").find_next_siblings("p")
    assert f"f ({len(students)})" in words(part[0]) and "left out" in words(part[1])


def test_partly_right_is_not_wrong_and_causes_are_in_the_row(course):
    head, *rows = table(page_of(course), "exercises")
    assert head[1:6] == ["solved", "held up", "partly right", "wrong", "not written"]
    assert rows[0][1:6] == ["1 (14%)", "0", "1", "4", "1"]
    assert rows[2][0] == "forward held up by softmax 4, logistic 2" and rows[2][2] == "4"
    assert "4 wrong, 1 partly right, 1 not written" in "\n".join(lines_of(course, [], []))
    told = words(page_of(course).find(id="reading-held-up").find_next("dd"))
    assert "It gets its points" in told and "counts under both" in told


def test_a_column_that_is_the_same_in_every_row_becomes_a_sentence(course):
    page = page_of(course)
    first, second = (table(page, "exercises", number) for number in range(2))
    assert "median" in first[0] and "attempts" not in first[0]  # in lesson 1, softmax has another median
    assert "median" not in second[0]
    captions = [words(caption) for caption in page.select("table.exercises caption")]
    assert "The median of the points is 100% in every exercise." in captions[1]
    assert all("The mean number of attempts is 1.0 in every exercise." in caption for caption in captions)


def test_noise_is_said_below_the_table_and_the_terms_once(course):
    text = words(page_of(course))
    assert "With 7 students, a value of “separates” between −0.76 and 0.76 can well be chance." in text
    assert text.count("How often a notebook was graded") == 1


def test_a_mistake_that_comes_back_is_shown_with_its_lessons(course):
    rows = table(page_of(course), "again")[1:]
    assert [row[:3] for row in rows] == [["sign", "3", "1"]]
    assert "g (Lesson 2) 2" in rows[0][3]
    text = words(page_of(course))
    assert "never twice for the same student: labels." in text


def test_the_summary_counts_what_is_to_be_marked(course):
    short = words(page_of(course).find("dl", class_="short"))
    assert "12 written answers (5 in Lesson 1, 7 in Lesson 2)." in short
    assert "Still to be marked: 12 written answers (5 in Lesson 1, 7 in Lesson 2)." in list(lines_of(course, [], []))
    lessons = page_of(course).find("dl", class_="short").find_next("table")
    assert words(lessons.select_one("tbody td")) == "7 of 8"


def test_every_link_leads_to_a_part_and_every_part_is_in_the_contents(course):
    page = page_of(course, suggest(course))
    targets = [each["id"] for each in page.find_all(id=True)]
    assert len(targets) == len(set(targets))
    links = {link["href"] for link in page.find_all("a")}
    assert links <= {f"#{target}" for target in targets}
    contents = {link["href"] for link in page.nav.find_all("a")}
    parts = {f"#{each['id']}" for each in page.find_all("h2")} - {"#short"}
    assert parts <= contents
    assert all(each.get("id") for each in page.find_all(["h2", "h3"]))


def test_each_student_has_a_row_that_unfolds_to_what_is_not_solved(course):
    page = page_of(course)
    rows = {words(row.th): row for row in page.select("table.students tbody tr")}
    assert list(rows) == list(NAMES)
    ada = rows["Ada"]
    assert [words(cell) for cell in ada.find_all("td")[:2]] == ["100%", "100%"]
    assert words(ada.summary) == "5 exercises"
    assert [words(item) for item in ada.find_all("li")] == [
        "✘ softmax wrong: mean-shift",
        "← forward held up by softmax, logistic",
        "✘ relu (optional) wrong: sign",
        "✘ g wrong: sign",
        "✘ h wrong: labels",
    ]
    assert [words(item) for item in rows["Eve"].find_all("li")] == [
        "½ softmax partly right: half",
        "✘ g wrong: no known mistake",
    ]
    assert [words(cell) for cell in rows["Hana"].find_all("td")] == ["nothing", "nothing", "–"]
    assert [words(cell) for cell in rows["Fay"].find_all("td")] == ["100%", "100%", "nothing"]


def test_the_grid_says_which_mistake_and_who_handed_in_nothing(course):
    page = page_of(course)
    grid = page.select("table.matrix")[0]
    rows = {words(row.th): row.find_all("td") for row in grid.select("tbody tr")}
    assert [words(cell) for cell in rows["Hana"]] == ["handed in nothing"]
    assert rows["Ada"][1]["title"] == "softmax: wrong: mean-shift"
    assert "wrong: mean-shift" in words(rows["Ada"][1])  # without a mouse as well
    assert [words(each) for each in grid.select("thead th")][-1] == "relu (optional)"
    signs = {words(cell.span) for cells in rows.values() for cell in cells[1:]}
    assert signs == {"✔", "←", "½", "✘", "○"}
    legend = grid.find_previous("p")
    assert all(sign in legend.get_text() for sign in signs) and "don’t count towards the points" in legend.get_text()


def test_names_are_in_no_attribute_of_an_anonymous_page(course):
    course.students = {student: f"Student {number}" for number, student in enumerate(course.students, 1)}
    page = str(page_of(course, suggest(course), anonymous=True))
    # Neither names nor ids, in text, titles, anchors and links.
    assert not {*NAMES, *course.students} & set(re.findall(r"\w+", re.sub(r"data:[^\"]*", "", page)))
    rows = [words(row.th) for row in page_of(course).select("table.students tbody tr")]
    assert rows == [f"Student {number}" for number in range(1, 9)]


def test_students_are_sorted_by_numbers_as_numbers():
    whole = ClassSummary({f"s{n:02}": f"Student {n}" for n in range(12)}, [lesson(exercise("f", *[RIGHT] * 12))])
    rows = [words(row.th) for row in page_of(whole).select("table.students tbody tr")]
    assert rows == [f"Student {number}" for number in range(12)]


@pytest.mark.parametrize(
    ("hint", "gist"),
    [
        ("Your columns sum to 1, not your rows. One example is a row.", "Your columns sum to 1, not your rows."),
        ("Two things are wrong. The sign is one. The factor is another.", "Two things are wrong. The sign is one."),
        ("At z = 1.5 your values are too large by a half.", "At z = 1.5 your values are too large by a half."),
        ("", ""),
    ],
)
def test_the_gist_of_a_hint_says_something(hint, gist):
    assert gist_of(hint) == gist


def test_answers_that_were_stopped_or_have_several_mistakes_are_told_apart():
    stopped = replace(UNNAMED, stopped=True)
    answers = (wrong("sign", "labels"), wrong("sign"), stopped, UNNAMED, UNNAMED, RIGHT)
    assert named_in_words([exercise("f", *answers)]) == (
        "2 of the 5 wrong and partly right answers have a named mistake; 1 was stopped because it took too long; "
        "no known mistake explains 2. An answer with several of them counts for each (1)."
    )
    assert named_in_words([exercise("f", RIGHT, BLANK)]) == "No answer is wrong or partly right."


def test_every_table_has_a_caption_and_a_place_in_which_it_scrolls(course):
    tables = page_of(course, suggest(course)).find_all("table")
    assert len(tables) == 9
    assert all(words(each.caption) for each in tables)
    assert all(each.find_parent("div", role="region")["aria-label"] for each in tables)


def test_a_report_on_one_lesson_has_a_summary_without_what_needs_several(course):
    whole = whole_of(course.lessons[0])
    page = page_of(whole, suggest(whole))
    assert page.h1.get_text() == "Report: Lesson 1: One"
    assert page.find(id="behind") is None and page.find(id="again") is None
    assert "Fallen behind" not in "\n".join(lines_of(whole, [], []))
