"""The lessons in JupyterLab: as handed out they run and say what is left to write, and their widgets answer."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

import nblib.widgets
from tests.browser.conftest import Widget, opened_notebook
from tests.conftest import LESSONS, ROOT

WIDGET_CALLS = tuple(f"{name}(" for name in nblib.widgets.__all__ if name.endswith(("_explorer", "_through", "_room")))


def released(lesson):
    return nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)


def told(output):
    """The text of an output."""
    return "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_with_empty_stubs_and_its_widgets_answer(lesson, lab_page, pictures):
    with opened_notebook(lab_page, released(lesson)) as notebook:
        notebook.run_all()
        cells = notebook.outputs()
        outputs = [output for _, outputs in cells for output in outputs]
        assert [output for output in outputs if output["output_type"] == "error"] == []
        assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
        checks = {source: "".join(map(told, outputs)) for source, outputs in cells if source.startswith("check(")}
        derivations = ["".join(map(told, outputs)) for source, outputs in cells if re.match(r'derive\("', source)]
        assert [report for report in derivations if "So far there's only the start" not in report] == []
        assert checks
        assert [source for source, report in checks.items() if "is not written yet" not in report] == []
        roots = notebook.page.locator(".nb-frame:has(.nb-question)")
        calls = [c.source.splitlines()[-1] for c in released(lesson).cells if c.cell_type == "code" and c.source]
        expect(roots).to_have_count(sum(call.startswith(WIDGET_CALLS) for call in calls))
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
    told = check.locator(".jp-OutputArea")
    expect(told).to_contain_text("is not written yet")

    def write(answer):
        editor = solution.locator(".cm-editor")
        editor.locator(".cm-content").click()
        expect(editor).to_have_class(re.compile("cm-focused"))
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(f"def weighted_input(w, a, b):\n    return {answer}")
        expect(editor.locator(".cm-line")).to_have_text([re.compile("def weighted_input"), f"    return {answer}"])
        page.keyboard.press("Shift+Enter")
        expect(check).to_have_class(re.compile("jp-mod-active"))
        page.keyboard.press("Shift+Enter")

    def validate(said):
        page.get_by_role("button", name="Validate").click()
        dialog = page.locator(".jp-Dialog")
        expect(dialog).to_contain_text(said)
        dialog.get_by_role("button").last.click()
        expect(dialog).to_have_count(0)

    write("float(np.dot(w, a))")
    expect(told).to_contain_text("Your weighted sum is right; check what you do with it")
    expect(told).to_contain_text("✘")
    validate(re.compile("fail", re.IGNORECASE))
    write("float(np.dot(w, a) + b)")
    expect(told).to_contain_text("✔")
    expect(told).not_to_contain_text("✘")
    validate("passes all the tests")


def test_a_derivation_is_shown_as_mathematics_with_its_hint_below_the_wrong_line(lab_page, pictures):
    notebook = released("03-delta-recursion")
    (setup,) = (cell for cell in notebook.cells if cell.id == "setup")
    kept = [cell for cell in notebook.cells if cell.id in ("induction", "induction-check")]
    wrong = ["sum(k, d(C, z_next[k])*d(z_next[k], z[j]))", "sum(k, delta_next[k]*W_next[k, j])", "z[j"]
    kept[0].source = kept[0].source.replace("# YOUR LINES HERE", "\n".join(f"= {line}" for line in wrong))
    notebook.cells = [setup, *kept]
    with opened_notebook(lab_page, notebook) as opened:
        opened.run_all()
        output = opened.page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-OutputArea")
        rows = output.locator("tr")
        expect(rows.nth(1).locator("mjx-container")).to_be_visible()  # typeset by JupyterLab's own MathJax
        expect(rows.nth(2)).to_contain_text("✗")
        expect(rows.nth(3)).to_contain_text("the factor d(a[j], z[j]) is missing")
        expect(rows.nth(5)).to_contain_text("A parenthesis is opened but never closed.")
        assert lab_page.outside == []
        opened.page.locator(".jp-Notebook .jp-Cell").last.screenshot(path=pictures / "derivation.png")


def test_the_wrong_answer_of_the_readme_gets_the_hint_that_is_shown_there(lab_page, pictures):
    notebook = released("03-delta-recursion")
    (setup,) = (cell for cell in notebook.cells if cell.id == "setup")
    kept = [cell for cell in notebook.cells if cell.id in ("hidden-delta-text", "hidden-delta", "hidden-delta-check")]
    kept[1].source = re.sub(r"\n    #(.|\n)*", "\n    return W_next.T @ delta_next", kept[1].source)
    notebook.cells = [setup, *kept]
    with opened_notebook(lab_page, notebook) as opened:
        opened.run_all()
        cells = opened.page.locator(".jp-Notebook .jp-Cell")
        expect(cells.last.locator(".jp-OutputArea")).to_contain_text("σ′(z)")
        top, bottom = cells.nth(1).bounding_box(), cells.last.bounding_box()
        height = bottom["y"] + bottom["height"] - top["y"]
        opened.page.screenshot(path=pictures / "check.png", clip=top | {"height": height})
