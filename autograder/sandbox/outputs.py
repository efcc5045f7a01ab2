"""Turn the outputs that a sandbox sends into outputs of a notebook of limited size, whatever they contain."""

import math
import re

_MAX_DEPTH = 12
# For everything that a submission displays: characters, outputs, and characters of markup, which has to be cleaned.
_MAX_CHARACTERS = 32 * 2**20
_MAX_OUTPUTS = 5000
_MAX_MARKUP = 2**21
_MARKUP = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")
# The number of characters that an output, and each of its parts, counts as even if it is almost empty: it takes about
# as much time and memory.
_MIN_SIZE, _MIN_PART = 100, 100
# Characters of an exception's message and of a line of its traceback, and such lines.
MAX_LINE, MAX_LINES = 10_000, 200
# What a cell that was stopped ends with, as in nbgrader's own command.
STOPPED = "CellTimeoutError"
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_LEFT_OUT = "What this notebook displayed was too large, and the rest of it was left out.\n"
_KNOWN_WORDS = {"alt": None, "needs_background": ("light", "dark")}


class Room:
    """The room that is left for the outputs of a submission."""

    def __init__(self):
        self._characters, self._outputs, self._markup = _MAX_CHARACTERS, _MAX_OUTPUTS, _MAX_MARKUP

    def for_output(self, output):
        """Take the room for an output, and return whether there was enough."""
        if self._outputs < 0 or self._characters < 0:
            return False
        self._outputs -= 1
        self._characters -= _MIN_SIZE + _size(output)
        return self._outputs >= 0 and self._characters >= 0

    def for_markup(self, text):
        """Take the room for some markup, and return whether there was enough."""
        self._markup -= len(text)
        return self._markup >= 0


def _size(value):
    """Return approximately how many characters a JSON value takes; this doesn't recurse."""
    size, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        size += _MIN_PART + (len(each) if isinstance(each, str) else 0)
        if isinstance(each, int):
            size += each.bit_length() // 3
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            size += sum(len(key) + _MIN_PART for key in each)
            waiting.extend(each.values())
    return size


def error_output(kind, message, traceback=None):
    """Return the output of a cell that raised an exception."""
    return {"output_type": "error", "ename": kind, "evalue": message, "traceback": traceback or [f"{kind}: {message}"]}


def stopped(outputs, seconds):
    """Return the outputs of a cell that was stopped, in which the interrupt is called what it was: a limit of time.

    Parameters
    ----------
    outputs : list of dict
    seconds : float
        After which it was stopped.

    Returns
    -------
    list of dict
    """
    words = f"This cell was stopped after {seconds:g} seconds."
    interrupts = [each for each in outputs[-1:] if each.get("ename") == "KeyboardInterrupt"]
    lines = [line for each in interrupts for line in each["traceback"] if not _names_interrupt(line)]
    kept = outputs[: len(outputs) - len(interrupts)]
    return [*kept, error_output(STOPPED, words, [*lines, f"{STOPPED}: {words}"])]


def _names_interrupt(line):
    return _COLOR.sub("", line).startswith("KeyboardInterrupt")


def _text(value):
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _line(value):
    return _text(value)[:MAX_LINE]


def _json(value, depth=0):
    """Copy a JSON value without anything that is nested too deeply or can't be written as UTF-8."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None  # not in JSON
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth < _MAX_DEPTH and isinstance(value, list):
        return [_json(item, depth + 1) for item in value]
    if depth < _MAX_DEPTH and isinstance(value, dict):
        return {_text(key): _json(item, depth + 1) for key, item in value.items()}
    return None


def _bundle(value, room):
    bundle = _json(value) if isinstance(value, dict) else {}
    return {
        key: each
        for key, each in bundle.items()
        if (isinstance(each, str) and (key not in _MARKUP or room.for_markup(each)))
        or (isinstance(each, (dict, list)) and key.endswith("json"))
    }


def _metadata(metadata, bundle):
    """Keep only numbers and known words, because nbconvert's templates copy some metadata into a page unescaped."""
    kept = {}
    for key, about in metadata.items() if isinstance(metadata, dict) else ():
        if key in bundle and isinstance(about, dict):
            kept[key] = {
                _text(name): _json(value)
                for name, value in about.items()
                if isinstance(value, (bool, int, float)) or (isinstance(value, str) and _is_known_word(name, value))
            }
    return kept


def _is_known_word(name, value):
    return name in _KNOWN_WORDS and (_KNOWN_WORDS[name] is None or value in _KNOWN_WORDS[name])


def clean_outputs(outputs, count, room=None):
    """Keep the outputs in a sandbox's reply for which there is room.

    Parameters
    ----------
    outputs : object
        As it arrived.
    count : int
        The execution count of the cell.
    room : Room, optional
        For this cell and those that follow; by default the room for a whole submission.

    Returns
    -------
    list of dict
        In the format of nbformat.
    """
    kept, room = [], room or Room()
    for each in outputs if isinstance(outputs, list) else []:
        if not room.for_output(each):
            kept.append({"output_type": "stream", "name": "stderr", "text": _LEFT_OUT})
            break
        kind = each.get("output_type") if isinstance(each, dict) else None
        if kind == "stream":
            name = "stderr" if each.get("name") == "stderr" else "stdout"
            kept.append({"output_type": kind, "name": name, "text": _text(each.get("text"))})
        elif kind in ("display_data", "execute_result"):
            data = _bundle(each.get("data"), room)
            shown = {"data": data, "metadata": _metadata(each.get("metadata"), data)}
            extra = {"execution_count": count} if kind == "execute_result" else {}
            kept.append({"output_type": kind, **shown, **extra})
        elif kind == "error":
            lines = each.get("traceback")
            lines = [_line(line) for line in lines[:MAX_LINES]] if isinstance(lines, list) else []
            kept.append(error_output(_line(each.get("ename")), _line(each.get("evalue")), lines))
    return kept
