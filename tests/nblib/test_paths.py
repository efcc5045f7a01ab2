"""The picture of the paths from a hidden neuron to the cost."""

import matplotlib.pyplot as plt
import pytest

from nblib.paths import paths_alt, paths_figure


@pytest.mark.parametrize("labelled", [False, True])
def test_what_the_chain_rule_multiplies_is_shown_only_where_it_is_asked_for(labelled):
    fig = paths_figure(labelled)
    texts = " ".join(text.get_text() for text in fig.axes[0].texts)
    plt.close(fig)
    for answer, word in (("$w_{1j}$", "w_kj"), ("$\\delta_3$", "δ_k"), ("$\\sigma'(z_j)$", "σ′(z_j)")):
        assert (answer in texts) == (word in paths_alt(labelled)) == labelled
