"""What lateness costs, whatever was written about it before."""

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.grading.extensions import Extension, Extensions
from autograder.grading.lateness import assign_penalties, find_late_days, spend
from autograder.grading.opening import GradingError

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def always(before, after):
    return True


def never(before, after):
    return False


def at_all(before, after):
    """As where all late work earns nothing."""
    return not after


@pytest.mark.parametrize(
    ("delays", "days", "helps", "spent"),
    [
        ([HOUR, 25 * HOUR, HOUR], 3, at_all, [1, 2, 0]),
        ([DAY, DAY + timedelta(seconds=1)], 2, at_all, [1, 0]),
        ([3 * DAY, DAY], 2, at_all, [0, 1]),
        ([HOUR, 25 * HOUR], 3, never, [0, 0]),
        ([3 * DAY, DAY], 2, always, [2, 0]),
        ([DAY], 0, always, [0]),
        ([0 * DAY, DAY], 1, always, [0, 1]),
    ],
)
def test_late_days_go_to_the_earliest_due_date(delays, days, helps, spent):
    assert spend(delays, days, helps) == spent


@given(st.lists(st.timedeltas(timedelta(0), 9 * DAY), max_size=7), st.integers(0, 9), st.sampled_from([always, at_all]))
def test_no_more_late_days_are_spent_than_there_are_or_than_are_needed(delays, days, helps):
    spent = spend(delays, days, helps)
    assert sum(spent) <= days
    for delay, used in zip(delays, spent, strict=True):
        assert 0 <= used <= math.ceil(delay / DAY)
    covered = spend(delays, 7 * 9, helps)
    assert covered == [math.ceil(delay / DAY) for delay in delays]


@pytest.fixture
def gradebook():
    """Two lessons of 10 points, due a week apart; ada handed both in 30 hours late, bob the second."""
    with Gradebook("sqlite:///:memory:") as book:
        for lesson, day in (("01", 10), ("02", 17), ("03", None)):
            due = day and datetime(2026, 11, day)
            book.add_assignment(lesson, duedate=due)
            book.add_notebook(lesson, lesson)
            book.add_grade_cell("test", lesson, lesson, max_score=10, cell_type="code")
        for student in ("ada", "bob"):
            book.add_student(student)
        for student, lesson, day in (("ada", "01", 11), ("ada", "02", 18), ("ada", "03", 25), ("bob", "02", 18)):
            book.add_submission(lesson, student, timestamp=datetime(2026, 11, day, 6))
            book.find_grade("test", lesson, lesson, student).auto_score = 8
        book.db.commit()
        yield book


ZERO = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})


def daily():
    from nbgrader.plugins import BasePlugin

    class Daily(BasePlugin):
        def late_submission_penalty(self, student_id, score, total_seconds_late):
            return 0.1 * score * math.ceil(total_seconds_late / 86400)

    return Config({"AssignLatePenalties": {"plugin_class": Daily}})


def penalties(book):
    book.db.expire_all()
    return {
        (each.student_id, lesson): each.late_submission_penalty
        for lesson in ("01", "02", "03")
        for each in book.assignment_submissions(lesson)
    }


