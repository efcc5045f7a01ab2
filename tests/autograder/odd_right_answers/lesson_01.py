"""Right answers in odd styles to exercises of lesson 1."""

ANSWERS = """
def fold_bias(W, b):
    return [[beta, *row] for beta, row in zip(b, W)]

---
def unfold_bias(Theta):
    b, *columns = Theta.T
    return np.stack(columns, axis=1), b

---
def weighted_input(w, a, b):
    if len(w) == 0:
        return b
    return w[0] * a[0] + weighted_input(w[1:], a[1:], b)

---
def layer_weighted_inputs(W, a, b):
    return np.einsum("kj,j->k", W, a) + b

---
def layer_weighted_inputs(W, a, b):
    return [float(sum(w * x for w, x in zip(row, a)) + beta) for row, beta in zip(W, b)]

---
def logistic(z):
    return np.array(0.5 * np.tanh(np.multiply(z, 0.5)) + 0.5, dtype=object).astype(float)

---
def logistic(z):
    return np.exp(-np.logaddexp(0.0, np.negative(z)))

---
def relu(z):
    return (np.abs(z) + z) / 2

---
def relu(z):
    return np.frompyfunc(lambda v: max(float(v), 0.0), 1, 1)(z)

---
def step(z, k=0.0):
    return np.heaviside(np.subtract(z, k), 1.0)

---
def softmax(z):
    e = np.exp(np.moveaxis(np.asarray(z, float), -1, 0) - np.max(z, axis=-1))
    return np.moveaxis(e / e.sum(axis=0), 0, -1)

---
def forward(layers, x):
    zs, activations = (), (x,)
    for W, b in layers:
        zs += (np.dot(W, activations[-1]) + b,)
        activations += (1 / (1 + np.exp(-zs[-1])),)
    return zs, activations

---
def forward(layers, x):
    if not layers:
        return [], [x]
    (W, b), *rest = layers
    z = W @ x + b
    zs, activations = forward(rest, 1 / (1 + np.exp(-z)))
    return [z, *zs], [x, *activations]

---
def forward_batch(layers, X):
    from functools import reduce

    return reduce(lambda A, layer: 1 / (1 + np.exp(-(A @ layer[0].T + layer[1]))), layers, X)

---
def forward_batch(layers, X):
    A = X.T.astype(np.float32)
    for W, b in layers:
        A = 1 / (1 + np.exp(-(W.astype(np.float32) @ A + b[:, None].astype(np.float32))))
    return A.T
""".strip().split("\n\n---\n")
