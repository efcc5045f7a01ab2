"""Which cells are the same for everybody, and need to be run only once for a class.

A lesson's own cells, its figures and demonstrations, mostly do not depend on what a student writes.  They are run once,
before the sandboxes are forked; a sandbox then takes over the names they leave behind.  Whether a cell of a submission
may be taken over is decided by reading the code, and in doubt it is run.
"""

import ast
import builtins
import re
import sys
from dataclasses import dataclass, field, replace

from autograder.sandbox.findings import MOST_READ_OF_ALL, parsed
from autograder.sandbox.overlap import together

# Modules whose import changes nothing for cells that follow.
_HARMLESS = {
    "numpy", "math", "cmath", "time", "itertools", "functools", "operator", "collections", "random", "typing",
    "dataclasses", "copy", "string", "fractions", "decimal", "statistics", "scipy", "matplotlib", "IPython",
    "ipywidgets", "nblib", "autograder",
}  # fmt: skip
# Names by which code reaches what reading it does not show.
_OPAQUE = {
    "exec", "eval", "compile", "globals", "locals", "vars", "setattr", "delattr", "getattr", "open", "input",
    "breakpoint", "get_ipython", "exit", "quit", "help", "In", "Out", "dir",
}  # fmt: skip
# Methods of modules that set something for good.
_SETTING = (
    "set", "seed", "use", "rc", "style", "register", "filterwarnings", "simplefilter", "ion", "ioff", "xkcd", "jet",
)  # fmt: skip
_BUILT_IN = set(dir(builtins))
# IPython's own names for what was typed and shown.
_OF_THE_SHELL = re.compile(r"_{2,}.*|_(i{1,3}|ih|oh|dh|sh|exit_code)?|_i?\d+")
# Names with a meaning of their own.
_SPECIAL = re.compile(r"\b__\w+__\b")
_IMPORTED = "import "


