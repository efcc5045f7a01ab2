"""Make the pages of the book: a reader's edition of every lesson, and the pages that are about all of them.

``python docs/book/prepare.py FOLDER [--instructor]`` writes Sphinx's source into a folder. A reader sees what students
get: stubs, and no outputs of checks. With ``--instructor``, the solution of each stub follows, folded. Each lesson can
be downloaded. With the addresses of the browser edition and of the repository, it can be opened there and in Colab.
"""

import argparse
import copy
import html
import re
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from autograder.exercises import EXERCISES, ORDER

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
# A lesson's own folding of headings means nothing on a page.
_NOTEBOOK_ONLY = ("jp-MarkdownHeadingCollapsed",)


def read(folder, lesson):
    """Read a lesson of a folder, ``solutions`` or ``lessons``."""
    return nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", as_version=4)


def page_of(lesson, instructor=False, site="", repository=""):
    """Make the page of a lesson.

    Parameters
    ----------
    lesson : str
    instructor : bool
        Whether the solutions are in it, folded.
    site : str
        Address of the browser edition.
    repository : str
        ``owner/name`` on GitHub, for Colab.

    Returns
    -------
    nbformat.NotebookNode
    """
    solved = {cell.id: cell for cell in read("solutions", lesson).cells}
    page = read("lessons", lesson)
    cells = []
    for cell in page.cells:
        mark = cell.metadata.get("nbgrader", {})
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in ("tags", "jupyter")}
        if cell.id in ("install", "setup"):
            cell.metadata["tags"] = ["remove-cell"]
        if cell.cell_type == "code":
            _show(cell, solved[cell.id], mark)
        cells.append(cell)
        if instructor and mark.get("solution"):
            cells.append(_folded(solved[cell.id]))
    links = _links(lesson, site, repository)
    page.cells = [_with_links(cell, links) if cell.id == "title" else cell for cell in cells]
    return page


def _show(cell, solved, mark):
    """Give a code cell of the page its outputs, or none where a student's answer would decide about them."""
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
    asks = re.match(r"(check|derive|recall|progress|preview_derivations)\(", cell.source)
    if hidden:
        cell.metadata.setdefault("tags", []).append("remove-input")
    if mark or asks:
        cell.outputs = []
        return
    cell.outputs = [
        _readable(output) for output in copy.deepcopy(solved.outputs) if WIDGET not in output.get("data", {})
    ]
    cell.execution_count = None


def _readable(output):
    """Leave the one form of an output that a page shows: for pictures, HTML with its alternative text."""
    data = output.get("data", {})
    if "image/png" in data and "text/html" in data:
        alt = output.metadata["image/png"]["alt"].replace('"', "&quot;")
        picture = "".join(data["image/png"]).replace("\n", "")
        output.data = {"text/html": f'<img alt="{alt}" src="data:image/png;base64,{picture}">'}
        output.metadata = {}
    if output.get("output_type") == "execute_result":
        output.execution_count = None
    return output


def _folded(solved):
    source = "\n".join(line for line in solved.source.splitlines() if not line.strip().startswith("### "))
    return new_markdown_cell(
        f":::{{dropdown}} Solution\n```python\n{source}\n```\n:::", id=f"{solved.id}-solution"[:64]
    )


def _links(lesson, site, repository):
    """Return how to get to the lesson itself."""
    addresses = {}
    if site:
        addresses["Open in the browser"] = f"{site.rstrip('/')}/notebooks/index.html?path={lesson}.ipynb"
    if repository:
        path = f"{repository}/blob/main/lessons/{lesson}/{lesson}.ipynb"
        addresses["Open in Colab"] = f"https://colab.research.google.com/github/{path}"
    links = [f'<a href="{html.escape(address)}">{text}</a>' for text, address in addresses.items()]
    return " · ".join([*links, f"{{download}}`Download the notebook <notebooks/{lesson}.ipynb>`"])


