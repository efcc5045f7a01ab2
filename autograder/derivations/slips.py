"""The rules of algebra, and what becomes of an expression when one of them is used wrongly."""

import itertools
from functools import reduce

from autograder.derivations.arithmetic import ONE, TWO, ZERO, minus, over, product
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Expression,
    Function,
    Minus,
    Number,
    Same,
    Sum,
    is_product,
    is_sum,
    renamed,
)
from autograder.derivations.factors import factors_of
from autograder.derivations.fraction_slips import fraction_slips

# A product of more factors is not torn into every two parts.
MAX_FACTORS = 5


def algebra_slips(node, vocabulary):
    """Yield what becomes of one node of an expression when it is rewritten wrongly.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression
    vocabulary : autograder.derivations.vocabulary.Vocabulary

    Yields
    ------
    (str, Expression)
        The id of the mistake, and the result.
    """
    match node:
        case Binary("+" | "-"):
            yield from _of_a_sum(node)
        case Binary("*" | "/"):
            yield from _of_parentheses(node)
            yield from _of_a_product(node, vocabulary)
            if node.operator == "/":
                yield from fraction_slips(node.left, node.right)
        case Binary("**", base, exponent):
            yield from _of_a_power(base, exponent)
        case Minus(Binary("+" | "-" as sign, one, other)):
            yield "distribution", Binary(sign, minus(one), other)
        case Function("s", Minus(of)):
            yield "one-minus:negative", Function("s", of)
            yield "one-minus:negative", Minus(Function("s", of))
        case Function("s'", of):
            s = Function("s", of)
            yield "sigma-prime:tanh", Binary("-", ONE, Binary("**", s, TWO))
            yield "sigma-prime:1+s", product(s, Binary("+", ONE, s))
        case Function("ln", of):
            yield from _of_a_logarithm(of)
        case Function("exp", of):
            yield from _of_an_exponential(of)
        case Sum(index, of):
            yield from _of_an_indexed_sum(index, of, vocabulary)


def _of_a_sum(node):
    sign, left, right = node.operator, node.left, node.right
    match node:
        case Binary(_, Minus(Binary("/", a, b)), Binary("/", c, d)):
            yield from _of_a_sum_of_fractions(sign, minus(a), b, c, d)
        case Binary(_, Binary("/", a, b), Binary("/", c, d)):
            yield from _of_a_sum_of_fractions(sign, a, b, c, d)
        case Binary("-", one, Binary("+" | "-" as inner, two, three)):
            yield "distribution", Binary(inner, Binary("-", one, two), three)
    match left, right:
        case Function("ln", one), Function("ln", other):
            wrong = (Binary("*", one, other), Binary("/", one, other), Binary("+", one, other), Binary("-", one, other))
            yield from (("ln-rule", Function("ln", inside)) for inside in wrong)
    if {left, right}.isdisjoint({ONE, ZERO}):
        yield "plus-times", Binary("*", left, right)
    # A factor of one term, or its denominator, that is made one of the whole sum.
    # Where the other term has it, too, it is no factor of one term alone.
    if isinstance(left, Binary) and left.operator == "*" and left.left not in factors_of(right):
        yield "parentheses-moved", Binary("*", left.left, Binary(sign, left.right, right))
    match right:
        case Binary("*" | "/" as operator, one, other):
            yield "parentheses-moved", Binary(operator, Binary(sign, left, one), other)


def _of_a_sum_of_fractions(sign, a, b, c, d):
    both = Binary("*", b, d)
    yield "common-denominator", over(Binary(sign, a, c), both)
    yield "common-denominator:each", over(Binary(sign, a, c), Binary(sign, b, d))
    yield "common-denominator:each", over(Binary(sign, a, c), Binary("+", b, d))
    yield "common-denominator", over(Binary(sign, product(a, b), product(c, d)), both)
    yield "common-denominator", Binary(sign, product(a, b), product(c, d))
    yield "common-denominator:extended", over(Binary(sign, product(a, d), c), both)
    yield "common-denominator:extended", over(Binary(sign, a, product(c, b)), both)


def _of_parentheses(node):
    match node:
        case Binary("*", Binary("+" | "-" as sign, one, other), factor):
            yield "distribution", Binary(sign, product(one, factor), other)
            yield "distribution", Binary(sign, one, product(other, factor))
        case Binary("*", factor, Binary("+" | "-" as sign, one, other)):
            yield "distribution", Binary(sign, product(factor, one), other)
            yield "distribution", Binary(sign, one, product(factor, other))


