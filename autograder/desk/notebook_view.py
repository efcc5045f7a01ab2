"""A graded notebook as HTML for its author: nothing in it acts, nothing is fetched, and no hidden test is shown."""

import functools
import html
import re

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.desk.mathml import with_mathml
from autograder.desk.undefined import why_undefined
from autograder.grading.cells import grade_id_of
from autograder.grading.normalise import kind_of
from autograder.grading.pages import can_be_highlighted, clean_html, markdown2html

# How many characters of one cell or output are shown; nobody reads more.
_MAX_SOURCE, _MAX_OUTPUT = 20_000, 4_000
_MAX_CELLS = 500
# Characters that are read and written for one notebook. A lesson has some 300,000, and cleaning them takes time.
_MAX_WORK = 2_000_000
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MARK_SCHEME = re.compile(
    r"^[^\n]*BEGIN MARK SCHEME[^\n]*$(.*?)(?:^[^\n]*END MARK SCHEME[^\n]*$|\Z)", re.DOTALL | re.MULTILINE
)
_PICTURE = re.compile(r'<img [^>]*src="data:image/[^>]*>')
_PARAGRAPH, _ITEM = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL), re.compile(r"<li\b[^>]*>(.*?)</li>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FORMATTER = HtmlFormatter(nowrap=False, cssclass="code")
_PICTURES = ("image/png", "image/jpeg")
_LEFT_OUT = "Left out here to keep this page small. It is in your own notebook."
_NOTE = f'<p class="left-out">{_LEFT_OUT}</p>'


def style_of_code():
    """Return the style sheet of highlighted code."""
    return _FORMATTER.get_style_defs(".code")


def markdown(text, attachments=None):
    """Return Markdown as HTML, with its formulas as MathML.

    Parameters
    ----------
    text : str
        May come from anybody.
    attachments : dict, optional
        The pictures of the cell.

    Returns
    -------
    str
    """
    if attachments:
        return with_mathml(markdown2html({"cell": {"attachments": attachments}}, text))
    return _markdown(text)


@functools.lru_cache(maxsize=2000)
def _markdown(text):
    return with_mathml(markdown2html({"cell": {}}, text))


@functools.lru_cache(maxsize=2000)
def _highlighted(source):
    shown = source if len(source) <= _MAX_SOURCE else f"{source[:_MAX_SOURCE]}\n# {_LEFT_OUT}"
    if not can_be_highlighted(shown):
        return f'<div class="code"><pre>{html.escape(shown)}</pre></div>'
    return highlight(shown, PythonLexer(), _FORMATTER)


def report_of(cell, notebook):
    """Return what the check said about an answer, as clean HTML, or nothing.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        A graded test cell.
    notebook : nbformat.NotebookNode
        The graded notebook, which may tell why there was nothing to check.

    Returns
    -------
    str
    """
    said = [output.data["text/html"] for output in cell.get("outputs", []) if "text/html" in output.get("data", {})]
    failed = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    parts = [with_mathml(clean_html("".join(each))) for each in dict.fromkeys(map("".join, said))]
    # What else an error says may be the numbers of a hidden test.
    for error in failed:
        stopped_with = f"The check stopped with {html.escape(str(error.get('ename')))[:200]}."
        parts.append(f"<p>{why_undefined(error, notebook) or stopped_with}</p>")
    return "".join(parts)


def reasons_in(notebook, name):
    """Return what a test says first about why points are missing, as text: what it advises, or what isn't met.

    Parameters
    ----------
    notebook : nbformat.NotebookNode or None
        Graded.
    name : str
        The grade_id of the test.

    Returns
    -------
    tuple of str
    """
    cells = notebook.cells if notebook else ()
    cell = next((each for each in cells if grade_id_of(each) == name and each.cell_type == "code"), None)
    report = report_of(cell, notebook) if cell else ""
    advice = [_plain(text).removeprefix("→").strip() for text in _PARAGRAPH.findall(report)]
    missed = [_plain(text) for text in _ITEM.findall(report)]
    return tuple(advice or [text.removeprefix("✘").strip() for text in missed if text.startswith("✘")])


def _plain(text):
    return html.unescape(_TAG.sub("", text)).strip()


def mark_scheme_of(cell):
    """Return the mark scheme of a written question as HTML, without its markers; nothing if it has none.

    Parameters
    ----------
    cell : nbformat.NotebookNode or None
        Of the source.

    Returns
    -------
    str
    """
    scheme = _MARK_SCHEME.search(cell.source) if cell else None
    return f'<aside class="scheme"><h4>Mark scheme</h4>{markdown(scheme[1])}</aside>' if scheme else ""


def cells_of(notebook, show_mark_schemes):
    """Return the cells of a graded notebook as HTML, in order.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Graded, so that its test cells are those of the source.
    show_mark_schemes : bool
        Whether students may see them.

    Returns
    -------
    list of (str, str)
        The grade_id of each cell, which may be empty, and its HTML.
    """
    shown, work = [], 0
    for cell in notebook.cells[:_MAX_CELLS]:
        text = _cell(cell, notebook, show_mark_schemes) if work < _MAX_WORK else _NOTE
        work += len(cell.source) + _size(_PICTURE.sub("", text)) + sum(map(_length_of_html, cell.get("outputs", [])))
        shown.append((cell.metadata.get("nbgrader", {}).get("grade_id", ""), text))
    return shown


def _length_of_html(output):
    return len("".join(output.get("data", {}).get("text/html", "")))


def _cell(cell, notebook, show_mark_schemes):
    if cell.cell_type == "markdown":
        shown = markdown(_MARK_SCHEME.sub("", cell.source), cell.get("attachments"))
        return shown + (mark_scheme_of(cell) if show_mark_schemes else "")
    if cell.cell_type != "code":
        return f"<pre>{html.escape(cell.source[:_MAX_SOURCE])}</pre>"
    if kind_of(cell) == "test":
        return report_of(cell, notebook)
    return _highlighted(cell.source) + "".join(_output(output) for output in cell.outputs)


def _output(output):
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text("\n".join(output.get("traceback") or [f"{output.ename}: {output.evalue}"]), "error")
    data = output.get("data", {})
    if "text/html" in data:
        return f'<div class="output">{with_mathml(clean_html("".join(data["text/html"])))}</div>'
    for kind in _PICTURES:
        if kind in data:
            alt = output.get("metadata", {}).get(kind, {}).get("alt", "") or "".join(data.get("text/plain", ""))
            picture = re.sub(r"[^A-Za-z0-9+/=]", "", "".join(data[kind]))
            return f'<img alt="{html.escape(str(alt)[:500])}" src="data:{kind};base64,{picture}">'
    if "text/latex" in data:
        return f'<div class="output">{with_mathml(html.escape("".join(data["text/latex"])[:_MAX_OUTPUT]))}</div>'
    return _text("".join(data.get("text/plain", "")))


def _text(text, kind="output"):
    text = _ANSI.sub("", "".join(text))
    if len(text) > _MAX_OUTPUT:
        text = f"{text[: _MAX_OUTPUT // 2]}\n…\n{text[-_MAX_OUTPUT // 2 :]}"
    return f'<pre class="{kind}">{html.escape(text)}</pre>' if text.strip() else ""


def within(cells, room):
    """Shorten cells until they fit on a page, leaving out pictures first.

    Parameters
    ----------
    cells : list of (str, str)
        Returned by :func:`cells_of`.
    room : int
        Bytes for all of them.

    Returns
    -------
    list of (str, str)
        What was left out is mentioned.
    """
    bare = [(name, _PICTURE.sub(_NOTE, text)) for name, text in cells]
    room -= sum(_size(text) for _, text in bare)
    dropped = set()
    for place in sorted(range(len(bare)), key=lambda i: _size(bare[i][1]), reverse=True):
        if room >= 0:
            break
        room += _size(bare[place][1]) - _size(_NOTE)
        bare[place] = bare[place][0], _NOTE
        dropped.add(place)
    shown = []
    for place, ((_, whole), (name, text)) in enumerate(zip(cells, bare, strict=True)):
        more = _size(whole) - _size(text)
        if place not in dropped and more <= room:
            room, text = room - more, whole
        shown.append((name, text))
    return shown


def _size(text):
    return len(text.encode())
