"""Build the browser edition: JupyterLite with every lesson, the course's packages, and a page to start from.

The result is a folder of files that any web server can hand out.  Python itself runs in the reader's browser, which
loads it from the address that jupyterlite-pyodide-kernel names; everything else comes from the folder.
"""

import argparse
import html
import json
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from string import Template

from autograder.desk.wheel import build_wheel

ROOT = Path(__file__).resolve().parents[2]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# What the lessons import that comes with Pyodide.  SciPy is imported inside functions, where the kernel doesn't see it.
FROM_PYODIDE = ["matplotlib", "numpy", "scipy"]
# What Pyodide lacks; the same versions as those whose JavaScript is built into the site.
FROM_INDEX = ["anywidget", "comm", "ipywidgets", "jupyterlab_widgets", "latex2mathml", "psygnal", "typing_extensions"]
# A lesson by itself, the list of files, and both in one window.
APPS = ["--apps=notebooks", "--apps=tree", "--apps=lab"]
# The kernel's worker, which loads the wheels, looks for them from its own place in the site.
FROM_WORKER = "../../../../pypi"


def commit_of(folder):
    """Return the short name of the commit that is checked out in a folder, with a word if files differ from it."""

    def git(*arguments):
        run = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True)
        return run.stdout.strip() if run.returncode == 0 else ""

    commit = git("rev-parse", "--short=10", "HEAD")
    changed = " with uncommitted changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{commit}{changed}" if commit else "unknown"


def collect_wheels(folder):
    """Put our wheel and those that Pyodide lacks into a folder, and return their names."""
    folder.mkdir(parents=True)
    name, content = build_wheel()
    (folder / name).write_bytes(content)
    pins = [f"{package}=={version(package)}" for package in FROM_INDEX]
    # Without compiled code, whatever machine this is.
    kind = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.12"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, *kind, *pins]
    subprocess.run(command, check=True)
    return sorted(path.name for path in folder.glob("*.whl"))


def settings(wheels, commit):
    """Return the content of jupyter-lite.json."""
    kernel = {
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": [*FROM_PYODIDE, *(f"{FROM_WORKER}/{wheel}" for wheel in wheels)]},
    }
    data = {
        "appName": "The backpropagation workbook",
        "appVersion": commit,
        # It says "Not Trusted" above every lesson and is too wide for a phone.
        "disabledExtensions": ["@jupyter-notebook/notebook-extension:trusted"],
        "litePluginSettings": {KERNEL: kernel},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def notebooks_of(lessons):
    """Return the notebooks of the released lessons, in their order."""
    return sorted(lessons.glob("*/*.ipynb"))


def title_of(notebook):
    """Return the first heading of a notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    lines = (line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines())
    return next(line.lstrip("# ") for line in lines if line.startswith("# "))


def start_page(lessons, commit, repository=""):
    """Return the page to start from.

    Parameters
    ----------
    lessons : Path
        The folder of the released lessons.
    commit : str
        Shown at the foot of the page.
    repository : str
        ``owner/name`` on GitHub, for the links to Colab; none without it.
    """
    items = []
    for notebook in notebooks_of(lessons):
        item = f'<a href="notebooks/index.html?path={notebook.name}">{html.escape(title_of(notebook))}</a>'
        if repository:
            path = f"{repository}/blob/main/lessons/{notebook.relative_to(lessons).as_posix()}"
            colab = f"https://colab.research.google.com/github/{path}"
            item += f' <a class="other" href="{html.escape(colab)}">in Colab</a>'
        items.append(f"<li>{item}</li>")
    page = Template((Path(__file__).parent / "start.html").read_text(encoding="utf-8"))
    return page.substitute(lessons="\n".join(items), commit=html.escape(commit))


def build(target, lessons, repository=""):
    """Build the site aside, then put it where the old one was."""
    commit = commit_of(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        source, site = Path(temporary, "source"), Path(temporary, "site")
        wheels = collect_wheels(source / "pypi")
        (source / "jupyter-lite.json").write_text(json.dumps(settings(wheels, commit)), encoding="utf-8")
        (source / "overrides.json").write_text((Path(__file__).parent / "overrides.json").read_text())
        # Side by side and not in folders: a file that is downloaded has its whole path for a name.
        contents = Path(temporary, "contents")
        contents.mkdir()
        for notebook in notebooks_of(lessons):
            shutil.copy(notebook, contents)
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--no-sourcemaps", *APPS]
        command += [f"--lite-dir={source}", f"--contents={contents}", f"--output-dir={site}"]
        subprocess.run(command, check=True, cwd=source, stdout=subprocess.DEVNULL)
        (site / "index.html").write_text(start_page(lessons, commit, repository), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        site.rename(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", type=Path, help="the folder to build; an older one is replaced")
    parser.add_argument("--repository", default="", help="owner/name on GitHub, for links to Colab")
    arguments = parser.parse_args()
    build(arguments.target.resolve(), ROOT / "lessons", arguments.repository)
