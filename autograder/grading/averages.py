"""The averages that nbgrader's formgrader shows, without counting what nobody has marked yet as 0.

nbgrader divides the sum of all points by the number of submissions, so that a class seems to do badly at a written
question as long as it isn't marked.  Here a cell's average is over those of its grades that are final, and the average
of a lesson or a notebook is the sum over its cells.  Once everything is marked, both are the same.
"""

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, GradeCell, Notebook
from sqlalchemy import func

_graded = GradeCell.__table__
# What nbgrader's methods average over, by name: all cells, or those of one kind.
_KINDS = {
    "": (),
    "code_": (_graded.c.cell_type == "code",),
    "written_": (_graded.c.cell_type == "markdown",),
    "task_": (BaseCell.type == "TaskCell",),
}


def count_only_marked():
    """Make every gradebook in this process leave out of its averages what is still to be marked."""
    for kind, conditions in _KINDS.items():
        setattr(Gradebook, f"average_assignment_{kind}score", _of_assignment(conditions))
        setattr(Gradebook, f"average_notebook_{kind}score", _of_notebook(conditions))


def _of_assignment(conditions):
    """Make the method of a gradebook that averages over the cells of an assignment."""

    def average(self, assignment_id):
        self.find_assignment(assignment_id)  # raises nbgrader's own error where there is none
        return _sum_of_means(self.db, Assignment.name == assignment_id, *conditions)

    return average


def _of_notebook(conditions):
    """Make the method of a gradebook that averages over the cells of a notebook."""

    def average(self, notebook_id, assignment_id):
        self.find_notebook(notebook_id, assignment_id)
        return _sum_of_means(self.db, Notebook.name == notebook_id, Assignment.name == assignment_id, *conditions)

    return average


def _sum_of_means(session, *conditions):
    """Add up the means of the final grades of the cells that fulfil some conditions."""
    means = (
        session.query(func.avg(Grade.score).label("mean"))
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .outerjoin(_graded, _graded.c.id == BaseCell.id)
        .join(Notebook, Notebook.id == BaseCell.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .filter(Grade.needs_manual_grade.is_(False), *conditions)
        .group_by(Grade.cell_id)
        .subquery()
    )
    return session.query(func.coalesce(func.sum(means.c.mean), 0.0)).scalar()
