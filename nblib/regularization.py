"""Against overfitting: L2, L1 and dropout.

λ is defined as in the slides: (λ/2n) Σw² and (λ/n) Σ|w|.  Here n is always the size of the *training set*, whatever
data a cost is measured on, and however large a mini-batch is.  Biases are never regularized.
"""

import numpy as np


def l2_cost(cost, weights, lam, n):
    """The cost with the L2 term: C₀ + (λ/2n) Σ w².

    Source: slides, "Regularization: L2 (Weight Decay) I".

    Parameters
    ----------
    cost : float
        C₀, without the regularization term.
    weights : list of array_like
        The W of every layer.
    lam : float
        λ.
    n : int
        Examples in the training set.

    Returns
    -------
    float
    """
    return float(cost + lam / (2 * n) * sum(np.sum(np.square(W)) for W in weights))


def l1_cost(cost, weights, lam, n):
    """The cost with the L1 term: C₀ + (λ/n) Σ |w|.

    Source: slides, "Regularization: L1", first of two.

    Parameters
    ----------
    cost : float
        C₀, without the regularization term.
    weights : list of array_like
        The W of every layer.
    lam : float
        λ.
    n : int
        Examples in the training set.

    Returns
    -------
    float
    """
    return float(cost + lam / n * sum(np.sum(np.abs(W)) for W in weights))


def l2_gradient(w, lam, n):
    """Derivative of the L2 term: (λ/n) w.

    Source: slides, "Regularization: L2 (Weight Decay) II".

    Parameters
    ----------
    w : numpy.ndarray
        Weights of any shape.
    lam : float
        λ.
    n : int
        Examples in the training set.

    Returns
    -------
    numpy.ndarray
        Of w's shape.
    """
    return lam / n * w


def l1_gradient(w, lam, n):
    """Subgradient of the L1 term: (λ/n) sgn(w), with sgn(0) = 0.

    Source: slides, "Regularization: L1", first of two.

    Parameters
    ----------
    w : numpy.ndarray
        Weights of any shape.
    lam : float
        λ.
    n : int
        Examples in the training set.

    Returns
    -------
    numpy.ndarray
        Of w's shape.
    """
    return lam / n * np.sign(w)


def l2_step(w, gradient, eta, lam, n):
    """A step of gradient descent under L2: w decays by the factor 1 − ηλ/n, then moves by −η ∂C₀/∂w.

    Source: slides, "Regularization: L2 (Weight Decay) II".

    Parameters
    ----------
    w, gradient : array_like
        Weights and ∂C₀/∂w, of one shape.
    eta, lam : float
        η and λ.
    n : int
        Examples in the training set.

    Returns
    -------
    numpy.ndarray
        New weights, of w's shape.
    """
    return (1 - eta * lam / n) * np.asarray(w) - eta * np.asarray(gradient)


def l1_step(w, gradient, eta, lam, n):
    """A step of gradient descent under L1, as in the slides: w − (ηλ/n) sgn(w) − η ∂C₀/∂w.

    Near 0 a weight steps across 0 and back, so none becomes exactly 0; see :func:`soft_threshold_step`.  Source:
    slides, "Regularization: L1", first of two.

    Parameters
    ----------
    w, gradient : array_like
        Weights and ∂C₀/∂w, of one shape.
    eta, lam : float
        η and λ.
    n : int
        Examples in the training set.

    Returns
    -------
    numpy.ndarray
        New weights, of w's shape.
    """
    w = np.asarray(w)
    return w - eta * l1_gradient(w, lam, n) - eta * np.asarray(gradient)


def soft_threshold(w, amount):
    """Move every entry towards 0 by the amount, stopping at exactly 0.

    Source: slides, "Regularization: L1", second of two: this step gives its "Sparsity", :func:`l1_step` doesn't.

    Parameters
    ----------
    w : array_like
        Of any shape.
    amount : float
        At least 0.

    Returns
    -------
    numpy.ndarray
        Of w's shape.
    """
    w = np.asarray(w)
    return np.sign(w) * np.maximum(np.abs(w) - amount, 0)


