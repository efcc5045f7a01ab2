"""How Sphinx builds the book of the lessons; the pages themselves are made by prepare.py."""

import os
import re
import subprocess
from pathlib import Path

project = "The backpropagation workbook"
author = "The authors of the backpropagation workbook"
copyright = author
_commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
release = _commit or "unknown version"
_repository = os.environ.get("REPOSITORY", "")

extensions = ["myst_nb", "sphinxcontrib.katex"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
# The solutions are stored executed, and the tests compare what is stored with a fresh run.
nb_execution_mode = "off"
nb_merge_streams = True
# Widgets need a kernel: a page shows their picture, which has an alternative text.
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "text/html", 10), ("html", "image/png", 20)]
suppress_warnings = ["mystnb.unknown_mime_type", "myst.header", "myst.xref_missing"]

# Formulas are set while the book is built, so that a page needs no script for them.
katex_prerender = True
katex_css_path = "katex/katex.min.css"
html_static_path = ["static"]
html_css_files = ["book.css"]
templates_path = ["templates"]
# Searching is in the header of each page.
html_sidebars = {"**": ["book-title.html", "sbt-sidebar-nav.html"]}
html_theme = "sphinx_book_theme"
html_title = project
html_last_updated_fmt = ""
html_show_sphinx = False
html_theme_options = {
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "extra_footer": f"Built from {release}.",
    "repository_url": f"https://github.com/{_repository}" if _repository else "",
    "use_repository_button": bool(_repository),
}
exclude_patterns = ["static", "templates", "notebooks"]
html_copy_source = False
if not Path("static/katex/katex.min.css").exists():
    raise SystemExit("The style sheet of KaTeX is missing: build the book with `make book`.")


def _readable_heads(app, page, template, context, doctree):
    """Make the heads of tables readable aloud: an empty corner is no heading, and a formula alone is called one."""
    body = re.sub(r'<th class="head">(?:<p>\s*</p>)?</th>', "<td></td>", context.get("body", ""))
    name = '<span class="visually-hidden">formula </span>'
    context["body"] = re.sub(r'(<th class="head"><p>)(?=<span class="math">)', rf"\1{name}", body)


def setup(app):
    """Register what Sphinx has no setting for."""
    app.connect("html-page-context", _readable_heads)
