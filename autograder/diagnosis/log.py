"""A local log of wrong answers that no known mistake explains, so that the catalogue can grow."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.checking.compare import flat

MAX_NUMBERS = 400
# Size of the file: a cell that checks one wrong answer after the other would fill a disk.
MAX_BYTES = 32 * 2**20


def log_path():
    """Return where the log is: $AUTOGRADER_UNMATCHED, or a file in the user's state folder.

    Returns
    -------
    pathlib.Path
    """
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("AUTOGRADER_UNMATCHED") or Path(state) / "backpropagation-workbook" / "unmatched.jsonl")


def remember(trial):
    """Log the numbers of an answer that nothing explains, and nothing else: no name, no code.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of the answer. An answer without numbers is not logged, and nothing is once the file is full.
    """
    numbers = []
    for outcome in trial.outcomes:
        vector = None if outcome.failure else flat(outcome.value)
        numbers.append(None if vector is None else [float(f"{value:.6g}") for value in vector[:MAX_NUMBERS]])
    if not any(numbers):
        return
    line = json.dumps({"exercise": trial.exercise.name, "seed": trial.seed, "numbers": numbers})
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        with log_path().open("a", encoding="utf-8") as file:
            if file.tell() + len(line) < MAX_BYTES:
                file.write(line + "\n")
    except OSError:
        # A check goes on without a log, for example where the home directory is read-only.
        return


@dataclass(frozen=True)
class Cluster:
    """Answers with the same numbers.

    Attributes
    ----------
    exercise : str
        Its name.
    seed : int
        Decides the probes.
    count : int
        How many answers there are.
    numbers : list
        The numbers on each probe, or None where there were none.
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
        Of the log; lines that cannot be read are skipped.

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
    all_clusters = [Cluster(*key, len(group), group[0]) for key, lists in groups.items() for group in lists]
    return sorted(all_clusters, key=lambda cluster: -cluster.count)