def _with_links(cell, links):
    """Put links below the title."""
    title, _, rest = cell.source.partition("\n")
    cell.source = f"{title}\n\n{links}\n{rest}"
    return cell


def address_of_site():
    """Return the address of the browser edition that the course's settings name, or nothing."""
    from autograder.grading.opening import load_config
    from autograder.grading.settings import Desk

    return Desk(config=load_config(ROOT)).browser_url


def notes_on_sources():
    """Collect what the lessons say about mistakes in the three sources, on one page."""
    parts = [
        "# Mistakes in the sources\n\nThe three sources are good, and none is free of mistakes. Each lesson says at "
        "its end what it found in them, with the number that shows it. Here it is in one place."
    ]
    for lesson in ORDER:
        cells, inside = read("lessons", lesson).cells, False
        parts.append(f"\n## [{_title(lesson)}]({lesson})\n")
        for cell in cells:
            if cell.cell_type != "markdown":
                continue
            for block in re.split(r"(?m)^(?=#{1,6} )", cell.source):
                heading = re.match(r"#{1,6} (.*)", block)
                if heading:
                    inside = "otes on the sources" in heading[1]
                    block = block[heading.end() :]
                if inside and block.strip():
                    parts.append(block.strip() + "\n")
    return "\n".join(parts)


def index_of_mistakes():
    """List every mistake that the checks know, by exercise, with what it means."""
    parts = [
        "# Index of mistakes\n\nWhat does it mean if every δ is twice too large? Look for your exercise. These are the "
        "mistakes that its check knows by name, and what you are told about each."
    ]
    for lesson, names in ORDER.items():
        parts.append(f"\n## [{_title(lesson)}]({lesson})\n")
        for name in names:
            if name in EXERCISES:
                rows = [
                    f"**{mistake.id.replace('-', ' ')}**\n: {_one_line(mistake.hint)}\n"
                    for mistake in EXERCISES[name].mistakes
                ]
                parts.append(f"### `{name}`\n\n:::{{dropdown}} {len(rows)} mistakes\n\n" + "\n".join(rows) + "\n:::\n")
    return "\n".join(parts)


def _one_line(text):
    return re.sub(r"([*_`<\\|])", r"\\\1", " ".join(text.split()))


def how_checks_are_checked():
    """Say on one page how the checks are tested, with the numbers of this version."""
    mistakes = sum(len(exercise.mistakes) for exercise in EXERCISES.values())
    variants = sum(len(exercise.variants) for exercise in EXERCISES.values())
    text = (HERE / "pages" / "checks.md").read_text(encoding="utf-8")
    return text.format(exercises=len(EXERCISES), mistakes=f"{mistakes:,}", variants=variants)


def _title(lesson):
    first = next(cell.source for cell in read("lessons", lesson).cells if cell.cell_type == "markdown")
    return re.search(r"^# (.*)$", first, re.MULTILINE)[1].replace("$", "")


def main(folder, instructor=False, site="", repository=""):
    """Write all pages."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    shutil.copy(HERE / "conf.py", folder)
    for name in ("static", "templates"):
        shutil.copytree(HERE / name, folder / name)
    for name in ("index.md", "symbols.md"):
        shutil.copy(HERE / "pages" / name, folder)
    for lesson in ORDER:
        nbformat.write(page_of(lesson, instructor, site, repository), folder / f"{lesson}.ipynb")
        shutil.copy(ROOT / "lessons" / lesson / f"{lesson}.ipynb", folder / "notebooks")
    pages = {"sources": notes_on_sources(), "mistakes": index_of_mistakes(), "checks": how_checks_are_checked()}
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--instructor", action="store_true", help="Add the solutions, folded.")
    parser.add_argument("--site", default="", help="Address of the browser edition instead of c.Desk.browser_url.")
    parser.add_argument("--repository", default="", help="owner/name on GitHub, for links to Colab.")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.instructor, arguments.site or address_of_site(), arguments.repository)
