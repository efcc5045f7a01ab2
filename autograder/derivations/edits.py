"""Small edits of an expression: one sign, index, factor, function or name changed."""

from dataclasses import dataclass, replace

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
    substituted,
)


@dataclass(frozen=True)
class Edit:
    """One small change.

    Attributes
    ----------
    kind : str
        ``"sign"``, ``"factor"`` (an extra one was removed, or a missing one put in), ``"function"``, ``"argument"``,
        ``"index"``, ``"same"`` (the condition [i == j] became 1), ``"number"``, ``"power"``, ``"power-inside"`` (of a
        function's argument, not of its value, or the other way round), ``"term"``, ``"sum"`` (of which one term was
        left), ``"one-minus"``, ``"inverted"``, ``"parentheses"`` (around a sum: they were moved, so that a factor or a
        denominator belongs to one of its terms) or ``"exchanged"`` (wherever it stands).
    removed, added : Expression or None
        What was taken away, and what was put in.
    result : Expression
        The whole expression after the change.
    at : Expression or None
        What a factor was multiplied with, or the 1 - u that became u.
    term : Expression or None
        Of a change to a factor or to a 1 - u: the one term that it concerns, where that is a part of a sum.
    hidden : bool
        Whether a sign or a factor is inside a function, or that term inside a power, a denominator or a derivative.
    """

    kind: str
    removed: Expression | None
    added: Expression | None
    result: Expression | None
    at: Expression | None = None
    term: Expression | None = None
    hidden: bool = False

    def reversed(self):
        """Return the edit that takes this one back, without its result."""
        return replace(self, removed=self.added, added=self.removed, result=None)


def edits_of(expression, vocabulary, factors=()):
    """Yield every small edit of an expression.

    Parameters
    ----------
    expression : Expression
        Checked by the vocabulary.
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    factors : iterable of Expression
        Further factors that may be missing, such as those of the line above.

    Yields
    ------
    Edit
        In a fixed order: first what takes something away or exchanges it, then what puts something in.
    """
    yield from _everywhere(expression, vocabulary, vocabulary.free, _exchanges)
    yield from _everywhere(expression, vocabulary, vocabulary.free, lambda *at: _insertions(*at, factors))


def _everywhere(node, vocabulary, scope, own):
    """Yield the edits of a node and of all below it."""
    yield from own(node, vocabulary, scope)
    inner = scope
    if isinstance(node, Sum):
        inner = scope | {node.index: vocabulary.kind_of(node, scope)}
    parts = node.parts()
    for place, part in enumerate(parts):
        for edit in _everywhere(part, vocabulary, inner, own):
            if isinstance(node, Derivative) and place == 1 and not isinstance(edit.result, Entry):
                continue
            changed = [*parts[:place], edit.result, *parts[place + 1 :]]
            term, hidden = edit.term, edit.hidden
            of_a_sum = is_sum(node)
            if edit.kind in ("factor", "one-minus") and term is None and of_a_sum:
                term = part
            elif (term is not None and _hides(node, place)) or (
                edit.kind in ("sign", "factor") and isinstance(node, Function)
            ):
                hidden = True
            yield replace(edit, result=node.with_parts(changed), term=term, hidden=hidden)


def _hides(node, place):
    """Whether a term is out of sight in this part of a node."""
    if isinstance(node, Binary):
        return node.operator == "**" or (node.operator == "/" and place == 1)
    return isinstance(node, (Function, Derivative))


