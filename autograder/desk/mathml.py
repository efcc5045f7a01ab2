"""Formulas as MathML, which browsers show by themselves: nothing has to be fetched, and no script run."""

import html
import re

from bs4 import BeautifulSoup, NavigableString
from latex2mathml.converter import convert_to_element

# Longer formulas stay as they are written: converting them can take long.
_MAX_FORMULA = 1500
_MAX_FORMULAS = 300
# The most characters in a text that may begin, end or form a formula. Lessons have at most a few hundred in a cell.
_MAX_MARKS = 3000
_FORMULA = re.compile(
    r"\$\$(?P<block>.{1,1500}?)\$\$"
    r"|\\\[(?P<bracket>.{1,1500}?)\\\]"
    r"|(?P<environment>\\begin\{(?P<name>[a-z]{1,20}\*?)\}.{1,1500}?\\end\{(?P=name)\})"
    r"|(?<![\\$])\$(?P<inline>[^\s$](?:[^$]{0,1500}?[^\s$\\])?)\$(?!\d)"
    r"|\\\((?P<parenthesis>.{1,1500}?)\\\)",
    re.DOTALL,
)
_TAGS = frozenset(
    "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover".split()
)
_ATTRIBUTES = frozenset(
    "accent columnalign columnspacing depth display displaystyle fence form height largeop linethickness lspace "
    "mathcolor mathvariant maxsize minsize movablelimits notation rowspacing rspace scriptlevel separator stretchy "
    "symmetric voffset width".split()
)
# Environments that the converter does not know, and one that looks like them.
_LIKE_ALIGN = re.compile(r"\\(begin|end)\{(?:aligned|gathered|gather\*?|multline\*?|eqnarray\*?)\}")
_VALUE = re.compile(r"[\w#.+\- %]{0,60}")
# The converter's output for a TeX command that it doesn't know: it treats the command as a name.
_UNKNOWN = re.compile(r"<m[io]>(?:&amp;|\\[A-Za-z]+)</m[io]>")
_PRIMES = re.compile("[\u2032\u2033\u2034\u2057]+")
_UNTOUCHED = {"code", "pre", "math", "script", "style"}


def to_mathml(formula, block=False):
    """Return a formula as MathML.

    Parameters
    ----------
    formula : str
        In TeX, without delimiters. It may come from a student: only elements and attributes that do nothing are kept.
    block : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str or None
        None if it cannot be converted.
    """
    if len(formula) > _MAX_FORMULA:
        return None
    try:
        formula = _LIKE_ALIGN.sub(r"\\\1{align*}", formula).replace("\\arg\\m", "\\operatorname{arg}\\m")
        mathml = _as_text(convert_to_element(formula, display="block" if block else "inline"))
        return None if _UNKNOWN.search(mathml) else mathml
    except (Exception, RecursionError):  # what the converter raises for invalid TeX isn't documented
        return None


def _as_text(element):
    if element.tag in ("msup", "msubsup") and _is_prime(element[-1]):
        # Fonts without mathematics make a prime in a superscript so small that σ′ looks like σ.
        *rest, prime = element
        base = _as_text(rest[0]) if len(rest) == 1 else f"<msub>{''.join(map(_as_text, rest))}</msub>"
        return f'<mrow>{base}<mi class="prime">{_text_of(prime)}</mi></mrow>'
    inside = html.escape(html.unescape(element.text or ""), quote=False)
    inside += "".join(_as_text(child) + html.escape(html.unescape(child.tail or ""), quote=False) for child in element)
    if element.tag not in _TAGS:
        return inside
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value) and (name, value) != ("display", "inline")
    )
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _text_of(element):
    return html.unescape("".join(element.itertext()))


def _is_prime(element):
    return bool(_PRIMES.fullmatch(_text_of(element)))


def with_mathml(text):
    """Replace the formulas in some HTML, except in code, by MathML.

    Parameters
    ----------
    text : str
        HTML that is already clean.

    Returns
    -------
    str
        Formulas that cannot be converted stay as they are written.
    """
    if not 0 < text.count("$") + text.count("\\") <= _MAX_MARKS:
        return text
    soup, left = BeautifulSoup(text, "html.parser"), _MAX_FORMULAS
    for node in soup.find_all(string=_FORMULA):
        if type(node) is not NavigableString or any(parent.name in _UNTOUCHED for parent in node.parents):
            continue
        found = list(_FORMULA.finditer(node))
        left -= len(found)
        if left < 0:
            break
        node.replace_with(BeautifulSoup(_converted(str(node), found), "html.parser"))
    return str(soup)


def _converted(text, found):
    parts, end = [], 0
    for match in found:
        tex = next(match[name] for name in ("block", "bracket", "environment", "inline", "parenthesis") if match[name])
        block = not (match["inline"] or match["parenthesis"])
        mathml = to_mathml(tex, block)
        parts += [html.escape(text[end : match.start()]), mathml or f"<code>{html.escape(match[0])}</code>"]
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])
