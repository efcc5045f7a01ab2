"""Read a derivation from its TOML file."""

from autograder.derivations.expression import Entry
from autograder.derivations.forms import Form, Milestone
from autograder.derivations.reading import Refused, read_expression
from autograder.derivations.vocabulary import KINDS, Name, Vocabulary
from autograder.exercise import Derivation, LineMistake
from autograder.exercises.load import CatalogueError, lesson_of, read

# An unknown function is, for every comparison, one of these with random coefficients.
_UNKNOWN = "sum(i, {0}_scale[i]*exp({0}_rate[i]*{1}[i])) + sum(i, {0}_weight[i]*{1}[i])**2"


def load_derivation(path):
    """Load a derivation.

    Parameters
    ----------
    path : pathlib.Path
        Of its TOML file.

    Returns
    -------
    autograder.exercise.Derivation

    Raises
    ------
    CatalogueError
        If something in it cannot be read; the message names the file and the text.
    """
    entry = read(path)
    try:
        return _derivation(path, entry)
    except Refused as refusal:
        raise CatalogueError(f"{path}: {refusal.sentence}") from None
    except KeyError as error:
        raise CatalogueError(f"{path}: {error.args[0]} is missing, or names something that is not defined.") from None


def _derivation(path, entry):
    vocabulary = Vocabulary()
    for text, says in entry["names"].items():
        vocabulary = _with_variable(vocabulary, read_expression(text), says, path)
    for text, says in entry.get("definitions", {}).items():
        vocabulary = _with_definition(vocabulary, read_expression(text), says)
    start = read_expression(entry["start"], vocabulary.names)
    vocabulary = Vocabulary(vocabulary.names, _free(start, vocabulary))
    goal = read_expression(entry["goal"], vocabulary.names)
    for expression in (start, goal):
        vocabulary.check(expression)
    mistakes = [
        LineMistake(name, read_expression(each["line"], vocabulary.names), each["hint"])
        for name, each in entry.get("mistakes", {}).items()
    ]
    return Derivation(
        path.stem,
        lesson_of(path),
        float(entry["points"]),
        vocabulary,
        start,
        goal,
        _form(entry["goal_form"]),
        tuple(Milestone(name, tuple(map(_form, forms))) for name, forms in entry["milestones"].items()),
        tuple(entry["model"]),
        tuple(mistakes),
        tuple(entry.get("to_show", ())),
    )


def _form(entry):
    return Form(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


def _with_variable(vocabulary, entry, says, path):
    *kinds, values = says.split(";") if ";" in says else (says, "real")
    kinds = tuple(" ".join(kinds).split())
    if unknown := set(kinds) - set(KINDS):
        raise CatalogueError(f"{path}: {sorted(unknown)[0]!r} is no kind of index; there are {', '.join(KINDS)}.")
    return vocabulary.with_name(entry.name, Name(kinds, entry.indices, values=values.strip()))


def _with_definition(vocabulary, entry, says):
    if isinstance(says, str):
        return vocabulary.define(entry, read_expression(says, vocabulary.names))
    of = says["function_of"]
    kinds = vocabulary.names[of].kinds
    for each in ("scale", "rate", "weight"):
        vocabulary = vocabulary.with_name(f"{entry.name}_{each}", Name(kinds, ("i",), hidden=True))
    definition = read_expression(_UNKNOWN.format(entry.name, of))
    return vocabulary.with_name(entry.name, Name((), (), definition, function_of=of))


def _free(start, vocabulary):
    """Return the kinds of the indices that no sum of the start binds."""
    free = {}
    for part in start.walk():
        if isinstance(part, Entry):
            free |= dict(zip(part.indices, vocabulary.names[part.name].kinds, strict=True))
    return free
