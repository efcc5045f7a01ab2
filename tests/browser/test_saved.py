"""What is left of a widget in a saved notebook, and the bar of a training, in JupyterLab."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import opened_notebook, width_of
from tests.browser.test_widgets import findings, words
from tests.conftest import ROOT
from tests.widgets.examples import WIDGETS

BEGIN = f"import sys\nsys.path.insert(0, {str(ROOT)!r})"
TRAIN = """
import numpy as np
from nblib.data import digits
from nblib.initialization import scaled_init
from nblib.training import train
from nblib.widgets import TrainingProgress

(X, Y), validation, _ = digits(0)
start = scaled_init([64, 30, 10], np.random.default_rng(0))
with TrainingProgress(100_000) as progress:
    _, history = train(start, X, Y, 0.5, 100_000, 10, np.random.default_rng(1), validation, callbacks=[progress])
"""


def test_a_notebook_opened_again_without_a_kernel_shows_every_picture(lab_page):
    cells = [f"{BEGIN}\nfrom tests.widgets.examples import WIDGETS", *(f"WIDGETS[{name!r}]()" for name in WIDGETS)]
    with opened_notebook(lab_page, cells) as notebook:
        notebook.run_all()
        page, stills = notebook.page, notebook.page.locator(".nb-still img")
        expect(page.locator(".nb-frame")).to_have_count(len(WIDGETS))
        # The picture would answer the question, and stand there twice.
        expect(stills).to_have_count(len(WIDGETS))
        expect(stills.filter(visible=True)).to_have_count(0)
        notebook.reopen_without_kernel()
        expect(stills.filter(visible=True)).to_have_count(len(WIDGETS))
        for build, still in zip(WIDGETS.values(), stills.all(), strict=True):
            assert words(still.get_attribute("alt")) == words(build().reply["alt"])
            assert width_of(still) > 800
        # Nor is there a line about a widget that is missing.
        page.wait_for_function(
            "() => ![...document.querySelectorAll('.jp-OutputArea')].some((area) => /widget/i.test(area.innerText))"
        )
        assert findings(page) == {}


def test_a_training_shows_its_numbers_and_stops_at_the_button_with_what_it_has(lab_page, pictures):
    with opened_notebook(lab_page, [f"{BEGIN}\n{TRAIN}", "len(history.costs)"]) as notebook:
        page = notebook.page
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        bar = page.get_by_role("group", name="Training", exact=True)
        bar.get_by_text(re.compile(r"Epoch [1-9]\d* of 100000: cost .*validation accuracy 0\.")).wait_for()
        assert findings(page) == {}
        assert 0 < bar.get_by_role("progressbar").evaluate("bar => bar.value") < 1
        bar.screenshot(path=pictures / "training.png")
        bar.get_by_role("button", name="Stop", exact=True).press("Enter")
        notebook.wait_for("done")
        status, stopped = bar.get_by_role("status"), re.compile(r"^Stopped after epoch (\d+) of 100000: cost ")
        expect(status).to_have_text(stopped)
        told = status.inner_text()
        # The cells after it were run, with what there was.
        expect(page.locator(".jp-OutputArea").last).to_have_text(re.compile(f"{stopped.match(told)[1]}$"))
        expect(bar.get_by_role("button")).to_be_hidden()
        still = page.locator(".nb-still", has_text=told)
        expect(still).to_be_hidden()
        notebook.reopen_without_kernel()
        expect(still).to_be_visible()
