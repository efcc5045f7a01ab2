"""Every widget in JupyterLab: asked, answered, moved by keyboard and mouse, and read from its status line."""

from importlib.resources import files

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import opened_notebook
from tests.conftest import ROOT
from tests.widgets.examples import WIDGETS

# The slider that is moved, and a preset to begin with.
MOVED = {
    "edges": ("j, the neuron it comes from", "first edge"),
    "activations": ("z, weighted input", "tanh, far out"),
    "nudge": ("ε, added to z", "neuron 3 of layer 1 by 1"),
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
    widget.settled()
    return name, widget, twins[name]


def words(text):
    # Which runs the control room shows depends on what was trained before.
    return " ".join(text.split()).partition(" The curves show")[0]


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
    expect(gallery.page.locator(".nb-question:visible")).to_have_count(len(WIDGETS))
    assert findings(gallery.page) == {}


@pytest.mark.parametrize("name", WIDGETS)
def test_the_question_comes_first_and_the_answer_after_it(name, gallery, twins):
    twin = twins[name]
    widget = gallery.widget(twin.spec["title"])
    image = widget.root.locator("img")
    expect(image).to_be_hidden()
    widget.root.get_by_role("button", name="Record my prediction").click()
    expect(widget.root).to_contain_text("Choose one first")
    widget.root.get_by_role("radio").last.check()
    widget.after(lambda: gallery.page.keyboard.press("Tab") or gallery.page.keyboard.press("Enter"))
    expect(image).to_be_visible()
    # The button that was pressed is gone; the focus goes on to the answer, and from there to the presets.
    expect(widget.root.locator(".nb-verdict")).to_be_focused()
    gallery.page.keyboard.press("Tab")
    expect(widget.root.get_by_role("button").and_(gallery.page.locator(":focus"))).to_have_count(1)
    expect(widget.root).to_contain_text(f"Your prediction: {twin.spec['options'][-1]}.")
    expect(widget.root.locator(".nb-verdict")).to_contain_text(twin.prediction.options[twin.prediction.answer])
    expect(widget.root.locator(".nb-verdict")).to_contain_text(twin.prediction.reasons[twin.prediction.answer])
    assert words(image.get_attribute("alt")).endswith(words(widget.status()))
    # The answer is seen at once.
    if twin.prediction.preset is not None:
        assert widget.positions() == twin.spec["presets"][twin.spec["shown"]]["positions"]


def test_axe_finds_nothing_in_the_widgets(gallery):
    expect(gallery.page.locator(".nb-body:visible")).to_have_count(len(WIDGETS))
    assert findings(gallery.page) == {}


@every_widget
def test_presets_and_arrow_keys_lead_to_the_right_numbers(opened, gallery, pictures):
    name, widget, twin = opened
    label, preset = MOVED[name]
    [start] = [p["positions"] for p in twin.spec["presets"] if p["label"] == preset]
    button = widget.root.get_by_role("button", name=preset, exact=True)
    told = expected(twin, **start)
    widget.after(button.click)
    if twin.spec["start"] is None:
        assert words(widget.status()) == told
    else:
        # A preset is trained at once.
        assert widget.status().startswith(told.replace("Ready to train:", "Epoch 30 of 30 of").removesuffix("."))
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
    if twin.spec["start"] is not None:  # two runs that differ are seen in the picture
        button = widget.root.get_by_role("button", name="about right", exact=True)
    widget.after(button.click)
    widget.root.screenshot(path=pictures / f"{name.replace(' ', '-')}.png")


@every_widget
def test_the_mouse_leads_to_the_right_numbers(opened, gallery):
    name, widget, twin = opened
    slider = widget.slider(MOVED[name][0])
    control = slider.get_attribute("data-name")
    mouse = gallery.page.mouse

    def drag():
        # Waits until the slider stands still, and is under the mouse.
        slider.hover(position={"x": 0.05 * slider.bounding_box()["width"], "y": 8})
        box = slider.bounding_box()
        mouse.down()
        mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 8, steps=5)
        mouse.up()

    widget.after(drag)
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
    name, widget, twin = opened
    slider = widget.slider(MOVED[name][0])
    count, moves = int(slider.get_attribute("max")) + 1, 90
    # As many positions as a hand makes in a second and a half, sent as a browser sends them.
    asked = gallery.page.evaluate(
        """([root, label, count, moves]) => new Promise((done) => {
            const input = [...root.querySelectorAll("input")].find((one) => one.labels[0].textContent === label);
            let move = 0;
            const timer = setInterval(() => {
                input.value = move % count;
                input.dispatchEvent(new Event("input", { bubbles: true }));
                if (++move === moves) { clearInterval(timer); done(Number(root.dataset.asked)); }
            }, 16);
        })""",
        [widget.root.element_handle(), MOVED[name][0], count, moves],
    )
    widget.settled()
    # The position at which the hand stopped is all that was left to ask; benchmarks/widgets.py measures the lag.
    assert asked <= widget.painted() <= asked + 1
    assert int(slider.input_value()) == (moves - 1) % count
    assert words(widget.status()) == expected(twin, **widget.positions())


