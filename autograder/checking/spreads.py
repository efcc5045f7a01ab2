"""Standard deviations that weights can have, and how a sample shows which one it has."""

import math
from itertools import pairwise

import numpy as np

# Every standard deviation that is right somewhere, or that a known mistake gives, as a function of a layer's fan-in
# and fan-out and of the width of the input.
STDS = {
    "0": lambda n_in, n_out, m_0: 0.0,
    "0.01": lambda n_in, n_out, m_0: 0.01,
    "1": lambda n_in, n_out, m_0: 1.0,
    "√n_in": lambda n_in, n_out, m_0: math.sqrt(n_in),
    "1/√n_in": lambda n_in, n_out, m_0: 1 / math.sqrt(n_in),
    "1/n_in": lambda n_in, n_out, m_0: 1 / n_in,
    "1/(2n_in)": lambda n_in, n_out, m_0: 0.5 / n_in,
    "1/n_in^1.5": lambda n_in, n_out, m_0: n_in**-1.5,
    "1/√n_out": lambda n_in, n_out, m_0: 1 / math.sqrt(n_out),
    "1/√m_0": lambda n_in, n_out, m_0: 1 / math.sqrt(m_0),
    "√(1/√n_in)": lambda n_in, n_out, m_0: n_in**-0.25,
    "√(2/n_in)": lambda n_in, n_out, m_0: math.sqrt(2 / n_in),
    "√(2/n_out)": lambda n_in, n_out, m_0: math.sqrt(2 / n_out),
    "√(2/m_0)": lambda n_in, n_out, m_0: math.sqrt(2 / m_0),
    "√2/n_in": lambda n_in, n_out, m_0: math.sqrt(2) / n_in,
    "2/n_in": lambda n_in, n_out, m_0: 2 / n_in,
    "2/√n_in": lambda n_in, n_out, m_0: 2 / math.sqrt(n_in),
    "√(n_in/2)": lambda n_in, n_out, m_0: math.sqrt(n_in / 2),
    "√(1/(2n_in))": lambda n_in, n_out, m_0: math.sqrt(0.5 / n_in),
    "√(2/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / (n_in + n_out)),
    "1/(n_in+n_out)": lambda n_in, n_out, m_0: 1 / (n_in + n_out),
    "√2/(n_in+n_out)": lambda n_in, n_out, m_0: math.sqrt(2) / (n_in + n_out),
    "2/(n_in+n_out)": lambda n_in, n_out, m_0: 2 / (n_in + n_out),
    "√(1/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(1 / (n_in + n_out)),
    "√(3/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(3 / (n_in + n_out)),
    "√(6/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(6 / (n_in + n_out)),
    "√(2/(n_in·n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / (n_in * n_out)),
    "√(2/n_in+n_out)": lambda n_in, n_out, m_0: math.sqrt(2 / n_in + n_out),
    "√((n_in+n_out)/2)": lambda n_in, n_out, m_0: math.sqrt((n_in + n_out) / 2),
    "uniform 0 … 1": lambda n_in, n_out, m_0: math.sqrt(1 / 12),
    "uniform −1 … 1": lambda n_in, n_out, m_0: math.sqrt(1 / 3),
    "uniform ±1/√n_in": lambda n_in, n_out, m_0: math.sqrt(1 / 3 / n_in),
    "uniform ±√(2/n_in)": lambda n_in, n_out, m_0: math.sqrt(2 / 3 / n_in),
    "uniform ±√(2/(n_in+n_out))": lambda n_in, n_out, m_0: math.sqrt(2 / 3 / (n_in + n_out)),
}


# A sample standard deviation of N Gaussian numbers is off by 1/√(2N) on average.  Six times that is exceeded about
# twice in 10⁹, so with a dozen layers a right answer is turned away less than once in 10⁷.
SIGMAS = 6


def has_std(sample, std):
    """Whether a sample has a standard deviation, as far as chance lets one say."""
    return abs(sample.std() / std - 1) < SIGMAS / math.sqrt(2 * sample.size)


def centred(sample):
    """Whether the mean of a sample is 0, as far as chance lets one say."""
    return abs(sample.mean()) <= SIGMAS * sample.std() / math.sqrt(sample.size)


def centre_of(layers):
    """What all weights scatter around, in standard deviations: 0, one of some other numbers, or "elsewhere"."""
    if all(centred(W) for W, _, _ in layers):
        return 0
    means = [W.mean() / (W.std() or 1) for W, _, _ in layers]
    near = [centre for centre in (-1, -0.5, 0.5, 1) if all(abs(mean - centre) < 0.15 for mean in means)]
    return near[0] if near else "elsewhere"


def kurtosis_of(sample):
    """Return the fourth moment of a sample brought to standard deviation 1; 0 for a constant."""
    return float(np.mean(((sample - sample.mean()) / sample.std()) ** 4)) if sample.std() > 0 else 0.0


def pooled(layers):
    """All weights, each layer brought to standard deviation 1."""
    return np.concatenate([(W / (W.std() or 1)).ravel() for W, _, _ in layers])


def repeated_numbers(layers):
    """Which numbers come more than once: ``"rows"`` within a layer, ``"layers"`` from layer to layer, or ``"no"``."""
    matrices = [W for W, _, _ in layers if W.ndim == 2 and W.std() > 0]
    if any(np.allclose(W, W[:1]) or np.allclose(W, W[:, :1]) for W in matrices):
        return "rows"
    for one, other in pairwise(matrices):
        size, rows, columns = min(one.size, other.size), *np.minimum(one.shape, other.shape)
        streams = one.ravel()[:size], other.ravel()[:size]
        blocks = one[:rows, :columns].ravel(), other[:rows, :columns].ravel()
        if any(abs(np.corrcoef(*pair)[0, 1]) > 0.9 for pair in (streams, blocks)):
            return "layers"
    return "no"


def nearest_std(layers):
    """Name of the standard deviation that fits all layers, or "another"."""
    stds = np.array([W.std() for W, _, _ in layers])
    if (stds == 0).all():
        return "0"
    if (stds == 0).any():
        return "another"
    distances = {
        name: max(abs(math.log(std / rule(*widths))) for std, (_, _, widths) in zip(stds, layers, strict=True))
        for name, rule in STDS.items()
        if name != "0"
    }
    best = min(distances, key=distances.get)
    return best if distances[best] < 0.08 else "another"