def soft_threshold_step(w, gradient, eta, lam, n):
    """A step along −η ∂C₀/∂w, then towards 0 by ηλ/n but never across: L1 with exact zeros.

    Source: slides, "Regularization: L1", second of two: this step gives its "Sparsity", :func:`l1_step` doesn't.

    Parameters
    ----------
    w, gradient : array_like
        Weights and ∂C₀/∂w, of one shape.
    eta, lam : float
        η and λ.
    n : int
        Examples in the training set.

    Returns
    -------
    numpy.ndarray
        New weights, of w's shape.
    """
    return soft_threshold(np.asarray(w) - eta * np.asarray(gradient), eta * lam / n)


def regularized_step(layers, gradients, eta, lam, n):
    """A step of gradient descent for a whole network under L2, weights only.

    Source: slides, "Regularization: L2 (Weight Decay) II".

    Parameters
    ----------
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        Of C₀, without the term.
    eta, lam : float
        η and λ.
    n : int
        Examples in the training set.

    Returns
    -------
    list of (weights, bias)
        New arrays.
    """
    pairs = zip(layers, gradients, strict=True)
    return [(l2_step(weights, dW, eta, lam, n), bias - eta * db) for (weights, bias), (dW, db) in pairs]


def regularized_gradients(layers, gradients, penalty_gradient, lam, n):
    """Gradients of the cost with its term.

    Source: slides, "Regularization: L2 (Weight Decay) II" and "Regularization: L1".

    Parameters
    ----------
    layers : list of (weights, bias)
        Where the gradients were taken.
    gradients : list of (dW, db)
        Of C₀, without the term.
    penalty_gradient : callable
        :func:`l2_gradient` or :func:`l1_gradient`.
    lam : float
        λ.
    n : int
        Examples in the training set.

    Returns
    -------
    list of (dW, db)
        New arrays for the weights; the biases' are those of C₀.
    """
    pairs = zip(layers, gradients, strict=True)
    return [(dW + penalty_gradient(weights, lam, n), db) for (weights, _), (dW, db) in pairs]


# A soft threshold is applied after the step, so it has no gradient here.
PENALTY_COSTS = {"l2": l2_cost, "l1": l1_cost, "soft threshold": l1_cost}
PENALTY_GRADIENTS = {"l2": l2_gradient, "l1": l1_gradient}


def penalized_step(recipe, layers, gradients, state, eta):
    """Take a step with any optimizer and any regularizer.

    Source: slides, "Regularization: L2 (Weight Decay) II" and "Regularization: L1".

    Parameters
    ----------
    recipe : nblib.training.Recipe
        Names the optimizer and the regularizer.
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        Of C₀, without the term.
    state : object
        The state of the optimizer.
    eta : float
        The learning rate η.

    Returns
    -------
    layers : list of (weights, bias)
    state : object
    """
    if recipe.regularizer in PENALTY_GRADIENTS:
        penalty_gradient = PENALTY_GRADIENTS[recipe.regularizer]
        gradients = regularized_gradients(layers, gradients, penalty_gradient, recipe.lam, recipe.n)
    layers, state = recipe.optimizer.step(layers, gradients, state, eta)
    if recipe.regularizer == "soft threshold":
        layers = [(soft_threshold(weights, eta * recipe.lam / recipe.n), bias) for weights, bias in layers]
    return layers, state


def check_probability(p_drop):
    """Check that p_drop is a probability below 1.

    Source: slides, "Regularization: Dropout I".

    Parameters
    ----------
    p_drop : float
        At least 0 and below 1.

    Raises
    ------
    ValueError
        If it isn't; dropping all neurons would leave no network.
    """
    if not 0 <= p_drop < 1:
        raise ValueError(f"The probability to drop a neuron is {p_drop}, but it must be at least 0 and below 1.")


