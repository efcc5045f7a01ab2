"""The words of every result: a sentence for a problem, and a report as text and as HTML."""

import html
import re
from functools import singledispatch

from autograder.checking.case_words import case_lines
from autograder.checking.exception_words import exception_words
from autograder.checking.failing_case import Array
from autograder.checking.problem import Kind

# What is seen before anything is unfolded, with the first line.  A hint that is too long is cut where it turns to
# another mistake; one that speaks of a single mistake, between its sentences.
MAX_VISIBLE_WORDS = 60
_NEXT_MISTAKE = re.compile(r"\s+(?=\([2-9]\) |Another possibility: |The other one could be |Beside that, )")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-ZΑ-Ωα-ω∂“])")
# A name of a quantity (dw, z, a_dropped, ∂C/∂W) isn't a word; a is an article, except before these.
_WORD = re.compile(r"a (?!(?:of|is|has|holds|should|and|are|was) )|(?=[a-z]*[aeiouy])[a-z]{2,}(?![\w/^])")
CASE_WITHOUT_ERROR = (
    "An extra case, in which your function runs but returns a wrong value (the counts below don't include it):"
)
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
        return f"the value of {problem.part} is wrong."
    if problem.actual == 1:
        return f"1 of the {problem.expected} values of {problem.part} is wrong."
    return f"{problem.actual} of the {problem.expected} values of {problem.part} are wrong."


def _changed(problem):
    rest = "belongs to the caller: build a new one."
    if len(problem.actual) > 1:
        rest = "belong to the caller: build new ones."
    return f"it changed {' and '.join(problem.actual)}, which {rest}"


_SENTENCES = {
    Kind.SAID: lambda problem: problem.sentence,
    Kind.NOT_TRIED: lambda problem: "not tried yet.",
    Kind.RAISED: lambda problem: f"it raised {exception_words(problem.failure)}.",
    Kind.WRONG_ARGUMENTS: lambda problem: (
        f"it is called as {problem.expected}, and raised {exception_words(problem.failure)}."
    ),
    Kind.TIMED_OUT: lambda problem: f"{problem.failure.message}: does a loop never end?",
    Kind.RETURN_MISSING: lambda problem: "it returned None: a return is missing.",
    Kind.PRINTED: lambda problem: "it returned None: it prints its result, where a return is needed.",
    Kind.NO_RESULT: lambda problem: "the call failed, so there is no result to look at.",
    Kind.NOT_NUMBERS: _not_numbers,
    Kind.NOT_PARTS: _not_parts,
    Kind.PART_COUNT: _part_count,
    Kind.RAGGED: lambda problem: f"{problem.part} has rows of different lengths.",
    Kind.SHAPE: _shape,
    Kind.NAN: lambda problem: f"{problem.part} holds nan.",
    Kind.VALUES: _values,
    Kind.WORD: lambda problem: f"{problem.part} is {problem.actual}, which is not right here.",
    Kind.CHANGED: _changed,
    Kind.UNKNOWN_CHANGE: lambda problem: "the call failed before this could be seen.",
    Kind.WARNED: lambda problem: (
        f"the numbers are right, but on the way there was a warning, {problem.actual}. {problem.sentence}".rstrip()
    ),
}


def begin_sentence(text):
    """Capitalise the first word of a sentence, unless it is the name of a quantity.

    Parameters
    ----------
    text : str
        A sentence in lower case.

    Returns
    -------
    str
    """
    return f"{text[0].upper()}{text[1:]}" if _WORD.match(text) else text


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
    return f"for {problem.tries[0]} of {problem.tries[1]} inputs, " if problem.tries else ""


def _stops_on_all(report):
    """Whether the call raised on every input that is counted, but not on the one that is shown."""
    return (
        report.case is not None
        and not report.case.failure
        and any(
            problem and problem.kind is Kind.RAISED and problem.tries and problem.tries[0] == problem.tries[1]
            for problem in (verdict.problem for verdict in report.requirements)
        )
    )


def _case_headline(report):
    return CASE_WITHOUT_ERROR if _stops_on_all(report) else "One failing case:"


def points_words(points):
    """Write out points, which may be any fraction where an instructor has changed what an exercise is worth."""
    return f"{round(points, 2):g}"


def _headline(report):
    points = f": {points_words(report.score)} of {points_words(report.points)} points" if report.points else ""
    return f"{'✔' if report.passed else '✘'} {report.name}{points}"


def _is_long(failure):
    return failure is not None and bool(failure.message or failure.line)


