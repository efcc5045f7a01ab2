"""The words of every result: a sentence for a problem, and a report as text and as HTML."""

import html
from functools import singledispatch

from autograder.checking.problem import Kind

REMARK = "To be looked at, when this is graded:"


def shape_words(shape):
    """Say a shape in words."""
    return "a single number" if shape == () else f"shape {shape}"


def _type_words(name):
    return "None" if name == "None" else f"of type {name}"


def _not_parts(problem):
    return f"{problem.part} is {_type_words(problem.actual)}, but {problem.expected} parts are expected."


def _not_numbers(problem):
    expected = shape_words(problem.expected)
    return f"{problem.part} is {_type_words(problem.actual)}, but numbers are expected: {expected}."


def _part_count(problem):
    parts = "1 part" if problem.actual == 1 else f"{problem.actual} parts"
    return f"{problem.part} has {parts}, but {problem.expected} are expected."


def _shape(problem):
    return f"{problem.part} has {shape_words(problem.actual)}, but {shape_words(problem.expected)} is expected."


def _values(problem):
    if problem.expected == 1:
        return f"{problem.part}: its value is not the right one."
    if problem.actual == 1:
        return f"{problem.part}: 1 of its {problem.expected} values differs from the right one."
    return f"{problem.part}: {problem.actual} of its {problem.expected} values differ from the right ones."


def _changed(problem):
    rest = "belongs to the caller: build a new one."
    if len(problem.actual) > 1:
        rest = "belong to the caller: build new ones."
    return f"it changed {' and '.join(problem.actual)}, which {rest}"


_SENTENCES = {
    Kind.SAID: lambda problem: problem.sentence,
    Kind.NOT_TRIED: lambda problem: "not tried yet.",
    Kind.RAISED: lambda problem: f"it raised {problem.failure}.",
    Kind.WRONG_ARGUMENTS: lambda problem: f"it is called as {problem.expected}, and raised {problem.failure}.",
    Kind.TIMED_OUT: lambda problem: f"{problem.failure.message}: does a loop never end?",
    Kind.RETURN_MISSING: lambda problem: "it returned None: a return is missing.",
    Kind.PRINTED: lambda problem: "it returned None: it prints its result, where a return is needed.",
    Kind.NO_RESULT: lambda problem: "there is no result whose shape could be seen.",
    Kind.NOT_NUMBERS: _not_numbers,
    Kind.NOT_PARTS: _not_parts,
    Kind.PART_COUNT: _part_count,
    Kind.RAGGED: lambda problem: f"{problem.part} has rows of different lengths.",
    Kind.SHAPE: _shape,
    Kind.NAN: lambda problem: f"{problem.part} holds nan.",
    Kind.VALUES: _values,
    Kind.WORD: lambda problem: f"{problem.part} is {problem.actual}, which is not right here.",
    Kind.CHANGED: _changed,
    Kind.UNKNOWN_CHANGE: lambda problem: "it raised before this could be seen.",
    Kind.WARNED: lambda problem: f"the numbers are right, but on the way there was a warning, {problem.actual}.",
}


def sentence_of(problem):
    """Put a problem into words.

    Parameters
    ----------
    problem : autograder.checking.problem.Problem
        Why a requirement is not met.

    Returns
    -------
    str
        What was expected in kind.
    """
    return _tries(problem) + _SENTENCES[problem.kind](problem)


def _tries(problem):
    return f"{problem.tries[0]} of {problem.tries[1]} tries: " if problem.tries else ""


def _headline(report):
    return f"{'✔' if report.passed else '✘'} {report.name}: {report.score:g} of {report.points:g} points"


def _rows(report):
    """Yield (mark, requirement with its points, explanation) for each requirement."""
    shown = set()
    for verdict in report.requirements:
        worth, problem = f"{verdict.name} ({verdict.points:g})", verdict.problem
        if problem:
            # The same exception is written out once; one without a message is short enough to be repeated.
            if problem.kind is Kind.RAISED and problem.failure in shown:
                yield "✘", worth, f"{_tries(problem)}it raised the same."
            else:
                yield "✘", worth, verdict.message
            if problem.kind is Kind.RAISED and (problem.failure.message or problem.failure.line):
                shown.add(problem.failure)
        elif verdict.earned < verdict.points:
            yield "○", worth, f"met, and counts as soon as “{report.requirements[0].name}” is met."
        else:
            yield "✔", worth, ""


def _notes(report):
    """Return the hints, and the remarks for whoever grades this."""
    return [f"→ {hint}" for hint in report.hints] + [f"{REMARK} {remark}" for remark in report.remarks]


@singledispatch
def as_text(report):
    """Write a report as text.

    Parameters
    ----------
    report : autograder.checking.report.Report
        What a check found.

    Returns
    -------
    str
        Several lines.
    """
    lines = [_headline(report)]
    lines += [f"  {mark} {worth}" + (f": {message}" if message else "") for mark, worth, message in _rows(report)]
    lines += [f"  {note}" for note in _notes(report)]
    if report.equation and not report.passed:
        lines.append(f"  Equation: {report.equation}")
    return "\n".join(lines)


@singledispatch
def as_html(report):
    """Write a report as HTML that says the same as the text.

    Parameters
    ----------
    report : autograder.checking.report.Report
        What a check found.

    Returns
    -------
    str
    """
    color = "#009E73" if report.passed else "#D55E00"
    rows = "".join(
        f"<li>{mark} {html.escape(worth)}{': ' + html.escape(message) if message else ''}</li>"
        for mark, worth, message in _rows(report)
    )
    notes = "".join(f'<p style="margin:.4em 0">{html.escape(note)}</p>' for note in _notes(report))
    equation = ""
    if report.equation and not report.passed:
        equation = f'<p style="margin:.4em 0">Equation: <code>{html.escape(report.equation)}</code></p>'
    return (
        f'<div class="check" style="border-left:4px solid {color};padding:.2em .8em;max-width:48em">'
        f"<strong>{html.escape(_headline(report))}</strong>"
        f'<ul style="list-style:none;margin:.3em 0;padding:0">{rows}</ul>{notes}{equation}</div>'
    )