@dataclass(frozen=True)
class Reading:
    """What one cell does to names, as far as reading it shows.

    Attributes
    ----------
    loads, stores : frozenset of str
        Names it uses, and names it sets.
    early : frozenset of str
        Names whose values it may use before it sets them.
    anew : frozenset of str
        Names that it sets whatever happens, before it uses them.
    inner : frozenset of str
        Names that are used only where a function of this cell is called.
    defines : frozenset of str
        Functions it defines.
    imports : frozenset of (str, str)
        Names it sets by importing, and where from.
    settings : frozenset of str
        Names of which, if they are modules, it sets something for good.
    calls : bool
        Whether anything is called while the cell runs.
    opaque : bool
        Whether it may do what reading it does not show.
    deletes : bool
        Whether it may take a name away.
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
        # Names that are used before they are set, and names that are set by now whatever happens.
        self.early, self.set = set(), set()
        # Of the function that is being read: names that are its own, names that are not although it sets them, and
        # names of what it changes.
        self._own, self._shared, self._changes = set(), set(), set()

    def visit_Name(self, node):
        self.opaque |= node.id in _OPAQUE
        if isinstance(node.ctx, ast.Load):
            # A module that is handed on can be changed under another name.
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
            if any(name.startswith(_SETTING) for name in names):
                self.settings.add(root.id)
        else:
            self.visit(node.value)

    def visit_Assign(self, node):
        self.visit(node.value)  # as Python does
        for target in node.targets:
            self.visit(target)

    def _branch(self, *nodes):
        """Read what may not be carried out: what it sets is set within it only."""
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
            # An array is changed where it is, and a number read first.
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
        # A name that is looked up by its text.
        self.opaque |= isinstance(node.value, str) and bool(_SPECIAL.search(node.value))

    def _named(self, node):
        """Read what sets names that are no Name in the tree: exceptions that are caught, and patterns."""
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
            self.imports.add((name, _IMPORTED + origin))

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
        # A class body runs, and its methods run whenever an operator of its objects does.
        self.opaque = True


def read(source):
    """Read one cell.

    Parameters
    ----------
    source : str
        Of the cell.

    Returns
    -------
    Reading
    """
    tree, reader = parsed(source), _Reader()
    if tree is None:
        return Reading(opaque=True)
    try:
        reader.visit(tree)
    except RecursionError:
        return Reading(opaque=True)
    of_shell = {name for name in reader.loads | reader.inner if _OF_THE_SHELL.fullmatch(name)}
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


@dataclass(frozen=True)
class SharedCell:
    """A cell that was run for everybody.

    Attributes
    ----------
    cell_id, source : str
        By which it is known again.
    needs : dict of str to str
        For each name it uses, or does not set anew, the cell that last had a hand in it.
    touches : frozenset of str
        Names it sets, and names whose values it could have changed.
    together : dict of str to frozenset of str
        For each of these names those that share memory or objects with it, once the cell has run.
    outputs : list of dict
        What it put out, where it was run; the execution count in them is not this one's yet.
    after : dict
        Names and values it leaves behind, copied, where it was run.
    """

    cell_id: str
    source: str
    needs: dict
    touches: frozenset
    together: dict
    outputs: list = ()
    after: dict = field(default_factory=dict)

    def described(self):
        """Return as plain data what a plan needs of it."""
        together = {name: sorted(others) for name, others in self.together.items()}
        return [self.cell_id, self.source, self.needs, sorted(self.touches), together]

    @classmethod
    def of(cls, cell_id, source, needs, touches, together):
        """Make it of such a description."""
        together = {name: frozenset(others) for name, others in together.items()}
        return cls(cell_id, source, needs, frozenset(touches), together)


@dataclass
class Walk:
    """A way through a notebook, keeping account of which cell last had a hand in which name.

    Attributes
    ----------
    modules : container of str
        Names of the modules that may have been imported.
    hands : dict of str to str
        By name.
    inner : dict of str to frozenset
        For functions that were defined on the way: the names they use.
    together : dict of str to frozenset
        By name, those that share memory or objects with it.
    """

    modules: object
    hands: dict = field(default_factory=dict)
    inner: dict = field(default_factory=dict)
    together: dict = field(default_factory=dict)

    def with_others(self, names):
        """Return names, and all names that share something with one of them: what changes one changes the others."""
        return names.union(*(self.together.get(name, ()) for name in names))

    def used(self, reading):
        """Names that a cell uses, through the functions that it calls as well."""
        found, waiting = set(), set(reading.loads | (reading.inner if reading.calls else frozenset()))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting |= self.inner.get(name, frozenset()) if reading.calls else frozenset()
        return found

    def used_early(self, reading):
        """Names whose values from before a cell it uses, through the functions that it calls as well."""
        return self.used(replace(reading, loads=reading.loads & reading.early, inner=reading.inner & reading.early))

    def touched(self, reading, changing):
        """Names that a cell sets, or whose values it may change, and all that share something with these values."""
        changed = (reading.stores - reading.anew) | (self.used_early(reading) & changing)
        return reading.stores | (self.used(reading) & changing) | self.with_others(changed)

    def sets_for_good(self, reading):
        """Whether a cell may do to a module what outlasts the cell, or do what reading it does not show."""
        imports = dict(reading.imports)
        return reading.opaque or any(
            self._is_module(imports.get(name) or self.hands.get(name, "")) for name in reading.settings
        )

    def _is_module(self, hand):
        if not hand.startswith(_IMPORTED):
            return False
        origin = hand.removeprefix(_IMPORTED)
        return " as " in origin or origin in self.modules

    def passed(self, hand, reading, touches):
        """Note that a cell was run by itself, or taken over."""
        for name in reading.defines:
            self.inner[name] = reading.inner
        self.hands.update(dict.fromkeys(touches, hand))
        # Who imports something does not matter: it is the same thing.
        self.hands.update(dict(reading.imports))


class Sharing:
    """The cells of a lesson that are run once.

    Parameters
    ----------
    cells : list of (str, str, bool)
        Id, source, and whether the cell is the lesson's own; of a student's cell the source only sets its names, as
        :func:`outline` makes it.
    runner : autograder.sandbox.shell.Runner
        In which they are run.
    snapshot : callable
        Copies values by name; see :func:`autograder.sandbox.overlap.snapshot`.
    """

    def __init__(self, cells, runner, snapshot):
        self.cells = {}
        self._own = [(cell_id, source) for cell_id, source, own in cells if own]
        # Names that only functions, modules and plain numbers stand for cannot be changed through.
        self._changing = set()
        reader = _CellReader(self._own)
        names = runner.shell.user_ns
        before = set(names)
        walk, count, lent = Walk(sys.modules), 0, {}
        for cell_id, source, own in cells:
            reading = reader.read(source)
            if not own:
                walk.passed("student", Reading(), reading.stores)
                continue
            used = walk.used(reading)
            early, touched = walk.used_early(reading), walk.touched(reading, self._changing)
            earlier = {name: names[name] for name in touched if name in names}
            outputs, succeeded = [], False
            # What a lesson's cell sets for good is set for every sandbox: they are forked afterwards.
            if not any(walk.hands.get(name) == "student" for name in used | touched - reading.stores):
                count += 1
                outputs, succeeded = runner.run(source, count)
                for name in walk.with_others(early & self._changing) & lent.keys():
                    # A sandbox that took the earlier cell over would have what this one makes of it.
                    self.cells.pop(lent.pop(name), None)
            walk.together = together({name: names[name] for name in names if self._is_of_a_cell(name, before)})
            self._changing |= walk.together.keys()
            touches = walk.with_others(touched | (used & self._changing))
            # What takes a name away cannot be taken over.
            succeeded &= not reading.deletes
            after, kept = (
                snapshot({name: names[name] for name in touches if name in names}) if succeeded else ({}, set())
            )
            # What is handed on as it is shares nothing with the copies of other values.
            if not succeeded or not walk.with_others(kept) <= kept:
                # Whatever it had a hand in is not what a sandbox would have.
                walk.passed("student", reading, touches)
                continue
            # A name that the cell may set, but that still stands for what it did, has to stand for it in a sandbox.
            needed = early | (touches - reading.anew)
            needed -= {name for name in reading.stores - early if names.get(name) is not earlier.get(name)}
            needs = {
                name: walk.hands.get(name, "") for name in needed if name in walk.hands or name not in reading.stores
            }
            walk.passed(cell_id, reading, touches)
            lent |= dict.fromkeys(kept, cell_id)
            shared = {name: walk.together[name] for name in touches if name in walk.together}
            self.cells[cell_id] = SharedCell(cell_id, source, needs, frozenset(touches), shared, outputs, after)
        self.adoptable = [cell.after for cell in self.cells.values()]
        for name in set(names) - before:
            del names[name]

    @staticmethod
    def _is_of_a_cell(name, before):
        """Whether a name was set by a cell: by none of those before the first one, nor by the shell."""
        return name not in before and not _OF_THE_SHELL.fullmatch(name)

    def described(self):
        """Return as plain data what a :class:`Plan` needs, and the outputs of the cells."""
        return {
            "cells": [cell.described() for cell in self.cells.values()],
            "outputs": [cell.outputs for cell in self.cells.values()],
            "own": self._own,
            "changing": sorted(self._changing),
            "modules": sorted(sys.modules),
        }


def outline(source):
    """Return code that sets the same names as a student's cell of the source, and says nothing else of it."""
    return "\n".join(f"{name} = None" for name in sorted(read(source).stores))


