"""What depends on the machine: how many runs an experiment can afford, and which library multiplies matrices."""

import sys

import numpy as np


def runs(number, in_browser):
    """Return how many runs an experiment of a lesson makes.

    Where Python runs in a browser, training takes several times as long, so an experiment may make fewer runs there.

    Parameters
    ----------
    number : int
        Of runs, in general.
    in_browser : int
        Of runs, where Python runs in a browser.

    Returns
    -------
    int
    """
    return in_browser if sys.platform == "emscripten" else number


def product(a, b, out):
    """Return the operation that puts the matrix product of a and b into out.

    In a browser, NumPy has no BLAS and SciPy has one, which makes the trainings of the lessons faster.

    Parameters
    ----------
    a, b, out : array, shapes (i, j), (j, k) and (i, k)
        Or with an axis in front, for the matrices of several networks; a may be one matrix for all of them.

    Returns
    -------
    (callable, tuple)
        What to call, and with what.
    """
    if sys.platform != "emscripten":
        return (np.matmul, (a, b, out)) if out.ndim == 3 else (a.dot, (b, out))
    if out.ndim == 3:
        a = np.broadcast_to(a, (len(out), *a.shape[-2:]))
        return _one_by_one, [_product_by_scipy(*matrices) for matrices in zip(a, b, out, strict=True)]
    return _product_by_scipy(a, b, out)


def _one_by_one(*operations):
    """Carry out operations."""
    for operation, arrays in operations:
        operation(*arrays)


def _product_by_scipy(a, b, out):
    """Return the operation that does the same with SciPy, whose import takes longer."""
    from scipy.linalg.blas import get_blas_funcs

    # BLAS stores matrices by columns, which makes ours, stored by rows, their transposes: outᵀ = bᵀ aᵀ.
    b_turned, a_turned = not b.flags.c_contiguous, not a.flags.c_contiguous
    left, right = b if b_turned else b.T, a if a_turned else a.T
    return get_blas_funcs("gemm", (out,)), (1.0, left, right, 0.0, out.T, b_turned, a_turned, True)
