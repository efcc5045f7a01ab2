"""The seeds that decide the probes: a public one for ``check``, a hidden one for ``grade``.

No process that runs student code imports this module.
"""

PUBLIC_SEED = 1986
HIDDEN_SEED = 323533
_hidden_seed = HIDDEN_SEED


def use_hidden_seed(seed):
    """Have :func:`autograder.check.grade` draw its probes from another seed, which nobody can look up in the package.

    Parameters
    ----------
    seed : int
        Not negative.
    """
    global _hidden_seed
    _hidden_seed = seed


def hidden_seed():
    """Return the seed that ``grade`` uses now."""
    return _hidden_seed
