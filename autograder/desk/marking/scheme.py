"""A mark scheme as boxes to tick."""

import re
from dataclasses import dataclass

_SCHEME = re.compile(r"BEGIN MARK SCHEME[^\n]*\n(.*?)(?:\n[^\n]*END MARK SCHEME|\Z)", re.DOTALL)
_ITEM = re.compile(r"^\s{0,3}(?:\d+[.)]|[-*+])\s+(.*(?:\n(?!\s{0,3}(?:\d+[.)]|[-*+])\s|\s*$).*)*)", re.MULTILINE)
_WORTH = re.compile(r"^\(?(\d+(?:\.\d+)?)\s*(?:points?|pts?)\)?[:.]?\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Box:
    """Something that an answer should say.

    Attributes
    ----------
    text : str
        Markdown.
    points : float
    """

    text: str
    points: float


@dataclass(frozen=True)
class Scheme:
    """A mark scheme.

    Attributes
    ----------
    boxes : tuple of Box
        Empty if the scheme isn't a list; in that case, the points are typed.
    intro, notes : str
        What it says before the list, and what else it says, in Markdown.
    points : float
        What the question is worth.
    text : str
        All of it, in Markdown.
    """

    boxes: tuple
    intro: str
    notes: str
    points: float
    text: str = ""

    def score(self, ticks):
        """Return the points of an answer.

        Parameters
        ----------
        ticks : sequence of float
            For each box 0, ½ or 1.

        Returns
        -------
        float
        """
        return sum(box.points * tick for box, tick in zip(self.boxes, ticks, strict=True))


def read_scheme(source, points):
    """Read the mark scheme of a written question.

    Parameters
    ----------
    source : str
        Of the cell in the source.
    points : float
        What the question is worth. A list item that begins with its points, such as "2 points:", is worth those;
        the others share what is left.

    Returns
    -------
    Scheme
    """
    found = _SCHEME.search(source)
    text = found[1] if found else ""
    items = [" ".join(each.split()) for each in _ITEM.findall(text)]
    named = [float(match[1]) if (match := _WORTH.match(item)) else None for item in items]
    left, sharing = points - sum(each or 0 for each in named), sum(each is None for each in named)
    if not items or left < 0 or (not sharing and left):
        return Scheme((), "", text.strip(), points, text.strip())
    boxes = tuple(
        Box(_WORTH.sub("", item), left / sharing if worth is None else worth)
        for item, worth in zip(items, named, strict=True)
    )
    start = _ITEM.search(text).start()
    return Scheme(boxes, text[:start].strip(), _ITEM.sub("", text[start:]).strip(), points, text.strip())
