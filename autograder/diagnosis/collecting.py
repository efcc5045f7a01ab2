"""Calls that stop where results are collected: an array added to a list, or put where one number belongs."""

import ast

from autograder.diagnosis.mends import source_tree

_EMPTY = ("np.array([])", "np.zeros(0)", "np.empty(0)", "np.array(())")
_MANY_IN_ONE = "setting an array element with a sequence"


def _statement(line):
    """Return the statement that is a line, or None."""
    try:
        return ast.parse(line).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None


def _added_to(statement):
    """Return the name that a statement such as ``zs += z`` or ``zs = zs + z`` adds something to, or None."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=other), op=ast.Add())):
            return name if name == other else None
    return None


def _beginnings(function, name):
    """Yield all that a function sets a name to."""
    source = source_tree(function)
    for node in ast.walk(source[0]) if source else ():
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=False)
            yield from (value for each, value in pairs if isinstance(each, ast.Name) and each.id == name)


def added_to_a_list(function, failure):
    """Say that a line adds an array to a list, or to an empty array, in place of putting it in as an entry.

    Parameters
    ----------
    function : callable
        The student's.
    failure : autograder.checking.call.Failure
        The exception.

    Returns
    -------
    str or None
        None where the text isn't known or the line does something else.
    """
    name = _added_to(_statement(failure.line)) if "broadcast" in failure.message else None
    beginnings = list(_beginnings(function, name)) if name else []
    if any(isinstance(value, (ast.List, ast.ListComp)) for value in beginnings):
        kind, let = f"{name} is a list, but the other side is an array", ""
    elif any(ast.unparse(value) in _EMPTY for value in beginnings):
        kind, let = f"{name} begins as an empty array", f"let {name} be a list, and "
    else:
        return None
    return (
        f"In your line “{failure.line}”, {kind}, so + adds numbers, entry by entry, and nothing gets longer. To "
        f"collect whole arrays, {let}put each one in as one entry, with append."
    )


def many_into_one_place(failure):
    """Say that a line such as ``z[l] = …`` puts an array where there is room for one number; None where none does."""
    if _MANY_IN_ONE not in failure.message or "inhomogeneous" in failure.message:
        return None
    match _statement(failure.line):
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return (
                f"In your line “{failure.line}”, several numbers meet a single place of {name}, which holds one. "
                f"If a whole array belongs there, make {name} a list, and append each array. If it should be a number, "
                "a sum is missing on the right."
            )
    return None
