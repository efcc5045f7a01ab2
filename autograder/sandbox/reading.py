"""What a cell does to names, as far as its code shows; nothing is run."""

import ast
import builtins
import re
from dataclasses import dataclass

from autograder.sandbox.findings import parsed

# Modules whose import doesn't affect later cells.
_HARMLESS = {
    "numpy", "math", "cmath", "time", "itertools", "functools", "operator", "collections", "random", "typing",
    "dataclasses", "copy", "string", "fractions", "decimal", "statistics", "scipy", "matplotlib", "IPython",
    "ipywidgets", "nblib", "autograder",
}  # fmt: skip
# Names with which code can do what reading it doesn't show.
_OPAQUE = {
    "exec", "eval", "compile", "globals", "locals", "vars", "setattr", "delattr", "getattr", "open", "input",
    "breakpoint", "get_ipython", "exit", "quit", "help", "In", "Out", "dir",
}  # fmt: skip
# Functions whose names begin like this change their module.
_SETTERS = (
    "set", "seed", "use", "rc", "style", "register", "filterwarnings", "simplefilter", "ion", "ioff", "xkcd", "jet",
)  # fmt: skip
_BUILT_IN = set(dir(builtins))
# IPython's names for inputs and outputs.
OF_THE_SHELL = re.compile(r"_{2,}.*|_(i{1,3}|ih|oh|dh|sh|exit_code)?|_i?\d+")
# Special names.
_SPECIAL = re.compile(r"\b__\w+__\b")
IMPORTED = "import "


@dataclass(frozen=True)
class Reading:
    """What a cell does to names, as far as its code shows.

    Attributes
    ----------
    loads, stores : frozenset of str
        Names that it uses, and names that it sets.
    early : frozenset of str
        Names that it may use before it sets them.
    anew : frozenset of str
        Names that it always sets before it uses them.
    inner : frozenset of str
        Names that its functions use when they are called.
    defines : frozenset of str
        Functions that it defines.
    imports : frozenset of (str, str)
        Names that it imports, and where from.
    settings : frozenset of str
        Names that it may change if they are modules.
    calls : bool
        Whether anything is called while the cell runs.
    opaque : bool
        Whether it may do what its code doesn't show.
    deletes : bool
        Whether it may delete a name.
    """

    loads: frozenset = frozenset()
    stores: frozenset = frozenset()
    early: frozenset = frozenset()
    anew: frozenset = frozenset()
    inner: frozenset = frozenset()
    defines: frozenset = frozenset()
    imports: frozenset = frozenset()
    settings: frozenset = frozenset()
    calls: bool = False
    opaque: bool = False
    deletes: bool = False


