"""Right answers in odd styles to exercises of lesson 2."""

ANSWERS = """
def logistic_prime(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2

---
def tanh_prime(z):
    return 4 * np.exp(-2 * np.abs(z)) / (1 + np.exp(-2 * np.abs(z))) ** 2

---
def relu_prime(z):
    return np.where(np.greater(z, 0), 1, 0)

---
def numerical_derivative(f, x, h=1e-5):
    above, below = map(f, (x + h, x - h))
    return 0.5 / h * above - 0.5 / h * below

---
def chain_derivative(functions, derivatives, x):
    if not functions:
        return 1
    return derivatives[0](x) * chain_derivative(functions[1:], derivatives[1:], functions[0](x))

---
def numerical_gradient(f, theta, h=1e-5):
    theta = np.array(theta, float)
    gradient = np.empty_like(theta)
    steps = np.nditer(theta, flags=["multi_index"])
    for _ in steps:
        d = np.zeros_like(theta)
        d[steps.multi_index] = h
        gradient[steps.multi_index] = (f(theta + d) - f(theta - d)) / (2 * h)
    return gradient

---
def relative_error(u, v):
    u, v = np.asarray(u, float).ravel(), np.asarray(v, float).ravel()
    total = np.hypot.reduce(u) + np.hypot.reduce(v)
    return np.hypot.reduce(u - v) / total if total else 0

---
def neuron_gradient(w, b, X, y):
    dw, db = np.zeros(len(w)), 0.0
    for x, t in zip(X, y):
        a = 0.5 + 0.5 * np.tanh(0.5 * (x @ w + b))
        common = 2 * (a - t) * a * (1 - a)
        dw += common * x
        db += common
    return dw / len(y), db / len(y)

---
def neuron_gradient(w, b, X, y):
    a = 0.5 + 0.5 * np.tanh(0.5 * (X @ w + b))
    d = 2 * (a - y) * a * (1 - a)
    return np.average(X, axis=0, weights=None) * 0 + np.einsum("i,ij->j", d, X) / d.size, np.mean(d)
""".strip().split("\n\n---\n")
