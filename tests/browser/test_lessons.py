"""The lessons in JupyterLab: they run, their widgets answer, and an exercise is solved as a student solves it."""

import nbformat
import pytest

import nblib.widgets
from tests.browser.conftest import Widget, opened_notebook
from tests.conftest import LESSONS, ROOT

WIDGET_CALLS = tuple(f"{name}(" for name in nblib.widgets.__all__ if name.endswith(("_explorer", "_through", "_room")))


def released(lesson):
    return nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_and_its_widgets_answer(lesson, lab_page, pictures):
    with opened_notebook(lab_page, released(lesson)) as notebook:
        notebook.run_all()
        failed = notebook.page.evaluate(
            """() => [...jupyterapp.shell.currentWidget.content.widgets]
                .filter((cell) => cell.model.type === "code")
                .filter((cell) => cell.model.outputs.toJSON().some((output) => output.output_type === "error"))
                .map((cell) => cell.model.id)"""
        )
        assert failed == []
        roots = notebook.page.locator(".nb-frame:has(.nb-question)")
        calls = [c.source.splitlines()[-1] for c in released(lesson).cells if c.cell_type == "code" and c.source]
        assert roots.count() == sum(call.startswith(WIDGET_CALLS) for call in calls)
        for number, root in enumerate(roots.all(), start=1):
            widget = Widget(notebook.page, root)
            widget.after(widget.root.get_by_role("button", name="Skip", exact=True).click)
            before = widget.status()
            widget.after(widget.root.get_by_role("group", name="Presets").get_by_role("button").last.click)
            assert widget.status() != before
            root.screenshot(path=pictures / f"{lesson}-{number}.png")


def test_an_exercise_is_got_wrong_mended_by_the_hint_and_validated(lab_page):
    notebook = released("01-notation")
    sources = [cell.source for cell in notebook.cells]
    last = sources.index("check(weighted_input)")
    kept = [c for c in notebook.cells[: last + 1] if c.cell_type == "code" and not c.source.startswith("recall(")]
    notebook.cells = kept
    with opened_notebook(lab_page, notebook) as opened:
        solve(opened, len(kept))


def solve(opened, count):
    page = opened.page
    opened.run_all()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    solution, check = cells.nth(count - 2), cells.nth(count - 1)
    assert "is not written yet" in check.locator(".jp-OutputArea").inner_text()

    def write(answer):
        solution.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(f"def weighted_input(w, a, b):\n    return {answer}")
        page.keyboard.press("Shift+Enter")
        before = check.locator(".jp-InputPrompt").inner_text()
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "([cell, before]) => /\\d/.test(cell.innerText) && cell.innerText !== before",
            arg=[check.locator(".jp-InputPrompt").element_handle(), before],
            timeout=30_000,
        )
        opened.wait_for("idle")
        return check.locator(".jp-OutputArea").inner_text()

    def validate():
        page.get_by_role("button", name="Validate").click()
        dialog = page.locator(".jp-Dialog")
        dialog.wait_for(timeout=90_000)
        said = dialog.inner_text()
        dialog.get_by_role("button").last.click()
        dialog.wait_for(state="detached", timeout=10_000)
        return said

    told = write("float(np.dot(w, a))")
    assert "✘" in told
    assert "The weighted sum is right; look at what stands behind it" in told
    assert "fail" in validate().lower()
    told = write("float(np.dot(w, a) + b)")
    assert "✔" in told
    assert "✘" not in told
    assert "passes all the tests" in validate()
