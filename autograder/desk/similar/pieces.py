"""Take code apart into pieces that don't depend on the names its author chose or the order they wrote things in."""

import ast
import copy
import io
import tokenize
from collections import Counter

MAX_CODE = 20_000
# Smaller pieces, such as a[0], are in everybody's code.
_LEAST_NODES = 3


def pieces_of(code):
    """Take code apart.

    Parameters
    ----------
    code : str
        Of one cell.

    Returns
    -------
    collections.Counter
        How often each piece occurs: statements and expressions in which the author's own names are left out, the own
        names, and the words of comments. Code that can't be parsed gives its lines instead.
    """
    code = code[:MAX_CODE]
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Counter(("line", " ".join(line.split())) for line in code.splitlines() if line.strip())
    _drop_docstrings(tree)
    own = _own_names(tree)
    found = Counter(("name", name) for name in own)
    found.update(("comment", comment) for comment in _comments(code))
    try:
        found.update(_structure(_Ordered().visit(_without_names(tree, own))))
    except RecursionError:
        return found
    return found


def _drop_docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]


def _own_names(tree):
    """Return the names that the code itself gives: variables and inner functions, not the parameters of the stub."""
    outer = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    given = {argument.arg for node in outer for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node not in outer}
    return own - given


def _without_names(tree, own):
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in own:
            node.id = "_"
        elif isinstance(node, ast.arg) and node.arg in own:
            node.arg = "_"
        elif isinstance(node, ast.FunctionDef) and node.name in own:
            node.name = "_"
    return tree


class _Ordered(ast.NodeTransformer):
    """Puts factors and terms into an order of their own, so that the order in which they were written doesn't count."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        kind = type(node.op)
        if kind not in (ast.Add, ast.Mult):
            return node
        first, *others = sorted(_operands(node, kind), key=ast.unparse)
        for other in others:
            first = ast.BinOp(first, kind(), other)
        return first


def _operands(node, kind):
    """Return the terms of a sum, or the factors of a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, kind):
        return [*_operands(node.left, kind), *_operands(node.right, kind)]
    return [node]


def _structure(tree):
    """Yield every statement and expression that is large enough, as text."""
    sizes = {}

    def visit(node):
        children = [visit(child) for child in ast.iter_child_nodes(node)]
        sizes[node] = 1 + sum(children)
        return sizes[node]

    visit(tree)
    for node, size in sizes.items():
        if size >= _LEAST_NODES and isinstance(node, ast.stmt | ast.expr):
            yield "code", ast.unparse(node)


def _comments(code):
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return []
    return [" ".join(token.string.strip("# ").lower().split()) for token in tokens if token.type == tokenize.COMMENT]
