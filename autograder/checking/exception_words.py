"""Say in plain words what NumPy's longer messages mean, so that no internal name is shown to a student."""

import re

_SHAPE = r"(\(\d*(?:,\d+)*,?\))"
# Each pattern is searched in the message; the groups fill the sentence.
_MEANINGS = [
    (
        r"mismatch in its core dimension.*\(size (\d+) is different from (\d+)\)",
        "the matrix product does not fit: the sizes that have to agree are {1} on the left and {0} on the right",
    ),
    (r"does not have enough dimensions", "a matrix product was given a single number, but needs arrays on both sides"),
    (rf"shapes {_SHAPE} and {_SHAPE} not aligned", "the shapes {0} and {1} do not fit in a matrix product"),
    (rf"broadcast together with shapes {_SHAPE} {_SHAPE}", "the shapes {0} and {1} do not fit together"),
    (
        rf"input array from shape {_SHAPE} into shape {_SHAPE}",
        "an array of shape {0} does not fit into a place of shape {1}",
    ),
    (
        rf"output operand with shape {_SHAPE} doesn't match the broadcast shape {_SHAPE}",
        "an array of shape {0} can't hold a result of shape {1}",
    ),
    (r"exact(?:ly)?,? but along dimension (\d+)", "the arrays that are joined differ in size along axis {0}"),
    (
        r"Cannot cast ufunc .* from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        "a result of type {0} does not fit into an array of type {1}",
    ),
    (r"ufunc '(\w+)' .*(?:types|loop)", "{0} does not work on values of these types"),
]


def _spaced(shape):
    """Write a shape as Python does."""
    numbers = [number for number in shape.strip("()").split(",") if number]
    return f"({', '.join(numbers)}{',' if len(numbers) == 1 else ''})"


def exception_words(failure):
    """Put an exception into words.

    Parameters
    ----------
    failure : autograder.checking.call.Failure
        The exception.

    Returns
    -------
    str
        Its name and message, and the student's own line; a message that only NumPy's authors understand is replaced.
        Where the operands of the line are known, their shapes are named; where it is a line of another function, so is
        the line that called this.
    """
    message, caller = message_words(failure), failure.caller
    raised = f"{failure.kind}: {message}" if message else failure.kind
    if caller:
        return f"{raised} (at your line: {caller.line} – in {caller.called}: {failure.line})"
    return f"{raised} (at your line: {failure.line})" if failure.line else raised


def message_words(failure):
    """Return the message of an exception alone, in plain words."""
    for pattern, words in _MEANINGS:
        match = re.search(pattern, failure.message)
        if match and len(failure.shapes) == 2 and "matrix product does not fit" in words:
            return "the shapes {} and {} do not fit in a matrix product".format(*map(str, failure.shapes))
        if match:
            groups = (_spaced(each) if each.startswith("(") else each for each in match.groups())
            return words.format(*groups)
    # It stands inside a sentence, which has its own full stop.
    return failure.message.rstrip(".")
