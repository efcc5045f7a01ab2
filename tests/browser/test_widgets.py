"""Every widget in JupyterLab: asked, answered, moved by keyboard and mouse, and read from its status line."""

import time
from importlib.resources import files

import pytest

from tests.browser.conftest import opened_notebook
from tests.conftest import ROOT
from tests.widgets.examples import WIDGETS

# The slider that is moved, and a preset to begin with.
MOVED = {
    "edges": ("j, the node it comes from", "first edge"),
    "activations": ("z, weighted input", "tanh, far out"),
    "nudge": ("ε, added to z", "node 2 of layer 1 by 1"),
    "passes": ("step", "all forward"),
    "race": ("η, learning rate", "a bad start"),
    "regularization": ("λ (0, then logarithmic)", "L2"),
    "saturation": ("σ_w, std of the weights (logarithmic)", "1000 inputs, N(0, 1)"),
    "control room": ("η, learning rate", "η too low"),
}


@pytest.fixture(scope="module")
def gallery(lab_page):
    """A notebook with every widget, as their lessons open them."""
    begin = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.widgets.examples import WIDGETS"
    with opened_notebook(lab_page, [begin, *(f"WIDGETS[{name!r}]()" for name in WIDGETS)]) as notebook:
        notebook.run_all()
        yield notebook


@pytest.fixture(scope="module")
def twins():
    """The same widgets in this process, for the numbers that are right."""
    return {name: build() for name, build in WIDGETS.items()}


@pytest.fixture
def opened(request, gallery, twins):
    """A widget in the page whose question is out of the way, and its twin."""
    name = request.param
    widget = gallery.widget(twins[name].spec["title"])
    skip = widget.root.get_by_role("button", name="Skip", exact=True)
    if skip.is_visible():
        widget.after(skip.click)
    return name, widget, twins[name]


def words(text):
    return " ".join(text.split())


def expected(twin, **positions):
    """What the status line has to say at a position."""
    twin.move(twin.positions | positions)
    return words(twin.reply["status"])


every_widget = pytest.mark.parametrize("opened", WIDGETS, indirect=True)


