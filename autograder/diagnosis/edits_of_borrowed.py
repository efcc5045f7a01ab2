"""Changes that put one expression where another stands, if the function has it in another line."""

import ast
import copy

from autograder.diagnosis.edits_of_code import Edit, called_name, short
from autograder.diagnosis.edits_of_expressions import expressions

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
_VALUES = (ast.BinOp, ast.Name, ast.Call, ast.Subscript, ast.Attribute)
# A long value there would only take time and memory.
_SIZES = ("range", "len", "zeros", "ones", "empty", "full", "append", "enumerate", "zip")


def edits_of_lacking(tree):
    """Yield the changes of an expression for one of another line that contains it, with a factor or a term more."""
    yield from _edits(tree, True, "isn't all that belongs there")


def edits_of_borrowed(tree):
    """Yield the changes of an expression for any other one of another line."""
    yield from _edits(tree, False, "isn't what belongs there")


def _edits(tree, more, what):
    lines = [node for node in ast.walk(tree) if isinstance(node, _SIMPLE)]
    counted = {id(arg) for node in ast.walk(tree) if _is_size(node) for arg in node.args}
    line_of = {id(node): line for line in lines for node in ast.walk(line)}
    places = [place for place in expressions(tree) if _is_value(place[0]) and id(place[0]) in line_of]
    sources = {ast.unparse(node): node for node, *_ in places if isinstance(node, ast.BinOp)}
    parts = {text: {ast.unparse(part) for part in ast.walk(node)} for text, node in sources.items()}
    for node, holder, field, put in places:
        own = ast.unparse(node)
        if id(node) in counted or (not more and not isinstance(node, ast.BinOp)):
            continue
        for text, source in sources.items():
            if text != own and (own in parts[text]) == more and line_of[id(source)] is not line_of[id(node)]:
                words = f"“{short(node)}” {what}: compare it with your line “{short(line_of[id(source)])}”"
                yield Edit(holder, field, put(copy.deepcopy(source)), "borrowed", words, node.lineno)


def _is_value(node):
    """Whether a node is a value by itself, and not a place that is assigned to or something like a length."""
    if not isinstance(node, _VALUES) or isinstance(getattr(node, "ctx", None), ast.Store):
        return False
    return not _is_size(node)


def _is_size(node):
    return isinstance(node, ast.Call) and called_name(node) in _SIZES
