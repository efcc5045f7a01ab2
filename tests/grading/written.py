"""A catalogued function written out again, as a student would have typed it: source that needs nothing but itself."""

import ast
import copy
import inspect
import linecache
import sys
from functools import cache
from textwrap import indent
from types import FunctionType, ModuleType


@cache
def _functions_in(path):
    """Every function and lambda of a file."""
    tree = ast.parse("".join(linecache.getlines(path)))
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]


def _parameters(arguments):
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _node_of(code):
    """The part of the syntax tree that became this code: several lambdas can stand in one line."""
    places = [place for place in code.co_positions() if None not in place and place[2:] != (0, 0)]
    first, last = min((line, column) for line, _, column, _ in places), max((end, at) for _, end, _, at in places)
    found = [
        node
        for node in _functions_in(code.co_filename)
        if list(code.co_varnames[: len(_parameters(node.args))]) == _parameters(node.args)
        and getattr(node, "name", "<lambda>") == code.co_name
        and (node.lineno, node.col_offset) <= first
        and last <= (node.end_lineno, node.end_col_offset)
    ]
    return min(found, key=lambda node: (node.end_lineno - node.lineno, node.end_col_offset - node.col_offset))


def written(function, name):
    """Write a function out.

    Parameters
    ----------
    function : callable
        Of the catalogue: a ``def``, a lambda, or a function that another one returned.
    name : str
        The name it is to have.
    Returns
    -------
    str
        Source that defines it, with all that it needs of its module.
    """
    cell = _Cell()
    cell.define(function, name)
    *helpers, answer = cell.lines.values()
    if not helpers:
        return answer
    # What helps stays inside, where it takes no name that the lesson uses.
    inside = indent("\n\n".join([*helpers, answer, f"return {name}"]), "    ")
    return f"def make_{name}():\n{inside}\n\n\n{name} = make_{name}()"


class _Cell:
    def __init__(self):
        self.lines = {}

    def define(self, value, name):
        """Add a line that defines a name, after what that needs."""
        if name in self.lines:
            return
        if isinstance(value, ModuleType):
            self.lines[name] = f"import {value.__name__} as {name}"
        elif isinstance(value, FunctionType) and value.__module__.startswith("autograder"):
            self.lines[name] = self._function(value, name)
        elif isinstance(value, type) and value.__module__.startswith("autograder"):
            self.lines[name] = self._class(value, name)
        elif hasattr(value, "__module__") and hasattr(value, "__qualname__"):
            self.lines[name] = f"from {value.__module__} import {value.__qualname__} as {name}"
        else:
            self.lines[name] = f"{name} = {self._value(value, name)}"

    def _class(self, value, name):
        """Return a definition of a class of the checks, which no submission can import, after what it needs."""
        (node,) = ast.parse(inspect.getsource(value)).body
        known = vars(sys.modules[value.__module__])
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in known and each.id != node.name:
                self.define(known[each.id], each.id)
        node.name = name
        return ast.unparse(node)

    def _value(self, value, name):
        """Return an expression for a value; functions in it get names of their own."""
        if isinstance(value, dict):
            pairs = (f"{key!r}: {self._value(each, f'{name}_{key}')}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        if callable(value):
            self.define(value, name)
            return name
        return repr(value)

    def _function(self, function, name):
        """Return a definition of a function, after adding definitions of what it needs."""
        node = copy.deepcopy(_node_of(function.__code__))
        known = function.__globals__ | inspect.getclosurevars(function).nonlocals
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in known and each.id not in _parameters(node.args):
                # The exercise's own name is that of the function that is written here.
                value, each.id = known[each.id], f"right_{each.id}" if each.id == name else each.id
                self.define(value, each.id)
        # A default is what it was when the function was made.
        for position, value in enumerate(reversed(function.__defaults__ or ()), start=1):
            if callable(value):
                self.define(value, f"{name}_{position}")
                node.args.defaults[-position] = ast.Name(f"{name}_{position}", ast.Load())
        body = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
        node = ast.FunctionDef(name, node.args, body, decorator_list=[], type_params=[])
        return ast.unparse(ast.fix_missing_locations(node))
