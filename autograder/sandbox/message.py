"""One message as bytes: a JSON text, followed by the blobs it mentions."""

import json
import struct

MOST_BYTES = 96 * 2**20
MOST_TEXT = 32 * 2**20
# Between the coordinator and its judges, where nothing is said that was not looked at.
MOST_TRUSTED = 2**30
# Blobs of one message; and commas and brackets of its text, which a list in memory takes fifty times as much as.
_MOST_BLOBS = 2**20
_MOST_MARKS = 2**23

_HEAD = struct.Struct("<II")


class CodecError(Exception):
    """What arrived is not in the grammar, or too large."""


def pack(form, blobs=()):
    """Put a JSON form and its blobs into the bytes of one message."""
    text = json.dumps(form, default=repr, ensure_ascii=False).encode("utf-8", "surrogatepass")
    sizes = struct.pack(f"<{len(blobs)}I", *map(len, blobs))
    return b"".join((_HEAD.pack(len(text), len(blobs)), text, sizes, *blobs))


def unpack(message, most_text=MOST_TEXT):
    """Take the bytes of one message apart.

    Parameters
    ----------
    message : bytes
        As :func:`pack` made it, or anything else.
    most_text : int
        Bytes of its JSON text; read, that takes many times as much memory.

    Returns
    -------
    (form, blobs)

    Raises
    ------
    CodecError
        If they do not fit together.
    """
    try:
        length, count = _HEAD.unpack_from(message)
        if length > most_text or count > _MOST_BLOBS:
            raise CodecError("a message is too long")
        start = _HEAD.size + length
        text = message[_HEAD.size : start]
        if most_text < MOST_TRUSTED and sum(map(text.count, (b",", b"[", b"{"))) > _MOST_MARKS:
            raise CodecError("a message has too many parts")
        form = json.loads(text.decode("utf-8", "surrogatepass"))
        sizes = struct.unpack_from(f"<{count}I", message, start)
    except (ValueError, struct.error, RecursionError, MemoryError) as error:
        raise CodecError("a message cannot be read") from error
    start += 4 * count
    blobs = []
    for size in sizes:
        blobs.append(message[start : start + size])
        start += size
    if start != len(message):
        raise CodecError("a message is cut off")
    return form, blobs
