"""Arguments that a function changes although its numbers are right."""

from autograder.checking.problem import Kind


def changed_arguments(trial):
    """Say which arguments were changed, and whether on every call.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are right.

    Returns
    -------
    str or None
        None where that is not all that is missed.
    """
    missed = [problem for problem in trial.problems if problem]
    if not missed or any(problem.kind is not Kind.CHANGED for problem in missed):
        return None
    names = " and ".join(missed[0].actual)
    name = missed[0].actual[0]
    changing = [outcome for _, outcome in trial.tried if outcome.changed]
    if len(changing) < len(trial.tried) and not all(outcome.changed for outcome in trial.outcomes):
        return (
            f"The numbers are right, but some calls changed {names}, which belongs to the caller. That happens only "
            f"for some arguments, so look at the lines for special values, such as {name}[…] = … or out={name}. Work "
            "on a copy."
        )
    return (
        f"The numbers are right, but every call changed {names}, which belongs to the caller. Look for a line that "
        f"writes into it, such as {name} -= …, {name}[…] = … or out={name}, and build a new array instead."
    )
