"""Right answers in odd styles to exercises of lesson 5."""

ANSWERS = """
def l2_cost(cost, weights, lam, n):
    return cost + lam / n / 2 * np.sum([np.linalg.norm(W) ** 2 for W in weights])

---
def l1_cost(cost, weights, lam, n):
    return cost + lam * sum(abs(v) for W in weights for v in W.flat) / n

---
def l2_step(w, gradient, eta, lam, n):
    return np.multiply(w, 1) - eta * (np.multiply(gradient, 1) + lam / n * np.multiply(w, 1))

---
def soft_threshold_step(w, gradient, eta, lam, n):
    v = np.subtract(w, np.multiply(eta, gradient))
    t = eta * lam / n
    return v - np.clip(v, -t, t)

---
def dropout(a, p_drop, rng):
    mask = np.array([[rng.random() > p_drop for _ in range(1)][0] for _ in range(a.size)]).reshape(a.shape)
    return np.where(mask, a, 0), mask.astype(int)

---
def inverted_dropout(a, p_drop, rng):
    mask = np.float32(rng.uniform(size=a.shape) > p_drop)
    return a * mask * (1 / (1 - p_drop)), mask

---
def shift_image(image, dy, dx):
    h, w = image.shape
    padded = np.pad(image, ((abs(dy), abs(dy)), (abs(dx), abs(dx))))
    return padded[abs(dy) - dy : abs(dy) - dy + h, abs(dx) - dx : abs(dx) - dx + w]

---
def zero_fraction(weights, tol=0.0):
    return np.mean(np.concatenate([np.abs(W).ravel() for W in weights]) <= tol)
""".strip().split("\n\n---\n")
