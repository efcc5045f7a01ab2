"""The report says what is true of a class, in the terminal and on a page that needs nothing else."""

import ast
import random
import re
import statistics
import tomllib

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.report import over_lessons, separation, suggestions, summary, text, unexplained
from autograder.desk.report.catalogue import example_of
from autograder.desk.report.page import make_page
from autograder.desk.report.summary import (
    EMPTY,
    HELD_UP,
    SOLVED,
    WRONG,
    Answer,
    ClassSummary,
    ExerciseSummary,
    LessonSummary,
    WrittenSummary,
)
from autograder.exercises import EXERCISES
from autograder.grading.results import ExerciseResult, RequirementResult
from tests.desk.graded import LESSON, OTHER, SECRET, desk, graded_class

ANSWERS = (
    Answer(SOLVED, 1.0),
    Answer(WRONG, 0.0, ("sign",), (), ("values",)),
    Answer(WRONG, 0.0, ("factor-2",), (), ("values",)),
    Answer(HELD_UP, 1.0, (), ("output_delta",)),
    Answer(EMPTY, 0.0),
    Answer(WRONG, 0.0, (), (), ("values",)),
)


def lesson_of(name, students, rng):
    """A lesson in which everybody's answers are drawn, and the answers, which are the truth."""
    truth = {exercise: {student: rng.choice(ANSWERS) for student in students} for exercise in ("f", "g", "h")}
    exercises = [
        ExerciseSummary(each, name, dict(answers), dict.fromkeys(students, 1)) for each, answers in truth.items()
    ]
    shares = {student: statistics.mean(truth[each][student].share for each in truth) for student in students}
    hours = {student: rng.uniform(-30, 300) for student in students}
    summed = LessonSummary(
        name, f"Lesson {name}", 300, len(students), 0, 0, hours, shares, separation.with_separation(exercises)
    )
    return summed, truth


@pytest.fixture(scope="module")
def school():
    """300 students over three lessons, some of whom stop handing in."""
    rng = random.Random(5)
    everybody = [f"s{number:03}" for number in range(300)]
    handed_in = [everybody, everybody[:290], everybody[:280]]
    made = [lesson_of(f"0{number}", students, rng) for number, students in enumerate(handed_in, 1)]
    lessons = [each for each, _ in made]
    whole = ClassSummary({each: each.upper() for each in everybody}, lessons)
    whole.misconceptions = over_lessons.find_misconceptions(lessons)
    whole.behind = over_lessons.find_behind(everybody, lessons)
    return whole, [truth for _, truth in made]


def test_counts_are_the_truth(school):
    whole, truths = school
    for lesson, truth in zip(whole.lessons, truths, strict=True):
        for exercise in lesson.exercises:
            answers = truth[exercise.name].values()
            assert exercise.solved == sum(answer is ANSWERS[0] for answer in answers)
            assert exercise.mistakes["sign"] == sum("sign" in answer.mistakes for answer in answers)
            assert exercise.blamed == {"output_delta": sum(bool(answer.blamed) for answer in answers)}
            assert exercise.median == statistics.median(answer.share for answer in answers)


def test_a_mistake_is_followed_over_the_lessons(school):
    whole, truths = school
    found = {each.mistake: each for each in whole.misconceptions}
    made = [
        {student for answers in truth.values() for student, answer in answers.items() if "sign" in answer.mistakes}
        for truth in truths
    ]
    assert found["sign"].students == len(set.union(*made))
    assert found["sign"].again == sum(sum(student in each for each in made) > 1 for student in set.union(*made))


def test_those_who_stopped_or_fell_are_found(school):
    whole, _ = school
    missing = {each.student: (each.since, each.missing) for each in whole.behind if each.missing}
    assert missing["s295"] == ("02", 2) and missing["s285"] == ("03", 1)
    assert len(missing) == 20
    for each in whole.behind:
        if each.drop:
            shares = [round(100 * lesson.shares[each.student]) for lesson in whole.lessons]  # as they are shown
            assert 100 * each.drop == pytest.approx(statistics.median(shares[:2]) - shares[2])
            assert statistics.median(shares[:2]) - shares[2] >= 25


