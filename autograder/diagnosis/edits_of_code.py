"""Single small changes to a function's text, each with the words that tell a student what was changed."""

import ast
from dataclasses import dataclass
from itertools import pairwise

MAX_NAMES = 10
MAX_TEXT = 60
REDUCTIONS = (
    "sum",
    "mean",
    "max",
    "min",
    "std",
    "var",
    "prod",
    "argmax",
    "argmin",
    "amax",
    "amin",
    "norm",
    "any",
    "all",
)
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
    ast.Mult: [ast.MatMult, ast.Div, ast.Add],
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


@dataclass(frozen=True)
class Edit:
    """A change of one field of one node.

    Attributes
    ----------
    node : ast.AST
        What is changed.
    field : str
        Which of its fields.
    new : object
        What the field holds afterwards.
    kind : str
        Names the kind of change.
    words : str
        What is wrong, to follow “In your line …,”.
    line : int
        The line that is wrong, counted from the function's first.
    """

    node: ast.AST
    field: str
    new: object
    kind: str
    words: str
    line: int


def _text(node):
    return ast.unparse(node)


def _short(node):
    text = _text(node)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def called_name(call):
    """Return the last part of the name of what is called, such as ``sum`` for ``np.sum`` and ``x.sum``."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _shown_name(call):
    """Write a call's function as the student did, but not a long expression in front of the dot."""
    function = call.func
    if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name):
        return f".{function.attr}()"
    return _text(function)


def is_of_numpy(call):
    """Whether a call is written np.…(…), so that the array is its first argument."""
    value = getattr(call.func, "value", None)
    return isinstance(value, ast.Name) and value.id in ("np", "numpy")


def lacks_axis(call):
    """Whether a call reduces a whole array, because it is given no axis."""
    if called_name(call) not in REDUCTIONS or not isinstance(call.func, ast.Attribute):
        return False
    return len(call.args) <= is_of_numpy(call) and not any(word.arg in ("axis", None) for word in call.keywords)


def edits_in_place(tree):
    """Yield the changes that make a line leave the old array alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            out = [word for word in node.keywords if word.arg == "out" and not isinstance(word.value, ast.Constant)]
            if out:
                name = _short(out[0].value)
                words = f"{_shown_name(node)}(…, out={name}) overwrites {name}, and its old numbers are still needed"
                yield Edit(
                    node, "keywords", [w for w in node.keywords if w is not out[0]], "in-place", words, node.lineno
                )
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield from _in_place_in(node, field, block)


def _in_place_in(node, field, block):
    for position, statement in enumerate(block):
        if isinstance(statement, ast.AugAssign):
            name = _text(statement.target)
            value = ast.BinOp(_loaded(statement.target), statement.op, statement.value)
            new = ast.Assign([statement.target], value)
            operator = ast.unparse(ast.AugAssign(ast.Name("x", ast.Store()), statement.op, ast.Constant(1))).split()[1]
            words = (
                f"{operator} changes the array itself, and {name} isn't its only name: its old numbers are still needed"
            )
            yield Edit(node, field, _with(block, position, new), "in-place", words, statement.lineno)
        if (
            isinstance(statement, ast.Assign)
            and _is_a_name(statement.value)
            and isinstance(statement.targets[0], ast.Name)
        ):
            target, value = _text(statement.targets[0]), _text(statement.value)
            copied = ast.Call(ast.Attribute(statement.value, "copy", ast.Load()), [], [])
            words = f"{target} is only a second name for {value}, so a change of one changes both: a copy is needed"
            new = ast.Assign(statement.targets, copied)
            yield Edit(node, field, _with(block, position, new), "second-name", words, statement.lineno)


def _is_a_name(node):
    return isinstance(node, ast.Name) or (isinstance(node, ast.Subscript) and _is_a_name(node.value))


def _loaded(target):
    return ast.parse(_text(target), mode="eval").body


def _with(block, position, *new):
    return [*block[:position], *new, *block[position + 1 :]]


def edits_of_products(tree):
    """Yield the changes between a product entry by entry and a matrix product."""
    entrywise = "is a matrix product, where a product entry by entry, *, is wanted"
    matrix = "multiplies entry by entry, where a matrix product, @, is wanted"
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult)):
            product = isinstance(node.op, ast.MatMult)
            words = f"“{_short(node)}” {entrywise if product else matrix}"
            yield Edit(node, "op", ast.Mult() if product else ast.MatMult(), "product", words, node.lineno)
        elif isinstance(node, ast.Call) and called_name(node) in ("dot", "matmul", "inner", "vdot", "multiply"):
            if not isinstance(node.func, ast.Attribute) or not is_of_numpy(node):
                continue
            name = called_name(node)
            words = f"{_text(node.func)} {matrix if name == 'multiply' else entrywise}"
            yield Edit(node.func, "attr", "matmul" if name == "multiply" else "multiply", "product", words, node.lineno)


def edits_of_axes(tree):
    """Yield the changes of an axis: one that is missing, wrong, or not kept."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called_name(node) not in REDUCTIONS:
            continue
        name = _shown_name(node)
        kept = [word for word in node.keywords if word.arg not in ("axis", "keepdims")]
        if lacks_axis(node):
            words = f"{name} has no axis, so it goes over the whole array"
            for axis, keep in ((-1, True), (0, False), (1, False), (-1, False), (0, True)):
                yield Edit(node, "keywords", kept + _axis(axis, keep), "axis-missing", words, node.lineno)
            continue
        axis = next((word.value for word in node.keywords if word.arg == "axis"), None)
        if axis is None:
            continue
        keeps = any(word.arg == "keepdims" for word in node.keywords)
        new = [*kept, ast.keyword("axis", axis), *([] if keeps else [ast.keyword("keepdims", ast.Constant(True))])]
        words = f"{name} {'keeps' if keeps else 'drops'} the axis that it goes over, and it should {'drop' if keeps else 'keep'} it"
        yield Edit(node, "keywords", new, "keepdims", words, node.lineno)
        for other in (0, 1, -1):
            if _text(axis) != str(other):
                words = f"{name} goes along the wrong axis"
                yield Edit(node, "keywords", kept + _axis(other, keeps), "axis-wrong", words, node.lineno)
        words = f"{name} should go over the whole array, not along one axis"
        yield Edit(node, "keywords", kept, "axis-wrong", words, node.lineno)