class _CellReader:
    """Reads cells, and remembers the readings of a lesson's own."""

    def __init__(self, own):
        # How NumPy prints is set by a lesson for all its cells, and every sandbox inherits it.
        self._print_lines = {
            line for _, source in own for line in source.splitlines() if "np.set_printoptions(" in line
        }
        self._readings = {source: self._read_new(source) for _, source in own}

    def read(self, source):
        return self._readings.get(source) or self._read_new(source)

    def _read_new(self, source):
        return read("\n".join(line for line in source.splitlines() if line not in self._print_lines))


class Plan:
    """Says which cells of a submission can be taken over.

    Parameters
    ----------
    described : dict
        Of :meth:`Sharing.described`.
    magics : set of str
        Names of the shell's line magics.
    """

    def __init__(self, described, magics):
        self._magics = magics
        self._own = set(map(tuple, described["own"]))
        self._reader = _CellReader(described["own"])
        self._changing = set(described["changing"])
        self._modules = set(described["modules"])
        cells = [SharedCell.of(*each) for each in described["cells"]]
        self._cells = {cell.cell_id: cell for cell in cells}
        self._numbers = {cell.cell_id: number for number, cell in enumerate(cells)}

    def _may_change_cells(self, walk, source, reading):
        """Whether a cell of a student's may have to do with later cells in a way that names do not show."""
        first = source.split(maxsplit=1)[:1]
        # A magic without its % is one wherever nothing else has its name.
        magic = bool(first) and first[0] in self._magics and first[0] not in walk.hands.keys() | reading.stores
        return magic or walk.sets_for_good(reading)

    def of(self, cells):
        """Plan one submission.

        Parameters
        ----------
        cells : list of (str, str)
            Id and source of each code cell that is run in the sandbox.

        Returns
        -------
        list of (int or None)
            For each cell the position of what it leaves behind, or None where it has to be run.
        """
        walk, plan, opaque, room = Walk(self._modules), [], False, MOST_READ_OF_ALL
        for cell_id, source in cells:
            opaque = opaque or room < len(source)
            if opaque:
                plan.append(None)
                continue
            room -= len(source)
            reading, shared = self._reader.read(source), self._cells.get(cell_id)
            if (
                shared
                and shared.source == source
                and all(walk.hands.get(name, "") == hand for name, hand in shared.needs.items())
            ):
                plan.append(self._numbers[cell_id])
                walk.passed(cell_id, reading, shared.touches)
                walk.together |= dict.fromkeys(shared.touches, frozenset()) | shared.together
                continue
            plan.append(None)
            opaque = (cell_id, source) not in self._own and self._may_change_cells(walk, source, reading)
            walk.passed("student", reading, walk.touched(reading, self._changing))
        return plan
