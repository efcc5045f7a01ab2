"""Steps that turn gradients into new weights, learning-rate schedules and early stopping.

A step is a function of layers, gradients and what the optimizer remembers; the small classes at the end of each pair
hold its settings, so that :func:`nblib.training.train` can be given one.
"""

from dataclasses import dataclass

import numpy as np


def _map(function, *lists):
    """Apply a function to the weights and to the bias of every layer of several lists of pairs."""
    return [tuple(function(*arrays) for arrays in zip(*pairs, strict=True)) for pairs in zip(*lists, strict=True)]


def zeros_like_layers(layers):
    """Return the state an optimizer starts from: 0 for every weight and bias.

    For lesson 7, beside the lecture's "Pragmatics".

    Parameters
    ----------
    layers : list of (weights, bias)
        A network of L layers.

    Returns
    -------
    list of (vW, vb)
        Zeros of the same shapes and precision.
    """
    return _map(np.zeros_like, layers)


def sgd_step(layers, gradients, eta):
    """One step of gradient descent: w − η ∂C/∂w for every weight and bias.

    Source: lecture, "Backpropagation"; notes, "Error derivatives".

    Parameters
    ----------
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        Of the same shapes.
    eta : float
        The learning rate η.

    Returns
    -------
    list of (weights, bias)
        New arrays.
    """
    return _map(lambda w, g: w - eta * g, layers, gradients)


def momentum_step(layers, gradients, velocity, eta, mu):
    """A step with momentum, which dampens oscillations: v ← μv − η ∂C/∂w, then w ← w + v.

    Source: lecture, "Pragmatics".

    Parameters
    ----------
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        Of the same shapes.
    velocity : list of (vW, vb)
        Of the step before; left unchanged.
    eta, mu : float
        The learning rate η, and the share μ of the velocity that is kept.

    Returns
    -------
    layers : list of (weights, bias)
    velocity : list of (vW, vb)
    """
    velocity = _map(lambda v, g: mu * v - eta * g, velocity, gradients)
    return _map(np.add, layers, velocity), velocity


def rmsprop_step(layers, gradients, squares, eta, rho=0.9, epsilon=1e-8):
    """A step of RMSprop, whose size varies from weight to weight: s ← ρs + (1 − ρ)g², then w ← w − ηg / (√s + ε).

    Source: lecture, "Pragmatics", which names the idea; T. Tieleman and G. Hinton's lecture 6.5 of 2012.

    Parameters
    ----------
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        The g above, of the same shapes.
    squares : list of (sW, sb)
        Of the step before; left unchanged.
    eta, rho, epsilon : float
        η, ρ, and an ε that keeps the quotient finite.

    Returns
    -------
    layers : list of (weights, bias)
    squares : list of (sW, sb)
    """
    squares = _map(lambda s, g: rho * s + (1 - rho) * g**2, squares, gradients)
    return _map(lambda w, g, s: w - eta * g / (np.sqrt(s) + epsilon), layers, gradients, squares), squares


