"""One JupyterLab on loopback and one Chromium for all browser tests."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from tests.chromium import PATIENCE
from tests.conftest import ROOT

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Every cell stays in the page, also where it is scrolled out of sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """A running JupyterLab: its address, and the folder it serves, a new one or that of a course."""

    def __init__(self, folder, course=None, environment=None):
        self.folder, self.token = course or folder / "work", secrets.token_hex(8)
        self.folder.mkdir(exist_ok=True)
        for name, setting in SETTINGS.items():
            file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(setting))
        places = {
            "HOME": "home",
            "IPYTHONDIR": "ipython",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        environment = os.environ | {name: str(folder / place) for name, place in places.items()} | (environment or {})
        options = [
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--port=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.folder}",
            "--ServerApp.kernel_websocket_connection_class=nblib.nodelay.NoDelayConnection",
            "--expose-app-in-browser",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        self.log = folder / "lab.log"
        with self.log.open("w") as log:
            command = [sys.executable, "-m", "jupyter", "lab", *options]
            # nbgrader reads the nbgrader_config.py of the folder in which the server was started.
            self.process = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self._wait(folder / "runtime")

    def _wait(self, runtime):
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end and self.process.poll() is None:
            try:
                # The server chooses a free port itself and writes it down here.
                self.port = json.loads((runtime / f"jpserver-{self.process.pid}.json").read_text())["port"]
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api?token={self.token}", timeout=5)
                return
            except (OSError, ValueError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE / 1000)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


class Page:
    """A page with JupyterLab in it, and what went wrong there."""

    def __init__(self, browser, lab):
        self.lab, self.outside, self.errors = lab, [], []
        self.page = browser.new_page(viewport={"width": 1280, "height": 1000})
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", self._failed)
        self.page.on("console", self._heard)
        self.page.route("**/*", self._request)
        self._open()

    def _open(self):
        self.page.goto(f"http://127.0.0.1:{self.lab.port}/lab?token={self.lab.token}&reset")
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget")

    def _failed(self, error):
        # ipywidgets asks for the kernel of a notebook that was opened without one.
        if not ("(reading 'kernel')" in str(error) and "@jupyter-widgets/jupyterlab-manager" in (error.stack or "")):
            self.errors.append(str(error))

    def _heard(self, message):
        if message.type == "error" and "[anywidget]" in message.text:
            self.errors.append(message.text)

    def _request(self, route):
        address = route.request.url
        if address.startswith((f"http://127.0.0.1:{self.lab.port}/", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()


class Notebook:
    """A notebook that is open in the page, the only one there."""

    def __init__(self, page, path):
        self.page, self.path = page, path
        self._open({"path": path})
        self.wait_for("idle")

    def _open(self, options):
        self.page.evaluate("options => { jupyterapp.commands.execute('docmanager:open', options); }", options)
        self.page.wait_for_function("path => jupyterapp.shell.currentWidget?.context?.path === path", arg=self.path)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")

    def wait_for(self, what):
        """Wait until the kernel is idle, and for ``"done"`` until every code cell has been run, or one has failed."""
        self.page.wait_for_function(
            """what => {
                const panel = jupyterapp.shell.currentWidget;
                if (panel?.sessionContext?.session?.kernel?.status !== "idle") return false;
                if (what === "idle") return true;
                const cells = [...panel.content.widgets].filter((cell) => cell.model.type === "code");
                const failed = ({ outputs }) =>
                    [...Array(outputs.length).keys()].some((number) => outputs.get(number).type === "error");
                const run = ({ executionCount, sharedModel }) => executionCount || !sharedModel.source.trim();
                return cells.some((cell) => failed(cell.model)) || cells.every((cell) => run(cell.model));
            }""",
            arg=what,
        )

    def run_all(self):
        """Open every heading, because a widget under a folded one is hidden, and run every cell."""
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:expand-all-headings')")
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.wait_for("done")

    def outputs(self):
        """Source and outputs of every code cell."""
        return self.page.evaluate(
            """() => [...jupyterapp.shell.currentWidget.content.widgets]
                .filter((cell) => cell.model.type === "code")
                .map((cell) => [cell.model.sharedModel.source, cell.model.outputs.toJSON()])"""
        )

    def widget(self, title):
        """The widget of this title."""
        return Widget(self.page, self.page.get_by_role("group", name=title, exact=True))

    def reopen_without_kernel(self):
        """Save the notebook, close it, and open it again as one that is only read."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
        self.close()
        self._open({"path": self.path, "kernelPreference": {"shouldStart": False, "autoStartDefault": False}})

    def close(self):
        """End the kernel and close the notebook, without saving it."""
        self.page.evaluate("() => { jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.sessionContext.session")
        self.page.evaluate("() => { jupyterapp.shell.currentWidget.dispose(); }")
        self.page.wait_for_function("() => !document.querySelector('.jp-Notebook')")


class Widget:
    """A frame in the page, in the reader's terms."""

    def __init__(self, page, root):
        self.page, self.root = page, root
        root.wait_for()

    def slider(self, label):
        """The slider of this label."""
        return self.root.get_by_label(label, exact=True)

    def status(self):
        """What the status line says."""
        return self.root.get_by_role("status").inner_text()

    def positions(self):
        """Where the controls stand, as the page shows it."""
        inputs = self.root.locator("[data-name]").all()
        return {one.get_attribute("data-name"): int(one.input_value()) for one in inputs}

    def settled(self):
        """Wait until the answer to the last question is painted."""
        handle = self.root.element_handle()
        self.page.wait_for_function("root => root.dataset.painted === root.dataset.asked", arg=handle)

    def painted(self):
        """The last question of this view whose answer is painted."""
        return int(self.root.get_attribute("data-painted") or 0)

    def after(self, action):
        """Do something, wait until all that it asks for is painted, and return the status line."""
        # An answer that is still on its way, such as the one that shows a prediction's preset, isn't the action's.
        self.settled()
        before = self.painted()
        action()
        self.page.wait_for_function(
            """([root, before]) =>
                Number(root.dataset.painted ?? 0) > before && root.dataset.painted === root.dataset.asked""",
            arg=[self.root.element_handle(), before],
        )
        return self.status()


def width_of(image):
    """The width of a picture's file, as soon as the browser has read it."""
    return image.evaluate("image => image.decode().then(() => image.naturalWidth)")


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def lab_page(browser, lab):
    return Page(browser, lab)


@contextlib.contextmanager
def opened_notebook(lab_page, source):
    """Open a notebook of the given code cells, or a copy of one, and see at the end that nothing went wrong."""
    if not isinstance(source, nbformat.NotebookNode):
        cells = [nbformat.v4.new_code_cell(cell) for cell in source]
        source = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    name = f"{secrets.token_hex(4)}.ipynb"
    nbformat.write(source, lab_page.lab.folder / name)
    notebook = Notebook(lab_page.page, name)
    try:
        yield notebook
    finally:
        notebook.close()
    assert lab_page.outside == []
    assert lab_page.errors == []


@pytest.fixture(scope="session")
def pictures():
    """Where the tests leave their screenshots; `make pictures` takes those of the documentation from there."""
    folder = ROOT / ".build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
