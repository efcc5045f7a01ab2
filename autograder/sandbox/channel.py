"""Messages over a socket, with limits on their size and on the time they take.

A message is a JSON text followed by the blobs that it refers to.
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

MAX_BYTES = 96 * 2**20
MAX_TEXT = 32 * 2**20
# Between the coordinator and its judges, who have checked everything that they send.
MAX_TRUSTED = 2**30
# A list takes up to fifty times as much memory as the comma or bracket in the text that stands for it.
_MAX_BLOBS = 2**20
_MAX_DELIMITERS = 2**23

_HEAD = struct.Struct("<II")
_LENGTH = struct.Struct("<Q")


class CodecError(Exception):
    """A message is too large or isn't in the grammar."""


def pack(form, blobs=()):
    """Return the bytes of a message: a JSON form and its blobs."""
    text = json.dumps(form, default=repr, ensure_ascii=False).encode("utf-8", "surrogatepass")
    sizes = struct.pack(f"<{len(blobs)}I", *map(len, blobs))
    return b"".join((_HEAD.pack(len(text), len(blobs)), text, sizes, *blobs))


def unpack(message, max_text=MAX_TEXT):
    """Return the JSON form and the blobs of a message.

    Parameters
    ----------
    message : bytes
        Should be what :func:`pack` returned, but may be anything.
    max_text : int
        The largest size of the JSON text, which takes many times as much memory once it is parsed.

    Raises
    ------
    CodecError
        If it isn't a message.
    """
    try:
        length, count = _HEAD.unpack_from(message)
        if length > max_text or count > _MAX_BLOBS:
            raise CodecError("a message is too long")
        start = _HEAD.size + length
        text = message[_HEAD.size : start]
        if max_text < MAX_TRUSTED and sum(map(text.count, (b",", b"[", b"{"))) > _MAX_DELIMITERS:
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


class Closed(Exception):
    """The other side is gone, or violated the protocol."""


class Timeout(Exception):
    """The other side took too long."""


class Channel:
    """One end of a connection over which whole messages are sent.

    Parameters
    ----------
    link : socket.socket
        Connected.
    trusted : bool
        Whether to accept much longer messages, because no student's code runs at the other end.
    """

    def __init__(self, link, trusted=False):
        self._socket = link
        self._max_bytes, self._max_text = (MAX_TRUSTED, MAX_TRUSTED) if trusted else (MAX_BYTES, MAX_TEXT)

    def fileno(self):
        """Return the descriptor, which lets ``select`` wait for several channels."""
        return self._socket.fileno()

    def send(self, form, blobs=(), fds=(), seconds=None):
        """Send a message, and open files with it.

        Parameters
        ----------
        form, blobs
            See :func:`pack`.
        fds : list of int
            Descriptors of the files.
        seconds : float, optional
            After which Timeout is raised, if the other side doesn't read; no limit by default.
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
                raise Timeout
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._socket.send(rest[: 2**20], socket.MSG_DONTWAIT) :]

    def receive(self, seconds=None):
        """Receive a message, and return its form and blobs; raise Timeout after some seconds."""
        until = None if seconds is None else time.monotonic() + seconds
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, until))
        return self._rest(length, until)

    def receive_with_fds(self, count):
        """Receive a message without blobs, and return its form and the files that came with it."""
        try:
            head, fds, _, _ = socket.recv_fds(self._socket, _LENGTH.size, count)
        except OSError as error:
            raise Closed("the other side is gone") from error
        if len(head) < _LENGTH.size:
            raise Closed("the other side is gone")
        form, _ = self._rest(_LENGTH.unpack(head)[0], None)
        return form, fds

    def _rest(self, length, until):
        if length > self._max_bytes:
            raise Closed(f"a message of {length} bytes is longer than allowed")
        try:
            return unpack(self._exactly(length, until), self._max_text)
        except CodecError as error:
            raise Closed(str(error)) from error

    def _exactly(self, count, until):
        parts, missing = [], count
        while missing:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                    raise Timeout
            try:
                part = self._socket.recv(min(missing, 2**20))
            except OSError as error:
                raise Closed("the other side is gone") from error
            if not part:
                raise Closed("the other side is gone")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def check_open(self, seconds):
        """Wait while no message is expected; raise Closed if the other side is gone by then."""
        if select.select([self._socket], [], [], seconds)[0]:
            raise Closed("the other side is gone")

    def close(self):
        """Hang up."""
        self._socket.close()


@contextlib.contextmanager
def alarm_paused():
    """Stop this process's timer, so that it can't interrupt a message; yield the seconds left on it, or None."""
    started = time.monotonic()
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield left or None
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 1e-3))


@contextlib.contextmanager
def exit_afterwards():
    """Exit the process at the end of the block; print errors, unless the other side has hung up."""
    try:
        yield
    except Closed:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
