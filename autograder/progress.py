"""``progress``: which exercises of a lesson are done, and what to do next."""

import html
import os
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from types import FunctionType

from autograder import elsewhere
from autograder.lesson_names import lesson_called

DONE, WRONG, MISSING = "done", "not right yet", "not written yet"
WAITING = "right, but what it calls is not yet"
SHORT = "right, but some steps aren't shown, and these are worth points"
_MARKS = {DONE: "✔", WRONG: "✘", MISSING: "○", WAITING: "○", SHORT: "○"}


@dataclass(frozen=True)
class Entry:
    """One exercise or derivation, and how far it is.

    Attributes
    ----------
    name : str
        Of the exercise or the derivation.
    state : str
        One of the sentences above, such as ``"not right yet"``.
    waiting : tuple of str
        The exercises of the lesson that build on it and are not done.
    optional : bool
        Whether it is one of those under "Going further", which count no points.
    """

    name: str
    state: str
    waiting: tuple = ()
    optional: bool = False

    def __str__(self):
        waiting = f"; needed for {', '.join(self.waiting)}" if self.waiting else ""
        return f"{_MARKS[self.state]} {self.name}: {self.state}{waiting}"


@dataclass(frozen=True, repr=False)
class Progress:
    """What ``progress`` returns.

    Attributes
    ----------
    lesson : str
        Its name; empty where none was found.
    entries : tuple of Entry
        What is left to do comes first, beginning with what others need.
    message : str
        One sentence for input that is no lesson; empty otherwise.
    """

    lesson: str = ""
    entries: tuple = ()
    message: str = ""

    @property
    def left(self):
        """What is left to do of the core, in the order in which to do it."""
        return [entry for entry in self.entries if entry.state != DONE and not entry.optional]

    @property
    def further(self):
        """What is left under "Going further"."""
        return [entry for entry in self.entries if entry.state != DONE and entry.optional]

    @property
    def done(self):
        """Names of what is done."""
        return [entry.name for entry in self.entries if entry.state == DONE]

    @property
    def headline(self):
        """The first line of what is shown."""
        if self.message:
            return self.message
        core = [entry for entry in self.entries if not entry.optional]
        return f"{'○' if self.left else '✔'} {self.lesson}: {len(core) - len(self.left)} of {len(core)} done"

    def _sections(self):
        """Return the headings, each with its lines."""
        left = [("Left to do, in this order", [str(entry) for entry in self.left])] if self.left else []
        further = [("Going further, if you like", [", ".join(entry.name for entry in self.further)])]
        return left + ([("Done", [", ".join(self.done)])] if self.done else []) + (further if self.further else [])

    def __str__(self):
        lines = [self.headline]
        for heading, rows in self._sections():
            lines += [f"  {heading}", *(f"    {row}" for row in rows)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        sections = "".join(
            f'<p style="margin:.4em 0 .1em">{heading}</p><ul style="list-style:none;margin:0;padding:0 0 0 1em">'
            + "".join(f"<li>{html.escape(row)}</li>" for row in rows)
            + "</ul>"
            for heading, rows in self._sections()
        )
        color = "#0072B2" if self.left or self.message else "#009E73"
        return (
            f'<div class="progress-of-lesson" style="border-left:4px solid {color};padding:.2em .8em;max-width:48em">'
            f"<strong>{html.escape(self.headline)}</strong>{sections}</div>"
        )


def progress(lesson=None):
    """List the exercises and derivations of a lesson with their state: what is left to do, and what is done.

    Parameters
    ----------
    lesson : str or int, optional
        Name or number of the lesson. Without it, the names that are defined where it is called tell which one it is.

    Returns
    -------
    Progress or None
        Shown in a notebook as HTML, elsewhere as text; a lesson that does not exist gets one sentence. None while a
        notebook is graded, where nobody looks at it.
    """
    if elsewhere.ask or os.environ.get("NBGRADER_EXECUTION"):
        return None
    caller = sys._getframe(1)
    return _progress({**caller.f_globals, **caller.f_locals}, lesson)


def _progress(names, lesson):
    from autograder.exercises import ORDER  # here: see autograder.check

    written = {name: value for name, value in names.items() if _is_own(name, value)}
    chosen = _most_likely(written) if lesson is None else _named(lesson)
    if chosen not in ORDER:
        return Progress(message=_no_lesson(lesson))
    return Progress(chosen, _entries(chosen, written))


def _is_own(name, value):
    """Whether a name holds a function that was written here, or the text of a derivation."""
    if isinstance(value, FunctionType):
        return value.__name__ == name and not str(value.__module__).startswith(("nblib.", "autograder."))
    return isinstance(value, str)


def _most_likely(written):
    """Return the lesson that has the most of the names; the later of two that have the same number."""
    from autograder.exercises import ORDER

    in_lesson = {lesson: len(set(order) & set(written)) for lesson, order in ORDER.items()}
    lesson = max(reversed(in_lesson), key=in_lesson.get)
    return lesson if in_lesson[lesson] else None


def _named(lesson):
    """Return the lesson of a name or a number, or None."""
    from autograder.exercises import ORDER

    return lesson_called(lesson, ORDER) if isinstance(lesson, (str, int)) else None


def _no_lesson(lesson):
    from autograder.exercises import ORDER

    example = f"such as progress({next(iter(ORDER))!r})"
    if lesson is None:
        return f"None of the functions that are defined here belongs to a lesson: say which lesson is meant, {example}."
    similar = get_close_matches(str(lesson)[:40], ORDER, n=1, cutoff=0.4)
    advice = f"Did you mean {similar[0]!r}?" if similar else f"Give its name or its number from 1 to {len(ORDER)}."
    return f"There is no lesson {str(lesson)[:40]!r}. {advice}"


def _entries(lesson, written):
    """Find the state of everything in a lesson; what is left comes first, beginning with what others need."""
    from autograder.exercises import DERIVATIONS, OPTIONAL, ORDER

    needed = {name: set(earlier) for name, earlier in ORDER[lesson].items()}
    for name in needed:
        needed[name] |= _called_by(written.get(name)) & set(needed) - {name}
    states = {}
    for name in needed:
        find = _state_of_derivation if name in DERIVATIONS else _state_of_function
        states[name] = find(name, written.get(name))

    def waiting(name):
        return tuple(other for other in needed if name in needed[other] and states[other] != DONE)

    entries = [
        Entry(name, state, waiting(name) if state != DONE else (), name in OPTIONAL) for name, state in states.items()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.state == DONE, not entry.waiting)))


def _called_by(function):
    """Return the names that a function reads from outside."""
    return set(function.__code__.co_names) if isinstance(function, FunctionType) else set()


def _state_of_function(name, function):
    from autograder.examination import examine, seed_for
    from autograder.seeds import PUBLIC_SEED

    if not isinstance(function, FunctionType):  # a number, say, that took the name
        return MISSING
    report = examine(function, seed_for(function, PUBLIC_SEED))
    if report.follow_on:
        return WAITING
    if report.passed:
        return DONE
    return WRONG if report.tried else MISSING


def _state_of_derivation(name, lines):
    from autograder.derivation_check import check_derivation
    from autograder.seeds import PUBLIC_SEED

    if not isinstance(lines, str):
        return MISSING
    steps = [line for line in lines.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(steps) < 2:  # the start is given
        return MISSING
    report = check_derivation(name, lines, PUBLIC_SEED)
    if report.passed:
        return DONE if report.score == report.points else SHORT
    return WRONG
