"""The audit itself: it has to find what is wrong with a check, or it measures nothing."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.audit import kills as measure
from autograder.audit.report import page_of, rows_of
from autograder.cli import main
from autograder.diagnosis.known_mistakes import catalogue_of
from autograder.examination import examine
from autograder.exercise import Mistake
from autograder.exercises import EXERCISES, load
from nblib.activations import logistic_prime


@pytest.fixture
def changed(monkeypatch):
    """Change an exercise for one test."""

    def change(name, **fields):
        monkeypatch.setitem(EXERCISES, name, replace(EXERCISES[name], **fields))
        catalogue_of.cache_clear()

    yield change
    catalogue_of.cache_clear()


RIGHT = Mistake("right", lambda a, y, z: 2 * (a - y) * logistic_prime(z), "This is right.")
SIGN = Mistake("another-sign", lambda a, y, z: -2 * (a - y) * logistic_prime(z), "Sign, in other words.")


def test_survivor_is_found(changed):
    changed("output_delta", mistakes=[RIGHT])
    (flaw,) = measure.audit_exercise("output_delta").flaws
    assert flaw.startswith("output_delta: right survived: it passes as right. Add a probe")
    assert flaw.endswith("If it is right, make it a variant.")


def test_misnamed_mistake_is_found(changed):
    changed("output_delta", mistakes=[*EXERCISES["output_delta"].mistakes, SIGN])
    flaws = measure.audit_exercise("output_delta").flaws
    assert [flaw.partition(". ")[0] for flaw in flaws] == [
        "output_delta: sign was recognised as sign, another-sign",
        "output_delta: another-sign was recognised as sign, another-sign",
    ]


def test_hint_that_does_not_stand_alone_is_found(monkeypatch):
    def with_something_else(function, seed):
        report = examine(function, seed)
        return replace(report, hints=(*report.hints, "And something else."))

    monkeypatch.setattr(measure, "examine", with_something_else)
    flaws = measure.audit_exercise("output_delta").flaws
    assert "output_delta: with sign a student doesn't get that mistake's hint." in flaws
    assert len(flaws) == len(EXERCISES["output_delta"].mistakes)


def test_refused_variant_is_found(changed):
    changed("output_delta", variants=[lambda a, y, z: np.zeros(len(a)), lambda a, y, z: None])
    zeros, nothing = measure.audit_exercise("output_delta").flaws
    line = test_refused_variant_is_found.__code__.co_firstlineno + 1
    where = f"the lambda in line {line}, doesn't meet “values” on the public numbers:"
    assert zeros.startswith(f"output_delta: the variant 0, {where} on probe 0, number ")
    assert nothing.startswith(f"output_delta: the variant 1, {where} ")


def test_a_right_answer_may_be_any_callable(changed):
    changed("output_delta", variants=[np.vectorize(lambda a, y, z: 0.0)])
    (flaw,) = measure.audit_exercise("output_delta").flaws
    assert flaw.startswith("output_delta: the variant 0, a vectorize, doesn't meet “values”")


def test_a_refused_variant_is_shown_by_its_name_its_requirement_and_its_numbers(changed):
    def with_an_h_of_its_own(f, x, h=1e-5):
        return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5

    changed("numerical_derivative", variants=[with_an_h_of_its_own])
    (flaw,) = measure.audit_exercise("numerical_derivative").flaws
    exercise = EXERCISES["numerical_derivative"]
    probes = exercise.probes(np.random.default_rng([measure.PUBLIC_SEED, 0]))
    number, probe = next((number, probe) for number, probe in enumerate(probes) if len(probe) > 2)
    wanted, got = (float(function(*probe)) for function in (exercise.reference, with_an_h_of_its_own))
    assert flaw == (
        "numerical_derivative: the variant 0, `with_an_h_of_its_own`, doesn't meet “with the caller's h” on the public "
        f"numbers: on probe {number}, the result should be {wanted:.4g}, but is {got:.4g}. Either it is wrong, or the "
        "requirement is too strict."
    )


def test_stub_with_points_is_found():
    audited = measure.ExerciseAudit("output_delta", "03-delta-recursion", (), 0, blank=0.5, kills=())
    (flaw,) = audited.flaws
    assert flaw.startswith("output_delta: an empty stub earns 0.5 points.")


def test_command_prints_the_matrix_and_succeeds(tmp_path):
    page = tmp_path / "audit.html"
    run = CliRunner().invoke(main, ["audit", "sgd_step", "gradient_norms", "--html", str(page)])
    assert run.exit_code == 0, run.output
    mistakes = len(EXERCISES["sgd_step"].mistakes) + len(EXERCISES["gradient_norms"].mistakes)
    assert f"2 exercises, {mistakes} mistakes: {mistakes} caught, {mistakes} named rightly" in run.output
    assert "in-place" in page.read_text()


def test_command_fails_on_a_flaw(changed):
    changed("output_delta", mistakes=[RIGHT])
    run = CliRunner().invoke(main, ["audit", "output_delta"])
    assert run.exit_code == 1
    counted, first = run.stdout.index("1 exercises, 1 mistakes"), run.stdout.index("✘ output_delta: right survived")
    assert counted < first and not run.stderr  # `| tail` shows it, and in this order


def test_command_names_an_unknown_exercise():
    run = CliRunner().invoke(main, ["audit", "nothing"])
    assert run.exit_code == 1
    assert "There is no exercise called 'nothing'. The exercises: " in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize(("written", "meant"), [("one-hot", "one_hot"), ("base-case", "base_case")])
def test_command_guesses_what_was_meant(written, meant):
    run = CliRunner().invoke(main, ["audit", written])
    assert run.output.splitlines()[-1].endswith(f"There is no exercise called {written!r}. Did you mean {meant}?")


GOOD = """from autograder.exercise import Exercise, Requirement