def adam_step(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    """A step of Adam: momentum and RMSprop together, both corrected for having started at 0.

    Source: lecture, "Pragmatics", which names the idea; D. Kingma and J. Ba, ICLR 2015.

    Parameters
    ----------
    layers : list of (weights, bias)
        Left unchanged.
    gradients : list of (dW, db)
        The g below, of the same shapes.
    state : tuple
        (t, m, v): how many steps there were, and the moments of the step before; left unchanged.
    eta, beta1, beta2, eps : float
        m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).

    Returns
    -------
    layers : list of (weights, bias)
    state : tuple
    """
    t, m, v = state
    t = t + 1
    m = _map(lambda m, g: beta1 * m + (1 - beta1) * g, m, gradients)
    v = _map(lambda v, g: beta2 * v + (1 - beta2) * g**2, v, gradients)
    rate, correction = eta / (1 - beta1**t), 1 / (1 - beta2**t)
    return _map(lambda w, m, v: w - rate * m / (np.sqrt(correction * v) + eps), layers, m, v), (t, m, v)


@dataclass(frozen=True)
class SGD:
    """Plain gradient descent, see :func:`sgd_step`.  It has no state.

    Source: lecture, "Backpropagation".
    """

    def start(self, layers):
        """Return the state before the first step: none."""

    def step(self, layers, gradients, state, eta):
        """Return the new layers and the new state."""
        return sgd_step(layers, gradients, eta), state


@dataclass(frozen=True)
class Momentum:
    """Gradient descent with momentum, see :func:`momentum_step`.

    Source: lecture, "Pragmatics".

    Attributes
    ----------
    mu : float
        The share of the velocity that is kept.
    """

    mu: float = 0.9

    start = staticmethod(zeros_like_layers)

    def step(self, layers, gradients, state, eta):
        """Return the new layers and the new state."""
        return momentum_step(layers, gradients, state, eta, self.mu)


@dataclass(frozen=True)
class RMSprop:
    """RMSprop, see :func:`rmsprop_step`.

    Source: lecture, "Pragmatics".

    Attributes
    ----------
    rho, epsilon : float
        ρ and ε.
    """

    rho: float = 0.9
    epsilon: float = 1e-8

    start = staticmethod(zeros_like_layers)

    def step(self, layers, gradients, state, eta):
        """Return the new layers and the new state."""
        return rmsprop_step(layers, gradients, state, eta, self.rho, self.epsilon)


@dataclass(frozen=True)
class Adam:
    """Adam, see :func:`adam_step`.

    Source: lecture, "Pragmatics".

    Attributes
    ----------
    beta1, beta2, epsilon : float
        β₁, β₂ and ε.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def start(self, layers):
        """Return the state before the first step: no steps, and moments of 0."""
        return 0, zeros_like_layers(layers), zeros_like_layers(layers)

    def step(self, layers, gradients, state, eta):
        """Return the new layers and the new state."""
        return adam_step(layers, gradients, state, eta, self.beta1, self.beta2, self.epsilon)


def plateau_schedule(accuracies, eta, patience, factor):
    """Compute η of each epoch: it's divided by a factor whenever the accuracy has stopped improving.

    Source: slides, "Tuning: The Learning Rate (η)", "The Golden Rule".

    Parameters
    ----------
    accuracies : sequence of float
        On the validation set, after each epoch.
    eta : float
        The first η.
    patience : int
        η falls after this many epochs in a row without a new best accuracy.
    factor : float
        Above 1.

    Returns
    -------
    list of float
        The η of each epoch.

    Raises
    ------
    ValueError
        If patience is below 1 or factor is not above 1.
    """
    if not (patience >= 1 and factor > 1):
        raise ValueError(f"patience is {patience} and factor {factor}: at least 1 epoch, a factor above 1 are needed.")
    etas, best, waited = [], -np.inf, 0
    for accuracy in accuracies:
        etas.append(eta)
        waited = 0 if accuracy > best else waited + 1
        best = max(best, accuracy)
        if waited >= patience:
            eta, waited = eta / factor, 0
    return etas


def early_stopping(accuracies, patience):
    """Find the epoch at which to stop, and the best epoch until then.

    Source: slides, "Hyperparameter Tuning as a Black Art I" (number of epochs).

    Parameters
    ----------
    accuracies : sequence of float
        On the validation set, after each epoch.
    patience : int
        Epochs to wait for a new best accuracy.

    Returns
    -------
    stop_epoch : int
        The first epoch that is ``patience`` epochs after the best one, or the last epoch.
    best_epoch : int
        The first epoch with the highest accuracy so far.

    Raises
    ------
    ValueError
        If there is no accuracy, or patience is below 1.
    """
    if len(accuracies) == 0 or patience < 1:
        raise ValueError(f"{len(accuracies)} accuracies and a patience of {patience}: at least 1 of each is needed.")
    best = 0
    for epoch, accuracy in enumerate(accuracies):
        if accuracy > accuracies[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best
