"""What of a submission reaches a page: everything that is looked at, and nothing that acts."""

import html
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from autograder.check import check
from autograder.grading.pages import MAX_PAGE, ansi2html, clean_html, highlight_code, markdown2html
from autograder.sandbox.outputs import clean_outputs
from tests.conftest import ROOT, named


def written(source):
    return markdown2html({"cell": {}}, source)


ACTING = [
    "<script>act()</script>",
    "<SCRIPT SRC=//x.org/x.js></SCRIPT>",
    "<scr<script>ipt>act()</script>",
    "<style>@import url(//x.org/x.css)</style>",
    '<img src=x onerror="act()">',
    "<svg onload=act()><script>act()</script></svg>",
    "<math><mtext><style><img src=x onerror=act()></style></mtext></math>",
    '<iframe srcdoc="<script>act()</script>"></iframe>',
    '<object data="x.html"></object><embed src="x.html"><base href="//x.org/"><link rel="stylesheet" href="//x.org">',
    '<meta http-equiv="refresh" content="0; url=/formgrader?path=/tmp">',
    '<form action="/formgrader/api"><input name="a"><button formaction="javascript:act()">b</button></form>',
    '<a href="javascript:act()">a</a><a href=" java&#9;script:act()">a</a><a href="data:text/html,act">a</a>',
    '<a href="/formgrader?path=/tmp">a</a><a href="//x.org">a</a><a href="http://127.0.0.1:8888/lab">a</a>',
    '<img src="/formgrader?path=/tmp"><img src="https://x.org/x.png"><img srcset="//x.org/x.png 2x">',
    '<p style="background:url(//x.org/x.png)">a</p><p style="list-style:\\75rl(//x.org/x.png)">a</p>',
    '<p style="position:fixed;top:0">a</p>',
    '<p id="words" data-toggle="modal" onclick="act()">a</p>',
    '<noscript><p title="</noscript><img src=x onerror=act()>"></noscript>',
    "<!--><script>act()</script>-->",
]


@pytest.mark.parametrize("make", [clean_html, written])
@pytest.mark.parametrize("acting", ACTING)
def test_nothing_that_acts_is_left(make, acting):
    left = make(f"before\n\n{acting}\n\nafter")
    assert "before" in left and "after" in left
    for tag in BeautifulSoup(left, "html.parser").find_all(True):
        assert tag.name in ("a", "img", "p")
        assert not tag.get("style") and set(tag.attrs) <= {"style", "title"}


def test_what_a_check_says_looks_the_same():
    def output_delta(a, y, z):
        return 2 * (y - a)

    said = check(named(output_delta, "output_delta"))._repr_html_()
    assert 'style="border-left' in said and "wrong sign" in said
    assert clean_html(said).replace(';"', '"') == said


@pytest.mark.parametrize(
    "html",
    [
        '<img alt="A line" src="data:image/png;base64,iVBORw0KGgo=">',
        '<a href="https://x.org">a</a>',
        '<progress aria-label="Training" max="1" value="0.5"></progress>',
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>",
        "<details><summary>a</summary>b</details>",
    ],
)
def test_what_is_looked_at_stays(html):
    assert clean_html(html) == html
    assert html in written(html)


@pytest.mark.parametrize(
    "name", ["modal-backdrop", "navbar-fixed-top", "check modal", "tabbable", "affix", "dropdown-menu"]
)
def test_nothing_takes_the_place_of_the_page(name):
    """Classes of the formgrader's own style sheet lay a thing over all that is there."""
    cleaned = clean_html(f'<div class="{name}"><a href="https://example.org">Save</a></div>')
    assert "class" not in cleaned and "Save" in cleaned
    assert clean_html('<pre class="highlight"><span class="nb">x</span></pre>').count("class") == 2


def test_formulas_and_code_stay():
    source = "$a<b$ & $$\\begin{aligned} x &= y \\\\ \\end{aligned}$$\n\n> `x < y`\n\n```python\nx < 3\n```"
    left = written(source)
    assert "$a&lt;b$ &amp; $$\\begin{aligned} x &amp;= y \\\\ \\end{aligned}$$" in left
    assert "<blockquote>\n<p><code>x &lt; y</code></p>" in left
    assert '<span class="o">&lt;</span>' in left


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "metadata",
    [
        {"image/png": {"width": "1 onload=act()"}},
        {"image/png": {"height": "1 onload=act()"}},
        {"image/png": {"unconfined": "x onload=act()"}},
        {"width": "1 onload=act()", "height": "1 onload=act()"},
        {"filenames": {"image/png": "https://x.org/onload.png"}},
        {"image/png": {"alt": '" onload="act()'}},
        {"image/png": {"needs_background": '" onload="act()'}},
    ],
)
def test_nothing_acts_in_what_is_said_about_a_picture(metadata):
    shown = {"output_type": "display_data", "data": {"image/png": PNG}, "metadata": metadata}
    outputs = [nbformat.from_dict(each) for each in clean_outputs([shown], 1)]
    cell = nbformat.v4.new_code_cell("picture", outputs=outputs)
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    (picture,) = BeautifulSoup(page, "html.parser").find_all("img")
    assert picture["src"].startswith("data:image/png") and not picture.get("onload")


