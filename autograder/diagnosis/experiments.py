"""Call a wrong function on changed arguments: what it doesn't depend on, what it divides away, and what it mixes up."""

import ast

import numpy as np

from autograder.checking.compare import close, flat, leaves
from autograder.checking.trial import parameter_names, right_answers
from autograder.diagnosis.agreement import far_apart
from autograder.diagnosis.by_layer import LAYER
from autograder.diagnosis.edits_of_code import lacks_axis
from autograder.diagnosis.mends import source_tree
from autograder.exercise import one_run

# What the smallest probe shows has to show on the next one as well.
MAX_PROBES = 2
# One entry after the other is changed in vectors up to this length.
MAX_ENTRIES = 12
BESIDE = "beside"  # in place of a power
_PARTS = {
    "layers": ("the weights", "the bias"),
    "gradients": ("∂C/∂W", "∂C/∂b"),
    "velocity": ("the velocity of the weights", "the velocity of the bias"),
}


def _place(name, path):
    """Name an array among the arguments, such as the bias of layer 2."""
    if len(path) == 2 and name in _PARTS and path[1] < 2:
        return f"{_PARTS[name][path[1]]} of layer {path[0] + 1}"
    return f"{name}[{path[0]}]" if len(path) == 1 else name


def _real(value):
    """Whether a value is a float or an array of floats that are not all whole numbers: what can be changed a little."""
    array = np.asarray(value) if isinstance(value, (float, np.ndarray)) else np.zeros(0)
    return array.dtype.kind == "f" and array.size > 0 and bool(np.isfinite(array).all() and (array % 1 != 0).any())


def _replaced(value, path, new):
    """Return a copy of nested lists and tuples with another value at one place."""
    if not path:
        return new
    copy = [_replaced(item, path[1:], new) if index == path[0] else item for index, item in enumerate(value)]
    return type(value)(copy)


def _places(args, names):
    """Yield (position, path, name of the place, value) of all real numbers and arrays among the arguments."""
    for position, (name, arg) in enumerate(zip(names, args, strict=False)):
        for path, value in leaves(arg):
            if _real(value):
                yield position, path, _place(name, path), value


class _Laboratory:
    """One probe on which a function gives wrong numbers of the right size, and what changed arguments give there."""

    def __init__(self, trial, args, outcome, answer):
        self.trial, self.args = trial, args
        self.answer, self.got, self.want = answer, flat(outcome.value), flat(answer)
        self._doubled = {}

    def usable(self):
        """Whether there are numbers to compare."""
        return self.got is not None and self.want is not None and self.got.size == self.want.size

    def doubled(self, place, value):
        """Return what both functions give once the numbers at a place are twice as large, or None."""
        if place not in self._doubled:
            self._doubled[place] = self.tried({place: 2 * value})
        return self._doubled[place]

    def tried(self, changes):
        """Return what the student's function and the right one give once some arguments are replaced, or None.

        ``changes`` maps (position, path) to a value.
        """
        args = list(self.args)
        for (position, path), value in changes.items():
            args[position] = _replaced(args[position], path, value)
        try:
            right = flat(right_answers(self.trial.exercise, tuple(args))[0])
        except Exception:  # the reference may refuse what is not a probe
            return None
        outcome = self.trial.call_returned(self.trial.function, tuple(args))
        got = None if outcome.failure else flat(outcome.value)
        if got is None or right is None or got.shape != self.got.shape or right.shape != self.want.shape:
            return None
        return (got, right) if np.isfinite(got).all() and np.isfinite(right).all() else None


def _laboratories(trial):
    found = []
    for args, outcome, answers in zip(trial.probes, trial.outcomes, trial.expected, strict=True):
        if outcome.failure or len(answers) > 1:
            return []
        laboratory = _Laboratory(trial, args, outcome, answers[0])
        if laboratory.usable() and np.isfinite(laboratory.got).all() and not close(laboratory.got, laboratory.want):
            found.append(laboratory)
    return sorted(found, key=lambda each: each.want.size)[:MAX_PROBES]


def _on_all(laboratories, look):
    """Return what an experiment shows on the first probe, and on the second one too.

    The places may be in other layers there: a network has another depth on each probe.
    """
    first, *others = laboratories
    shown = look(first)
    for other in others if shown else ():
        again = look(other)
        shown = [each for each in shown if each in again] or [
            each for each in map(_in_any_layer, shown) if each in map(_in_any_layer, again)
        ]
    return list(dict.fromkeys(shown))


def _in_any_layer(shown):
    """Leave the number of the layer out of what was shown."""
    if isinstance(shown, str):
        return LAYER.sub(" of a layer", shown)
    return tuple(_in_any_layer(each) if isinstance(each, str) else each for each in shown)


