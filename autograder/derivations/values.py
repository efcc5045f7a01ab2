"""Evaluate expressions at random points; derivatives by forward-mode automatic differentiation.

All points, and all values of all indices, are evaluated at once.  A value is a *jet*: a number, and beside it the
coefficients of products of infinitesimals ε, one for each derivative in progress, whose squares are 0.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Same,
    Sum,
)

POINTS, SIZES, MAX_SIZE = 6, (2, 3, 4, 5), 400_000
_NOTHING = frozenset()


class TooLarge(Exception):
    """An expression that would take too long to evaluate."""


@dataclass(frozen=True)
class Point:
    """Random numbers for the variables of a derivation, several points at once.

    Attributes
    ----------
    sizes : dict of str to int
        How many each kind of index counts; no two kinds have the same size.
    variables : dict of str to ndarray
        Of shape ``(POINTS, *sizes of its axes)``.
    """

    sizes: dict
    variables: dict


def draw(vocabulary, rng):
    """Draw a point.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
        Its names without a definition get numbers.
    rng : numpy.random.Generator

    Returns
    -------
    Point
    """
    kinds = sorted({kind for name in vocabulary.names.values() for kind in name.kinds})
    sizes = dict(zip(kinds, rng.permutation(SIZES)[: len(kinds)].tolist(), strict=True))
    variables = {}
    for name, meaning in vocabulary.names.items():
        if meaning.definition is None:
            shape = (POINTS, *(sizes[kind] for kind in meaning.kinds))
            variables[name] = _numbers(meaning.values, shape, rng)
    return Point(sizes, variables)


def _numbers(values, shape, rng):
    if values == "real":
        # Away from 0, where factors would vanish.
        return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 1.6, shape)
    if values == "positive":
        return rng.uniform(0.4, 2.9, shape)
    numbers = rng.uniform(0.1, 0.9, shape)
    return numbers / numbers.sum(axis=-1, keepdims=True) if values == "sums to 1" else numbers


class Tensor:
    """Numbers at all points, with one named axis for each index they depend on."""

    __slots__ = ("array", "axes")

    def __init__(self, array, axes=()):
        self.array, self.axes = array, axes

    def along(self, axes):
        """Return the array with these axes, of length 1 where the numbers do not depend on one."""
        order = [self.axes.index(axis) + 1 for axis in axes if axis in self.axes]
        array = self.array.transpose([0, *order]) if order != sorted(order) else self.array
        shape, lengths = [array.shape[0]], iter(array.shape[1:])
        shape += [next(lengths) if axis in self.axes else 1 for axis in axes]
        return array.reshape(shape)


def _combined(operation, one, other):
    axes = one.axes if one.axes == other.axes else (*one.axes, *(a for a in other.axes if a not in one.axes))
    left, right = one.along(axes), other.along(axes)
    if math.prod(map(max, left.shape, right.shape)) > MAX_SIZE:
        raise TooLarge
    return Tensor(operation(left, right), axes)


def _add(one, other):
    result = dict(one)
    for key, tensor in other.items():
        result[key] = _combined(np.add, result[key], tensor) if key in result else tensor
    return result


def _multiply(one, other):
    result = {}
    for (key, tensor), (other_key, other_tensor) in itertools.product(one.items(), other.items()):
        if not key & other_key:
            product = _combined(np.multiply, tensor, other_tensor)
            both = key | other_key
            result[both] = _combined(np.add, result[both], product) if both in result else product
    return result


def _mapped(operation, jet):
    return {key: Tensor(operation(tensor.array), tensor.axes) for key, tensor in jet.items()}


def _scaled(factor, jet):
    return _mapped(lambda array: factor * array, jet)


def _series(jet, coefficients):
    """Return f of a jet from Taylor's coefficients of f at its number, as many as there are infinitesimals and one."""
    rest = {key: tensor for key, tensor in jet.items() if key}
    result, power = {_NOTHING: coefficients[0]}, {_NOTHING: Tensor(np.ones((1,)))}
    for coefficient in coefficients[1:]:
        power = _multiply(power, rest)
        if not power:
            break
        result = _add(result, _multiply({_NOTHING: coefficient}, power))
    return result


