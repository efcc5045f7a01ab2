"""The core works with the lowest versions that it allows, and with the newest that pip finds today.

``ALL_LESSONS=1`` runs all lessons and not only one.
"""

import os
import sys
import tomllib

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import LESSONS, ROOT
from tests.desk.bare import Bare

LESSON = "03-delta-recursion"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = PROJECT["requires-python"].removeprefix(">=")

# A right answer, a wrong one, a derivation, and a widget's picture: what a lesson asks of the package.
USED = """
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output

from autograder.check import check
from autograder.derive import derive
from nblib.activations import logistic_prime
from nblib.widgets import race_explorer


def output_delta(a, y, z):
    return 2 * (a - y) * logistic_prime(z)


def layer_gradients(delta, a_prev):
    return np.outer(a_prev, delta), delta


print(check(output_delta))
print(check(layer_gradients))
lines = ["d(C, z[j])", "d(C, a[j])*d(a[j], z[j])", "2*(a[j] - y[j])*d(a[j], z[j])", "2*(a[j] - y[j])*s'(z[j])"]
print(derive("base_case", "\\n= ".join(lines)))
InteractiveShell.instance()
with capture_output() as captured:
    display(race_explorer())
print("PICTURE", *(len(output.data["image/png"]) for output in captured.outputs if "image/png" in output.data))
"""


def lowest():
    """Return the lower bound of each dependency of the core, by name."""
    bounds = {}
    for requirement in map(Requirement, PROJECT["dependencies"]):
        (bound,) = requirement.specifier
        assert bound.operator == ">=", f"{requirement} has no plain lower bound"
        bounds[requirement.name] = bound.version
    return bounds


@pytest.fixture(scope="module", params=["lowest", "newest"])
def bare(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "newest":
        return Bare(folder)
    if ".".join(map(str, sys.version_info[:2])) != OLDEST:
        pytest.skip(f"The lowest versions go with Python {OLDEST}: a newer Python needs newer ones.")
    constraints = folder / "lowest.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in lowest().items()))
    environment = Bare(folder, constraints)
    found = environment.installed()
    assert {name: Version(found[name]) for name in lowest()} == {name: Version(each) for name, each in lowest().items()}
    return environment


def test_checks_derivations_and_widgets_work(bare):
    stdout, _ = bare.python("-c", USED)
    right, wrong = stdout.index("✔ output_delta"), stdout.index("✘ layer_gradients")
    assert right < wrong < stdout.index("✔ base_case") and "transposed" in stdout[wrong:]
    assert int(stdout.partition("PICTURE ")[2]) > 10_000


@pytest.mark.parametrize("lesson", LESSONS if os.environ.get("ALL_LESSONS") else [LESSON])
def test_a_released_lesson_runs_from_top_to_bottom(bare, lesson):
    path = ROOT / "lessons" / lesson / f"{lesson}.ipynb"
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert bare.errors(path) == {cell.id: None for cell in cells}
