"""Costs of a batch, and their derivatives with respect to the activations of the output layer.

The sources define three quadratic costs, so we name them after the source: the lecture's mean (``"lecture"``), half of
it (``"notes"`` and ``"slides"``: the same formula, which the notes write for a single output), and the notes' residual
sum of squares (``"rss"``), which is a sum and not a mean.

Activations and targets always have the same shape; otherwise :class:`nblib.network.ShapeError` is raised.
"""

import numpy as np

from nblib.activations import as_float, log_softmax, softmax
from nblib.network import ShapeError

BINARY, MULTINOMIAL = "binary cross-entropy", "multinomial cross-entropy"


def _same_shape(a, y):
    a, y = as_float(a), as_float(y)
    if a.shape != y.shape or a.size == 0:
        raise ShapeError(f"Activations {a.shape} and targets {y.shape}: one target for each is needed, at least 1.")
    return a, y


def _between_0_and_1(name, values):
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"A cross-entropy needs every {name} between 0 and 1, but they go from {values.min():.4g} to "
            f"{values.max():.4g}: use a logistic or softmax output, and bring tanh's −1 to 1 to (1 + a) / 2."
        )


def _logits(cost, z, targets):
    z, targets = _same_shape(z, targets)
    check_targets(cost, targets)
    return z, targets


def _probabilities(cost, activations, targets):
    _between_0_and_1("activation", as_float(activations))
    return _logits(cost, activations, targets)


def check_targets(cost, targets):
    """Check that a cost is defined for the targets.

    For a softmax, δ = a − y holds only if each row sums to 1.  Source: notes, "Multinomial output".

    Parameters
    ----------
    cost : str
        Name of the cost.
    targets : array_like, shape (…, m_L)
        One row an example.

    Raises
    ------
    ValueError
        If a target lies outside 0 to 1 under a cross-entropy, or a row does not sum to 1 under the multinomial one.
    """
    targets = as_float(targets)
    if cost in (BINARY, MULTINOMIAL):
        _between_0_and_1("target", targets)
    if cost == MULTINOMIAL:
        sums = targets.sum(axis=-1)
        if np.abs(sums - 1).max() > 1e-3:
            raise ValueError(
                "The targets of an example must sum to 1 under the multinomial cross-entropy, but the sums go from "
                f"{sums.min():.4g} to {sums.max():.4g}: give one-hot rows, or use the binary cross-entropy."
            )


def _log_loss(probability, weight):
    """Compute −weight · ln(probability): 0 where the weight is 0, inf where only the probability is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weight == 0, 0, -weight * np.log(probability))


def _divide(numerator, denominator):
    """Divide: 0 where the numerator is 0, inf where only the denominator is 0 or the quotient overflows."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(numerator == 0, 0, numerator / denominator)


# The cost of one example: arrays of shape (…, m_L) in, (…) out.  The cost of a batch is the mean of these; the RSS is
# their sum.


def _squares(activations, targets):
    activations, targets = _same_shape(activations, targets)
    return np.sum((targets - activations) ** 2, axis=-1)


def _half_squares(activations, targets):
    return _squares(activations, targets) / 2


def _binary(activations, targets):
    a, y = _probabilities(BINARY, activations, targets)
    return np.sum(_log_loss(a, y) + _log_loss(1 - a, 1 - y), axis=-1)


def _multinomial(activations, targets):
    a, y = _probabilities(MULTINOMIAL, activations, targets)
    return np.sum(_log_loss(a, y), axis=-1)


def _binary_from_logits(logits, targets):
    z, y = _logits(BINARY, logits, targets)
    # This is ln(1 + exp(z)) − y z, rewritten so that nothing overflows.
    return np.sum(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))), axis=-1)


def _multinomial_from_logits(logits, targets):
    z, y = _logits(MULTINOMIAL, logits, targets)
    with np.errstate(invalid="ignore"):
        return np.sum(np.where(y == 0, 0, -y * log_softmax(z)), axis=-1)


def mean_square(activations, targets):
    """The lecture's cost, (1/n) Σ‖y − a‖².

    Source: lecture, "Learning the parameters".

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    float
        The mean over the n examples; the squares of one example's outputs are summed.
    """
    return float(_squares(activations, targets).mean())


def mean_square_prime(activations, targets):
    """∂C/∂a of each example for :func:`mean_square`: 2 (a − y), without the 1/n.

    Source: lecture, "Applying the chain rule", base case.

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    numpy.ndarray
        Of the activations' shape.
    """
    return 2 * quadratic_cost_prime(activations, targets)


def residual_sum_of_squares(activations, targets):
    """RSS, Σ‖y − a‖²: a sum over the examples, not a mean.

    The derivative for one example is :func:`mean_square_prime`.  Source: notes, "Real-valued output".

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    float
        Grows with n, and so do its gradients.
    """
    return float(_squares(activations, targets).sum())


