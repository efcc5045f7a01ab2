"""Expressions as trees: what a line of a derivation says."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Expression:
    """A node of the tree.

    Attributes
    ----------
    column : int
        Where it stands in its line, counted from 0; two nodes are equal wherever they stand.
    """

    column: int = field(default=0, compare=False, kw_only=True)

    def parts(self):
        """Return the expressions directly below this one."""
        return [value for value in vars(self).values() if isinstance(value, Expression)]

    def with_parts(self, parts):
        """Return the same node above other expressions, given in the order of :meth:`parts`."""
        parts = iter(parts)
        values = vars(self).items()
        return type(self)(**{name: next(parts) if isinstance(value, Expression) else value for name, value in values})

    def walk(self) -> Iterator["Expression"]:
        """Yield this node and all below it, from the left to the right."""
        left = [self]
        while left:
            node = left.pop()
            yield node
            left += reversed(node.parts())


@dataclass(frozen=True)
class Number(Expression):
    """A number, positive or 0; a sign is a node of its own."""

    value: float


@dataclass(frozen=True)
class Entry(Expression):
    """A name, with its indices if it has some: ``y``, ``z[j]``, ``W[k, j]``."""

    name: str
    indices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Minus(Expression):
    """A sign: ``-x``."""

    of: Expression


@dataclass(frozen=True)
class Binary(Expression):
    """Two expressions with one of ``+ - * / **`` between them."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Function(Expression):
    """One of ``exp ln sqrt s s'`` of an expression."""

    name: str
    of: Expression


@dataclass(frozen=True)
class Sum(Expression):
    """``sum(index, expression)``."""

    index: str
    of: Expression


@dataclass(frozen=True)
class Derivative(Expression):
    """``d(expression, entry)``."""

    of: Expression
    by: Entry


@dataclass(frozen=True)
class Same(Expression):
    """``[i == j]``: 1 where the indices are equal, else 0."""

    one: str
    other: str


def is_sum(expression):
    """Whether an expression is a sum or a difference of two."""
    return isinstance(expression, Binary) and expression.operator in ("+", "-")


def is_product(expression):
    """Whether an expression is a product or a quotient of two."""
    return isinstance(expression, Binary) and expression.operator in ("*", "/")


def renamed(expression, names):
    """Return an expression with other names for its free indices.

    Parameters
    ----------
    expression : Expression
        Its sums' own indices stay, which must not be among the new names.
    names : dict of str to str
        New names by old ones.

    Returns
    -------
    Expression
    """
    if isinstance(expression, Entry):
        return replace(expression, indices=tuple(names.get(index, index) for index in expression.indices))
    if isinstance(expression, Same):
        return replace(
            expression,
            one=names.get(expression.one, expression.one),
            other=names.get(expression.other, expression.other),
        )
    if isinstance(expression, Sum):
        names = {old: new for old, new in names.items() if old != expression.index}
    return expression.with_parts([renamed(part, names) for part in expression.parts()])


def with_dots(expression, kept=()):
    """Write a dot for every index, so that two expressions are the same whatever letters they count with.

    Parameters
    ----------
    expression : Expression
    kept : container of str
        Indices that stay.

    Returns
    -------
    Expression
    """

    def dotted(index):
        return index if index in kept else "·"

    match expression:
        case Entry(name, indices):
            return Entry(name, tuple(map(dotted, indices)))
        case Same(one, other):
            return Same(dotted(one), dotted(other))
        case Sum(_, of):
            return Sum("·", with_dots(of, kept))
    return expression.with_parts([with_dots(part, kept) for part in expression.parts()])


def substituted(expression, new):
    """Return an expression with other expressions in the place of some of its parts.

    Parameters
    ----------
    expression : Expression
        What it differentiates with respect to stays.
    new : dict of Expression to Expression
        What stands there instead, by what is replaced.

    Returns
    -------
    Expression
    """
    if expression in new:
        return new[expression]
    if isinstance(expression, Derivative):
        return replace(expression, of=substituted(expression.of, new))
    return expression.with_parts([substituted(part, new) for part in expression.parts()])


_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_SIGN = 3


def text_of(expression):
    """Write an expression as a learner would type it.

    Parameters
    ----------
    expression : Expression

    Returns
    -------
    str
    """
    return _text(expression)[0]


def _text(expression):
    """Return the text and how strongly its outermost operator binds."""
    match expression:
        case Number(value):
            return f"{value:g}", 9
        case Entry(name, indices):
            return name + (f"[{', '.join(indices)}]" if indices else ""), 9
        case Minus(of):
            inner = _within(of, _SIGN)
            return f"-({inner})" if inner.startswith("-") else f"-{inner}", _SIGN
        case Binary("**", left, right):
            return f"{_within(left, 5)}**{_within(right, _SIGN)}", 4
        case Binary(operator, left, right):
            level = _LEVELS[operator]
            space = " " if level == 1 else ""
            # What stands on the right of - or / keeps its parentheses, and so does a sign.
            right_text, right_level = _text(right)
            if right_level < level + (operator != "+") or right_text.startswith("-"):
                right_text = f"({right_text})"
            return f"{_within(left, level)}{space}{operator}{space}{right_text}", level
        case Function(name, of):
            return f"{name}({_text(of)[0]})", 9
        case Sum(index, of):
            return f"sum({index}, {_text(of)[0]})", 9
        case Derivative(of, by):
            return f"d({_text(of)[0]}, {_text(by)[0]})", 9
        case Same(one, other):
            return f"[{one} == {other}]", 9


def _within(expression, level):
    text, own = _text(expression)
    return text if own >= level else f"({text})"
