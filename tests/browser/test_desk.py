"""A learner's JupyterLab, as `make lab` opens it, shows nothing that only a lecturer needs; `make desk` shows it."""

import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Lab, Page
from tests.conftest import ROOT

LEARNER = ".build/learner/labconfig/page_config.json"


@pytest.fixture
def page_of(browser, tmp_path):
    """Open JupyterLab with these variables of the environment, and close it at the end."""
    labs = []

    def opened(**environment):
        labs.append(Lab(tmp_path, environment=environment))
        return Page(browser, labs[-1]).page

    yield opened
    for lab in labs:
        lab.stop()


def shown_to_lecturers(page):
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    return page.get_by_role("menuitem", name="Formgrader"), page.get_by_role("tab", name="Create Assignment")


def test_a_lecturer_finds_the_formgrader(page_of):
    for shown in shown_to_lecturers(page_of()):
        expect(shown.first).to_be_visible()


def test_a_learner_does_not(page_of):
    subprocess.run(["make", LEARNER], cwd=ROOT, check=True, capture_output=True)
    page = page_of(JUPYTER_CONFIG_PATH=str(ROOT / ".build" / "learner"))
    page.get_by_role("menuitem", name="File", exact=True).wait_for()
    expect(page.get_by_role("menuitem", name="Formgrader")).to_have_count(0)
    expect(page.get_by_role("tab", name="Create Assignment")).to_have_count(0)
    expect(page.get_by_text("Would you like to get notified about official Jupyter news?")).to_have_count(0)
    menu = page.get_by_role("menuitem", name="Nbgrader", exact=True)
    if menu.count():
        menu.click()
        expect(page.get_by_role("menuitem", name="Formgrader")).to_have_count(0)
