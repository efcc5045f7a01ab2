"""An environment with the core of the package and nothing else, as a student has it."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tests.conftest import ROOT
from tests.docs.test_commands import NOT_OF_THE_COURSE


class Bare:
    """An environment that holds the wheel and its dependencies, and an empty folder to work in.

    Parameters
    ----------
    folder : pathlib.Path
    constraints : pathlib.Path, optional
        The versions of the dependencies; by default the newest that pip finds.
    """

    def __init__(self, folder, constraints=None):
        self.folder, self.here = folder, folder / "work"
        self.here.mkdir()
        shutil.copytree(ROOT, folder / "project", ignore=NOT_OF_THE_COURSE)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, folder / "project"]
        subprocess.run(pip, check=True)
        shutil.rmtree(folder / "project")
        (self.wheel,) = folder.glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        self.bin = folder / "env" / "bin"
        versions = ["--constraint", constraints] if constraints else []
        self.python("-m", "pip", "install", "--quiet", *versions, self.wheel)

    def run(self, *words, code=0, here=None):
        """Run a command of the environment in the folder, and return what it wrote to stdout and to stderr."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        words = [self.bin / words[0], *words[1:]]
        done = subprocess.run(words, cwd=here or self.here, env=environment, capture_output=True, text=True)
        assert done.returncode == code, f"{done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout, done.stderr

    def python(self, *words, **how):
        return self.run("python", *words, **how)

    def errors(self, notebook, here=None):
        """Run a notebook, and return the error of each of its code cells."""
        stdout, _ = self.python(Path(__file__).with_name("run_lesson.py"), notebook, here=here)
        return json.loads(stdout.splitlines()[-1])

    def installed(self):
        """Return the version of each distribution of the environment."""
        stdout, _ = self.python("-m", "pip", "list", "--format=json")
        return {each["name"].lower(): each["version"] for each in json.loads(stdout)}
