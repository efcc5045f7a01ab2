"""The browser edition: what it is made of, and what a learner does in it."""

import json
import subprocess
import zipfile

import nbformat
from playwright.sync_api import expect

from autograder.desk.wheel import build_wheel
from tests.conftest import LESSONS, ROOT
from tests.site.test_lessons import text_of

SETUP = "from autograder.check import check"
ENDLESS = """\
def logistic(z):
    while True:
        pass
"""
OVERFLOWS = """\
import numpy as np

def logistic(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))
"""
FORGETFUL = """\
def logistic_prime(z):
    return logistic(z)
"""
WIDGET = """\
from nblib.data import small_network
from nblib.widgets import nudge_explorer

nudge_explorer(*small_network(), place=(1, 0))
"""
TRAINING = """\
import time
from nblib.widgets import TrainingProgress

with TrainingProgress(3000) as bar:
    for epoch in range(3000):
        time.sleep(0.02)
        if bar.step(cost=1.0):
            break
print(bar.stopped, bar.done < 3000)
"""


def solution(lesson, cell):
    """Return the source of a cell of a solved lesson."""
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    return next(each.source for each in notebook.cells if each.id == cell)


def test_an_exercise_and_a_derivation_are_solved_after_a_mistake_that_is_named(visitor):
    lesson = LESSONS[1]
    visitor.choose("Lesson 2")
    visitor.run("setup")
    visitor.write("logistic-prime", FORGETFUL)
    visitor.run("logistic-prime")
    wrong = text_of(visitor.run("logistic-prime-check"))
    assert wrong.startswith("✘") and "These are the values of σ, not its slopes." in wrong
    visitor.write("logistic-prime", solution(lesson, "logistic-prime"))
    visitor.run("logistic-prime")
    assert text_of(visitor.run("logistic-prime-check")).startswith("✔ logistic_prime")
    right = solution(lesson, "neuron-slope")
    visitor.write("neuron-slope", right.replace("2*", ""))
    visitor.run("neuron-slope")
    assert "✘" in text_of(visitor.run("neuron-slope-check"))
    visitor.write("neuron-slope", right)
    visitor.run("neuron-slope")
    assert text_of(visitor.run("neuron-slope-check")).startswith("✔")


def test_a_check_ends_an_endless_loop_and_finds_a_warning_that_numpy_does_not_give(visitor):
    visitor.choose("Lesson 2")
    visitor.replace_cells(f"{SETUP}\n{ENDLESS}\ncheck(logistic)", f"{OVERFLOWS}\ncheck(logistic)")
    visitor.start()
    visitor.wait_for(visitor.has_ended)
    (_, endless), (_, overflows) = visitor.cells()
    assert "does a loop never end?" in text_of(endless)
    assert "Don't call it outside `check` before you've changed it" in text_of(endless)
    assert "there was a warning, RuntimeWarning: overflow encountered in exp. NumPy doesn't show it" in text_of(
        overflows
    )
    assert "at z = −1000 you compute e^1000" in text_of(overflows)


def test_an_arrow_key_moves_a_slider_by_one_step(visitor):
    visitor.choose("Lesson 1")
    visitor.replace_cells(WIDGET)
    visitor.start()
    visitor.wait_for(visitor.has_ended)
    frame = visitor.page.locator(".nb-frame").first
    frame.get_by_role("button", name="Skip", exact=True).click()
    slider = frame.get_by_role("slider").first
    slider.focus()
    before = int(slider.input_value())
    for key, moved in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        slider.press(key)
        expect(slider).to_have_value(str(before + moved))


def test_the_button_of_a_training_stops_it(visitor):
    visitor.choose("Lesson 1")
    visitor.replace_cells(TRAINING)
    visitor.start()
    visitor.page.get_by_role("button", name="Stop", exact=True).click()
    visitor.wait_for(visitor.has_ended)
    ((_, outputs),) = visitor.cells()
    assert text_of([output for output in outputs if output.get("name") == "stdout"]) == "True True\n"


