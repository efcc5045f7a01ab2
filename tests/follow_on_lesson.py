"""A lesson whose functions call each other: the right answer to each exercise, as text."""

IMPORTS = (
    "import numpy as np\nfrom nblib.activations import logistic, logistic_prime\nfrom nblib.network import forward"
)
RIGHT = {
    "output_delta": "def output_delta(a, y, z):\n    return 2 * (a - y) * logistic_prime(z)",
    "hidden_delta": ("def hidden_delta(W_next, delta_next, z):\n    return W_next.T @ delta_next * logistic_prime(z)"),
    "layer_gradients": "def layer_gradients(delta, a_prev):\n    return np.outer(delta, a_prev), delta",
    "backprop": """def backprop(layers, x, y):
    zs, activations = forward(layers, x)
    delta = output_delta(activations[-1], y, zs[-1])
    gradients = [layer_gradients(delta, activations[-2])]
    for index in range(len(layers) - 1, 0, -1):
        delta = hidden_delta(layers[index][0], delta, zs[index - 1])
        gradients.insert(0, layer_gradients(delta, activations[index - 1]))
    return gradients""",
    "backprop_batch": """def backprop_batch(layers, X, Y):
    zs, activations = forward(layers, X)
    delta = 2 * (activations[-1] - Y) * logistic_prime(zs[-1]) / len(X)
    gradients = []
    for index in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (delta.T @ activations[index], delta.sum(axis=0)))
        if index:
            delta = delta @ layers[index][0] * logistic_prime(zs[index - 1])
    return gradients""",
    "minibatches": """def minibatches(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    return [(X[rows], Y[rows]) for rows in np.split(order, range(batch_size, len(X), batch_size))]""",
    "train": """def train(layers, X, Y, eta, epochs, batch_size, rng):
    costs = []
    for _ in range(epochs):
        for X_b, Y_b in minibatches(X, Y, batch_size, rng):
            gradients = backprop_batch(layers, X_b, Y_b)
            layers = [(W - eta * dW, b - eta * db) for (W, b), (dW, db) in zip(layers, gradients)]
        costs.append(np.mean(np.sum((forward(layers, X)[1][-1] - Y) ** 2, axis=1)))
    return layers, costs""",
}
WITHOUT_SLOPE = "def hidden_delta(W_next, delta_next, z):\n    return W_next.T @ delta_next"
