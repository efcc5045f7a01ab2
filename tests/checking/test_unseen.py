"""Where NumPy gives no warnings, values tell what it would have warned of: the same as its flags tell here."""

import linecache

import numpy as np
import pytest

from autograder.check import check
from autograder.checking.call import call
from autograder.checking.trial import Trial
from autograder.checking.unseen import unseen_warnings, warnings_are_seen
from autograder.exercises import EXERCISES
from tests.autograder.test_odd_right_answers import ANSWERS, _name
from tests.conftest import named

QUIET = [name for name, exercise in EXERCISES.items() if any(each.quiet for each in exercise.requirements)]
KINDS = "divide by zero", "overflow", "invalid value"
BIG = np.array([-1000.0, 0.0, 1000.0])


@pytest.fixture
def silent():
    """NumPy's flags say nothing, and its settings stay those of somebody who wants warnings."""
    with np.errstate(all="call", call=lambda kind, flag: None):
        yield


@pytest.fixture
def without_warnings(monkeypatch, silent):
    """A platform where no computation gives a warning."""
    monkeypatch.setattr("autograder.checking.trial.warnings_are_seen", lambda: False)
    monkeypatch.setattr("autograder.checking.requirements.warnings_are_seen", lambda: False)


def written(source):
    """Return the function that a cell defines, whose text is known as that of a cell is."""
    place = f"<cell {hash(source)}>"
    linecache.cache[place] = len(source), None, source.splitlines(keepends=True), place
    scope = {"np": np, "__name__": "__main__"}
    exec(compile(source, place, "exec"), scope)
    return scope[_name(source)]


def kinds(warned):
    return {kind for kind in KINDS for each in warned if each.startswith(f"RuntimeWarning: {kind}")}


def by_flags(function, args):
    outcome = call(function, args)
    assert not outcome.failure, outcome.failure
    return outcome, kinds(outcome.warnings)


def by_values(function, args, outcome):
    with np.errstate(all="call", call=lambda kind, flag: None):
        return unseen_warnings(function, args, outcome)


BODIES = [
    "return 1 / (1 + np.exp(-z))",
    "return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))",
    "return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))",
    "return np.array([1 / (1 + np.exp(-v)) for v in z])",
    "return np.array([1 / (1 + np.exp(-v)) if v > 0 else np.exp(v) / (1 + np.exp(v)) for v in z])",
    "return np.array(list(map(np.exp, z)))",
    "return np.array([*map(lambda v: 1 / v, z)])",
    "return (lambda e: e / (1 + e))(np.exp(z))",
    "return np.vectorize(lambda v: np.exp(v) * 0)(z)",
    "return np.apply_along_axis(lambda row: np.exp(row) * 0, 0, z)",
    "out = np.empty(z.shape)\n    np.exp(z, out=out)\n    return out",
    "out = z.copy()\n    np.exp(out, out=out)\n    return out",
    "return np.exp(z, out=np.zeros(3), where=z <= 0)",
    "return np.divide(1, z, out=np.zeros(3), where=z != 0)",
    "e = z.copy()\n    e /= z\n    return e",
    "e = z.copy()\n    e[1:] *= 1e306\n    return e",
    "e = np.empty(3)\n    e[z > 0] = np.exp(-z[z > 0])\n    e[z <= 0] = np.exp(z[z <= 0])\n    return e",
    "with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-z))",
    "with np.errstate(divide='ignore'):\n        return np.log(np.maximum(z, 0)) * 0",
    "import warnings\n    with warnings.catch_warnings(action='ignore'):\n        return np.exp(z)",
    "return np.log(np.maximum(z, 0)) * 0",
    "return np.log1p(-1.0 * (z == 0)) + np.arctanh(1.0 * (z == 0))",
    "return np.sqrt(z)",
    "return np.exp(z) - np.exp(z)",
    "return 1 / np.cosh(z) ** 2",
    "return np.cosh(z)[0] ** -2",
    "return z[1] / z[1]",
    "return 1 / z[1]",
    "return np.float64(0.0) ** -1",
    "return np.power(10.0, z)",
    "return z**-1",
    "return (z * 1e305).sum()",
    "return (z * 1e200) @ (z * 1e200)",
    "return np.dot(z * 1e200, z * 1e200)",
    "return np.einsum('i,i->', z * 1e200, z * 1e200)",
    "return np.sum(np.full(3, 1e308))",
    "return np.mean(np.full(3, 1e308))",
    "return np.add.reduce(np.full(3, 1e308))",
    "return np.logaddexp.reduce(z)",
    "return np.outer(z * 1e200, z * 1e200)",
    "return np.linalg.norm(z * 1e200)",
    "return z.astype(np.float32) * np.float32(1e38)",
    "return (z * 1e200).astype(np.float32)",
    "return np.full(3, np.inf) - np.full(3, np.inf)",
    "return np.maximum.reduce(z, initial=-np.inf)",
    "return np.full(3, -np.inf) + z * np.array([1.0])",
    "return np.array([float('inf'), np.nan, 1]) * 2",
    "return np.modf(z / 3)[0] + np.floor_divide(z, z + 1)",
    "return z.astype(int) / 2 + (z > 0) * 1.5",
    "return [float(v) for v in np.exp(z)]",
    "def soft(v):\n        return 0 if len(v) == 0 else np.exp(v[0]) * 0 + soft(v[1:])\n    return soft(z)",
    "e = 0.0\n    for v in z:\n        e += np.exp(-abs(v))\n    return e",
    "total = sum(1 / (1 + np.exp(-v)) for v in z)\n    return {'total': total}['total']",
    "rows = [[0.5], [1, 2]] + [[z]]\n    return 'z is %g' % z[0] and np.exp(rows[-1][0]) * len(rows)",
    "n = 6 & 3 | 8\n    n <<= 1\n    return z * n % 7",
]


