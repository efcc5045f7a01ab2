"""The widgets in a page without JupyterLab around them, as other front ends show them: with a model, and a place."""

import json

import pytest
from playwright.sync_api import expect

from nblib.training import digit_reader
from nblib.widgets import TrainingProgress, activation_explorer, pad
from tests.conftest import ROOT

# What a front end hands to a widget, and what it hears from it; what the page itself hears of the keyboard.
BEGIN = """async ([code, state]) => {
    window.sent = [];
    window.keys = [];
    document.addEventListener("keydown", (event) => { keys.push(event.key); event.preventDefault(); }, true);
    const model = {
        get: (name) => (name === "picture" ? new Uint8Array() : state[name]),
        set: (name, value) => { state[name] = value; },
        on: () => {}, off: () => {},
        send: (message) => sent.push(message),
    };
    const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    window.end = await module.default.render({ model, el: document.getElementById("place") });
}"""


@pytest.fixture
def plain(browser):
    page = browser.new_page(has_touch=True)
    yield page
    page.close()


def shown(page, widget):
    """Put a widget into the page, above the picture that is left of it and one that is left of another."""
    page.set_content(
        '<div id="place"></div>'
        f'<div class="nb-still nb-still-{widget.still}">its picture</div>'
        '<div class="nb-still nb-still-0123">the picture of another</div>'
    )
    page.add_style_tag(path=ROOT / "nblib" / "widgets" / "frame.css")
    state = {
        name: getattr(widget, name)
        for name in ("spec", "reply", "state", "kernel", "lifeline", "still")
        if hasattr(widget, name)
    }
    page.evaluate(BEGIN, [str(widget._esm), json.loads(json.dumps(state))])
    return page.get_by_role("group").first


@pytest.mark.parametrize(
    "build",
    [lambda: pad(digit_reader()), activation_explorer, lambda: TrainingProgress(3)],
    ids=["pad", "frame", "bar"],
)
def test_a_widget_hides_its_own_picture_as_long_as_it_lives(plain, build):
    widget = build()
    expect(shown(plain, widget)).to_be_visible()
    expect(plain.get_by_text("its picture")).to_be_hidden()
    expect(plain.get_by_text("the picture of another")).to_be_visible()
    plain.evaluate("() => window.end()")
    expect(plain.get_by_text("its picture")).to_be_visible()


def test_keys_move_a_slider_though_the_front_end_takes_them(plain):
    widget = activation_explorer()
    widget.predict(None)
    root = shown(plain, widget)
    slider = root.get_by_label("z, weighted input", exact=True)
    before = int(slider.input_value())
    slider.press("ArrowRight")
    assert int(slider.input_value()) == before + 1
    assert plain.evaluate("() => window.keys") == []
    assert plain.evaluate("() => window.sent.at(-1).positions.z") == before + 1
    # Commands of the front end that need Ctrl, Alt or the command key are still its own.
    slider.press("Control+k")
    assert "k" in plain.evaluate("() => window.keys")


def test_a_finger_draws(plain):
    root = shown(plain, pad(digit_reader()))
    area = root.get_by_role("application")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    session = plain.context.new_cdp_session(plain)

    def touch(kind, *points):
        places = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (70, 40))
    touch("touchMove", (210, 40))
    touch("touchMove", (120, 250))
    touch("touchEnd")
    # The first question is open, since nobody answers; it has the point where the finger came down.
    [asked] = plain.evaluate("() => window.sent")
    assert asked["kind"] == "draw"
    [[first]] = asked["strokes"]
    assert first == pytest.approx([70, 40], abs=1.5)
    # What was drawn is in the picture, and the page has not scrolled.
    ink = area.evaluate("canvas => canvas.getContext('2d').getImageData(2 * 165, 2 * 145, 1, 1).data[0]")
    assert ink == 0
    assert plain.evaluate("() => window.scrollY") == 0


def test_a_training_in_the_browser_is_stopped_by_revoking_its_address(plain):
    progress = TrainingProgress(3)
    shown(plain, progress)
    address = plain.evaluate("() => URL.createObjectURL(new Blob())")
    progress.lifeline = address
    root = shown(plain, progress)
    alive = "address => fetch(address).then(() => true, () => false)"
    assert plain.evaluate(alive, address)
    root.get_by_role("button", name="Stop").click()
    assert not plain.evaluate(alive, address)
    expect(root.get_by_role("button", name="Stopping after this epoch")).to_be_disabled()


def test_the_sentence_about_a_busy_kernel_comes_when_nobody_answers(plain):
    root = shown(plain, pad(digit_reader()))
    root.get_by_role("button", name="Clear", exact=True).click()
    expect(root.get_by_role("status")).to_have_text("Waiting for the kernel: it may be busy with a cell.")
