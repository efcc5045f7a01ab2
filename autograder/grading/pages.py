"""What of a submission reaches the pages of the formgrader and of the feedback: all that is only to be looked at.

A page of the formgrader may do what its reader may do: change grades, and run code on the reader's machine. nbgrader
writes a submission's HTML into it as it is. These filters take its place (``c.HTMLExporter.filters``).
"""

import html
import re

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bs4 import BeautifulSoup
from jinja2 import pass_context
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
        *("background-color", "border", "border-collapse", "border-left", "color", "display", "font-family"),
        *("font-size", "font-style", "font-weight", "height", "line-height", "list-style", "margin", "margin-left"),
        *("max-width", "padding", "text-align", "text-decoration", "vertical-align", "white-space", "width"),
    ]
)


# Characters of one piece of Markdown or HTML that is made a page of, not counting pictures: some takes a time that
# grows with its square.  What is longer is shown as it is written.
MOST_MARKDOWN = 50_000
MOST_HTML = 200_000
# Elements within one another, as each costs time in all that are inside.
_DEEPEST = 100
_PICTURE = re.compile(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A tag that is closed, in whose quotes there are no other ones.
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9:-]*+)(?:[^<>"']|"[^<>"]*+"|'[^<>']*+')*+>|<""")
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def _plain(text):
    """Show what is not made a page of."""
    return f"<pre>{html.escape(text[:MOST_HTML])}</pre>"


def _length(text):
    return len(_PICTURE.sub("", text))


def _bounded(text):
    """Leave tags in some HTML only where they are whole and not too deep; what else begins with < is text.

    Parsers look to the end of the text for the end of every tag that has none, and their time grows with the square of
    what is nested.
    """
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
            if len(within) == _DEEPEST:
                return ""
            within.append(name)
        return match.group()

    return _TAG.sub(keep, text)


# Classes of highlighted code, of tables and of checks. Others have a meaning for the page itself: with those of its
# dialogs, a link would lie over all that is there.
_CLASS = re.compile(r"[a-z]{1,2}[a-z0-9]?|check|dataframe|highlight|ansi-[\w-]+|language-[\w+#.-]+")


def _allowed(tag, name, value):
    """Say whether an attribute only changes how a thing looks: a picture is data, so that nothing is fetched."""
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    if name == "href":
        return tag == "a" and value.startswith("https://")
    if name == "style":
        return not set(value) & set("(\\")  # url(…), by any spelling, would fetch as well
    if name == "class":
        return all(map(_CLASS.fullmatch, value.split()))
    return name in ATTRIBUTES and (ATTRIBUTES[name] is None or tag in ATTRIBUTES[name])


def clean_html(element):
    """Leave of some HTML what is only to be looked at.

    Parameters
    ----------
    element : str or bytes
        As a submission has it.

    Returns
    -------
    str
    """
    if isinstance(element, bytes):
        element = element.decode("utf-8", "replace")
    if _length(element) > MOST_HTML:
        return _plain(element)
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
    """Write Markdown as HTML, and leave of it what is only to be looked at.

    Parameters
    ----------
    context : jinja2.runtime.Context
        Of the template; its cell may have attachments.
    source : str
        Markdown.

    Returns
    -------
    str
    """
    if _length(source) > MOST_MARKDOWN:
        return _plain(source)
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))
