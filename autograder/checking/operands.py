"""Look up the shapes of the two sides of an expression that failed, without running any of it again."""

import ast
import itertools
import linecache

import numpy as np


def operand_shapes(error, own_file):
    """Return the shapes of the two operands that did not fit.

    Parameters
    ----------
    error : Exception
        Raised by a student's function.
    own_file : str or None
        Name of the file or the cell with the function.

    Returns
    -------
    tuple of tuple of int
        Two shapes; empty where the error is not about values, or an operand is anything but a name, its transpose, or
        one entry of it.
    """
    trace, own = error.__traceback__ if isinstance(error, ValueError) else None, None
    while trace:
        file = trace.tb_frame.f_code.co_filename
        own = trace if file == own_file or "ipykernel_" in file else own
        trace = trace.tb_next
    return _shapes_at(own.tb_frame, own.tb_lasti) if own else ()


def _shapes_at(frame, instruction):
    """Return the shapes of the operands at one instruction of a frame."""
    positions = next(itertools.islice(frame.f_code.co_positions(), instruction // 2, None), (None,) * 4)
    start, end, first, last = positions
    if None in positions or start != end:
        return ()
    # The columns count bytes.
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