def quadratic_cost(activations, targets):
    """The slides' cost, (1/2n) Σ‖y − a‖², which is also the notes' for one output, (1/2N) Σ(y − ŷ)².

    Source: slides, "The Problem: Learning Slowdown I"; notes, "Real-valued output".

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    float
        Half of :func:`mean_square`.
    """
    return float(_half_squares(activations, targets).mean())


def quadratic_cost_prime(activations, targets):
    """∂C/∂a of each example for :func:`quadratic_cost`: a − y, without the 1/n.

    Source: slides, "The Problem: Learning Slowdown I"; the notes' "Back-propagation procedure" has the sign wrong.

    Parameters
    ----------
    activations, targets : array_like, shape (n, m_L) or (m_L,)
        A batch, or one example.

    Returns
    -------
    numpy.ndarray
        Of the activations' shape.
    """
    activations, targets = _same_shape(activations, targets)
    return activations - targets


def binary_cross_entropy(a, y):
    """Binary cross-entropy, −(1/n) Σ [y ln a + (1 − y) ln(1 − a)], summed over the outputs if there are several.

    Source: lecture, "Cross entropy"; notes, "Binary output"; slides, "The Cross-Entropy Cost Function".

    Parameters
    ----------
    a, y : array_like, shape (n,) or (n, m_L)
        Activations and targets from 0 to 1.  A single axis counts examples here, not outputs.

    Returns
    -------
    float
        0 ln 0 counts as 0; inf if an activation of exactly 0 or 1 contradicts its target; never nan.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1.
    """
    a, y = np.asarray(a), np.asarray(y)
    return float(_binary(a[:, None], y[:, None]).mean() if a.ndim == y.ndim == 1 else _binary(a, y).mean())


def binary_cross_entropy_prime(a, y):
    """∂C/∂a of each example for :func:`binary_cross_entropy`: (a − y) / (a (1 − a)), without the 1/n.

    Written as (1 − y)/(1 − a) − y/a, which has limits at a = y = 0 and a = y = 1.  Source: slides, "Cross-Entropy:
    Derivation & Properties I".

    Parameters
    ----------
    a, y : array_like
        Activations and targets from 0 to 1, of one shape.

    Returns
    -------
    numpy.ndarray
        Of a's shape; infinite where an activation of exactly 0 or 1 contradicts its target.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1.
    """
    a, y = _probabilities(BINARY, a, y)
    return _divide(1 - y, 1 - a) - _divide(y, a)


def multinomial_cross_entropy(activations, targets):
    """Multinomial cross-entropy, −(1/n) Σ Σ_c y_c ln a_c.

    Source: notes, "Multinomial output".

    Parameters
    ----------
    activations, targets : array_like, shape (n, K) or (K,)
        Probabilities of the classes, and one-hot rows (or other distributions).

    Returns
    -------
    float
        0 ln 0 counts as 0; inf if the class of an example has probability 0; never nan.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1, or the targets of an example do not sum to 1.
    """
    return float(_multinomial(activations, targets).mean())


def multinomial_cross_entropy_prime(activations, targets):
    """∂C/∂a of each example for :func:`multinomial_cross_entropy`: −y / a, without the 1/n.

    Source: notes, "Multinomial output".

    Parameters
    ----------
    activations, targets : array_like, shape (n, K) or (K,)
        Probabilities of the classes, and one-hot rows.

    Returns
    -------
    numpy.ndarray
        Of the activations' shape.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1, or the targets of an example do not sum to 1.
    """
    a, y = _probabilities(MULTINOMIAL, activations, targets)
    return -_divide(y, a)


def logistic_cross_entropy(Z, Y):
    """Binary cross-entropy of logistic outputs, from their weighted inputs: exact even where σ(z) rounds to 0 or 1.

    Source: lecture, "Cross entropy and gradient descent".

    Parameters
    ----------
    Z, Y : array_like, shape (n, m_L) or (m_L,)
        Weighted inputs (logits) and targets from 0 to 1.

    Returns
    -------
    float
        The mean over the examples of the sum over the outputs.

    Raises
    ------
    ValueError
        If a target lies outside 0 to 1.
    """
    return float(_binary_from_logits(Z, Y).mean())


def softmax_cross_entropy(Z, Y):
    """Multinomial cross-entropy of softmax outputs, from their weighted inputs.

    Source: notes, "Multinomial output" and "Softmax function".

    Parameters
    ----------
    Z, Y : array_like, shape (n, K) or (K,)
        Weighted inputs (logits) and one-hot rows.

    Returns
    -------
    float
        The mean over the examples.

    Raises
    ------
    ValueError
        If the targets of an example do not sum to 1.
    """
    return float(_multinomial_from_logits(Z, Y).mean())


