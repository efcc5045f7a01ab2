"""Families: mistakes that recur over the course, written once and taken by every exercise that they fit."""

import ast
from functools import cache
from pathlib import Path

from autograder.exercises.files import CatalogueError, read

# An entry says in one of these ways what is wrong.
FORMS = ("ends", "edit", "edits", "code")


@cache
def families():
    """Return the families of the whole course, by name."""
    return read(Path(__file__).with_name("families.toml"))


def entries_of(path, shared):
    """Return what an exercise's TOML file says of each mistake, by name.

    The list ``families`` names those of which it has nothing to say.

    Parameters
    ----------
    path : pathlib.Path
        Of the file.
    shared : dict
        The families of its lesson, by name.

    Raises
    ------
    CatalogueError
        If the list is none, or names a mistake that has an entry as well, or that is no family.
    """
    entries = read(path)
    names = entries.pop("families", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CatalogueError(f"{path}: families has to be a list of names, at the top of the file.")
    twice = sorted({name for name in names if name in entries or names.count(name) > 1})
    if twice:
        raise CatalogueError(f"{path}: {', '.join(twice)} stands here twice. Leave it out of the list `families`.")
    unknown = [name for name in names if name not in families() and name not in shared]
    if unknown:
        raise CatalogueError(
            f"{path}: there is no family called {', '.join(unknown)}. See families.toml and the lesson's shared.toml."
        )
    return {name: {} for name in names} | entries


def completed(name, entry, shared, reference, where):
    """Take what an entry leaves out from its lesson's family of the same name, and then from the course's.

    Parameters
    ----------
    name : str
        Of the mistake.
    entry, shared : dict
        What the TOML files of the exercise and of its lesson say of it.
    reference, where : str
        As in :func:`edit_of_the_end`.

    Returns
    -------
    dict
        What ``ends`` said is an edit like any other.
    """
    whole = {}
    for each in (families().get(name, {}), shared, entry):
        if any(form in each for form in FORMS):
            whole = {key: value for key, value in whole.items() if key not in FORMS}
        whole |= each
    if [form for form in FORMS if form in whole] == ["ends"]:
        whole["edit"] = edit_of_the_end(whole.pop("ends"), reference, where)
    return whole


def edit_of_the_end(template, reference, where):
    """Turn what stands in place of a reference's last line, its return, into an edit.

    Parameters
    ----------
    template : str
        Lines of code. ``{result}`` is what the reference returns, ``{first}`` and ``{second}`` are the two parts of
        that, and ``{argument}`` is the name of the first parameter.
    reference : str
        The source text of the reference.
    where : str
        Names the file and the entry in an error.

    Returns
    -------
    [str, str]
        What stands there, and what is to stand there instead.

    Raises
    ------
    CatalogueError
        If the reference does not end with a return, or returns no pair where the template wants one.
    """
    function = ast.parse(reference).body[0]
    last = function.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        raise CatalogueError(f"{where}: `ends` needs a reference whose last statement is a return. Use `edit` instead.")
    words = {"result": ast.get_source_segment(reference, last.value), "argument": function.args.args[0].arg}
    if isinstance(last.value, ast.Tuple) and len(last.value.elts) == 2:
        words["first"], words["second"] = (ast.get_source_segment(reference, part) for part in last.value.elts)
    indent = " " * last.col_offset
    try:
        lines = template.format(**words).splitlines()
    except (KeyError, IndexError, ValueError) as error:
        known = ", ".join(f"{{{word}}}" for word in words)
        raise CatalogueError(f"{where}: {error} in {template!r} means nothing. This reference has {known}.") from None
    old = "".join(reference.splitlines(keepends=True)[last.lineno - 1 : last.end_lineno])
    return [old, "".join(f"{indent}{line}\n" for line in lines)]
