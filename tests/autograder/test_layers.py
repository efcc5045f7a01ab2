"""Who imports whom: each part of autograder knows only the parts below it, and there is no circle."""

import ast
from graphlib import TopologicalSorter

import pytest

from tests.conftest import ROOT

# From the top to the bottom.  What stands in one line is one part.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"desk"},
    {"grading"},
    {"sandbox"},
    {"audit"},
    {"check", "derive", "derivation_check", "examination", "progress", "recall"},
    {"diagnosis"},
    {"exercises"},
    {"derivations"},
    {"checking"},
    {"exercise"},
    {"elsewhere", "extras", "lesson_names", "libraries", "ordinals", "seeds"},
]
HEIGHT = {name: -level for level, names in enumerate(LAYERS) for name in names}
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "autograder").rglob("*.py")}


def imported(path):
    """Yield the modules that a file imports anywhere, by their dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


IMPORTS = {name: {each for each in imported(path) if each in MODULES} for name, path in MODULES.items()}


def layer(module):
    return HEIGHT[module.split(".")[1]] if "." in module else None


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"autograder.__init__"}))
def test_imports_go_down(module):
    above = [each for each in IMPORTS[module] if "." in each and layer(each) > layer(module)]
    assert above == []


def test_there_is_no_circle():
    names = {name: {each for each in found if each != name} for name, found in IMPORTS.items()}
    TopologicalSorter(names).prepare()


def test_only_the_grading_and_the_desk_know_nbgrader():
    for name, path in MODULES.items():
        if any(each.partition(".")[0] == "nbgrader" for each in imported(path)):
            assert layer(name) >= HEIGHT["grading"], name


def test_nblib_knows_neither_the_checks_nor_nbgrader():
    for path in (ROOT / "nblib").rglob("*.py"):
        assert not {each.partition(".")[0] for each in imported(path)} & {"autograder", "nbgrader"}, path
