"""The rules of differentiation, and what becomes of a derivative when one of them is used wrongly."""

import itertools

from autograder.derivations.arithmetic import ONE, TWO, ZERO, minus, over, plus, product, square
from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Same,
    Sum,
    is_sum,
    renamed,
)
from autograder.derivations.factors import factors_of

# How many definitions inside each other are written out.
MAX_DEFINITIONS = 3


def differentiate(expression, by, vocabulary, depth=0):
    """Differentiate symbolically.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression
    by : autograder.derivations.expression.Entry
        With respect to what.
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    depth : int
        How many definitions have been written out on the way here.

    Returns
    -------
    (Expression, list of (str, Expression))
        The derivative, and what comes out when one rule is used wrongly, each with the id of the mistake; a colon and
        a word after it say which wrong rule it was.
    """
    match expression:
        case Number() | Same():
            return ZERO, [("constant", ONE)] if isinstance(expression, Number) else []
        case Entry():
            return _entry(expression, by, vocabulary, depth)
        case Minus(of):
            right, wrong = differentiate(of, by, vocabulary, depth)
            return minus(right), [*_through(wrong, minus), *_unless_zero(right, ("sign", right))]
        case Binary("+" | "-" as operator, left, right):
            return _sum(operator, left, right, by, vocabulary, depth)
        case Binary("*", left, right):
            return _product(left, right, by, vocabulary, depth)
        case Binary("/", left, right):
            return _quotient(left, right, by, vocabulary, depth)
        case Binary("**", base, exponent):
            return _power(base, exponent, by, vocabulary, depth)
        case Function(name, of):
            return _function(name, of, by, vocabulary, depth)
        case Sum(index, of):
            return _indexed_sum(index, of, by, vocabulary, depth)
    return Derivative(expression, by), []


def _through(wrong, around):
    return [(mistake, around(each)) for mistake, each in wrong]


def _unless_zero(value, *found):
    return [] if value == ZERO else list(found)


def _without_same(node):
    if isinstance(node, Same):
        return ONE
    return node.with_parts([_without_same(part) for part in node.parts()])


def _indexed_sum(index, of, by, vocabulary, depth):
    right, wrong = differentiate(of, by, vocabulary, depth)
    found = [each for each in _through(wrong, lambda each: Sum(index, each)) if each[1].of != ZERO]
    if right == ZERO:
        return ZERO, found
    if any(isinstance(part, Same) for part in right.walk()):
        found.append(("sum-kept", Sum(index, _without_same(right))))
        found += [(mistake, Sum(index, _without_same(each.of))) for mistake, each in found if _may_keep_sum(mistake)]
        found += [("sum-kept", each) for each in _kept_around_one_factor(index, right)]
    for other, kind in vocabulary.free.items():
        if other in by.indices and kind == vocabulary.kind_of(Sum(index, of), vocabulary.free):
            found.append(("sum-dropped", renamed(right, {index: other})))
    return Sum(index, right), found


def _kept_around_one_factor(index, derivative):
    """Yield what is written when some factors of the one term that is left keep the sum over all of them."""
    factors = factors_of(derivative)
    condition = [factor for factor in factors if any(isinstance(part, Same) for part in factor.walk())]
    others = [factor for factor in factors if factor not in condition]
    with_index = [factor for factor in others if index in _indices(factor)]
    for count in range(1, len(with_index) + 1):
        for kept in itertools.combinations(with_index, count):
            one = [factor for factor in others if factor not in kept]
            yield product(Sum(index, product(*kept)), Sum(index, product(*one, *condition)))


def _indices(expression):
    return {index for part in expression.walk() if isinstance(part, Entry) for index in part.indices}


def _may_keep_sum(mistake):
    return mistake.startswith(("inner-derivative", "undifferentiated"))


