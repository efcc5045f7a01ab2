"""Read a derivation line by line: the start, the steps, and definitions of the learner's own."""

import re
from dataclasses import dataclass

from autograder.derivations.expression import Entry, Expression
from autograder.derivations.reading import Refused, read_expression

MAX_CHARACTERS, MAX_LINES = 20_000, 80
NO_EQUALS_SIGN = "This line doesn't begin with =. Every line after the first is a step: write = in front of it."
_JOINING = tuple("+-−*·×/÷^,=")


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
        Line, counted from 1, and column, counted from 0, of each character of the text.
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
        """Return where a character of the text stands, as line and column of all that was typed."""
        return self.places[min(column, len(self.places) - 1)] if self.places else (1, 0)


def _without_remark(text):
    """Cut off a comment, and a reason that begins with ``; because``."""
    text = text.partition("#")[0]
    match = re.search(r";\s*because\b", text)
    return text[: match.start()] if match else text


def _goes_on(before, line):
    """Whether a line continues the one before it: an operator joins them, or a parenthesis is still open."""
    opened = sum(before.count(each) for each in "([") > sum(before.count(each) for each in ")]")
    return opened or before.endswith(_JOINING) or line.startswith((*_JOINING, ")", "]"))


def _joined(text):
    """Yield the lines as (kind, text, places); the kind is None for a step whose = is missing."""
    current = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = _without_remark(raw)
        if not line.strip():
            continue
        start = len(line) - len(line.lstrip())
        kind = "step" if line[start] == "=" and line[start + 1 : start + 2] != "=" else None
        kind = "let" if re.match(r"let\b", line[start:]) else kind
        begin = start + {"step": 1, "let": 3, None: 0}[kind]
        content, places = line[begin:].rstrip(), [(number, column) for column in range(begin, len(line.rstrip()))]
        if kind is None and current and _goes_on(current[1], content):
            current = (current[0], f"{current[1]} {content}", [*current[2], (number, 0), *places])
            continue
        if current:
            yield current
        kind = kind if kind or current else "start"
        current = (kind, content, places or [(number, begin)])
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
            if kind is None:
                raise Refused(NO_EQUALS_SIGN)
            defines, begin = _definition(content) if kind == "let" else (None, 0)
            expression = _read_from(content, begin, names)
            names |= {defines.name} if defines else set()
        except Refused as error:
            refusal = error
        lines.append(Line(kind or "step", content, tuple(places), defines, expression, refusal))
    return lines


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
