"""What holds for nblib as a whole: what it imports, what it documents, how long it is."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import nblib

FOLDER = Path(nblib.__file__).parent
# These draw, or know the machine; they are not part of the reference.
BESIDE = ("coding", "graphs", "machine", "neuron", "nodelay", "paths", "plots", "widgets")
# The training of the reference once more, arranged for speed: whoever reads the reference leaves these out.
FOR_SPEED = ("fast", "side_by_side")
MODULES = [m.name for m in pkgutil.iter_modules([str(FOLDER)]) if m.name not in BESIDE]
PUBLIC = [
    pytest.param(value, id=f"{module}.{name}")
    for module in MODULES
    for name, value in vars(importlib.import_module(f"nblib.{module}")).items()
    if not name.startswith("_")
    and (inspect.isfunction(value) or inspect.isclass(value))
    and value.__module__ == f"nblib.{module}"
]


def test_importing_nblib_imports_numpy_and_nothing_else_from_outside_python():
    code = "import sys; import numpy; before = set(sys.modules); import nblib; print(*set(sys.modules) - before)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    roots = {name.partition(".")[0] for name in output.split()}
    assert "nblib" in roots
    assert {root for root in roots if root not in sys.stdlib_module_names} <= {"nblib", "numpy"}


# Names that only carry, check or look up, and so come from no source.
MECHANICAL = ("as_float", "as_batch", "activation_named", "cost_named", "check_layers", "ShapeError")


@pytest.mark.parametrize("thing", PUBLIC)
def test_documentation_names_every_parameter_what_comes_back_and_where_it_comes_from(thing):
    text = inspect.getdoc(thing)
    lines = text.splitlines()
    headings = {line for line, under in pairwise(lines) if under and set(under) == {"-"}}
    assert lines[0].endswith(".") or "Raises" not in headings
    if inspect.isfunction(thing):
        described = text.partition("Parameters\n")[2].partition("Returns\n")[0]
        undescribed = [name for name in inspect.signature(thing).parameters if not re.search(rf"\b{name}\b", described)]
        assert not undescribed
        assert {"Returns", "Yields"} & headings or thing.__name__.startswith("check_")
    if thing.__name__ not in MECHANICAL:
        before_the_sections = re.split(r"\n\w+\n-+\n", text)[0].partition("\n")[2]
        assert re.search(r"lecture|notes|slides|lesson|Alpaydin|LeCun|Glorot|He, X", before_the_sections, re.I)


def lines_of_code(path):
    """Lines that are not blank and belong to no comment and no docstring."""
    text = path.read_text(encoding="utf-8")
    documentation = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            documentation |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = {number for number, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    return len(lines - documentation)


def test_it_can_be_read_in_an_afternoon_and_backprop_on_a_screen():
    reference = {*MODULES, "__init__"} - {*FOR_SPEED}
    assert sum(lines_of_code(FOLDER / f"{module}.py") for module in reference) <= 760
    assert len(inspect.getsource(nblib.backprop.backprop).splitlines()) <= 50
