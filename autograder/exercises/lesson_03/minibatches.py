"""One epoch's mini-batches, in random order."""

from itertools import chain, pairwise

import numpy as np

from autograder.exercises.lesson_03.shared import split_minibatches
from autograder.exercises.parts import (
    Exercise,
    Requirement,
    is_number_like,
    leaves,
    problem_in,
    said,
    trouble,
    unchanged,
)


def minibatches(X, Y, batch_size, rng):
    order = rng.permutation(len(X))
    batches = []
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        batches.append((X[rows], Y[rows]))
    return batches


def _minibatch_probes(rng):
    found = []
    for n, batch_size in ((23, 5), (12, 4), (7, 10)):
        X = rng.normal(size=(n, 3))
        found.append(
            (X, np.column_stack([X.sum(axis=1), X[:, 0]]), batch_size, np.random.default_rng(rng.integers(2**32)))
        )
    return found


def _row_numbers(rows, everything):
    """Return for each row which row of ``everything`` it is, or None if it is none of them."""
    numbers = []
    for row in rows:
        matches = np.flatnonzero((everything.astype(np.float32) == row.astype(np.float32)).all(axis=1))
        numbers.append(int(matches[0]) if len(matches) else None)
    return numbers


def _batches_read(outcome, X, Y):
    """Return the row numbers of X and of Y, batch by batch; raise ValueError with the problem for anything else."""
    if not isinstance(outcome.value, (list, tuple)):
        kind = type(outcome.value).__name__
        raise ValueError(
            said(f"your function returned an object of type {kind}, not a list of pairs (X_b, Y_b).", kind)
        )
    read = []
    for item in outcome.value:
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            raise ValueError(said("each batch must be a pair (X_b, Y_b).", "pair"))
        try:
            X_b, Y_b = (np.asarray(part, dtype=float) for part in item)
        except (TypeError, ValueError):
            raise ValueError(said("X_b and Y_b must be arrays with one example per row.", "arrays")) from None
        if X_b.ndim != 2 or Y_b.ndim != 2 or X_b.shape[1] != X.shape[1] or Y_b.shape[1] != Y.shape[1]:
            sentence = (
                f"X_b has shape {X_b.shape} and Y_b {Y_b.shape}, but rows of X ({X.shape[1]} wide) and of Y "
                f"({Y.shape[1]} wide) are expected."
            )
            raise ValueError(said(sentence, f"{X_b.shape}, {Y_b.shape}"))
        read.append((_row_numbers(X_b, X), _row_numbers(Y_b, Y)))
    return read


def _read_probe(trial, position):
    outcome, (X, Y, *_) = trial.outcomes[position], trial.probes[position]
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return _batches_read(outcome, X, Y)


def _joined(read, side):
    """Return the row numbers of all batches in one list: those of X for side 0, of Y for side 1."""
    return list(chain.from_iterable(batch[side] for batch in read))


def _every_example_once(trial):
    for position, (X, *_) in enumerate(trial.probes):
        try:
            read = _read_probe(trial, position)
        except ValueError as error:
            return problem_in(error)
        in_order, targets = (_joined(read, side) for side in (0, 1))
        if in_order != targets:
            return "X_b and Y_b don't belong together: some examples have the targets of others."
        if None in in_order:
            return "some of the rows you returned are not in X."
        if len(set(in_order)) < len(X):
            return f"{len(X) - len(set(in_order))} of {len(X)} examples are missing: an epoch goes through all of them."
        if len(in_order) > len(X):
            return f"you returned {len(in_order)} examples, but X has only {len(X)}: some appear more than once."
    return None


def _first_order(trial, rng):
    X, Y, batch_size, _ = trial.probes[0]
    outcome = trial.call((X, Y, batch_size, rng))
    problem = trouble(outcome, trial.exercise)
    if problem:
        raise ValueError(problem)
    return _joined(_batches_read(outcome, X, Y), 0)


def _neighbours(order):
    return sum(1 for one, other in pairwise(order) if None not in (one, other) and other == one + 1)


