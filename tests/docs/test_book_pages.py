"""The book as a browser shows it: on a phone and on a desk, for everybody, without anything from the web."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from autograder.exercises import ORDER
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None, reason="The style sheet of the book's formulas comes from npm, which is not installed."
)
WIDTHS = {"phone": 390, "desk": 1300}
OTHERS = ("index", "search", "genindex", "mistakes", "symbols", "sources", "checks")
# Every page is looked at on a phone. On a desk, what differs is the frame around the pages, and one lesson has it too.
PAGES = {"phone": (*OTHERS, *ORDER), "desk": ("index", "search", "symbols", "06-initialization")}
SITE, REPOSITORY = "../edition", "owner/name"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the built pages."""
    folder = tmp_path_factory.mktemp("book")
    words = ["make", "-C", ROOT, "book-pages", f"BOOK={folder}", f"VENV={sys.prefix}", f"SITE={SITE}"]
    without = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run([*words, f"REPOSITORY={REPOSITORY}"], env=without, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "WARNING" not in done.stderr and "ERROR" not in done.stderr, done.stderr
    return folder / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(book):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=book))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(screen, browser, address):
    page = browser.new_page(viewport={"width": WIDTHS[screen], "height": 900})
    outside = []
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else outside.append(sent.url))
    yield page
    page.close()
    assert outside == []


@pytest.mark.parametrize(("screen", "name"), [(screen, name) for screen in PAGES for name in PAGES[screen]])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page, address, name):
    page.goto(f"{address}/{name}.html")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    assert {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found["violations"]} == {}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_page_is_looked_at(book):
    assert {path.stem for path in book.glob("*.html")} == {*PAGES["phone"]}


@pytest.mark.parametrize("screen", WIDTHS)
def test_a_search_finds_the_lesson(page, address):
    page.goto(f"{address}/search.html?q=backpropagation")
    expect(page.locator("#search-results")).to_contain_text("Lesson 3: The δ recursion")  # they come one by one


class Links(HTMLParser):
    """Every target of a link on a page, and everything that a link may point to."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.ids = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.targets.append(value)


def test_every_link_within_the_book_leads_somewhere(book):
    pages = {path.name: Links(path) for path in book.glob("*.html")}
    broken = []
    for name, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or target.startswith(SITE):
                continue
            path, place = unquote(parts.path) or name, unquote(parts.fragment)
            if not (book / path).exists() or (place and path in pages and place not in pages[path].ids):
                broken.append((name, target))
    assert broken == [] and len(pages) > len(ORDER)


@pytest.mark.parametrize("lesson", ORDER)
def test_a_lesson_can_be_opened_in_the_browser_and_in_colab_and_downloaded(book, lesson):
    links, path = Links(book / f"{lesson}.html").targets, f"{lesson}/{lesson}.ipynb"
    assert f"{SITE}/notebooks/index.html?path={lesson}.ipynb" in links  # as on the start page: tests/site
    assert f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/lessons/{path}" in links
    (download,) = [
        link for link in links if link.endswith(f"/{lesson}.ipynb") and "://" not in link and SITE not in link
    ]
    assert (book / download).read_bytes() == (ROOT / "lessons" / path).read_bytes()


def test_the_book_on_paper_has_running_heads(book, tmp_path):
    lessons = shutil.ignore_patterns("0?-*.html", "_downloads", "_sources")
    shutil.copytree(book, tmp_path / "short", ignore=lessons)  # printing a lesson takes long
    words = [sys.executable, ROOT / "docs" / "book" / "print.py", tmp_path / "short", tmp_path / "book.pdf"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pdf = PdfReader(tmp_path / "book.pdf")
    titles = [
        "The backpropagation workbook",
        "Index of symbols",
        "Mistakes in the sources",
        "How the checks are checked",
    ]
    assert [chapter.title for chapter in pdf.outline] == titles
    for chapter in pdf.outline:
        head = pdf.pages[pdf.get_destination_page_number(chapter)].extract_text()
        assert chapter.title in head and re.search(r"1 / \d", head)
