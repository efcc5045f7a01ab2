"""What the messages of Python's and NumPy's exceptions mean to somebody who writes formulas."""

import re

# Each pattern is searched in "Kind: message"; the first one that is found counts. Its groups fill the hint.
_MEANINGS = [
    (
        r"'tuple' object does not support item assignment",
        "A tuple, such as the pair (W, b) of a layer, can't be changed in place. Compute both new arrays first, build "
        "a new pair of them, and put that into the list.",
    ),
    (
        r"'(str|bytes)' object does not support item assignment|'([\w.]+)' object does not support item assignment",
        "Something that is no list and no array is changed at an index. Print what stands before the square brackets "
        "on the left of =.",
    ),
    (
        r"(too many|not enough) values to unpack|cannot unpack non-iterable",
        "The number of names on the left, or behind “for”, isn't the number of values that come. Print one of these "
        "values. Where pairs stand inside a pair, the names need the same brackets, as in (W, b), (dW, db).",
    ),
    (
        r"can only concatenate (tuple|list) \(not \"(\w+)\"\)",
        "+ joins two lists, or two tuples, but here one side is a {0} and the other a {1}. To put a pair in front of a "
        "list or behind it, put it in as one entry.",
    ),
    (
        r"(?:list\.)?append\(\) takes exactly one argument",
        "append puts in one entry, and got several. If they belong together, such as W and b of a layer, make one "
        "pair of them.",
    ),
    (
        r"list assignment index out of range",
        "A list can only be changed at an index that it already has, and an empty one has none. append puts a new "
        "entry at its end.",
    ),
    (
        r"KeyError: (.{1,40})$",
        "A dict has no entry with the key {0}. Compare it with the keys that you wrote, letter by letter.",
    ),
    (
        r"'list' object has no attribute '(add|push|put|appendleft|append_left|prepend)'",
        "A list has no {0}. append puts an entry at its end, and insert at any position.",
    ),
    (
        r"operand type\(s\) for .*'(builtin_function_or_method|function|method|numpy\.ufunc|numpy\._ArrayFunction\w+)'|"
        r"'(builtin_function_or_method|function|method)' object is not (subscriptable|iterable)",
        "A function itself stands where its result is needed: to call it, put its arguments in round brackets.",
    ),
    (
        r"can only concatenate str|operand type\(s\) for .*'str'|'str' object cannot be interpreted|"
        r"not supported between instances of .*'str'|Cannot cast ufunc .*<U|<U\d+|numpy\.(dtypes\.)?[Ss]tr",
        "A text meets numbers. Did you put the name of a variable in quotes?",
    ),
    (
        r"'([\w.]+)' object is not iterable",
        "A for loop, zip, sum or an assignment to several names goes through the entries of a list or an array, but "
        "got a single {0}. To count, use range.",
    ),
    (
        r"object of type '([\w.]+)' has no len\(\)|len\(\) of (unsized) object",
        "len counts the entries of a list or an array, but got something that has none, such as a single number.",
    ),
    (
        r"'(?:numpy\.)?(float\d*)' object cannot be interpreted as an integer",
        "A whole number is needed, for a range, a size or an index, and a float came. / always gives a float; // "
        "divides whole numbers.",
    ),
    (
        r"Generator' object has no attribute '(\w+)'",
        "A random generator such as rng has no {0}; perhaps you know that from np.random. A generator's methods are "
        "random, uniform, normal, standard_normal, integers, permutation and choice.",
    ),
    (
        r"module '([\w.]+)' has no attribute '(\w+)'",
        "{0} has nothing called {1}. Is it misspelt?",
    ),
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
        "`if` needs a single True or False, but a comparison with an array gives one for each entry. (and, or and "
        "Python's max and min have the same problem.) To decide separately for each entry, use np.where; use .any() or "
        ".all() only if you want one decision for the whole array.",
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
        "Something is None where a value is needed. Is a return missing in a function that you call, or didn't you "
        "keep what it returns? (append, insert, sort and shuffle change their list, and return None.)",
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
        r"(?:UnboundLocalError|NameError): .*?'(\w+)'",
        "You used the name {0} before it had a value. Is it misspelt, set further down, or set only in a branch that "
        "wasn't run?",
    ),
    (
        r"inhomogeneous shape",
        "NumPy can't make one array of entries with different shapes: of a list with one array for each layer, or of "
        "a pair such as (W, b). Go through the list in a loop, or pick the entry that you need.",
    ),
    (
        r"setting an array element with a sequence",
        "You put several numbers into a single place of an array. Check the shape of what you put in: did you "
        "use a row, or a pair such as (W, b), where a number is needed?",
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
        r"array is 0-dimensional",
        "A single number came where an array is wanted, so it has no entries to pick from. If your line calls a "
        "function such as f, look at what you give it: it takes the whole array.",
    ),
    (
        r"object is not subscriptable|invalid index to scalar|too many indices",
        "You used more indices than there are axes, perhaps on a single number. Print the shape just before that line.",
    ),
    (
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        "An index runs past the end of an array: index {0} on an axis with {2} entries, which are counted from 0. "
        "Write down which values each index in that line takes.",
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
    return first_meaning(_MEANINGS, failure)


def first_meaning(meanings, failure):
    """Return the hint of the first pattern that is found in an exception; None where none is.

    Parameters
    ----------
    meanings : list of (str, str)
        Patterns, which are searched in the name of the exception, a colon and its message, each with a hint that their
        groups fill.
    failure : autograder.checking.call.Failure
        The exception.

    Returns
    -------
    str or None
    """
    raised = f"{failure.kind}: {failure.message}"
    found = ((re.search(pattern, raised), hint) for pattern, hint in meanings)
    return next((hint.format(*match.groups()) for match, hint in found if match), None)