def _same(one, other):
    """Whether two results are the same up to rounding."""
    return one.shape == other.shape and not far_apart(one, other) and close(one, other, 1e-9)


def _right_changes(results, laboratory):
    return far_apart(results[1], laboratory.want) or not close(results[1], laboratory.want)


def _moved(value, move=0):
    """Change all numbers of a value, each in another way; three moves, since a maximum or a ReLU may hide one."""
    wave = np.sin(1 + np.arange(np.size(value))).reshape(np.shape(value))
    moved = (value * (1.3 + 0.4 * wave) + 0.1 * wave, -value - 0.5 - 0.2 * wave, 4 * value + wave)[move]
    return moved if isinstance(value, np.ndarray) else float(moved)


def _has_no_effect(laboratory, place, change):
    """Whether no move of some numbers changes the student's, and the first move changes the right ones."""
    for move in range(3):
        results = laboratory.tried({place: change(move)})
        if not results or not _same(results[0], laboratory.got):
            return False
        if move == 0 and not _right_changes(results, laboratory):
            return False
    return True


def _without_effect(laboratory):
    """Return the places whose change leaves the student's numbers alone but not the right ones."""
    found, names = [], parameter_names(laboratory.trial.exercise)
    for position, path, name, value in _places(laboratory.args, names):
        place = position, path
        if _has_no_effect(laboratory, place, lambda move, value=value: _moved(value, move)):
            found.append(name)  # and so is each of its entries
        elif np.ndim(value) == 1 and 1 < np.size(value) <= MAX_ENTRIES:
            for which, entry in (("first", 0), ("last", -1)):
                if _has_no_effect(laboratory, place, lambda move, v=value, e=entry: _with_entry_moved(v, e, move)):
                    found.append(f"the {which} entry of {name}")
    return found


def _with_entry_moved(value, entry, move):
    moved = value.copy()
    moved[entry] = _moved(value, move)[entry]
    return moved


def no_effect(laboratories):
    """Say which argument has no effect on the student's numbers."""
    places = _on_all(laboratories, _without_effect)
    if not places or len(places) > 3:
        return None
    listed = " or ".join(dict.fromkeys(places[:2]))
    return "no-effect", f"When only {listed} is changed, the right result changes, and yours doesn't."


def _divided_away(laboratory):
    """Return the arguments that can be doubled without any effect, though they matter, and the right answer changes."""
    found, names = [], parameter_names(laboratory.trial.exercise)
    places = list(_places(laboratory.args, names))
    single = [(place, [(position, path, value)]) for position, path, place, value in places if np.size(value) > 1]
    whole = {}
    for position, path, _, value in places:
        whole.setdefault(names[position], []).append((position, path, value))
    for place, parts in [*whole.items(), *single]:
        if len(parts) == 1:
            results = laboratory.doubled(parts[0][:2], parts[0][2])
        else:
            results = laboratory.tried({(position, path): 2 * value for position, path, value in parts})
        if results and _same(results[0], laboratory.got) and _right_changes(results, laboratory):
            moved = {(position, path): _moved(value) for position, path, value in parts}
            results = laboratory.tried(moved)
            if results and not _same(results[0], laboratory.got):
                found.append(place)
    return found


def divided_away(laboratories):
    """Say which argument the student's function divides by its own size."""
    places = _on_all(laboratories, _divided_away)
    if not places:
        return None
    return "divided-by-its-size", (
        f"With all of {places[0]} doubled, your result stays the same, and the right one doesn't. Look for a division "
        "by its own sum, norm, maximum or standard deviation, or for a line where only its signs or its order count."
    )


def _powers(laboratory):
    """Return (part, argument, right power, student's power) of wrong parts that an argument is a factor of.

    The student's is :data:`BESIDE` where the argument is a factor of all but a term that doesn't contain it, and None
    where it is no factor.
    """
    found, exercise = [], laboratory.trial.exercise
    answer = laboratory.answer
    sizes = [np.size(part) for _, part in leaves(answer)]
    ends = np.cumsum([0, *sizes])
    named = [exercise.part_name(path) for path, _ in leaves(answer)]
    for position, path, place, value in _places(laboratory.args, parameter_names(exercise)):
        results = laboratory.doubled((position, path), value)
        if results is None or not _proportional_somewhere(results[1], laboratory.want):
            continue
        for part, start, end in zip(named, ends[:-1], ends[1:], strict=True):
            old, new, old_right, right = (
                numbers[start:end] for numbers in (laboratory.got, results[0], laboratory.want, results[1])
            )
            if close(old, old_right) or not old_right.any():
                continue
            power = next((power for power in (1, 2) if close(right, 2.0**power * old_right)), None)
            own = next((each for each in range(-2, 5) if close(new, 2.0**each * old, 1e-5)), None)
            if power and own != power:
                if own is None and power == 1 and _is_straight(laboratory, (position, path), value, start, end):
                    own = BESIDE
                found.append((part, place, power, own))
    return found


