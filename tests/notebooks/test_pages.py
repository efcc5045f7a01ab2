"""A lesson as a page: what nbconvert makes of the stored notebooks."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from tests.conftest import LESSONS, ROOT

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_widget_is_a_picture_with_alt_text_on_the_page(lesson):
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    widgets = [c for c in notebook.cells if any(VIEW in output.get("data", {}) for output in c.get("outputs", []))]
    # A page has nothing to preview, since nobody types there.
    widgets = [c for c in widgets if c.source != "preview_derivations()"]
    # The other cells take most of the time, and make no widget.
    notebook.cells = widgets
    page = BeautifulSoup(HTMLExporter().from_notebook_node(notebook)[0], "html.parser")
    stills = page.select(".nb-still")
    assert len(stills) == len(widgets) > 0
    pictures = [image for still in stills for image in still.select("img")]
    assert pictures
    for image in pictures:
        assert image["src"].startswith("data:image/png;base64,")
        assert len(image["alt"]) > 80
    # A training leaves its bar and its last numbers.
    for still in stills:
        assert still.select("img") or "Epoch" in still.get_text()
    assert not page.select(f'script[type="{VIEW}"]')
