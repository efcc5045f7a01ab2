"""What every exercise has to keep to, whatever it is about."""

import builtins
import dis
import inspect
import re
import types
from collections import Counter
from pathlib import Path

import numpy as np

from autograder.audit.agreement import disagreements
from autograder.audit.cells import missing_cells
from autograder.audit.contract import breaches
from autograder.audit.order import missing_line
from autograder.checking.call import call
from autograder.exercises import DERIVATIONS, EXERCISES
from autograder.exercises.load import FOLDER
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED

MIN_MISTAKES = 6
MIN_VARIANTS = 3
MAX_SENTENCES = 3
MAX_CHARACTERS = 320
MAX_LINES = {".py": 250, ".toml": 400}
MAX_LINES_ON_AVERAGE = 190


def cannot_be_tried(exercise):
    """Say why an exercise cannot be audited at all: its probes or its reference raise.

    Returns
    -------
    str or None
    """
    for seed in (PUBLIC_SEED, HIDDEN_SEED):
        try:
            probes = exercise.probes(np.random.default_rng([seed, 0]))
        except Exception as error:
            return f"Its probes raise {type(error).__name__}: {error}. Fix them first."
        for args in probes:
            outcome = call(exercise.reference, args, seconds=exercise.seconds)
            if outcome.failure:
                what = f"{outcome.failure.kind}: {outcome.failure.message}"
                return f"The reference raises on one of the probes: {what} Fix it first."
    return None


def _numbers(exercise):
    """Whether there are enough mistakes and right answers."""
    mistakes, variants = len(exercise.mistakes), len(exercise.variants)
    if mistakes < MIN_MISTAKES:
        yield f"It has {mistakes} mistakes, but it needs at least {MIN_MISTAKES}. Add some to its TOML file."
    if variants < MIN_VARIANTS:
        yield f"It has {variants} variants, but it needs at least {MIN_VARIANTS}: right answers written differently."


def _hints(exercise):
    """Whether each mistake has a hint of its own, short enough to be read."""
    for hint, count in Counter(mistake.hint for mistake in exercise.mistakes).items():
        if count > 1:
            same = ", ".join(mistake.id for mistake in exercise.mistakes if mistake.hint == hint)
            yield f"{same} share a hint. Give each a hint of its own, or make them one mistake."
    for mistake in exercise.mistakes:
        # A remark in brackets does not count: “(Where all layers are equally wide, no error tells you so.)”.
        sentences = len(re.findall(r"[.!?][”’]?(?=\s|$)", re.sub(r"\([^()]*\)", "", mistake.hint)))
        if sentences > MAX_SENTENCES or len(mistake.hint) > MAX_CHARACTERS:
            yield (
                f"The hint of {mistake.id} has {sentences} sentences and {len(mistake.hint)} characters. Shorten it to "
                f"at most {MAX_SENTENCES} sentences and {MAX_CHARACTERS} characters."
            )


def _missing_names(code, scope):
    """Names that a function and those within it take from outside, and that are not there."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return {name for name in names if name not in scope and not hasattr(builtins, name)}.union(
        *(_missing_names(each, scope) for each in inner)
    )


def _names(exercise):
    """Whether the mistakes use only names that exist; otherwise they raise a NameError that nobody meant."""
    for mistake in exercise.mistakes:
        missing = _missing_names(mistake.function.__code__, mistake.function.__globals__)
        if missing:
            yield f"{mistake.id} uses {', '.join(sorted(missing))}, which its module doesn't define. Import it there."


def _plain(value):
    """Turn arguments into something that can be compared."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, types.FunctionType):  # what it holds; its address says nothing, and may be used again
        return [value.__qualname__, *(_plain(cell.cell_contents) for cell in value.__closure__ or ())]
    return value.tolist() if isinstance(value, np.ndarray) else repr(value)


def _hidden_probes(exercise):
    """Whether grading uses other numbers than the check that students see."""
    public, hidden = (_plain(exercise.probes(np.random.default_rng([seed, 0]))) for seed in (PUBLIC_SEED, HIDDEN_SEED))
    if public == hidden:
        yield "Its hidden probes are the public ones. Draw them from the rng that `probes` is given."


def lines_of_files():
    """Count the lines of the files of all exercises, and of the families; derivations are no exercises.

    Returns
    -------
    dict of pathlib.Path to int
    """
    files = [path for path in FOLDER.glob("lesson_*/*") if path.suffix in MAX_LINES] + [FOLDER / "families.toml"]
    files = [path for path in files if path.suffix != ".toml" or path.stem not in DERIVATIONS]
    return {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}


def _files(exercise):
    """Whether the files of an exercise are finished, and short enough."""
    path = Path(inspect.getfile(exercise.reference))
    for each in (path, path.with_suffix(".toml")):
        lines = each.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAX_LINES[each.suffix]:
            yield (
                f"{each} has {len(lines)} lines, but at most {MAX_LINES[each.suffix]} are allowed. Move what other "
                "exercises can use to the lesson's shared.py or shared.toml."
            )
        for number, line in enumerate(lines, start=1):
            if "TODO" in line:
                yield f"{each} isn't finished: line {number} says {line.strip()!r}."
    average = sum(lines_of_files().values()) / len(EXERCISES)
    if average > MAX_LINES_ON_AVERAGE:
        yield (
            f"The exercises have {average:.0f} lines on average, where {MAX_LINES_ON_AVERAGE} are allowed. Take what "
            "repeats from families.toml or shared.py, or raise MAX_LINES_ON_AVERAGE in autograder/audit/rules.py."
        )


def complaints(name):
    """Say what an exercise does not keep to, a sentence each, with what to do about it.

    Parameters
    ----------
    name : str
        Of the exercise.

    Returns
    -------
    list of str
    """
    exercise = EXERCISES[name]
    found = []
    own = _numbers, _hints, _names, _hidden_probes, _files
    for rule in (*own, breaches, missing_cells, missing_line, disagreements):
        found += [f"{name}: {sentence}" for sentence in rule(exercise)]
    return found
