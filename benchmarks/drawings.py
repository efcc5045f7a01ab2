"""How well the lessons' network reads digits that aren't from its data set, and how long the pad takes for a drawing.

MNIST is real handwriting by other people.  We enlarge its images to the size of a scan, make bitmaps of them, and put
these through the pad's own pipeline.  Give the path of mnist.npz, or set NBLIB_MNIST.
"""

import statistics
import sys
import time

import numpy as np
from scipy import ndimage

from nblib.data import digits, load_mnist
from nblib.network import predict
from nblib.training import digit_reader
from nblib.widgets import pad
from nblib.widgets.drawing import block_counts, image_of

ENLARGED = 4
REPEATS = 200


def bitmap_of_scan(grey):
    """A bitmap of about the resolution at which NIST scanned the forms, from a grey image of 28 × 28."""
    return ndimage.zoom(grey.reshape(28, 28), ENLARGED, order=1) > 0.5


def only_fitted(bitmap):
    """The 64 numbers without NIST's normalisation: centred and scaled to 32 × 32, in its own proportions."""
    rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
    cut = bitmap[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = max(cut.shape)
    above, left = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    square = np.zeros((side, side), bool)
    square[above : above + cut.shape[0], left : left + cut.shape[1]] = cut
    places = ((np.arange(32) + 0.5) * side / 32).astype(int)
    return block_counts(square[np.ix_(places, places)]).ravel() / 16


def share_read(layers, images, labels):
    """Share of the images that are read right, and its standard error."""
    right = predict(layers, np.array(images)).argmax(axis=1) == labels
    return right.mean(), right.std() / np.sqrt(len(right))


def milliseconds(action):
    """Median time of an action."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    """Print the shares, then the times."""
    begin = time.perf_counter()
    layers = digit_reader()
    print(f"digit_reader() trained in {time.perf_counter() - begin:.2f} s")
    _, (X, Y), _ = digits(0)
    share, error = share_read(layers, X, Y.argmax(axis=1))
    print(f"digits of its own data set, not used in training: {share:.1%} ± {error:.1%} of {len(X)}")
    try:
        _, (scans, labels) = load_mnist(*sys.argv[1:2], download=False)
    except FileNotFoundError as error:
        print(f"MNIST: skipped.  {error}")
    else:
        bitmaps = [bitmap_of_scan(scan) for scan in scans]
        for name, pipeline in (("as the pad does", image_of), ("only centred and scaled", only_fitted)):
            images = [pipeline(bitmap) for bitmap in bitmaps]
            share, error = share_read(layers, images, labels)
            print(f"MNIST's test images, {name}: {share:.1%} ± {error:.1%} of {len(labels)}")
            if pipeline is image_of:
                for digit in range(10):
                    chosen = labels == digit
                    part, _ = share_read(layers, np.array(images)[chosen], digit)
                    print(f"  {digit}: {part:.1%}")
    shown = pad(layers)
    around = np.linspace(0, 2 * np.pi, 400)
    zero = np.round(np.column_stack([140 + 60 * np.sin(around), 140 - 110 * np.cos(around)]), 1).tolist()
    median = milliseconds(lambda: shown.draw([zero]))
    print(f"a drawing of {len(zero)} points, from its strokes to the answer: {median:.1f} ms (median of {REPEATS})")


if __name__ == "__main__":
    main()
