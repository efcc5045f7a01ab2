"""Notice answers that are not a student's own: nblib's, or those of another library."""

import ast
import functools
import sys

# What does the work that the course asks a student to do.
LIBRARIES = ("sklearn", "torch", "jax", "tensorflow", "autograd", "keras", "theano")


@functools.cache
def _answers(names):
    """Names of the functions of nblib and of the checks that answer one of these exercises, with the exercise."""
    from autograder.exercises import EXERCISES  # here: see autograder.check

    answers = {}
    for name in names:
        reference = EXERCISES[name].reference
        answers[f"{reference.__module__}.{reference.__qualname__}"] = name
        for module in _nblib_modules():
            if callable(getattr(module, name, None)):
                answers[f"{module.__name__}.{name}"] = name
    return answers


@functools.cache
def _exercises(tests):
    from autograder.examination import exercises_in  # here: see autograder.check

    return tuple(exercises_in(tests))


def _nblib_modules():
    return [module for name, module in list(sys.modules.items()) if name.startswith("nblib.") and module]


def notices(tests, met, cells):
    """Say where a submission's answers come from elsewhere.

    Parameters
    ----------
    tests : tuple of str
        Text of the notebook's test cells, which says what its exercises are, whatever the lesson is called.
    met : dict of str to list of str
        By the student's function, the functions that were called when it was tried.
    cells : dict of str to str
        By the student's function, the cell it is defined in.

    Returns
    -------
    dict of str to str
        By the student's function, a sentence for the feedback.
    """
    answers = _answers(_exercises(tests))
    found = {}
    for name, called in met.items():
        for each in called:
            if answers.get(each) == name or (each in answers and each.startswith("nblib.")):
                found[name] = f"{name} calls {each}, which is an answer to this lesson's exercise {answers[each]}."
            elif each.partition(".")[0] in LIBRARIES:
                found[name] = f"{name} calls {each.partition('.')[0]}, which does the work that is asked for."
            elif each.startswith("autograder.exercises"):
                found[name] = f"{name} calls the checks' own answers."
    for name, source in cells.items():
        said = name not in found and _by_reading(name, source, answers)
        if said:
            found[name] = said
    return found


def _by_reading(name, source, answers):
    if "import" not in source:  # most answers: they need not be parsed
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    imported = _imported(tree)
    for module in sorted(imported):
        if module.partition(".")[0] in LIBRARIES:
            return f"{name} imports {module.partition('.')[0]}, which does the work that is asked for."
        if module.startswith("autograder.exercises"):
            return f"{name} imports the checks' own answers."
        # An answer may be imported to be compared with, outside of all functions.
        if answers.get(module) == name and imported[module] & _at_work(tree, name):
            return f"{name} uses {module}, which is the answer that is asked for."
    return None


def _imported(tree):
    """Return by the dotted name of what is imported the names that it is given."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name, set()).add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.setdefault(f"{node.module}.{alias.name}", set()).add(alias.asname or alias.name)
    return found


def _at_work(tree, name):
    """Return the names that functions of a cell use, or that are given to the answer: what it may be made of."""
    used = {name}
    for node in ast.walk(tree):
        given = isinstance(node, ast.Assign) and any(getattr(target, "id", None) == name for target in node.targets)
        if given or isinstance(node, (ast.FunctionDef, ast.Lambda)):
            used |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return used
