"""Read an expression as a learner types it; every mistake in the writing is one sentence, with its place."""

import ast
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

MAX_LINE, MAX_NODES = 1_000, 400
MAX_PARENTHESES, MAX_SUMS, MAX_DERIVATIVES, MAX_DIGITS, MAX_EXPONENT = 30, 4, 2, 15, 20
FUNCTIONS = ("exp", "ln", "sqrt", "s", "s'")
RESERVED = {"exp", "ln", "sqrt", "s", "d", "sum", "let", "because"}

# What people type, and what it means; each stands for one character, or for text with the same meaning.
_READ_AS = {
    **{"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∗": "*", "^": "**"},
    **{"σ": "s", "λ": "lam", "η": "eta", "δ": "delta", "∂": "d", "Σ": "sum", "∑": "sum"},
    **{"²": "**2", "³": "**3", "≠": "!="},
    **{"′": "'", "’": "'", "‘": "'", "ʹ": "'", "\u00a0": " ", "\t": " "},
}
# Python's parser has no name with an apostrophe, so s' is a name of its own there.
_SLOPE = "s_slope"
_ALLOWED = re.compile(r"[A-Za-z0-9_ ()\[\],.+\-*/=!']")
_PLAIN = "Use letters, numbers, parentheses and + - * / **."
_INSTEAD = {
    "\\": "LaTeX is not read here: type s(z), sum(k, …), d(C, z[j]).",
    ";": "A comma stands between the parts, as in d(C, z[j]).",
    "{": "Indices stand in brackets, as in z[j].",
    "|": "There is no absolute value here.",
}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


class Refused(Exception):
    """Something that cannot be read, or has no meaning.

    Attributes
    ----------
    sentence : str
        What is wrong, and how to write it.
    column : int
        Where, counted from 0 in the line as it was typed.
    kind : str
        ``"syntax"``, or the id of the mistake that it is.
    """

    def __init__(self, sentence, column=0, kind="syntax"):
        super().__init__(sentence)
        self.sentence, self.column, self.kind = sentence, column, kind


def _meaning_of(text):
    """Replace what stands for something else; return the text and the column each character came from."""
    out, columns = [], []
    for column, character in enumerate(text):
        for each in _READ_AS.get(character, character):
            out.append(each)
            columns.append(column)
    return "".join(out), columns


def _substitute(pattern, text, columns, replacement):
    """Replace matches, with all of what comes in their place at the column of the match."""
    out, places, end = [], [], 0
    for match in re.finditer(pattern, text):
        new = replacement(match)
        out += [text[end : match.start()], new]
        places += columns[end : match.start()] + [columns[match.start()]] * len(new)
        end = match.end()
    return "".join([*out, text[end:]]), places + columns[end:]


def _check_characters(text, columns):
    for character, column in zip(text, columns, strict=True):
        if not _ALLOWED.match(character):
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise Refused(f"The character {shown} has no meaning here. {_INSTEAD.get(character, _PLAIN)}", column)
    depth = 0
    for character, column in zip(text, columns, strict=True):
        depth += (character in "([") - (character in ")]")
        if depth > MAX_PARENTHESES:
            raise Refused(f"There are more than {MAX_PARENTHESES} nested parentheses here. Simplify the line.", column)
        if depth < 0:
            raise Refused(f"This {character} closes nothing. Remove it, or open a parenthesis before it.", column)
    if match := re.search(r"(?<![A-Za-z0-9_.])[0-9][0-9.]*[A-Za-z_]", text):
        place = match.end() - 1
        raise Refused("An operator is missing here. Write a product with *, as in 2*a.", columns[place])
    for match in re.finditer(r"[0-9][0-9.]*", text):
        if len(match.group()) > MAX_DIGITS:
            raise Refused(f"A number has at most {MAX_DIGITS} digits.", columns[match.start()])