def _entry(entry, by, vocabulary, depth):
    if entry.name == by.name:
        pairs = zip(entry.indices, by.indices, strict=True)
        same = [Same(one, other) for one, other in pairs if one != other]
        return product(*same), [("undifferentiated", product(*same, entry))]
    meaning = vocabulary.names[entry.name]
    if by.name not in vocabulary.upstream(entry.name):
        same = [Same(*entry.indices, *by.indices)] if len(entry.indices) == len(by.indices) == 1 else []
        return ZERO, [("constant:variable", each) for each in (ONE, *same)]
    if meaning.function_of:
        return _chain(entry, by, vocabulary, depth)
    if depth >= MAX_DEFINITIONS or isinstance(meaning.definition, Derivative):
        return Derivative(entry, by), []
    definition = _with_own_indices(meaning.definition, dict(zip(meaning.indices, entry.indices, strict=True)), by)
    right, wrong = differentiate(definition, by, vocabulary, depth + 1)
    if entry.indices:
        wrong = wrong + _softmax_slopes(entry, by, definition)
    missing = "sigma-prime:missing" if _is_logistic(definition, by) else "inner-derivative"
    return right, [*wrong, (missing, ONE), ("undifferentiated", entry)]


def _is_logistic(expression, by):
    return expression == Function("s", by)


def _softmax_slopes(entry, by, definition):
    """Slopes of one case alone, where every entry of a name depends on every entry of the variable."""
    if not (isinstance(definition, Binary) and definition.operator == "/" and len(by.indices) == 1):
        return []
    if not any(isinstance(part, Sum) for part in definition.right.walk()):
        return []
    of, to = entry, Entry(entry.name, by.indices)
    slopes = [product(each, Binary("-", ONE, each)) for each in (of, to)]
    slopes += [Function("s'", Entry(by.name, each.indices)) for each in (of, to)]
    slopes += [Minus(product(of, to)), product(of, Binary("-", ONE, to))]
    cases = [] if of == to else [product(slope, Same(*entry.indices, *by.indices)) for slope in slopes[:2]]
    found = [("softmax-slope", slope) for slope in [*slopes, *cases]]
    return [*found, ("softmax-slope:taken-as-1", Same(*entry.indices, *by.indices))] if of != to else found


def _chain(entry, by, vocabulary, depth):
    """Add over all paths through what an unknown function depends on."""
    through = vocabulary.names[entry.name].function_of
    if through == by.name or len(vocabulary.names[through].kinds) != 1:
        return Derivative(entry, by), []
    index = next(letter for letter in "klmpqrt" if letter not in {*by.indices, *vocabulary.free})
    middle = Entry(through, (index,))
    outer = Derivative(entry, middle)
    inner, wrong = differentiate(middle, by, vocabulary, depth + 1)
    wrong = _through(wrong, lambda each: Sum(index, product(outer, each)))
    wrong += [
        ("inner-derivative", Sum(index, outer)),
        ("sum-of-products", product(Sum(index, outer), Sum(index, Derivative(middle, by)))),
    ]
    return Sum(index, product(outer, inner)), [each for each in wrong if each[1].parts()[0] != ZERO]


def definition_of(entry, by, vocabulary):
    """Return the definition of an entry with its indices, or None for one that has none to write out.

    Parameters
    ----------
    entry : autograder.derivations.expression.Expression
    by : autograder.derivations.expression.Entry
        What it is differentiated by; its indices are not used for the sums of the definition.
    vocabulary : autograder.derivations.vocabulary.Vocabulary

    Returns
    -------
    Expression or None
    """
    meaning = vocabulary.names.get(entry.name) if isinstance(entry, Entry) else None
    if meaning is None or meaning.definition is None or isinstance(meaning.definition, Derivative):
        return None
    return _with_own_indices(meaning.definition, dict(zip(meaning.indices, entry.indices, strict=True)), by)


def _with_own_indices(definition, names, by):
    """Write a definition with the indices of an entry; its sums get letters that are not in use."""
    used = {*names.values(), *by.indices, *names}
    for part in list(definition.walk()):
        if isinstance(part, Sum) and part.index in {*names.values(), *by.indices}:
            free = next(letter for letter in "ijklmpqrtuvw" if letter not in used)
            used.add(free)
            definition = _with_letter(definition, part.index, free)
    return renamed(definition, names)


def _with_letter(node, old, new):
    if isinstance(node, Sum) and node.index == old:
        return Sum(new, renamed(node.of, {old: new}))
    return node.with_parts([_with_letter(part, old, new) for part in node.parts()])


