"""What reading a submission's code shows.  Only a judge reads it: to parse what a student wrote can take long."""

import ast
import re

# Characters of one cell, and of all cells, that are read: parsing some code takes a time that grows with its square.
MAX_READ = 100_000
MAX_READ_IN_ALL = 1_000_000
# Names that are noted of all cells. One line can give any number of names any number of values.
MAX_NAMES = 50_000

# What no answer needs.  Steps are counted where the function runs, for one, and code that is there could miscount.
_REACHING = re.compile(
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
        None if it is no Python, or too long to be read.
    """
    if len(source) > MAX_READ:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class TooMuch(Exception):
    """Code from which more names would have to be noted than there is room for."""


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
        submission that its code mentions; ``unread``: positions of cells that were too long, or came after too much.
    """
    found, reached, unread, room, names = [], set(), [], MAX_READ_IN_ALL, MAX_NAMES
    for position, cell in enumerate(cells):
        source, about = cell["source"], None
        if not cell["test"]:
            if len(source) > MAX_READ or room < len(source):
                unread.append(position)
            else:
                room -= len(source)
                reached.update(_REACHING.findall(source))
                try:
                    about = imports(source, names)
                    names -= _size(about) if about else 0
                except TooMuch:
                    unread.append(position)
        found.append(about)
    return {"imports": found, "reached": sorted(reached), "unread": unread}


def imports(source, most=MAX_NAMES):
    """Say what a cell imports, and what its functions may be made of.

    Parameters
    ----------
    source : str
        Of the cell.
    most : int
        Names that may be noted.

    Returns
    -------
    dict or None
        ``names``: by the dotted name of what is imported, the names that it is given; ``used``: those of these names
        that occur in functions of the cell; ``given``: by a name that the cell sets, those that occur in its value.
        None if nothing is imported, or the cell is no Python.

    Raises
    ------
    TooMuch
        If there are more names.
    """
    tree = parsed(source) if "import" in source else None  # most answers need not be parsed
    if tree is None:
        return None
    names = _imported(tree)
    # Only what is imported matters; any other name would be noted for nothing, and there can be very many.
    own_names = set().union(*names.values())
    used, given, room = set(), {}, most - sum(map(len, names.values()))
    waiting = [(tree, False)]
    while waiting:
        node, in_function = waiting.pop()
        if isinstance(node, ast.Name) and in_function and node.id in own_names:
            used.add(node.id)
        elif isinstance(node, ast.Assign):
            held = _names(node.value) & own_names
            for target in node.targets if held else ():
                if isinstance(target, ast.Name):
                    room -= len(held)
                    if room < 0:
                        raise TooMuch
                    given.setdefault(target.id, set()).update(held)
        in_function = in_function or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        waiting.extend((each, in_function) for each in ast.iter_child_nodes(node))
    if room < len(used):
        raise TooMuch
    return {
        "names": {name: sorted(each) for name, each in names.items()},
        "used": sorted(used),
        "given": {name: sorted(each) for name, each in given.items()},
    }


def _imported(tree):
    """Return by the dotted name of what is imported the names that it is given."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names.setdefault(alias.name, set()).add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names.setdefault(f"{node.module}.{alias.name}", set()).add(alias.asname or alias.name)
    return names


def _names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _size(about):
    """Return how many names there are in what :func:`imports` says."""
    parts = [about["used"], *about["names"].values(), *about["given"].values()]
    return sum(map(len, parts))
