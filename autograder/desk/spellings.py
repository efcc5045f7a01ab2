"""Names as people write them who have no key for an accent: Juergen Mueller or Jurgen Muller for Jürgen Müller.

Two names that differ in nothing else may be the same person's. That is a reason to ask, and no more.
"""

import re
import unicodedata

# Letters that Unicode doesn't take apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "å": "a", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
# Of ae, oe, ue and aa, which stand for one letter with an accent, the first letter remains.
_PAIRS = re.compile(r"([aou])e|(a)a")


def plain(text):
    """Return what remains of a text in all its spellings: lower-case letters without accents, and digits.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _PAIRS.sub(lambda match: match[1] or match[2], re.sub(r"[\W_]", "", letters))


def spellings(first_name, last_name):
    """Return what remains of a full name in all its spellings, with either part first.

    Parameters
    ----------
    first_name, last_name : str

    Returns
    -------
    set of str
        Empty if there is no name.
    """
    return {plain(f"{first_name}{last_name}"), plain(f"{last_name}{first_name}")} - {""}