def test_work_is_kept_in_the_browser_and_one_button_downloads_it(visitor):
    visitor.choose("Lesson 1")
    visitor.write("setup", "kept = 'as I left it'")
    visitor.save()
    visitor.choose("Lesson 1")
    expect(visitor.page.locator(".jp-CodeCell").nth(1)).to_contain_text("as I left it")
    visitor.page.goto(f"{visitor.address}/lab/index.html?path={LESSONS[0]}.ipynb")
    visitor.wait_for_notebook()
    expect(visitor.page.locator(".jp-CodeCell").nth(1)).to_contain_text("as I left it")
    visitor.choose("Lesson 1")
    visitor.write("setup", "kept = 'and not saved'")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Hand-in file").click()
    assert download.value.suggested_filename == f"{LESSONS[0]}.ipynb"
    handed_in = nbformat.read(download.value.path(), as_version=4)
    assert "kept = 'and not saved'" in [cell.source for cell in handed_in.cells]
    released = json.loads((ROOT / "lessons" / LESSONS[0] / f"{LESSONS[0]}.ipynb").read_text(encoding="utf-8"))
    assert [cell.id for cell in handed_in.cells] == [cell["id"] for cell in released["cells"]]


def test_a_lesson_is_read_and_worked_on_with_a_phone(phone):
    phone.choose("Lesson 1")
    page, width = phone.page, 390
    shown = page.locator(".jp-RenderedMarkdown:visible, .jp-InputArea-editor:visible")
    expect(shown.first).to_be_visible()
    # All at once, since the notebook takes out of the page what is out of sight.
    places = shown.evaluate_all("(shown) => shown.map((each) => each.getBoundingClientRect().toJSON())")
    assert places
    for place in places:
        assert place["width"] >= 300 and place["left"] >= 0 and place["right"] <= width
    phone.replace_cells("", WIDGET)
    page.locator(".jp-CodeCell .cm-content").first.tap()
    page.keyboard.type("print(6 * 7)")
    run = page.get_by_role("button", name="Run this cell and advance")
    expect(run).to_be_in_viewport(ratio=1)
    run.tap()
    expect(page.locator(".jp-OutputArea-output").first).to_have_text("42")
    run.tap()
    frame = page.locator(".nb-frame").first
    frame.get_by_role("button", name="Skip", exact=True).tap()
    slider = frame.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    before, box = slider.input_value(), slider.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    expect(slider).not_to_have_value(before)
    expect(page.get_by_role("button", name="Hand-in file")).to_be_in_viewport(ratio=1)
    assert page.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [width, width]


def test_a_file_of_ones_own_is_added_and_opened(visitor, tmp_path):
    cell = nbformat.v4.new_markdown_cell("A notebook of my own")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "own.ipynb")
    visitor.page.goto(f"{visitor.address}/")
    visitor.page.get_by_role("link", name="all files").click()
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.get_by_role("button", name="Upload").click()
    chooser.value.set_files(tmp_path / "own.ipynb")
    with visitor.context.expect_page() as opened:
        visitor.page.get_by_role("listitem").filter(has_text="own.ipynb").dblclick()
    expect(opened.value.locator(".jp-Notebook")).to_contain_text("A notebook of my own")
    # Notebook's list of files opens one and then fails to update its own toolbar; nothing else may go wrong.
    assert [error for error in visitor.errors if "null (reading 'insertWidget')" not in error] == []
    visitor.errors.clear()


def test_the_start_page_names_the_commit_and_every_lesson(site, root):
    page = (site / "index.html").read_text(encoding="utf-8")
    commit = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=root, capture_output=True, text=True)
    assert f"Built from commit <code>{commit.stdout.strip()}" in page
    for lesson in LESSONS:
        assert f'href="notebooks/index.html?path={lesson}.ipynb"' in page
        released = root / "lessons" / lesson / f"{lesson}.ipynb"
        assert (site / "files" / f"{lesson}.ipynb").read_bytes() == released.read_bytes()


def test_the_site_holds_the_packages_as_they_are_in_the_checkout(site):
    name, content = build_wheel()
    wheel = site / "pypi" / name
    assert wheel.exists()
    (other := site.parent / "expected.whl").write_bytes(content)
    with zipfile.ZipFile(wheel) as built, zipfile.ZipFile(other) as expected:
        ours = [each for each in expected.namelist() if ".dist-info/" not in each]
        assert ours == [each for each in built.namelist() if ".dist-info/" not in each]
        assert [each for each in ours if built.read(each) != expected.read(each)] == []
    other.unlink()
