"""The Chromium in which tests look at pages."""

import shutil

import pytest
from playwright.sync_api import expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# Milliseconds until a wait is given up. Only a page that never gets there waits this long, so that a busy machine can
# take its time.
PATIENCE = 300_000


def launch(playwright, *flags):
    """Open Chromium, or fail the test where there is none."""
    if CHROMIUM is None:
        pytest.fail("The browser tests need Chromium: install your system's package `chromium`.", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags], timeout=PATIENCE)
