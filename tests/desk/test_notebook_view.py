"""A notebook on a page: everything that fits, and nothing that only teachers may see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.desk.notebook_view import cells_of, mark_scheme_of, report_of, within
from tests.grading.conftest import marks

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(*cells, schemes=False):
    return "".join(text for _, text in cells_of(new_notebook(cells=cells), schemes))


def test_the_tests_of_a_lesson_show_only_what_they_said():
    outputs = [
        new_output("execute_result", {"text/html": "<b>0 of 2 points</b><script>act()</script>", "text/plain": "0.0"}),
        new_output("error", ename="AssertionError", evalue="3.14159 != 2.71", traceback=["assert f(7) == 3.14159"]),
    ]
    cell = new_code_cell("assert f(7) == 3.14159", metadata=marks("t", grade=True, locked=True), outputs=outputs)
    assert (
        report_of(cell, new_notebook(cells=[cell]))
        == "<b>0 of 2 points</b><p>The check stopped with AssertionError.</p>"
    )
    assert "3.14159" not in shown(cell)


@pytest.mark.parametrize("end", ["=== END MARK SCHEME ===\nafter", "### END MARK SCHEME", ""])
def test_a_mark_scheme_is_shown_only_where_it_is_asked_for(end):
    cell = new_markdown_cell(f"Why?\n\n=== BEGIN MARK SCHEME ===\nsecret $x^2$\n{end}")
    assert "secret" not in shown(cell) and "MARK SCHEME" not in shown(cell) and "Why?" in shown(cell)
    asked = shown(cell, schemes=True)
    assert "secret" in asked and "<msup>" in asked and "MARK SCHEME" not in asked
    assert mark_scheme_of(new_markdown_cell("Why?")) == ""


def test_outputs_are_shown_but_never_act():
    outputs = [
        new_output("stream", text="\x1b[31mred\x1b[0m <b>"),
        new_output("display_data", {"text/html": "<i onclick='act()'>x</i><script>act()</script>"}),
        new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"alt": '"><script>act()'}}),
        new_output("display_data", {"image/svg+xml": "<svg onload=act()>", "text/plain": "a drawing"}),
        new_output("display_data", {"text/latex": "$x^2$<script>"}),
        new_output("error", ename="E", evalue="<b>", traceback=["\x1b[31mE\x1b[0m: <b>"]),
    ]
    text = shown(new_code_cell("x < 3", outputs=outputs))
    assert "<script" not in text and "onclick" not in text and "<svg" not in text and "\x1b" not in text
    for wanted in (
        "red &lt;b&gt;",
        "<i>x</i>",
        f'src="data:image/png;base64,{PNG}"',
        "a drawing",
        "<msup>",
        "E: &lt;b&gt;",
    ):
        assert wanted in text


def test_code_that_would_take_too_long_to_highlight_is_shown_as_it_is_written():
    text = shown(new_code_cell("x < 3" + "\t\n" * 9000))
    assert text.startswith('<div class="code"><pre>x &lt; 3') and "<span" not in text


def test_long_outputs_are_cut_in_the_middle():
    text = shown(new_code_cell("", outputs=[new_output("stream", text="a" * 10**6 + "b")]))
    assert len(text) < 6000 and text.count("b") and "…" in text


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=30), st.integers(4000, 60_000))
def test_what_is_shown_fits(sizes, room):
    cells = [
        ("", "x" * text + (f'<img alt="" src="data:image/png;base64,{"A" * image}">' if image else ""))
        for text, image in sizes
    ]
    fitting = within(cells, room)
    assert len(fitting) == len(cells)
    assert sum(len(text) for _, text in fitting) <= room
    if sum(len(text) for _, text in cells) <= room:
        assert fitting == cells


def test_pictures_go_before_words():
    picture = f'<img alt="" src="data:image/png;base64,{"A" * 5000}">'
    fitting = within([("", "words " * 100), ("", f"more{picture}"), ("", picture)], 6500)
    assert fitting[0][1].startswith("words") and fitting[1][1] == f"more{picture}"
    assert "Left out here" in fitting[2][1]


def test_a_notebook_that_takes_long_to_clean_is_not_read_to_its_end():
    cells = [new_markdown_cell("<!-- " + "x" * 40_000 + " -->") for _ in range(100)]
    cells.append(new_code_cell("", outputs=[new_output("display_data", {"text/html": "<i>last</i>"})]))
    texts = [text for _, text in cells_of(new_notebook(cells=cells), False)]
    assert len(texts) == 101 and "Left out here" in texts[-1] and "Left out here" not in texts[0]
