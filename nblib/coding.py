"""Huffman's code: the best way to give each value a word of its own, and a drawing of its tree."""

import heapq
from itertools import count

import numpy as np

from nblib.plots import BLUE


def huffman_code(p):
    """Find the words of the shortest code for values that come with probabilities p.

    The two rarest values are joined into one, again and again; each joining puts one more bit in front of the words of
    everything below it.  Source: lecture, "Cross entropy" (the minimum number of bits).

    Parameters
    ----------
    p : sequence of float, length at least 2
        Probabilities of the values.

    Returns
    -------
    list of str
        A word of zeros and ones for each value; none is the beginning of another.
    """
    order = count()  # decides between equal probabilities, so that the lists are never compared
    heap = [(float(probability), next(order), [index]) for index, probability in enumerate(p)]
    heapq.heapify(heap)
    words = [""] * len(heap)
    while len(heap) > 1:
        rare, frequent = heapq.heappop(heap), heapq.heappop(heap)
        for bit, (_, _, below) in (("1", rare), ("0", frequent)):
            for index in below:
                words[index] = bit + words[index]
        heapq.heappush(heap, (rare[0] + frequent[0], next(order), frequent[2] + rare[2]))
    return words


def mean_word_length(p, words):
    """Return how many bits a value costs on average.

    Parameters
    ----------
    p : sequence of float
        Probabilities of the values.
    words : sequence of str
        Their words, in the same order.

    Returns
    -------
    float
    """
    return float(np.dot(p, [len(word) for word in words]))


def code_tree(axes, names, p, words):
    """Draw a code as a tree: a word is read off on the way from the root to its leaf.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    names : sequence of str
        Of the values.
    p : sequence of float
        Their probabilities.
    words : sequence of str
        Their words, none of which is the beginning of another.
    """
    leaves = sorted(zip(words, names, p, strict=True))
    place, total = {}, {}
    for x, (word, _, probability) in enumerate(leaves):
        place[word], total[word] = (float(x), -len(word)), float(probability)
    inner = {word[:end] for word in words for end in range(len(word))}
    for node in sorted(inner, key=len, reverse=True):  # the deepest first: a node needs what is below it
        place[node] = ((place[node + "0"][0] + place[node + "1"][0]) / 2, -len(node))
        total[node] = total[node + "0"] + total[node + "1"]
    for node, (x, y) in place.items():
        if node:
            above = place[node[:-1]]
            axes.plot([above[0], x], [above[1], y], color="black", linewidth=1.2, linestyle="-", zorder=1)
            bit = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            middle = (above[0] + x) / 2, (above[1] + y) / 2
            axes.text(*middle, node[-1], color=BLUE, ha="center", va="center", fontsize=12, bbox=bit, zorder=2)
        box = {"facecolor": "white", "edgecolor": "black", "boxstyle": "round,pad=0.3"}
        axes.text(x, y, f"{total[node]:g}", ha="center", va="center", fontsize=10, bbox=box, zorder=3)
    for word, name, _ in leaves:
        x, y = place[word]
        axes.text(x, y - 0.3, f"{name}: {word}", ha="center", va="top", fontsize=11)
    axes.set(xlim=(-0.7, len(leaves) - 0.3), ylim=(-max(map(len, words)) - 0.8, 0.4))
    axes.axis("off")
