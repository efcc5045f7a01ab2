"""Mechanical mistakes: small changes to a right answer's syntax tree, one at a time."""

import ast
import copy
from collections import Counter

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
# Calls whose name can be taken for another's.
CALLS = {
    "maximum": "minimum",
    "max": "min",
    "sum": "mean",
    "mean": "sum",
    "exp": "expm1",
    "log": "log2",
    "log2": "log",
    "append": "extend",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "logistic": "logistic_prime",
    "logistic_prime": "logistic",
    "floor": "ceil",
    "argmax": "argmin",
}


def _changes(node):
    """All small changes of one node; each returns the node that takes its place."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        new = copy.deepcopy(node)
        new.op = OPERATORS[type(node.op)]()
        yield f"{type(node.op).__name__} → {type(new.op).__name__}", new
    if isinstance(node, ast.BinOp):
        yield "right operand dropped", copy.deepcopy(node.left)
        yield "left operand dropped", copy.deepcopy(node.right)
        if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult)):
            new = copy.deepcopy(node)
            new.left, new.right = new.right, new.left
            yield "operands exchanged", new
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus dropped", copy.deepcopy(node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        yield f"{node.value} → {node.value + 1}", ast.Constant(node.value + 1)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        new = copy.deepcopy(node)
        new.ops = [COMPARISONS[type(node.ops[0])]()]
        yield f"{type(node.ops[0]).__name__} → {type(new.ops[0]).__name__}", new
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose dropped", copy.deepcopy(node.value)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLS:
            new = copy.deepcopy(node)
            if isinstance(new.func, ast.Attribute):
                new.func.attr = CALLS[name]
            else:
                new.func.id = CALLS[name]
            yield f"{name} → {CALLS[name]}", new
        for position, keyword in enumerate(node.keywords):
            if keyword.arg in ("axis", "keepdims"):
                new = copy.deepcopy(node)
                del new.keywords[position]
                yield f"{keyword.arg} dropped", new
    if isinstance(node, ast.IfExp):
        yield "else taken", copy.deepcopy(node.orelse)
        yield "if taken", copy.deepcopy(node.body)


class _ReplaceAt(ast.NodeTransformer):
    def __init__(self, number, replacement):
        self.number, self.replacement, self.count = number, replacement, -1

    def visit(self, node):
        self.count += 1
        if self.count == self.number:
            return self.replacement
        return super().generic_visit(node)


class _Collect(ast.NodeVisitor):
    """Number the nodes in the order in which a transformer meets them."""

    def __init__(self):
        self.nodes = []

    def visit(self, node):
        self.nodes.append(node)
        super().generic_visit(node)


def mutants(source):
    """Change a function's source in one place at a time.

    Yields
    ------
    (description, source)
        Only of changes inside the body, and only such as still compile.  The description is the changed line and what
        became of it; the second change of a kind in a line has a (2).
    """
    tree, lines = ast.parse(source), source.splitlines()
    collect = _Collect()
    collect.visit(tree)
    seen = Counter()
    for number, node in enumerate(collect.nodes):
        for what, replacement in _changes(node):
            changed = _ReplaceAt(number, replacement).visit(copy.deepcopy(tree))
            ast.fix_missing_locations(changed)
            text = ast.unparse(changed)
            if text != ast.unparse(tree):
                told = f"{lines[node.lineno - 1].strip()} | {what}"
                seen[told] += 1
                yield told + (f" ({seen[told]})" if seen[told] > 1 else ""), text
