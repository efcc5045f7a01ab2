"""Classes of which a report is made, as plain data, and the page read back."""

from bs4 import BeautifulSoup

from autograder.desk.report.page import make_page
from autograder.desk.report.summary import EMPTY, HELD_UP, PARTLY, SOLVED, WRONG, Answer, ExerciseSummary, LessonSummary

RIGHT, BLANK = Answer(SOLVED, 1.0), Answer(EMPTY, 0.0)
UNNAMED = Answer(WRONG, 0.0, (), (), ("values",))
HALF = Answer(PARTLY, 0.5, ("half",), (), ("shape",))


def wrong(*mistakes):
    return Answer(WRONG, 0.0, mistakes, (), ("values",))


def held_up(*helpers, share=1.0):
    return Answer(HELD_UP, share, (), helpers)


def exercise(name, *answers, lesson="01", **options):
    """An exercise whose answers are by s00, s01, …"""
    by_student = {f"s{number:02}": answer for number, answer in enumerate(answers)}
    return ExerciseSummary(name, lesson, by_student, dict.fromkeys(by_student, 1), **options)


def lesson(*exercises, name="01", title="Lesson 1: One", shares=None, **options):
    """A lesson that everybody in its exercises handed in, in time."""
    graded = {student: 1.0 for each in exercises for student in each.answers}
    shares = shares if shares is not None else graded
    filled = {"enrolled": len(shares), "handed_in": len(shares), "time_unknown": 0, "unmarked": 0, "hours_before": {}}
    return LessonSummary(name, title, shares=shares, exercises=list(exercises), **(filled | options))


def page_of(whole, suggestions=(), clusters=(), anonymous=False):
    """The page of a report, parsed."""
    return BeautifulSoup(make_page(whole, list(suggestions), list(clusters), "Made today.", anonymous), "html.parser")


def words(element):
    """What an element says, with single spaces."""
    return " ".join(element.get_text(" ").split())