def _as_in_the_case(case, problem):
    """Say that a part has the wrong shape where a smaller input shows another one; None where the shape can be said."""
    if problem.kind is not Kind.SHAPE or not problem.tries or case is None or case.failure:
        return None
    shown = case.got
    if not isinstance(shown, Array) or case.place not in ("", problem.part) or shown.shape == problem.actual:
        return None
    return f"{_tries(problem)}{problem.part} has the wrong shape, as in the case above."


def _rows(report):
    """Return a line for each requirement: its mark, its name and points, and why it is not met."""
    rows, shown = [], {}
    if report.case and _is_long(report.case.failure):
        shown[report.case.failure] = ""
    for verdict in report.requirements:
        worth, problem = f"{verdict.name} ({points_words(verdict.points)})", verdict.problem
        if problem:
            message = _as_in_the_case(report.case, problem) or verdict.message
            # The same exception is written out once; one without a message is short enough to be repeated.
            if problem.kind is Kind.RAISED and problem.failure in shown:
                message = f"{_tries(problem)}it raised the same."
            elif message in shown.values():
                message = "see above."
            if problem.kind is not Kind.RAISED or _is_long(problem.failure):
                shown[problem.failure or verdict.name] = message
            rows.append(f"✘ {worth}: {message}")
        elif verdict.earned < verdict.points:
            rows.append(f"○ {worth}: met; its points count once “{report.requirements[0].name}” is met.")
        else:
            rows.append(f"✔ {worth}")
    return rows


def _split(report):
    """Divide the hints into what is seen at once and what is folded, between two mistakes if possible."""
    room = MAX_VISIBLE_WORDS - len(_headline(report).split())
    seen, folded = [], []
    for hint in report.hints:
        kept, room = [], room - 1
        for story in _NEXT_MISTAKE.split(hint):
            words = len(story.split())
            if not folded and words <= room:
                kept.append(story)
                room -= words
            elif folded or seen or kept:
                folded.append(story)
            else:
                start, rest = _cut(story, room)
                kept, folded = [start], [f"… {rest}"] if rest else []
        seen += [" ".join(kept)] if kept else []
    return seen, folded


def _cut(story, room):
    """Cut a story between two sentences, so that its start has room; at least one sentence stays in it."""
    start, *rest = _SENTENCE_END.split(story)
    while rest and len(start.split()) + len(rest[0].split()) <= room:
        start = f"{start} {rest.pop(0)}"
    return start, " ".join(rest)


def _message(report):
    """Return what is seen at once, the folded paragraphs (each of some lines), and the remarks for whoever grades."""
    remarks = [f"{REMARK} {remark}" for remark in report.remarks]
    rows = _rows(report)
    if report.passed or not rows:
        return [f"→ {hint}" for hint in report.hints], [rows] if rows else [], remarks
    seen, folded = _split(report)
    case = [_case_headline(report), *(f"  {line}" for line in case_lines(report.case))] if report.case else []
    equation = [f"Equation: {report.equation}"] if report.equation else []
    return [f"→ {hint}" for hint in seen], list(filter(None, [folded, case, rows, equation])), remarks


def visible_text(report):
    """Return what the HTML shows of a report before anything is unfolded, as text."""
    hints, _, remarks = _message(report)
    return "\n".join([_headline(report), *hints, *remarks])


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
        Several lines; what the HTML folds is indented further.
    """
    hints, details, remarks = _message(report)
    indent = "  " if report.passed else "    "
    return "\n".join(
        [
            _headline(report),
            *(f"  {hint}" for hint in hints),
            *([] if report.passed or not details else ["  Details"]),
            *(f"{indent}{line}" for lines in details for line in lines),
            *(f"  {remark}" for remark in remarks),
        ]
    )


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
    hints, details, remarks = _message(report)
    paragraphs, notes = ("".join(map(_paragraph, lines)) for lines in (hints, remarks))
    folded = "".join(map(_list, details))
    if folded and not report.passed:
        folded = f'<details><summary style="cursor:pointer">Details</summary>{folded}</details>'
    return (
        f'<div class="check" style="border-left:4px solid {color};padding:.2em .8em;max-width:48em">'
        f"<strong>{html.escape(_headline(report))}</strong>{paragraphs}{folded}{notes}</div>"
    )


def _paragraph(line):
    return f'<p style="margin:.4em 0">{html.escape(line)}</p>'


def _list(lines):
    """Write lines as a list without marks; those of a failing case are set apart."""
    items = "".join(
        f'<li style="font-family:monospace;padding-left:1.5em">{html.escape(line.strip())}</li>'
        if line.startswith("  ")
        else f"<li>{html.escape(line)}</li>"
        for line in lines
    )
    return f'<ul style="list-style:none;margin:.3em 0;padding:0">{items}</ul>'
