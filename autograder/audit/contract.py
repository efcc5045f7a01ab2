"""The table of names, parameters and points that the exercises keep to."""

import inspect
from functools import cache
from pathlib import Path
from typing import NamedTuple

from autograder.exercises.files import read

PATH = Path(__file__).with_name("contract.toml")


class Row(NamedTuple):
    """What the table says of one exercise."""

    call: str
    lesson: str
    points: float


@cache
def contract():
    """Return the table's rows by the name of the exercise; a lesson is the name of its folder, such as lesson_05."""
    return {
        call.partition("(")[0]: Row(call, lesson, points)
        for lesson, calls in read(PATH).items()
        for call, points in calls.items()
    }


def call_of(exercise):
    """Return how an exercise's function is called, such as ``"l2_cost(cost, weights, lam, n)"``."""
    return f"{exercise.name}{inspect.signature(exercise.reference)}".replace("1e-05", "1e-5")


def breaches(exercise):
    """Say where an exercise and the table differ, a sentence each."""
    row = contract().get(exercise.name)
    folder = f"lesson_{exercise.lesson.partition('-')[0]}"
    if row is None:
        line = f'"{call_of(exercise)}" = {exercise.points:g}'
        return [f"It isn't in the table of exercises. Add the line {line} below [{folder}] in {PATH}."]
    sentences = {
        f"It is called as {call_of(exercise)}, but the table says {row.call}": call_of(exercise) != row.call,
        f"It has {exercise.points:g} points, but the table says {row.points:g}": exercise.points != row.points,
        f"It is in {folder}, but the table says {row.lesson}": folder != row.lesson,
    }
    advice = f". Students and gradebooks rely on the table: change the exercise, or on purpose {PATH}."
    return [sentence + advice for sentence, differs in sentences.items() if differs]
