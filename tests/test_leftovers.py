"""A test run fails if it leaves processes or folders behind, whatever became of their parents."""

import os
import subprocess
import sys

import psutil
import pytest

from tests.conftest import ROOT

LEAVING = {
    "child": "subprocess.Popen(['sleep', '1000'])",
    "orphan": "subprocess.run(['sh', '-c', 'sleep 1000 & '])",
    "in a session of its own": "subprocess.run(['sh', '-c', 'setsid sleep 1000 & '])",
    "folder": "os.mkdir(os.path.join(tempfile.gettempdir(), 'autograder-sandbox-mine'))",
}


def _run(tmp_path, source):
    test = tmp_path / "test_leaving.py"
    test.write_text(f"import os, subprocess, tempfile\n\ndef test():\n    {source}\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    plugin = "import tests.leftovers, pytest, sys; tests.leftovers._PATIENCE = 0.1; "
    plugin += "sys.exit(pytest.main(sys.argv[1:], plugins=[tests.leftovers]))"
    command = [sys.executable, "-c", plugin, "-q", "-p", "no:cacheprovider", str(test)]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("kind", LEAVING)
def test_what_is_left_fails_the_run_and_is_named(tmp_path, kind):
    done = _run(tmp_path, LEAVING[kind])
    left = [each for each in psutil.Process().children() if "sleep" in each.name()]
    for each in left:
        each.kill()
    psutil.wait_procs(left)
    assert done.returncode == 1 and "1 passed" in done.stdout, done.stdout + done.stderr
    assert ("autograder-sandbox-mine" if kind == "folder" else "sleep 1000") in done.stdout
    assert len(left) == (kind != "folder")


def test_what_ends_in_time_is_none_of_it(tmp_path):
    done = _run(tmp_path, "subprocess.run(['sh', '-c', 'true & '])")
    assert done.returncode == 0, done.stdout
