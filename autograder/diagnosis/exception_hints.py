"""What the messages of Python's and NumPy's exceptions mean to somebody who writes formulas."""

import re

# Each pattern is searched in "Kind: message"; the first one that is found counts.
_MEANINGS = [
    (
        r"operand type\(s\) for \^|bitwise_xor",
        "^ is not a power in Python; ** is.",
    ),
    (
        r"object is not callable",
        "A name or a closing bracket directly before “(” is a call: is a * missing there? Or does a variable of yours "
        "have the name of the function that you mean?",
    ),
    (
        r"truth value of an array",
        "An array has no single truth value, but if, and, or and Python's max and min need one. Compare all entries at "
        "once, and say whether any or all of them count.",
    ),
    (
        r"bad operand type for unary -: 'list'|operand type\(s\) for .*('list' and|and 'list')|"
        r"not supported between instances of 'list'|can't multiply sequence",
        "Arithmetic and comparison do not go through a list (and a product repeats it): make an array of it first.",
    ),
    (
        r"arrays can be converted to Python scalars|must be real number, not (list|numpy\.ndarray)",
        "A function that takes one number was given several: those of math do, NumPy's go through an array by "
        "themselves.",
    ),
    (
        r"operand type\(s\) for .*'NoneType'|argument \d of type NoneType|'NoneType' object",
        "Something was None where a number is needed: does a function that you call lack a return, or is what it "
        "returns not kept?",
    ),
    (
        r"list indices must be integers|only integers, slices|arrays used as indices must be of integer",
        "What stands in the square brackets is no position. An index is a whole number (several at once only an array "
        "takes); what is meant to be multiplied needs a *.",
    ),
    (
        r"AxisError|axis -?\d+ is out of bounds",
        "There is no such axis: they count from 0, so that a table has the axes 0, down its rows, and 1, along them; a "
        "vector has only axis 0.",
    ),
    (
        r"RecursionError",
        "The function calls itself without an end: is its own name used where another function was meant, or is the "
        "case missing in which it returns at once?",
    ),
    (
        r"(UnboundLocalError|NameError)",
        "A name was used before it had a value: is it misspelt, is it set further below, or only in a branch that was "
        "not run?",
    ),
    (
        r"setting an array element with a sequence|inhomogeneous shape",
        "Several numbers were to go into a single place of an array: look at the shape of what you put in, whether its "
        "rows differ in length, or whether a pair such as (W, b) stands where one array is meant.",
    ),
    (
        r"'tuple' object has no attribute|operand type\(s\) for .*('tuple' and|and 'tuple')",
        "A pair, such as (W, b), stands where an array is needed: take it apart first, or pick the half that is meant.",
    ),
    (
        r"'list' object has no attribute",
        "A list does not have what your line asks of it; an array does: make an array of it first.",
    ),
    (
        r"ZeroDivisionError",
        "A denominator was 0: which one, and for which arguments? Look at that case before you divide.",
    ),
    (
        r"math domain error|expected a (positive|nonnegative) input",
        "The functions of math refuse the logarithm of 0, and logarithms and roots of negative numbers. Which number "
        "went in, and for which arguments?",
    ),
    (
        r"math range error",
        "The result is larger than any float, as e^1000 is: look at the sign of the exponent, and at how large it can "
        "become.",
    ),
    (
        r"object is not subscriptable|invalid index to scalar|too many indices",
        "What you index has fewer axes than the index, or is a single number: print its shape just before that line.",
    ),
    (
        r"list index out of range",
        "An index runs past the end of a list: one of n entries ends at index n − 1. Write down which values each "
        "index of that line takes, and how long each list is there.",
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
