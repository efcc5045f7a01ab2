"""Formulas that a browser shows without help, and that do nothing."""

import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.mathml import to_mathml, with_mathml
from autograder.desk.notebook_view import markdown
from tests.conftest import LESSONS, ROOT


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_formula_of_the_lessons_is_converted(lesson):
    source = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in source.cells:
        if cell.cell_type == "markdown":
            soup = BeautifulSoup(markdown(cell.source), "html.parser")
            assert not [code for code in soup.find_all("code") if code.get_text().startswith(("$", "\\begin"))]
            for code in soup.find_all(["code", "pre"]):
                code.decompose()
            assert "$" not in soup.get_text() and "\\" not in soup.get_text(), cell.id


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("$a^2$", ["msup"]),
        ("$$\\frac{a}{b}$$", ["mfrac"]),
        ("\\(a_1\\) and \\[b_1\\]", ["msub", "msub"]),
        ("\\begin{align} a &amp;= b \\\\ c &amp;= d \\end{align}", ["mtable"]),
        ("$\\begin{aligned} a &amp;= b \\\\ c &amp;= d \\end{aligned}$", ["mtable"]),
        ("<em>for $a_1$</em>", ["msub"]),
    ],
)
def test_all_ways_to_write_one_are_known(written, tags):
    soup = BeautifulSoup(with_mathml(written), "html.parser")
    assert [tag.name for tag in soup.find_all(["msup", "mfrac", "msub", "mtable"])] == tags
    assert not set(soup.get_text()) & set("$\\")


@pytest.mark.parametrize(
    ("formula", "said"), [("\\sigma'(z)", "σ′(z)"), ("f''", "f″"), ("x_j'", "xj′"), ("f'(x)^2", "f′(x)2")]
)
def test_a_prime_is_as_large_as_in_words(formula, said):
    soup = BeautifulSoup(to_mathml(formula), "html.parser")
    assert soup.get_text() == said
    assert soup.find(class_="prime").get_text() == said.strip("σfxj(z)2") and not soup.find(class_="prime").find_parent(
        "msup"
    )


@pytest.mark.parametrize("text", ["It costs $5 and $6.", "<code>$a$</code>", "<pre>$$a$$</pre>", "a \\$ b \\$", "$ a$"])
def test_what_is_no_formula_stays(text):
    assert with_mathml(text) == text


@pytest.mark.parametrize("formula", ["\\nosuch{x}", "\\begin{tikz} a & b \\end{tikz}", "{", "\\left(" * 200])
def test_what_cannot_be_converted_is_shown_as_it_is_written(formula):
    assert to_mathml(formula) is None
    shown = BeautifulSoup(with_mathml(f"${formula.replace('&', '&amp;')}$"), "html.parser")
    assert shown.code.get_text() == f"${formula}$"


def test_a_very_long_formula_stays():
    assert to_mathml("x" * 2000) is None and with_mathml(f"${'x' * 2000}$") == f"${'x' * 2000}$"


@pytest.mark.parametrize("mark", ["\\(", "\\[", "$$ ", "\\begin{a}", "$a "])
def test_where_formulas_never_end_the_text_stays(mark):
    assert with_mathml(mark * 4000) == mark * 4000


ACTING = [
    "\\text{<script>act()</script>}",
    "\\text{&lt;script&gt;act()&lt;/script&gt;}",
    "\\text{</mtext></math><img src=x onerror=act()>}",
    "\\href{javascript:act()}{x}",
    "\\color{red;background:url(//x.org)}x",
    "\\style{background:url(//x.org)}{x}",
    '\\text{a" onclick="act()}',
    "<img src=x onerror=act()>",
]


def _harmless(text):
    """Whether nothing but elements of mathematics and their looks are in it."""
    for element in ElementTree.fromstring(f"<p>{text}</p>").iter():
        assert element.tag == "p" or element.tag.startswith("m")
        assert not [name for name in element.attrib if name.startswith("on") or name in ("href", "style", "src")]
        assert not any(mark in value for value in element.attrib.values() for mark in ":(;")


@pytest.mark.parametrize("formula", ACTING)
def test_nothing_acts(formula):
    _harmless(to_mathml(formula) or "")


@given(st.text(st.sampled_from("\\{}[]^_&<>\"'xabmathextcolorhrf$ /:;=(1"), max_size=60))
def test_nothing_acts_whatever_is_written(formula):
    _harmless(to_mathml(formula) or "")
