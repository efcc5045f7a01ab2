"""Notice answers that are not a student's own: nblib's, or those of another library."""

import ast
import functools
import sys

# What does the work that the course asks a student to do.
LIBRARIES = ("sklearn", "torch", "jax", "tensorflow", "autograd", "keras", "theano")


@functools.cache
def _answers(lesson):
    """Names of the functions of nblib and of the checks that answer an exercise of the lesson, with the exercise."""
    from autograder.exercises import EXERCISES  # here: see autograder.check

    answers = {}
    for exercise in EXERCISES.values():
        if exercise.lesson == lesson:
            reference = exercise.reference
            answers[f"{reference.__module__}.{reference.__qualname__}"] = exercise.name
            for module in _nblib_modules():
                if callable(getattr(module, exercise.name, None)):
                    answers[f"{module.__name__}.{exercise.name}"] = exercise.name
    return answers


def _nblib_modules():
    return [module for name, module in list(sys.modules.items()) if name.startswith("nblib.") and module]


def notices(lesson, met, cells):
    """Say where a submission's answers come from elsewhere.

    Parameters
    ----------
    lesson : str
        Name of the assignment.
    met : dict of str to list of str
        By the student's function, the functions that were called when it was tried, each followed by its callers, the
        nearest first, with a | before each.
    cells : dict of str to str
        By the student's function, the cell it is defined in.

    Returns
    -------
    dict of str to str
        By the student's function, a sentence for the feedback.
    """
    answers = _answers(lesson)
    found = {}
    borrowed = {name: dict(_borrowed(name, called, answers, cells)) for name, called in met.items()}
    for name, each in borrowed.items():
        for (who, _), said in each.items():
            # A function that calls another one of the student's is not charged for what that one borrows. It is if the
            # other one did no such thing when it was tried itself: names of functions can be made up.
            if who != name and any(own == who for own, _ in borrowed.get(who, ())):
                continue
            found.setdefault(name, f"{name} {said}")
    for name, source in cells.items():
        said = name not in found and _by_reading(name, source, answers)
        if said:
            found[name] = said
    return found


def _borrowed(name, called, answers, cells):
    """Yield who called what answers should not come from when a function was tried, and what is said about it."""
    for each in called:
        function, *callers = each.split("|")
        library = function.partition(".")[0]
        who = next((caller for caller in callers if caller in cells), name)
        if answers.get(function) == name or (function in answers and library == "nblib"):
            said = f"calls {function}, which is an answer to this lesson's exercise {answers[function]}."
        elif library in LIBRARIES:
            said = f"calls {library}, which does the work that is asked for."
        elif function.startswith("autograder.exercises"):
            said = "calls the checks' own answers."
        else:
            continue
        yield (who, function), said


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