def _sum(operator, left, right, by, vocabulary, depth):
    one, wrong_one = differentiate(left, by, vocabulary, depth)
    other, wrong_other = differentiate(right, by, vocabulary, depth)
    signed = minus if operator == "-" else (lambda each: each)
    wrong = _through(wrong_one, lambda each: plus(each, signed(other)))
    wrong += _through(wrong_other, lambda each: plus(one, signed(each)))
    if operator == "-" and other != ZERO:
        wrong.append(("sign", plus(one, other)))
    if one != ZERO and other != ZERO:
        wrong += [("term-lost", one), ("term-lost", signed(other))]
        # The same wrong rule, used on both.
        for mistake, each in wrong_one:
            if mistake.startswith(("ln-", "exp-", "sigma-")):
                both = [(mistake, plus(each, signed(twin))) for name, twin in wrong_other if name == mistake]
                wrong += both
    elif one != other:
        kept = plus(left, signed(other)) if one == ZERO else plus(one, signed(right))
        wrong.append(("constant:kept", kept))
    return plus(one, signed(other)), wrong


def _product(left, right, by, vocabulary, depth):
    one, wrong_one = differentiate(left, by, vocabulary, depth)
    other, wrong_other = differentiate(right, by, vocabulary, depth)
    wrong = _through(wrong_one, lambda each: plus(product(each, right), product(left, other)))
    wrong += _through(wrong_other, lambda each: plus(product(one, right), product(left, each)))
    if one != ZERO and other != ZERO:
        for each in (product(one, other), product(one, right), product(left, other)):
            wrong.append(("product-rule", each))
    elif one != other:
        wrong += [("factor-lost", one if other == ZERO else other), ("product-rule:derivatives", ZERO)]
    return plus(product(one, right), product(left, other)), wrong


def _quotient(left, right, by, vocabulary, depth):
    one, wrong_one = differentiate(left, by, vocabulary, depth)
    other, wrong_other = differentiate(right, by, vocabulary, depth)

    def quotient(upper, lower, denominator=None):
        numerator = plus(product(upper, right), minus(product(left, lower)))
        return over(numerator, denominator or square(right))

    wrong = _through(wrong_one, lambda each: quotient(each, other))
    wrong += _through(wrong_other, lambda each: quotient(one, each))
    if other != ZERO:
        first, second = product(one, right), product(left, other)
        wrong += [
            ("quotient-rule", over(plus(first, second), square(right))),
            ("quotient-rule", over(plus(second, minus(first)), square(right))),
            ("quotient-rule", quotient(one, other, right)),
            ("quotient-rule", over(one if one != ZERO else ONE, other)),
            ("quotient-rule", minus(over(product(TWO, left, other), Binary("**", right, Number(3.0))))),
            ("antiderivative:1/v", product(left, Function("ln", right), other)),
            ("antiderivative:1/v", product(left, Function("ln", right))),
            ("inner-derivative", quotient(one, ONE)),
        ]
        if one == ZERO:
            wrong.append(("quotient-rule:zero", ZERO))  # the quotient of the derivatives
        if one != ZERO:
            wrong += [("quotient-rule", over(one, right)), ("quotient-rule", minus(over(second, square(right))))]
    return quotient(one, other), wrong


def _power(base, exponent, by, vocabulary, depth):
    inner, wrong_inner = differentiate(base, by, vocabulary, depth)
    value = exponent.of if isinstance(exponent, Minus) else exponent
    if not isinstance(value, Number):
        return Derivative(Binary("**", base, exponent), by), []
    power = -value.value if isinstance(exponent, Minus) else value.value

    def number(of):
        return Number(of) if of >= 0 else Minus(Number(-of))

    lower = base if power == 2 else Binary("**", base, number(power - 1))
    outer = product(number(power), lower)
    wrong = _through(wrong_inner, lambda each: product(outer, each))
    if inner != ZERO:
        if not isinstance(inner, Same):
            wrong.append(("sigma-prime:missing" if _is_logistic(base, by) else "inner-derivative", outer))
        wrong += [
            ("power-rule", product(lower, inner)),
            ("power-rule:exponent", product(number(power), Binary("**", base, exponent), inner)),
            ("power-rule:exponent", product(number(power), Binary("**", base, number(power + 1)), inner)),
            ("power-rule", product(number(power), base if power != 2 else ONE, inner)),
            ("power-rule:inside", Binary("**", inner, exponent)),
            ("undifferentiated", product(*_sames(inner), Binary("**", base, exponent))),
        ]
        integral, name = _integral(base, power), "antiderivative:1/v" if power == -1 else "antiderivative:power"
        wrong += [(name, integral), (name, product(integral, inner))]
        if power == 2 and is_sum(base):
            for other in (square(base.right), minus(square(base.right))):
                parts, _ = differentiate(plus(square(base.left), other), by, vocabulary, depth)
                wrong.append(("square-of-a-sum:derivative", parts))
    return product(outer, inner), wrong


