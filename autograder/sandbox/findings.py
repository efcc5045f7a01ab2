"""What reading a submission's code shows.  Only a judge reads it: to parse what a student wrote can take long."""

import ast
import re

# Characters of one cell, and of all cells, that are read: parsing some code takes a time that grows with its square.
MOST_READ = 100_000
MOST_READ_OF_ALL = 1_000_000

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
    if len(source) > MOST_READ:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
    found, reached, unread, room = [], set(), [], MOST_READ_OF_ALL
    for position, cell in enumerate(cells):
        source, about = cell["source"], None
        if not cell["test"]:
            if len(source) > MOST_READ or room < len(source):
                unread.append(position)
            else:
                room -= len(source)
                reached.update(_REACHING.findall(source))
                about = imports(source)
        found.append(about)
    return {"imports": found, "reached": sorted(reached), "unread": unread}


def imports(source):
    """Say what a cell imports, and what its functions may be made of.

    Parameters
    ----------
    source : str
        Of the cell.

    Returns
    -------
    dict or None
        ``names``: by the dotted name of what is imported, the names that it is given; ``used``: names that occur in
        functions of the cell; ``given``: by a name that the cell sets, the names that occur in its value. None if
        nothing is imported, or the cell is no Python.
    """
    tree = parsed(source) if "import" in source else None  # most answers need not be parsed
    if tree is None:
        return None
    names, used, given = {}, set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names.setdefault(alias.name, set()).add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names.setdefault(f"{node.module}.{alias.name}", set()).add(alias.asname or alias.name)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    given.setdefault(target.id, set()).update(_names(node.value))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            used |= _names(node)
    return {
        "names": {name: sorted(each) for name, each in names.items()},
        "used": sorted(used),
        "given": {name: sorted(each) for name, each in given.items()},
    }


def _names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
