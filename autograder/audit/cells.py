"""Whether an exercise stands in its lesson: a text, a cell for the answer, and a check with its points."""

from functools import cache
from pathlib import Path

from autograder.exercises import OPTIONAL

ROOT = Path(__file__).resolve().parents[2]


@cache
def notebooks(folder, lesson):
    """Return the notebooks of a lesson, by the path that is shown."""
    paths = sorted((ROOT / folder / lesson).glob("*.ipynb"))
    if not paths:
        return {}
    import nbformat  # here, because the browser edition, where exercises are audited, has neither this nor notebooks

    return {str(path.relative_to(ROOT)): nbformat.read(path, as_version=4) for path in paths}


def _cell(folder, lesson, grade_id):
    """Find a cell by its grade id; return it with the path of its notebook, or nothing."""
    for path, notebook in notebooks(folder, lesson).items():
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
                return cell, path
    return None, None


def _shown(cell):
    """Return the text of a cell's outputs."""
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


def missing_cells(exercise):
    """Say what is missing in the notebooks of a lesson, a sentence each.

    Where there is no folder solutions/ beside the package, there is nothing to be said.
    """
    name, lesson = exercise.name, exercise.lesson
    if not (ROOT / "solutions").is_dir():
        return
    answer_id = name.replace("_", "-")
    check_id = f"{answer_id}-check"
    answer, path = _cell("solutions", lesson, answer_id)
    check, _ = _cell("solutions", lesson, check_id)
    if answer is None and check is None:
        yield (
            f"No notebook in solutions/{lesson} has the cells {answer_id} and {check_id}. `autograder new cells {name} "
            "--after CELL-ID` puts them after the cell with that ID, and the exercise into order.toml."
        )
        return
    for cell, grade_id in ((answer, answer_id), (check, check_id)):
        if cell is None:
            yield (
                f"No notebook in solutions/{lesson} has a cell with the ID {grade_id}. "
                f"`autograder new cells {name}` prints what to paste."
            )
    if answer is not None and f"def {name}(" not in answer.source:
        yield f"The cell {answer_id} of {path} doesn't define {name}. Write the solution into it."
    for cell in (answer, check):
        if cell is not None and "TODO" in cell.source:
            yield f"The cell {cell.metadata.nbgrader.grade_id} of {path} isn't finished: it says TODO."
    if check is None:
        return
    points = check.metadata.nbgrader.get("points")
    wanted = 0 if name in OPTIONAL else exercise.points
    if points != wanted:
        why = "an optional exercise counts nothing" if name in OPTIONAL else f"the exercise {exercise.points:g}"
        optional = "" if points else ", or add the exercise to `optional` in autograder/exercises/order.toml"
        yield f"The cell {check_id} is worth {points} points, but {why}. Make them agree{optional}."
    for line in (f"check({name})", f"grade({name})"):
        if line not in check.source:
            yield f"The cell {check_id} doesn't call {line}. Add the line; the second is a hidden test."
    if _shown(check) != repr(float(exercise.points)):
        yield (
            f"The cell {check_id} is stored with the output {_shown(check)!r}, which isn't full points. Correct the "
            f"solution if it is wrong, and run `make lesson LESSON={lesson}`."
        )
    if _cell("lessons", lesson, check_id)[0] is None:
        yield f"lessons/{lesson} doesn't have the cell {check_id} yet. Run `make lesson LESSON={lesson}`."
