"""Steps that turn gradients into new weights."""


def sgd_step(layers, gradients, eta):
    """One step of gradient descent: w − η ∂C/∂w for every weight and bias.

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

    Notes
    -----
    Source: lecture, "Backpropagation"; notes, "Error derivatives".
    """
    return [(weights - eta * dW, bias - eta * db) for (weights, bias), (dW, db) in zip(layers, gradients, strict=True)]
