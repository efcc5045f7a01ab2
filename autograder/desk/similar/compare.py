"""Compare everybody's code with everybody's: what few have written weighs much, and what all have written nothing."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import norm

from autograder.desk.similar.pieces import pieces_of

# By which power of what two authors have in common in an exercise it counts once more.
SHARPNESS = 0.5
# Names and comments are easily changed, and easily chosen alike.
_WEIGHTS = {"code": 1.0, "line": 1.0, "comment": 0.5, "name": 0.25}


@dataclass(frozen=True)
class Pair:
    """Two authors whose code has something in common.

    Attributes
    ----------
    one, other : str
    share : float
        How much of their code, weighted by how rare it is, they have in common: from 0 to 1. Where they agree nearly
        fully in an exercise, it counts for more.
    exercises : dict of str to float
        The same for each exercise that both have written.
    """

    one: str
    other: str
    share: float
    exercises: dict


def compare(answers, released, others=None, most=100):
    """Compare the code of a class.

    Parameters
    ----------
    answers : dict of str to dict of str to str
        By author and exercise, the code of the exercise's cell.
    released : dict of str to str
        By exercise, what was in the cell when it was handed out; it counts for nobody.
    others : dict of str to dict of str to str, optional
        Compare with these authors instead of with each other, such as with the solution or last year's class.
    most : int
        Pairs to return.

    Returns
    -------
    list of Pair
        Those with the most in common first.
    """
    everybody = {("own", name): code for name, code in answers.items()}
    everybody |= {("other", name): code for name, code in (others or {}).items()}
    stubs = {name: pieces_of(code) for name, code in released.items()}
    names = sorted({exercise for code in everybody.values() for exercise in code})
    vectors = {name: _vectors(list(everybody.values()), name, stubs.get(name, Counter())) for name in names}
    shares = _shares([_products(each) for each in vectors.values()], len(everybody))
    authors, size = list(everybody), len(answers)
    if others is None:
        places = [(row, column) for row in range(size) for column in range(row + 1, size)]
    else:
        places = [(row, column) for row in range(size) for column in range(size, len(everybody))]
    places = sorted((place for place in places if shares[place] > 0.01), key=lambda place: -shares[place])[:most]
    return [
        Pair(authors[row][1], authors[column][1], float(shares[row, column]), _by_exercise(vectors, row, column))
        for row, column in places
    ]


def _shares(products, size):
    """Return how much every two authors have in common; an exercise in which they agree nearly fully counts more.

    Whoever copies and then rewrites one function agrees in all others. Two who found the same way by themselves agree
    by halves everywhere.
    """
    squares = sum((each.diagonal() for each in products), start=np.zeros(size))
    common = np.zeros((size, size))
    for each in products:
        lengths = np.sqrt(np.maximum(each.diagonal(), 1e-12))
        common += each * np.clip(each / np.outer(lengths, lengths), 0, 1) ** SHARPNESS
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    return common / np.outer(lengths, lengths)


def _vectors(codes, exercise, stub):
    """Return a row for each author and a column for each piece of an exercise, weighted by rarity."""
    counted = [pieces_of(code[exercise]) - stub if exercise in code else Counter() for code in codes]
    spread = Counter(piece for pieces in counted for piece in pieces)
    authors = max(1, sum(bool(pieces) for pieces in counted))
    columns = {piece: number for number, piece in enumerate(spread)}
    rows, places, values = [], [], []
    for row, pieces in enumerate(counted):
        for piece in pieces:
            weight = _WEIGHTS[piece[0]] * math.log((authors + 1) / spread[piece])
            rows.append(row)
            places.append(columns[piece])
            values.append(weight * math.sqrt(1 + math.log(pieces[piece])))
    return sparse.csr_matrix((values, (rows, places)), shape=(len(codes), len(columns)))


def _products(vectors):
    return np.asarray((vectors @ vectors.T).todense())


def _by_exercise(vectors, row, column):
    shares = {}
    for name, each in vectors.items():
        one, other = each[row], each[column]
        length = norm(one) * norm(other)
        if length > 0:
            shares[name] = float((one @ other.T).toarray()[0, 0] / length)
    return shares