def test_the_size_and_the_words_of_a_picture_stay():
    metadata = {"image/png": {"width": 70, "height": 30, "alt": "A line.", "needs_background": "light"}}
    shown = {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": "A line."}, "metadata": metadata}
    assert clean_outputs([shown], 1) == [shown]


@pytest.mark.parametrize("tag", ["<ul><li>", "<div>", "<table><tr><td>", "<blockquote>"])
def test_elements_within_one_another_are_bounded(tag):
    left = clean_html(tag * 10_000 + "words")
    assert "words" in left and left.count("<") < 1000


@pytest.mark.parametrize("begun", ['<p a="', "<!--", "<![CDATA[", "<?", "<a ", "<", "</", "<p a='>"])
def test_tags_without_an_end_are_text(begun):
    left = clean_html(begun * 5000 + "words")
    assert "words" in left and not BeautifulSoup(left, "html.parser").find_all(lambda tag: tag.name != "p")


@pytest.mark.parametrize("source", ["\\begin{a}" * 20_000, "- a\n" * 20_000, "<ul>" * 60_000])
def test_what_would_take_too_long_is_shown_as_it_is_written(source):
    left = written(source)
    assert left.startswith("<pre>") and html.unescape(left).count(source[:4]) >= 20_000
    assert not BeautifulSoup(left, "html.parser").find_all(["ul", "li", "p"])


@pytest.mark.parametrize("opened", ["\\\\[", "\\\\(", "\\begin{a}"])
def test_formulas_that_never_end_are_shown_as_they_are_written(opened):
    """From each of them on, the whole text was searched for the end: a cell of them took half a minute."""
    source = opened * (49_000 // len(opened))
    assert written(source) == f"<pre>{html.escape(source)}</pre>"
    closed = "$$\\begin{aligned} x &= 1 \\end{aligned}$$ and \\\\(y\\\\)\n\n" * 100
    assert written(closed).count("</p>") == 100


DIGITS = "1" * 5000
UNREADABLE = [
    "![A picture](attachment:missing.png)",
    f'<p style="width: {DIGITS}">a</p>',
    f"<p title='&#{DIGITS};'>a</p>",
    f'<a href="https://x.org/&#{DIGITS};">a</a>',
]


@pytest.mark.parametrize("source", UNREADABLE)
def test_what_no_parser_can_read_is_shown_as_it_is_written(source):
    """It ended the command that writes everybody's feedback, and the page of the formgrader."""
    soup = BeautifulSoup(written(source), "html.parser")
    assert source in html.unescape(written(source)) or soup.pre.get_text() in source
    assert BeautifulSoup(clean_html(source), "html.parser").get_text().strip()


def test_an_attachment_without_data_is_shown_as_it_is_written():
    source = "![A picture](attachment:a.png)"
    assert source in markdown2html({"cell": {"attachments": {"a.png": {}}}}, source)


def test_code_is_highlighted_as_python_whatever_it_claims_to_be():
    shown = highlight_code({}, "x = 'a' < y", metadata={"magics_language": "html"})
    assert shown == highlight_code({}, "x = 'a' < y") and "&lt;" in shown and '<span class="s1">' in shown


@pytest.mark.parametrize("blanks", ["\t\n" * 500_000, " " * 300, "x\n" * 60_000])
def test_code_that_would_take_too_long_to_highlight_is_shown_as_it_is_written(blanks):
    """A megabyte of blanks kept the formgrader busy for days."""
    shown = highlight_code({}, f"x < 3{blanks}")
    assert shown.startswith("<pre>x &lt; 3") and "<span" not in shown


def test_a_page_has_room_for_so_much_and_the_beginning_of_the_rest():
    resources = {}
    texts = [markdown2html({"cell": {}, "resources": resources}, "*a* " * 10_000) for _ in range(MAX_PAGE // 40_000)]
    assert all(text.count("<em>") == 10_000 for text in texts)
    for shown in (
        markdown2html({"cell": {}, "resources": resources}, "*a* " * 10_000),
        highlight_code({"resources": resources}, "x = 1\n" * 10_000),
    ):
        assert shown.startswith("<pre>") and len(shown) < 1100
    assert markdown2html({"cell": {}, "resources": {}}, "*a*") == "<p><em>a</em></p>\n"


@pytest.mark.parametrize("text", ["\x1b[38m<b>", "\x1b[38;5m<b>", "\x1b[48m\x1b[1;x<b>"])
def test_colours_that_make_no_sense_leave_the_text(text):
    assert "&lt;b&gt;" in ansi2html(text) and "\x1b" not in ansi2html(text)
    assert "ansi-red" in ansi2html("\x1b[31mred\x1b[0m")


def test_the_pages_of_the_formgrader_can_be_made_of_everything_that_was_handed_in():
    """With the filters of the project's own configuration, each of which is a function of ours."""
    config = (ROOT / "nbgrader_config.py").read_text()
    names = re.findall(r'"(\w+)": "autograder\.grading\.pages\.(\w+)"', config)
    filters = {name: f"autograder.grading.pages.{function}" for name, function in names}
    assert {name == function for name, function in names} == {True} and len(filters) == 5
    cells = [nbformat.v4.new_markdown_cell(f"{source}\n\n{'[' * 40_000}") for source in UNREADABLE]
    outputs = [
        nbformat.v4.new_output("stream", text="\x1b[38mseen"),
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=["\x1b[38mseen"]),
        nbformat.v4.new_output("display_data", {"text/html": f"&#{DIGITS};"}),
    ]
    cells.append(nbformat.v4.new_code_cell("x = 1" + "\t\n" * 100_000, outputs=outputs))
    exporter = HTMLExporter(template_name="classic", filters=filters, sanitize_html=True)
    page, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert page.count("seen") == 2 and "missing.png" in page


def test_a_picture_in_the_text_may_be_large():
    source = f"![A line](data:image/png;base64,{PNG * 2000})\n\n- a"
    (picture,) = BeautifulSoup(written(source), "html.parser").find_all("img")
    assert picture["src"].startswith("data:image/png")
