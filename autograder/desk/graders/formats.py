"""Results in the forms that other graders read."""

import html
import json
from dataclasses import asdict

# PrairieLearn takes results of up to 1 MB.
MAX_MESSAGE = 8000


def as_json(result):
    """Return a result with everything that was found.

    Parameters
    ----------
    result : autograder.desk.graders.one_notebook.NotebookResult

    Returns
    -------
    dict
    """
    tasks = [asdict(task) | {"mistakes": list(task.mistakes)} for task in result.tasks]
    return {
        "lesson": result.lesson,
        "points": result.points,
        "max_points": result.max_points,
        "by_hand": [task.name for task in result.by_hand],
        "tasks": tasks,
        "review_reasons": result.review_reasons,
    }


def for_gradescope(result):
    """Return a result as Gradescope reads it from ``results.json``.

    Written answers are left out, because they are marked in Gradescope itself.
    """
    tests = [
        {
            "name": task.title,
            "score": task.points,
            "max_score": task.max_points,
            "status": "passed" if task.points >= task.max_points else "failed",
            "output": task.message[:MAX_MESSAGE],
            "output_format": "text",
        }
        for task in result.tasks
        if task.points is not None
    ]
    return {"output": _in_general(result), "output_format": "text", "tests": tests}


def for_prairielearn(result):
    """Return a result as PrairieLearn reads it from ``results.json``."""
    tests = [
        {
            "name": task.title,
            "points": task.points,
            "max_points": task.max_points,
            "message": task.message[:MAX_MESSAGE],
        }
        for task in result.tasks
        if task.points is not None
    ]
    score = result.points / result.max_points if result.max_points else 0.0
    return {"gradable": True, "score": score, "message": _in_general(result), "tests": tests}


def as_markdown(result):
    """Return a result as a page in Markdown, for a pull request or another place that shows such pages."""
    parts = [f"## {_in_general(result)}"]
    for task in result.tasks:
        if task.points is not None:
            parts.append(f"### {task.title}: {task.points:.3g} of {task.max_points:.3g} points")
            # What a student's code says is text: it may hold anything that Markdown would take for its own.
            parts.append(f"<pre>{html.escape(task.message[:MAX_MESSAGE])}</pre>")
    return "\n\n".join(parts)


def refused_by_gradescope(reason):
    """Return what Gradescope reads of a submission in which there is nothing to grade."""
    return {"score": 0, "output": reason, "output_format": "text"}


def refused_by_prairielearn(reason):
    """Return what PrairieLearn reads of a submission in which there is nothing to grade; it costs no attempt."""
    return {"gradable": False, "score": 0, "message": reason, "format_errors": [reason]}


def refused_as_json(reason):
    """Return what is known of a submission in which there is nothing to grade."""
    return {"problem": reason}


def refused_in_markdown(reason):
    """Return the page of a submission in which there is nothing to grade."""
    return f"## Not graded\n\n<pre>{html.escape(reason)}</pre>"


FORMATS = {
    "json": (as_json, refused_as_json),
    "gradescope": (for_gradescope, refused_by_gradescope),
    "prairielearn": (for_prairielearn, refused_by_prairielearn),
    "markdown": (as_markdown, refused_in_markdown),
}


def written(result):
    """Return a result as the text of a file: JSON, unless it is text already."""
    if isinstance(result, str):
        return f"{result}\n"
    return json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _in_general(result):
    lines = [f"{result.title}: {result.points:.3g} of {result.max_points:.3g} points"]
    lines += [f"Marked by hand: {', '.join(task.title for task in result.by_hand)}"] if result.by_hand else []
    return "\n".join(lines)
