"""The data of the lessons: 1797 real handwritten digits, which are part of the package; generated points; MNIST."""

import os
import zipfile
import zlib
from importlib import resources
from pathlib import Path

import numpy as np

from nblib.activations import as_float
from nblib.network import ShapeError


def load_digits():
    """The 1797 handwritten digits of 8×8 pixels that scikit-learn ships.

    E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998,
    doi 10.24432/C50P49, CC BY 4.0; the test part, as in ``sklearn.datasets.load_digits``.

    Returns
    -------
    X : numpy.ndarray, shape (1797, 64)
        Grey values from 0 (paper) to 1 (ink), one image per row.
    labels : numpy.ndarray of int, shape (1797,)
        0 to 9.
    """
    with resources.files("nblib").joinpath("digits.npz").open("rb") as file, np.load(file) as arrays:
        return arrays["images"] / 16, arrays["labels"].astype(int)


def small_network():
    """Return a 2–3–2 network with fixed numbers, and one example for it.

    All lessons work through this network by hand.

    Returns
    -------
    layers : list of (W, b)
        W of shape (3, 2) and (2, 3).
    x, y : numpy.ndarray, shape (2,)
        An input, and the target that the network doesn't hit yet.
    """
    layers = [
        (np.array([[2.0, -1.0], [-1.0, 0.5], [1.0, 1.0]]), np.array([0.0, -0.5, 0.5])),
        (np.array([[1.0, -2.0, 0.5], [-1.0, 1.0, 2.0]]), np.array([-0.5, 0.0])),
    ]
    return layers, np.array([0.5, 1.0]), np.array([1.0, 0.0])


def one_hot(labels, K):
    """Turn labels into rows of zeros with a single 1 in the column of the label.

    Source: notes, "Multinomial output"; there the classes count from 1.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Counted from 0.
    K : int
        Number of classes.

    Returns
    -------
    numpy.ndarray, shape (n, K)

    Raises
    ------
    ValueError
        If a label is not one of 0 … K − 1.
    """
    labels = as_float(labels)
    if not np.isin(labels, np.arange(K)).all():
        raise ValueError(
            f"With K = {K} labels are whole numbers from 0 to {K - 1}, not {labels.min():g} to {labels.max():g}."
        )
    return np.eye(K)[labels.astype(int)]


def enlarge(X, shape=(8, 8), factor=3.5):
    """Enlarge images by linear interpolation between the pixels.

    For lesson 6: the slides' claim about initialization needs many inputs to show.

    Parameters
    ----------
    X : array_like, shape (n, height · width)
        One flattened image a row.
    shape : tuple of int
        Height and width.
    factor : float
        3.5 turns 8 × 8 into the 28 × 28 of MNIST.

    Returns
    -------
    numpy.ndarray, shape (n, new height · new width)

    Raises
    ------
    ShapeError
        If the rows of X are not images of that shape.
    """
    from scipy import ndimage

    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] != shape[0] * shape[1]:
        raise ShapeError(f"X has shape {X.shape}: one row of {shape[0]} · {shape[1]} pixels an image is needed.")
    return ndimage.zoom(X.reshape(-1, *shape), (1, factor, factor), order=1).reshape(len(X), -1)


def digits(seed=0, sizes=(1000, 400, 397), enlarged=False):
    """Split the digits at random into parts, with one-hot labels.

    The three parts are those of the slides, "Hyperparameter Tuning as a Black Art II".

    Parameters
    ----------
    seed : int
        Decides the order.
    sizes : tuple of int
        Examples in each part: training, validation and test by default.
    enlarged : bool
        Whether the images are enlarged to 28 × 28.

    Returns
    -------
    list of (X, Y)
        One pair a part; X of shape (size, 64), or (size, 784) enlarged, Y of shape (size, 10).

    Raises
    ------
    ShapeError
        If there are fewer digits than that.
    """
    X, labels = load_digits()
    if sum(sizes) > len(X):
        raise ShapeError(f"The parts ask for {sum(sizes)} digits together, but there are {len(X)}.")
    order = np.random.default_rng(seed).permutation(len(X))[: sum(sizes)]
    if enlarged:
        X = enlarge(X)
    return [(X[part], one_hot(labels[part], 10)) for part in np.split(order, np.cumsum(sizes)[:-1])]


