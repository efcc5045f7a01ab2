"""Single small changes within the expressions of a function's text: operators, numbers, indices, names."""

import ast

from autograder.diagnosis.edits_of_code import Edit, called_name, short, shown_name, with_items

MAX_NAMES = 10
# Functions that are taken for one another.
_TWINS = [
    ("sum", "mean"),
    ("std", "var"),
    ("maximum", "minimum"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("max", "maximum"),
    ("floor", "round"),
    ("log", "log2"),
    ("log", "log1p"),
    ("exp", "expm1"),
    ("outer", "dot"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
]
_OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.MatMult, ast.Div, ast.Add, ast.Pow],
    ast.Div: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Pow: [ast.Mult],
}
_COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
}


def edits_of_expressions(tree):
    """Yield the changes of operators, signs, numbers, indices, functions and transposes."""
    for node, holder, field, put in expressions(tree):
        line = node.lineno
        if isinstance(node, ast.BinOp):
            left, right = short(node.left), short(node.right)
            for operator in _OPERATORS.get(type(node.op), ()):
                words = _operator_words(node, operator, left, right)
                yield Edit(node, "op", operator(), "operator", words, line)
            if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
                swapped = ast.BinOp(node.right, node.op, node.left)
                words = f"the two sides of “{short(node)}” are swapped"
                yield Edit(holder, field, put(swapped), "exchanged", words, line)
            for kept, gone in ((node.left, right), (node.right, left)):
                if isinstance(node.op, ast.Sub) and kept is node.right:
                    continue
                what = {ast.Pow: "the exponent ", ast.Add: "the term ", ast.Sub: "the term "}.get(
                    type(node.op), "the factor "
                )
                words = f"{what}“{gone}” is one too many in “{short(node)}”"
                yield Edit(holder, field, put(kept), "one-too-many", words, line)
            yield from _brackets(node, holder, field, put)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            if not isinstance(node.operand, ast.Constant):
                words = f"the minus in front of “{short(node.operand)}” is one too many"
                yield Edit(holder, field, put(node.operand), "sign", words, line)
        elif isinstance(node, ast.Call):
            yield from _edits_of_call(node, holder, field, put)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            words = f"{short(node.value)} is transposed, and shouldn't be"
            yield Edit(holder, field, put(node.value), "transposed", words, line)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            for operator in _COMPARISONS.get(type(node.ops[0]), ()):
                words = f"the comparison “{short(node)}” isn't the right one"
                yield Edit(node, "ops", [operator()], "comparison", words, line)
            other = node.comparators[0]
            if not isinstance(other, ast.Constant):
                words = f"“{short(node)}” compares with {short(other)}, which has the wrong sign there"
                yield Edit(node, "comparators", [ast.UnaryOp(ast.USub(), other)], "sign", words, line)
        elif isinstance(node, ast.Constant) and not isinstance(holder, ast.keyword):
            yield from _edits_of_number(node, holder)


def _operator_words(node, operator, left, right):
    if isinstance(node.op, (ast.Add, ast.Sub)) and operator in (ast.Add, ast.Sub):
        return f"the sign in front of “{right}” is wrong"
    if isinstance(node.op, ast.MatMult):
        return f"“{left} @ {right}” is a matrix product, where a product entry by entry is wanted"
    if operator is ast.MatMult:
        return f"“{left} * {right}” multiplies entry by entry, where a matrix product is wanted"
    if isinstance(node.op, ast.FloorDiv):
        return "// cuts off the decimals"
    return f"the operation between “{left}” and “{right}” is wrong"


def _brackets(node, holder, field, put):
    """A / b * c for a / (b * c), a - b + c for a - (b + c), a / b + c for a / (b + c), a ** b / c for a ** (b / c)."""
    left = node.left
    if isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Div, ast.Sub, ast.Mult, ast.Pow)):
        new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, node.right))
        words = f"brackets are missing: “{short(left)}” is computed before “{short(node.right)}” comes in"
        yield Edit(holder, field, put(new), "brackets", words, node.lineno)


def _edits_of_call(node, holder, field, put):
    name = called_name(node)
    whole = [word for word in node.keywords if word.arg == "dtype" and ast.unparse(word.value) in ("int", "np.int64")]
    if whole:
        rest = [word for word in node.keywords if word is not whole[0]]
        new = [*rest, ast.keyword("dtype", ast.Name("float", ast.Load()))]
        yield Edit(node, "keywords", new, "whole-numbers", "dtype=int cuts off all decimals", node.lineno)
    if name == "astype" and isinstance(node.func, ast.Attribute):
        words = f"{short(node)} changes the type of the numbers, and shouldn't"
        yield Edit(holder, field, put(node.func.value), "whole-numbers", words, node.lineno)
    for one, other in _TWINS:
        for old, new in ((one, other), (other, one)):
            if name == old and isinstance(node.func, ast.Attribute):
                yield Edit(node.func, "attr", new, "function", f"{shown_name(node)} is the wrong function", node.lineno)
    if len(node.args) == 1 and not node.keywords and name not in ("range", "len", "append", "reversed"):
        words = (
            f"{ast.unparse(node.func)}(…) is applied once too often"
            if len(ast.unparse(node.func)) < 30
            else "a call is one too many"
        )
        yield Edit(holder, field, put(node.args[0]), "one-too-many", words, node.lineno)
    if len(node.args) == 2 and name not in ("append", "insert"):
        words = f"the two arguments of {shown_name(node)} are swapped"
        yield Edit(node, "args", node.args[::-1], "exchanged", words, node.lineno)
    if name == "range":
        for position, argument in enumerate(node.args):
            for step in (1, -1):
                moved = ast.BinOp(argument, ast.Add(), ast.Constant(step))
                words = f"“{short(node)}” {_range_words(node, position, step)}"
                yield Edit(node, "args", with_items(node.args, position, moved), "range", words, node.lineno)


