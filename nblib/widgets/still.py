"""What a widget leaves where no kernel runs: in a notebook that is opened again, on paper, on a page.

A notebook remembers of a widget only its number, and JupyterLab prefers that number to every picture beside it in the
same output.  So the picture is an output of its own, below the widget, and is hidden as long as the widget lives.
"""

from IPython.display import display

# The place of a widget in JupyterLab; where none lives, it says that it is loading, or is not found.
PLACE = ".jp-OutputArea-child:has(> .lm-Panel.jp-OutputArea-output)"
STYLE = (
    "<style>"
    ".jp-OutputArea:has(.nb-frame) .jp-OutputArea-child:has(.nb-still)"
    f", {PLACE}:has(+ * .nb-still):not(:has(.nb-frame)) {{ display: none }}"
    # The answer must not flash up before the question: a widget that lives is there by then.
    " @keyframes nb-still { from { max-height: 0; overflow: hidden; opacity: 0 } }"
    f" {PLACE} + * .nb-still {{ animation: nb-still 1.5s step-end }}"
    "</style>"
)


def show_live(widget, title):
    """Display a widget, with nothing but its title for those who cannot show it.

    Parameters
    ----------
    widget : ipywidgets.DOMWidget
        The widget.
    title : str
        Its name.
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({"application/vnd.jupyter.widget-view+json": view, "text/plain": title}, raw=True)


def show_still(body, text, data=None, metadata=None):
    """Display what stands for a widget that no longer lives, below it.

    Parameters
    ----------
    body : str
        HTML.
    text : str
        The same in words.
    data, metadata : dict, optional
        More of it, by MIME type.
    """
    page = f'<div class="nb-still">{STYLE}{body}</div>'
    display({"text/plain": text, "text/html": page} | (data or {}), metadata=metadata or {}, raw=True)
