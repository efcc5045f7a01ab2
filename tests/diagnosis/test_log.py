"""The local log of answers that nothing explains: what goes in, what stays out, and how it is grouped."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.check import check
from autograder.cli import main
from autograder.diagnosis import log
from autograder.diagnosis.log import clusters, log_path
from nblib.activations import logistic_prime
from tests.conftest import named


def strange(a, y, z):
    return np.sin(a) + y * z


def stranger(a, y, z):
    return np.cos(a) + y * z


def logged():
    return [json.loads(line) for line in log_path().read_text().splitlines()]


def test_numbers_and_the_exercise_are_logged_and_nothing_else():
    check(named(strange, "output_delta"))
    (entry,) = logged()
    assert set(entry) == {"exercise", "seed", "numbers"}
    assert entry["exercise"] == "output_delta"
    assert all(isinstance(number, float) for numbers in entry["numbers"] for number in numbers)


@pytest.mark.parametrize(
    "function", [lambda a, y, z: 2 * (a - y) * logistic_prime(z), lambda a, y, z: y - a, lambda a, y, z: 1 / 0]
)
def test_right_answers_named_mistakes_and_failures_leave_no_trace(function):
    check(named(function, "output_delta"))
    assert not log_path().exists()


def test_equal_answers_are_one_cluster_and_the_most_frequent_comes_first():
    for function in (stranger, strange, strange):
        check(named(function, "output_delta"))
    assert [cluster.count for cluster in clusters(log_path())] == [2, 1]


def test_lines_that_cannot_be_read_are_passed_over():
    check(named(strange, "output_delta"))
    with log_path().open("a") as file:
        file.write('{"exercise": 3\nnonsense\n[]\n')
    assert len(clusters(log_path())) == 1


def test_a_log_that_cannot_be_written_does_not_disturb_a_check(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTOGRADER_UNMATCHED", str(tmp_path / "file" / "log.jsonl"))
    assert check(named(strange, "output_delta")).score == 0


def test_the_log_does_not_fill_a_disk(monkeypatch):
    check(named(strange, "output_delta"))
    entry = log_path().stat().st_size
    monkeypatch.setattr(log, "MAX_BYTES", 3 * entry)
    for _ in range(5):
        check(named(strange, "output_delta"))
    assert log_path().stat().st_size <= 3 * entry and len(logged()) == 3


def test_command_shows_what_came_often_enough():
    for function in (stranger, strange, strange):
        check(named(function, "output_delta"))
    run = CliRunner().invoke(main, ["unmatched"])
    assert run.exit_code == 0
    assert "2 × output_delta" in run.output
    assert "2 different answers that nothing explains, 1 of them at least 2 times" in run.output


def test_command_without_a_log_says_so(tmp_path):
    run = CliRunner().invoke(main, ["unmatched", "--log", str(tmp_path / "none")])
    assert run.exit_code == 1
    assert "Nothing has been logged yet" in run.output
