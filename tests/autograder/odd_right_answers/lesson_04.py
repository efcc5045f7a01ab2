"""Right answers in odd styles to exercises of lesson 4."""

ANSWERS = """
def quadratic_cost(A, Y):
    return np.vdot(Y - A, Y - A) / (2 * Y.shape[0])

---
def binary_cross_entropy(a, y):
    return -np.log(a * y + (1 - a) * (1 - y)).sum() / y.size

---
def dC_dz(a, y):
    return np.subtract(a, y, dtype=float)

---
def one_hot(labels, K):
    return [[int(label == k) for k in range(K)] for label in labels]

---
def one_hot(labels, K):
    return np.eye(K)[np.asarray(labels)]

---
def softmax_delta(Z, Y):
    P = np.exp(Z - Z.max(1)[:, None])
    return P / P.sum(1)[:, None] - Y

---
def softmax_delta(Z, Y):
    rows = []
    for z, y in zip(Z, Y):
        e = np.exp(z - max(z))
        rows.append(list(e / sum(e) - y))
    return rows

---
def softmax_cross_entropy(Z, Y):
    return np.mean([np.logaddexp.reduce(z) - z @ y for z, y in zip(Z, Y)])

---
def entropy_bits(p):
    return sum(-v * np.log2(v) for v in p.tolist() if v)

---
def cross_entropy_bits(p, q):
    return float(sum(np.log2(1 / b) * a for a, b in zip(p, q) if a > 0))

---
def cross_entropy_neuron_gradient(w, b, X, y):
    d = (0.5 + 0.5 * np.tanh((X @ w + b) / 2) - y) / len(y)
    return d @ X, d.sum()
""".strip().split("\n\n---\n")
