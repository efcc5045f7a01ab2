"""The command ``autograder``, which also starts where what it needs is not installed, and then says so."""

import sys

from autograder.extras import what_to_install


def main():
    """Run the command line, or end with a sentence that says what to install first."""
    try:
        from autograder.cli import main as command_line
    except ModuleNotFoundError as error:
        sentence = what_to_install(error)
        if not sentence:
            raise
        sys.exit(f"✘ {sentence}")
    command_line()


if __name__ == "__main__":
    main()
