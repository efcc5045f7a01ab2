"""What is left of a solution in a released lesson."""

import nbformat
import pytest

from autograder.grading.stubs import ClearSolutions


@pytest.mark.parametrize(
    ("source", "released"),
    [
        (
            'proof = """\nd(C, z)\n### BEGIN SOLUTION\n= 2*z\n### END SOLUTION\n"""',
            'proof = """\nd(C, z)\n# YOUR LINES HERE\n"""',
        ),
        (
            'def f(x):\n    """Double x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION',
            'def f(x):\n    """Double x."""\n    # YOUR CODE HERE\n    raise NotImplementedError()',
        ),
    ],
    ids=["lines of a derivation", "code"],
)
def test_the_stub_depends_on_where_the_solution_stood(source, released):
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata.nbgrader = {"solution": True, "grade": False, "grade_id": "x", "schema_version": 3, "locked": False}
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.from_dict(dict(cell))])
    ClearSolutions().preprocess(notebook, {})
    assert [each.source for each in notebook.cells] == [released, released]
