"""Right answers in odd styles to exercises of lesson 7."""

ANSWERS = """
def split(n, fractions, rng):
    order, ends = rng.permutation(n), np.rint(n * np.cumsum(fractions)).astype(int)
    return [order[i:j].tolist() for i, j in zip([0, *ends], ends)]

---
def early_stopping(accuracies, patience):
    best = -1
    for epoch, value in enumerate(accuracies):
        if best < 0 or value > accuracies[best]:
            best = epoch
        elif epoch >= best + patience:
            return epoch, best
    return len(accuracies) - 1, best

---
def momentum_step(layers, gradients, velocity, eta, mu):
    v = [[mu * p - eta * g for p, g in zip(*pair)] for pair in zip(velocity, gradients)]
    return [[p + s for p, s in zip(*pair)] for pair in zip(layers, v)], v

---
def adam_step(layers, gradients, state, eta, beta1=0.9, beta2=0.999, eps=1e-8):
    t, (m, v) = state[0] + 1, ([[1.0 * p for p in pair] for pair in pairs] for pairs in state[1:])
    new = [[1.0 * p for p in pair] for pair in layers]
    for i, pair in enumerate(gradients):
        for j, g in enumerate(pair):
            m[i][j] = g + beta1 * (m[i][j] - g)
            v[i][j] = g * g + beta2 * (v[i][j] - g * g)
            root = (v[i][j] / (1 - beta2**t)) ** 0.5
            new[i][j] -= eta * m[i][j] / ((1 - beta1**t) * (root + eps))
    return new, [t, m, v]

---
def best_lambda(validation_accuracies, lambdas):
    return sorted(zip(validation_accuracies, lambdas))[-1][1]

---
def judge_eta(costs):
    c = np.array(costs, float)
    if not np.all(np.abs(c) < np.inf) or max(c[1:] - c[:-1]) > c[0] / 100:
        return "too high"
    return "just right" if c[-1] <= 0.9 * c[0] else "too low"

---
def find_eta(costs_for, start=0.01):
    falls = lambda eta: bool(np.all(np.diff(costs_for(eta)) < 0) and np.isfinite(costs_for(eta)).all())
    k = round(np.log10(start))
    while falls(10.0**k):
        k += 1
    while not falls(10.0**k):
        k -= 1
    return np.array(10.0**k)
""".strip().split("\n\n---\n")