def test_penalties_come_and_go_with_what_is_granted(gradebook):
    nothing = {("ada", "01"): 0, ("ada", "02"): 0, ("ada", "03"): 0, ("bob", "02"): 0}
    assign_penalties(gradebook.db, Config(), Extensions(), 0)
    assert penalties(gradebook) == nothing
    assign_penalties(gradebook.db, ZERO, Extensions(), 0)
    assert penalties(gradebook) == nothing | {("ada", "01"): 8, ("ada", "02"): 8, ("bob", "02"): 8}
    granted = Extensions({"ada": [Extension("01", None, 2)]})
    lateness = assign_penalties(gradebook.db, ZERO, granted, 0)
    assert penalties(gradebook) == nothing | {("ada", "02"): 8, ("bob", "02"): 8}
    assert {key for key, each in lateness.items() if each.changed} == {("ada", "01")}
    assert lateness["ada", "01"].extended and lateness["ada", "01"].due == datetime(2026, 11, 12)
    # nbgrader's own steps and the formgrader see the extension too.
    assert gradebook.find_submission("01", "ada").total_seconds_late == 0
    assert gradebook.find_submission("02", "ada").total_seconds_late == 30 * 3600
    gradebook.find_assignment("02").duedate = datetime(2026, 11, 19)
    assign_penalties(gradebook.db, ZERO, Extensions(), 0)
    assert penalties(gradebook) == nothing | {("ada", "01"): 8}
    gradebook.find_assignment("01").duedate = None
    assign_penalties(gradebook.db, ZERO, granted, 0)
    assert penalties(gradebook) == nothing


def test_marks_that_come_later_count_in_the_penalty(gradebook):
    assign_penalties(gradebook.db, ZERO, Extensions(), 0)
    gradebook.find_grade("test", "01", "01", "ada").manual_score = 10
    assign_penalties(gradebook.db, ZERO, Extensions(), 0)
    assert penalties(gradebook)["ada", "01"] == 10


def test_late_days_cover_whole_delays_where_part_of_one_brings_nothing(gradebook):
    lateness = assign_penalties(gradebook.db, ZERO, Extensions(), 3)
    assert penalties(gradebook) == {("ada", "01"): 0, ("ada", "02"): 8, ("ada", "03"): 0, ("bob", "02"): 0}
    assert [lateness["ada", lesson].late_days for lesson in ("01", "02", "03")] == [2, 0, 0]
    assert lateness["ada", "02"].late == timedelta(hours=30)


def test_late_days_make_a_penalty_by_the_day_smaller(gradebook):
    lateness = assign_penalties(gradebook.db, daily(), Extensions(), 3)
    assert penalties(gradebook) == {
        ("ada", "01"): 0,
        ("ada", "02"): pytest.approx(0.8),
        ("ada", "03"): 0,
        ("bob", "02"): 0,
    }
    assert lateness["ada", "02"].late_days == 1


def test_where_lateness_costs_nothing_no_late_days_are_spent(gradebook):
    lateness = assign_penalties(gradebook.db, Config(), Extensions(), 9)
    assert {each.late_days for each in lateness.values()} == {0}
    assert lateness["ada", "01"].late == timedelta(hours=30)


@pytest.mark.parametrize(
    ("lesson", "hours", "expected"),
    [
        ("02", 24, {"ada": 1, "bob": 1}),  # two of three are spent on the first lesson
        ("02", 30, {"ada": 0, "bob": 2}),
        ("01", 49, {"ada": 3, "bob": 3}),
    ],
)
def test_work_that_is_still_to_be_graded_has_the_late_days_that_it_will_have(gradebook, lesson, hours, expected):
    due = gradebook.find_assignment(lesson).duedate
    handed_in = dict.fromkeys(("ada", "bob"), due + timedelta(hours=hours))
    assert find_late_days(gradebook.db, ZERO, Extensions(), 3, lesson, handed_in) == expected
    for student, moment in handed_in.items():
        gradebook.update_or_create_submission(lesson, student, timestamp=moment)
    lateness = assign_penalties(gradebook.db, ZERO, Extensions(), 3)
    assert {student: lateness[student, lesson].late_days for student in handed_in} == expected


def test_a_plugin_that_fails_is_named(gradebook):
    config = daily()
    config.AssignLatePenalties.plugin_class.late_submission_penalty = lambda self, *_: 1 / 0
    with pytest.raises(GradingError, match="ZeroDivisionError"):
        assign_penalties(gradebook.db, config, Extensions(), 0)
    with pytest.raises(GradingError, match="cannot be used"):
        assign_penalties(gradebook.db, Config({"AssignLatePenalties": {"plugin_class": "no.such"}}), Extensions(), 0)
