"""The audit of derivations: the strength of the checking, and what is wrong with a file."""

import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from autograder.audit.derivations import audit_derivation
from autograder.cli import main
from autograder.derivations.forms import Form, Milestone
from autograder.exercise import LineMistake
from autograder.exercises import DERIVATIONS


@pytest.mark.parametrize("name", DERIVATIONS)
def test_no_wrong_line_passes(name):
    """Every small change of every line is refused; what is wrong is looked for in some (by the command, in all)."""
    audited = audit_derivation(name, explain_every=20)
    assert audited.flaws == () and audited.refused == audited.wrong > 0
    assert audited.named >= 0.85 * audited.explained > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": ("d(C, z[j])", "y[j]")}, "its own model does not pass"),
        (
            {"milestones": (Milestone("a square root", (Form(has=("sqrt",)),)),)},
            "no line of the model shows a square root",
        ),
        ({"milestones": (Milestone("anything", (Form(),)),)}, "the start shows anything already"),
        ({"mistakes": (LineMistake("none", DERIVATIONS["base_case"].goal, "Nothing."),)}, "the line of none is right"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(change, words, monkeypatch):
    monkeypatch.setitem(DERIVATIONS, "base_case", replace(DERIVATIONS["base_case"], **change))
    assert any(words in flaw for flaw in audit_derivation("base_case", explain_every=1000).flaws)


def test_the_command_audits_a_derivation():
    run = CliRunner().invoke(main, ["audit", "square_example"])
    assert run.exit_code == 0, run.output
    assert "square_example (02-chain-rule): " in run.output and "refused where they stand" in run.output


def test_the_browser_edition_has_all_that_an_audit_needs():
    """There is no nbformat in it, and no solutions/; the tests of the site run the audits there."""
    code = """
import sys
from pathlib import Path
sys.modules["nbformat"] = None
import autograder.audit.cells
autograder.audit.cells.ROOT = Path("nowhere")
from autograder.audit.derivations import audit_derivation
from autograder.audit.kills import audit_exercise
from autograder.exercises import DERIVATIONS
for name in DERIVATIONS:
    assert audit_derivation(name, 1000).flaws == ()
audit_exercise("logistic")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
