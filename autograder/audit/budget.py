"""What a lesson asks of its learner: words, code to read and to write, figures, exercises, and minutes."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import click
import nbformat

from autograder.lesson_names import lesson_called

FURTHER = re.compile(r"^## Going further\s*$", re.MULTILINE)
STATED = re.compile(r"\*\*Time:\*\* about (?:(\d+) hours?)?(?: and)?(?: ?(\d+) minutes)?")
MAX_MINUTES, MAX_CELL, MAX_WIDTH, FREE_LINES, LINES_READ_FOR_ONE_WRITTEN = 150, 25, 100, 120, 5
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass
class Budget:
    """What is counted in the core of a lesson, which ends at the heading "Going further".

    Attributes
    ----------
    lesson : str
        Its name.
    words : int
        Of the text, without formulas and mark schemes.
    open_lines, longest_cell, widest_line : int
        Code that is shown to be read: lines that aren't blank, folded, a stub, a docstring or a check.
    written_lines : int
        Lines of the solutions of the functions and derivations.
    figures, widgets, recalls, checks, derivations, questions : int
        How many of each there are.
    points : float
        Of the functions.
    stated : int or None
        Minutes that the lesson itself promises; None if it doesn't say.
    """

    lesson: str
    words: int = 0
    open_lines: int = 0
    longest_cell: int = 0
    widest_line: int = 0
    written_lines: int = 0
    figures: int = 0
    widgets: int = 0
    recalls: int = 0
    checks: int = 0
    points: float = 0
    derivations: int = 0
    questions: int = 0
    stated: int | None = None

    @property
    def minutes(self):
        """How long the core takes, by a yardstick that was fixed in advance."""
        reading = self.words / 120 + self.open_lines / 10 + 0.75 * self.figures + 5 * self.widgets
        practice = 1.5 * self.recalls + 3 * self.checks + 1.5 * self.points
        return reading + practice + 8 * self.derivations + 10 * self.questions

    @property
    def allowed_lines(self):
        """How many open lines the core may have."""
        return max(FREE_LINES, LINES_READ_FOR_ONE_WRITTEN * self.written_lines)

    @property
    def complaints(self):
        """What is too long, a sentence each."""
        quarters = -(-self.minutes // 15) * 15
        sentences = {
            f"The core takes {self.minutes:.0f} minutes; at most {MAX_MINUTES} are allowed.": self.minutes
            > MAX_MINUTES,
            f"An open cell has {self.longest_cell} lines; at most {MAX_CELL} are allowed.": self.longest_cell
            > MAX_CELL,
            f"An open line has {self.widest_line} characters; at most {MAX_WIDTH} are allowed.": self.widest_line
            > MAX_WIDTH,
            f"{self.open_lines} open lines for {self.written_lines} written ones; at most {self.allowed_lines} are "
            "allowed.": self.open_lines > self.allowed_lines,
            "The lesson has to state its time, such as “**Time:** about 2 hours 15 minutes”.": self.stated is None,
            f"The lesson states {self.stated} minutes, but it takes {quarters:.0f}.": self.stated is not None
            and self.stated < quarters,
        }
        return [sentence for sentence, true in sentences.items() if true]


def budget(notebook, lesson):
    """Count what the core of a lesson asks of its learner.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The lesson's source, executed.
    lesson : str
        Its name.

    Returns
    -------
    Budget
    """
    counted = Budget(lesson)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            before, *further = FURTHER.split(cell.source, maxsplit=1)
            _count_text(counted, cell, before)
            if further:
                break
        elif cell.cell_type == "code":
            _count_code(counted, cell)
    return counted


def _count_text(counted, cell, text):
    """Count the words of a text cell, and a written question."""
    counted.questions += bool(cell.metadata.get("nbgrader", {}).get("task"))
    text = re.sub(r"=== BEGIN MARK SCHEME ===.*?=== END MARK SCHEME ===", "", text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|<!--.*?-->|\]\([^)]*\)|<[^>]+>", " ", text, flags=re.DOTALL)
    counted.words += sum(any(map(str.isalpha, word)) for word in text.split())
    said = STATED.search(text)
    if said:
        counted.stated = 60 * int(said[1] or 0) + int(said[2] or 0)


def _count_code(counted, cell):
    """Count what a code cell shows, asks and draws."""
    nbgrader, call = (
        cell.metadata.get("nbgrader", {}),
        re.search(r"^(recall|check|derive)\(", cell.source, re.MULTILINE),
    )
    kind = call[1] if call else ""
    if nbgrader.get("solution"):
        for solution in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL):
            counted.written_lines += sum(bool(line.strip()) for line in solution.splitlines())
    elif kind == "derive" and nbgrader.get("grade"):
        counted.derivations += 1
    elif kind == "recall":
        counted.recalls += 1
    elif kind:
        counted.checks += 1
        counted.points += nbgrader.get("points", 0)
    elif not cell.metadata.get("jupyter", {}).get("source_hidden"):
        lines = shown_lines(cell.source)
        counted.open_lines += len(lines)
        counted.longest_cell = max(counted.longest_cell, len(lines))
        counted.widest_line = max(counted.widest_line, *map(len, lines), 0)
    shown = [output.get("data", {}) for output in cell.outputs]
    pictures = sum("image/png" in data for data in shown)
    if pictures and any(WIDGET_VIEW in data for data in shown):
        counted.widgets += 1  # its picture stands for it where no kernel runs; a progress bar has none
    else:
        counted.figures += pictures


def shown_lines(source):
    """Return the lines of code that a reader has to read: neither blank ones nor docstrings.

    Parameters
    ----------
    source : str
        Of a code cell.

    Returns
    -------
    list of str
    """
    hidden = set()
    for node in ast.walk(ast.parse(re.sub(r"^(\s*)[%!]", r"\1#", source, flags=re.MULTILINE))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            hidden.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return [line for number, line in enumerate(source.splitlines(), 1) if line.strip() and number not in hidden]


def rows_of(budgets):
    """Put budgets into a table for a terminal.

    Parameters
    ----------
    budgets : list of Budget
        One a lesson.

    Returns
    -------
    list of str
    """
    head = f"{'lesson':22} words  open lines  written  figures  widgets  exercises  minutes  stated"
    return [head] + [
        f"{b.lesson:22} {b.words:5} {b.open_lines:11} {b.written_lines:8} {b.figures:8} {b.widgets:8} "
        f"{b.checks + b.derivations + b.questions:10} {b.minutes:8.0f} {b.stated or '–':>7}"
        for b in budgets
    ]


@click.command("budget")
@click.argument("lessons", nargs=-1)
@click.option(
    "--solutions",
    "folder",
    default="solutions",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the executed sources.",
)
def command(lessons, folder):
    """Count what the core of LESSONS asks of a learner, or of all of them.

    The core is everything before the heading "Going further". Minutes = words/120 + open lines/10 + 3/4 a figure +
    1 1/2 a recall question + 5 a widget + 3 a check + 1 1/2 a point of a function + 8 a derivation + 10 the written
    question.
    """
    names = sorted(path.stem for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name)
    unknown = [said for said in lessons if not lesson_called(said, names)]
    if unknown or not names:
        raise click.ClickException(
            f"No lesson called {unknown[0]!r} was found in {folder}." if unknown else "No lesson."
        )
    chosen = [name for name in names if not lessons or name in {lesson_called(said, names) for said in lessons}]
    budgets = [budget(nbformat.read(folder / name / f"{name}.ipynb", as_version=4), name) for name in chosen]
    for row in rows_of(budgets):
        click.echo(row)
    for each in budgets:
        for complaint in each.complaints:
            click.echo(f"✘ {each.lesson}: {complaint}")
    raise SystemExit(1 if any(each.complaints for each in budgets) else 0)
