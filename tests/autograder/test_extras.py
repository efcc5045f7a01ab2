"""A package that is missing is told with the extra that brings it; every other failure keeps its own message."""

import importlib

import pytest
from click.testing import CliRunner

from autograder import __main__ as command
from autograder import cli
from autograder.desk import status
from autograder.extras import what_to_install


def missing(name):
    return ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize(
    ("name", "extra"),
    [("click", "grading"), ("nbgrader.api", "grading"), ("distributed", "dask"), ("psycopg", "postgresql")],
)
def test_the_extra_of_a_missing_package_is_named(name, extra):
    sentence = what_to_install(missing(name))
    assert f"needs {name.partition('.')[0]}," in sentence and f"'.[{extra}]'" in sentence


@pytest.mark.parametrize(
    "error",
    [
        missing("autograder.desk.nothing"),
        missing("nblib.nothing"),
        missing("tomllib"),
        missing(None),
        ImportError("cannot import name 'x' from 'click'", name="click"),
    ],
)
def test_an_error_of_another_kind_gets_no_advice(error):
    assert what_to_install(error) == ""


def raising(error):
    def raise_it(*_):
        raise error

    return raise_it


def test_a_command_that_needs_more_than_click_says_so(monkeypatch):
    monkeypatch.setattr(status, "import_quickly", raising(missing("nbgrader")))
    done = CliRunner().invoke(cli.main, ["status", "01-notation"])
    assert done.exit_code == 1 and "'.[grading]'" in done.output and len(done.output.splitlines()) == 1


def test_an_error_in_autograder_itself_is_not_taken_for_a_missing_package(monkeypatch, tmp_path):
    monkeypatch.setattr(cli.tempfile, "tempdir", str(tmp_path))  # where the details are kept
    monkeypatch.setattr(status, "import_quickly", raising(missing("autograder.nothing")))
    done = CliRunner().invoke(cli.main, ["status", "01-notation"])
    assert done.exit_code == 70 and "error in autograder itself" in done.output


def test_a_broken_command_line_is_not_taken_for_a_missing_package(monkeypatch, tmp_path):
    monkeypatch.setattr(cli.tempfile, "tempdir", str(tmp_path))  # where the details are kept
    importer = importlib.__import__

    def importing(name, *rest):
        if name == "autograder.cli":
            raise missing("autograder.nothing")
        return importer(name, *rest)

    monkeypatch.setattr("builtins.__import__", importing)
    with pytest.raises(ModuleNotFoundError):
        command.main()
