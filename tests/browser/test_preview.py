"""A derivation is shown as mathematics while it is typed."""

from playwright.sync_api import expect

from tests.browser.conftest import opened_notebook

CELLS = [
    "from autograder.derive import preview_derivations\n\npreview_derivations()",
    'base_case = """\nd(C, z[j])\n# YOUR LINES HERE\n"""',
]


def test_what_is_typed_appears_as_mathematics_below_its_cell(lab_page, pictures):
    with opened_notebook(lab_page, CELLS) as notebook:
        notebook.run_all()
        page = notebook.page
        expect(page.get_by_text("Derivations below are shown as mathematics")).to_be_visible()
        editor = page.locator(".jp-Cell .cm-content").nth(1)
        editor.get_by_text("# YOUR LINES HERE").click()
        page.keyboard.press("Home")
        page.keyboard.type("= d(C, a[j])*d(a[j], z[j]")
        page.keyboard.press("Enter")
        preview = page.get_by_role("group", name="The derivation as mathematics")
        expect(preview.locator("math")).to_have_count(1)  # the start; the bracket that is open is shown as typed
        expect(preview.locator("code")).to_have_count(1)
        page.keyboard.press("ArrowLeft")
        page.keyboard.type(")")
        expect(preview.locator("math")).to_have_count(2)
        preview.scroll_into_view_if_needed()
        page.screenshot(path=pictures / "derivation-preview.png")
