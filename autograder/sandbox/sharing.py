"""Run cells that are the same for everybody only once for a class.

Most of a lesson's own cells, such as figures and demonstrations, don't depend on what a student writes.  They are run
once, before the sandboxes are forked, and a sandbox then restores the names that they leave behind.  Whether a cell of
a submission can be restored is decided by reading the code.  If in doubt, it is run.
"""

import sys
from dataclasses import dataclass, field, replace

from autograder.sandbox.findings import MAX_READ_IN_ALL
from autograder.sandbox.overlap import find_aliases
from autograder.sandbox.reading import IMPORTED, OF_THE_SHELL, Reading, read


@dataclass(frozen=True)
class SharedCell:
    """A cell that was run for everybody.

    Attributes
    ----------
    cell_id, source : str
        Identify it in a submission.
    needs : dict of str to str
        The cell that last changed each name that it uses, or doesn't always set.
    touches : frozenset of str
        Names that it sets, and names whose values it may have changed.
    aliases : dict of str to frozenset of str
        For each of these names, the names that share memory or objects with it after the cell.
    outputs : list of dict
        In the fork server only, with another execution count.
    after : dict
        In the fork server only, copies of the values of the names that it touches.
    """

    cell_id: str
    source: str
    needs: dict
    touches: frozenset
    aliases: dict
    outputs: list = ()
    after: dict = field(default_factory=dict)

    def described(self):
        """Return what a plan needs, as plain data."""
        aliases = {name: sorted(others) for name, others in self.aliases.items()}
        return [self.cell_id, self.source, self.needs, sorted(self.touches), aliases]

    @classmethod
    def of(cls, cell_id, source, needs, touches, aliases):
        """Create a cell from its description."""
        aliases = {name: frozenset(others) for name, others in aliases.items()}
        return cls(cell_id, source, needs, frozenset(touches), aliases)


@dataclass
class Walk:
    """A pass through a notebook that tracks which cell last changed each name.

    Attributes
    ----------
    modules : container of str
        Names of the modules that may have been imported.
    changed_by : dict of str to str
        By name, the ID of the cell, ``"student"``, or where the name was imported from.
    inner : dict of str to frozenset
        The names that each function uses.
    aliases : dict of str to frozenset of str
        By name, the names that share memory or objects with it.
    """

    modules: object
    changed_by: dict = field(default_factory=dict)
    inner: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)

    def with_aliases(self, names):
        """Return the names and all their aliases: a change of one changes the others."""
        return names.union(*(self.aliases.get(name, ()) for name in names))

    def used(self, reading):
        """Return the names that a cell uses, also through the functions that it calls."""
        used, waiting = set(), set(reading.loads | (reading.inner if reading.calls else frozenset()))
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting |= self.inner.get(name, frozenset()) if reading.calls else frozenset()
        return used

    def used_early(self, reading):
        """Return the names whose values from before the cell it uses, also through the functions that it calls."""
        return self.used(replace(reading, loads=reading.loads & reading.early, inner=reading.inner & reading.early))

    def touched(self, reading, mutable):
        """Return the names that a cell sets, the names whose values it may change, and their aliases."""
        changed = (reading.stores - reading.anew) | (self.used_early(reading) & mutable)
        return reading.stores | (self.used(reading) & mutable) | self.with_aliases(changed)

    def has_lasting_effects(self, reading):
        """Whether a cell may change a module, or do anything that its code doesn't show."""
        imports = dict(reading.imports)
        return reading.opaque or any(
            self._is_module(imports.get(name) or self.changed_by.get(name, "")) for name in reading.settings
        )

    def _is_module(self, changed_by):
        if not changed_by.startswith(IMPORTED):
            return False
        origin = changed_by.removeprefix(IMPORTED)
        return " as " in origin or origin in self.modules

    def record(self, cell_id, reading, touches):
        """Record that a cell was run or restored."""
        for name in reading.defines:
            self.inner[name] = reading.inner
        self.changed_by.update(dict.fromkeys(touches, cell_id))
        # It doesn't matter which cell imports something.
        self.changed_by.update(dict(reading.imports))