def _axis(axis, keep):
    keywords = [ast.keyword("axis", ast.Constant(axis))]
    return keywords + ([ast.keyword("keepdims", ast.Constant(True))] if keep else [])


def edits_of_order(tree):
    """Yield the changes of which statement comes when, and of a return inside a loop."""
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            yield from _moves(node, field, block)
            if isinstance(node, (ast.FunctionDef, ast.For)):
                yield from _ends_of_loops(node, field, block)


def _moves(node, field, block):
    for here, statement in enumerate(block):
        if isinstance(statement, (ast.Return, ast.FunctionDef)):
            continue
        for there, other in enumerate(block):
            if here == there or isinstance(other, ast.Return):
                continue
            # Neighbours change places only once.
            if there == here - 1:
                continue
            rest = [*block[:here], *block[here + 1 :]]
            rest.insert(there, statement)
            early = there > here
            words = f"the order is wrong: it comes too {'early, and belongs below' if early else 'late, and belongs above'} “{_short(other)}”"
            yield Edit(node, field, rest, "order", words, statement.lineno)


def _ends_of_loops(node, field, block):
    for position, statement in enumerate(block):
        if isinstance(statement, ast.For) and len(statement.body) > 1:
            loop = ast.For(statement.target, statement.iter, statement.body[:-1], [])
            last = statement.body[-1]
            words = "it stands inside the loop, so it runs once in each pass: check its indentation"
            if isinstance(last, ast.Return):
                words = "the return stands inside the loop, so the loop ends after its first pass"
            yield Edit(node, field, _with(block, position, loop, last), "indentation", words, last.lineno)
    for position, (statement, after) in enumerate(pairwise(block)):
        if isinstance(statement, ast.For) and not isinstance(after, ast.Return):
            loop = ast.For(statement.target, statement.iter, [*statement.body, after], [])
            words = "it stands below the loop, so it runs only once: check its indentation"
            new = [*block[:position], loop, *block[position + 2 :]]
            yield Edit(node, field, new, "indentation", words, after.lineno)


