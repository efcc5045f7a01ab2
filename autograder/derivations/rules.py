"""The rules of differentiation, and what becomes of a derivative when one of them is used wrongly."""

from autograder.derivations.expression import (
    Binary,
    Derivative,
    Entry,
    Function,
    Minus,
    Number,
    Same,
    Sum,
    renamed,
)

ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)
# How many definitions inside each other are written out.
MAX_DEFINITIONS = 3


def product(*factors):
    """Multiply, leaving out factors 1; 0 if one of them is 0."""
    kept = [factor for factor in factors if factor != ONE]
    if ZERO in kept:
        return ZERO
    result = kept[0] if kept else ONE
    for factor in kept[1:]:
        result = Binary("*", result, factor)
    return result


def plus(one, other):
    """Add, leaving out 0."""
    if ZERO in (one, other):
        return other if one == ZERO else one
    return Binary("+", one, other)


def minus(of):
    """Change the sign."""
    return of if of == ZERO else of.of if isinstance(of, Minus) else Minus(of)


def over(one, other):
    """Divide."""
    return one if ZERO == one or other == ONE else Binary("/", one, other)


def square(of):
    """Raise to the power of 2."""
    return Binary("**", of, TWO)


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
        The derivative, and what comes out when one rule is used wrongly, each with the id of the mistake.
    """
    match expression:
        case Number() | Same():
            return ZERO, []
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
            right, wrong = differentiate(of, by, vocabulary, depth)
            found = _through(wrong, lambda each: Sum(index, each))
            if any(isinstance(part, Same) for part in right.walk()):
                found.append(("sum-kept", Sum(index, _without_same(right))))
            return (Sum(index, right) if right != ZERO else ZERO), [each for each in found if each[1].of != ZERO]
    return Derivative(expression, by), []


def _through(wrong, around):
    return [(mistake, around(each)) for mistake, each in wrong]


def _unless_zero(value, *found):
    return [] if value == ZERO else list(found)


def _without_same(node):
    if isinstance(node, Same):
        return ONE
    return node.with_parts([_without_same(part) for part in node.parts()])


def _entry(entry, by, vocabulary, depth):
    if entry.name == by.name:
        pairs = zip(entry.indices, by.indices, strict=True)
        return product(*(Same(one, other) for one, other in pairs if one != other)), []
    meaning = vocabulary.names[entry.name]
    if by.name not in vocabulary.upstream(entry.name):
        return ZERO, []
    if meaning.function_of:
        return _chain(entry, by, vocabulary, depth)
    if depth >= MAX_DEFINITIONS or isinstance(meaning.definition, Derivative):
        return Derivative(entry, by), []
    definition = _with_own_indices(meaning.definition, dict(zip(meaning.indices, entry.indices, strict=True)), by)
    return differentiate(definition, by, vocabulary, depth + 1)


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


def single_paths(derivative, vocabulary):
    """Return what comes out when a derivative follows one path only, through the entry with the same index.

    Parameters
    ----------
    derivative : autograder.derivations.expression.Derivative
    vocabulary : autograder.derivations.vocabulary.Vocabulary

    Returns
    -------
    list of (str, Expression)
    """
    of, by = derivative.of, derivative.by
    if not isinstance(of, Entry):
        return []
    kinds = vocabulary.names[by.name].kinds
    middles = [
        name
        for name in vocabulary.upstream(of.name)
        if vocabulary.names[name].kinds == kinds and kinds and by.name in vocabulary.upstream(name)
    ]
    return [
        ("one-path", product(Derivative(of, Entry(name, by.indices)), Derivative(Entry(name, by.indices), by)))
        for name in sorted(middles)
    ]


def algebra_slips(node):
    """Return what becomes of a sum, a product or a power when it is rearranged wrongly.

    Parameters
    ----------
    node : autograder.derivations.expression.Expression

    Returns
    -------
    list of (str, Expression)
    """
    match node:
        case Binary("+" | "-" as sign, Binary("/", a, b), Binary("/", c, d)):
            both = Binary("*", b, d)
            return [
                ("common-denominator", over(Binary(sign, a, c), both)),
                ("common-denominator", over(Binary(sign, a, c), Binary("+", b, d))),
                ("common-denominator", over(Binary(sign, product(a, b), product(c, d)), both)),
                ("common-denominator", Binary(sign, product(a, b), product(c, d))),
            ]
        case Binary("/", upper, Binary("+" | "-" as sign, one, other)):
            return [("common-denominator", Binary(sign, over(upper, one), over(upper, other)))]
        case Binary("*", Binary("+" | "-" as sign, one, other), factor):
            return [
                ("distribution", Binary(sign, product(one, factor), other)),
                ("distribution", Binary(sign, one, product(other, factor))),
            ]
        case Binary("*", factor, Binary("+" | "-" as sign, one, other)):
            return [
                ("distribution", Binary(sign, product(factor, one), other)),
                ("distribution", Binary(sign, one, product(factor, other))),
            ]
        case Minus(Binary("+" | "-" as sign, one, other)):
            return [("distribution", Binary(sign, minus(one), other))]
        case Binary("-", one, Binary("+" | "-" as sign, two, three)):
            return [("distribution", Binary(sign, Binary("-", one, two), three))]
        case Sum(index, Binary("**", base, exponent)):
            return [("square-of-a-sum", Binary("**", Sum(index, base), exponent))]
        case Function("ln", Binary("+" | "-" as sign, one, other)):
            return [("ln-of-a-sum", Binary(sign, Function("ln", one), Function("ln", other)))]
        case Function("ln", Sum(index, of)):
            return [("ln-of-a-sum", Sum(index, Function("ln", of)))]
        case Binary("**", Binary("+" | "-" as sign, one, other), exponent):
            powers = (Binary("**", one, exponent), Binary("**", other, exponent))
            return [("square-of-a-sum", Binary(each, *powers)) for each in ("+", "-")]
        case Sum(index, Binary("*", one, other)) if _holds(one, index) and _holds(other, index):
            return [("sum-of-products", product(Sum(index, one), Sum(index, other)))]
    return []


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


def _holds(expression, index):
    """Whether an expression depends on an index."""
    return any(
        (isinstance(part, Entry) and index in part.indices)
        or (isinstance(part, Same) and index in (part.one, part.other))
        for part in expression.walk()
    )


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
    return plus(one, signed(other)), wrong


def _product(left, right, by, vocabulary, depth):
    one, wrong_one = differentiate(left, by, vocabulary, depth)
    other, wrong_other = differentiate(right, by, vocabulary, depth)
    wrong = _through(wrong_one, lambda each: plus(product(each, right), product(left, other)))
    wrong += _through(wrong_other, lambda each: plus(product(one, right), product(left, each)))
    if one != ZERO and other != ZERO:
        for each in (product(one, other), product(one, right), product(left, other)):
            wrong.append(("product-rule", each))
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
            ("quotient-rule", product(left, Function("ln", right), other)),
            ("inner-derivative", quotient(one, ONE)),
        ]
        if one == ZERO:
            wrong.append(("quotient-rule", ZERO))  # the quotient of the derivatives
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
            wrong.append(("inner-derivative", outer))
        wrong += [
            ("power-rule", product(lower, inner)),
            ("power-rule", product(number(power), Binary("**", base, exponent), inner)),
            ("power-rule", product(number(power), base if power != 2 else ONE, inner)),
        ]
        if power == 2 and isinstance(base, Binary) and base.operator in "+-":
            parts, _ = differentiate(plus(square(base.left), square(base.right)), by, vocabulary, depth)
            wrong.append(("square-of-a-sum", parts))
            parts, _ = differentiate(plus(square(base.left), minus(square(base.right))), by, vocabulary, depth)
            wrong.append(("square-of-a-sum", parts))
    return product(outer, inner), wrong


def _function(name, of, by, vocabulary, depth):
    inner, wrong_inner = differentiate(of, by, vocabulary, depth)
    slope, wrong_slopes = {
        "exp": (Function("exp", of), [("exp-derivative", product(of, Function("exp", of)))]),
        "ln": (
            over(ONE, of),
            [
                ("ln-derivative", ONE),
                ("ln-derivative", of),
                ("ln-derivative", over(ONE, square(of))),
                ("ln-derivative", Function("ln", of)),
                ("ln-derivative", minus(over(ONE, of))),
            ],
        ),
        "s": (
            Function("s'", of),
            [
                ("sigma-prime", Function("s", of)),
                ("sigma-prime", ONE),
                ("sigma-prime", product(of, Binary("-", ONE, of))),
                ("sigma-prime", Binary("-", ONE, Function("s", of))),
                ("sigma-prime", product(Function("s", of), Binary("+", ONE, Function("s", of)))),
                ("sigma-prime", minus(Function("s'", of))),
                ("sigma-prime", Binary("-", ONE, product(TWO, Function("s", of)))),
                ("sigma-prime", square(Function("s'", of))),
                ("argument", Function("s'", Function("s", of))),
            ],
        ),
    }.get(name, (None, []))
    if slope is None:
        return Derivative(Function(name, of), by), []
    wrong = _through(wrong_inner, lambda each: product(slope, each))
    if inner != ZERO:
        wrong += _through(wrong_slopes, lambda each: product(each, inner))
        if inner != ONE and not isinstance(inner, Same):
            wrong.append(("inner-derivative", slope))
    return product(slope, inner), wrong