def _integral(base, power):
    """Return the antiderivative of a power."""
    if power == -1:
        return Function("ln", base)
    exponent = Number(power + 1) if power > -1 else Minus(Number(-power - 1))
    return over(Binary("**", base, exponent), exponent)


def _function(name, of, by, vocabulary, depth):
    inner, wrong_inner = differentiate(of, by, vocabulary, depth)
    s, rest = Function("s", of), Binary("-", ONE, Function("s", of))
    slope, wrong_slopes = {
        "exp": (
            Function("exp", of),
            [
                ("exp-derivative", product(of, Function("exp", of))),
                ("exp-derivative:power", product(of, Function("exp", Binary("-", of, ONE)))),
                ("exp-derivative:power", over(product(of, Function("exp", Binary("-", of, ONE))), inner)),
                ("exp-derivative:ln", over(ONE, Function("exp", of))),
            ],
        ),
        "ln": (
            over(ONE, of),
            [
                ("ln-derivative:1", ONE),
                ("ln-derivative:u", of),
                ("ln-derivative:square", over(ONE, square(of))),
                ("ln-derivative:ln", Function("ln", of)),
                ("ln-derivative:1/ln", over(ONE, Function("ln", of))),
                ("ln-derivative:sign", minus(over(ONE, of))),
                ("ln-derivative:inside", over(Function("ln", inner), inner)),
            ],
        ),
        "s": (
            Function("s'", of),
            [
                ("sigma-prime:kept", s),
                ("sigma-prime:missing", ONE),
                ("sigma-prime:z(1-z)", product(of, Binary("-", ONE, of))),
                ("sigma-prime:half", rest),
                ("sigma-prime:1+s", product(s, Binary("+", ONE, s))),
                ("sigma-prime:sign", minus(Function("s'", of))),
                ("sigma-prime:square", Binary("-", ONE, product(TWO, s))),
                ("sigma-prime:tanh", Binary("-", ONE, square(s))),
                ("sigma-prime:square", square(s)),
                ("sigma-prime:square", square(rest)),
                ("sigma-prime:twice", square(Function("s'", of))),
                ("sigma-prime:z(1-z)", product(s, Binary("-", ONE, of))),
                ("argument", Function("s'", s)),
            ],
        ),
    }.get(name, (None, []))
    if slope is None:
        return Derivative(Function(name, of), by), []
    wrong = _through(wrong_inner, lambda each: product(slope, each))
    if inner != ZERO:
        wrong.append(("undifferentiated", product(*_sames(inner), Function(name, of))))
        wrong += _through(wrong_slopes, lambda each: product(each, inner))
        if name == "s" and inner != ONE:
            wrong.append(("sigma-prime:inside", Function("s'", inner)))
            wrong.append(("sigma-prime:into", Function("s'", product(of, inner))))
        if inner != ONE and not isinstance(inner, Same):
            wrong.append(("inner-derivative", slope))
            if name == "exp":
                wrong += [("antiderivative:exp", over(slope, inner)), ("exp-derivative:power", product(of, slope))]
        if name == "ln":
            wrong.append(("antiderivative", Binary("-", product(of, Function("ln", of)), of)))
    return product(slope, inner), wrong


def _sames(inner):
    """Return the conditions [i == j] that a derivative is multiplied by, so that what stands for it keeps them."""
    return [part for part in inner.walk() if isinstance(part, Same)][:1]
