"""Changes that put one expression where another stands, if the function has it in another line."""

import ast
import copy

from autograder.diagnosis.edits_of_code import Edit, called_name, short
from autograder.diagnosis.edits_of_expressions import expressions

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
_VALUES = (ast.BinOp, ast.Name, ast.Call, ast.Subscript, ast.Attribute)
# A long value there would only take time and memory.
_SIZES = ("range", "len", "zeros", "ones", "empty", "full", "append", "enumerate", "zip")


def edits_of_borrowed(tree):
    """Yield the changes of an expression for one of another line that contains it, and then for any other one.

    What contains it comes first: a factor or a term that one line has and the next one lacks.
    """
    lines = [node for node in ast.walk(tree) if isinstance(node, _SIMPLE)]
    line_of = {id(node): line for line in lines for node in ast.walk(line)}
    places = [place for place in expressions(tree) if _is_value(place[0]) and id(place[0]) in line_of]
    sources = {ast.unparse(node): node for node, *_ in places if isinstance(node, ast.BinOp)}
    parts = {text: {ast.unparse(part) for part in ast.walk(node)} for text, node in sources.items()}
    for more in (True, False):
        for node, holder, field, put in places:
            own = ast.unparse(node)
            for text, source in sources.items():
                if text == own or (own in parts[text]) != more or line_of[id(source)] is line_of[id(node)]:
                    continue
                if more or isinstance(node, ast.BinOp):
                    what = "isn't all that belongs there" if more else "isn't what belongs there"
                    words = f"“{short(node)}” {what}: compare it with your line “{short(line_of[id(source)])}”"
                    yield Edit(holder, field, put(copy.deepcopy(source)), "borrowed", words, node.lineno)


def _is_value(node):
    """Whether a node is a value by itself, and not a place that is assigned to or something like a length."""
    if not isinstance(node, _VALUES) or isinstance(getattr(node, "ctx", None), ast.Store):
        return False
    return not (isinstance(node, ast.Call) and called_name(node) in _SIZES)