@every_widget
def test_moves_while_a_question_is_open_become_one_question(opened, gallery):
    name, widget, _ = opened
    before = widget.painted()
    gallery.page.evaluate(
        """([root, label]) => {
            const input = [...root.querySelectorAll("input")].find((one) => one.labels[0].textContent === label);
            for (const position of [0, 1, 0, 1, 0, 1]) {
                input.value = position;
                input.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }""",
        [widget.root.element_handle(), MOVED[name][0]],
    )
    widget.settled()
    assert widget.painted() == before + 2
    assert int(widget.slider(MOVED[name][0]).input_value()) == 1


@pytest.mark.parametrize("opened", ["race"], indirect=True)
def test_an_answer_whose_picture_is_slow_is_not_taken_for_a_busy_kernel(opened, gallery):
    name, widget, twin = opened
    # The three seconds after which a kernel counts as busy are over between the answer and its picture.
    told = gallery.page.evaluate(
        """([root, label]) => new Promise((done) => {
            const input = [...root.querySelectorAll("input")].find((one) => one.labels[0].textContent === label);
            const image = root.querySelector("img");
            const { setTimeout, clearTimeout } = window;
            let late = null;
            window.setTimeout = (call, wait) => (wait === 3000 ? ((late = call), 0) : setTimeout(call, wait));
            window.clearTimeout = (timer) => (timer === 0 ? (late = null) : clearTimeout(timer));
            Object.defineProperty(image, "onload", {
                configurable: true,
                set(painted) {
                    delete image.onload;
                    image.onload = painted;
                    late?.();
                    Object.assign(window, { setTimeout, clearTimeout });
                    done(root.querySelector("[role=status]").textContent);
                },
            });
            input.value = 2;
            input.dispatchEvent(new Event("input", { bubbles: true }));
        })""",
        [widget.root.element_handle(), MOVED[name][0]],
    )
    widget.settled()
    assert words(told) == expected(twin, **widget.positions())


@pytest.mark.parametrize("opened", ["control room"], indirect=True)
def test_training_shows_progress_and_stops_at_the_button(opened, gallery):
    _, widget, _ = opened
    preset = widget.root.get_by_role("button", name="regularized", exact=True)
    preset.focus()
    widget.after(lambda: gallery.page.keyboard.press("Enter"))
    # Focus stays where it was, also when a training ends.
    expect(preset).to_be_focused()
    select = widget.root.get_by_label("examples in a mini-batch", exact=True)
    select.focus()
    # One example a step: long enough to be stopped by hand.
    widget.after(lambda: gallery.page.keyboard.press("Home"))
    widget.root.get_by_role("button", name="Train", exact=True).click()
    progress = widget.root.get_by_role("progressbar")
    stop = widget.root.get_by_role("button", name="Stop", exact=True)
    # Pressed by the page itself: on a busy machine, a hand that is told from here may come when all is done.
    gallery.page.wait_for_function(
        "([bar, button]) => bar.value > 0.05 && (button.click(), true)",
        arg=[progress.element_handle(), stop.element_handle()],
    )
    widget.settled()
    told = words(widget.status())
    assert told.startswith("Epoch ")
    assert "of 64-100-10, η = 0.5, λ = 1, batches of 1, μ = 0: cost " in told
    assert "Grey: 64-100-10, η = 0.5, λ = 1, batches of 10, μ = 0: " in told
    assert 0 < float(progress.evaluate("bar => bar.value")) < 1
    expect(widget.root.get_by_role("button", name="Train", exact=True)).to_be_visible()
    # What was trained stays on the picture when a control moves on, and the kernel is free.
    gallery.wait_for("idle")
    select.focus()
    widget.after(lambda: gallery.page.keyboard.press("End"))
    assert "The curves show 64-100-10, η = 0.5, λ = 1, batches of 1, μ = 0: " in widget.status()


def test_it_can_be_read_in_the_dark_theme(gallery, twins, pictures):
    gallery.page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' }); }"
    )
    gallery.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    widget = gallery.widget(twins["race"].spec["title"])

    def luminance(selector, what):
        colour = widget.root.locator(selector).first.evaluate(f"node => getComputedStyle(node).{what}")
        red, green, blue = (float(part) / 255 for part in colour.split("(")[1].strip(")").split(",")[:3])
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    gallery.page.wait_for_function(
        "root => getComputedStyle(root).backgroundColor !== 'rgb(255, 255, 255)'",
        arg=widget.root.element_handle(),
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
    gallery.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")


def test_no_view_is_wider_than_its_cell(gallery):
    too_wide = gallery.page.locator(".nb-frame").evaluate_all(
        "roots => roots.filter((root) => root.scrollWidth > root.clientWidth + 1).map((root) => root.ariaLabel)"
    )
    assert too_wide == []
