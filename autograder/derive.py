"""``derive``: check a derivation that a learner writes, line by line."""

import html
from dataclasses import dataclass

from autograder import elsewhere


@dataclass(frozen=True)
class ShownLine:
    """One line as it is shown.

    Attributes
    ----------
    mark : str
        ``"✓"``, ``"✗"``, or empty for a definition.
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


@dataclass(frozen=True, repr=False)
class DerivationResult:
    """What ``derive`` found.

    Attributes
    ----------
    name : str
        Of the derivation.
    points, score : float
        What it is worth, and what was earned.
    passed : bool
        Whether every line is right, and the goal is reached by at least one step in between.
    line : int or None
        The first step that is wrong, or cannot be read; the start is 0.
    mistakes : tuple of str
        The ids of the mistakes that were recognised.
    hints : list of str
        What is wrong, or what is still missing.
    lines : tuple of ShownLine
        The derivation, line by line.
    """

    name: str
    points: float
    score: float = 0.0
    passed: bool = False
    line: int | None = None
    mistakes: tuple = ()
    hints: tuple = ()
    lines: tuple = ()

    @property
    def headline(self):
        """The first line of what is shown."""
        return f"{'✔' if self.passed else '✘'} {self.name}: {self.score:.3g} of {self.points:g} points"

    def _remarks(self):
        """Hints that belong to no line."""
        shown = {each.hint for each in self.lines}
        return [hint for hint in self.hints if hint not in shown]

    def __str__(self):
        rows = [self.headline]
        for each in self.lines:
            rows.append(f"  {each.mark or ' '} {each.text}")
            rows += [f"      {row}" for row in each.hint.splitlines()]
        return "\n".join(rows + [f"  → {hint}" for hint in self._remarks()])

    __repr__ = __str__

    def _repr_html_(self):
        color = "#009E73" if self.passed else "#D55E00" if self.line is not None else "#0072B2"
        rows = "".join(_row(each) for each in self.lines)
        remarks = "".join(f'<p style="margin:.4em 0">→ {html.escape(hint)}</p>' for hint in self._remarks())
        return (
            f'<div style="border-left:4px solid {color};padding:.2em 0 .2em .8em">'
            f"<strong>{html.escape(self.headline)}</strong>"
            f'<table style="margin:.3em 0">{rows}</table>{remarks}</div>'
        )


def _row(each):
    shown = f"$\\displaystyle {html.escape(each.tex)}$" if each.tex else f"<code>{html.escape(each.text)}</code>"
    cell = '<td style="text-align:left;padding:.15em .5em">'
    row = f"<tr>{cell}{each.mark}</td>{cell}{shown}</td></tr>"
    if each.hint:
        sentence, *caret = each.hint.split("\n", 1)
        more = f'<pre style="margin:.2em 0">{html.escape(caret[0])}</pre>' if caret else ""
        row += f"<tr>{cell}</td>{cell}{html.escape(sentence)}{more}</td></tr>"
    return row


def derive(name, lines):
    """Check a derivation.

    Parameters
    ----------
    name : str
        Of the derivation, as the lesson gives it.
    lines : str
        The derivation: the start, then one step a line, each beginning with ``=``.

    Returns
    -------
    DerivationResult
        Shown in a notebook with every line as mathematics, elsewhere as text.
    """
    if elsewhere.ask:
        return elsewhere.ask("derive", name, lines)
    # Imported here: a process that runs student code never gets this far.
    from autograder.derivation_check import check_derivation
    from autograder.seeds import PUBLIC_SEED

    return check_derivation(name, lines, PUBLIC_SEED)
