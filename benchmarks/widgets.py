"""From a move of a slider, or a key on the drawing pad, to the new picture in the page, in JupyterLab and Chromium.

Median and 90th percentile over the moves, and what is still to be painted when a drag of five seconds ends.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import Lab, Page, Widget, opened_notebook  # noqa: E402
from tests.chromium import CHROMIUM, FLAGS  # noqa: E402
from tests.widgets.examples import WIDGETS  # noqa: E402

PRESSES = 30
MOVE = """
    const input = root.querySelector("input[type=range]");
    input.value = Number(input.value) + (input.value < input.max ? 1 : -1);
    input.dispatchEvent(new Event("input", { bubbles: true }));
"""
# The pen has to be down.
KEY = """
    const canvas = root.querySelector("canvas.nb-canvas");
    const key = Number(root.dataset.painted) % 2 ? "ArrowRight" : "ArrowDown";
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
"""
# From the event to the first frame that is painted after the answer has been drawn.
PRESS = """(root) => new Promise((done) => {
    const before = Number(root.dataset.painted ?? 0);
    const begin = performance.now();
    new MutationObserver((_, observer) => {
        if (Number(root.dataset.painted) <= before) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
    }).observe(root, { attributes: true });
    setTimeout(() => done(null), 10000);
    MOVE
})"""
DRAG = """root => new Promise((done) => {
    const input = root.querySelector("input[type=range]");
    let moves = 0;
    const timer = setInterval(() => {
        input.value = moves++ % (Number(input.max) + 1);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        if (moves < 300) return;
        clearInterval(timer);
        const begin = performance.now();
        const watch = setInterval(() => {
            if (root.dataset.painted !== root.dataset.asked) return;
            clearInterval(watch);
            done(performance.now() - begin);
        }, 2);
    }, 16);
})"""


def measure(page, root):
    """Milliseconds of each press, of the drag's end, and pictures painted in the drag."""
    handle = root.element_handle()
    presses = [page.evaluate(PRESS.replace("MOVE", MOVE), handle) for _ in range(PRESSES)]
    begin = int(root.get_attribute("data-painted"))
    lag = page.evaluate(DRAG, handle)
    return presses, lag, int(root.get_attribute("data-painted")) - begin


def measure_pad(page, root):
    """Milliseconds of each press of a key that draws."""
    root.get_by_role("button", name="Clear", exact=True).click()
    root.locator("canvas.nb-canvas").focus()
    page.keyboard.press("Space")
    time.sleep(0.5)
    handle = root.element_handle()
    return [page.evaluate(PRESS.replace("MOVE", KEY), handle) for _ in range(PRESSES)]


def told(name, presses, *more):
    """A row of the table."""
    ninety = statistics.quantiles(presses, n=10)[-1]
    lag, pictures = (f"{each:.0f}" for each in more) if more else ("", "")
    return f"{name:<16}{statistics.median(presses):>8.0f}{ninety:>8.0f}{lag:>26}{pictures:>10}"


def main():
    """Print a line a widget."""
    if CHROMIUM is None:
        sys.exit("widgets: skipped, no Chromium here.")
    begin = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.widgets.examples import WIDGETS"
    pad = "from nblib.training import digit_reader\nfrom nblib.widgets import pad\npad(digit_reader())"
    print(f"from event to paint in ms, {PRESSES} moves each; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'widget':<16}{'median':>8}{'90 %':>8}{'lag after a drag of 5 s':>26}{'pictures':>10}")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        lab = Lab(Path(folder))
        stack.callback(lab.stop)
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.callback(browser.close)
        lab_page = Page(browser, lab)
        with opened_notebook(lab_page, [begin, *(f"WIDGETS[{name!r}]()" for name in WIDGETS), pad]) as notebook:
            notebook.run_all()
            roots = notebook.page.locator(".nb-frame")
            for number, name in enumerate(WIDGETS):
                root = roots.nth(number)
                widget = Widget(notebook.page, root)
                widget.after(root.get_by_role("button", name="Skip", exact=True).click)
                root.scroll_into_view_if_needed()
                time.sleep(0.3)
                print(told(name, *measure(notebook.page, root)), flush=True)
            root = roots.nth(len(WIDGETS))
            root.scroll_into_view_if_needed()
            time.sleep(0.3)
            print(told("drawing pad", measure_pad(notebook.page, root)), flush=True)


if __name__ == "__main__":
    main()