def softmax_delta(Z, Y):
    """δ of softmax outputs under the multinomial cross-entropy: softmax(z) − y.

    This holds because the targets of an example sum to 1.  Source: notes, "Multinomial output".

    Parameters
    ----------
    Z, Y : array_like, shape (n, K) or (K,)
        Weighted inputs (logits) and one-hot rows.

    Returns
    -------
    numpy.ndarray
        ∂C_i/∂Z_i, of Z's shape, without the 1/n.

    Raises
    ------
    ValueError
        If the targets of an example do not sum to 1.
    """
    Z, Y = _logits(MULTINOMIAL, Z, Y)
    return softmax(Z) - Y


def negative_log_likelihood(p, y):
    """Mean negative log-likelihood of Bernoulli observations.

    Source: notes, "Binary output".

    Parameters
    ----------
    p, y : array_like, shape (n,)
        Probabilities of a 1, and the observations, 0 or 1.

    Returns
    -------
    float
        Equal to :func:`binary_cross_entropy`, which is derived from it.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1.
    """
    p, y = _probabilities(BINARY, p, y)
    return float(_log_loss(np.where(y == 1, p, 1 - p), 1.0).mean())


def entropy_bits(p):
    """Entropy −Σ p log₂ p: the mean length of the shortest code for values that occur with probabilities p.

    Source: lecture, "Cross entropy".

    Parameters
    ----------
    p : array_like
        A distribution.

    Returns
    -------
    float
        In bits.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1.
    """
    return cross_entropy_bits(p, p)


def cross_entropy_bits(p, q):
    """Cross entropy −Σ p log₂ q: the mean length if the code was made for q.

    Source: lecture, "Cross entropy".

    Parameters
    ----------
    p, q : array_like
        Two distributions over the same values.

    Returns
    -------
    float
        In bits; inf where q is 0 and p is not.

    Raises
    ------
    ValueError
        If a value lies outside 0 to 1.
    """
    q, p = _probabilities(BINARY, q, p)
    return float(_log_loss(q, p).sum() / np.log(2))


# Name: cost of a batch, its derivative, cost of each example.
_TABLE = {
    "lecture": (mean_square, mean_square_prime, _squares),
    "notes": (quadratic_cost, quadratic_cost_prime, _half_squares),
    "slides": (quadratic_cost, quadratic_cost_prime, _half_squares),
    "rss": (residual_sum_of_squares, mean_square_prime, _squares),
    BINARY: (binary_cross_entropy, binary_cross_entropy_prime, _binary),
    MULTINOMIAL: (multinomial_cross_entropy, multinomial_cross_entropy_prime, _multinomial),
}
COSTS, COST_DERIVATIVES, _EXAMPLE_COSTS = ({name: row[column] for name, row in _TABLE.items()} for column in range(3))
# Pairs of output and cost for which σ′ cancels and δ^L = a − y: each cost is the negative log-likelihood that belongs
# to the output (normal, Bernoulli, categorical).
CANCELLING_PAIRS = {("linear", "notes"), ("linear", "slides"), ("logistic", BINARY), ("softmax", MULTINOMIAL)}
_FROM_LOGITS = {("logistic", BINARY): _binary_from_logits, ("softmax", MULTINOMIAL): _multinomial_from_logits}


def cost_named(name, table=COSTS):
    """Look up a cost, or its entry in another table, by name.

    Parameters
    ----------
    name : str
        A key of the table, such as ``"lecture"``.
    table : dict, optional
        COSTS, or another table with the same keys.

    Returns
    -------
    callable
        The table's entry.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in table:
        raise ValueError(f"There is no cost called {name!r}; there are {', '.join(sorted(table))}.")
    return table[name]


def examples_factor(cost, n):
    """Return the factor in front of the sum over the n examples: 1/n, but 1 for the RSS.

    Source: lecture, "Learning the parameters", second assumption; notes, "Real-valued output".

    Parameters
    ----------
    cost : str
        Name of the cost.
    n : int
        Examples in the batch.

    Returns
    -------
    float
    """
    return 1.0 if cost == "rss" else 1.0 / n


def example_costs(z, activations, targets, output="logistic", cost="lecture"):
    """Cost of each example, computed from the weighted inputs where that is more accurate.

    Source: lecture, "Learning the parameters", first assumption.

    Parameters
    ----------
    z, activations, targets : array_like, shape (…, m_L)
        z^L, a^L and y.
    output, cost : str
        Names of the output's activation and of the cost.

    Returns
    -------
    numpy.ndarray, shape (…)
        Summed over the last axis, the outputs.

    Raises
    ------
    ShapeError
        If activations and targets have different shapes.
    ValueError
        If the cost is not known, or not defined for these activations.
    """
    cost_of_one = cost_named(cost, _EXAMPLE_COSTS)
    if (output, cost) in _FROM_LOGITS:
        return _FROM_LOGITS[output, cost](z, targets)
    return cost_of_one(activations, targets)
