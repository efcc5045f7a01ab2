"""Pairs of submissions side by side, on one page that needs nothing but a browser."""

import difflib
from functools import cache

import jinja2

from autograder.desk.similar.pieces import MAX_CODE

_LEAST = 0.3
# Lines of an answer that are shown: comparing takes longer than their number suggests if many are the same.
_MAX_LINES = 500


def make_page(found, others, pairs, notice):
    """Write pairs as HTML.

    Parameters
    ----------
    found : autograder.desk.similar.class_answers.ClassAnswers
    others : dict of str to dict of str to str
        What the class was compared with; empty if with itself.
    pairs : list of autograder.desk.similar.compare.Pair
    notice : str
        What to keep in mind.

    Returns
    -------
    str
    """
    shown = [_pair(found, others or found.answers, pair) for pair in pairs]
    return _template().render(lesson=found.lesson, notice=notice, pairs=shown)


@cache
def _template():
    loader = jinja2.PackageLoader("autograder.desk")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("similar.html")


def _pair(found, others, pair):
    codes = found.answers[pair.one], others[pair.other]
    exercises = sorted((name for name in pair.exercises if pair.exercises[name] >= _LEAST), key=pair.exercises.get)
    return {
        "one": found.names.get(pair.one, pair.one),
        "other": found.names.get(pair.other, pair.other),
        "share": f"{pair.share:.0%}",
        "exercises": [
            {"name": name, "share": f"{pair.exercises[name]:.0%}", "sides": _sides(codes[0][name], codes[1][name])}
            for name in reversed(exercises)
        ],
    }


def _sides(one, other):
    """Return the lines of both, each with whether the other has the same line, ignoring blanks and comments."""
    sides = [code[:MAX_CODE].splitlines()[:_MAX_LINES] for code in (one, other)]
    plain = [[" ".join(line.partition("#")[0].split()) for line in lines] for lines in sides]
    common = [set(), set()]
    for start, begin, size in difflib.SequenceMatcher(None, *plain, autojunk=False).get_matching_blocks():
        common[0].update(range(start, start + size))
        common[1].update(range(begin, begin + size))
    return [
        [{"text": line, "common": number in same and bool(line.strip())} for number, line in enumerate(lines)]
        for lines, same in zip(sides, common, strict=True)
    ]
