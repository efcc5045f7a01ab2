"""Filters that remove everything active from submitted HTML before the formgrader or the feedback shows it.

A script in a page of the formgrader can do whatever its reader can: change grades, and run code on the reader's
machine. nbgrader puts submitted HTML into its pages unchanged. Set these filters in ``c.HTMLExporter.filters``.
"""

import html
import re
from functools import cache

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert import filters
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "kbd li ol p pre progress q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
    "".split()
)
ATTRIBUTES = {
    "align": None,
    "alt": ["img"],
    "aria-label": None,
    "colspan": ["td", "th"],
    "height": ["img"],
    "max": ["progress"],
    "open": ["details"],
    "rowspan": ["td", "th"],
    "start": ["ol"],
    "title": None,
    "value": ["progress"],
    "width": ["img"],
}
STYLES = CSSSanitizer(
    allowed_css_properties=[
        *("background-color", "border", "border-collapse", "border-left", "color", "cursor", "display", "font-family"),
        *("font-size", "font-style", "font-weight", "height", "line-height", "list-style", "margin", "margin-left"),
        *("max-width", "padding", "padding-left", "text-align", "text-decoration", "vertical-align", "white-space"),
        "width",
    ]
)


# Longer Markdown, HTML or code, not counting pictures, is shown as plain text: rendering it can take quadratic time.
MAX_MARKDOWN = 50_000
MAX_HTML = 200_000
MAX_CODE = 100_000
# Characters of Markdown and code that are rendered on one page, where a lesson has some 300,000 with all that it shows;
# and what is shown of a cell beyond that.
MAX_PAGE = 1_000_000
_MAX_BEYOND = 1000
_RENDERED = "autograder_rendered"
# What may begin a formula. From each of them on, the whole text is searched for an end; this bounds how often.
_OPENS_FORMULA = re.compile(r"\\\\[\[(]|\\begin\{")
_MAX_SEARCHED = 10_000_000
# The lexers of code take quadratic time for blanks, of which no code has as many in a row.
_BLANKS = re.compile(r"\s{200}")
_ESCAPES = re.compile(r"\x1b\[[^A-Za-z]*[A-Za-z]?")
# How deeply elements may be nested; each one slows down everything inside it.
_MAX_DEPTH = 100
_PICTURE = re.compile(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A complete tag, with no other tags inside its quotes; or just a <.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:-]*+)(?:[^<>"']|"[^<>"]*+"|'[^<>']*+')*+>|<""")
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def _plain(text, most=MAX_HTML):
    """Return text, or its beginning, as preformatted HTML, shown as it was written."""
    return f"<pre>{html.escape(text[:most])}</pre>"


def _length(text):
    return len(_PICTURE.sub("", text))


def _rendered(render, text):
    """Return what a function makes of a text, or the text as it was written where that fails.

    What parsers raise for strange texts isn't documented. One submission must not keep the pages of all others back.
    """
    try:
        return render(text)
    except Exception:
        return _plain(text)


def _has_room(context, text):
    """Take the room for a text on the page that a template makes, and return whether there was enough."""
    resources = context.get("resources", {})
    resources[_RENDERED] = resources.get(_RENDERED, 0) + _length(text)
    return resources[_RENDERED] <= MAX_PAGE


def can_be_highlighted(code):
    """Whether highlighting some code takes only as long as its length suggests."""
    return len(code) <= MAX_CODE and not _BLANKS.search(code)


def _bounded(text):
    """Escape incomplete tags and drop tags that are nested too deeply, as both make parsers take quadratic time."""
    commented, end, rest = text.rpartition("-->")
    text = _COMMENT.sub("", commented + end) + rest
    within = []

    def keep(match):
        closes, name = match.group(1), (match.group(2) or "").lower()
        if not name:
            return "&lt;"
        if closes:
            if name in within:
                while within.pop() != name:
                    pass
        elif name not in _EMPTY:
            if len(within) == _MAX_DEPTH:
                return ""
            within.append(name)
        return match.group()

    return _TAG.sub(keep, text)


# Classes of highlighted code, of tables and of checks. Others mean something to the page itself: with the class of a
# dialog, a link would cover everything on the page.
_CLASS = re.compile(r"[a-z]{1,2}[a-z0-9]?|check|dataframe|highlight|ansi-[\w-]+|language-[\w+#.-]+")


def _allowed(tag, name, value):
    """Whether an attribute is harmless; pictures have to be data URLs, so that nothing is fetched."""
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    if name == "href":
        return tag == "a" and value.startswith("https://")
    if name == "style":
        return not set(value) & set("(\\")  # url(…), however it is spelled, would fetch something
    if name == "class":
        return all(map(_CLASS.fullmatch, value.split()))
    return name in ATTRIBUTES and (ATTRIBUTES[name] is None or tag in ATTRIBUTES[name])


def clean_html(element):
    """Remove everything from some HTML that runs or loads anything.

    Parameters
    ----------
    element : str or bytes
        HTML from a submission.

    Returns
    -------
    str
        What remains: text, tables, pictures and styles. HTML that is very long, or that no parser can read, is returned
        as preformatted text.
    """
    if isinstance(element, bytes):
        element = element.decode("utf-8", "replace")
    return _plain(element) if _length(element) > MAX_HTML else _rendered(_cleaned, element)


def _cleaned(element):
    soup = BeautifulSoup(_bounded(element), "html.parser")
    for unread in soup(["script", "style"]):
        unread.decompose()
    return bleach.clean(
        str(soup),
        tags=TAGS,
        attributes=_allowed,
        protocols=["data", "https"],
        css_sanitizer=STYLES,
        strip=True,
        strip_comments=True,
    )


@pass_context
def markdown2html(context, source):
    """Convert Markdown to HTML in which nothing runs or loads anything.

    Parameters
    ----------
    context : jinja2.runtime.Context
        The context of the template, whose cell may have attachments.
    source : str
        Markdown.

    Returns
    -------
    str
        What takes too long, or refers to a picture that isn't there, is returned as preformatted text.
    """
    if not _has_room(context, source):
        return _plain(source, _MAX_BEYOND)
    searched = len(_OPENS_FORMULA.findall(source)) * len(source)
    if _length(source) > MAX_MARKDOWN or searched > _MAX_SEARCHED:
        return _plain(source)
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(_rendered(MarkdownWithMath(renderer=renderer).render, source))


@pass_context
def highlight_code(context, source, metadata=None):
    """Highlight code as Python, whatever language a submission claims that it is in.

    Parameters
    ----------
    context : jinja2.runtime.Context
        The context of the template.
    source : str
        Code.
    metadata : dict, optional
        Of the cell, in which a submission could choose any lexer; not used.

    Returns
    -------
    str
        HTML. What would take too long is returned as preformatted text.
    """
    if not _has_room(context, source):
        return _plain(source, _MAX_BEYOND)
    return _rendered(_highlighter(), source) if can_be_highlighted(source) else _plain(source)


@cache
def _highlighter():
    return filters.Highlight2HTML(pygments_lexer="ipython3")


def ansi2html(text):
    """Convert the colours of printed text to HTML; text with escape sequences that make no sense loses all of them."""
    try:
        return filters.ansi2html(text)
    except Exception:
        return html.escape(_ESCAPES.sub("", text))


def strip_files_prefix(text):
    """Leave HTML as it is. nbconvert's own filter rewrites links to files, of which none are left, and takes long."""
    return text
