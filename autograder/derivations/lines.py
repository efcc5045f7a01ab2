"""Read a derivation line by line: the start, the steps, and definitions of the learner's own."""

import re
from dataclasses import dataclass

from autograder.derivations.expression import Entry, Expression
from autograder.derivations.reading import Refused, read_expression

MAX_CHARACTERS, MAX_LINES = 20_000, 80
_NEW_LINE = "Does a new step begin here? Then begin the line with =."


@dataclass(frozen=True)
class Line:
    """One step of a derivation, or a definition of the learner's own.

    Attributes
    ----------
    kind : str
        ``"start"``, ``"step"`` or ``"let"``.
    text : str
        As it was typed, without its ``=``, and without a remark; a continued line is one text.
    places : tuple of (int, int)
        Line and column of each character of the text. Lines are counted from 1, as a learner would count them: without
        blank lines and lines that hold only a comment. Columns are counted from 0.
    defines : Entry or None
        What a ``let`` line defines.
    expression : Expression or None
        None if the line cannot be read.
    refusal : Refused or None
        Why it cannot be read.
    """

    kind: str
    text: str
    places: tuple
    defines: Entry | None = None
    expression: Expression | None = None
    refusal: Refused | None = None

    def place(self, column):
        """Return the line and the column of a character of the text."""
        return self.places[min(column, len(self.places) - 1)] if self.places else (1, 0)


def _without_remark(text):
    """Cut off a comment, and a reason that begins with ``; because``."""
    text = text.partition("#")[0]
    match = re.search(r";\s*because\b", text)
    return text[: match.start()] if match else text


def _joined(text):
    """Yield the lines as (kind, text, places): a line without = or let goes on with the one before."""
    current = None
    lines = [line for line in map(_without_remark, text.splitlines()) if line.strip()]
    for number, line in enumerate(lines, 1):
        start = len(line) - len(line.lstrip())
        kind = "step" if line[start] == "=" and line[start + 1 : start + 2] != "=" else None
        kind = "let" if re.match(r"let\b", line[start:]) else kind
        begin = start + {"step": 1, "let": 3, None: 0}[kind]
        content, places = line[begin:].rstrip(), [(number, column) for column in range(begin, len(line.rstrip()))]
        if kind is None and current:
            current = (current[0], f"{current[1]} {content}", [*current[2], (number, 0), *places])
            continue
        if current:
            yield current
        current = (kind or "start", content, places or [(number, begin)])
    if current:
        yield current


def read_lines(text, names=()):
    """Read a derivation.

    Parameters
    ----------
    text : str
        What the learner typed.
    names : iterable of str
        Names of the derivation, for ``dC/dz[j]``.

    Returns
    -------
    list of Line
        The start, the steps and the learner's own definitions, in their order.

    Raises
    ------
    Refused
        If there are too many characters or lines to look at them one by one.
    """
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"The text has more than {MAX_CHARACTERS:,} characters. Leave only the lines of your derivation.")
    if text.count("\n") > MAX_LINES:
        raise Refused(f"There are more than {MAX_LINES} lines. Leave only the lines of your derivation.")
    names, lines = set(names), []
    for kind, content, places in _joined(text):
        defines = expression = refusal = None
        try:
            defines, begin = _definition(content) if kind == "let" else (None, 0)
            expression = _read_from(content, begin, names)
            names |= {defines.name} if defines else set()
        except Refused as error:
            place = _forgotten_sign(content, places)
            refusal = error if place is None else Refused(_of_a_new_line(content[place:]), place)
        lines.append(Line(kind, content, tuple(places), defines, expression, refusal))
    return lines


def _forgotten_sign(content, places):
    """Return where a line without = goes on with the one before and no operator joins the two, or None."""
    for place in range(1, len(content) - 1):
        goes_on = places[place][0] > places[place - 1][0]
        if goes_on and re.match(r"[\w)\]]", content[place - 1]) and re.match(r"[\w(∂]", content[place + 1]):
            return place + 1
    return None


def _of_a_new_line(text):
    """Say how a line begins that goes on with the one before by mistake: as a step, or as a definition."""
    match = re.match(r"\s*([^\W\d]\w*(?:\[[\w, ]*\])?)\s*=(?!=)", text)
    if match:
        return f"Do you give something a name here? Then begin the line with let, as in let {match[1]} = …"
    return _NEW_LINE


def _read_from(content, begin, names):
    try:
        return read_expression(content[begin:], names)
    except Refused as refusal:
        raise Refused(refusal.sentence, refusal.column + begin, refusal.kind) from None


def _definition(content):
    """Split ``u = …`` of a line with let: return what is defined, and where its meaning begins."""
    name, equals, _ = content.partition("=")
    entry = read_expression(name) if equals else None
    if not isinstance(entry, Entry):
        raise Refused("A line with let gives a name to something: let u = 1 + exp(-z).", 0)
    return entry, len(name) + 1