def edits_of_expressions(tree):
    """Yield the changes of operators, signs, numbers, indices, functions and transposes."""
    for node, holder, field, put in _expressions(tree):
        line = node.lineno
        if isinstance(node, ast.BinOp):
            left, right = _short(node.left), _short(node.right)
            for operator in _OPERATORS.get(type(node.op), ()):
                words = _operator_words(node, operator, left, right)
                yield Edit(node, "op", operator(), "operator", words, line)
            if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
                swapped = ast.BinOp(node.right, node.op, node.left)
                words = f"the two sides of “{_short(node)}” are exchanged"
                yield Edit(holder, field, put(swapped), "exchanged", words, line)
            for kept, gone in ((node.left, right), (node.right, left)):
                if isinstance(node.op, ast.Sub) and kept is node.right:
                    continue
                words = f"“{gone}” is one too many in “{_short(node)}”"
                yield Edit(holder, field, put(kept), "one-too-many", words, line)
            yield from _brackets(node, holder, field, put)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            if not isinstance(node.operand, ast.Constant):
                words = f"the minus in front of “{_short(node.operand)}” is one too many"
                yield Edit(holder, field, put(node.operand), "sign", words, line)
        elif isinstance(node, ast.Call):
            yield from _edits_of_call(node, holder, field, put)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            words = f"{_short(node.value)} is transposed, and shouldn't be"
            yield Edit(holder, field, put(node.value), "transposed", words, line)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            for operator in _COMPARISONS.get(type(node.ops[0]), ()):
                words = f"the comparison “{_short(node)}” isn't the right one"
                yield Edit(node, "ops", [operator()], "comparison", words, line)
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
    """A / b * c for a / (b * c), a - b + c for a - (b + c), a / b + c for a / (b + c), a * b + c for a * (b + c)."""
    left = node.left
    if isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Div, ast.Sub, ast.Mult)):
        new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, node.right))
        words = f"brackets are missing: “{_short(left)}” is computed before “{_short(node.right)}” comes in"
        yield Edit(holder, field, put(new), "brackets", words, node.lineno)


def _edits_of_call(node, holder, field, put):
    name = called_name(node)
    for one, other in _TWINS:
        for old, new in ((one, other), (other, one)):
            if name == old and isinstance(node.func, ast.Attribute):
                yield Edit(
                    node.func, "attr", new, "function", f"{_shown_name(node)} is the wrong function", node.lineno
                )
    if len(node.args) == 1 and not node.keywords and name not in ("range", "len", "append", "reversed"):
        words = (
            f"{_text(node.func)}(…) is applied once too often"
            if len(_text(node.func)) < 30
            else "a call is one too many"
        )
        yield Edit(holder, field, put(node.args[0]), "one-too-many", words, node.lineno)
    if len(node.args) == 2 and name not in ("append", "insert"):
        words = f"the two arguments of {_shown_name(node)} are exchanged"
        yield Edit(node, "args", node.args[::-1], "exchanged", words, node.lineno)
    if name == "range":
        for position, argument in enumerate(node.args):
            for step in (1, -1):
                moved = ast.BinOp(argument, ast.Add(), ast.Constant(step))
                end = "start" if len(node.args) > 1 and position == 0 else "end"
                words = f"the {end} of “{_short(node)}” is one off"
                yield Edit(node, "args", _with(node.args, position, moved), "range", words, node.lineno)


def _edits_of_number(node, holder):
    if type(node.value) not in (int, float):
        return
    words = f"the number {node.value} isn't the right one"
    if isinstance(holder, ast.Subscript):
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
                words = f"the index of “{_short(node)}” is one off"
                yield Edit(node, "slice", moved, "index", words, node.lineno)
        elif isinstance(node, ast.Slice):
            for end in ("lower", "upper"):
                value = getattr(node, end)
                for step in (1, -1) if isinstance(value, (ast.Name, ast.BinOp)) else ():
                    words = f"the {'start' if end == 'lower' else 'end'} of the slice “{_text(node)}” is one off"
                    yield Edit(node, end, ast.BinOp(value, ast.Add(), ast.Constant(step)), "slice", words, value.lineno)
    for node, holder, field, put in _expressions(tree):
        inside = isinstance(holder, (ast.BinOp, ast.Call)) and isinstance(node, (ast.Name, ast.Subscript))
        if inside and not (isinstance(holder, ast.Call) and field == "func") and isinstance(node.ctx, ast.Load):
            words = f"{_short(node)} should be transposed"
            yield Edit(holder, field, put(ast.Attribute(node, "T", ast.Load())), "transposed", words, node.lineno)


def edits_of_names(tree):
    """Yield the changes of one variable for another of the function's own."""
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    own = list(dict.fromkeys([argument.arg for argument in tree.args.args] + stored))
    if len(own) > MAX_NAMES:
        return
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in own and id(node) not in called:
            for other in own:
                if other != node.id:
                    words = f"{node.id} isn't the variable that belongs there"
                    yield Edit(node, "id", other, "name", words, node.lineno)


def _expressions(tree):
    """Yield (node, holder, field, put) of all expressions; ``put`` makes the field's new value out of a new node."""
    for holder in ast.walk(tree):
        for field, value in ast.iter_fields(holder):
            if isinstance(value, ast.expr):
                yield value, holder, field, lambda new: new
            elif isinstance(value, list):
                for position, each in enumerate(value):
                    if isinstance(each, ast.expr):
                        yield each, holder, field, lambda new, v=value, p=position: _with(v, p, new)