def _order(jet):
    return len(frozenset().union(*jet))


def _exp(jet):
    number = jet[_NOTHING]
    value, factorial, coefficients = np.exp(number.array), 1.0, []
    for order in range(_order(jet) + 1):
        factorial *= max(order, 1)
        coefficients.append(Tensor(value / factorial, number.axes))
    return _series(jet, coefficients)


def _ln(jet):
    number = jet[_NOTHING]
    coefficients = [Tensor(np.log(number.array), number.axes)]
    for order in range(1, _order(jet) + 1):
        coefficients.append(Tensor((-1.0) ** (order + 1) / (order * number.array**order), number.axes))
    return _series(jet, coefficients)


def _power(jet, exponent):
    """Return a jet to the power of a number."""
    number = jet[_NOTHING]
    coefficients, factor = [], 1.0
    for order in range(_order(jet) + 1):
        raised = factor * number.array ** (exponent - order) if factor else np.zeros_like(number.array)
        coefficients.append(Tensor(raised, number.axes))
        factor *= (exponent - order) / (order + 1)
    return _series(jet, coefficients)


_ONE = {_NOTHING: Tensor(np.ones((1,)))}


def _logistic(jet):
    return _power(_add(_ONE, _exp(_scaled(-1.0, jet))), -1.0)


def _slope(jet):
    value = _logistic(jet)
    return _multiply(value, _add(_ONE, _scaled(-1.0, value)))


_FUNCTIONS = {"exp": _exp, "ln": _ln, "sqrt": lambda jet: _power(jet, 0.5), "s": _logistic, "s'": _slope}


def _unused_axis(kind, scope, seeds):
    """Return an axis that nothing in use depends on; the same one for the same use, so that jets can be kept."""
    used = {*scope.values(), *(axis for seed in seeds for axis in seed[2])}
    return next(axis for number in itertools.count() if (axis := (kind, number)) not in used)


