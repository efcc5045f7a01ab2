"""Single small changes to a function's lines, each with the words that tell a student what was changed."""

import ast
from dataclasses import dataclass
from itertools import pairwise

MAX_TEXT = 60
REDUCTIONS = set("sum mean max min std var prod argmax argmin amax amin norm any all".split())


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


def short(node):
    """Write out a node, cut off where it is long."""
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def called_name(call):
    """Return the last part of the name of what is called, such as ``sum`` for ``np.sum`` and ``x.sum``."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def shown_name(call):
    """Write a call's function as the student did, but not a long expression in front of the dot."""
    function = call.func
    if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Name):
        return f".{function.attr}()"
    return ast.unparse(function)


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
                name = short(out[0].value)
                words = f"{shown_name(node)}(…, out={name}) overwrites {name}, and its old numbers are still needed"
                yield Edit(
                    node, "keywords", [w for w in node.keywords if w is not out[0]], "in-place", words, node.lineno
                )
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield from _in_place_in(node, field, block)


def edits_of_aliases(tree):
    """Yield the same where they are likely to matter: a function that adds up in a loop with += is left out."""
    steps = [node for node in ast.walk(tree) if isinstance(node, ast.AugAssign)]
    whole = any(not isinstance(step.op, ast.Add) for step in steps)
    yield from (edit for edit in edits_in_place(tree) if whole or isinstance(edit.node, ast.Call))


def _in_place_in(node, field, block):
    for position, statement in enumerate(block):
        if isinstance(statement, ast.AugAssign):
            name = ast.unparse(statement.target)
            value = ast.BinOp(_loaded(statement.target), statement.op, statement.value)
            new = ast.copy_location(ast.Assign([statement.target], value), statement)
            operator = ast.unparse(ast.AugAssign(ast.Name("x", ast.Store()), statement.op, ast.Constant(1))).split()[1]
            words = (
                f"{operator} changes the array itself, and {name} isn't its only name: its old numbers are still needed"
            )
            yield Edit(node, field, with_items(block, position, new), "in-place", words, statement.lineno)
        if (
            isinstance(statement, ast.Assign)
            and _is_a_name(statement.value)
            and isinstance(statement.targets[0], ast.Name)
        ):
            target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            copied = ast.Call(ast.Attribute(statement.value, "copy", ast.Load()), [], [])
            words = f"{target} is only a second name for {value}, so a change of one changes both: a copy is needed"
            new = ast.copy_location(ast.Assign(statement.targets, copied), statement)
            yield Edit(node, field, with_items(block, position, new), "second-name", words, statement.lineno)


def _is_a_name(node):
    return isinstance(node, ast.Name) or (isinstance(node, ast.Subscript) and _is_a_name(node.value))


def _loaded(target):
    return ast.parse(ast.unparse(target), mode="eval").body


def with_items(block, position, *new):
    """Return a list with something else in one place."""
    return [*block[:position], *new, *block[position + 1 :]]


def edits_of_products(tree):
    """Yield the changes between a product entry by entry and a matrix product."""
    entrywise = "is a matrix product, where a product entry by entry, *, is wanted"
    matrix = "multiplies entry by entry, where a matrix product, @, is wanted"
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Mult)):
            product = isinstance(node.op, ast.MatMult)
            words = f"“{short(node)}” {entrywise if product else matrix}"
            yield Edit(node, "op", ast.Mult() if product else ast.MatMult(), "product", words, node.lineno)
        elif isinstance(node, ast.Call) and called_name(node) in ("dot", "matmul", "inner", "vdot", "multiply"):
            if not isinstance(node.func, ast.Attribute) or not is_of_numpy(node):
                continue
            name = called_name(node)
            words = f"{ast.unparse(node.func)} {matrix if name == 'multiply' else entrywise}"
            yield Edit(node.func, "attr", "matmul" if name == "multiply" else "multiply", "product", words, node.lineno)


def edits_of_axes(tree):
    """Yield the changes of an axis: one that is missing, wrong, or not kept."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called_name(node) not in REDUCTIONS:
            continue
        name = shown_name(node)
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
        does, should = ("keeps", "drop") if keeps else ("drops", "keep")
        words = f"{name} {does} the axis that it goes over, and should {should} it"
        yield Edit(node, "keywords", new, "keepdims", words, node.lineno)
        for other in (0, 1, -1):
            if ast.unparse(axis) != str(other):
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
            if isinstance(node, ast.For):
                yield from _replaced_in_each_pass(node, field, block)
            if isinstance(node, (ast.FunctionDef, ast.For)):
                yield from _ends_of_loops(node, field, block)


def _replaced_in_each_pass(node, field, block):
    """A result is replaced in each pass of a loop, or all of it is changed, where only one entry is meant."""
    loops = [each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)]
    for position, statement in enumerate(block):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, (ast.Name, ast.Subscript)):
                new = ast.copy_location(ast.AugAssign(target, ast.Add(), statement.value), statement)
                words = f"= replaces {short(target)} in each pass of the loop, so that only the last pass counts"
                yield Edit(node, field, with_items(block, position, new), "replaced", words, statement.lineno)
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            for index in loops:
                entry = ast.Subscript(statement.target, ast.Name(index, ast.Load()), ast.Store())
                name = statement.target.id
                words = f"all entries of {name} are changed, where only entry {index} is meant"
                yield Edit(statement, "target", entry, "entry", words, statement.lineno)


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
            where = "early, before a line that it has to wait for" if early else "late, after a line that waits for it"
            words = f"the order is wrong: it comes too {where}"
            yield Edit(node, field, rest, "order", words, statement.lineno)


def _loop(loop, body):
    return ast.copy_location(ast.For(loop.target, loop.iter, body, []), loop)


def _ends_of_loops(node, field, block):
    for position, statement in enumerate(block):
        if isinstance(statement, ast.For) and len(statement.body) > 1:
            loop = _loop(statement, statement.body[:-1])
            last = statement.body[-1]
            words = "it stands inside the loop, so it runs once in each pass: check its indentation"
            if isinstance(last, ast.Return):
                words = "the return stands inside the loop, so the loop ends after its first pass"
            yield Edit(node, field, with_items(block, position, loop, last), "indentation", words, last.lineno)
    for position, (statement, after) in enumerate(pairwise(block)):
        if isinstance(statement, ast.For) and not isinstance(after, ast.Return):
            loop = _loop(statement, [*statement.body, after])
            words = "it stands below the loop, so it runs only once: check its indentation"
            new = [*block[:position], loop, *block[position + 2 :]]
            yield Edit(node, field, new, "indentation", words, after.lineno)