def read_expression(text, names=()):
    """Read one expression.

    Parameters
    ----------
    text : str
        As a learner types it.
    names : iterable of str
        Those that may follow the d in ``dC/dz[j]``.

    Returns
    -------
    Expression

    Raises
    ------
    Refused
        With a sentence and the column.
    """
    if len(text) > MAX_LINE:
        raise Refused(f"A line has at most {MAX_LINE} characters. Split it into several steps.", MAX_LINE)
    translated, columns = _meaning_of(text)
    _check_characters(translated, columns)
    if not translated.strip():
        raise Refused("There is nothing after the =. Write an expression, or remove the line.", 0)
    known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    if known:
        pattern = (
            rf"(?<![A-Za-z0-9_])d({known})\s*(\[[A-Za-z, ]*\])?\s*/\s*d({known})(?![A-Za-z0-9_])\s*(\[[A-Za-z, ]*\])?"
        )
        translated, columns = _substitute(
            pattern, translated, columns, lambda m: f"d({m[1]}{m[2] or ''}, {m[3]}{m[4] or ''})"
        )
    if match := re.search(r"s\s*'\s*'", translated):
        raise Refused("Second derivatives of s are not used here. Write s'(…) for the slope.", columns[match.start()])
    translated, columns = _substitute(r"(?<![A-Za-z0-9_])s\s*'", translated, columns, lambda m: _SLOPE)
    if "'" in translated:
        raise Refused("A prime belongs to s only: write s'(z) for the slope.", columns[translated.index("'")])
    # Python's lambda is a word of its own, and so is the course's name for it.
    translated, columns = _substitute(r"(?<![A-Za-z0-9_])lambda(?![A-Za-z0-9_])", translated, columns, lambda m: "lam")
    # Inside parentheses Python reads on over the end of a line, and leading blanks mean nothing.
    try:
        tree = ast.parse(f"({translated})", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _unreadable(error, translated, columns) from None
    reader = _Reader(f"({translated})", [columns[0], *columns, len(text)])
    return reader.read(tree.body)


def _unreadable(error, text, columns):
    """Say what Python's parser did not understand."""
    opened = [place for place, character in enumerate(text) if character in "(["]
    if text.count("(") + text.count("[") > text.count(")") + text.count("]"):
        return Refused("A parenthesis is opened but never closed.", columns[opened[-1]])
    column = min(max((getattr(error, "offset", None) or 1) - 2, 0), len(columns) - 1)
    if match := re.search(r"\[\s*\w\s*=\s*\w\s*\]", text):
        return Refused("Inside brackets, equal is written ==, as in [i == j].", columns[match.start()])
    if re.search(r"(?<![=!<>])=(?!=)", text):
        place = re.search(r"(?<![=!<>])=(?!=)", text).start()
        return Refused(
            "A line has only one =, at its beginning. Write the next step on a line of its own. If you want to name "
            "something, write let before it, as in let u = 1 + a.",
            columns[place],
        )
    if match := re.search(r"[0-9)\]]\s*[A-Za-z(]|[A-Za-z_]\s+[A-Za-z0-9]", text):
        return Refused("An operator is missing here. Write a product with *, as in 2*a.", columns[match.end() - 1])
    return Refused("This can't be read as an expression. Look for an extra operator or parenthesis.", columns[column])


class _Reader:
    """Turns Python's tree into an expression; whatever is not on the list is refused."""

    def __init__(self, text, columns):
        self._text, self._columns = text, columns
        self._nodes = 0

    def _column(self, node):
        return self._columns[min(node.col_offset, len(self._columns) - 1)]

    def _refuse(self, sentence, node):
        raise Refused(sentence, self._column(node))

    def read(self, node, sums=0, derivatives=0):
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse("The line is too long. Split it into several steps.", node)
        column = self._column(node)
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(float(value), column=column)
            case ast.Name(id=name):
                self._check_name(name, node)
                return Entry(name, column=column)
            case ast.Subscript():
                return self._entry(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Minus(self.read(operand, sums, derivatives), column=column)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, sums, derivatives)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                binary = Binary(
                    _OPERATORS[type(operator)],
                    self.read(left, sums, derivatives),
                    self.read(right, sums, derivatives),
                    column=column,
                )
                self._check_power(binary, right)
                return binary
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args, sums, derivatives)
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call() | ast.Subscript() as before):
                gap = self._text.index("(", before.end_col_offset)
                raise Refused(
                    "An operator is missing here. Write a product with *, as in 2*(a - y).", self._columns[gap]
                )
            case ast.List(elts=[ast.Compare(left=ast.Name(id=one), ops=[kind], comparators=[ast.Name(id=other)])]):
                same = Same(self._index(one, node), self._index(other, node), column=column)
                if isinstance(kind, ast.NotEq):
                    return Binary("-", Number(1.0, column=column), same, column=column)
                if isinstance(kind, ast.Eq):
                    return same
            case ast.List():
                self._refuse("Brackets without a name before them compare two indices, as in [i == j].", node)
            case ast.Tuple():
                self._refuse("A comma is only used between indices, and in sum(index, …) and d(…, …).", node)
            case ast.Compare():
                self._refuse("A comparison goes in brackets: [i == j].", node)
        self._refuse("This has no meaning in a derivation. Use numbers, names, + - * / ** and the functions.", node)

    def _check_power(self, binary, node):
        if binary.operator != "**":
            return
        exponent = binary.right.of if isinstance(binary.right, Minus) else binary.right
        if isinstance(exponent, Binary) and exponent.operator == "**":
            self._refuse("A power of a power is not used here. Multiply the exponents.", node)
        if isinstance(exponent, Number) and exponent.value > MAX_EXPONENT:
            self._refuse(f"An exponent is at most {MAX_EXPONENT} here.", node)

    def _check_name(self, name, node):
        if name in RESERVED or name == _SLOPE:
            shown = "s'" if name == _SLOPE else name
            example = {"d": "d(C, z[j])", "sum": "sum(k, z[k])"}.get(shown, f"{shown}(…)")
            self._refuse(f"{shown} is a function: write what belongs to it in parentheses, as in {example}.", node)
        if name.startswith("_") or len(name) > 30:
            self._refuse("A name has at most 30 letters, and begins with one.", node)

    def _index(self, name, node):
        if not re.fullmatch(r"[A-Za-z]", name):
            self._refuse(f"An index is one letter, but here it is {name}.", node)
        return name

    def _entry(self, node):
        if not isinstance(node.value, ast.Name):
            if isinstance(node.value, ast.Subscript):
                self._refuse("Two indices share one pair of brackets: write x[i, k], not x[i][k].", node)
            self._refuse(
                "Only a name can have an index. Give the expression a name on a line that begins with let.", node
            )
        self._check_name(node.value.id, node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not all(isinstance(part, ast.Name) for part in parts):
            self._refuse(
                "An index is one letter, such as j. Numbers and sums are not used as indices here.", node.slice
            )
        indices = tuple(self._index(part.id, part) for part in parts)
        return Entry(node.value.id, indices, column=self._column(node))

    def _call(self, node, name, args, sums, derivatives):
        name, column = "s'" if name == _SLOPE else name, self._column(node)
        if name in FUNCTIONS:
            if len(args) != 1:
                self._refuse(f"{name} takes one argument, as in {name}(z).", node)
            return Function(name, self.read(args[0], sums, derivatives), column=column)
        if name == "sum":
            if sums >= MAX_SUMS:
                self._refuse(f"There are more than {MAX_SUMS} nested sums here. Simplify the line.", node)
            if len(args) != 2 or not isinstance(args[0], ast.Name):
                self._refuse("A sum is written with its index first: sum(k, …).", node)
            return Sum(self._index(args[0].id, args[0]), self.read(args[1], sums + 1, derivatives), column=column)
        if name == "d":
            if derivatives >= MAX_DERIVATIVES:
                self._refuse(f"There are more than {MAX_DERIVATIVES} nested derivatives here. Simplify the line.", node)
            if len(args) != 2:
                self._refuse("A derivative is written d(what, with respect to what), as in d(C, z[j]).", node)
            by = self.read(args[1], sums, derivatives)
            if not isinstance(by, Entry):
                self._refuse(
                    "A derivative is taken with respect to a name, or to one entry of it, as in z[j].", args[1]
                )
            return Derivative(self.read(args[0], sums, derivatives + 1), by, column=column)
        if name == "delta" and len(args) == 2:
            self._refuse("1 where two indices are equal and 0 elsewhere is written [i == j].", node)
        if name.startswith("d") and name[1:] in FUNCTIONS:
            self._refuse(f"A derivative is written d({name[1:]}(…), …), as in d(ln(a[i]), z[j]).", node)
        if name in ("log", "log10", "log2"):
            self._refuse("The logarithm is written ln(…) here.", node)
        if name in ("sigmoid", "sigma", "logistic"):
            self._refuse("The logistic function is written s(…), and its slope s'(…).", node)
        self._refuse(f"There is no function {name} here. If you mean a product, write {name}*(…).", node)