def _random_order(trial):
    try:
        one, again, other = (_first_order(trial, np.random.default_rng(seed)) for seed in (5, 5, 6))
    except ValueError as error:
        return problem_in(error)
    if one == sorted(one, key=lambda number: (number is None, number)):
        return "the examples are in the same order as in X."
    if _neighbours(one) > len(one) // 2:
        return "most examples still come right after their neighbour in X: shuffle the examples, not only the batches."
    if one != again:
        return (
            "the same rng in the same state gave two different orders: draw from the rng that is passed in, and from "
            "nothing else."
        )
    if one == other:
        return "two different rngs gave the same order: you don't use the rng that is passed in."
    return None


def _batch_sizes(trial):
    for position, (X, _, batch_size, _) in enumerate(trial.probes):
        try:
            lengths = [len(batch[0]) for batch in _read_probe(trial, position)]
        except ValueError as error:
            return problem_in(error)
        whole, rest = divmod(len(X), batch_size)
        if lengths != [batch_size] * whole + [rest] * (rest > 0):
            return f"{len(X)} examples in batches of {batch_size} gave batches of sizes {lengths}."
    return None


def _repeats_in_a_batch(trial):
    """Whether a batch ever holds an example twice, tried on enough orders that chance can't hide it."""
    X, Y, batch_size, _ = trial.probes[0]
    batches = []
    for seed in range(6):
        try:
            outcome = trial.call((X, Y, batch_size, np.random.default_rng(seed)))
            batches.extend(_batches_read(outcome, X, Y))
        except ValueError:
            return False
    return any(len(set(rows)) < len(rows) for rows, _ in batches)


def _row_numbers_came(trial):
    """Whether only whole numbers came back, although X and Y have none."""
    parts = [part for _, part in leaves(trial.outcomes[0].value)]
    return bool(parts) and all(is_number_like(part) and np.asarray(part).dtype.kind in "iu" for part in parts)


def _minibatch_facts(trial):
    """Return facts about the pairs that don't depend on the order that was drawn."""
    try:
        read = [_read_probe(trial, position) for position in range(len(trial.probes))]
    except ValueError as error:
        return {"form": problem_in(error).label, "row numbers": _row_numbers_came(trial)}
    facts = {"form": "pairs"}
    X_rows, Y_rows = (_joined(read[0], side) for side in (0, 1))
    facts["X in order"], facts["Y in order"] = (
        rows == sorted(rows, key=str) or rows == list(range(len(rows))) for rows in (X_rows, Y_rows)
    )
    facts["torn"] = X_rows != Y_rows
    facts["missing"] = len(set(X_rows)) < len(trial.probes[0][0])
    facts["repeated"] = len(set(X_rows)) < len(X_rows)
    # Swaps through views, from the end to the beginning or the other way, only ever copy from one side.
    moved = np.sign([row - place for place, row in enumerate(X_rows) if row is not None])
    facts["copied"] = facts["repeated"] and len(set(moved) - {0}) == 1
    facts["repeated in a batch"] = _repeats_in_a_batch(trial)
    facts["lengths"] = tuple(tuple(len(batch[0]) for batch in batches) for batches in read)
    facts["neighbours"] = _neighbours(X_rows) > len(X_rows) // 2
    facts["order"] = _random_order(trial)
    return facts


def _listed_minibatches(X, Y, batch_size, rng):
    order = list(range(len(X)))
    rng.shuffle(order)
    found = []
    while order:
        chosen, order = order[:batch_size], order[batch_size:]
        found.append((np.array([X[i] for i in chosen]), np.array([Y[i] for i in chosen])))
    return found


def _glued_minibatches(X, Y, batch_size, rng):
    rows = rng.permutation(np.hstack([X, Y]))
    for start in range(0, len(rows), batch_size):
        yield np.hsplit(rows[start : start + batch_size], [X.shape[1]])


EXERCISE = Exercise(
    points=2,
    equation="one epoch: all n examples once, in a random order, batch_size at a time, the last part as long as it is",
    probes=_minibatch_probes,
    comparable=False,
    observe=_minibatch_facts,
    requirements=[
        Requirement("every example once, with its own target", 1, _every_example_once),
        Requirement("a random order, drawn from rng", 0.5, _random_order),
        Requirement("batch sizes", 0.25, _batch_sizes),
        unchanged(0.25),
    ],
    variants=[_listed_minibatches, split_minibatches, _glued_minibatches],
)