def findings(page):
    """What axe-core finds in the outputs, by rule."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found = page.evaluate("() => axe.run('.jp-OutputArea', { resultTypes: ['violations'] })")
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found["violations"]}


def test_axe_finds_nothing_in_the_questions(gallery):
    assert gallery.page.locator(".nb-question:visible").count() == len(WIDGETS)
    assert findings(gallery.page) == {}


@pytest.mark.parametrize("name", WIDGETS)
def test_the_question_comes_first_and_the_answer_after_it(name, gallery, twins):
    twin = twins[name]
    widget = gallery.widget(twin.spec["title"])
    image = widget.root.locator("img")
    assert not image.is_visible()
    widget.root.get_by_role("button", name="Record my prediction").click()
    assert "Choose one first" in widget.root.inner_text()
    widget.root.get_by_role("radio").last.check()
    widget.after(lambda: gallery.page.keyboard.press("Tab") or gallery.page.keyboard.press("Enter"))
    assert image.is_visible()
    assert f"Your prediction: {twin.spec['options'][-1]}." in words(widget.root.inner_text())
    assert twin.prediction.options[twin.prediction.answer] in widget.root.inner_text()
    assert words(image.get_attribute("alt")).endswith(words(widget.status()))


def test_axe_finds_nothing_in_the_widgets(gallery):
    assert gallery.page.locator(".nb-body:visible").count() == len(WIDGETS)
    assert findings(gallery.page) == {}


@every_widget
def test_presets_and_arrow_keys_lead_to_the_right_numbers(opened, gallery, pictures):
    name, widget, twin = opened
    label, preset = MOVED[name]
    [start] = [p["positions"] for p in twin.spec["presets"] if p["label"] == preset]
    button = widget.root.get_by_role("button", name=preset, exact=True)
    assert words(widget.after(button.click)) == expected(twin, **start)
    slider = widget.slider(label)
    control = slider.get_attribute("data-name")
    cells = gallery.page.locator(".jp-Cell").count()
    slider.focus()
    for key, step in (("ArrowRight", 1), ("ArrowRight", 1), ("ArrowLeft", -1)):
        told = widget.after(lambda key=key: gallery.page.keyboard.press(key))
        assert words(told) == expected(twin, **{control: twin.positions[control] + step})
        assert slider.get_attribute("aria-valuetext") == twin.controls[control].texts[twin.positions[control]]
    # Keys of JupyterLab's command mode do not reach it from here.
    gallery.page.keyboard.press("b")
    told = widget.after(lambda: gallery.page.keyboard.press("Home"))
    assert words(told) == expected(twin, **{control: 0})
    assert gallery.page.locator(".jp-Cell").count() == cells
    widget.after(button.click)
    widget.root.screenshot(path=pictures / f"{name.replace(' ', '-')}.png")


@every_widget
def test_the_mouse_leads_to_the_right_numbers(opened, gallery):
    name, widget, twin = opened
    slider = widget.slider(MOVED[name][0])
    control = slider.get_attribute("data-name")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    mouse = gallery.page.mouse
    middle = box["y"] + box["height"] / 2

    def drag():
        mouse.move(box["x"] + 0.05 * box["width"], middle)
        mouse.down()
        mouse.move(box["x"] + 0.7 * box["width"], middle, steps=5)
        mouse.up()

    widget.after(drag)
    widget.settled()
    position = int(slider.input_value())
    assert 0 < position
    # Only what the browser shows is read: all controls, as they stand now.
    assert words(widget.status()) == expected(twin, **widget.positions())
    assert twin.positions[control] == position


@every_widget
def test_lists_lead_to_the_right_numbers(opened, gallery):
    name, widget, twin = opened
    lists = [control for control in twin.controls.values() if control.kind == "choice"]
    for control in lists:
        select = widget.root.get_by_label(control.label, exact=True)
        widget.after(lambda select=select, control=control: select.select_option(label=control.texts[-1]))
        assert words(widget.status()) == expected(twin, **widget.positions())
    assert bool(lists) == (name not in ("edges", "passes"))


@every_widget
def test_a_long_drag_leaves_nothing_behind(opened, gallery):
    name, widget, _ = opened
    slider = widget.slider(MOVED[name][0])
    count, asked = int(slider.get_attribute("max")) + 1, widget.painted()
    # As many positions as a hand makes in a second and a half, sent as a browser sends them.
    moves = gallery.page.evaluate(
        """([root, label, count]) => new Promise((done) => {
            const input = [...root.querySelectorAll("input")].find((one) => one.labels[0].textContent === label);
            let moves = 0;
            const timer = setInterval(() => {
                input.value = moves % count;
                input.dispatchEvent(new Event("input", { bubbles: true }));
                if (++moves === 90) { clearInterval(timer); done(moves); }
            }, 16);
        })""",
        [widget.root.element_handle(), MOVED[name][0], count],
    )
    begin = time.perf_counter()
    widget.settled()
    # On a quiet machine the lag is a tenth of this; benchmarks/widgets.py measures it.
    assert time.perf_counter() - begin < 2
    assert 0 < widget.painted() - asked < moves
    assert int(slider.input_value()) == (moves - 1) % count


@pytest.mark.parametrize("opened", ["control room"], indirect=True)
def test_training_shows_progress_and_stops_at_the_button(opened, gallery):
    _, widget, _ = opened
    widget.after(widget.root.get_by_role("button", name="regularized", exact=True).click)
    select = widget.root.get_by_label("examples in a mini-batch", exact=True)
    select.focus()
    # One example a step: long enough to be stopped by hand.
    widget.after(lambda: gallery.page.keyboard.press("Home"))
    widget.after(widget.root.get_by_role("button", name="Train", exact=True).click)
    progress = widget.root.get_by_role("progressbar")
    gallery.page.wait_for_function("bar => bar.value > 0.05", arg=progress.element_handle(), timeout=30_000)
    widget.root.get_by_role("button", name="Stop", exact=True).click()
    widget.settled()
    told = words(widget.status())
    assert told.startswith("Epoch ")
    assert "validation" in told
    assert 0 < float(progress.evaluate("bar => bar.value")) < 1
    assert widget.root.get_by_role("button", name="Train", exact=True).is_visible()
    # What was trained stays on the picture when a control moves on, and the kernel is free.
    gallery.wait_for("idle")
    assert "The curves: 64-100-10" in widget.after(widget.root.get_by_role("button", name="about right").click)


def test_it_can_be_read_in_the_dark_theme(gallery, twins, pictures):
    gallery.page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' }); }"
    )
    gallery.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'", timeout=20_000)
    widget = gallery.widget(twins["race"].spec["title"])

    def luminance(selector, what):
        colour = widget.root.locator(selector).first.evaluate(f"node => getComputedStyle(node).{what}")
        red, green, blue = (float(part) / 255 for part in colour.split("(")[1].strip(")").split(",")[:3])
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    gallery.page.wait_for_function(
        "root => getComputedStyle(root).backgroundColor !== 'rgb(255, 255, 255)'",
        arg=widget.root.element_handle(),
        timeout=10_000,
    )
    ground = widget.root.evaluate("node => getComputedStyle(node).backgroundColor")
    assert ground != "rgba(0, 0, 0, 0)"
    for selector in (".nb-status", ".nb-controls label", ".nb-value"):
        dark, light = sorted((luminance(selector, "color"), luminance(":scope", "backgroundColor")))
        assert (light + 0.05) / (dark + 0.05) > 4.5, selector
    assert findings(gallery.page) == {}
    dark, light = sorted((luminance("button", "color"), luminance("button", "backgroundColor")))
    assert (light + 0.05) / (dark + 0.05) > 4.5
    widget.root.screenshot(path=pictures / "race-dark.png")
    gallery.page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' }); }"
    )
    gallery.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'", timeout=20_000)


def test_no_view_is_wider_than_its_cell(gallery):
    too_wide = gallery.page.locator(".nb-frame").evaluate_all(
        "roots => roots.filter((root) => root.scrollWidth > root.clientWidth + 1).map((root) => root.ariaLabel)"
    )
    assert too_wide == []
