"""What of a submission reaches the pages of the formgrader and of the feedback: all that is only to be looked at.

A page of the formgrader may do what its reader may do: change grades, and run code on the reader's machine. nbgrader
writes a submission's HTML into it as it is. These filters take its place (``c.HTMLExporter.filters``).
"""

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
    "class": None,
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


def _allowed(tag, name, value):
    """Say whether an attribute only changes how a thing looks: a picture is data, so that nothing is fetched."""
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    if name == "href":
        return tag == "a" and value.startswith("https://")
    if name == "style":
        return not set(value) & set("(\\")  # url(…), by any spelling, would fetch as well
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
    soup = BeautifulSoup(element, "html.parser")
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
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))
