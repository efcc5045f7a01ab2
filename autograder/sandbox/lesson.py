"""What a judge knows about a notebook, from its source."""

import ast
import contextlib

from autograder.sandbox.reading import read


class Lesson:
    """What the judge knows about a notebook, from its source.

    Parameters
    ----------
    cells : list of (str, str, str)
        Id, source and kind (``"own"``, ``"student"`` or ``"test"``) of each code cell.

    Attributes
    ----------
    tested : set of str
        Names that the test cells use, including the functions that they test.
    names : dict
        What the lesson's own cells import for the test cells.
    plan : autograder.sandbox.sharing.Plan
        Says which cells can be restored; set once the lesson's own cells have been run.
    """

    def __init__(self, cells):
        self.plan = None
        self.tested = set()
        students, own = set(), {}
        for _, source, kind in cells:
            if kind == "student":
                students |= read(source).stores
            elif kind == "test":
                self.tested |= _names_in(source)
        for _, source, kind in cells:
            if kind == "own":
                own |= _imported(source, self.tested)
        self.names = {name: value for name, value in own.items() if name not in students}

    def students_names(self, source):
        """Return the names in a test cell that the student defines."""
        return _names_in(source) - set(self.names)


def _names_in(source):
    reading = read(source)
    return reading.loads | reading.inner


def _imported(source, wanted):
    """Run the imports of a cell, and return the wanted names."""
    names = {}
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return names
    for statement in statements:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        if any((alias.asname or alias.name.partition(".")[0]) in wanted for alias in statement.names):
            with contextlib.suppress(ImportError):  # the failure shows when the cell is run
                exec(compile(ast.Module([statement], []), "<imports of the lesson>", "exec"), names)
    names.pop("__builtins__", None)
    return names
