"""Find the one small change that makes a wrong function right, by trying changes of its text on the probes."""

import ast
import inspect
import textwrap
import time
from contextlib import contextmanager

from autograder.checking.call import Outcome
from autograder.checking.compare import flat
from autograder.diagnosis.agreement import agree
from autograder.diagnosis.edits_of_borrowed import edits_of_borrowed, edits_of_lacking
from autograder.diagnosis.edits_of_code import (
    edits_in_place,
    edits_of_aliases,
    edits_of_axes,
    edits_of_order,
    edits_of_products,
)
from autograder.diagnosis.edits_of_expressions import edits_of_expressions, edits_of_indices, edits_of_names
from autograder.exercise import one_run

# Seconds that one check may spend on changes.
BUDGET = 0.25
MAX_LINE = 70
CHANGE_ONLY = " Change only that, and all your values are right."
# A changed loop may run forever, which no right function does; the slowest takes a tiny part of this.
SECONDS = 0.5
# Changes of lines say what is wrong; changes of an expression say where, which is less than a factor of a part tells.
_OF_LINES = (edits_in_place, edits_of_products, edits_of_axes, edits_of_order)
_OF_EXPRESSIONS = (edits_of_expressions, edits_of_indices, edits_of_names, edits_of_lacking, edits_of_borrowed)
_OF_LACKING = (edits_of_lacking,)
# These lead to no loop without an end, whatever loops there are.
_ENDING = (edits_in_place, edits_of_products, edits_of_axes)


def source_tree(function):
    """Return the syntax tree of a function's text, without its decorators; None where the text isn't known.

    Parameters
    ----------
    function : callable
        The student's, or a stand-in for one, whose text is elsewhere.

    Returns
    -------
    (ast.FunctionDef, list of str) or None
        The tree, and the lines, of which the tree's first is the first.
    """
    try:
        text = textwrap.dedent(inspect.getsource(function.__code__))
        tree = ast.parse(text).body[0]
    except (AttributeError, OSError, TypeError, ValueError, SyntaxError, IndexError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__code__.co_name:
        return None
    tree.decorator_list = []
    return tree, text.splitlines()


@contextmanager
def _made(edit):
    """Make a change, and take it back in the end."""
    before = getattr(edit.node, edit.field)
    setattr(edit.node, edit.field, edit.new)
    try:
        yield
    finally:
        setattr(edit.node, edit.field, before)


def _compiled(tree, function):
    """Return the function that a changed tree defines, or None. What it calls is looked up where it was before."""
    scope, own = function.__globals__, {}
    if function.__closure__:
        try:
            cells = {
                name: cell.cell_contents
                for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True)
            }
        except ValueError:  # a cell that is still empty
            return None
        scope = {**scope, **cells}
    try:
        exec(_code(tree), scope, own)
    except Exception:
        return None
    return own.get(tree.name)


def _code(tree):
    """Compile a function; a node that moved to where it is read and not set any more is written out first."""
    ast.fix_missing_locations(tree)
    try:
        return compile(ast.Module([tree], []), "<a changed copy>", "exec")
    except ValueError:
        return compile(ast.Module([ast.parse(ast.unparse(tree)).body[0]], []), "<a changed copy>", "exec")


def _order_of_probes(trial):
    """Return the positions of the probes, those with a small wrong number first: most changes fail at once."""
    sizes = {
        position: 0 if (numbers := flat(answers[0])) is None else numbers.size
        for position, answers in enumerate(trial.expected)
    }
    wrong = [p for p in sizes if trial.outcomes[p].failure or not _is_right(trial.outcomes[p], trial, p)]
    return sorted(wrong, key=sizes.get) + [p for p in sizes if p not in wrong]


def _is_right(outcome, trial, position):
    return not outcome.failure and any(agree(outcome, Outcome(answer)) for answer in trial.expected[position])


def _mended(trial, tree, edit, order):
    """Return the changed function, if its values are right, or None."""
    with _made(edit):
        changed = _compiled(tree, trial.function)
    if changed is None:
        return None
    for position in order:
        outcome = trial.call_returned(changed, trial.probes[position], SECONDS)
        if outcome.failure and outcome.failure.kind == "TimeUp":
            raise TimeoutError
        if not _is_right(outcome, trial, position):
            return None
    return changed


def _first_mend(trial, makers):
    if not trial.exercise.comparable or trial.exercise.runs is not one_run or trial.exercise.fresh:
        return None
    if any(callable(answers[0]) for answers in trial.expected):
        return None
    source = source_tree(trial.function)
    if source is None:
        return None
    tree, lines = source
    if not any(True for maker in makers for _ in maker(tree)):
        return None
    if all(_is_right(outcome, trial, position) for position, outcome in enumerate(trial.outcomes)):
        return None  # only the structure is wrong, and no change would show that it is
    endless = any(isinstance(node, ast.While) for node in ast.walk(tree))
    order = _order_of_probes(trial)
    edits = (edit for maker in makers if not endless or maker in _ENDING for edit in maker(tree))
    end, second_best = time.monotonic() + BUDGET, None
    try:
        for edit in edits:
            changed = _mended(trial, tree, edit, order)
            found = changed and (edit, lines[edit.line - 1].strip())
            if found and not any(trial.of(changed).problems):
                return found
            # Where something else is still missed, another change may be what is really meant.
            second_best = second_best or found
            if time.monotonic() > end:
                break
    except TimeoutError:
        pass  # another change would hardly be worth waiting for
    return second_best


def overwritten_too_early(trial):
    """Name the line that overwrites an array whose old numbers are needed again, where that alone is wrong.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads.
    """
    return _told(trial.once(_overwritten))


def _overwritten(trial):
    return _first_mend(trial, [edits_of_aliases])


def one_line_mends(trial):
    """Name the line that has to be another one, or to stand elsewhere, to make every value right.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads; None where the text isn't known or no single change is enough.
    """
    return _told(trial.once(_of_lines))


def one_expression_mends(trial):
    """Name the line in which one small change of an expression makes every value right.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads; None where the text isn't known or no single change is enough.
    """
    return _told(trial.once(_of_expressions))


def lacking_mends(trial):
    """Name the expression that lacks a factor or a term, which another line has, to make every value right.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads; None where the text isn't known or no single change is enough.
    """
    return _told(trial.once(_of_lacking))


def _of_lacking(trial):
    return _first_mend(trial, _OF_LACKING)


def _of_lines(trial):
    return _first_mend(trial, _OF_LINES)


def _of_expressions(trial):
    return _first_mend(trial, _OF_EXPRESSIONS)


def _told(found):
    if found is None:
        return None
    edit, line = found
    shown = line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"
    return edit.kind, f"In your line “{shown}”, {edit.words}.{CHANGE_ONLY}"
