"""What the drawings show that an eye has to find in them."""

import matplotlib.pyplot as plt
import numpy as np

from nblib import plots


def test_a_white_digit_is_framed_on_the_white_page():
    fig = plots.digit_grid(np.zeros((3, 64)), ["a", "b", "c"], columns=2)
    fig.set_dpi(200)
    fig.canvas.draw()
    pixels = np.asarray(fig.canvas.buffer_rgba())[..., :3].min(axis=2)
    [axes] = fig.axes
    frames = [patch.get_window_extent() for patch in axes.patches]
    plt.close(fig)
    assert len(frames) == 3
    height = pixels.shape[0]
    for frame in frames:
        middle = round(height - (frame.y0 + frame.y1) / 2)
        for x in (frame.x0, frame.x1):
            assert pixels[middle, round(x) - 2 : round(x) + 3].min() < 200
        # Within it the digit is white.
        assert pixels[middle, round(frame.x0) + 5 : round(frame.x1) - 5].min() == 255
