"""The largest of the best λ."""

import numpy as np

from autograder.exercises.parts import Exercise, cases, shapes, unchanged, values


def best_lambda(validation_accuracies, lambdas):
    best = max(validation_accuracies)
    return max(lam for lam, accuracy in zip(lambdas, validation_accuracies, strict=True) if accuracy == best)


def _lambda_probes(rng):
    found = []
    for count, tied in ((5, 2), (7, 3), (6, 1), (4, 1), (6, 2)):
        lambdas = [float(10.0**k) for k in rng.permutation(np.arange(-3, 5))[:count]]
        accuracies = [float(k) / 400 for k in rng.permutation(np.arange(320, 380))[:count]]
        # The tie stands neither first nor last, nor does its larger λ come first or last among those that tie.
        places = [int(place) for place in rng.permutation(np.arange(1, count - 1))[:tied]]
        for place in places:
            accuracies[place] = 0.96
        found.append((accuracies, lambdas))
    # A tie in which the larger λ comes first, and one in which it comes last.
    found.append(([0.9, 0.95, 0.93, 0.95], [0.0, 10.0, 1.0, 0.1]))
    found.append(([0.91, 0.96, 0.9, 0.96, 0.94], [100.0, 0.01, 30.0, 0.3, 0.0]))
    return found


def _loop_lambda(validation_accuracies, lambdas):
    best, chosen = -1.0, None
    for place in range(len(lambdas)):
        if validation_accuracies[place] > best:
            best, chosen = validation_accuracies[place], lambdas[place]
        elif validation_accuracies[place] == best and lambdas[place] > chosen:
            chosen = lambdas[place]
    return chosen


def _array_lambda(validation_accuracies, lambdas):
    accuracies = np.asarray(validation_accuracies)
    return np.asarray(lambdas)[accuracies == accuracies.max()].max()


EXERCISE = Exercise(
    points=1,
    equation="λ with the highest validation accuracy; in a tie the largest of those λ",
    probes=_lambda_probes,
    requirements=[
        values(0.5),
        shapes(0.125, "one number"),
        cases(
            "arrays and tuples",
            0.25,
            lambda rng: [
                tuple(np.array(part) for part in _lambda_probes(rng)[0]),
                tuple(tuple(part) for part in _lambda_probes(rng)[1]),
            ],
        ),
        unchanged(0.125),
    ],
    variants=[
        _loop_lambda,
        _array_lambda,
        lambda validation_accuracies, lambdas: max(zip(validation_accuracies, lambdas, strict=True))[1],
        lambda validation_accuracies, lambdas: np.array(lambdas)[np.lexsort((lambdas, validation_accuracies))[-1]],
    ],
)