@pytest.mark.parametrize("body", BODIES)
def test_values_tell_of_one_function_what_flags_tell(body):
    function = written(f"def tried(z):\n    {body}\n")
    outcome, warned = by_flags(function, (BIG,))
    found = by_values(function, (BIG,), outcome)
    assert found is not None
    assert kinds(found) == warned


def test_the_functions_tell_every_kind_of_warning_and_none():
    seen = [by_flags(written(f"def tried(z):\n    {body}\n"), (BIG,))[1] for body in BODIES]
    assert set().union(*seen) == set(KINDS)
    assert sum(not each for each in seen) >= 15


@pytest.mark.parametrize("name", QUIET)
def test_values_tell_of_every_known_mistake_and_right_answer_what_flags_tell(name):
    exercise = EXERCISES[name]
    functions = [exercise.reference, *exercise.variants, *(each.function for each in exercise.mistakes)]
    functions += [written(source) for source in ANSWERS if _name(source) == name and "logistic_prime(" not in source]
    compared = 0
    for function in functions:
        trial = Trial(exercise, function, 1)
        assert len(trial.problems) == len(exercise.requirements)
        for args, outcome in trial.tried:
            if not outcome.failure:
                found = by_values(function, args, outcome)
                assert found is not None
                assert kinds(found) == kinds(outcome.warnings)
                compared += 1
    assert compared >= len(functions)


def test_the_warning_is_numpys_own():
    function = written("def tried(z):\n    return 1 / np.exp(z) + z[0] / np.exp(z[2])\n")
    outcome, _ = by_flags(function, (BIG,))
    assert set(by_values(function, (BIG,), outcome)) == set(outcome.warnings)
    assert "overflow encountered in exp" in outcome.warnings[0]


def test_a_helper_and_what_surrounds_a_function_are_watched():
    scale = 2.0

    def helper(v, *, power=1):
        return np.exp(v) ** power

    def tried(z, shift=1.0):
        return 0 * helper(z * scale, power=2) + shift

    outcome, warned = by_flags(tried, (BIG,))
    assert warned == {"overflow", "invalid value"}
    assert kinds(by_values(tried, (BIG,), outcome)) == warned


def nothing_known(z):
    """Define a function whose text nobody knows."""
    scope = {"np": np, "__name__": "__main__"}
    exec("def logistic(z):\n    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))\n", scope)
    return scope["logistic"](z)


def test_nothing_is_found_out_of_a_function_whose_text_is_unknown():
    scope = {"np": np, "__name__": "__main__"}
    exec("def unknown(z):\n    return np.exp(z)\n", scope)
    outcome, warned = by_flags(scope["unknown"], (BIG,))
    assert warned == {"overflow"}
    assert by_values(scope["unknown"], (BIG,), outcome) is None
    calls_it = written("def tried(z, f=None):\n    return f(z)\n")
    outcome, _ = by_flags(calls_it, (BIG, scope["unknown"]))
    assert by_values(calls_it, (BIG, scope["unknown"]), outcome) is None


def test_nothing_is_found_out_of_a_function_that_does_something_else_the_next_time():
    function = written("def tried(z, seen=[]):\n    seen.append(1)\n    return np.exp(z) * len(seen)\n")
    outcome, _ = by_flags(function, (BIG,))
    assert by_values(function, (BIG,), outcome) is None
    raising = written("def tried(z, seen=[]):\n    seen.append(1)\n    return np.exp(z) / (1 // (2 - len(seen)))\n")
    outcome, _ = by_flags(raising, (BIG,))
    assert by_values(raising, (BIG,), outcome) is None


OVERFLOWS = "def logistic(z):\n    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))\n"


def test_a_check_takes_the_same_points_and_names_the_same_mistake_where_numpy_gives_no_warnings(request):
    here = check(written(OVERFLOWS))
    request.getfixturevalue("without_warnings")
    there = check(written(OVERFLOWS))
    assert (there.score, there.mistakes, there.hints) == (here.score, here.mistakes, here.hints)
    assert there.mistakes == ("overflow",)
    assert "overflow encountered in exp. NumPy doesn't show it where this runs" in str(there)
    assert "NumPy doesn't show it" not in str(here)


def test_a_right_answer_keeps_its_points_and_hears_nothing_of_warnings(without_warnings):
    result = check(named(EXERCISES["logistic"].reference, "logistic"))
    assert result.passed
    assert result.hints == ()


def test_where_nobody_knows_of_warnings_the_points_are_for_the_numbers_and_the_report_says_so(without_warnings):
    result = check(named(nothing_known, "logistic"))
    assert result.passed
    assert "“large z, no warning” only your numbers were checked" in str(result)


def test_an_exercise_that_asks_for_no_silence_says_nothing_about_warnings(without_warnings):
    assert check(named(lambda w, a, b: float(sum(w * a) + b), "weighted_input")).hints == ()


def test_numpy_is_asked_whether_it_notices_an_overflow():
    assert warnings_are_seen()
