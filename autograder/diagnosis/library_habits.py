"""Exceptions that habits from other libraries lead to, or that mean something else in this course than elsewhere."""

import re

from autograder.checking.compare import is_number_like, leaves
from autograder.diagnosis.exception_hints import first_meaning, meaning_of

# Each pattern is searched in "Kind: message"; the first one that is found counts.
_HABITS = [
    (
        r"unexpected keyword argument '(dim|dims)'",
        "What torch calls dim is called axis in NumPy: axis=0 goes down the rows, axis=1 along them.",
    ),
    (
        r"unexpected keyword argument '(keepdim|keep_dims)'",
        "NumPy spells this argument keepdims, with an s and in one word.",
    ),
    (
        r"unexpected keyword argument '(reduction_indices|reduce_dims|inplace|requires_grad|device)'",
        "This argument belongs to another library. NumPy's functions take axis and keepdims, and arrays live in memory "
        "only.",
    ),
    (
        r"'numpy\.ndarray' object has no attribute '(unsqueeze|view_as|permute|numel|detach|numpy|cpu|item_|mm|matmul|"
        r"mul|add|sub|div|add_|mul_|sub_|zero_|t|pow|exp|log|tanh|sigmoid|relu|softmax|norm|abs|expand|cat|float|double|long|values|iloc)'",
        "This is how tensors or tables of another library are used. For NumPy arrays, write np.exp(a), np.abs(a), a @ "
        "b, a.T, a[:, None] or a.astype(float).",
    ),
    (
        r"module 'numpy' has no attribute '(relu|sigmoid|softmax|cat|tensor|mm|matmul_|unsqueeze|one_hot|reduce_sum|"
        r"reduce_mean|randn|rand|float|int|bool)'",
        "NumPy has no function of this name, which comes from another library or an old version. Write it with np.exp, "
        "np.maximum, np.concatenate, np.sum or np.mean, and draw random numbers from rng.",
    ),
    (
        r"'(int|tuple)' object is not callable",
        "A number or a tuple is called like a function: in NumPy, size and shape are written without brackets, a.size "
        "and a.shape[0]. Another possibility: a * is missing before the bracket.",
    ),
    (
        r"([\w.<>]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given",
        "Your line calls {0} with {2} arguments, but it takes {1}: compare the call with the line def {0}. Is a "
        "function of your own, perhaps one inside this one, named like the one that you mean?",
    ),
    (
        r"([\w.<>]+)\(\) missing (\d+) required positional arguments?: (.{1,60})$",
        "Your line calls {0} without {2}: compare the call with the line def {0}.",
    ),
    (
        r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'",
        "{0} has no argument called {1}: compare the call with the line def {0}, or with its documentation.",
    ),
    (
        r"can't convert .*device type tensor|Expected Tensor|must be Tensor|argument 'input' .*must be Tensor",
        "A function of torch was given a NumPy array. This course computes with NumPy: take NumPy's function of that "
        "name.",
    ),
]
_ABOUT_LISTS = re.compile(
    r"operand type.*'list'|'list' object has no attribute '(?!add|app|pre|pu)|"
    r"not supported between instances of 'list'|multiply sequence"
)
LIST_OF_ARRAYS = (
    "Your line treats a list as if it were an array. A list of layers or weights, whose arrays differ in shape, cannot "
    "become one: go through it in a loop, or pick one entry."
)

_ABOUT_TRUTH = "truth value of an array"
ROWS_OF_A_TABLE = (
    "An array has no single truth value, but if, and, or and Python's max and min need one. A loop over a table gives "
    "its rows, which are arrays, and not its entries. Decide for each entry, as np.where does; only a decision about "
    "the whole array asks whether any or all of its entries count."
)


def _holds_a_list_of_arrays(args):
    lists = [arg for arg in args if isinstance(arg, list)]
    return any(is_number_like(part) and getattr(part, "ndim", 0) for arg in lists for _, part in leaves(arg))


def meaning_with(failure, args):
    """Say what an exception most often means, given the arguments of the call.

    Parameters
    ----------
    failure : autograder.checking.call.Failure
        The exception.
    args : tuple
        Of the call that raised it.

    Returns
    -------
    str or None
        One or two sentences; None if the message needs no explanation.
    """
    raised = f"{failure.kind}: {failure.message}"
    if _ABOUT_LISTS.search(raised) and _holds_a_list_of_arrays(args):
        return LIST_OF_ARRAYS
    if _ABOUT_TRUTH in raised and any(getattr(arg, "ndim", 0) > 1 for arg in args):
        return ROWS_OF_A_TABLE
    return first_meaning(_HABITS, failure) or meaning_of(failure)