def _is_straight(laboratory, place, value, start, end):
    """Whether some of the student's numbers grow by as much from twice to three times a value as they did before."""
    tripled = laboratory.tried({place: 3 * value})
    if tripled is None:
        return False
    numbers = (laboratory.got, laboratory.doubled(place, value)[0], tripled[0])
    once, twice, thrice = (each[start:end] for each in numbers)
    return close(thrice - twice, twice - once, 1e-6) and not close(once, twice)


def _proportional_somewhere(new, old):
    """Whether any number has doubled or become four times as large."""
    return bool((np.isclose(new, 2 * old) | np.isclose(new, 4 * old))[old != 0].any())


def not_proportional(laboratories):
    """Say which argument has to be a factor of a part, and isn't, or is with another power."""
    shown = _on_all(laboratories, _powers)
    # The part of another layer says the same again.
    if not shown:
        return None
    part, place, power, own = shown[0]
    grows = {1: "doubles", 2: "becomes four times as large"}[power]
    which = "the right result" if part == "the result" else f"the right {part}"
    start = f"When {place} is doubled, {which} {grows}"
    if own is None:
        return "not-proportional", (
            f"{start}; yours doesn't. Something else is done with {place} than to multiply by it once, such as a "
            "function of it, a number added to it, or a product that contains it more often in some terms."
        )
    if own is BESIDE:
        return "term-beside", (
            f"{start}; yours doesn't, because one of its terms doesn't contain {place}. Which term is "
            "that, and what does the equation multiply it by?"
        )
    factor = {0: "stays as it is", 1: "doubles", 2: "becomes four times as large"}.get(own, f"is {2.0**own:g} times")
    return "other-power", f"{start}; yours {factor}. How often is {place} a factor?"


def _from_other_rows(laboratory):
    """Return the arrays whose other rows change the student's first row or last row, but not the right one."""
    found, names = [], parameter_names(laboratory.trial.exercise)
    answer = laboratory.answer
    if not isinstance(answer, np.ndarray) or answer.ndim == 0 or len(answer) < 2:
        return []
    for position, path, place, value in _places(laboratory.args, names):
        if np.ndim(value) != answer.ndim or len(value) != len(answer):
            continue
        moved = _moved(value)
        moved[0] = value[0]
        results = laboratory.tried({(position, path): moved})
        if results is None:
            continue
        (got, right), row = (each.reshape(len(answer), -1) for each in results), answer.size // len(answer)
        if _same(right[0], laboratory.want[:row]) and not _same(got[0], laboratory.got[:row]):
            found.append((place, answer.ndim))
    return found


def mixes_rows(laboratories):
    """Say that one row, or one entry, of the student's result depends on the others of an argument."""
    shown = _on_all(laboratories, _from_other_rows)
    if not shown:
        return None
    place, axes = shown[0]
    if axes == 1:
        return "mixes-entries", (
            f"Your first number changes when only the other entries of {place} change. Each number depends on its own "
            "entry alone: look for something that is computed from neighbours or from the whole array."
        )
    return "mixes-examples", (
        f"Your first row changes when only the other rows of {place} change. Each example is computed by itself: look "
        f"for {_reductions(laboratories[0].trial)} over the rows or over the whole table."
    )


def _reductions(trial):
    """Name the calls of the student's own text that go over a whole array; without any, what there could be."""
    source = source_tree(trial.function)
    calls = [node for node in ast.walk(source[0]) if isinstance(node, ast.Call)] if source else []
    whole = list(dict.fromkeys(f"“{ast.unparse(call)}”" for call in calls if lacks_axis(call)))
    return " or ".join(whole[:2]) + ", which goes" if whole else "a sum, a mean, a maximum or a standard deviation"


def what_experiments_show(trial):
    """Find out what a wrong function does with its arguments, by changing one at a time.

    Parameters
    ----------
    trial : autograder.checking.trial.Trial
        Of an answer whose values are wrong.

    Returns
    -------
    (str, str) or None
        An id, and what the student reads; None where nothing is certain.
    """
    if not trial.exercise.comparable or trial.exercise.runs is not one_run or trial.exercise.fresh:
        return None
    laboratories = _laboratories(trial)
    for look in (mixes_rows, divided_away, no_effect, not_proportional):
        if laboratories and (told := look(laboratories)):
            return told
    return None
