"""Look up the shapes of the two sides of an expression that failed, without running any of it again."""

import ast
import linecache

import numpy as np


def shapes_at(frame, positions):
    """Return the shapes of the two operands of the expression that raised an exception.

    Parameters
    ----------
    frame : types.FrameType
        In which it was raised.
    positions : tuple of (int or None)
        First and last line, first and last column (in bytes) of the expression, as ``code.co_positions`` gives them.

    Returns
    -------
    tuple of tuple of int
        Two shapes; empty where an operand is anything but a name, its transpose, or one entry of it.
    """
    start, end, first, last = positions
    if None in positions or start != end:
        return ()
    line = linecache.getline(frame.f_code.co_filename, start, frame.f_globals).encode()
    try:
        tree = ast.parse(line[first:last].decode(), mode="eval").body
    except (SyntaxError, ValueError):
        return ()
    values = [_value(each, {**frame.f_globals, **frame.f_locals}) for each in _operands(tree)]
    if len(values) != 2 or not all(type(value) is np.ndarray for value in values):
        return ()
    return tuple(value.shape for value in values)


def _operands(tree):
    if isinstance(tree, ast.BinOp):
        return tree.left, tree.right
    return tree.args if isinstance(tree, ast.Call) else ()


def _value(tree, names):
    """Return what a name, its transpose or one of its entries stands for, or None."""
    if isinstance(tree, ast.Name):
        return names.get(tree.id)
    if isinstance(tree, ast.Attribute) and tree.attr == "T":
        value = _value(tree.value, names)
        return value.T if type(value) is np.ndarray else None
    if isinstance(tree, ast.Subscript):
        value, index = _value(tree.value, names), _index(tree.slice, names)
        fits = type(value) in (list, tuple, np.ndarray) and type(index) is int and -len(value) <= index < len(value)
        return value[index] if fits else None
    return None


def _index(tree, names):
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        value = _index(tree.operand, names)
        return -value if type(value) is int else None
    return tree.value if isinstance(tree, ast.Constant) else _value(tree, names)
