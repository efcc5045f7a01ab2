"""What the page of a report says about one lesson."""

from autograder.desk.report import summary as states
from autograder.desk.report.catalogue import example_of, gist_of, hint_of
from autograder.desk.report.figures import points_figure, times_figure
from autograder.desk.report.separation import noise
from autograder.desk.report.words import (
    answer_in_words,
    named_in_words,
    names_of,
    natural,
    who_is_missing,
    written_in_words,
)

# Shapes that differ, so that colour isn't needed to tell them apart.
_SIGNS = {
    states.SOLVED: ("✔", "good"),
    states.HELD_UP: ("←", "good"),
    states.PARTLY: ("½", ""),
    states.WRONG: ("✘", "bad"),
    states.EMPTY: ("○", ""),
}
LEGEND = [
    {"sign": sign, "tone": tone, "words": "held up by an earlier function" if state == states.HELD_UP else state}
    for state, (sign, tone) in _SIGNS.items()
]


def lesson_part(summary, lesson):
    """Return what the template needs to write about a lesson.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    lesson : autograder.desk.report.summary.LessonSummary

    Returns
    -------
    dict
    """
    return {
        "summary": lesson,
        "figures": [figure for figure in (points_figure(lesson), times_figure(lesson)) if figure],
        "missing": list(who_is_missing(summary, lesson)),
        "written": [f"{each.title}: {written_in_words(each)}." for each in lesson.written],
        "median": _the_same([f"{each.median:.0%}" for each in lesson.exercises]),
        "attempts": _the_same([f"{each.mean_attempts:.1f}" for each in lesson.exercises]),
        "noise": noise(lesson.wrote),
        "named": named_in_words(lesson.exercises),
        "mistakes": _mistakes(summary, lesson),
        "grid": _grid(summary, lesson),
    }


def _the_same(values):
    """Return the value of a column that is the same in every row, which needs no column; None if there is none."""
    return values[0] if len(set(values)) == 1 else None


def _mistakes(summary, lesson):
    """Return a row for each mistake, the most frequent first, then one for each exercise's mistakes of one student."""
    shared, single = [], []
    for exercise in lesson.exercises:
        found = [_mistake(summary, exercise, mistake, count) for mistake, count in exercise.mistakes.items()]
        shared += [each for each in found if each["count"] > 1]
        if alone := [each for each in found if each["count"] == 1]:
            more = len(alone) < len(found)
            single.append({"exercise": exercise.name, "count": len(alone), "each": alone, "more": more})
    return {"shared": sorted(shared, key=lambda each: -each["count"]), "single": single}


def _mistake(summary, exercise, mistake, count):
    hint = hint_of(exercise.name, mistake)
    return {
        "count": count,
        "mistake": mistake,
        "exercise": exercise.name,
        "gist": gist_of(hint),
        "hint": hint,
        "example": example_of(exercise.name, mistake),
        "who": names_of(summary, exercise.who(mistake)),
    }


def _grid(summary, lesson):
    """Return a row for each student: who handed in nothing, then the others, those with the fewest points first."""
    absent = [{"name": name, "instead": "handed in nothing"} for name in names_of(summary, lesson.absent)]
    absent += [
        {"name": name, "instead": "handed in nothing that could be graded"}
        for name in names_of(summary, lesson.unusable)
    ]
    ranked = sorted(lesson.shares.items(), key=lambda each: (each[1], natural(summary.students[each[0]])))
    return absent + [
        {
            "name": summary.students[student],
            "instead": None,
            "share": share,
            "cells": [cell_of(exercise.name, exercise.answers.get(student)) for exercise in lesson.exercises],
        }
        for student, share in ranked
    ]


def cell_of(exercise, answer):
    """Return an answer as a sign, and in words."""
    sign, tone = _SIGNS[answer.state if answer else states.EMPTY]
    return {"exercise": exercise, "sign": sign, "tone": tone, "words": answer_in_words(answer or _NOTHING)}


_NOTHING = states.Answer(states.EMPTY, 0.0)
