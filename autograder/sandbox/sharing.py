"""Which cells are the same for everybody, and need to be run only once for a class.

A lesson's own cells, its figures and demonstrations, mostly do not depend on what a student writes.  They are run once,
before the sandboxes are forked; a sandbox then takes over the names they leave behind.  Whether a cell of a submission
may be taken over is decided by reading the code, and in doubt it is run.
"""

import sys
from dataclasses import dataclass, field, replace

from autograder.sandbox.findings import MAX_READ_IN_ALL
from autograder.sandbox.overlap import together
from autograder.sandbox.reading import IMPORTED, OF_THE_SHELL, Reading, read


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
        if not hand.startswith(IMPORTED):
            return False
        origin = hand.removeprefix(IMPORTED)
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
        return name not in before and not OF_THE_SHELL.fullmatch(name)

    def described(self):
        """Return as plain data what a :class:`Plan` needs, and the outputs of the cells."""
        return {
            "cells": [cell.described() for cell in self.cells.values()],
            "outputs": [cell.outputs for cell in self.cells.values()],
            "own": self._own,
            "changing": sorted(self._changing),
            "modules": sorted(sys.modules),
        }


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
