"""Names of the lessons: a cell that is run again, or a widget that is used again, finds what it was written with."""

import ast
import symtable

import nbformat
import pytest

from tests.conftest import LESSONS, ROOT

COMPREHENSIONS = {"genexpr", "listcomp", "setcomp", "dictcomp"}


def bound_by(source):
    """Global names that a cell assigns, imports or defines."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def called_later(source):
    """Global names that the functions of a cell call, so that they are looked up whenever a function runs."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    inside = [node for function in functions for node in ast.walk(function)]
    found, calls = set(), {ast.unparse(node.func) for node in inside if isinstance(node, ast.Call)}
    # A comprehension outside of a function is over when its cell is.
    scopes = [s for s in symtable.symtable(source, "cell", "exec").get_children() if s.get_name() not in COMPREHENSIONS]
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        found |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()} & calls
    return found


def bound_again(cells):
    """Pairs of a cell's ID and a name that its functions call, though a later cell binds that name again."""
    bound = [bound_by(source) for _, source in cells]
    return [
        (cell_id, name)
        for place, (cell_id, source) in enumerate(cells)
        for name in sorted(called_later(source))
        if any(name in names for names in bound[: place + 1]) and any(name in names for names in bound[place + 1 :])
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_cell_takes_away_what_the_functions_of_an_earlier_one_call(lesson):
    notebook = nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    cells = [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    assert bound_again(cells) == []


def test_a_name_that_is_bound_again_is_found_and_what_only_looks_like_it_is_not():
    reads = "own = capstone()\ndef read(x):\n    return own(x)"
    assert bound_again([("pad", reads), ("gradients", "own = [1, 2]")]) == [("pad", "own")]
    assert bound_again([("pad", reads), ("gradients", "def f():\n    own = [1, 2]")]) == []
    assert bound_again([("pad", reads.replace("(x)", "(own)")), ("gradients", "own = [1, 2]")]) == []
