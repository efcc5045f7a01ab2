"""The report as one page, which needs nothing but a browser."""

from functools import cache

import jinja2

from autograder.desk.report import summary as states
from autograder.desk.report.catalogue import example_of, hint_of
from autograder.desk.report.lesson_part import LEGEND, lesson_part
from autograder.desk.report.separation import LEAST_OF_EACH
from autograder.desk.report.student_part import student_part
from autograder.desk.report.words import MAX_NAMES, RULE_OF_BEHIND, behind_in_words, named_in_words, to_mark_in_words
from autograder.exercises import DERIVATIONS

MAX_CLUSTERS = 40


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
    students = student_part(summary)
    everything = [exercise for lesson in summary.lessons for exercise in lesson.exercises]
    return _template().render(
        title="Report on the course" if several else f"Report: {summary.lessons[0].title}",
        made=made,
        anonymous=anonymous,
        several=several,
        suggestions=[_suggestion(each) for each in suggestions],
        lessons=[lesson_part(summary, lesson) for lesson in summary.lessons],
        legend=LEGEND,
        students=students,
        again=[each for each in summary.misconceptions if each.again],
        scattered=[each.mistake for each in summary.misconceptions if not each.again],
        short={lesson.name: lesson.short for lesson in summary.lessons},
        behind=[_behind(summary, students, each) for each in summary.behind],
        max_names=MAX_NAMES,
        rule_of_behind=RULE_OF_BEHIND,
        to_mark=to_mark_in_words(summary),
        named=named_in_words(everything),
        unexplained=_unexplained(everything, clusters),
        clusters=[] if anonymous else clusters[:MAX_CLUSTERS],
        percent="{:.0%}".format,
        least_of_each=LEAST_OF_EACH,
        derivations=DERIVATIONS,
        held_up_earns=any(each.share for one in everything for each in one.answers.values() if each.blamed),
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


def _behind(summary, students, each):
    """Return what is said about somebody who has fallen behind, with what isn't solved in the last lesson."""
    student = students[each.student]
    return {
        "name": student["name"],
        "anchor": student["anchor"],
        "words": behind_in_words(summary, each),
        "last": student["lessons"][-1],
    }


def _unexplained(exercises, clusters):
    """Return how many answers nothing explains, by exercise, and how many groups of them aren't shown."""
    shown = clusters[:MAX_CLUSTERS]
    return {
        "exercises": {each.name: each.unexplained for each in exercises if each.unexplained},
        "hidden": sum(each.unexplained for each in exercises) - sum(len(each.students) for each in shown),
    }
