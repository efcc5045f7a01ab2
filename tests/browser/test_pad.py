"""The drawing pad in JupyterLab: drawn on by mouse and by keyboard, and read."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from nblib.network import forward
from nblib.training import digit_reader
from nblib.widgets import pad
from tests.browser.conftest import Widget, opened_notebook
from tests.browser.test_widgets import findings
from tests.conftest import ROOT

BEGIN = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom nblib.training import digit_reader\n" + (
    "from nblib.widgets import pad\nreader = digit_reader()"
)
WRONG = "def forward(layers, x):\n    return x[1000]\n"
# A 7 and a 1, as corners in the units of the canvas.
SEVEN = [(70, 40), (210, 40), (120, 250)]
PRESSES = {"ArrowRight": (8, 0), "ArrowLeft": (-8, 0), "ArrowUp": (0, -8), "ArrowDown": (0, 8)}


@pytest.fixture(scope="module")
def page(lab_page):
    cells = [BEGIN, "shown = pad(reader)\nshown", f"{WRONG}pad(reader, forward=forward)", "shown.image.tolist()"]
    with opened_notebook(lab_page, cells) as notebook:
        notebook.run_all()
        yield notebook


def opened(page, number=0):
    return Widget(page.page, page.page.get_by_role("group", name="Drawing pad", exact=True).nth(number))


def area(widget):
    return widget.root.get_by_role("application")


def numbers(widget):
    """The ten numbers beside the bars."""
    return [float(text) for text in widget.root.locator(".nb-bars .nb-value").all_inner_texts()]


def test_it_begins_with_a_real_3_and_axe_finds_nothing(page):
    widget = opened(page)
    twin = pad(digit_reader())
    assert widget.status() == twin.reply["status"]
    assert numbers(widget) == [round(value, 2) for value in twin.outputs]
    expect(widget.root.get_by_role("img", name=re.compile("^What the network sees, 8 by 8"))).to_be_visible()
    assert findings(page.page) == {}


def test_a_7_is_drawn_with_the_mouse_and_read_while_it_is_drawn(page, pictures):
    widget, mouse = opened(page), page.page.mouse
    area(widget).scroll_into_view_if_needed()
    box = area(widget).bounding_box()

    def to(corner, **options):
        mouse.move(box["x"] + corner[0], box["y"] + corner[1], **options)

    to(SEVEN[0])
    widget.after(mouse.down)
    for corner in SEVEN[1:]:
        widget.after(lambda corner=corner: to(corner, steps=12))
    mouse.up()
    widget.settled()
    assert widget.status().startswith("It reads a 7: ")
    expected = pad(digit_reader())
    expected.draw([SEVEN])
    assert np.abs(np.array(numbers(widget)) - expected.outputs).max() < 0.1
    widget.root.screenshot(path=pictures / "pad.png")
    # The kernel has the same drawing.
    page.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 3; }")
    page.page.evaluate("() => jupyterapp.commands.execute('notebook:run-cell')")  # waits until it has been run
    image = np.array(eval(page.outputs()[3][1][0]["data"]["text/plain"]))
    assert image.shape == (64,)
    assert forward(digit_reader(), image)[1][-1].argmax() == 7
    assert (
        widget.after(widget.root.get_by_role("button", name="Clear", exact=True).click) == "Draw a digit from 0 to 9."
    )


def test_a_7_is_drawn_with_the_keyboard(page):
    widget, keyboard = opened(page), page.page.keyboard
    cells = page.page.locator(".jp-Cell").count()
    widget.after(widget.root.get_by_role("button", name="Clear", exact=True).click)
    area(widget).focus()
    for _ in range(9):
        keyboard.press("ArrowLeft")
    widget.after(lambda: keyboard.press("Space"))
    expect(widget.root).to_contain_text("The pen is down.")
    path = ["ArrowRight"] * 18 + ["ArrowDown", "ArrowDown", "ArrowLeft"] * 10
    for key in path:
        keyboard.press(key)
    widget.settled()
    keyboard.press("Space")
    expect(widget.root).to_contain_text("The pen is up.")
    status = widget.status()
    assert status.startswith("It reads a 7: ")
    # The pen is up: it moves without drawing, and letters are no commands of JupyterLab's.
    painted = widget.painted()
    for key in ("ArrowUp", "b", "d", "d"):
        keyboard.press(key)
    assert widget.painted() == painted
    assert page.page.locator(".jp-Cell").count() == cells
    widget.after(widget.root.get_by_role("button", name="Undo the last stroke").click)
    assert widget.status() == "Draw a digit from 0 to 9."


def test_digits_of_the_data_set_are_read_right_and_wrong(page):
    widget, twin = opened(page), pad(digit_reader())
    for group, right in (("right", True), ("wrong", False)):
        row = widget.root.get_by_role("group", name=f"Digits of the data set that it reads {group}")
        buttons = row.get_by_role("button").all()
        places = [place for place, example in enumerate(twin.examples) if example[2] is right]
        assert len(buttons) == len(places) > 0
        for button, place in zip(buttons, places, strict=True):
            told = widget.after(button.click)
            twin.choose(place)
            assert told == twin.reply["status"]
            read, true = re.match(r"It reads a (\d).* that it is a (\d)\.$", told).groups()
            assert (read == true) is right


def test_a_forward_that_fails_is_told_in_a_sentence_and_the_pad_goes_on(page):
    widget = opened(page, 1)
    sentence = "Your forward stopped with IndexError: index 1000 is out of bounds for axis 0 with size 64"
    assert widget.status().startswith(sentence)
    area(widget).focus()
    assert widget.after(lambda: page.page.keyboard.press("Space")).startswith(sentence)
    expect(widget.root.get_by_role("img", name="The ten outputs: none yet")).to_be_visible()
