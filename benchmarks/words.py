"""How many words a failing check shows: at once, and in all, over all catalogued mistakes.

    python -m benchmarks.words [EXERCISE ...]

A word is what holds a letter: numbers, brackets and marks are not counted.  Printed are the medians and the longest
messages; the aim is a median of at most 60 words that are seen at once, and of at most 120 in all.
"""

import argparse
import re
from statistics import median

from autograder.checking.words import as_text, visible_text
from autograder.examination import examine
from autograder.exercises import EXERCISES
from autograder.seeds import PUBLIC_SEED

SEEN, IN_ALL = 60, 120


def count_words(text):
    """Count what holds a letter between two spaces."""
    return len(re.findall(r"\S*[^\W\d_]\S*", text))


def lengths(names):
    """Yield (exercise, mistake, words seen at once, words in all) for every mistake of some exercises."""
    for name in names:
        for mistake in EXERCISES[name].mistakes:

            def answer(*args, wrong=mistake.function):
                return wrong(*args)

            answer.__name__ = name
            report = examine(answer, PUBLIC_SEED, with_case=True)
            yield name, mistake.id, count_words(visible_text(report)), count_words(as_text(report))


def main():
    """Measure, and print the medians and the longest messages."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercise", nargs="*", help="all of them by default")
    names = parser.parse_args().exercise
    if unknown := [name for name in names if name not in EXERCISES]:
        parser.error(f"There is no exercise called {unknown[0]!r}.")
    found = list(lengths(names or EXERCISES))
    for position, what, limit in ((2, "seen at once", SEEN), (3, "in all", IN_ALL)):
        counts = [each[position] for each in found]
        print(
            f"{what}: median {median(counts):g} words (at most {limit}), longest {max(counts)}, {len(found)} mistakes"
        )
        for each in sorted(found, key=lambda each: -each[position])[:5]:
            print(f"  {each[position]:4} {each[0]}: {each[1]}")


if __name__ == "__main__":
    main()
