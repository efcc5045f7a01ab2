"""Shallow copies: a new list whose arrays are still the caller's."""

import ast
import re

import numpy as np

from autograder.checking.compare import leaves
from autograder.diagnosis.mends import source_tree


def _copied(node):
    """Return what a node makes a shallow copy of, or None."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in ("list", "tuple", "copy.copy") and len(node.args) == 1:
            return node.args[0]
        if name.endswith(".copy") and not node.args:
            return node.func.value
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return node.value if ast.unparse(node.slice) == ":" else None
    if isinstance(node, ast.ListComp) and len(node.generators) == 1:
        loop = node.generators[0]
        return loop.iter if ast.unparse(node.elt) == ast.unparse(loop.target) else None
    return None


def shallow_copies(trial):
    """Return the shallow copies, as the student wrote them, of lists of arrays that a call has changed.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of a function that changes its arguments.

    Returns
    -------
    list of str
        Empty where the text isn't known.
    """
    changed = {position for outcome in trial.outcomes for position in outcome.changed}
    source = source_tree(trial.function) if changed else None
    if source is None:
        return []
    own = [argument.arg for argument in source[0].args.args]
    lists = {own[position] for position in changed if position < len(own) and _holds_arrays(trial.probes[0][position])}
    found = []
    for node in ast.walk(source[0]):
        of = _copied(node)
        if isinstance(of, ast.Name) and of.id in lists:
            found.append(ast.unparse(node))
    return found


def _holds_arrays(argument):
    return isinstance(argument, (list, tuple)) and any(isinstance(part, np.ndarray) for _, part in leaves(argument))


def with_shallow_copies(trial, hint):
    """Say in a hint on changed arguments that a copy in the student's text is shallow.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the function that the hint is about.
    hint : str
        At most its first two sentences are kept where something is added.

    Returns
    -------
    str
    """
    copies = shallow_copies(trial)
    if not copies:
        return hint
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z`])", hint)[:2]
    return (
        f"{' '.join(sentences)} `{copies[0]}` is shallow: it makes a new list, but the arrays in it stay the caller's."
    )
