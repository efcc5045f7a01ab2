"""What ``check`` and ``grade`` return: a report, shown to people in words and to nbgrader as a number."""

from functools import cached_property

from autograder.checking.words import as_html, as_text


class Result:
    """What ``check`` returns.

    Parameters
    ----------
    find : callable
        Tries the function and returns the :class:`autograder.checking.report.Report`. It is called when somebody
        first looks at the result, because a notebook that is graded holds many checks that nobody looks at.
    passed : callable, optional
        Returns whether every requirement is met, without a report. Finding out why one isn't takes longer.
    """

    def __init__(self, find, passed=None):
        self._find, self._passed = find, passed

    @cached_property
    def report(self):
        """Everything that was found out, as data."""
        return self._find()

    def now(self):
        """Try the function now, not when somebody first looks, and return this result."""
        self.report  # noqa: B018 (asking for it is what tries the function)
        return self

    @property
    def name(self):
        """Name of the exercise."""
        return self.report.name

    @property
    def points(self):
        """What the exercise is worth."""
        return self.report.points

    @property
    def score(self):
        """The points earned."""
        return self.report.score

    @property
    def passed(self):
        """Whether every requirement is met."""
        if self._passed and "report" not in vars(self):
            return self._passed()
        return self.report.passed

    @property
    def requirements(self):
        """What was required: for each requirement its ``name``, ``points``, ``earned``, ``met``, and why not.

        Why it is not met is said by ``message`` in words and by ``problem`` as data; see
        :class:`autograder.checking.report.Verdict`.
        """
        return self.report.requirements

    @property
    def mistakes(self):
        """Ids of the mistakes that were recognised."""
        return self.report.mistakes

    @property
    def tried(self):
        """Whether there was something to try."""
        return self.report.tried

    @property
    def hints(self):
        """What to think about next."""
        return self.report.hints

    @property
    def remarks(self):
        """What earns or costs nothing by itself, but should be looked at by whoever grades the function."""
        return self.report.remarks

    @property
    def follow_on(self):
        """The student's other functions that alone make this one fail."""
        return self.report.follow_on

    def __str__(self):
        return as_text(self.report)

    __repr__ = __str__

    def _repr_html_(self):
        return as_html(self.report)


class Cell:
    """A test cell that is being graded: what it is worth, and what ``grade`` found in it so far.

    Parameters
    ----------
    points : float or None
        What nbgrader gives for the cell, which an instructor may have changed; None for what its exercises are worth.
    with_case : bool
        Whether the results show a hidden case that fails.
    """

    def __init__(self, points, with_case=False):
        self.points, self.with_case = points, with_case
        self.grades = []

    def earned(self, grades):
        """Return the share of the cell's points that some grades earn together, each with the weight of its exercise.

        A grade without points belongs to no exercise, so nobody can say how much the others weigh beside it. Like a
        name that is not defined, it costs the whole cell.
        """
        if not all(grade.points for grade in grades):
            return 0.0
        total = sum(grade.points for grade in grades)
        share = sum(grade.score for grade in grades) / total
        # Rounding must not take a right answer above the cell's points, which nbgrader refuses.
        return (total if self.points is None else self.points) * min(1.0, share)


class Grade(Result):
    """What ``grade`` returns: a result whose text is the points as a plain float, for nbgrader to read.

    Attributes
    ----------
    cell : Cell or None
        The test cell that is being graded.  The number that is shown is then out of the cell's points, and covers
        every call of ``grade`` in the cell.  ``score`` and ``float()`` stay on the scale of the exercise.
    alone : bool
        Whether nbgrader reads the number while nobody knows what the cell is worth.
    worth_nothing : bool
        Whether a number that is not full marks is shown as 0.
    """

    cell, alone, worth_nothing = None, False, False

    def __float__(self):
        return self.score

    def _together(self):
        """Return what is shown with this grade: all grades of its cell, if it is one of them."""
        grades = self.cell.grades if self.cell else ()
        return grades if any(grade is self for grade in grades) else [self]

    def __repr__(self):
        if self.cell:
            return repr(self.cell.earned(self._together()))
        return repr(0.0 if self.worth_nothing and not self.passed else self.score)

    def _repr_html_(self):
        return "".join(as_html(report) for report in self._in_points_of_cell())

    def _in_points_of_cell(self):
        """Return the reports that are shown, out of what the cell is worth, if it's worth anything."""
        together = self._together()
        total, worth = sum(grade.points for grade in together), self.cell and self.cell.points
        if not (total and worth):
            return [grade.report for grade in together]
        return [grade.report.out_of(grade.points * worth / total) for grade in together]

    def _ipython_display_(self):
        """Show a right answer without a number where the number could only be wrong.

        nbgrader gives full marks to a cell that shows none, and refuses a number above the cell's points.
        """
        if not self.alone or not self.passed:
            raise NotImplementedError  # IPython then shows it by its text and its HTML
        from IPython.display import display  # here, because nothing else needs IPython

        display({"text/html": self._repr_html_(), "text/plain": str(self)}, raw=True)
