"""Two mistakes at once: how often a check names them, and how long a check of such an answer takes.

Run from the project's root: ``python -m benchmarks.doubles [--each 20] [--against CHECKOUT] [NAME …]``.

A double is the reference of an exercise with the edits of two of its mistakes that touch different places.  For each
exercise some are drawn, always the same ones.  Left out are those that are right after all, and those that do just what
a single known mistake does, because nobody could tell them from it.  Each is checked as if a student had written it.

How to read the table: "both" counts the doubles of which both mistakes were named (others may have been named beside
them, as further possibilities), "only these" those of which nothing else was named, "one or both" those of which at
least one was, "others only" those where something was named and neither was right.  The last two columns are the median
and the largest time of a check.  With ``--against``, another checkout checks the same doubles in turn with this one, so
that the two rows of an exercise can be compared although the machine is busy; without it, there is one row.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def answer(source, name, namespace):
    """Make a function of its source text."""
    namespace = dict(namespace)
    exec(source, namespace)
    return namespace[name]


def serve():
    """Check the functions that come in as lines, and write what was named and how long it took."""
    import math

    import numpy as np

    from autograder.check import check
    from autograder.exercises import EXERCISES

    for line in sys.stdin:
        name, source = json.loads(line)
        function = answer(source, name, {"math": math, "np": np} | EXERCISES[name].reference.__globals__)
        start = time.perf_counter()
        named = check(function).mistakes
        print(json.dumps([named, time.perf_counter() - start]), flush=True)


class Checkout:
    """A process that checks with the code of one checkout."""

    def __init__(self, folder):
        environment = os.environ | {"PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, __file__, "--serve"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes)

    def check(self, name, source):
        """Return the mistakes that were named, and the seconds it took."""
        self._process.stdin.write(json.dumps([name, source]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self):
        """Let the process end."""
        self._process.stdin.close()
        self._process.wait()


def doubles(exercise, count):
    """Draw doubles of an exercise.

    Returns
    -------
    list of ((str, str), str)
        The ids of the two mistakes, and the source text with both.
    """
    from autograder.check import check
    from autograder.checking.trial import Trial
    from autograder.diagnosis.agreement import agree
    from autograder.exercises.edits import function_of, source_of_both
    from autograder.seeds import PUBLIC_SEED

    def tried(function):
        trial = Trial(exercise, function, PUBLIC_SEED)
        return [
            requirement.met for requirement in check(function).requirements
        ], trial.outcomes + trial.telling_outcomes

    def same(one, other):
        return one[0] == other[0] and all(map(agree, one[1], other[1]))

    singles = [tried(mistake.function) for mistake in exercise.mistakes]
    pairs = list(combinations(exercise.mistakes, 2))
    random.Random(exercise.name).shuffle(pairs)
    found = []
    for pair in pairs:
        source = source_of_both(exercise, *pair)
        function = source and function_of(exercise, source)
        if not function:
            continue
        met, outcomes = tried(function)
        unwritten = not outcomes[0].failure and outcomes[0].value is None
        if not all(met) and not unwritten and not any(same((met, outcomes), single) for single in singles):
            found.append((tuple(mistake.id for mistake in pair), source))
        if len(found) == count:
            break
    return found


def row(label, results):
    """Write one line of the table from (ids, named, seconds) of each double."""
    both = sum(set(ids) <= set(named) for ids, named, _ in results)
    only = sum(set(ids) == set(named) for ids, named, _ in results)
    either = sum(bool(set(ids) & set(named)) for ids, named, _ in results)
    others = sum(bool(named) and not set(ids) & set(named) for ids, named, _ in results)
    seconds = [taken for *_, taken in results]
    times = f"{statistics.median(seconds) * 1000:10.0f} ms {max(seconds) * 1000:8.0f} ms"
    return f"{label:44}{len(results):8}{both:6}{only:12}{either:13}{others:13}{times}"


def main():
    """Check the doubles and print a table."""
    parser = argparse.ArgumentParser(description="How often two mistakes at once are named, and in what time.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="exercises; all if none is given")
    parser.add_argument("--each", type=int, default=20, help="doubles of an exercise at most (20)")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another checkout, to compare with")
    parser.add_argument("--missed", action="store_true", help="list the doubles that this checkout did not name")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve()
    from autograder.exercises import EXERCISES

    folders = {"here": ROOT} | ({"there": options.against.resolve()} if options.against else {})
    checkouts = {label: Checkout(folder) for label, folder in folders.items()}
    results = defaultdict(list)
    print(f"{'':44} doubles  both  only these  one or both  others only       median     slowest")
    for name in options.names or EXERCISES:
        # Where chance plays a part, mistakes are told by other things than numbers, and pairs are not looked for.
        if not EXERCISES[name].comparable:
            continue
        for ids, source in doubles(EXERCISES[name], options.each):
            told = {label: checkout.check(name, source) for label, checkout in checkouts.items()}
            for label, (named, seconds) in told.items():
                results[name, label].append((ids, named, seconds))
            if options.missed and not set(ids) <= set(told["here"][0]):
                named = "; ".join(f"{label} {', '.join(named) or 'nothing'}" for label, (named, _) in told.items())
                print(f"    {' + '.join(ids)}: {named}")
        for label in checkouts:
            if results[name, label]:
                print(row(f"{name} {label}", results[name, label]), flush=True)
    for label, checkout in checkouts.items():
        print(row(f"all {label}", [each for (_, at), found in results.items() if at == label for each in found]))
        checkout.stop()
    return None


if __name__ == "__main__":
    main()
