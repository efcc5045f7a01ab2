"""What a check found out, for people (text and HTML that say the same) and for nbgrader (a float)."""

import html
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Verdict:
    """One requirement and whether it was met.

    Attributes
    ----------
    name : str
        Of the requirement.
    points : float
        What it is worth.
    earned : float
        What it brought.
    met : bool
        Whether the function fulfils it; it earns nothing all the same while the first requirement is not met.
    message : str
        Why it is not met, in kind.
    """

    name: str
    points: float
    earned: float
    met: bool
    message: str = ""


LOOK = "To be looked at, when this is graded:"


def _number(points):
    return f"{points:g}"


class Result:
    """What ``check`` finds; the function is tried when somebody first looks, or at once where that is asked for.

    Parameters
    ----------
    name : str
        Of the exercise.
    points : float
        What it is worth.
    find : callable
        Tries the function; returns the verdicts, and a callable that names what is wrong as (mistakes, hints).
    equation : str
        What the exercise asks for.
    remark : callable
        Returns the sentences about what somebody should look at.
    """

    def __init__(self, name, points, find, equation="", remark=tuple):
        self.name, self.points, self.equation = name, points, equation
        self._find, self._remark = find, remark

    def found(self):
        """Find out now what there is to find out, and return this result."""
        self._named, self.remarks  # noqa: B018 (this is what finds it out)
        return self

    @cached_property
    def _tried(self):
        return self._find()

    @cached_property
    def _named(self):
        return self._tried[1]()

    @property
    def requirements(self):
        """The verdicts, in the order of the exercise."""
        return self._tried[0]

    @property
    def mistakes(self):
        """Ids of the mistakes that were recognised."""
        return self._named[0]

    @property
    def hints(self):
        """What to think about next."""
        return self._named[1]

    @cached_property
    def remarks(self):
        """What earns or costs nothing by itself, and should be looked at by somebody."""
        return self._remark()

    @property
    def score(self):
        """The points earned."""
        return float(sum(verdict.earned for verdict in self.requirements))

    @property
    def passed(self):
        """Whether every requirement is met."""
        return bool(self.requirements) and all(verdict.met for verdict in self.requirements)

    def _headline(self):
        return f"{'✔' if self.passed else '✘'} {self.name}: {_number(self.score)} of {_number(self.points)} points"

    def _rows(self):
        told = set()
        for verdict in self.requirements:
            worth = f"{verdict.name} ({_number(verdict.points)})"
            if not verdict.met:
                before, raised, error = verdict.message.partition("it raised ")
                yield "✘", worth, f"{before}{raised}the same." if error in told else verdict.message
                told.update([error] if ":" in error else [])
            elif verdict.earned < verdict.points:
                yield "○", worth, f"met, and counts as soon as “{self.requirements[0].name}” is met."
            else:
                yield "✔", worth, ""

    def __str__(self):
        lines = [self._headline()]
        lines += [f"  {mark} {worth}" + (f": {message}" if message else "") for mark, worth, message in self._rows()]
        lines += [f"  → {hint}" for hint in self.hints]
        lines += [f"  {LOOK} {remark}" for remark in self.remarks]
        if self.equation and not self.passed:
            lines.append(f"  Equation: {self.equation}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        color = "#009E73" if self.passed else "#D55E00"
        rows = "".join(
            f"<li>{mark} {html.escape(worth)}{': ' + html.escape(message) if message else ''}</li>"
            for mark, worth, message in self._rows()
        )
        hints = "".join(f'<p style="margin:.4em 0">→ {html.escape(hint)}</p>' for hint in self.hints)
        hints += "".join(f'<p style="margin:.4em 0">{LOOK} {html.escape(remark)}</p>' for remark in self.remarks)
        equation = ""
        if self.equation and not self.passed:
            equation = f'<p style="margin:.4em 0">Equation: <code>{html.escape(self.equation)}</code></p>'
        return (
            f'<div class="check" style="border-left:4px solid {color};padding:.2em .8em;max-width:48em">'
            f"<strong>{html.escape(self._headline())}</strong>"
            f'<ul style="list-style:none;margin:.3em 0;padding:0">{rows}</ul>{hints}{equation}</div>'
        )


class Cell:
    """A test cell that is being graded: what it is worth, and what ``grade`` found in it so far.

    Parameters
    ----------
    points : float or None
        What nbgrader gives for the cell, which an instructor may have changed; None for what its exercises are worth.
    """

    def __init__(self, points):
        self.points = points
        self.grades = []

    def earned(self, grades):
        """Return the share of the cell's points that some grades earn together, each with the weight of its exercise.

        A grade without points belongs to no exercise, so nobody can say how much the others weigh beside it: like a
        name that is not defined, it costs the whole cell.
        """
        if not all(grade.points for grade in grades):
            return 0.0
        total = sum(grade.points for grade in grades)
        share = sum(grade.score for grade in grades) / total
        # Rounding must not take a right answer above the cell's points, which nbgrader refuses.
        return (total if self.points is None else self.points) * min(1.0, share)


class Grade(Result):
    """What ``grade`` found: the same, with the points as a plain float for nbgrader to read.

    Attributes
    ----------
    cell : Cell or None
        The test cell that is being graded.  The number that is shown is then out of the cell's points, and covers
        every call of ``grade`` in the cell.  ``score`` and ``float()`` stay on the scale of the exercise.
    alone : bool
        Whether nbgrader reads the number while nobody knows what the cell is worth.
    worth_nothing : bool
        Whether a number that is not full marks is shown as 0.
    """

    cell, alone, worth_nothing = None, False, False

    def __float__(self):
        return self.score

    def _together(self):
        """Return what is shown with this grade: all grades of its cell, if it is one of them."""
        grades = self.cell.grades if self.cell else ()
        return grades if any(grade is self for grade in grades) else [self]

    def __repr__(self):
        if self.cell:
            return repr(self.cell.earned(self._together()))
        return repr(0.0 if self.worth_nothing and not self.passed else self.score)

    def _repr_html_(self):
        return "".join(Result._repr_html_(grade) for grade in self._together())

    def _ipython_display_(self):
        """Show a right answer without a number where the number could only be wrong.

        nbgrader gives full marks to a cell that shows none, and refuses a number above the cell's points.
        """
        if not self.alone or not self.passed:
            raise NotImplementedError  # IPython then shows it by its text and its HTML
        from IPython.display import display  # here, because nothing else needs IPython

        display({"text/html": self._repr_html_(), "text/plain": str(self)}, raw=True)
