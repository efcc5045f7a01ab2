"""How many planted copies ``autograder similar`` finds among its first hundred pairs, in classes made for this.

``python -m benchmarks.similar [CLASSES]``
"""

import sys
from collections import Counter

from autograder.desk.similar.compare import compare
from tests.desk.copies import school

LESSON, FIRST = "03-delta-recursion", 100


def main(classes=3):
    """Print what is found in each class, and how far the pairs that didn't copy come."""
    for seed in range(1, classes + 1):
        answers, planted = school(LESSON, seed=seed)
        pairs = [(frozenset((each.one, each.other)), each.share) for each in compare(answers, {}, most=FIRST)]
        found = Counter(planted[pair] for pair, _ in pairs if pair in planted)
        false = [share for pair, share in pairs if pair not in planted]
        print(f"class {seed}: {found.total()} of {len(planted)} found among the first {FIRST}: {dict(found)}")
        print(f"    {len(false)} false alarms, at most {max(false, default=0):.0%} in common")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
