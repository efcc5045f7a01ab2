"""Arguments that a function changes although its numbers are right."""

import ast
from dataclasses import dataclass

from autograder.checking.problem import Kind
from autograder.checking.trial import parameter_names
from autograder.diagnosis.mends import MAX_LINE, source_tree


@dataclass(frozen=True)
class _Write:
    """A line that writes into an argument: its text, the name that it uses, and the line that made that name.

    That name stands for the argument itself, or for one of its parts.
    """

    line: str
    name: str
    made: str = ""
    is_part: bool = False


def changed_arguments(trial):
    """Say which arguments were changed, and whether on every call.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are right.

    Returns
    -------
    str or None
        None where that is not all that is missed.
    """
    missed = [problem for problem in trial.problems if problem]
    if not missed or any(problem.kind is not Kind.CHANGED for problem in missed):
        return None
    names = " and ".join(missed[0].actual)
    name = missed[0].actual[0]
    changing = [outcome for _, outcome in trial.tried if outcome.changed]
    some = len(changing) < len(trial.tried) and not all(outcome.changed for outcome in trial.outcomes)
    write = _write_into(trial, name)
    if some and not write:
        return (
            f"The numbers are right, but some calls changed {names}, which belongs to the caller. That happens only "
            f"for some arguments, so look at the lines for special values, such as {name}[…] = … or out={name}. Work "
            "on a copy."
        )
    calls = "some calls" if some else "every call"
    start = f"The numbers are right, but {calls} changed {names}, which belongs to the caller."
    if write:
        return f"{start} {_in_words(write, name)}"
    return (
        f"{start} Look for a line that writes into it, such as {name} -= …, {name}[…] = … or out={name}, and build a "
        "new array instead."
    )


def _in_words(write, name):
    if not write.made:
        return f"Your line “{write.line}” writes into it: build a new array instead."
    if write.is_part:
        return (
            f"Your line “{write.line}” writes into it, because {write.name} is one of the arrays in {name}, not a "
            "copy: build a new array instead."
        )
    return (
        f"Your line “{write.line}” writes into it, because “{write.made}” makes {write.name} a second name for {name}, "
        "not a copy."
    )


def _write_into(trial, name):
    """Return the first line that writes into an argument; None where the text isn't known, or no line plainly does."""
    source = source_tree(trial.function)
    if source is None:
        return None
    tree, lines = source
    position = parameter_names(trial.exercise).index(name)
    if position >= len(tree.args.args):
        return None
    own, set_by = tree.args.args[position].arg, _settings(tree)
    # A name that is set again may stand for a new array by then.
    made = {own: ""} if own not in set_by else {}
    for other, nodes in set_by.items():
        if len(nodes) == 1 and isinstance(nodes[0].value, ast.Name) and nodes[0].value.id in made:
            made[other] = _text(lines, nodes[0])
    parts = {each: _text(lines, node) for alias in made for each, node in _parts_of(tree, alias)}
    for node in ast.walk(tree):
        written = _written(node)
        if written in made:
            return _Write(_text(lines, node), written, made[written])
        if written in parts and len(set_by.get(written, ())) == 1:
            return _Write(_text(lines, node), written, parts[written], is_part=True)
    return None


def _parts_of(tree, name):
    """Yield the names that stand for parts of an argument, each with the statement that makes it one."""
    for node in ast.walk(tree):
        match node:
            case ast.For(target=target, iter=ast.Name(id=of)) if of == name:
                yield from ((each, node) for each in _names_in(target))
            case ast.For(target=ast.Tuple(elts=targets), iter=ast.Call(func=ast.Name(id="zip"), args=args)):
                for target, arg in zip(targets, args, strict=False):
                    if isinstance(arg, ast.Name) and arg.id == name:
                        yield from ((each, node) for each in _names_in(target))
            case ast.Assign(targets=[target], value=ast.Subscript(value=ast.Name(id=of))) if of == name:
                yield from ((each, node) for each in _names_in(target))


def _names_in(target):
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]


def _text(lines, node):
    line = lines[node.lineno - 1].strip()
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"


@dataclass(frozen=True)
class _Setting:
    """What a name is set to; None where that is no single expression, such as in the head of a loop."""

    value: ast.expr | None
    lineno: int


def _settings(tree):
    """Return for each name that a function sets what it is set to."""
    found = {}
    plain = {
        id(target): node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    augmented = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in augmented:
            found.setdefault(node.id, []).append(_Setting(plain.get(id(node)), node.lineno))
    return found


def _written(node):
    """Return the name whose array a statement writes into, or None."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name))):
            return name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return name
        case ast.Call(keywords=[*_, ast.keyword(arg="out", value=ast.Name(id=name))]):
            return name
    return None
