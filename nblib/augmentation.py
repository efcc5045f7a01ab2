"""Make new images by shifting, rotating, distorting and adding noise.

SciPy is imported by the functions that need it, so that ``import nblib`` stays an import of NumPy.
"""

import numpy as np

from nblib.network import ShapeError


def _image(image):
    image = np.asarray(image)
    if image.ndim != 2:
        raise ShapeError(f"An image has two axes, but this one has shape {image.shape}: reshape a row to its pixels.")
    return image


def shift_image(image, dy, dx):
    """Move an image by whole pixels; zeros fill the gap.

    Source: slides, "Regularization: The General Idea" (translate).

    Parameters
    ----------
    image : array_like, shape (height, width)
        Grey values.
    dy, dx : int
        Pixels down and to the right; negative moves up and to the left.

    Returns
    -------
    numpy.ndarray, shape (height, width)

    Raises
    ------
    ShapeError
        If the image does not have two axes.
    """
    image = _image(image)
    framed = np.pad(image, ((abs(dy), abs(dy)), (abs(dx), abs(dx))))
    top, left = abs(dy) - dy, abs(dx) - dx
    return framed[top : top + len(image), left : left + image.shape[1]]


def rotate_image(image, degrees):
    """Rotate an image counter-clockwise about its centre; zeros fill the gaps.

    Source: slides, "Regularization: The General Idea" (rotate).

    Parameters
    ----------
    image : array_like, shape (height, width)
        Grey values.
    degrees : float
        The angle.

    Returns
    -------
    numpy.ndarray, shape (height, width)
        Interpolated linearly, so that all values stay in their range.

    Raises
    ------
    ShapeError
        If the image does not have two axes.
    """
    from scipy import ndimage

    return ndimage.rotate(_image(image), degrees, reshape=False, order=1)


def add_noise(image, std, rng):
    """Add N(0, std) to every pixel and keep the values between 0 and 1.

    Source: slides, "Regularization: The General Idea" (add random noise).

    Parameters
    ----------
    image : array_like
        Grey values from 0 to 1, of any shape.
    std : float
        Standard deviation of the noise.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray
        Of the image's shape.
    """
    image = np.asarray(image)
    return np.clip(image + rng.normal(0, std, image.shape), 0, 1)


def elastic_image(image, strength, smoothness, rng):
    """Distort an image by random displacements that vary smoothly.

    Source: slides, "Regularization: The General Idea" (elastic distortions).

    Parameters
    ----------
    image : array_like, shape (height, width)
        Grey values.
    strength : float
        Root mean square of the displacements in each direction, in pixels.
    smoothness : float
        Standard deviation, in pixels, of the Gaussian that smooths the field.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray, shape (height, width)
        Interpolated linearly; outside the image there are zeros.

    Raises
    ------
    ShapeError
        If the image does not have two axes.
    """
    from scipy import ndimage

    image = _image(image)
    field = ndimage.gaussian_filter(rng.normal(size=(2, *image.shape)), (0, smoothness, smoothness))
    field *= strength / np.sqrt(np.mean(field**2, axis=(1, 2), keepdims=True))
    return ndimage.map_coordinates(image, np.indices(image.shape) + field, order=1)


def random_shift(image, rng):
    """Shift an image by one pixel in one of the eight directions.

    Source: slides, "Regularization: The General Idea" (translate).

    Parameters
    ----------
    image : array_like, shape (height, width)
        Grey values.
    rng : numpy.random.Generator
        Source of the direction.

    Returns
    -------
    numpy.ndarray, shape (height, width)

    Raises
    ------
    ShapeError
        If the image does not have two axes.
    """
    # The numbers 0 to 8 without 4 are the nine cells of a 3 × 3 square without its middle.
    cell = (rng.integers(8) + 5) % 9
    return shift_image(image, int(cell) // 3 - 1, int(cell) % 3 - 1)


def augment(X, Y, copies, rng, shape=(8, 8), change=random_shift):
    """Append changed copies of every image to the originals.

    Source: slides, "Regularization: The General Idea".

    Parameters
    ----------
    X : array_like, shape (n, height · width)
        One flattened image a row.
    Y : array_like, shape (n, …)
        Labels or targets.
    copies : int
        Changed copies of each image.
    rng : numpy.random.Generator
        Source of the changes.
    shape : tuple of int
        Height and width.
    change : callable
        Takes an image of that shape and rng, returns an image of that shape.

    Returns
    -------
    X : numpy.ndarray, shape (n (1 + copies), height · width)
        The originals in their order, then the copies.
    Y : numpy.ndarray, shape (n (1 + copies), …)
        The labels, repeated with the images.

    Raises
    ------
    ShapeError
        If the rows of X are not images of that shape, or Y does not have a row for each.
    """
    X, Y = np.asarray(X), np.asarray(Y)
    if X.ndim != 2 or X.shape[1] != shape[0] * shape[1] or len(X) != len(Y):
        raise ShapeError(
            f"X has shape {X.shape}, Y {Y.shape}: {shape[0]} · {shape[1]} pixels and one label an image are needed."
        )
    changed = [change(row.reshape(shape), rng).ravel() for _ in range(copies) for row in X]
    changed = np.array(changed, X.dtype).reshape(-1, X.shape[1])
    return np.concatenate([X, changed]), np.concatenate([Y] * (1 + copies))
