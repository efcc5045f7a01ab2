"""The browser edition: a lesson opens from the start page and runs there, checks answer, and work is kept."""

import subprocess
import zipfile

import pytest
from playwright.sync_api import expect

from autograder.desk.wheel import build_wheel
from tests.conftest import LESSONS

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


def text_of(outputs):
    return "".join(
        "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", "")) for output in outputs
    )


@pytest.mark.parametrize("title", ["Lesson 1", "Lesson 2"])
def test_a_lesson_runs_from_the_start_page(visitor, title):
    visitor.choose(title)
    cells = visitor.run_all()
    everything = [output for _, outputs in cells for output in outputs]
    assert [output for output in everything if output["output_type"] == "error"] == []
    assert [output["text"] for output in everything if output.get("name") == "stderr"] == []
    checks = {source: text_of(outputs) for source, outputs in cells if source.startswith("check(")}
    assert checks
    assert [source for source, report in checks.items() if "is not written yet" not in report] == []
    frames = visitor.page.locator(".nb-frame")
    assert frames.count() > 0


def test_a_check_ends_an_endless_loop_and_says_what_it_cannot_see(visitor):
    visitor.choose("Lesson 2")
    visitor.write(f"{SETUP}\n{ENDLESS}\ncheck(logistic)", 0)
    visitor.write(f"{OVERFLOWS}\ncheck(logistic)", 1)
    visitor.page.evaluate(
        """() => {
            const { content } = jupyterapp.shell.currentWidget;
            const last = content.widgets.filter((cell) => cell.model.type === "code")[1];
            while (content.widgets.at(-1) !== last) content.model.sharedModel.deleteCell(content.widgets.length - 1);
        }"""
    )
    (_, endless), (_, overflows) = visitor.run_all()
    assert "does a loop never end?" in text_of(endless)
    assert "✔" in text_of(overflows)
    assert "Warnings will be looked for when your work is graded." in text_of(overflows)


def test_work_is_kept_in_the_browser(visitor):
    visitor.choose("Lesson 1")
    visitor.write("kept = 'as I left it'", 0)
    visitor.save()
    visitor.choose("Lesson 1")
    expect(visitor.page.locator(".jp-CodeCell").first).to_contain_text("as I left it")


def test_the_start_page_names_the_commit_and_every_lesson(site, root):
    page = (site / "index.html").read_text(encoding="utf-8")
    commit = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=root, capture_output=True, text=True)
    assert f"Built from commit <code>{commit.stdout.strip()}" in page
    for lesson in LESSONS:
        assert f'href="lab/index.html?path={lesson}/{lesson}.ipynb"' in page
        released = root / "lessons" / lesson / f"{lesson}.ipynb"
        assert (site / "files" / lesson / f"{lesson}.ipynb").read_bytes() == released.read_bytes()


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
