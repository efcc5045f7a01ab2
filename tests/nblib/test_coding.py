"""The best code for single values, and its picture."""

from itertools import product

import numpy as np
import pytest

from nblib import plots
from nblib.coding import code_tree, huffman_code, mean_word_length

DISTRIBUTIONS = [[0.9, 0.1], [0.5, 0.25, 0.125, 0.125], [0.4, 0.3, 0.2, 0.1], [0.25] * 4, [0.7, 0.1, 0.1, 0.05, 0.05]]


@pytest.mark.parametrize("p", DISTRIBUTIONS)
def test_no_word_is_the_beginning_of_another(p):
    words = huffman_code(p)
    assert len(words) == len(p)
    assert not any(a.startswith(b) for a in words for b in words if a is not b)


@pytest.mark.parametrize("p", DISTRIBUTIONS)
def test_no_other_code_is_shorter(p):
    # Kraft: words of these lengths exist exactly if their 2^−length sum to at most 1.
    possible = (lengths for lengths in product(range(1, len(p)), repeat=len(p)) if sum(0.5**n for n in lengths) <= 1)
    shortest = min(float(np.dot(p, lengths)) for lengths in possible) if len(p) > 2 else 1.0
    assert mean_word_length(p, huffman_code(p)) == pytest.approx(shortest)


def test_the_tree_shows_every_value_with_its_word():
    names, p = "abcd", [0.4, 0.3, 0.2, 0.1]
    words = huffman_code(p)
    fig, axes = plots.figure()
    code_tree(axes, names, p, words)
    shown = [text.get_text() for text in axes.texts]
    assert {f"{name}: {word}" for name, word in zip(names, words, strict=True)} <= set(shown)
    assert shown.count("1") == 3 + 1  # a bit for each of three joinings, and the root's total
    assert fig.axes == [axes]