class _Reader(ast.NodeVisitor):
    def __init__(self):
        self.loads, self.stores, self.inner, self.defines = set(), set(), set(), set()
        self.imports, self.settings = set(), set()
        self.calls = self.opaque = self.deletes = False
        self._depth = 0
        # Names that are used before they are set, and names that have always been set at this point.
        self.early, self.set = set(), set()
        # Of the current function: its local names, the names that are not local although it sets them, and the names
        # whose values it changes.
        self._own, self._shared, self._changes = set(), set(), set()

    def visit_Name(self, node):
        self.opaque |= node.id in _OPAQUE
        if isinstance(node.ctx, ast.Load):
            # A module can get another name here, and be changed under that name.
            self.settings.add(node.id)
            self._load(node.id)
        elif self._depth:
            self._own.add(node.id)
        else:
            self.stores.add(node.id)
            if isinstance(node.ctx, ast.Store):
                self.set.add(node.id)
            self.deletes |= isinstance(node.ctx, ast.Del)

    def _load(self, name):
        if name not in self.set:
            self.early.add(name)
        (self.inner if self._depth else self.loads).add(name)

    def visit_Global(self, node):
        self.stores.update(node.names)
        self._shared.update(node.names)

    def visit_Nonlocal(self, node):
        self._shared.update(node.names)

    def visit_Attribute(self, node):
        self.opaque |= node.attr.startswith("_")
        root, names = node, []
        while isinstance(root, ast.Attribute):
            names.append(root.attr)
            root = root.value
        if not isinstance(node.ctx, ast.Load):
            self._changed(node.value)
        if isinstance(root, ast.Name):
            self.opaque |= root.id in _OPAQUE or any(name.startswith("_") for name in names)
            self.opaque |= "get_ipython" in names
            self._load(root.id)
            if any(name.startswith(_SETTERS) for name in names):
                self.settings.add(root.id)
        else:
            self.visit(node.value)

    def visit_Assign(self, node):
        self.visit(node.value)  # before the targets, as Python does
        for target in node.targets:
            self.visit(target)

    def _branch(self, *nodes):
        """Visit nodes that may not be executed: the names that they set may not be set afterwards."""
        before = set(self.set)
        for node in nodes:
            self.visit(node)
        self.set = before

    def visit_If(self, node):
        self.visit(node.test)
        self._branch(*node.body)
        self._branch(*node.orelse)

    visit_While = visit_If

    def visit_IfExp(self, node):
        self.visit(node.test)
        self._branch(node.body)
        self._branch(node.orelse)

    def visit_For(self, node):
        self.visit(node.iter)
        self._branch(node.target, *node.body)
        self._branch(*node.orelse)

    visit_AsyncFor = visit_For

    def visit_Try(self, node):
        self._branch(*node.body)
        for handler in node.handlers:
            self._branch(handler)
        self._branch(*node.orelse)
        self._branch(*node.finalbody)

    visit_TryStar = visit_Try

    def visit_Match(self, node):
        self.visit(node.subject)
        for case in node.cases:
            self._branch(case)

    def visit_BoolOp(self, node):
        self.visit(node.values[0])
        self._branch(*node.values[1:])

    def visit_NamedExpr(self, node):
        self.visit(node.value)
        self.visit(node.target)

    def visit_comprehension(self, node):
        self.visit(node.iter)
        self.visit(node.target)
        for condition in node.ifs:
            self.visit(condition)

    def _comprehension(self, node):
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        self._branch(*node.generators, *results)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            # This reads the name, and changes an array in place.
            self._load(node.target.id)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load):
            self._changed(node.value)
        self.generic_visit(node)

    def _changed(self, node):
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            (self._changes if self._depth else self.stores).add(node.id)
            self.settings.add(node.id)

    def visit_Constant(self, node):
        # The name could be looked up with getattr.
        self.opaque |= isinstance(node.value, str) and bool(_SPECIAL.search(node.value))

    def _named(self, node):
        """Visit an exception handler or a pattern, which set names without a Name node."""
        for name in (getattr(node, "name", None), getattr(node, "rest", None)):
            if name:
                (self._own if self._depth else self.stores).add(name)
                self.deletes |= isinstance(node, ast.ExceptHandler) and not self._depth
        self.generic_visit(node)

    visit_ExceptHandler = visit_MatchAs = visit_MatchStar = visit_MatchMapping = _named

    def visit_Call(self, node):
        self.calls |= not self._depth
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            self.opaque |= alias.name.partition(".")[0] not in _HARMLESS
            self._imported(alias.asname or alias.name.partition(".")[0], f"{alias.name} as {alias.asname}")

    def visit_ImportFrom(self, node):
        self.opaque |= bool(node.level) or (node.module or "").partition(".")[0] not in _HARMLESS
        for alias in node.names:
            self.opaque |= alias.name == "*" or alias.name in _OPAQUE
            self._imported(alias.asname or alias.name, f"{node.module}.{alias.name}")

    def _imported(self, name, origin):
        if self._depth:
            self._own.add(name)
        else:
            self.stores.add(name)
            self.imports.add((name, IMPORTED + origin))

    def _function(self, node):
        if not isinstance(node, ast.Lambda):
            if self._depth:
                self._own.add(node.name)
            else:
                self.stores.add(node.name)
                self.defines.add(node.name)
            for each in node.decorator_list:
                self.calls |= not self._depth
                self.visit(each)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        outside = self.inner, self._own, self._shared, self._changes
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        self.inner, self._own, self._shared, self._changes = set(), {each.arg for each in every if each}, set(), set()
        self._depth += 1
        for each in node.body if isinstance(node.body, list) else [node.body]:
            self.visit(each)
        self._depth -= 1
        own = self._own - self._shared
        used, changed = self.inner - own, self._changes - own
        self.inner, self._own, self._shared, self._changes = outside
        self.inner |= used
        (self._changes if self._depth else self.stores).update(changed)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_ClassDef(self, node):
        # Methods can be run by any operator.
        self.opaque = True


def read(source):
    """Return the :class:`Reading` of a cell's source."""
    tree, reader = parsed(source), _Reader()
    if tree is None:
        return Reading(opaque=True)
    try:
        reader.visit(tree)
    except RecursionError:
        return Reading(opaque=True)
    of_shell = {name for name in reader.loads | reader.inner if OF_THE_SHELL.fullmatch(name)}
    return Reading(
        loads=frozenset(reader.loads - _BUILT_IN),
        stores=frozenset(reader.stores),
        early=frozenset(reader.early),
        anew=frozenset(reader.set - reader.early),
        inner=frozenset(reader.inner - _BUILT_IN),
        defines=frozenset(reader.defines),
        imports=frozenset(reader.imports),
        settings=frozenset(reader.settings),
        calls=reader.calls,
        deletes=reader.deletes,
        opaque=reader.opaque or bool(of_shell - reader.stores) or bool(reader.stores & _BUILT_IN),
    )


def outline(source):
    """Return code that sets the same names as a student's cell, and reveals nothing else about it."""
    return "\n".join(f"{name} = None" for name in sorted(read(source).stores))
