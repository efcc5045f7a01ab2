"""Draw the figures of the lesson's own cells in the background, while the cells go on.

Drawing takes about as long as the computation between the figures, and most machines have a second processor.
"""

import base64
import contextlib
import os
import secrets

from nblib import plots
from nblib.plots import png_of


class Drawings:
    """Figures that are being drawn; until then, the outputs contain a placeholder."""

    def __init__(self):
        self._drawn = {}

    @contextlib.contextmanager
    def in_background(self):
        """Within the block, draw every figure in a process of its own."""
        here, plots.png_of = plots.png_of, self._begin
        try:
            yield
        finally:
            plots.png_of = here

    def _begin(self, fig):
        reader, writer = os.pipe()
        if os.fork() == 0:
            try:
                os.nice(5)  # the cells come first
                with os.fdopen(writer, "wb") as file:
                    file.write(png_of(fig))
            finally:
                os._exit(0)
        os.close(writer)
        name = f"drawing {secrets.token_hex(16)}".encode()
        self._drawn[base64.b64encode(name).decode()] = reader, fig
        return name

    def insert_into(self, outputs):
        """Replace the placeholders in the outputs of a cell, in place, when their figures are finished."""
        for name, (reader, fig) in list(self._drawn.items()):
            places = [(o["data"], key) for o in outputs for key, text in o.get("data", {}).items() if name in text]
            if places:
                del self._drawn[name]
                with os.fdopen(reader, "rb") as file:
                    png = base64.b64encode(file.read() or png_of(fig)).decode()
                for data, key in places:
                    data[key] = data[key].replace(name, png)
