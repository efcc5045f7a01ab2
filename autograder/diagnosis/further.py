"""One step further, for whoever hands in the same wrong answer again: where to look in one's own function."""

import dis
import re

from autograder.checking.problem import Kind
from autograder.checking.trial import parameter_names
from autograder.diagnosis.certain import never_ended
from autograder.diagnosis.smallest_case import smallest_cases

MAX_NAMES = 4
WITH_A_LIMIT = (
    "give each `while` loop a limit for now, by writing `for _ in range(20):` in its place. Call your function on a "
    "small case in a cell of its own, and print in each pass what the condition of the loop looks at."
)


def _in_words(names):
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _own_names(trial):
    """Return the names that the student's function gives to what it computes on the way."""
    code = getattr(trial.function, "__code__", None)
    if code is None:
        return []
    functions = set(_imported_or_defined(code)) | {"_"}
    return [name for name in code.co_varnames[code.co_argcount :] if name.isidentifier() and name not in functions][
        :MAX_NAMES
    ]


def _imported_or_defined(code):
    """Yield the names of what a function imports or defines with def, which is not worth printing."""
    made = False
    for instruction in dis.get_instructions(code):
        if made and instruction.opname == "STORE_FAST":
            yield instruction.argval
        made = instruction.opname in ("IMPORT_NAME", "IMPORT_FROM", "MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")


def _at_the_line(case):
    """Say what to print at a line that stops."""
    line, names = case.failure.line, []
    if line:
        # What is called, and what comes after a dot, has no shape.
        names = list(
            dict.fromkeys(re.findall(r"(?<![\w.])[^\W\d]\w*(?!\w|\s*[(.]\s*)", line.partition("=")[2] or line))
        )
        names = [name for name in names if name not in ("return", "for", "in", "if", "else", "not", "and", "or")]
    what = f"the shapes of {_in_words(names[:MAX_NAMES])}" if names else "the shape of every value in it"
    where = f"just before your line “{line}”" if line else "just before the line that stops"
    return f"call your function on the failing case in a cell of its own, and print {what} {where}."


def _on_the_way(trial, case):
    """Say which intermediate values to print."""
    names = _own_names(trial)
    what = f"print {_in_words(names)} as soon as each is computed" if names else "compute each part of your line alone"
    where = f" Follow {case.place} back." if case.place and case.place != "the result" else ""
    by_hand = "Which is the first that differs from your own calculation by hand?"
    if any(problem and problem.kind is Kind.SHAPE for problem in trial.problems) and trial.problems[0] is None:
        by_hand = "After which line is the shape no longer the one you expect?"
    return f"call your function on the failing case in a cell of its own, and {what}.{where} {by_hand}"


def further_hint(trial):
    """Say what to look at next: the line that stops, the values on the way, or the input that is changed.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer that misses a requirement.

    Returns
    -------
    str or None
        Without any right number; None where nothing more can be said.
    """
    first = "The same answer again, so one step further:"
    if never_ended(trial):
        return f"{first} {WITH_A_LIMIT}"
    case = next(iter(trial.once(smallest_cases)), None)
    if case:
        return f"{first} {_at_the_line(case) if case.failure else _on_the_way(trial, case)}"
    names = parameter_names(trial.exercise)
    if changed := {names[position] for outcome in trial.outcomes for position in outcome.changed}:
        return (
            f"{first} print {_in_words(sorted(changed))} before and after a call, and after each line of your "
            "function: which line changes it?"
        )
    return None
