"""The words of a failing case: its input, what came back, and what is right."""

from autograder.checking.exception_words import exception_words
from autograder.checking.failing_case import Array, Opaque

MAX_LETTERS = 60


def _number(value, digits):
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"  # + 0.0 makes -0.0 a plain 0
    # Python refuses to write out a whole number of thousands of digits.
    return "a huge whole number" if isinstance(value, int) and value.bit_length() > 64 else str(value)


def _array(numbers, digits):
    if isinstance(numbers, tuple):
        return f"[{', '.join(_array(each, digits) for each in numbers)}]"
    return _number(numbers, digits)


def _shapes_in(value):
    """Return the shapes of all arrays in a value; empty where one of them has its numbers."""
    if isinstance(value, tuple):
        return [shape for each in value for shape in _shapes_in(each)]
    return [str(value.shape)] if isinstance(value, Array) and value.numbers is None else []


def _arrays_of(values):
    """Name the shapes of arrays, pair by pair where they come in pairs, so that the grouping shows."""
    if all(isinstance(each, tuple) and len(each) == 2 for each in values):
        kind, shapes = "pairs of arrays", [" and ".join(_shapes_in(each)) for each in values]
    else:
        kind, shapes = "arrays", _shapes_in(values)
    most = 4 if kind == "arrays" else 2
    return f"{kind} of shapes {', '.join(shapes[:most])}{', …' if len(shapes) > most else ''}"


def value_words(value, digits=4):
    """Write out a value of a failing case.

    Parameters
    ----------
    value : object
        As :func:`autograder.checking.failing_case.plain` gives it.
    digits : int
        Of each number.

    Returns
    -------
    str
    """
    if isinstance(value, Array):
        if value.numbers is not None:
            return _array(value.numbers, digits)
        return f"an array of shape {value.shape}" if value.shape else "a single number"
    if isinstance(value, Opaque):
        kind = {"function": "a function", "Generator": "a random generator"}.get(value.type_name, value.type_name)
        return f"{kind}; {value.words}" if value.words else kind
    if not isinstance(value, tuple):
        return repr(value[:MAX_LETTERS]) if isinstance(value, str) else _number(value, digits)
    if _shapes_in(value):
        return _arrays_of(value)
    written = ", ".join(value_words(each, digits) for each in value)
    # A pair such as (W, b) stands in round brackets, as the lessons write it.
    return f"({written})" if value and all(isinstance(each, Array) for each in value) else f"[{written}]"


def _is_number(value):
    return isinstance(value, (int, float))


def told_apart(got, expected):
    """Write out two values that differ with as many digits as it takes to see that.

    Parameters
    ----------
    got, expected : object
        As :func:`value_words` takes them.

    Returns
    -------
    list of str
        The two.
    """
    pairs = ([value_words(value, digits) for value in (got, expected)] for digits in (4, 7, 12, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), [value_words(got), value_words(expected)])


def _argument_lines(name, value):
    """Write out an argument; a list of pairs, such as layers, takes a line for each."""
    pairs = isinstance(value, tuple) and value and all(isinstance(each, tuple) for each in value)
    if pairs and not _shapes_in(value):
        return [f"{name}[{index}] = {value_words(each)}" for index, each in enumerate(value)]
    return [f"{name} = {value_words(value)}"]


def case_lines(case):
    """Put a failing case into lines: its input, what came back, and what is right."""
    lines = []
    for name, value in case.arguments:
        lines += _argument_lines(name, value)
        if case.failure and isinstance(value, tuple) and all(map(_is_number, value)):
            lines[-1] += " (a list)"  # which may be why the call fails
    if case.failure:
        lines.append(f"stops with {exception_words(case.failure)}")
        return [*lines, f"right: {value_words(case.expected)}"] if case.expected is not None else lines
    got, expected = told_apart(case.got, case.expected)
    place = "" if case.place == "the result" else case.place
    if case.entry:
        entry = f"entry [{', '.join(map(str, case.entry))}]"
        place = f"{place}, {entry}" if place else entry
    return [*lines, *([f"{place}:"] if place else []), f"yours: {got}", f"right: {expected}"]