def test_point_biserial_is_the_difference_of_means_over_the_spread():
    solved, rest = [True, True, False, False, False], [5.0, 4.0, 1.0, 3.0, 2.0]
    p = statistics.mean(solved)
    by_hand = (4.5 - 2.0) / statistics.pstdev(rest) * (p * (1 - p)) ** 0.5
    assert separation.point_biserial(solved, rest) == pytest.approx(by_hand)
    assert separation.point_biserial([True, True], [1.0, 2.0]) is None
    assert separation.point_biserial([True, False], [2.0, 2.0]) is None


def test_one_blank_notebook_makes_no_exercise_separate():
    """It correlates with every exercise, and so would a few who fail one."""
    students = [f"s{number}" for number in range(20)]

    def exercise(name, fails):
        answers = {each: ANSWERS[1] if each in fails else ANSWERS[0] for each in students}
        return ExerciseSummary(name, "01", answers | {"blank": ANSWERS[4]})

    failing = {"f": students[:10], "g": students[:8], "h": students[3:5]}
    found = separation.with_separation([exercise(name, fails) for name, fails in failing.items()])
    rest = [2.0 - (student in failing["g"]) - (student in failing["h"]) for student in students]
    solved = [student not in failing["f"] for student in students]
    assert found[0].separates == pytest.approx(separation.point_biserial(solved, rest))
    assert found[1].separates > 0.5 and found[2].separates is None


def test_it_is_said_who_is_missing_and_how_the_written_question_went():
    names = {"a": "Ada", "b": "Bob", "c": "Cem", "d": "Dora", "e": "Eve"}
    written = (WrittenSummary("In your own words", 2.0, (2.0, 0.5, 0.0), 1),)
    hours = {"a": 5.0, "b": -3.0, "c": -2.0, "d": 1.0}
    lesson = LessonSummary(
        "01",
        "One",
        5,
        4,
        0,
        1,
        hours,
        {"a": 1.0, "b": 0.5, "c": 0.5},
        [],
        ("e",),
        ("d",),
        frozenset("c"),
        {"a": "Canvas"},
        written,
    )
    whole = ClassSummary(names, [lesson])
    shown = "\n".join(text.lines_of(whole, [], []))
    page = BeautifulSoup(make_page(whole, [], [], "Made today.", False), "html.parser").get_text(" ")
    for sentence in (
        "Handed in nothing: Eve.",
        "Handed in nothing that could be graded: Dora.",
        "Late: Bob.",
        "Late, but within their late days: Cem.",
        "Marked late by Canvas, time unknown: Ada.",
        "In your own words: 0.83 of 2 points on average, 1 with all, 1 with none; 3 marked, 1 waiting",
    ):
        assert sentence in shown and sentence in page
    assert "4 of 5 handed in, 2 late" in shown


def requirement(met):
    return RequirementResult("values", 2.0, 2.0 * met, met)


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (ExerciseResult("f", "f-check", 2.0, 2.0, (requirement(True),)), SOLVED),
        (ExerciseResult("f", "f-check", 2.0, 2.0, (requirement(True),), (), ("g",)), HELD_UP),
        (ExerciseResult("f", "f-check", 2.0, 0.0, (requirement(False),), (), ("g",)), HELD_UP),
        (ExerciseResult("f", "f-check", 2.0, 1.0, (requirement(False),)), summary.PARTLY),
        (ExerciseResult("f", "f-check", 2.0, 0.0, (requirement(False),)), WRONG),
        (ExerciseResult("f", "f-check", 2.0, 0.0), EMPTY),
        (ExerciseResult("f", "f-check", 2.0, 0.0, (requirement(False),), tried=False), EMPTY),
        (ExerciseResult("f", "f-check", 0.0, 0.0, (requirement(True),)), SOLVED),
    ],
)
def test_the_state_of_an_answer(result, state):
    assert summary.answer_of(result).state == state


def test_suggestions_rest_on_the_largest_numbers_and_are_about_different_things():
    students = [f"s{number}" for number in range(20)]
    wrong, empty = Answer(WRONG, 0.0, ("sign",), (), ("values",)), Answer(EMPTY, 0.0)
    exercises = [
        ExerciseSummary(
            "f", "01", {each: wrong if number < 12 else ANSWERS[0] for number, each in enumerate(students)}
        ),
        ExerciseSummary("g", "01", {each: empty if number < 8 else ANSWERS[0] for number, each in enumerate(students)}),
        ExerciseSummary("h", "01", dict.fromkeys(students, ANSWERS[0])),
    ]
    lesson = LessonSummary("01", "One", 20, 20, 0, 0, {}, dict.fromkeys(students, 0.5), exercises)
    first, second = suggestions.suggest(ClassSummary({}, [lesson]))
    assert (first.exercise, first.mistake) == ("f", "sign") and "12 of 20 students" in first.because
    assert second.exercise == "g" and "8 of 20 students" in second.because