class Evaluator:
    """Evaluates expressions at one point.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    point : Point
    """

    def __init__(self, vocabulary, point):
        self._vocabulary, self._point = vocabulary, point
        self._free = {index: (kind, index) for index, kind in vocabulary.free.items()}
        self._known = {}  # jets of definitions
        self._kept = {}  # what is evaluated over and over, by its id

    def keep(self, expression):
        """Remember the values of the parts of an expression, of which many variants are going to be evaluated.

        Parameters
        ----------
        expression : autograder.derivations.expression.Expression
        """
        # By identity: a variant shares what it does not change, and comparing trees would take as long as evaluating.
        self._kept |= {id(part): part for part in expression.walk() if part.parts()}

    def value(self, expression):
        """Evaluate an expression.

        Parameters
        ----------
        expression : autograder.derivations.expression.Expression
            Checked by the vocabulary.

        Returns
        -------
        ndarray
            Of shape ``(POINTS, …)``, with an axis for each free index in their order; nan where it is undefined.

        Raises
        ------
        TooLarge
            If it would take too long.
        """
        axes = tuple(self._free.values())
        with np.errstate(all="ignore"):
            tensor = self._jet(expression, self._free, ())[_NOTHING]
        array = tensor.along(axes)
        shape = (POINTS, *(self._point.sizes[kind] for kind, _ in axes))
        return np.broadcast_to(array, shape)

    def _jet(self, expression, scope, seeds):
        if id(expression) not in self._kept:
            return self._evaluated(expression, scope, seeds)
        known = (id(expression), tuple(scope.items()), seeds)
        if known not in self._known:
            self._known[known] = self._evaluated(expression, scope, seeds)
        return self._known[known]

    def _evaluated(self, expression, scope, seeds):
        match expression:
            case Number(value):
                return {_NOTHING: Tensor(np.full((1,), value))}
            case Entry():
                return self._entry(expression, scope, seeds)
            case Minus(of):
                return _scaled(-1.0, self._jet(of, scope, seeds))
            case Binary(operator, left, right):
                return self._binary(operator, left, right, scope, seeds)
            case Function(name, of):
                return _FUNCTIONS[name](self._jet(of, scope, seeds))
            case Same(one, other):
                return {_NOTHING: self._same(scope[one], scope[other])}
            case Sum(index, of):
                kinds = {each: kind for each, (kind, _) in scope.items()}
                axis = _unused_axis(self._vocabulary.kind_of(expression, kinds), scope, seeds)
                return self._summed(self._jet(of, scope | {index: axis}, seeds), axis)
            case Derivative(of, by):
                number = max((seed[0] for seed in seeds), default=0) + 1
                seed = (number, by.name, tuple(scope[index] for index in by.indices))
                jet = self._jet(of, scope, (*seeds, seed))
                part = {key - {number}: tensor for key, tensor in jet.items() if number in key}
                # What has no value has no derivative: 0 where there is one, else nan.
                value = jet[_NOTHING]
                return _add({_NOTHING: Tensor(0 * value.array, value.axes)}, part)

    def _binary(self, operator, left, right, scope, seeds):
        one, other = self._jet(left, scope, seeds), self._jet(right, scope, seeds)
        match operator:
            case "+":
                return _add(one, other)
            case "-":
                return _add(one, _scaled(-1.0, other))
            case "*":
                return _multiply(one, other)
            case "/":
                return _multiply(one, _power(other, -1.0))
        exponent = right.of if isinstance(right, Minus) else right
        if isinstance(exponent, Number):
            return _power(one, -exponent.value if isinstance(right, Minus) else exponent.value)
        return _exp(_multiply(other, _ln(one)))

    def _same(self, one, other):
        size = self._point.sizes[one[0]]
        if one == other:
            return Tensor(np.ones((1, size)), (one,))
        return Tensor(np.eye(size)[None], (one, other))

    def _summed(self, jet, axis):
        def summed(tensor):
            if axis not in tensor.axes:
                return Tensor(self._point.sizes[axis[0]] * tensor.array, tensor.axes)
            place = tensor.axes.index(axis)
            return Tensor(tensor.array.sum(axis=place + 1), tensor.axes[:place] + tensor.axes[place + 1 :])

        return {key: summed(tensor) for key, tensor in jet.items()}

    def _entry(self, entry, scope, seeds):
        meaning = self._vocabulary.names[entry.name]
        axes = tuple(scope[index] for index in entry.indices)
        if meaning.definition is None:
            jet = {_NOTHING: self._variable(entry.name, axes)}
        else:
            jet = self._defined(entry.name, meaning, axes, seeds)
        for key, name, by in seeds:
            if name == entry.name:
                # With respect to an entry of it: 1 where the indices are equal.
                change = {frozenset({key}): Tensor(np.ones((1,)))}
                for one, other in zip(axes, by, strict=True):
                    change = _multiply(change, {_NOTHING: self._same(one, other)})
                jet = _add(jet, change)
        return jet

    def _variable(self, name, axes):
        array = self._point.variables[name]
        unique = tuple(dict.fromkeys(axes))
        if len(unique) < len(axes):  # a diagonal, such as W[k, k]
            letters = {axis: chr(98 + place) for place, axis in enumerate(unique)}
            array = np.einsum(f"a{''.join(letters[a] for a in axes)}->a{''.join(letters.values())}", array)
        return Tensor(array, unique)

    def _defined(self, name, meaning, axes, seeds):
        relevant = tuple(seed for seed in seeds if seed[1] != name)
        known = (name, axes, relevant)
        if known not in self._known:
            inner = dict(zip(meaning.indices, axes, strict=True))
            self._known[known] = self._jet(meaning.definition, self._free | inner, relevant)
        return self._known[known]
