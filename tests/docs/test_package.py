"""What is published: the wheel and the source distribution hold what they should and nothing else."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import PurePosixPath

import pytest
import yaml

from tests.conftest import ROOT
from tests.docs.test_commands import NOT_OF_THE_COURSE

CODE = {".py", ".toml", ".j2", ".html", ".css", ".js", ".npz"}


def files_of_packages():
    """Every file of the two packages that runs, or is read or shown by one that does."""
    return {
        str(path.relative_to(ROOT))
        for package in ("nblib", "autograder")
        for path in (ROOT / package).rglob("*")
        if path.suffix in CODE and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The names in the source distribution and in the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("distributions")
    shutil.copytree(ROOT, folder / "project", ignore=NOT_OF_THE_COURSE)
    command = [sys.executable, "-m", "build", "--outdir", folder, folder / "project"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(source) as archive:
        files = [member.name for member in archive.getmembers() if member.isfile()]
    with zipfile.ZipFile(wheel) as archive:
        return {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in files}, set(archive.namelist())


def test_the_wheel_holds_the_two_packages_and_nothing_else(distributions):
    _, wheel = distributions
    inside = {name for name in wheel if ".dist-info/" not in name}
    assert inside == files_of_packages()


def test_the_source_distribution_holds_the_packages_and_no_solutions(distributions):
    source, _ = distributions
    assert files_of_packages() <= source
    assert {"README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "SECURITY.md", "pyproject.toml"} <= source
    assert not [name for name in source if name.split("/")[0] in ("solutions", "tests", "classroom", ".build")]


def test_the_citation_names_the_project_and_no_version_of_its_own():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["title"] == "The backpropagation workbook"
    assert {"cff-version", "message", "authors", "license"} <= citation.keys()
    assert "version" not in citation  # pyproject.toml is the one place for it


def test_the_version_stands_in_one_place():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    code = [ROOT / name for name in files_of_packages() if not name.endswith(".npz")]
    assert [path for path in code if f'"{version}"' in path.read_text(encoding="utf-8")] == []
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_hooks_and_workflow_use_the_versions_and_commands_of_the_project():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert {pin for hook in hooks for pin in hook["additional_dependencies"] if pin.startswith("ruff")} <= set(pinned)
    jobs = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))["jobs"]
    assert "make test" in [step.get("run") for step in jobs["all-tests"]["steps"]]
    assert {"3.11", "3.12", "3.13"} <= set(jobs["all-tests"]["strategy"]["matrix"]["python"])
    assert jobs["versions"]["steps"][-1]["env"] == {"ALL_LESSONS": "1"}
    targets = [line.partition(":")[0] for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()]
    assert "install" in targets
