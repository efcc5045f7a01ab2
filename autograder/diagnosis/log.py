"""Wrong answers that no known mistake explains, kept in a local file so that the catalogue can grow."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.checking.compare import flat

MOST_NUMBERS = 400
# Bytes of the file: a cell that checks one wrong answer after the other would fill a disk.
MAX_BYTES = 32 * 2**20


def log_path():
    """Where the answers are kept: $AUTOGRADER_UNMATCHED, or a file in the user's state folder.

    Returns
    -------
    pathlib.Path
    """
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("AUTOGRADER_UNMATCHED") or Path(state) / "backpropagation-workbook" / "unmatched.jsonl")


def remember(trial):
    """Write down the numbers of an answer that nothing explains, and nothing else: no name, no code.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the answer; an answer without numbers leaves no trace, nor does one for which the file has no room.
    """
    numbers = []
    for outcome in trial.outcomes:
        found = None if outcome.failure else flat(outcome.value)
        numbers.append(None if found is None else [float(f"{value:.6g}") for value in found[:MOST_NUMBERS]])
    if not any(numbers):
        return
    line = json.dumps({"exercise": trial.exercise.name, "seed": trial.seed, "numbers": numbers})
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        with log_path().open("a", encoding="utf-8") as file:
            if file.tell() + len(line) < MAX_BYTES:
                file.write(line + "\n")
    except OSError:
        # A read-only home, as in a grading sandbox, is no reason to disturb a check.
        return


@dataclass(frozen=True)
class Cluster:
    """Answers with the same numbers.

    Attributes
    ----------
    exercise : str
        Its name.
    seed : int
        Of the probes.
    count : int
        How often the numbers came.
    numbers : list
        For each probe the numbers, or None where there were none.
    """

    exercise: str
    seed: int
    count: int
    numbers: list


def _alike(one, other):
    if len(one) != len(other):
        return False
    for left, right in zip(one, other, strict=True):
        if (left is None) != (right is None):
            return False
        if left is not None and (
            len(left) != len(right) or not np.allclose(left, right, rtol=1e-4, atol=1e-9, equal_nan=True)
        ):
            return False
    return True


def clusters(path):
    """Group the answers of a log by their numbers.

    Parameters
    ----------
    path : pathlib.Path
        As :func:`log_path` gives it; lines that cannot be read are passed over.

    Returns
    -------
    list of Cluster
        The most frequent first.

    Raises
    ------
    FileNotFoundError
        If nothing has been logged yet.
    """
    groups = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            key, numbers = (entry["exercise"], entry["seed"]), entry["numbers"]
        except (ValueError, KeyError, TypeError):
            continue
        for group in groups[key]:
            if _alike(group[0], numbers):
                group.append(numbers)
                break
        else:
            groups[key].append([numbers])
    found = [Cluster(*key, len(group), group[0]) for key, lists in groups.items() for group in lists]
    return sorted(found, key=lambda cluster: -cluster.count)
