"""Paths and small builders that several tests need."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.leftovers import pytest_sessionfinish, pytest_sessionstart, pytest_unconfigure  # noqa: F401 - hooks of the run

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())

# A shell starts what it puts into the background with interrupts ignored; some tests are about them.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Networks of this size are slower on several BLAS threads than on one, and tests run notebooks side by side.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A busy machine is no failure: examples may take as long as they like.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# nbgrader calls alembic by its bare name.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def playwright():
    """Playwright, of which a thread can only have one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def browser(playwright):
    """The Chromium of all pages but those of the browser edition."""
    from tests.chromium import launch

    chromium = launch(playwright)
    yield chromium
    chromium.close()


def until(condition, process=None, seconds=300):
    """Wait until a condition holds; fail where it never does, or where the process that should bring it about ends."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"still waiting after {seconds} seconds"
        assert process is None or process.poll() is None, f"the process ended with {process.returncode}"
        time.sleep(0.01)


def named(function, name):
    """Give a function the name under which check looks for its exercise."""

    def renamed(*args):
        return function(*args)

    renamed.__name__ = name
    return renamed