def _exchanges(node, vocabulary, scope):
    match node:
        case Minus(of):
            yield Edit("sign", None, None, of)
        case Binary("+", left, right):
            yield Edit("sign", None, None, Binary("-", left, right))
            yield Edit("term", right, None, left)
            yield Edit("term", left, None, right)
        case Binary("-", left, right):
            yield Edit("sign", None, None, Binary("+", left, right))
            yield Edit("term", right, None, left)
            kind = "one-minus" if left == Number(1.0) else "term"
            yield Edit(kind, left, None, Minus(right))
            yield Edit(kind, left, None, right, at=node if kind == "one-minus" else None)
        case Binary("*", left, right):
            yield Edit("factor", right, None, left)
            yield Edit("factor", left, None, right)
            yield from _moved_parentheses(node)
        case Binary("/", left, right):
            yield Edit("factor", Binary("/", Number(1.0), right), None, left)
            yield Edit("factor", None, None, Binary("*", left, right))
            if Number(1.0) not in (left, right):
                yield Edit("inverted", node, upside_down := Binary("/", right, left), upside_down)
            yield from _moved_parentheses(node)
        case Binary("**", left, right):
            for change in (1.0, -1.0):
                yield Edit("power", right, None, Binary("**", left, Binary("+", right, Number(change))))
            yield Edit("power", right, None, left)
            if isinstance(left, Function):
                yield Edit("power-inside", node, new := Function(left.name, Binary("**", left.of, right)), new)
            if right == Number(2.0):
                mended = Binary("*", left, Binary("-", Number(1.0), left))
                yield Edit("one-minus", node, mended, mended)
        case Number(value):
            for other in (2 * value, value / 2, value + 1, value - 1):
                if other not in (value, 0.0):
                    yield Edit("number", node, Number(other), Number(other) if other > 0 else Minus(Number(-other)))
            if value in (0.0, 1.0):
                for entry in _scalars(vocabulary, scope):
                    yield Edit("argument", node, entry, entry)
        case Function(name, Binary("**", base, exponent)):
            yield Edit("power-inside", node, new := Binary("**", Function(name, base), exponent), new)
        case Function(name, Minus(Binary("**", base, exponent))):
            yield Edit("power-inside", node, new := Binary("**", Function(name, Minus(base)), exponent), new)
        case Function("s", of):
            yield Edit("function", node, Function("s'", of), Function("s'", of))
        case Function("s'", of):
            yield Edit("function", node, Function("s", of), Function("s", of))
        case Sum(index, of):
            kind = vocabulary.kind_of(node, scope)
            for other in scope:
                if scope[other] == kind:
                    yield Edit("sum", node, None, renamed(of, {index: other}))
        case Same():
            yield Edit("same", node, Number(1.0), Number(1.0))
        case Entry():
            yield from _other_entries(node, vocabulary, scope)
    if isinstance(node, Function):
        yield Edit("function", node, node.of, node.of)
        if node.name in ("s", "s'") and not isinstance(node.of, Entry):
            for entry in _scalars(vocabulary, scope):
                yield Edit("argument", node, new := Function(node.name, entry), new)


def _moved_parentheses(node):
    """Yield what a product or fraction of a sum becomes if the factor belongs to the sum's last or first term only."""
    if is_sum(node.left):
        sign, one, other = node.left.operator, node.left.left, node.left.right
        yield Edit("parentheses", node, None, Binary(sign, one, Binary(node.operator, other, node.right)))
        yield Edit("parentheses", node, None, Binary(sign, Binary(node.operator, one, node.right), other))


def _scalars(vocabulary, scope):
    """Return the entries that are a variable or an activation, with the indices in use."""
    return [
        Entry(name, indices)
        for name, meaning in vocabulary.shown().items()
        if not meaning.function_of and len(meaning.kinds) < 2
        for indices in choices(meaning.kinds, scope)
    ]


def _other_entries(entry, vocabulary, scope):
    for place, index in enumerate(entry.indices):
        for other in scope:
            if other != index and scope[other] == scope[index]:
                indices = (*entry.indices[:place], other, *entry.indices[place + 1 :])
                yield Edit("index", entry, new := replace(entry, indices=indices), new)
    for name, meaning in vocabulary.shown().items():
        if name != entry.name and not meaning.function_of:
            for indices in choices(meaning.kinds, scope):
                yield Edit("argument", entry, new := Entry(name, indices), new)


def quantities(vocabulary, scope):
    """Return what a factor that is missing or too many could be.

    Parameters
    ----------
    vocabulary : autograder.derivations.vocabulary.Vocabulary
    scope : dict of str to str
        The kinds of the indices in use.

    Returns
    -------
    list of Expression
        2, the slopes of weighted inputs and of defined names, every name with indices in use, and 1 minus every
        activation.
    """
    entries = []
    for name, meaning in vocabulary.shown().items():
        if not meaning.function_of:
            entries += [Entry(name, indices) for indices in choices(meaning.kinds, scope)]
    real = [e for e in entries if vocabulary.names[e.name].values == "real" and len(e.indices) < 2]
    slopes = [Function("s'", entry) for entry in real if vocabulary.names[entry.name].definition or entry.name == "z"]
    rests = [Binary("-", Number(1.0), entry) for entry in entries if vocabulary.names[entry.name].logistic_of]
    return [Number(2.0), *slopes, *entries, *rests]


