"""Exercises are read from files, one at a time; what is wrong with a file is said with its name and the text."""

import builtins
import dis
import subprocess
import sys
import types

import numpy as np
import pytest

from autograder.checking.compare import flat
from autograder.checking.trial import Trial
from autograder.exercise import Exercise
from autograder.exercises import EXERCISES, QUESTIONS, load
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED
from nblib import (
    activations,
    augmentation,
    backprop,
    costs,
    data,
    gradcheck,
    initialization,
    network,
    optimizers,
    regularization,
    training,
)
from tests.conftest import LESSONS

REFERENCE = '"""A sum."""\n\n\ndef sums(a, b):\n    total = a + b\n    return total\n'


@pytest.fixture
def mistakes(tmp_path, monkeypatch):
    """Read the mistakes of a small exercise from the text of its TOML file."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "sums.py").write_text(REFERENCE)

    def read(text, shared=""):
        sys.modules.pop("sums", None)
        (tmp_path / "sums.toml").write_text(text)
        if shared:
            (tmp_path / "shared.toml").write_text(shared)
        module = __import__("sums")
        exercise = Exercise(0, "a + b", list, [], name="sums", reference=module.sums)
        return load.Mistakes(exercise, module)

    return read


def test_edits_and_code_become_functions(mistakes):
    text = (
        '[difference]\nedit = ["a + b", "a - b"]\nhint = "Subtracted."\n'
        '[both]\nedits = [["a + b", "a * b"], ["return total", "return -total"]]\nhint = "Two places."\n'
        '[own]\ncode = """\ndef sums(a, b):\n    return np.array([a, b])"""\nhint = "Own code."\n'
        "telling_failure = true\n"
    )
    difference, both, own = mistakes(text)
    assert (difference.id, difference.function(5, 3), difference.hint) == ("difference", 2, "Subtracted.")
    assert both.function(5, 3) == -15
    assert own.function(5, 3).tolist() == [5, 3]
    assert (own.telling_failure, own.without_a_term, difference.telling_failure) == (True, False, False)


def test_what_an_entry_leaves_out_comes_from_the_lessons_shared_file(mistakes):
    shared = '[sign]\nedit = ["a + b", "-a - b"]\nhint = "Wrong sign."\n'
    same, other = mistakes("[sign]\n", shared)[0], mistakes('[sign]\nedit = ["total = a", "total = -a"]\n', shared)[0]
    assert (same.function(5, 3), same.hint) == (-8, "Wrong sign.")
    assert (other.function(5, 3), other.hint) == (-2, "Wrong sign.")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            'edit = ["a * b", "a"]\nhint = ""',
            "the text 'a * b' has to occur once in the reference, but occurs not",
        ),
        ('edit = ["total", "t"]\nhint = ""', "'total' has to occur once in the reference, but occurs 2 times"),
        ('edits = [["a + b", "a"], ["+ b\\n", "b"]]\nhint = ""', "overlaps"),
        ('edit = ["a + b", "a +"]\nhint = ""', "invalid syntax in the text 'total = a +'"),
        ('code = "def other(): pass"\nhint = ""', "the code defines no function sums"),
        ('code = ""\nedit = ["a", "b"]\nhint = ""', "exactly one of edit, edits and code"),
        ('hint = ""', "exactly one of edit, edits and code"),
        ('edit = ["a + b", "a"]', "no hint"),
        ('edit = ["a + b"]\nhint = ""', "an edit is a pair of texts"),
        ('edits = ["a + b", "a"]\nhint = ""', "an edit is a pair of texts"),
        ('edit = ["a + b", "a"]\nhint = ""\ntelling = true', "['telling'] mean nothing here"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(mistakes, entry, words):
    with pytest.raises(load.CatalogueError) as error:
        list(mistakes(f"[my-mistake]\n{entry}\n"))
    assert "sums.toml [my-mistake]: " in str(error.value)
    assert words in str(error.value)


def test_a_file_that_is_no_toml_is_named(mistakes):
    with pytest.raises(load.CatalogueError, match=r"sums\.toml: .*line 1"):
        list(mistakes("[my-mistake\n"))


def test_a_failure_of_a_mistake_shows_the_line_that_was_changed(mistakes):
    (wrong,) = mistakes('[name]\nedit = ["a + b", "a + c"]\nhint = ""\n')
    from autograder.checking.call import call

    assert call(wrong.function, (1, 2)).failure.line == "total = a + c"


def test_only_the_exercise_that_is_checked_is_loaded_and_mistakes_only_for_a_wrong_answer():
    program = """