def _of_a_product(node, vocabulary):
    factors = factors_of(node)
    if not 2 <= len(factors) <= MAX_FACTORS:
        return
    for one, other in _halves(factors):
        if not (_is_number(one) or _is_number(other) or isinstance(one, Same) or isinstance(other, Same)):
            yield "product-as-sum", Binary("+", one, other)
            yield "product-as-sum", Binary("-", one, other)
    for one, other in itertools.combinations(range(len(factors)), 2):
        match factors[one], factors[other]:
            case Function("exp", of), Function("exp", more):
                rest = [factor for place, factor in enumerate(factors) if place not in (one, other)]
                yield "exp-rule:product", product(*rest, Function("exp", Binary("*", of, more)))
    for result in _subtracted(factors):
        yield "product-as-sum:minus", result
    if len(factors) == 2:
        for one, other in (factors, factors[::-1]):
            if isinstance(other, Binary) and other.operator == "**" and one != ONE:
                yield "power-of-a-product:into", Binary("**", product(one, other.left), other.right)
    for result in _wrongly_cancelled(factors, vocabulary):
        yield "cancelled", result


def _wrongly_cancelled(factors, vocabulary):
    """Yield what becomes of a product if denominators of one factor go, with another factor, with two, or with none."""
    for place, factor in enumerate(factors):
        rest = factors[:place] + factors[place + 1 :]
        if any(isinstance(part, Derivative) for part in factor.walk()):
            continue
        for number, part in enumerate(rest):
            if (bare := _without_denominators(part)) == part or not _may_cancel(factor, part, vocabulary):
                continue
            others = rest[:number] + rest[number + 1 :]
            yield product(*others, bare)
            for second in range(len(others)):
                yield product(*others[:second], *others[second + 1 :], bare)
            if factor != ONE:
                yield product(*others, bare, factor)


def _subtracted(factors):
    """Yield what becomes of a product if the sign of one of its factors is read as a subtraction."""
    for place, factor in enumerate(factors):
        if place and (positive := _without_sign(factor)):
            before, rest = factors[:place], factors[place + 1 :]
            yield Binary("-", _times(before), product(positive, *rest))
            for start in range(place):
                yield product(*before[:start], Binary("-", _times(before[start:]), positive), *rest)


def _without_sign(factor):
    """Return a negative factor without its sign; None for any other."""
    match factor:
        case Minus(of):
            return of
        case Binary("/", Minus(of), lower):
            return Binary("/", of, lower)
    return None


def _may_cancel(factor, other, vocabulary):
    """Whether a factor and a denominator have something in common, as a slope s' of z has with s(z) and its name."""
    above, below = _what_is_in(factor), set()
    for part in other.walk():
        if isinstance(part, Binary) and part.operator == "/":
            below |= _what_is_in(part.right)
    for part in factor.walk():
        if isinstance(part, Function) and part.name == "s'" and isinstance(part.of, Entry):
            for name, meaning in vocabulary.names.items():
                if meaning.logistic_of and meaning.logistic_of.name == part.of.name:
                    above.add(name)
    return not above.isdisjoint(below)


def _what_is_in(expression):
    """Return the names and the numbers in an expression, without 1 and without exponents."""
    match expression:
        case Entry(name):
            return {name}
        case Number(value):
            return {value} - {1.0}
        case Binary("**", base, _):
            return _what_is_in(base)
    return set().union(*map(_what_is_in, expression.parts()))


def _without_denominators(expression):
    """Take the denominators of all terms away."""
    match expression:
        case Binary("+" | "-" as sign, one, other):
            return Binary(sign, _without_denominators(one), _without_denominators(other))
        case Minus(of):
            return Minus(_without_denominators(of))
        case Binary("/", upper, _):
            return upper
    return expression


