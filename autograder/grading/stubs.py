"""What a released lesson shows in the place of a solution."""

from nbgrader.preprocessors import ClearSolutions as _ClearSolutions

LINES_STUB = "# YOUR LINES HERE"


class ClearSolutions(_ClearSolutions):
    """Clear solutions as nbgrader does; within a text, such as a derivation's lines, leave a comment.

    nbgrader's stub for code raises an error. Inside a text it would only be part of what the student handed in.
    """

    def _replace_solution_region(self, cell, language):
        before = cell.source.partition(self.begin_solution_delimeter)[0]
        if cell.cell_type != "code" or before.count('"""') % 2 == 0:
            return super()._replace_solution_region(cell, language)
        stubs = self.code_stub
        self.code_stub = {**stubs, language: LINES_STUB}
        try:
            return super()._replace_solution_region(cell, language)
        finally:
            self.code_stub = stubs
