"""Messages over a socket, with a limit on their size and on the time they may take.

A message is a JSON text, followed by the blobs it mentions.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import time
import traceback

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


_LENGTH = struct.Struct("<Q")


class Closed(Exception):
    """The other side is gone, or does not speak the language."""


class Late(Exception):
    """Nothing came within the time allowed."""


class Channel:
    """Both ends of a conversation in whole messages.

    Parameters
    ----------
    link : socket.socket
        Connected.
    trusted : bool
        Whether no student's code is at the other end: then much longer messages are accepted.
    """

    def __init__(self, link, trusted=False):
        self._socket = link
        self._most_bytes, self._most_text = (MOST_TRUSTED, MOST_TRUSTED) if trusted else (MOST_BYTES, MOST_TEXT)

    def fileno(self):
        """Return the descriptor, so that several channels can be waited for."""
        return self._socket.fileno()

    def send(self, form, blobs=(), fds=(), seconds=None):
        """Send one message, and open files with it.

        Parameters
        ----------
        form, blobs
            As for :func:`autograder.sandbox.channel.pack`.
        fds : list of int
            Descriptors of the files.
        seconds : float, optional
            How long the other side may take to read it; no limit by default.

        Raises
        ------
        Closed
            If the other side is gone.
        Late
            If it does not read.
        """
        message = pack(form, blobs)
        head = _LENGTH.pack(len(message))
        try:
            if fds:
                socket.send_fds(self._socket, [head], fds)
                head = b""
            if seconds is None:
                self._socket.sendall(head + message)
            else:
                self._send_until(head + message, time.monotonic() + seconds)
        except OSError as error:
            raise Closed("the other side is gone") from error

    def _send_until(self, message, until):
        rest = memoryview(message)
        while rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([], [self._socket], [], left)[1]:
                raise Late
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._socket.send(rest[: 2**20], socket.MSG_DONTWAIT) :]

    def receive(self, seconds=None):
        """Receive one message.

        Parameters
        ----------
        seconds : float, optional
            After which Late is raised; no limit by default.

        Returns
        -------
        (form, blobs)
        """
        until = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        return self._rest(length, until)

    def receive_with_fds(self, count):
        """Receive one message and the open files that came with it."""
        try:
            head, fds, _, _ = socket.recv_fds(self._socket, _LENGTH.size, count)
        except OSError as error:
            raise Closed("the other side is gone") from error
        if len(head) < _LENGTH.size:
            raise Closed("the other side is gone")
        form, _ = self._rest(_LENGTH.unpack(head)[0], None)
        return form, fds

    def _rest(self, length, until):
        if length > self._most_bytes:
            raise Closed(f"a message of {length} bytes is longer than allowed")
        try:
            return unpack(self._exactly(length, until), self._most_text)
        except CodecError as error:
            raise Closed(str(error)) from error

    def _exactly(self, count, until):
        parts, missing = [], count
        while missing:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                    raise Late
            try:
                part = self._socket.recv(min(missing, 2**20))
            except OSError as error:
                raise Closed("the other side is gone") from error
            if not part:
                raise Closed("the other side is gone")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def hold_open(self, seconds):
        """Wait, where nothing is expected, and raise Closed if the other side is gone by then."""
        if select.select([self._socket], [], [], seconds)[0]:
            raise Closed("the other side is gone")

    def close(self):
        """Hang up."""
        self._socket.close()


@contextlib.contextmanager
def alarm_held():
    """Hold this process's alarm clock back, so that it cannot go off between two halves of a message.

    Yields
    ------
    float or None
        Seconds that were left on it.
    """
    started = time.monotonic()
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield left or None
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 1e-3))


@contextlib.contextmanager
def serving_to_the_end():
    """End the process with the block, also where the other side hangs up; other errors are written to stderr."""
    try:
        yield
    except Closed:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
