"""Derivations set as mathematics while they are typed, where the front end lets a widget see the cells."""

import html
from pathlib import Path

import traitlets
from latex2mathml.converter import convert

from autograder.derivations.lines import read_lines
from autograder.derivations.reading import Refused
from autograder.derivations.typesetting import tex_of_line
from autograder.exercises import DERIVATIONS
from nblib.widgets.still import Live

NOTICE = "Derivations below are shown as mathematics while you type them."
ELSEWHERE = "Run the cell below a derivation to see it as mathematics."


def typeset(text, names=()):
    """Set a derivation that is being typed: what can't be read yet is shown as it was typed.

    Parameters
    ----------
    text : str
        What stands between the quotation marks so far.
    names : iterable of str
        Names of the derivation.

    Returns
    -------
    str
        HTML with MathML, a row a line; nothing is judged.
    """
    try:
        lines = read_lines(text, names)
    except Refused as refusal:
        return f"<p>{html.escape(refusal.sentence)}</p>"
    return "".join(f"<div>{_row(line)}</div>" for line in lines)


def _row(line):
    if line.expression is None:
        sign = {"step": "= ", "let": "let "}.get(line.kind, "")
        return f"<code>{html.escape(sign + line.text.strip())}</code>"
    return convert(rf"\displaystyle {tex_of_line(line)}")


class Preview(Live):
    """Watches the cells of the notebook it is displayed in.

    The browser sends the text of a derivation that is being typed, and puts what comes back below its cell.
    """

    _esm = Path(__file__).with_name("preview.js")
    names = traitlets.List().tag(sync=True)
    notice, elsewhere = traitlets.Unicode(NOTICE).tag(sync=True), traitlets.Unicode(ELSEWHERE).tag(sync=True)

    def __init__(self):
        super().__init__()
        self.names = list(DERIVATIONS)
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        name, text = content.get("name"), content.get("text")
        if name in DERIVATIONS and isinstance(text, str):
            page = typeset(text, DERIVATIONS[name].vocabulary.names)
            self.send({"serial": content.get("serial"), "page": page})

    def _ipython_display_(self):
        self.show_live(NOTICE)
        self.show_still("", ELSEWHERE)