def moons(n, noise, rng):
    """Draw points of two half circles that reach into one another.

    For the decision boundaries of lesson 5.

    Parameters
    ----------
    n : int
        Points in all; the first ⌈n/2⌉ have label 0.
    noise : float
        Standard deviation added to both coordinates; the circles have radius 1.
    rng : numpy.random.Generator
        Source of the points.

    Returns
    -------
    X : numpy.ndarray, shape (n, 2)
    labels : numpy.ndarray of int, shape (n,)
        0 or 1.
    """
    labels = np.repeat([0, 1], [n - n // 2, n // 2])
    angle = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    # The lower half circle is the upper one turned by 180° about the point (½, ¼).
    X = np.where(labels[:, None] == 0, upper, [1, 0.5] - upper)
    return X + rng.normal(0, noise, (n, 2)), labels


def xor(n, noise, rng):
    """Draw points around the corners of a square, whose label is the exclusive or of the two bits.

    A single neuron can't separate the two classes.  For the lecture's "Neural networks".

    Parameters
    ----------
    n : int
        Points in all.
    noise : float
        Standard deviation around the corners 0 and 1.
    rng : numpy.random.Generator
        Source of the points.

    Returns
    -------
    X : numpy.ndarray, shape (n, 2)
    labels : numpy.ndarray of int, shape (n,)
        0 or 1.
    """
    bits = rng.integers(0, 2, (n, 2))
    return bits + rng.normal(0, noise, (n, 2)), bits[:, 0] ^ bits[:, 1]


def noisy_curve(n, noise, rng):
    """Draw points of y = sin(2πx) for x from 0 to 1, with noise on y.

    For making overfitting visible.  Source: slides, "Visualizing Overfitting".

    Parameters
    ----------
    n : int
        Points in all.
    noise : float
        Standard deviation of the noise.
    rng : numpy.random.Generator
        Source of the points.

    Returns
    -------
    X, Y : numpy.ndarray, shape (n, 1)
    """
    X = rng.uniform(0, 1, (n, 1))
    return X, np.sin(2 * np.pi * X) + rng.normal(0, noise, (n, 1))


def _mnist_in_cache(download):
    """Return the path of MNIST in the user's cache, after downloading it if necessary."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nblib" / "mnist.npz"
    if cache.exists():
        return cache
    try:
        if not download:
            raise OSError("no download was wanted")
        from sklearn.datasets import fetch_openml

        X, labels = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True)
    except (ImportError, OSError, ValueError) as error:
        raise FileNotFoundError(
            f"MNIST is not on this machine ({error}): give the path of an npz file with x_train, y_train, x_test and "
            "y_test, or put it into the environment variable NBLIB_MNIST; the digits of load_digits need no file."
        ) from error
    X, labels = X.astype(np.uint8), labels.astype(np.uint8)
    cache.parent.mkdir(parents=True, exist_ok=True)
    # Write under another name first, so that an interrupted run doesn't leave half a file.
    partial = cache.with_name("mnist-partial.npz")
    np.savez_compressed(partial, x_train=X[:60000], y_train=labels[:60000], x_test=X[60000:], y_test=labels[60000:])
    return partial.replace(cache)


def load_mnist(path=None, download=True):
    """Load the 70,000 handwritten digits of MNIST, with 28 × 28 pixels.

    Y. LeCun, C. Cortes and C. Burges, *The MNIST database of handwritten digits*.

    Parameters
    ----------
    path : str or path-like, optional
        An npz file with x_train, y_train, x_test, y_test.  By default, the file that the environment variable
        ``NBLIB_MNIST`` names, then the user's cache (``~/.cache/nblib/mnist.npz``), then scikit-learn's
        ``fetch_openml``.
    download : bool
        Whether ``fetch_openml`` may be used.

    Returns
    -------
    (X_train, labels_train), (X_test, labels_test) : tuples
        X float32 of shape (60000, 784) and (10000, 784) with grey values from 0 to 1; labels from 0 to 9.

    Raises
    ------
    FileNotFoundError
        If the file doesn't exist, or MNIST isn't available in any of these ways.
    ValueError
        If the file contains something else.
    """
    path = path or os.environ.get("NBLIB_MNIST") or _mnist_in_cache(download)
    needed = "MNIST: give an npz file with x_train, y_train, x_test and y_test"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            parts = [(arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")]
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no file {path}, so no {needed}.") from error
    # A file that is no archive raises ValueError, a single array TypeError, a damaged archive one of the others.
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} holds no {needed}.") from error
    return tuple((X.reshape(len(X), -1).astype(np.float32) / 255, labels.astype(int)) for X, labels in parts)
