"""The page that tells a student how to open a lesson, as Markdown and as HTML."""

from importlib import resources

import jinja2
from nbconvert.filters import markdown2html

# As in the package's metadata; the words that a student can compare with what `python --version` says.
PYTHONS = "3.11, 3.12 or 3.13"


def how_to_open(notebooks, data, folder, wheel, browser_url="", worked=False):
    """Return the page as Markdown.

    Parameters
    ----------
    notebooks : list of str
        The names of the notebooks.
    data : list of str
        The names of the files that they read or show.
    folder : str
        What the zip file unpacks to.
    wheel : str
        The name of the wheel in that folder; empty if the first cell knows an address.
    browser_url : str, optional
        The address of the browser edition.
    worked : bool
        Whether the notebooks hold the solutions, so that there is nothing to hand in.

    Returns
    -------
    str
    """
    names = {"notebooks": notebooks, "folder": folder, "wheel": wheel, "browser_url": browser_url, "worked": worked}
    names |= {"data": _listed(data), "uploads": _listed([wheel, *data] if wheel else data), "pythons": PYTHONS}
    return _template("how_to_open.md.j2").render(names).strip() + "\n"


def _listed(names):
    """Return names as one phrase."""
    *most, last = [f"`{name}`" for name in names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def as_page(markdown):
    """Return a text in Markdown as an HTML page that needs no other file; its first line is the title."""
    title = markdown.partition("\n")[0].lstrip("# ")
    return _template("page.html.j2").render(title=title, body=markdown2html(markdown))


def _template(name):
    text = resources.files("autograder.desk").joinpath(name).read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=name.endswith(".html.j2"), undefined=jinja2.StrictUndefined)
    return environment.from_string(text)