def dropout(a, p_drop, rng):
    """Classic dropout: each activation is set to 0 with probability p_drop, the others stay as they are.

    Evaluation needs :func:`evaluation_weights`.  Source: slides, "Regularization: Dropout I".

    Parameters
    ----------
    a : array_like
        Hidden activations, (m,) or (n, m).
    p_drop : float
        Probability of dropping an activation, 0 ≤ p_drop < 1.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    a_dropped : numpy.ndarray
        Of a's shape.
    mask : numpy.ndarray
        Of a's shape: 1 where kept, 0 where dropped.

    Raises
    ------
    ValueError
        If p_drop isn't a probability below 1.
    """
    check_probability(p_drop)
    a = np.asarray(a)
    mask = (rng.random(a.shape) >= p_drop).astype(a.dtype if a.dtype.kind == "f" else float)
    return a * mask, mask


def dropout_backward(delta, mask):
    """Compute ∂C/∂a before dropout from ∂C/∂a after it: what was dropped passes nothing back.

    Source: slides, "Regularization: Dropout I", step 3.

    Parameters
    ----------
    delta, mask : array_like
        Of one shape.

    Returns
    -------
    numpy.ndarray
        Of that shape.
    """
    return np.asarray(delta) * np.asarray(mask)


def evaluation_weights(W, p_drop):
    """Scale the weights out of a layer trained with classic dropout, for the full network: (1 − p_drop) W.

    Source: slides, "Regularization: Dropout II", which scale by the probability of dropping; that's right only for ½.

    Parameters
    ----------
    W : array_like, shape (m_next, m)
        Weights out of the layer.
    p_drop : float
        Probability with which its neurons were dropped.

    Returns
    -------
    numpy.ndarray, shape (m_next, m)

    Raises
    ------
    ValueError
        If p_drop isn't a probability below 1.
    """
    check_probability(p_drop)
    return (1 - p_drop) * np.asarray(W)


def inverted_dropout(a, p_drop, rng):
    """Inverted dropout: what is kept is divided by 1 − p_drop, so evaluation needs no change.

    Source: slides, "Regularization: Dropout I" and "II", with the factor moved from evaluation to training.

    Parameters
    ----------
    a : array_like
        Hidden activations, (m,) or (n, m).
    p_drop : float
        Probability of dropping an activation, 0 ≤ p_drop < 1.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    a_dropped : numpy.ndarray
        Of a's shape, with the mean of a.
    mask : numpy.ndarray
        Of a's shape: 1 where kept, 0 where dropped; not scaled.

    Raises
    ------
    ValueError
        If p_drop isn't a probability below 1.
    """
    dropped, mask = dropout(a, p_drop, rng)
    return dropped / (1 - p_drop), mask


def dropout_masks(layers, n, p_drop, rng, inverted=True):
    """Draw the factors for the hidden activations of a mini-batch: the ``masks`` of forward and backprop.

    Every example drops its own neurons.  Source: slides, "Regularization: Dropout I".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.
    n : int
        Examples in the batch.
    p_drop : float
        Probability of dropping an activation, 0 ≤ p_drop < 1.
    rng : numpy.random.Generator
        Source of the draws.
    inverted : bool
        Whether kept activations are multiplied by 1 / (1 − p_drop), or by 1 as in classic dropout.

    Returns
    -------
    list of numpy.ndarray
        L − 1 arrays of shape (n, m_l), in the precision of the weights.

    Raises
    ------
    ValueError
        If p_drop isn't a probability below 1.
    """
    drop = inverted_dropout if inverted else dropout
    return [drop(np.ones((n, len(bias)), np.asarray(weights).dtype), p_drop, rng)[0] for weights, bias in layers[:-1]]


def zero_fraction(weights, tol=0.0):
    """Share of the weights that are 0, or within tol of it.

    Source: slides, "Regularization: L1", second of two: sparsity.

    Parameters
    ----------
    weights : list of array_like
        The W of every layer.
    tol : float
        At least 0.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return float(np.mean(np.concatenate([np.ravel(np.abs(W) <= tol) for W in weights])))
