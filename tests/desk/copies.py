"""A class in which some have copied: answers drawn from right and wrong ones, each in a style of its own."""

import ast
import copy
import inspect
import random
import textwrap

from autograder.exercises import EXERCISES

KINDS = ("renamed", "reordered", "comments", "rewritten")
WORDS = (
    "res out tmp val acc total cur nxt prev item row col idx pos left right first last grad step err diff delta_l "
    "layer_out act pre post k2 m1 x1 y1 buf store coll vals nums part piece bit chunk"
).split()
REMARKS = ("first the forward part", "now backwards", "see the lecture", "shape (m,)", "transpose!", "sum over k", "ok")


def pool(lesson):
    """Return every known answer to each exercise of a lesson as source code, by exercise."""
    found = {}
    for name, exercise in EXERCISES.items():
        if exercise.lesson == lesson:
            functions = [exercise.reference, *exercise.variants, *(each.function for each in exercise.mistakes)]
            sources = [source_of(function, name) for function in functions]
            found[name] = list(dict.fromkeys(source for source in sources if source))
    return found


def source_of(function, name):
    """Return the source of a function under another name; None for a part of a larger expression, such as a lambda."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return None
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(defined) != 1:
        return None
    defined[0].name = name
    return ast.unparse(tree)


class _Renamed(ast.NodeTransformer):
    """Gives the variables of a function other names."""

    def __init__(self, rng, tree):
        own = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})
        self.names = dict(zip(own, rng.sample(WORDS, len(own)), strict=True)) if len(own) <= len(WORDS) else {}

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


class _Styled(ast.NodeTransformer):
    """Writes the same in the habits of one author."""

    def __init__(self, rng):
        self.rng, self.habits = rng, {name: rng.random() < 0.5 for name in ("dot", "swap", "result", "power", "len")}

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult) and self.habits["dot"]:
            return ast.Call(ast.parse("np.dot", mode="eval").body, [node.left, node.right], [])
        if isinstance(node.op, ast.Mult) and self.habits["swap"] and self.rng.random() < 0.6:
            return ast.BinOp(node.right, node.op, node.left)
        if isinstance(node.op, ast.Pow) and self.habits["power"]:
            return ast.Call(ast.parse("np.power", mode="eval").body, [node.left, node.right], [])
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        if node.value is None or not self.habits["result"] or self.rng.random() < 0.3:
            return node
        name = self.rng.choice(WORDS)
        return [ast.Assign([ast.Name(name, ast.Store())], node.value), ast.Return(ast.Name(name, ast.Load()))]


def styled(source, rng, author):
    """Return code as an author would have typed it."""
    tree = _Styled(author).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(_Renamed(rng, tree).visit(tree)))


def answers_of(pools, rng, wrong=0.3):
    """Return one student's answers: a third wrong, the others right in one way or another."""
    author = random.Random(rng.random())
    found = {}
    for name, sources in pools.items():
        right = 1 + len([each for each in EXERCISES[name].variants if source_of(each, name)])
        chosen = (
            rng.choice(sources[right:]) if sources[right:] and rng.random() < wrong else rng.choice(sources[:right])
        )
        found[name] = styled(chosen, rng, author)
    return found


def copied(answers, kind, pools, rng):
    """Return a copy of a student's answers, changed so that it doesn't look like one."""
    answers = dict(answers)
    if kind == "rewritten":
        name = rng.choice(list(answers))
        answers[name] = styled(rng.choice(pools[name]), rng, random.Random(rng.random()))
        return answers
    change = {"renamed": _renamed, "reordered": _reordered, "comments": _commented}[kind]
    return {name: change(source, rng) for name, source in answers.items()}


def _renamed(source, rng):
    tree = ast.parse(source)
    return ast.unparse(_Renamed(rng, tree).visit(tree))


def _reordered(source, rng):
    """Swap factors and neighbouring assignments that don't need each other."""
    tree = copy.deepcopy(ast.parse(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and rng.random() < 0.5:
            node.left, node.right = node.right, node.left
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for place in range(len(body) - 1):
                one, other = body[place : place + 2]
                if isinstance(one, ast.Assign) and isinstance(other, ast.Assign) and not _names(one) & _names(other):
                    body[place : place + 2] = [other, one]
    return ast.unparse(tree)


def _names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {"np"}


def _commented(source, rng):
    lines = []
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        lines += [f"{indent}# {rng.choice(REMARKS)}"] if rng.random() < 0.3 and lines else []
        lines += ["", line] if rng.random() < 0.2 else [line]
    return "\n".join(lines)


def school(lesson, students=300, of_each_kind=24, seed=1):
    """Make a class.

    Returns
    -------
    answers : dict of str to dict of str to str
    planted : dict of frozenset of str to str
        The pairs that have copied, and how.
    """
    rng, pools = random.Random(seed), pool(lesson)
    answers = {f"s{number:03}": answers_of(pools, rng) for number in range(students)}
    names, planted = rng.sample(sorted(answers), 2 * of_each_kind * len(KINDS)), {}
    for number, kind in enumerate(KINDS * of_each_kind):
        one, other = names[2 * number : 2 * number + 2]
        answers[other] = copied(answers[one], kind, pools, rng)
        planted[frozenset((one, other))] = kind
    return answers, planted
