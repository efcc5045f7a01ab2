"""Right answers in odd styles to exercises of lesson 3."""

ANSWERS = """
def output_delta(a, y, z):
    return [2 * (p - t) * logistic_prime(v) for p, t, v in zip(a, y, z)]

---
def output_delta(a, y, z):
    return np.float32(2 * (a - y) * logistic_prime(z))

---
def hidden_delta(W_next, delta_next, z):
    return np.tensordot(delta_next, W_next, axes=1) * logistic_prime(z)

---
def hidden_delta(W_next, delta_next, z):
    return np.array(
        [sum(d * w for d, w in zip(delta_next, column)) * logistic_prime(v) for column, v in zip(W_next.T, z)],
        dtype=object,
    )

---
def layer_gradients(delta, a_prev):
    return delta.reshape(-1, 1) * a_prev, delta.copy()

---
def layer_gradients(delta, a_prev):
    return np.kron(delta, a_prev).reshape(len(delta), -1), list(delta)

---
def backprop(layers, x, y):
    def descend(a, rest):
        if not rest:
            return 2 * (a - y), []
        (W, b), *rest = rest
        z = W @ a + b
        back, below = descend(1 / (1 + np.exp(-z)), rest)
        delta = back * logistic_prime(z)
        return delta @ W, [(np.outer(delta, a), delta)] + below

    return descend(x, layers)[1]

---
def backprop(layers, x, y):
    a, steps, out = x, [], []
    for W, b in layers:
        steps.append((W, a))
        a = 1 / (1 + np.exp(-(W @ a + b)))
    d = 2 * (a - y) * a * (1 - a)
    while steps:
        W, a = steps.pop()
        out += [(d[:, np.newaxis] @ a[np.newaxis], d)]
        d = d @ W * a * (1 - a)
    return out[::-1]

---
def backprop_batch(layers, X, Y):
    A = [X]
    for W, b in layers:
        A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
    d, out = 2 / len(X) * (A[-1] - Y) * A[-1] * (1 - A[-1]), [None] * len(layers)
    for l in range(len(layers) - 1, -1, -1):
        out[l] = [np.einsum("nk,nj->kj", d, A[l]), np.ones(len(X)) @ d]
        d = np.einsum("nk,kj,nj->nj", d, layers[l][0], A[l] * (1 - A[l]))
    return tuple(out)

---
def backprop_batch(layers, X, Y):
    layers = [(np.float32(W), np.float32(b)) for W, b in layers]
    A = [np.float32(X)]
    for W, b in layers:
        A.append(1 / (1 + np.exp(-(A[-1] @ W.T + b))))
    d, out = 2 * (A[-1] - np.float32(Y)) * A[-1] * (1 - A[-1]), []
    for (W, b), a in zip(layers[::-1], A[-2::-1]):
        out.insert(0, (d.T @ a / len(X), d.mean(axis=0)))
        d = d @ W * a * (1 - a)
    return out

---
def sgd_step(layers, gradients, eta):
    return [tuple(p - eta * g for p, g in zip(*both)) for both in zip(layers, gradients)]

---
def gradient_norms(gradients):
    return [sum(v * v for v in db) ** 0.5 for _, db in gradients]

---
def minibatches(X, Y, batch_size, rng):
    order = iter(rng.permutation(len(X)).tolist())
    from itertools import islice

    while rows := list(islice(order, batch_size)):
        yield X[rows], Y[rows]

---
def corrected_notes_gradient(theta, a, y):
    s = 1 / (1 + np.exp(-np.dot(a, theta)))
    return [(s - y) * s * (1 - s) * v for v in a]
""".strip().split("\n\n---\n")
