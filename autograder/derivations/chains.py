"""The chain between a name and a variable, and what is written when its links are not multiplied as they should be."""

import itertools
from functools import reduce

from autograder.derivations.expression import Binary, Derivative, Entry, Sum

# How many names between the two ends are looked at.
MAX_BETWEEN = 3


def chains(derivative, vocabulary, letters=()):
    """Yield ways to write a derivative as a chain.

    Parameters
    ----------
    derivative : autograder.derivations.expression.Derivative
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    letters : iterable of str
        Indices to sum over if they are free.

    Yields
    ------
    (tuple of Derivative, tuple of str)
        The links, and the indices to sum over; which of the ways are right is for the values to tell.
    """
    of, by = derivative.of, derivative.by
    if not isinstance(of, Entry) or vocabulary.names[of.name].definition is None:
        return
    between = _between(of, by, vocabulary)[:MAX_BETWEEN]
    for count in range(len(between), 0, -1):
        for names in itertools.combinations(between, count):
            places = [_places(name, of, by, vocabulary, letters) for name in names]
            for chosen in itertools.product(*places):
                entries = [of, *(entry for entry, _ in chosen), by]
                links = tuple(itertools.starmap(Derivative, itertools.pairwise(entries)))
                yield links, tuple(index for _, index in chosen if index)


def _between(of, by, vocabulary):
    """Return the names that every path from one end to the other passes, from the outside to the inside."""
    return [
        name
        for name in reversed(vocabulary.shown())
        if name in vocabulary.upstream(of.name)
        and by.name in vocabulary.upstream(name)
        and by.name not in vocabulary.reached(vocabulary.names[of.name].definition, stop=name)
    ]


def _places(name, of, by, vocabulary, letters):
    """Return a name's entries that a chain could pass: those with an index of the ends, and all of them in a sum."""
    kinds = vocabulary.names[name].kinds
    if not kinds:
        return [(Entry(name), "")]
    if len(kinds) > 1:
        return []
    ends = dict.fromkeys((*by.indices, *of.indices))
    found = [(Entry(name, (index,)), "") for index in ends if vocabulary.free.get(index) == kinds[0]]
    letter = next(each for each in (*letters, *"kimpqrt") if each not in {*ends, *vocabulary.free})
    return [*found, (Entry(name, (letter,)), letter)]


def multiplied(links, summed):
    """Return the product of links, added up over the indices that stand in them."""
    return _summed(reduce(lambda one, other: Binary("*", one, other), links), summed)


def _summed(of, indices):
    for index in indices:
        if any(isinstance(part, Entry) and index in part.indices for part in of.walk()):
            of = Sum(index, of)
    return of


def broken_chains(links, summed):
    """Yield what is written when the links of a chain are left out, added, or torn out of their sum.

    Parameters
    ----------
    links : sequence of Derivative
    summed : sequence of str
        The indices to sum over.

    Yields
    ------
    (str, Derivative or None, Expression)
        The id of the mistake, a link that is missing, and the result.
    """
    for missing in range(len(links)):
        kept = [link for place, link in enumerate(links) if place != missing]
        yield "link-missing", links[missing], multiplied(kept, summed)
    products = [(multiplied(links[:place], ()), multiplied(links[place:], ()), place) for place in range(1, len(links))]
    for one, other, _ in products:
        yield "links-added", None, _summed(Binary("+", one, other), summed)
        if summed:
            yield "links-added", None, Binary("+", _summed(one, summed), _summed(other, summed))
            yield "sum-of-products", None, Binary("*", _summed(one, summed), _summed(other, summed))
    if len(links) > 2:
        yield "links-added", None, _summed(reduce(lambda one, other: Binary("+", one, other), links), summed)
