"""Load exercises from their lessons' folders, each from a module and a TOML file, when somebody asks for them."""

import importlib
import inspect
import linecache
import math
from collections import UserDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np

from autograder.exercise import Mistake, Question
from autograder.exercises.edits import apply_edits, function_in, namespace_of
from autograder.exercises.families import FORMS, completed, entries_of
from autograder.exercises.files import CatalogueError, read, read_if_there

FOLDER = Path(__file__).parent
FLAGS = {"telling_failure", "facts"}
KEYS = {*FORMS, *FLAGS, "hint"}


def _compile(source, name, namespace, where):
    """Run a source text in a copy of a namespace and return the function of that name."""
    try:
        code = compile(source, where, "exec")
    except SyntaxError as error:
        raise CatalogueError(f"{where}: {error.msg} in the text {(error.text or source).strip()!r}.") from None
    # Tracebacks, and the line that a failure is described by, show the source.
    linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
    function = function_in(code, name, namespace)
    if function is None:
        raise CatalogueError(f"{where}: the code defines no function {name}.")
    return function


def _check_keys(own, entry, where):
    """Raise an error unless an entry, completed from its families, has a hint and says in one way what changes."""
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        near = get_close_matches(unknown[0], KEYS, n=1)
        advice = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(sorted(KEYS))}."
        raise CatalogueError(f"{where}: unknown key `{unknown[0]}`; {advice}")
    forms = [form for form in FORMS if form in entry]
    if not forms and set(entry) > set(own):
        raise CatalogueError(
            f"{where}: the family has a hint but no edit, which differs from exercise to exercise. Write an entry with "
            "its name and an edit; the name isn't in the list `families` then."
        )
    if len(forms) != 1:
        has = " and ".join(forms) or "none"
        raise CatalogueError(f"{where}: it needs exactly one of {', '.join(FORMS)}, but has {has}.")
    if "hint" not in entry:
        raise CatalogueError(f"{where}: it has no hint, and there is no family of its name that has one. Write one.")


def _edits_of(entry, reference, where):
    """Return what a mistake changes in the reference's source text; its own code takes the place of all of it."""
    if "code" in entry:
        return ((reference, entry["code"]),)
    edits = [entry["edit"]] if "edit" in entry else entry["edits"]
    if not all(isinstance(edit, list) and list(map(type, edit)) == [str, str] for edit in edits):
        raise CatalogueError(
            f"{where}: an edit is a pair of texts: what stands there, and what is to stand there instead."
        )
    return tuple(map(tuple, edits))


class Mistakes(Sequence):
    """The known mistakes of one exercise, read from its TOML file when somebody first looks at them.

    Parameters
    ----------
    exercise : autograder.exercise.Exercise
        Its reference is what the edits change.
    module : module
        Of the exercise; its mistakes see its names, and ``math`` and ``np``.
    """

    def __init__(self, exercise, module):
        self._exercise, self._module, self._read = exercise, module, None

    def _all(self):
        if self._read is None:
            path = Path(self._module.__file__).with_suffix(".toml")
            shared = read_if_there(path.with_name("shared.toml"))
            namespace = namespace_of(self._exercise.reference)
            reference = inspect.getsource(self._exercise.reference)
            found = []
            for name, own in entries_of(path, shared).items():
                where = f"{path} [{name}]"
                entry = completed(name, own, shared.get(name, {}), reference, where)
                _check_keys(own, entry, where)
                found.append(self._mistake(where, name, entry, reference, namespace))
            self._read = found
        return self._read

    def _mistake(self, where, name, entry, reference, namespace):
        edits = _edits_of(entry, reference, where)
        function = _compile(apply_edits(reference, edits, where), self._exercise.name, namespace, where)
        flags = {flag: entry[flag] for flag in FLAGS & set(entry)}
        return Mistake(name, function, entry["hint"], edits=edits, **flags)

    def __getitem__(self, index):
        return self._all()[index]

    def __len__(self):
        return len(self._all())


def lesson_of(path):
    """Return the name of the lesson whose folder a file is in; the folder's ``__init__.py`` says it."""
    return importlib.import_module(f"{__package__}.{path.parent.name}").LESSON


def load_exercise(path):
    """Load an exercise.

    Parameters
    ----------
    path : pathlib.Path
        Of its module, which defines ``EXERCISE`` and the reference, a function of the file's name; the mistakes stand
        beside it in a TOML file of the same name.

    Returns
    -------
    autograder.exercise.Exercise

    Raises
    ------
    CatalogueError
        If the module cannot be imported, or lacks one of the two; the message names the file.
    """
    try:
        module = importlib.import_module(f"{__package__}.{path.parent.name}.{path.stem}")
    except Exception as error:
        raise CatalogueError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    for name in ("EXERCISE", path.stem):
        if not hasattr(module, name):
            raise CatalogueError(f"{path} has to define {name}, but does not.")
    exercise = replace(module.EXERCISE, name=path.stem, lesson=lesson_of(path), reference=getattr(module, path.stem))
    return replace(exercise, mistakes=Mistakes(exercise, module))


class Exercises(UserDict):
    """Exercises by name; the files are listed at once, and each exercise is loaded when it is first asked for.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
    load : callable
        Takes a path and returns the exercise.
    """

    def __init__(self, paths, load=load_exercise):
        super().__init__(paths)
        self._load = load

    def __getitem__(self, name):
        entry = self.data[name]
        if isinstance(entry, Path):
            entry = self.data[name] = self._load(entry)
        return entry


def _value(expression, where):
    """Return a function without parameters that computes an expression of a TOML file."""
    code = compile(expression, where, "eval")
    return lambda: eval(code, {"math": math, "np": np})


def load_questions(path):
    """Read the recall questions of one lesson.

    Parameters
    ----------
    path : pathlib.Path
        ``recall.toml`` of the lesson; answers and slips are expressions, so that no number is pasted.

    Returns
    -------
    dict of str to autograder.exercise.Question
    """
    questions = {}
    for name, entry in read(path).items():
        where = f"{path} [{name}]"
        slips = {hint: _value(expression, where) for expression, hint in entry.pop("slips")}
        questions[name] = Question(name, answer=_value(entry.pop("answer"), where), slips=slips, **entry)
    return questions


class Questions(Mapping):
    """Recall questions by name; the files are read when somebody first asks for one.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        ``recall.toml`` of each lesson.
    """

    def __init__(self, paths):
        self._paths = list(paths)

    @cached_property
    def _all(self):
        return {name: question for path in self._paths for name, question in load_questions(path).items()}

    def __getitem__(self, name):
        return self._all[name]

    def __iter__(self):
        return iter(self._all)

    def __len__(self):
        return len(self._all)
