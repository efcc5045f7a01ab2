"""Copy a function so that somebody is told of its arithmetic and its calls; what it computes stays the same."""

import ast
import copy
import linecache
from functools import lru_cache
from types import CellType, FunctionType

_WATCH = "__watch__"  # what a copy calls the one who is told
_COPY = "__copy__"  # under its own name, it would call itself where the function calls itself
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)


class _Told(ast.NodeTransformer):
    """Turn arithmetic and calls into calls of the methods ``operate``, ``update`` and ``call``."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, _BITWISE):
            return node
        return _told("operate", ast.Constant(type(node.op).__name__), node.left, node.right)

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if isinstance(node.op, _BITWISE):
            return node
        before = copy.deepcopy(node.target)
        before.ctx = ast.Load()
        value = _told("update", ast.Constant(type(node.op).__name__), before, node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Call(self, node):
        self.generic_visit(node)
        return _told("call", node.func, *node.args, keywords=node.keywords)


def _told(method, *args, keywords=()):
    return ast.Call(ast.Attribute(ast.Name(_WATCH, ast.Load()), method, ast.Load()), [*args], [*keywords])


@lru_cache(maxsize=64)
def _definitions(text):
    """Return the functions that a source text defines anywhere."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.Lambda))]


def _is_of(node, code):
    """Whether a definition is the one that a code object comes from."""
    if isinstance(node, ast.FunctionDef):
        first = min(each.lineno for each in (node, *node.decorator_list))
        return node.name == code.co_name and first == code.co_firstlineno
    body = node.body.lineno, node.body.end_lineno, node.body.col_offset, node.body.end_col_offset
    return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno and body in code.co_positions()


def _bare(node):
    """Copy a definition without what is computed when it is defined: decorators, defaults, annotations."""
    node = copy.deepcopy(node)
    arguments = node.args
    arguments.defaults = [ast.Constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [each and ast.Constant(None) for each in arguments.kw_defaults]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
        if argument:
            argument.annotation = None
    if isinstance(node, ast.FunctionDef):
        node.decorator_list, node.returns = [], None
    return node


def watched_copy(function, watch):
    """Return a copy that has its arithmetic and its calls done by somebody else, who looks at the values.

    Parameters
    ----------
    function : callable
        Its names, its defaults and what it shares with a function around it are those of the copy as well.
    watch : object
        Its methods ``operate(sign, left, right)`` and ``update(sign, left, right)``, where the sign is the name of a
        class in :mod:`ast`, and ``call(function, *args, **keywords)`` return what the copy goes on with.

    Returns
    -------
    FunctionType or None
        None where the text of the function isn't known.
    """
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    if _WATCH in code.co_freevars:  # it was defined inside a copy
        return function
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    try:
        (node,) = (each for each in _definitions(text) if _is_of(each, code))
        made = _made(_Told().visit(_bare(node)), code)
        cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True)) | {_WATCH: CellType(watch)}
        closure = tuple(cells[name] for name in made.co_freevars)
    except (KeyError, TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    copied = FunctionType(made, function.__globals__, function.__name__, function.__defaults__, closure)
    copied.__kwdefaults__ = function.__kwdefaults__
    return copied


def _made(node, code):
    """Compile a changed definition inside a function whose arguments are the names that it has from around it."""
    around = [ast.arg(name) for name in (_WATCH, *code.co_freevars)]
    if isinstance(node, ast.FunctionDef):
        node.name = _COPY
        body = [node, ast.Return(ast.Name(_COPY, ast.Load()))]
    else:
        body = [ast.Return(node)]
    arguments = ast.arguments([], around, None, [], [], None, [])
    outside = ast.copy_location(ast.FunctionDef("around", arguments, body, []), node)
    space = {}
    exec(compile(ast.fix_missing_locations(ast.Module([outside], [])), code.co_filename, "exec"), space)
    return space["around"](*[None] * len(around)).__code__
