"""What the messages of Python's and NumPy's exceptions mean to somebody who writes formulas."""

import re

# Each pattern is searched in "Kind: message"; the first one that is found counts.
_MEANINGS = [
    (
        r"operand type\(s\) for \^|bitwise_xor",
        "In Python ^ isn't a power. Use ** instead.",
    ),
    (
        r"object is not callable",
        "A name or a closing bracket directly before “(” is a function call. Did you forget a *, or does one of your "
        "variables have the name of the function?",
    ),
    (
        r"truth value of an array",
        "An array has no single truth value, but if, and, or and Python's max and min need one. Compare all entries "
        "at once, and decide whether any or all of them count.",
    ),
    (
        r"bad operand type for unary -: 'list'|operand type\(s\) for .*('list' and|and 'list')|"
        r"not supported between instances of 'list'|can't multiply sequence",
        "Arithmetic and comparison don't work elementwise on a list (and a product repeats it). Convert it to an "
        "array first.",
    ),
    (
        r"arrays can be converted to Python scalars|must be real number, not (list|numpy\.ndarray)",
        "You passed several numbers to a function that takes one. Functions from the math module do; NumPy's work on "
        "whole arrays.",
    ),
    (
        r"operand type\(s\) for .*'NoneType'|argument \d of type NoneType|'NoneType' object",
        "Something is None where a number is needed. Is a return missing in a function that you call, or didn't you "
        "keep what it returns?",
    ),
    (
        r"list indices must be integers|only integers, slices|arrays used as indices must be of integer",
        "What you put in the square brackets isn't an index. An index is a whole number (only arrays take several at "
        "once); if you meant to multiply, use *.",
    ),
    (
        r"AxisError|axis -?\d+ is out of bounds",
        "There is no such axis. Axes count from 0: in a table, axis 0 runs down the rows and axis 1 across the "
        "columns. A vector has only axis 0.",
    ),
    (
        r"RecursionError",
        "Your function calls itself without end. Did you use its own name where you meant another function, or is "
        "the case missing in which it returns at once?",
    ),
    (
        r"(UnboundLocalError|NameError)",
        "You used a name before it had a value. Is it misspelt, set further down, or set only in a branch that "
        "wasn't run?",
    ),
    (
        r"setting an array element with a sequence|inhomogeneous shape",
        "You put several numbers into a single place of an array. Check the shape of what you put in: do its rows "
        "differ in length, or did you use a pair such as (W, b) where one array is needed?",
    ),
    (
        r"'tuple' object has no attribute|operand type\(s\) for .*('tuple' and|and 'tuple')",
        "You used a pair, such as (W, b), where an array is needed. Unpack it first, or pick the part that you need.",
    ),
    (
        r"'list' object has no attribute",
        "A list can't do what your line asks of it, but an array can. Convert it to an array first.",
    ),
    (
        r"ZeroDivisionError",
        "A denominator was 0. Which one, and for which arguments? Handle that case before you divide.",
    ),
    (
        r"math domain error|expected a (positive|nonnegative) input",
        "The math module doesn't accept the logarithm of 0, or logarithms and roots of negative numbers. Which "
        "number did you pass, and for which arguments?",
    ),
    (
        r"math range error",
        "The result is too large for a float, as e^1000 is. Check the sign of the exponent, and how large it can "
        "become.",
    ),
    (
        r"object is not subscriptable|invalid index to scalar|too many indices",
        "You used more indices than there are axes, perhaps on a single number. Print the shape just before that line.",
    ),
    (
        r"list index out of range",
        "An index runs past the end of a list: n entries end at index n − 1. Write down which values each index in "
        "that line takes, and how long each list is.",
    ),
]


def meaning_of(failure):
    """Say what an exception most often means.

    Parameters
    ----------
    failure : autograder.checking.call.Failure
        The exception.

    Returns
    -------
    str or None
        One or two sentences; None if the message needs no explanation.
    """
    raised = f"{failure.kind}: {failure.message}"
    return next((hint for pattern, hint in _MEANINGS if re.search(pattern, raised)), None)
