"""Find answers that are not a student's own, but nblib's or those of another library."""

import functools
import sys

from autograder.libraries import LIBRARIES


@functools.cache
def _answers(names):
    """Map the functions of nblib and of the checks that solve one of these exercises to that exercise."""
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


def find_borrowed(tests, called, cells):
    """Find the functions of a submission that get their answers from elsewhere.

    Parameters
    ----------
    tests : tuple of str
        The text of the notebook's test cells, which tells what its exercises are, whatever the lesson is called.
    called : dict of str to list of list of str
        By the student's function, the functions that were called when it was tested, each followed by its callers,
        nearest first.
    cells : dict of str to dict or None
        By the student's function, what the cell that defines it imports; see
        :func:`autograder.sandbox.findings.imports`.

    Returns
    -------
    dict of str to str
        A sentence for the feedback, by the student's function.
    """
    answers = _answers(_exercises(tests))
    messages = {}
    borrowed = {name: dict(_borrowed(name, calls, answers, cells)) for name, calls in called.items()}
    for name, each in borrowed.items():
        for (caller, _), message in each.items():
            # A function that calls another of the student's functions isn't charged for what the other borrows, unless
            # the other borrowed nothing when it was tested itself: a function can pretend to have any name.
            if caller != name and any(own == caller for own, _ in borrowed.get(caller, ())):
                continue
            messages.setdefault(name, f"{name} {message}")
    for name, imports in cells.items():
        message = name not in messages and imports and _borrowed_by_import(name, imports, answers)
        if message:
            messages[name] = message
    return messages


def _borrowed(name, calls, answers, cells):
    """Yield (caller, function) and a message for every borrowed function that was called in a test."""
    for function, *callers in calls:
        library = function.partition(".")[0]
        caller = next((each for each in callers if each in cells), name)
        if answers.get(function) == name or (function in answers and library == "nblib"):
            message = f"calls {function}, which is the answer to this lesson's exercise {answers[function]}."
        elif library in LIBRARIES:
            message = f"calls {library}, which does the work that the exercise asks for."
        elif function.startswith("autograder.exercises"):
            message = "calls the reference answers of the checks."
        else:
            continue
        yield (caller, function), message


def _borrowed_by_import(name, imports, answers):
    """Return a message if the cell of a function imports a borrowed answer and uses it."""
    # The names that the function may depend on: those used by functions of the cell, and those it is assigned from.
    used = {name, *imports["used"], *imports["given"].get(name, ())}
    for module, names in sorted(imports["names"].items()):
        if module.partition(".")[0] in LIBRARIES:
            return f"{name} imports {module.partition('.')[0]}, which does the work that the exercise asks for."
        if module.startswith("autograder.exercises"):
            return f"{name} imports the reference answers of the checks."
        # Outside of functions, an answer may be imported in order to compare with it.
        if answers.get(module) == name and used.intersection(names):
            return f"{name} uses {module}, which is the answer that the exercise asks for."
    return None
