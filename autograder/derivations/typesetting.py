"""Set expressions as mathematics."""

import re

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

_SYMBOLS = {"lam": r"\lambda", "eta": r"\eta", "delta": r"\delta"}
_FUNCTIONS = {"exp": r"\exp", "ln": r"\ln", "s": r"\sigma", "s'": r"\sigma'"}
_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 5, "**": 4}
_SIGN, _SUM = 2, 1.5


def latex_of(expression):
    """Set an expression in TeX.

    Parameters
    ----------
    expression : autograder.derivations.expression.Expression

    Returns
    -------
    str
        For MathJax, without dollars.
    """
    return _latex(expression)[0]


def tex_of_line(line):
    """Set a line of a derivation in TeX, with its ``=`` or ``let``.

    Parameters
    ----------
    line : autograder.derivations.lines.Line
        One that could be read.

    Returns
    -------
    str
        For MathJax, without dollars.
    """
    tex = latex_of(line.expression)
    if line.defines is not None:
        return rf"\text{{let }} {latex_of(line.defines)} = {tex}"
    return f"= {tex}" if line.kind == "step" else tex


def _latex(expression):
    """Return the TeX and how strongly its outermost operator binds."""
    match expression:
        case Number(value):
            return f"{value:g}", 9
        case Entry():
            return _entry(expression), 9
        case Minus(of):
            return f"-{_within(of, _SIGN)}", _SIGN
        case Binary("/", left, right):
            return rf"\frac{{{latex_of(left)}}}{{{latex_of(right)}}}", 5
        case Binary("**", left, right):
            return f"{_base(left)}^{{{latex_of(right)}}}", 4
        case Binary("*", left, right):
            dot = r" \cdot " if isinstance(right, Number) else r" \, "
            return f"{_within(left, 2)}{dot}{_factor(right)}", 2
        case Binary(operator, left, right):
            right_text = _within(right, 1 if operator == "+" else 2)
            return f"{_within(left, 1)} {operator} {_parenthesised(right_text, right_text.startswith('-'))}", 1
        case Function("sqrt", of):
            return rf"\sqrt{{{latex_of(of)}}}", 9
        case Function("exp", of):
            return f"e^{{{latex_of(of)}}}", 4
        case Function(name, of):
            return rf"{_FUNCTIONS[name]}\left({latex_of(of)}\right)", 9
        case Sum(index, of):
            return rf"\sum_{{{index}}} {_within(of, _SUM)}", _SUM
        case Derivative(Entry() as of, by):
            return rf"\frac{{\partial {_entry(of)}}}{{\partial {_entry(by)}}}", 5
        case Derivative(of, by):
            return rf"\frac{{\partial}}{{\partial {_entry(by)}}}\left({latex_of(of)}\right)", 5
        case Same(one, other):
            return f"[{one} = {other}]", 9


def _parenthesised(text, needed=True):
    return rf"\left({text}\right)" if needed else text


def _within(expression, level):
    text, own = _latex(expression)
    return _parenthesised(text, own < level)


def _factor(expression):
    text, own = _latex(expression)
    return _parenthesised(text, own < 2 or text.startswith("-"))


def _base(expression):
    text, own = _latex(expression)
    return _parenthesised(text, own < 9)


def _entry(entry):
    """Set ``W_next[k, j]`` as a letter with an index below and what follows the underscore above."""
    letter, _, above = entry.name.partition("_")
    match = re.fullmatch(r"([A-Za-z]+?)(\d+)", letter)
    below = "".join(entry.indices)
    if match:
        letter, below = match[1], match[2] + below
    text = _SYMBOLS.get(letter, letter if len(letter) == 1 else rf"\mathit{{{letter}}}")
    if above:
        text += rf"^{{\text{{{above.replace('_', ' ')}}}}}"
    return text + (f"_{{{below}}}" if below else "")
