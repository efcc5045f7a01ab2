"""``derive``: check a derivation that a learner writes, line by line."""

import os
from functools import partial

from autograder import elsewhere
from autograder.checking.result import Result


class Derived(Result):
    """What ``derive`` returns: a result that also knows its lines."""

    @property
    def line(self):
        """The first step that is wrong, or cannot be read, counted from 0 for the start; None if there is none."""
        return self.report.line

    @property
    def lines(self):
        """The derivation line by line, each with its mark and its hint."""
        return self.report.lines

    @property
    def hints(self):
        """What is wrong, or what is still missing, as a list."""
        return list(self.report.hints)


def derive(name, lines):
    """Check a derivation.

    Parameters
    ----------
    name : str
        Of the derivation, as the lesson gives it.
    lines : str
        The derivation: the start, then one step a line, each beginning with ``=``.

    Returns
    -------
    Derived
        Shown in a notebook with every line as mathematics, elsewhere as text. ``passed``, ``score``, ``points``,
        ``mistakes``, ``hints`` and ``line`` say the same as data. Something that is no derivation gets a result that
        says so in one sentence.
    """
    if elsewhere.ask:
        return elsewhere.ask("derive", name, lines)
    # Imported here: a process that runs student code never gets this far.
    from autograder.derivation_check import check_derivation
    from autograder.seeds import PUBLIC_SEED

    result = Derived(partial(check_derivation, name, lines, PUBLIC_SEED))
    # When a notebook is graded, nobody looks at this one: see check.
    return result if os.environ.get("NBGRADER_EXECUTION") == "autograde" else result.now()


def preview_derivations():
    """Show the derivations of this notebook as mathematics while they are typed.

    Works where a widget can see the notebook's cells, as in JupyterLab; elsewhere a line says what to do instead.

    Returns
    -------
    autograder.derivations.preview.Preview or None
        To be displayed; None where nobody types, as in grading.
    """
    if elsewhere.ask or os.environ.get("NBGRADER_EXECUTION"):
        return None
    from autograder.derivations.preview import Preview

    return Preview()
