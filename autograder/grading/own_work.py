"""Notice answers that are not a student's own: nblib's, or those of another library."""

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
        By the student's function, the functions that were called when it was tried, each followed by its callers, the
        nearest first, with a | before each.
    cells : dict of str to dict or None
        By the student's function, what the cell that it is defined in imports; see
        :func:`autograder.sandbox.findings.imports`.

    Returns
    -------
    dict of str to str
        By the student's function, a sentence for the feedback.
    """
    answers = _answers(_exercises(tests))
    found = {}
    borrowed = {name: dict(_borrowed(name, called, answers, cells)) for name, called in met.items()}
    for name, each in borrowed.items():
        for (who, _), said in each.items():
            # A function that calls another one of the student's is not charged for what that one borrows. It is if the
            # other one did no such thing when it was tried itself: names of functions can be made up.
            if who != name and any(own == who for own, _ in borrowed.get(who, ())):
                continue
            found.setdefault(name, f"{name} {said}")
    for name, imports in cells.items():
        said = name not in found and imports and _by_reading(name, imports, answers)
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


def _by_reading(name, imports, answers):
    # What the function may be made of: what functions of the cell use, or what it is given.
    at_work = {name, *imports["used"], *imports["given"].get(name, ())}
    for module, names in sorted(imports["names"].items()):
        if module.partition(".")[0] in LIBRARIES:
            return f"{name} imports {module.partition('.')[0]}, which does the work that is asked for."
        if module.startswith("autograder.exercises"):
            return f"{name} imports the checks' own answers."
        # An answer may be imported to be compared with, outside of all functions.
        if answers.get(module) == name and at_work.intersection(names):
            return f"{name} uses {module}, which is the answer that is asked for."
    return None