def test_who_wrote_nothing_anywhere_is_no_reason_to_show_how_to_begin():
    students = [f"s{number}" for number in range(20)]
    answers = {each: ANSWERS[4] if number < 8 else ANSWERS[0] for number, each in enumerate(students)}
    exercises = [ExerciseSummary(name, "01", dict(answers)) for name in "fg"]
    lesson = LessonSummary("01", "One", 20, 20, 0, 0, {}, dict.fromkeys(students, 0.5), exercises)
    assert not [each for each in suggestions.suggest(ClassSummary({}, [lesson])) if "begin" in each.what]


def test_a_written_question_that_went_badly_is_suggested():
    students = [f"s{number}" for number in range(20)]
    written = (summary.WrittenSummary("In your own words", 2.0, (0.5,) * 6, 14),)
    exercise = ExerciseSummary("f", "01", dict.fromkeys(students, ANSWERS[0]))
    lesson = LessonSummary("01", "One", 20, 20, 0, 0, {}, dict.fromkeys(students, 1.0), [exercise], written=written)
    (suggestion,) = suggestions.suggest(ClassSummary({}, [lesson]))
    assert "In your own words" in suggestion.what and "0.5 of 2 points" in suggestion.because


def test_what_counts_no_points_is_no_reason_for_a_lecture():
    students = [f"s{number}" for number in range(20)]
    exercise = ExerciseSummary("f", "01", dict.fromkeys(students, ANSWERS[1]), optional=True)
    lesson = LessonSummary("01", "One", 20, 20, 0, 0, {}, dict.fromkeys(students, 0.5), [exercise])
    assert suggestions.suggest(ClassSummary({}, [lesson])) == []


def _suggested(answers):
    students = [f"s{number}" for number in range(13)]
    everybody = dict.fromkeys(students, ANSWERS[0]) | dict(zip(students, answers, strict=False))
    exercise = ExerciseSummary("f", "01", everybody)
    lesson = LessonSummary("01", "One", 13, 13, 0, 0, {}, dict.fromkeys(students, 0.5), [exercise])
    return suggestions.suggest(ClassSummary({}, [lesson]))


MISTAKEN, UNKNOWN = Answer(WRONG, 0.0, ("sign",), (), ("values",)), Answer(WRONG, 0.0, (), (), ("values",))


@pytest.mark.parametrize("answer", [MISTAKEN, UNKNOWN, Answer(EMPTY, 0.0)])
def test_what_one_student_did_is_no_reason_for_a_lecture_in_a_small_class(answer):
    assert _suggested([answer]) == [] and _suggested([answer] * 3) != []


@pytest.mark.parametrize(("causes", "many"), [(2, False), (5, True)])
def test_wrong_answers_have_many_causes_only_if_there_are_many(causes, many):
    wrong = [Answer(WRONG, 0.0, (), (), (f"requirement {number % causes}",)) for number in range(10)]
    (suggestion,) = _suggested(wrong)
    assert "Work through f" in suggestion.what and ("many causes" in suggestion.because) is many


def test_an_answer_that_was_stopped_is_explained_and_what_is_optional_is_called_so():
    wrong = Answer(WRONG, 0.0, (), (), ("values",), stopped=True)
    exercise = ExerciseSummary("f", "01", dict.fromkeys("abc", wrong), optional=True)
    lesson = LessonSummary("01", "One", 3, 3, 0, 0, {}, dict.fromkeys("abc", 0.0), [exercise])
    whole = ClassSummary(dict(zip("abc", "ABC", strict=True)), [lesson])
    assert unexplained.find_clusters(whole, lambda *_: CODE) == []
    told = "\n".join(text.lines_of(whole, [], []))
    assert "f (optional)" in told and "3 stopped because they took too long" in told


def test_nothing_is_suggested_for_a_class_that_understood_everything():
    lesson = LessonSummary("01", "One", 1, 1, 0, 0, {}, {"s": 1.0}, [ExerciseSummary("f", "01", {"s": ANSWERS[0]})])
    assert suggestions.suggest(ClassSummary({"s": "S"}, [lesson])) == []


