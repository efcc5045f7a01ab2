"""A lesson is called by its name or by its number."""


def lesson_called(said, names):
    """Find the lesson that somebody means.

    Parameters
    ----------
    said : str or int
        Its name, such as ``"05-regularization"``, or its number: 5, ``"5"`` or ``"05"``.
    names : iterable of str
        Of all lessons.

    Returns
    -------
    str or None
        The whole name; None if there is no such lesson.
    """
    numbers = {name: name.partition("-")[0].lstrip("0") for name in names}
    if said in numbers:
        return said
    said = str(said)
    return next((name for name in numbers if said.isdecimal() and numbers[name] == said.lstrip("0")), None)
