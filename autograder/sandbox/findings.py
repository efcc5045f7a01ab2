"""What a submission's code shows without being run. Only the judge reads it, because parsing it can take long."""

import ast
import re
from functools import lru_cache

# Characters that are read of one cell, and of all cells: for some code, parsing time grows with the square of its size.
MAX_READ = 100_000
MAX_READ_IN_ALL = 1_000_000
# What the names that are noted of all cells may take. One line can give any number of names any number of values, and
# each name can be as long as a cell.
MAX_NOTED = 1_000_000
# Characters that a name takes beside its own.
_AROUND = 4

# Names that no answer needs, and by which code could interfere with the grader: for instance, steps are counted in the
# process in which the function runs, and could be miscounted there.
_SUSPICIOUS = re.compile(
    r"autograder\.(?:checking|diagnosis|sandbox|grading|exercises|examination)"
    r"|sys\.set(?:trace|profile)|gc\.get_objects"
)


def parsed(source):
    """Parse one cell.

    Parameters
    ----------
    source : str
        Of the cell.

    Returns
    -------
    ast.Module or None
        None if it is no valid Python, or too long.
    """
    if len(source) > MAX_READ:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class TooManyNames(Exception):
    """Code in which there are more names to be noted than there is room for."""


def findings(cells):
    """Read the cells that a student may have written.

    Parameters
    ----------
    cells : list of dict
        As in a job: see :meth:`autograder.sandbox.judge.Judge.run`.

    Returns
    -------
    dict
        ``imports``: for each cell None, or what :func:`imports` says of it; ``reached``: names of what grades a
        submission that its code mentions; ``unread``: positions of cells that were too long, or beyond the limits.
    """
    all_imports, reached, unread = [], set(), []
    characters_left, room = MAX_READ_IN_ALL, MAX_NOTED
    for position, cell in enumerate(cells):
        source, imported = cell["source"], None
        if not cell["test"]:
            if len(source) > MAX_READ or characters_left < len(source):
                unread.append(position)
            else:
                characters_left -= len(source)
                reached.update(_SUSPICIOUS.findall(source))
                try:
                    imported = imports(source, room)
                    room -= _size(imported) if imported else 0
                except TooManyNames:
                    unread.append(position)
        all_imports.append(imported)
    return {"imports": all_imports, "reached": sorted(reached), "unread": unread}


@lru_cache(maxsize=64)  # a lesson's own cells are the same in every submission
def imports(source, max_size=MAX_NOTED):
    """Return what a cell imports, and where its functions may use it.

    Parameters
    ----------
    source : str
        Of the cell.
    max_size : int
        How many characters all noted names may take.

    Returns
    -------
    dict or None
        ``names``: by the dotted name of what is imported, the names that it is given; ``used``: those of these names
        that occur in functions of the cell; ``given``: by a name that the cell assigns, those that occur in its value.
        None if nothing is imported, or the cell is no valid Python.

    Raises
    ------
    TooManyNames
        If there are more names.
    """
    tree = parsed(source) if "import" in source else None  # most answers need not be parsed
    if tree is None:
        return None
    names = _imported(tree, max_size)
    # Only what is imported matters; any other name would be noted for nothing, and there can be very many.
    own_names = set().union(*names.values())
    used, given, room = set(), {}, max_size - sum(_taken([name, *own]) for name, own in names.items())
    waiting = [(tree, False)]
    while waiting:
        node, in_function = waiting.pop()
        if isinstance(node, ast.Name) and in_function and node.id in own_names:
            used.add(node.id)
        elif isinstance(node, ast.Assign):
            held = _names(node.value) & own_names
            for target in node.targets if held else ():
                if isinstance(target, ast.Name):
                    room -= _taken([target.id, *held])
                    if room < 0:
                        raise TooManyNames
                    given.setdefault(target.id, set()).update(held)
        in_function = in_function or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        waiting.extend((each, in_function) for each in ast.iter_child_nodes(node))
    if room < _taken(used):
        raise TooManyNames
    return {
        "names": {name: sorted(each) for name, each in names.items()},
        "used": sorted(used),
        "given": {name: sorted(each) for name, each in given.items()},
    }


def _imported(tree, room):
    """Return the names that are given to what is imported, by its dotted name."""
    names = {}
    for name, given in (pair for node in ast.walk(tree) for pair in _imported_by(node)):
        room -= _taken([name, given])
        if room < 0:
            raise TooManyNames
        names.setdefault(name, set()).add(given)
    return names


def _imported_by(node):
    """Yield the dotted name of each thing that a statement imports, and the name that it is given."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield f"{node.module}.{alias.name}", alias.asname or alias.name


def _names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _taken(names):
    """Return how many characters some names take where they are noted."""
    return sum(len(name) + _AROUND for name in names)


def _size(imported):
    """Return how many characters the names take in what :func:`imports` returns."""
    pairs = [*imported["names"].items(), *imported["given"].items()]
    return _taken(imported["used"]) + sum(_taken([name, *others]) for name, others in pairs)
