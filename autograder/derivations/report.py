"""What was found out about a derivation: a report that also knows its lines."""

import html
from dataclasses import dataclass

from autograder.checking.report import Report
from autograder.checking.words import as_html, as_text, points_words


@dataclass(frozen=True)
class ShownLine:
    """One line as it is shown.

    Attributes
    ----------
    mark : str
        ``"✓"`` or ``"✗"``.
    tex : str
        The line as mathematics; empty where it could not be read.
    text : str
        The line as it was typed.
    hint : str
        What is wrong with it.
    """

    mark: str
    tex: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class DerivationReport(Report):
    """Everything that was found out about one derivation.

    Its requirements are the milestones and the goal.

    Attributes
    ----------
    complete : bool
        Whether every line is right, and the goal is reached by at least one step in between.
    line : int or None
        The first step that is wrong, or cannot be read; the start is 0.
    lines : tuple of ShownLine
        The derivation, line by line.
    """

    complete: bool = False
    line: int | None = None
    lines: tuple[ShownLine, ...] = ()

    @property
    def passed(self):
        """Whether every line is right, and the goal is reached by at least one step in between."""
        return self.complete

    @property
    def tried(self):
        """Whether there is a line beside the start, which is given."""
        return len(self.lines) > 1

    @classmethod
    def from_data(cls, data):
        """Return the report that ``as_data`` has turned into plain data."""
        return super().from_data(data | {"lines": tuple(ShownLine(**line) for line in data["lines"])})


def _headline(report):
    points = f": {points_words(report.score)} of {points_words(report.points)} points" if report.points else ""
    mark = "✘" if not report.passed else "✔" if report.score == report.points else "○"  # right, but steps are missing
    return f"{mark} {report.name}{points}"


def _other_hints(report):
    """Return the hints that belong to no line."""
    shown = {each.hint for each in report.lines}
    return [hint for hint in report.hints if hint not in shown]


@as_text.register
def _(report: DerivationReport):
    rows = [_headline(report)]
    for each in report.lines:
        rows += [f"  {each.mark} {each.text}", *(f"      {row}" for row in each.hint.splitlines())]
    return "\n".join(rows + [f"  → {hint}" for hint in _other_hints(report)])


@as_html.register
def _(report: DerivationReport):
    complete = report.passed and report.score == report.points
    color = "#009E73" if complete else "#D55E00" if report.line is not None else "#0072B2"
    rows = "".join(map(_row, report.lines))
    others = "".join(f'<p style="margin:.4em 0">→ {html.escape(hint)}</p>' for hint in _other_hints(report))
    return (
        f'<div class="check" style="border-left:4px solid {color};padding:.2em .8em;max-width:60em">'
        f"<strong>{html.escape(_headline(report))}</strong>"
        f'<table style="margin:.3em 0">{rows}</table>{others}</div>'
    )


def _row(each):
    cell = '<td style="text-align:left;padding:.2em .5em">'
    shown = rf"$\displaystyle {html.escape(each.tex)}$" if each.tex else f"<code>{html.escape(each.text)}</code>"
    row = f"<tr>{cell}{each.mark}</td>{cell}{shown}</td></tr>"
    if each.hint:
        sentence, *caret = each.hint.split("\n", 1)
        below = f'<pre style="margin:.2em 0">{html.escape(caret[0])}</pre>' if caret else ""
        row += f"<tr>{cell}</td>{cell}{html.escape(sentence)}{below}</td></tr>"
    return row