import sys
from autograder.check import check
from autograder.exercises import load
read, load.read = [], lambda path, right=load.read: read.append(path.name) or right(path)
def evaluation_weights(W, p_drop):
    return (1 - p_drop) * W
assert check(evaluation_weights).passed
loaded = sorted(name for name in sys.modules if name.startswith("autograder.exercises.lesson_"))
assert loaded == ["autograder.exercises.lesson_05", "autograder.exercises.lesson_05.evaluation_weights"], loaded
assert read == [], read
def evaluation_weights(W, p_drop):
    return p_drop * W
assert check(evaluation_weights).mistakes == ("slides",)
assert "evaluation_weights.toml" in read and len(read) <= 2, read
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_lessons_hold_all_exercises():
    assert {exercise.lesson for exercise in EXERCISES.values()} == set(LESSONS)
    assert {name.partition(".")[0] for name in QUESTIONS} == {str(int(lesson[:2])) for lesson in LESSONS}


def _missing_names(code, scope):
    """Names that a function and those within it take from outside, and that are not there."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return {name for name in names if name not in scope and not hasattr(builtins, name)}.union(
        *(_missing_names(each, scope) for each in inner)
    )


@pytest.mark.parametrize("name", EXERCISES)
def test_mistakes_use_no_name_that_does_not_exist(name):
    functions = {mistake.id: mistake.function for mistake in EXERCISES[name].mistakes}
    missing = {key: _missing_names(function.__code__, function.__globals__) for key, function in functions.items()}
    assert {key: names for key, names in missing.items() if names} == {}


def test_files_stay_small():
    files = [path for kind in ("py", "toml") for path in load.FOLDER.glob(f"lesson_*/*.{kind}")]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert [path.name for path, count in lines.items() if count > (250 if path.suffix == ".py" else 400)] == []
    assert sum(lines.values()) < 13_300


# What the lessons import from nblib computes the same as the exercises' references, which learners could have written.
SAME = {
    "forward_batch": network.predict,
    "da_dz": lambda a: activations.logistic_prime(np.log(a) - np.log1p(-np.asarray(a))),
    "dC_da": costs.binary_cross_entropy_prime,
    "backprop_batch": backprop.backprop,
    "backprop_cross_entropy": lambda layers, X, Y: backprop.backprop(layers, X, Y, cost="binary cross-entropy"),
    "output_delta": lambda a, y, z: backprop.output_delta(z, a, y),
    "augment": lambda X, Y, copies, rng, shape=(8, 8): augmentation.augment(X, Y, copies, rng, shape),
}
OTHERS = {"train"}  # nblib's reports more than a cost
MODULES = (activations, augmentation, backprop, costs, data, gradcheck, initialization, network, optimizers)
MODULES = (*MODULES, regularization, training)


def _nblibs_own(name):
    found = [getattr(module, name) for module in MODULES if hasattr(module, name)]
    return SAME.get(name) or (found[0] if found else None)


@pytest.mark.parametrize("seed", [PUBLIC_SEED, HIDDEN_SEED])
@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in OTHERS and _nblibs_own(name)])
def test_reference_agrees_with_nblib(name, seed):
    exercise = EXERCISES[name]
    ours, theirs = (Trial(exercise, function, seed) for function in (exercise.reference, _nblibs_own(name)))
    assert theirs.problems == [None] * len(exercise.requirements)
    for one, other in zip(ours.outcomes, theirs.outcomes, strict=True):
        if exercise.comparable and exercise.runs.__name__ == "one_run":
            np.testing.assert_allclose(flat(one.value), flat(other.value), rtol=1e-9, atol=1e-12)
