"""What a sandbox says that a cell put out, taken as what it is: text of limited size, in the form of nbformat."""

import math

_DEEPEST_JSON = 12
# Of all that one submission displays: characters, outputs, and characters of what a page has to be cleaned of.
_MOST_CHARACTERS = 32 * 2**20
_MOST_OUTPUTS = 5000
_MOST_MARKUP = 2**21
_MARKUP = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")
# What an output counts for, in characters, and each of its parts, even where there is next to nothing in it: reading,
# copying and writing a part takes as long as it does for so many characters, and that much memory.
_LEAST_SIZE, _LEAST_PART = 100, 100
# Characters of a line of a traceback and of what an exception says, and such lines.
_LONGEST_LINE, _MOST_LINES = 10_000, 200
_LEFT_OUT = "What this notebook displayed was too large, and the rest of it was left out.\n"
_WORDS = {"alt": None, "needs_background": ("light", "dark")}


class Room:
    """What is left of the room that all outputs of one submission may take, of whatever kind they are."""

    def __init__(self):
        self._characters, self._outputs, self._markup = _MOST_CHARACTERS, _MOST_OUTPUTS, _MOST_MARKUP

    def for_output(self, output):
        """Take the room for one output as it arrived, and say whether there was enough."""
        if self._outputs < 0 or self._characters < 0:
            return False  # whatever it is
        self._outputs -= 1
        self._characters -= _LEAST_SIZE + _size(output)
        return self._outputs >= 0 and self._characters >= 0

    def for_markup(self, text):
        """Take the room for what takes long to clean, and say whether there was enough."""
        self._markup -= len(text)
        return self._markup >= 0


def _size(value):
    """Return about how many characters some JSON takes, however deep it is."""
    size, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        size += _LEAST_PART + (len(each) if isinstance(each, str) else 0)
        if isinstance(each, int):
            size += each.bit_length() // 3
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            size += sum(len(key) + _LEAST_PART for key in each)
            waiting.extend(each.values())
    return size


def error_output(kind, message, traceback=None):
    """Return an exception as an output of a cell."""
    return {"output_type": "error", "ename": kind, "evalue": message, "traceback": traceback or [f"{kind}: {message}"]}


def _text(value):
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _line(value):
    return _text(value)[:_LONGEST_LINE]


def _json(value, depth=0):
    """Copy what is JSON, and drop what is nested too deeply or cannot be written as UTF-8."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None  # for which JSON has no word
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth < _DEEPEST_JSON and isinstance(value, list):
        return [_json(item, depth + 1) for item in value]
    if depth < _DEEPEST_JSON and isinstance(value, dict):
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
    """Keep of what is said about the display of something only numbers and known words.

    nbconvert's templates write some of it into a page as it is.
    """
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
    return name in _WORDS and (_WORDS[name] is None or value in _WORDS[name])


def clean_outputs(outputs, count, room=None):
    """Take from a sandbox's answer what is an output and has room, whatever else it may hold.

    Parameters
    ----------
    outputs : object
        As it arrived.
    count : int
        The execution count of the cell.
    room : Room, optional
        For this cell and those that follow; by default as much as for a whole submission.

    Returns
    -------
    list of dict
        In the form of nbformat.
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
            lines = [_line(line) for line in lines[:_MOST_LINES]] if isinstance(lines, list) else []
            kept.append(error_output(_line(each.get("ename")), _line(each.get("evalue")), lines))
    return kept
