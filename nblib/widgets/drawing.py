"""From a drawing to the 64 numbers that a network reads, made the way the images of the data set were made.

The description of the data set says that NIST's programs cut the digits out of scanned forms as normalised bitmaps of
32 × 32 pixels, that each bitmap was divided into blocks of 4 × 4, and that the pixels that are on were counted in each
block, which gives 8 × 8 numbers from 0 to 16 (E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*,
UCI Machine Learning Repository, 1998, doi 10.24432/C50P49).  It doesn't say what "normalised" means, and refers to
M. D. Garris et al., *NIST Form-Based Handprint Recognition System*, NISTIR 5469, 1994.  The functions ``norm_2nd_gen``
and ``shear_char`` of that system do what :func:`normalized_bitmap` does here.  Two things remain unknown: whether
exactly this version was used, and how thick a pen stroke was before it was normalised.
"""

import numpy as np

SIDE = 32
# The rectangle into which NIST fits every digit, whatever its proportions.
HEIGHT, WIDTH = 32, 20
# Beyond these numbers of pixels that are on, NIST makes the strokes thinner or thicker by one pixel, or by two.
TOO_MANY, FAR_TOO_MANY, TOO_FEW, FAR_TOO_FEW = 412, 560, 256, 108
# Pixels along the longer side of a drawing when its strokes become a bitmap, and the width of the pen.
LONG_SIDE, PEN = 96, 12


def bitmap_of(strokes):
    """Draw the strokes of a pen as a bitmap.

    The drawing is enlarged until its longer side has a fixed length, and the width of the pen is fixed too, so it
    makes no difference where and how large somebody draws.

    Parameters
    ----------
    strokes : sequence of array_like, shape (number of points, 2)
        Each stroke is a polygonal line of points (x, y); y grows downwards.

    Returns
    -------
    numpy.ndarray of bool
        At most ``LONG_SIDE + PEN + 1`` pixels high and wide; 0 × 0 without a stroke.
    """
    lines = [np.asarray(stroke, float).reshape(-1, 2) for stroke in strokes if len(stroke)]
    if not lines:
        return np.zeros((0, 0), bool)
    points = np.concatenate(lines)
    low, extent = points.min(axis=0), np.ptp(points, axis=0).max()
    # A single dot has no extent: any scale does.
    scale = LONG_SIDE / extent if extent > 0 else 1.0
    radius = PEN // 2
    dense = np.concatenate([_points_between(scale * (line - low)) for line in lines])
    places = np.round(dense).astype(int) + radius
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    tip = np.argwhere(y**2 + x**2 <= radius**2) - radius
    bitmap = np.zeros(places[:, ::-1].max(axis=0) + radius + 1, bool)
    rows, columns = (places[:, ::-1, None] + tip.T).swapaxes(0, 1)
    bitmap[rows, columns] = True
    return bitmap


def _points_between(line):
    """Return points along a polygonal line, at most one pixel apart."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    along = np.linspace(0, lengths[-1], int(np.ceil(lengths[-1])) + 1)
    return np.column_stack([np.interp(along, lengths, line[:, axis]) for axis in (0, 1)])


def normalized_bitmap(bitmap):
    """Normalise the bitmap of a digit as NIST's programs do.

    The digit is stretched to fill 32 rows and the middle 20 of 32 columns, its strokes are made thinner or thicker if
    it has too much or too little ink, and it is sheared until the left edge of its top is above that of its bottom.

    Parameters
    ----------
    bitmap : array_like of bool
        True is ink.

    Returns
    -------
    numpy.ndarray of bool, shape (32, 32)
        Empty if the bitmap is.
    """
    bitmap = np.asarray(bitmap, bool)
    normalized = np.zeros((SIDE, SIDE), bool)
    if not bitmap.any():
        return normalized
    inked_rows, inked_columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
    left = (SIDE - WIDTH) // 2
    rows, columns = _nearest(inked_rows, HEIGHT), _nearest(inked_columns, WIDTH)
    normalized[:, left : left + WIDTH] = bitmap[np.ix_(rows, columns)]
    return _sheared(_evenly_inked(normalized))


def _nearest(inked, count):
    """Return ``count`` positions that cover the range of the inked ones evenly."""
    length = inked[-1] - inked[0] + 1
    return inked[0] + ((np.arange(count) + 0.5) * length / count).astype(int)


def _evenly_inked(bitmap):
    """Thin or thicken the strokes where the number of pixels that are on is out of range."""
    ink = bitmap.sum()
    if ink > TOO_MANY:
        return ~_thickened(~bitmap, 2 if ink > FAR_TOO_MANY else 1, outside=True)
    if ink < TOO_FEW:
        return _thickened(bitmap, 2 if ink < FAR_TOO_FEW else 1, outside=False)
    return bitmap


def _thickened(bitmap, times, outside):
    """Turn on every pixel that has a neighbour above, below, left or right that is on, ``times`` times."""
    for _ in range(times):
        framed = np.pad(bitmap, 1, constant_values=outside)
        vertical = framed[:-2, 1:-1] | framed[2:, 1:-1]
        bitmap = bitmap | vertical | framed[1:-1, :-2] | framed[1:-1, 2:]
    return bitmap


def _sheared(bitmap):
    """Move every row sideways so that the left edges near the top and near the bottom line up."""
    inked = np.flatnonzero(bitmap.any(axis=1))
    if not len(inked):
        return bitmap
    # The first and last two rows are left out because their edges are ragged.
    top, bottom = inked[0] + 2, inked[-1] - 2
    if bottom <= top or not (bitmap[top].any() and bitmap[bottom].any()):
        return bitmap
    slant = (int(bitmap[top].argmax()) - int(bitmap[bottom].argmax())) / (bottom - top)
    rows, columns = np.nonzero(bitmap)
    moved = columns + np.round((rows - SIDE // 2) * slant).astype(int)
    kept = (moved >= 0) & (moved < SIDE)
    sheared = np.zeros_like(bitmap)
    sheared[rows[kept], moved[kept]] = True
    return sheared


def block_counts(bitmap):
    """Count the pixels that are on in each block of 4 × 4.

    Parameters
    ----------
    bitmap : array_like of bool, shape (32, 32)
        True is ink.

    Returns
    -------
    numpy.ndarray of int, shape (8, 8)
        From 0 to 16.
    """
    return np.asarray(bitmap, bool).reshape(8, 4, 8, 4).sum(axis=(1, 3))


def image_of(bitmap):
    """Turn the bitmap of a digit of any size into an input for a network.

    Parameters
    ----------
    bitmap : array_like of bool
        True is ink.

    Returns
    -------
    numpy.ndarray, shape (64,)
        Grey values from 0 (paper) to 1 (ink), row by row.
    """
    return block_counts(normalized_bitmap(bitmap)).ravel() / 16
