"""The report as one page, which needs nothing but a browser."""

from functools import cache

import jinja2

from autograder.desk.report import summary as states
from autograder.desk.report.catalogue import example_of, hint_of
from autograder.desk.report.figures import points_figure, times_figure
from autograder.desk.report.separation import LEAST_OF_EACH
from autograder.desk.report.text import behind_in_words, who_is_missing, written_in_words
from autograder.exercises import DERIVATIONS

MAX_MISTAKES, MAX_CLUSTERS = 30, 40
_SIGNS = {
    states.SOLVED: ("✔", "good"),
    states.HELD_UP: ("◔", "good"),
    states.PARTLY: ("◐", ""),
    states.WRONG: ("✘", "bad"),
    states.EMPTY: ("○", ""),
}


def make_page(summary, suggestions, clusters, made, anonymous):
    """Write a report as HTML.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    suggestions : list of autograder.desk.report.suggestions.Suggestion
    clusters : list of autograder.desk.report.unexplained.Cluster
    made : str
        When, and from what, in a sentence.
    anonymous : bool
        Whether to leave students' code out, and say that names are left out.

    Returns
    -------
    str
    """
    several = len(summary.lessons) > 1
    return _template().render(
        title="Report on the course" if several else f"Report: {summary.lessons[0].title}",
        made=made,
        anonymous=anonymous,
        several=several,
        suggestions=[_suggestion(each) for each in suggestions],
        lessons=[_lesson(summary, lesson) for lesson in summary.lessons],
        misconceptions=summary.misconceptions,
        behind=[{"name": summary.students[each.student], "words": behind_in_words(each)} for each in summary.behind],
        clusters=[] if anonymous else clusters[:MAX_CLUSTERS],
        percent="{:.0%}".format,
        least_of_each=LEAST_OF_EACH,
        derivations=DERIVATIONS,
        **{name: getattr(states, name) for name in ("HELD_UP", "PARTLY", "WRONG", "EMPTY")},
    )


@cache
def _template():
    loader = jinja2.PackageLoader("autograder.desk")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("report.html")


def _suggestion(each):
    about = (each.exercise, each.mistake)
    return {"what": each.what, "because": each.because, "hint": hint_of(*about), "example": example_of(*about)}


def _lesson(summary, lesson):
    named = [
        {
            "count": count,
            "mistake": mistake,
            "exercise": each.name,
            "who": sorted(summary.students[student] for student in each.who(mistake)),
        }
        for each in lesson.exercises
        for mistake, count in each.mistakes.items()
    ]
    named.sort(key=lambda each: -each["count"])
    for each in named[:MAX_MISTAKES]:
        about = (each["exercise"], each["mistake"])
        each |= {"hint": hint_of(*about), "example": example_of(*about)}
    blamed = [
        f"{count} in {each.name} by {helper}" for each in lesson.exercises for helper, count in each.blamed.items()
    ]
    return {
        "summary": lesson,
        "figures": [figure for figure in (points_figure(lesson), times_figure(lesson)) if figure],
        "missing": list(who_is_missing(summary, lesson)),
        "written": [f"{each.title}: {written_in_words(each)}." for each in lesson.written],
        "mistakes": named[:MAX_MISTAKES],
        "blamed": blamed,
        "matrix": _matrix(summary, lesson),
    }


def _matrix(summary, lesson):
    """Return a row for each student whose notebook could be graded, those with the fewest points first."""
    rows = []
    for student, share in sorted(lesson.shares.items(), key=lambda each: (each[1], summary.students[each[0]])):
        answers = [exercise.answers.get(student) for exercise in lesson.exercises]
        cells = [_cell(answer.state if answer else states.EMPTY) for answer in answers]
        rows.append({"name": summary.students[student], "share": share, "cells": cells})
    return rows


def _cell(state):
    sign, tone = _SIGNS[state]
    return {"sign": sign, "tone": tone, "state": state}
