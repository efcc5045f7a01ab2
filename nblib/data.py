"""Data of the lessons: 1797 real handwritten digits, kept in the package."""

from importlib import resources

import numpy as np

from nblib.network import ShapeError


def load_digits():
    """The 1797 handwritten digits of 8×8 pixels that scikit-learn ships.

    Returns
    -------
    X : numpy.ndarray, shape (1797, 64)
        Grey values from 0 (paper) to 1 (ink), one image a row.
    labels : numpy.ndarray of int, shape (1797,)
        0 to 9.

    Notes
    -----
    E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998,
    doi 10.24432/C50P49, CC BY 4.0; the test part, as in ``sklearn.datasets.load_digits``.
    """
    with resources.files("nblib").joinpath("digits.npz").open("rb") as file, np.load(file) as arrays:
        return arrays["images"] / 16, arrays["labels"].astype(int)


def one_hot(labels, K):
    """Rows of zeros with a single 1 in the column of the label.

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

    Notes
    -----
    Source: notes, "Multinomial output"; there the classes count from 1.
    """
    labels = np.asarray(labels)
    if labels.size and not (0 <= labels.min() and labels.max() < K):
        raise ValueError(
            f"The labels run from {labels.min()} to {labels.max()}; with K = {K} they must be 0 to {K - 1}."
        )
    return np.eye(K)[labels]


def digits(seed=0, sizes=(1000, 400, 397)):
    """The digits in a random order, cut into parts, labels one-hot.

    Parameters
    ----------
    seed : int
        Decides the order.
    sizes : tuple of int
        Examples in each part: training, validation and test by default.

    Returns
    -------
    list of (X, Y)
        One pair a part; X of shape (size, 64), Y of shape (size, 10).

    Raises
    ------
    ShapeError
        If more examples are asked for than there are.
    """
    X, labels = load_digits()
    if sum(sizes) > len(X):
        raise ShapeError(f"The parts ask for {sum(sizes)} digits together, but there are {len(X)}.")
    order = np.random.default_rng(seed).permutation(len(X))[: sum(sizes)]
    return [(X[part], one_hot(labels[part], 10)) for part in np.split(order, np.cumsum(sizes)[:-1])]