def choices(kinds, scope):
    """Return the indices that an entry of these kinds can have with the letters in use."""
    choices = [()]
    for kind in kinds:
        choices = [(*chosen, index) for chosen in choices for index, own in scope.items() if own == kind]
    return choices


def _insertions(node, vocabulary, scope, factors):
    if isinstance(node, Number):
        return
    yield Edit("sign", None, None, Minus(node))
    if isinstance(node, (Entry, Function)) or is_product(node):
        yield Edit("one-minus", node, mended := Binary("-", Number(1.0), node), mended)
        if isinstance(node, Entry) or (isinstance(node, Function) and node.name == "s"):
            yield Edit("inverted", node, mended := Binary("/", Number(1.0), node), mended)
    if isinstance(node, Entry) and node.name in vocabulary.names and vocabulary.names[node.name].values == "real":
        for name in ("s", "s'"):
            yield Edit("function", node, mended := Function(name, node), mended)
    for quantity in (*quantities(vocabulary, scope), *factors):
        yield Edit("factor", None, quantity, Binary("*", node, quantity), at=node)
        yield Edit("factor", None, Binary("/", Number(1.0), quantity), Binary("/", node, quantity), at=node)
    if isinstance(node, Binary) and node.operator == "+":
        yield Edit("term", None, Number(1.0), Binary("+", node, Number(1.0)))
        yield Edit("term", None, Number(1.0), Binary("-", node, Number(1.0)))


def with_parentheses(node):
    """Yield what a sum may have been before its parentheses were forgotten.

    Parameters
    ----------
    node : Expression
        Such as ``2*y - a*x``.

    Yields
    ------
    (Expression, Expression)
        What belongs in parentheses, such as ``y - a``, and the whole with them, such as ``2*(y - a)*x``.
    """
    if not (is_sum(node)):
        return
    for before, one in _ends(node.left):
        for behind, other in _beginnings(node.right):
            # A whole term behind a minus or behind another term has a wrong sign, and is told as that.
            of_a_term = before(Number(1.0)) == Minus(Number(1.0)) or (is_sum(node.left) and one is node.left.right)
            lost_minus = other is node.right and of_a_term
            if (
                one != other
                and other != Number(1.0)
                and not lost_minus
                and (one is not node.left or other is not node.right)
            ):
                inside = Binary(node.operator, one, other)
                yield inside, before(behind(inside))


def _ends(node):
    """Yield ways to split a product: what to put around its end, and the end."""
    yield (lambda end: end), node
    if isinstance(node, Minus):
        for around, end in _ends(node.of):
            yield (lambda new, around=around: Minus(around(new))), end
    if isinstance(node, Binary) and node.operator == "/" and isinstance(node.left, Minus):
        yield Minus, Binary("/", node.left.of, node.right)  # the sign of -u/v is read as u's
    if is_sum(node):
        for around, end in _ends(node.right):
            yield (lambda new, around=around: Binary(node.operator, node.left, around(new))), end
    if isinstance(node, Binary) and node.operator == "*":
        yield (lambda new: Binary("*", node.left, new)), node.right
        for around, end in _ends(node.left):
            if end is not node.left:
                yield around, Binary("*", end, node.right)


def _beginnings(node):
    """Yield ways to split a product or quotient: what to put around its beginning, and the beginning."""
    yield (lambda beginning: beginning), node
    if is_product(node):
        for around, beginning in _beginnings(node.left):
            yield (lambda new, around=around: Binary(node.operator, around(new), node.right)), beginning


def exchanges_everywhere(expression):
    """Yield an expression with one thing written for another wherever it stands.

    Parameters
    ----------
    expression : Expression

    Yields
    ------
    Edit
        Of kind ``"exchanged"``: u and 1 - u, something and the logistic function of it, or every numerator and its
        denominator.
    """
    if sum(isinstance(part, Binary) and part.operator == "/" for part in expression.walk()) > 1:
        yield Edit("exchanged", None, None, _upside_down(expression))
    parts = dict.fromkeys(part for part in expression.walk() if isinstance(part, (Entry, Function)))
    for part in parts:
        rest = Binary("-", Number(1.0), part)
        yield Edit("exchanged", part, rest, substituted(expression, {rest: part, part: rest}))
        if isinstance(part, Entry):
            inside = Function("s", part)
            yield Edit("exchanged", part, inside, substituted(expression, {part: inside}))


def _upside_down(node):
    parts = [_upside_down(part) for part in node.parts()]
    if isinstance(node, Binary) and node.operator == "/":
        parts.reverse()
    return node.with_parts(parts)
