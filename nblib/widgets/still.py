"""What all widgets have in common: their code in the browser, and the picture that is left where no kernel runs.

A notebook remembers only the number of a widget's model, and JupyterLab prefers that number to every picture beside it
in the same output.  So the picture is an output of its own, below the widget, marked with the number; a widget that
lives hides the picture that bears its number, in whatever front end it lives.
"""

import base64
import html
from pathlib import Path

import anywidget
import traitlets
from IPython.display import display

HERE = Path(__file__).parent
# The place of a widget in JupyterLab; where none lives, it says that it is loading, or is not found.
PLACE = ".jp-OutputArea-child:has(> .lm-Panel.jp-OutputArea-output)"
STYLE = (
    "<style>"
    f"{PLACE}:has(+ * .nb-still):not(:has(.nb-frame)) {{ display: none }}"
    # The answer must not flash up before the question: a widget that lives is there by then.
    " @keyframes nb-still { from { max-height: 0; overflow: hidden; opacity: 0 } }"
    " @media screen { .nb-still { animation: nb-still 1.5s step-end } }"
    "</style>"
)


def browser_code(name):
    """The module that the browser runs for a widget.

    Parameters
    ----------
    name : str
        Of the file in this folder that holds ``render``; what the widgets share is put before it.

    Returns
    -------
    str
    """
    return "\n".join((HERE / file).read_text(encoding="utf-8") for file in ("common.js", name))


class Live(anywidget.AnyWidget):
    """A widget that leaves a picture of itself in the saved notebook.

    Attributes
    ----------
    still : str
        The number that the picture bears: that of the widget's model.
    """

    _css = HERE / "frame.css"
    still = traitlets.Unicode().tag(sync=True)

    def __init__(self):
        super().__init__()
        self.still = self.model_id

    def show_live(self, title):
        """Display the widget, with nothing but its title for those who can't show it.

        Parameters
        ----------
        title : str
            Name of the widget.
        """
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({"application/vnd.jupyter.widget-view+json": view, "text/plain": title}, raw=True)

    def show_still(self, body, text, data=None, metadata=None):
        """Display what stands for the widget when it no longer lives, below it.

        Parameters
        ----------
        body : str
            HTML.
        text : str
            The same in words.
        data, metadata : dict, optional
            More of it, by MIME type.
        """
        page = f'<div class="nb-still nb-still-{self.still}">{STYLE}{body}</div>'
        display({"text/plain": text, "text/html": page} | (data or {}), metadata=metadata or {}, raw=True)

    def show_still_picture(self, png, alt):
        """Display a picture that stands for the widget when it no longer lives.

        Parameters
        ----------
        png : bytes
            The picture.
        alt : str
            What it shows.
        """
        coded = base64.b64encode(png).decode()
        image = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{coded}" style="max-width:100%">'
        self.show_still(image, alt, {"image/png": coded}, {"image/png": {"alt": alt}})