EXERCISE = Exercise(1, "a + b", lambda rng: [(1, 2)], [Requirement("values", 1, lambda trial: None)])


def sums(a, b):
    return a + b
"""


@pytest.mark.parametrize(
    ("module", "mistakes", "words"),
    [
        (GOOD, "[a]\nhint = ''\n[a]\n", "sums.toml: Cannot declare"),
        (GOOD, "[a]\nedit = ['a - b', 'a']\nhint = ''\n", "sums.toml [a]: the text 'a - b' has to occur once"),
        (GOOD + "(", "", "sums.py cannot be loaded: SyntaxError: "),
        (GOOD.replace("Exercise(1", "Exercise(2"), "", "the requirements are worth 1 points, not 2."),
        (GOOD.replace("def sums", "def sum_of"), "", "sums.py has to define sums, but does not."),
        (GOOD.replace("EXERCISE =", "OTHER ="), "", "sums.py has to define EXERCISE, but does not."),
        (
            GOOD,
            "[a]\nedit = ['a + b', 'a']\nhint = ''\nhints = ''\n",
            "sums.toml [a]: unknown key `hints`",
        ),
        (GOOD, "families = ['sumed']\n", "sums.toml: there is no family called sumed."),
        (
            GOOD.replace("return a + b", "raise OSError(a)"),
            "",
            "sums: The reference raises on one of the probes: OSError",
        ),
        (GOOD.replace("[(1, 2)]", "1 / 0"), "", "sums: Its probes raise ZeroDivisionError: division by zero."),
    ],
)
def test_command_names_a_file_that_cannot_be_used(tmp_path, monkeypatch, module, mistakes, words):
    lesson = tmp_path / "written" / "lesson_09"
    lesson.mkdir(parents=True)
    (lesson / "__init__.py").write_text('LESSON = "09-sums"\n')
    (lesson / "sums.py").write_text(module)
    (lesson / "sums.toml").write_text(mistakes)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(load, "__package__", "written")
    for name in [name for name in sys.modules if name.partition(".")[0] == "written"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(EXERCISES, "sums", lesson / "sums.py")
    run = CliRunner().invoke(main, ["audit", "sums"])
    assert run.exit_code == 1
    assert words in run.output
    assert "report it" not in run.output and "Traceback" not in run.output


def test_report_shows_what_survived(changed):
    changed("output_delta", mistakes=[RIGHT])
    audited = measure.audit_exercise("output_delta")
    assert "SURVIVED" in rows_of(audited)[1]
    assert "survived" in page_of([audited])