def _range_words(node, position, step):
    """Say whether a range has one value too few or too many, but not at which end."""
    if len(node.args) > 2 and position == 2:
        return "has a wrong step"
    is_start = len(node.args) > 1 and position == 0
    backwards = len(node.args) > 2 and ast.unparse(node.args[2]).startswith("-")
    longer = (step < 0) != is_start if backwards else (step > 0) != is_start
    few = "has one value too few" if longer else "has one value too many"
    which = "which one is missing" if longer else "which one has no place there"
    return f"{few}: write its values down for a small case, and see {which}"


def _edits_of_number(node, holder):
    if type(node.value) not in (int, float):
        return
    words = f"the number {node.value} isn't the right one"
    if isinstance(holder, ast.UnaryOp) and isinstance(holder.op, ast.USub):
        words = f"the number −{node.value} isn't the right one"
    elif isinstance(holder, (ast.BinOp, ast.Compare, ast.Call)):
        words = f"the number {node.value} in “{short(holder)}” isn't the right one"
    elif isinstance(holder, ast.Subscript):
        words = f"the index {node.value} isn't the right one"
    for value in dict.fromkeys((node.value + 1, node.value - 1, 2 * node.value, -node.value)):
        if value != node.value:
            yield Edit(node, "value", value, "number", words, node.lineno)


def edits_of_indices(tree):
    """Yield the changes of an index or the end of a slice by one, and of a name by its transpose."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, (ast.Name, ast.BinOp)):
            for step in (1, -1):
                moved = ast.BinOp(node.slice, ast.Add(), ast.Constant(step))
                words = f"the index of “{short(node)}” is one off"
                yield Edit(node, "slice", moved, "index", words, node.lineno)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, (ast.Name, ast.Constant)):
            words = f"“{short(node)}” takes a row, where a column is wanted"
            column = ast.Tuple([ast.Slice(), node.slice], ast.Load())
            yield Edit(node, "slice", column, "column-wanted", words, node.lineno)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            words = f"the two indices of “{short(node)}” are swapped: the first counts rows, the second columns"
            yield Edit(node.slice, "elts", node.slice.elts[::-1], "exchanged", words, node.lineno)
        elif isinstance(node, ast.Slice):
            for end in ("lower", "upper"):
                value = getattr(node, end)
                for step in (1, -1) if isinstance(value, (ast.Name, ast.BinOp)) else ():
                    words = f"the {'start' if end == 'lower' else 'end'} of the slice “{ast.unparse(node)}” is one off"
                    yield Edit(node, end, ast.BinOp(value, ast.Add(), ast.Constant(step)), "slice", words, value.lineno)
    for node, holder, field, put in expressions(tree):
        inside = isinstance(holder, (ast.BinOp, ast.Call)) and isinstance(node, (ast.Name, ast.Subscript))
        if inside and not (isinstance(holder, ast.Call) and field == "func") and isinstance(node.ctx, ast.Load):
            words = f"{short(node)} should be transposed"
            yield Edit(holder, field, put(ast.Attribute(node, "T", ast.Load())), "transposed", words, node.lineno)


def edits_of_names(tree):
    """Yield the changes of one variable for another of the function's own."""
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    own = list(dict.fromkeys([node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)] + stored))
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in own and id(node) not in called:
            for other in own:
                if other != node.id and (len(own) <= MAX_NAMES or _are_alike(node.id, other)):
                    words = f"{node.id} isn't the variable that belongs there"
                    yield Edit(node, "id", other, "name", words, node.lineno)


def _are_alike(name, other):
    """Whether two names differ in one character only, as beta1 and beta2 do."""
    return len(name) == len(other) > 1 and sum(one != two for one, two in zip(name, other, strict=True)) == 1


def expressions(tree):
    """Yield (node, holder, field, put) of all expressions.

    Parameters
    ----------
    tree : ast.AST
        Of a function.

    Yields
    ------
    (ast.expr, ast.AST, str, callable)
        An expression, the node and its field that hold it, and what makes the field's new value out of a new node.
    """
    for holder in ast.walk(tree):
        for field, value in ast.iter_fields(holder):
            if isinstance(value, ast.expr):
                yield value, holder, field, lambda new: new
            elif isinstance(value, list):
                for position, each in enumerate(value):
                    if isinstance(each, ast.expr):
                        yield each, holder, field, lambda new, v=value, p=position: with_items(v, p, new)
