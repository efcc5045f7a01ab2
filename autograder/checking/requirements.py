"""Requirements that many exercises share; each returns None or the sentence a student reads."""

from inspect import signature

from autograder.checking.compare import shape_differences, value_differences
from autograder.checking.trial import parameter_names, right_answers
from autograder.exercise import Requirement


def trouble(outcome, exercise):
    """Say why an outcome has no value to look at: it raised, or returned nothing.

    Parameters
    ----------
    outcome : autograder.checking.call.Outcome
        Of one call.
    exercise : autograder.exercise.Exercise
        The one that is tried.

    Returns
    -------
    str or None
    """
    if outcome.failure:
        if outcome.failure.kind == "TypeError" and "positional argument" in outcome.failure.message:
            return f"it is called as {exercise.name}{signature(exercise.reference)}, and raised {outcome.failure}."
        if outcome.failure.kind == "TimeUp":
            return f"{outcome.failure.message}: does a loop never end?"
        return f"it raised {outcome.failure}."
    if outcome.value is None:
        return "it returned None: " + (
            "it prints its result, where a return is needed." if outcome.printed.strip() else "a return is missing."
        )
    return None


def fits_any(outcome, answers, exercise):
    """Hold an outcome against all right answers.

    Parameters
    ----------
    outcome : autograder.checking.call.Outcome
        Of one call.
    answers : list
        One of them has to be met.
    exercise : autograder.exercise.Exercise
        The one that is tried.

    Returns
    -------
    str or None
        None if one fits, otherwise how the outcome differs from the one that it is nearest to.
    """
    problem = trouble(outcome, exercise)
    if problem:
        return problem
    found = [value_differences(outcome.value, answer, exercise.part_name) for answer in answers]
    return min(found, key=len)[0].sentence if all(found) else None


def _tries(problems):
    found = [problem for problem in problems if problem]
    if not found:
        return None
    return found[0] if len(problems) == 1 else f"{len(found)} of {len(problems)} tries: {found[0]}"


def values(points, name="values", only=None):
    """The numbers are right on every probe, or on those at the positions ``only``, in whatever shape they come."""

    def test(trial):
        positions = range(len(trial.probes)) if only is None else only
        return _tries([fits_any(trial.outcomes[i], trial.expected[i], trial.exercise) for i in positions])

    return Requirement(name, points, test)


def shapes(points, name="shape"):
    """Every part of the answer has the shape it should."""

    def test(trial):
        problems = []
        for outcome, answers in zip(trial.outcomes, trial.expected, strict=True):
            if trouble(outcome, trial.exercise):
                problems.append("there is no result whose shape could be seen.")
                continue
            differences = shape_differences(outcome.value, answers[0], trial.exercise.part_name)
            problems.append(differences[0].sentence if differences else None)
        return _tries(problems)

    return Requirement(name, points, test)


def unchanged(points, name="inputs unchanged"):
    """No probe's arguments are different after the call."""

    def test(trial):
        names = parameter_names(trial.exercise)
        for outcome in trial.outcomes:
            if outcome.changed:
                changed = " and ".join(names[position] for position in outcome.changed)
                rest = (
                    "belong to the caller: build new ones."
                    if len(outcome.changed) > 1
                    else ("belongs to the caller: build a new one.")
                )
                return f"it changed {changed}, which {rest}"
        # A function that raised has not shown that it leaves its inputs alone.
        if all(outcome.failure for outcome in trial.outcomes):
            return "it raised before this could be seen."
        return None

    return Requirement(name, points, test)


def cases(name, points, draw, with_shapes=False, quiet=False):
    """The numbers are right on further arguments, drawn by ``draw(rng)``: an edge case of its own.

    Parameters
    ----------
    name, points
        As for :class:`autograder.exercise.Requirement`.
    draw : callable
        ``rng -> list of argument tuples``.
    with_shapes : bool
        Whether the shapes have to be right as well.
    quiet : bool
        Whether a warning, such as NumPy's of an overflow, is a miss too.
    """

    def problem(trial, args):
        outcome, answers = trial.call(args), right_answers(trial.exercise, args)
        found = fits_any(outcome, answers, trial.exercise)
        if found is None and with_shapes:
            differences = shape_differences(outcome.value, answers[0], trial.exercise.part_name)
            found = differences[0].sentence if differences else None
        if found is None and quiet and outcome.warnings:
            found = f"the numbers are right, but on the way there was a warning, {outcome.warnings[0]}."
        return found

    def test(trial):
        return _tries([problem(trial, args) for args in draw(trial.rng(2))])

    return Requirement(name, points, test)
