"""Wrong answers that no known mistake explains, grouped by what they have in common, with code for the lecturer."""

import ast
import json
from dataclasses import dataclass

MAX_CODE = 4000
# How much of their code two answers have in common that count as the same mistake.
_ALIKE = 0.6


@dataclass(frozen=True)
class Cluster:
    """Answers that fail in the same way and are written alike.

    Attributes
    ----------
    exercise : str
    lesson : str
    failed : tuple of str
        The requirements that they don't meet.
    students : tuple of str
    code : str
        Of the answer that has the most in common with the others; for the lecturer's eyes only.
    """

    exercise: str
    lesson: str
    failed: tuple
    students: tuple
    code: str

    @property
    def entry(self):
        """The beginning of an entry in the exercise's TOML file, so that the next class is told what is wrong."""
        hint = "What the numbers show, which step that breaks, and where to look."
        return f'[a-name-for-it]\ncode = {_toml_text(self.code)}\nhint = "{hint}"\n'


def _toml_text(code):
    """Write code as a TOML text: on several lines if it can be, because that is easier to read."""
    plain = all(character.isprintable() or character in "\n\t" for character in code)
    if plain and "'''" not in code:
        return f"'''\n{code.rstrip()}\n'''"
    return json.dumps(code, ensure_ascii=False).replace("\x7f", "\\u007f")


def find_clusters(summary, code_of):
    """Group the unexplained answers of a class.

    Parameters
    ----------
    summary : autograder.desk.report.summary.ClassSummary
    code_of : callable
        ``code_of(lesson, student, exercise)`` returns the student's code, or None.

    Returns
    -------
    list of Cluster
        The largest first.
    """
    found = []
    for lesson in summary.lessons:
        for exercise in lesson.exercises:
            groups = {}
            for student, answer in exercise.answers.items():
                if answer.unexplained:
                    code = code_of(lesson.name, student, exercise.name)
                    if code:
                        groups.setdefault(answer.failed, []).append((student, code, shape_of(code)))
            for failed, answers in groups.items():
                found += [_cluster(exercise, failed, group) for group in _alike(answers)]
    return sorted(found, key=lambda each: (-len(each.students), each.lesson, each.exercise))


def _cluster(exercise, failed, group):
    central = max(group, key=lambda one: sum(likeness(one[2], other[2]) for other in group))
    students = tuple(student for student, _, _ in group)
    return Cluster(exercise.name, exercise.lesson, failed, students, central[1][:MAX_CODE])


def _alike(answers):
    """Group answers, each with the first one that it resembles."""
    groups = []
    for answer in answers:
        for group in groups:
            if likeness(group[0][2], answer[2]) >= _ALIKE:
                group.append(answer)
                break
        else:
            groups.append([answer])
    return groups


def shape_of(code):
    """Return the pieces that code is made of, with names of variables left out: a set of (parent, child) kinds.

    Parameters
    ----------
    code : str

    Returns
    -------
    frozenset
        Empty if the code can't be parsed.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(
        (_kind(node), field, _kind(child), position)
        for node in ast.walk(tree)
        for field, value in ast.iter_fields(node)
        for position, child in enumerate(value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    )


def _kind(node):
    name = type(node).__name__
    if isinstance(node, ast.Attribute):
        return name, node.attr
    if isinstance(node, ast.Constant):
        return name, repr(node.value)[:20]
    return name, ""


def likeness(one, other):
    """Return the share of pieces that two shapes have in common, from 0 to 1."""
    return len(one & other) / len(one | other) if one | other else 0.0
