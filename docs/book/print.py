"""Print the book to a PDF with running heads: page by page, because a single page of all lessons is too much.

``python docs/book/print.py HTML-FOLDER BOOK.pdf``
"""

import io
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

_HEAD = (
    '<div style="font-size:8px;width:100%;padding:0 18mm;color:#555"><span class="title"></span>'
    '<span style="float:right"><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)
_MARGIN = {"top": "20mm", "bottom": "16mm", "left": "18mm", "right": "18mm"}
_LAST = ("symbols", "sources", "checks")


def pages_of(folder):
    """Return the pages in the order of the book; the index of mistakes is for looking things up on a screen."""
    lessons = sorted(path for path in folder.glob("*.html") if re.match(r"\d\d-", path.name))
    return [folder / "index.html", *lessons, *(folder / f"{name}.html" for name in _LAST)]


def main(folder, target):
    """Print all pages into one file, in which each is a bookmark."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Printing needs Chromium: install your system's package `chromium`.")
    book = PdfWriter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        opened = browser.new_page()
        for path in pages_of(Path(folder).resolve()):
            opened.goto(path.as_uri())
            opened.evaluate("() => document.querySelectorAll('details').forEach((each) => (each.open = true))")
            heads = {"display_header_footer": True, "header_template": _HEAD, "footer_template": "<span></span>"}
            printed = PdfReader(io.BytesIO(opened.pdf(format="A4", margin=_MARGIN, print_background=True, **heads)))
            book.append(printed, outline_item=opened.title().partition(" — ")[0])
        browser.close()
    book.write(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