def _of_a_power(base, exponent):
    yield "power", base
    if isinstance(exponent, Number):
        yield "power", product(exponent, base)
    if isinstance(base, Binary):
        one, other, operator = base.left, base.right, base.operator
        powers = (Binary("**", one, exponent), Binary("**", other, exponent))
        if is_sum(base):
            for sign in "+-":
                yield "square-of-a-sum", Binary(sign, *powers)
                if isinstance(exponent, Minus):
                    positive = (Binary("**", each, exponent.of) for each in (one, other))
                    yield "square-of-a-sum", over(ONE, Binary(sign, *positive))
        elif is_product(base):
            yield "power-of-a-product", Binary(operator, one, powers[1])
            yield "power-of-a-product", Binary(operator, powers[0], other)
    if exponent == TWO:
        yield "one-minus", product(base, Binary("-", ONE, base))


def _of_a_logarithm(of):
    def ln(inner):
        return Function("ln", inner)

    match of:
        case Binary("+" | "-" as sign, one, other):
            logarithms = [ZERO if each == ONE else ln(each) for each in (one, other)]
            yield "ln-of-a-sum", Binary(sign, *logarithms)
            yield "ln-of-a-sum", Binary(sign, one, ln(other))
            yield "ln-of-a-sum", Binary("/", *map(ln, (one, other)))
        case Binary("*", one, other):
            yield "ln-rule", Binary("*", ln(one), ln(other))
            yield "ln-rule", Binary("-", ln(one), ln(other))
            yield "ln-rule", Binary("*", one, ln(other))
        case Binary("/", one, other):
            yield "ln-rule", Binary("/", ln(one), ln(other))
            yield "ln-rule", Binary("+", ln(one), ln(other))
            for name, changed in _of_a_logarithm(other):
                if name == "ln-of-a-sum":
                    yield name, Binary("-", ln(one), changed)
        case Binary("**", base, exponent):
            yield "ln-rule", Binary("**", ln(base), exponent)
        case Sum(index, inner):
            yield "ln-of-a-sum", Sum(index, ln(inner))


def _of_an_exponential(of):
    def exp(inner):
        return Function("exp", inner)

    match of:
        case Binary("+" | "-" as sign, one, other):
            yield "exp-rule", Binary(sign, exp(one), exp(other))
        case Binary("*", one, other):
            yield "exp-rule", Binary("*", exp(one), exp(other))
        case Minus(inner):
            yield "exp-rule", Minus(exp(inner))
            yield "exp-rule", exp(inner)


def _of_an_indexed_sum(index, of, vocabulary):
    kind = vocabulary.kind_of(Sum(index, of), vocabulary.free)
    for other, own in vocabulary.free.items():
        if own == kind:
            yield "sum-dropped", renamed(of, {index: other})
    if isinstance(of, Binary) and of.operator == "**":
        yield "square-of-a-sum", Binary("**", Sum(index, of.left), of.right)
    signs, factors = _unsigned(of)
    held = [factor for factor in factors if holds(factor, index)]
    outside = product(*(factor for factor in factors if factor not in held))
    if not 2 <= len(held) <= MAX_FACTORS:
        return
    for one, other in _halves(held):
        torn = product(outside, Sum(index, one), Sum(index, other))
        yield "sum-of-products", minus(torn) if signs % 2 else torn
        if isinstance(one, Same) or isinstance(other, Same):
            continue
        added = product(outside, Sum(index, Binary("+", one, other)))
        yield "product-as-sum", minus(added) if signs % 2 else added
    if outside != ONE:
        yield "product-as-sum", Binary("+", outside, Sum(index, product(*held)))


def _unsigned(expression):
    """Return how many signs a product has, and its factors without them."""
    found, signs = [], 0
    for factor in factors_of(expression):
        while isinstance(factor, Minus):
            signs, factor = signs + 1, factor.of
        found += factors_of(factor)
    return signs, found


def _halves(factors):
    """Yield every way to part some factors into two products, the order of the two not counting."""
    for count in range(len(factors) - 1):
        for chosen in itertools.combinations(range(1, len(factors)), count):
            kept = (0, *chosen)
            one = [factors[place] for place in kept]
            other = [factors[place] for place in range(len(factors)) if place not in kept]
            yield _times(one), _times(other)


def _times(factors):
    return reduce(lambda one, other: Binary("*", one, other), factors)


def _is_number(expression):
    return isinstance(expression.of if isinstance(expression, Minus) else expression, Number)


def holds(expression: Expression, index):
    """Whether an expression depends on an index."""
    return any(
        (isinstance(part, Entry) and index in part.indices)
        or (isinstance(part, Same) and index in (part.one, part.other))
        for part in expression.walk()
    )