CODE = "def f(a, y):\n    d = a - y\n    return d * np.median(d)"
SAME = "def f(act, target):\n    # another try\n    diff = act - target\n    return diff * np.median(diff)"
OTHER_CODE = (
    "def f(a, y):\n    total = 0\n    for one, two in zip(a, y):\n        total += one ** two\n    return total"
)


def test_unexplained_answers_are_grouped_by_what_they_do_and_not_by_their_names():
    wrong = Answer(WRONG, 0.0, (), (), ("values",))
    exercise = ExerciseSummary("f", "01", dict.fromkeys("abc", wrong) | {"d": ANSWERS[1]})
    lesson = LessonSummary("01", "One", 4, 4, 0, 0, {}, dict.fromkeys("abcd", 0.0), [exercise])
    code = {"a": CODE, "b": SAME, "c": OTHER_CODE, "d": CODE}
    found = unexplained.find_clusters(ClassSummary({}, [lesson]), lambda lesson, student, name: code[student])
    assert [each.students for each in found] == [("a", "b"), ("c",)]
    assert tomllib.loads(found[0].entry)["a-name-for-it"]["code"].strip() == found[0].code


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_code_can_be_pasted_into_a_toml_file(code):
    cluster = unexplained.Cluster("f", "01", ("values",), ("a",), code)
    read = tomllib.loads(cluster.entry)["a-name-for-it"]["code"]
    assert read.strip("\n") == code.strip("\n") or read.rstrip() == "" + code.rstrip()


def test_an_example_comes_from_the_catalogue():
    for name, exercise in EXERCISES.items():
        for mistake in exercise.mistakes:
            code = example_of(name, mistake.id)
            ast.parse(code)  # as it is, it can be pasted into a slide's cell
            assert not re.search(r"\S  +[^\s#]", code), code
    assert example_of("no_such_exercise", "sign") == ""


def test_the_text_names_what_matters(school):
    whole, truths = school
    lines = "\n".join(text.lines_of(whole, suggestions.suggest(whole), []))
    signs = sum("sign" in answer.mistakes for answer in truths[0]["f"].values())
    assert f"{signs:4} × sign" in lines
    assert "S295: handed in nothing since Lesson 02, 2 lessons in a row" in lines


def test_the_page_can_be_read_without_the_web_and_by_a_screen_reader(school):
    whole, _ = school
    page = BeautifulSoup(make_page(whole, suggestions.suggest(whole), [], "Made today.", False), "html.parser")
    assert page.html["lang"] == "en" and len(page.find_all("h1")) == 1
    assert all(image["src"].startswith("data:") and len(image["alt"]) > 40 for image in page.find_all("img"))
    assert not page.find_all(["script", "link", "iframe"])
    assert all(header.get("scope") for header in page.find_all("th"))
    assert len(page.select("table.matrix tbody tr")) == 300 + 290 + 280


def test_a_graded_class_is_reported(tmp_path_factory, tmp_path):
    course = graded_class(tmp_path_factory.getbasetemp())
    page = tmp_path / "report.html"
    shown = desk(course, "report", LESSON, "--html", str(page))
    assert "output_delta" in shown and "solved by    3 of 4" in shown and "1 late" in shown
    html = page.read_text(encoding="utf-8")
    assert "Bob Müller" in html and SECRET not in html and "act()" not in html
    whole = desk(course, "report")
    assert LESSON in whole or "A small lesson" in whole
    assert "Fallen behind" in whole and "Eve Absent" in whole


def test_names_and_code_can_be_left_out(tmp_path_factory, tmp_path):
    course = graded_class(tmp_path_factory.getbasetemp())
    page = tmp_path / "anonymous.html"
    shown = desk(course, "report", LESSON, OTHER, "--anonymous", "--html", str(page))
    written = re.sub(r"data:[^\"]*", "", page.read_text(encoding="utf-8"))  # a picture's letters may spell any name
    # Whole words: "cem" is a part of December.
    assert not {"Bob", "Müller", "bob", "Lovelace", "cem"} & set(re.findall(r"\w+", shown + written))


def test_without_grades_one_sentence_says_what_to_do(course):
    assert "Run `autograder grade" in desk(course, "report", code=1)
    assert "no-such-lesson" in desk(course, "report", "no-such-lesson", code=1)