class Sharing:
    """The cells of a lesson that are run once.

    Parameters
    ----------
    cells : list of (str, str, bool)
        ID, source, and whether the cell is the lesson's own.  A student's cell is replaced by its
        :func:`autograder.sandbox.reading.outline`.
    runner : autograder.sandbox.shell.Runner
        In which they are run.
    snapshot : callable
        Copies values, see :func:`autograder.sandbox.overlap.snapshot`.
    """

    def __init__(self, cells, runner, snapshot):
        self.cells = {}
        self._own = [(cell_id, source) for cell_id, source, own in cells if own]
        # Names that have had a mutable value.
        self._mutable = set()
        reader = _CellReader(self._own)
        names = runner.shell.user_ns
        before = set(names)
        walk, count, uncopied = Walk(sys.modules), 0, {}
        for cell_id, source, own in cells:
            reading = reader.read(source)
            if not own:
                walk.record("student", Reading(), reading.stores)
                continue
            used = walk.used(reading)
            early, touched = walk.used_early(reading), walk.touched(reading, self._mutable)
            earlier = {name: names[name] for name in touched if name in names}
            outputs, succeeded = [], False
            # A change of a module lasts in every sandbox, because they are forked later.
            if not any(walk.changed_by.get(name) == "student" for name in used | touched - reading.stores):
                count += 1
                outputs, succeeded = runner.run(source, count)
                for name in walk.with_aliases(early & self._mutable) & uncopied.keys():
                    # A sandbox that restored the earlier cell would get a value that this cell has changed.
                    self.cells.pop(uncopied.pop(name), None)
            walk.aliases = find_aliases({name: names[name] for name in names if self._is_of_a_cell(name, before)})
            self._mutable |= walk.aliases.keys()
            touches = walk.with_aliases(touched | (used & self._mutable))
            # A cell that deletes a name can't be restored.
            succeeded &= not reading.deletes
            after, kept = (
                snapshot({name: names[name] for name in touches if name in names}) if succeeded else ({}, set())
            )
            # A value that isn't copied shares nothing with the copies of other values.
            if not succeeded or not walk.with_aliases(kept) <= kept:
                # In a sandbox, the names that it touches have other values.
                walk.record("student", reading, touches)
                continue
            # If the cell might set a name but didn't, the name needs its earlier value in a sandbox.
            needed = early | (touches - reading.anew)
            needed -= {name for name in reading.stores - early if names.get(name) is not earlier.get(name)}
            needed = {name for name in needed if name in walk.changed_by or name not in reading.stores}
            needs = {name: walk.changed_by.get(name, "") for name in needed}
            walk.record(cell_id, reading, touches)
            uncopied |= dict.fromkeys(kept, cell_id)
            shared = {name: walk.aliases[name] for name in touches if name in walk.aliases}
            self.cells[cell_id] = SharedCell(cell_id, source, needs, frozenset(touches), shared, outputs, after)
        self.restorable = [cell.after for cell in self.cells.values()]
        for name in set(names) - before:
            del names[name]

    @staticmethod
    def _is_of_a_cell(name, before):
        """Whether a cell has set a name, and not the shell."""
        return name not in before and not OF_THE_SHELL.fullmatch(name)

    def described(self):
        """Return what a :class:`Plan` needs, as plain data, and the outputs of the cells."""
        return {
            "cells": [cell.described() for cell in self.cells.values()],
            "outputs": [cell.outputs for cell in self.cells.values()],
            "own": self._own,
            "mutable": sorted(self._mutable),
            "modules": sorted(sys.modules),
        }


class _CellReader:
    """Reads cells, and caches the readings of a lesson's own."""

    def __init__(self, own):
        # A lesson sets NumPy's print options for all its cells, and every sandbox inherits them.
        self._print_lines = {
            line for _, source in own for line in source.splitlines() if "np.set_printoptions(" in line
        }
        self._readings = {source: self._read_new(source) for _, source in own}

    def read(self, source):
        return self._readings.get(source) or self._read_new(source)

    def _read_new(self, source):
        return read("\n".join(line for line in source.splitlines() if line not in self._print_lines))


class Plan:
    """Decides which cells of a submission can be restored.

    Parameters
    ----------
    described : dict
        See :meth:`Sharing.described`.
    magics : set of str
        Names of the shell's line magics.
    """

    def __init__(self, described, magics):
        self._magics = magics
        self._own = set(map(tuple, described["own"]))
        self._reader = _CellReader(described["own"])
        self._mutable = set(described["mutable"])
        self._modules = set(described["modules"])
        cells = [SharedCell.of(*each) for each in described["cells"]]
        self._cells = {cell.cell_id: cell for cell in cells}
        self._numbers = {cell.cell_id: number for number, cell in enumerate(cells)}

    def _may_affect_later_cells(self, walk, source, reading):
        """Whether a student's cell may affect later cells in ways that its names don't show."""
        first = source.split(maxsplit=1)[:1]
        # A magic may be written without % if no variable has its name.
        magic = bool(first) and first[0] in self._magics and first[0] not in walk.changed_by.keys() | reading.stores
        return magic or walk.has_lasting_effects(reading)

    def of(self, cells):
        """Plan a submission, given the ID and source of each cell that runs in the sandbox.

        Returns
        -------
        list of (int or None)
            For each cell, the number of the shared cell, or None if it has to be run.
        """
        walk, plan, opaque, room = Walk(self._modules), [], False, MAX_READ_IN_ALL
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
                and all(walk.changed_by.get(name, "") == by for name, by in shared.needs.items())
            ):
                plan.append(self._numbers[cell_id])
                walk.record(cell_id, reading, shared.touches)
                walk.aliases |= dict.fromkeys(shared.touches, frozenset()) | shared.aliases
                continue
            plan.append(None)
            opaque = (cell_id, source) not in self._own and self._may_affect_later_cells(walk, source, reading)
            walk.record("student", reading, walk.touched(reading, self._mutable))
        return plan
