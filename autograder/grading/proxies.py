"""What stands for a student's functions where verdicts are made."""

import builtins
import contextlib
import sys
import time
import warnings

import numpy as np

from autograder.calls import Described, Failure, StandIn, TimeUp
from autograder.grading.channel import Closed, Late, alarm_held
from autograder.grading.codec import Decoder, Encoder
from autograder.grading.message import CodecError
from autograder.grading.sandbox import WATCHED

# How much longer than its time a call may take before it is not asked any more but killed.
GRACE = 3.0
MOST_CALL_BACKS = 100_000
# Functions of one package that are noted for one call.
MOST_MET = 300


class SandboxEnded(Described):
    """The process that ran the student's code is no more."""

    def __init__(self, reason):
        super().__init__(reason)
        self.failure = Failure("SandboxEnded", reason)


class ProxyError(TypeError):
    """A test did something to a student's function other than calling it."""


class Link:
    """The judge's side of one sandbox.

    Parameters
    ----------
    channel : autograder.grading.channel.Channel
        To the sandbox.
    kill : callable
        Ends the sandbox with all that runs in it.
    until : float
        On the monotonic clock, when the submission's time is over.
    """

    def __init__(self, channel, kill, until):
        self._channel = channel
        self._kill = kill
        self._until = until
        self.ended = None
        self.met = {}
        self._watched = set()
        self._own_functions = []

    def ask(self, request, blobs=(), seconds=None):
        """Send a request and wait for the reply, serving calls back on the way.

        Parameters
        ----------
        request : dict
            What to do.
        blobs : list of bytes
            Of its arrays.
        seconds : float, optional
            How long it may take; the sandbox itself is told to stop earlier.

        Returns
        -------
        (dict, list of bytes)

        Raises
        ------
        SandboxEnded
            If there will be no reply.
        """
        if self.ended:
            raise SandboxEnded(self.ended)
        until = self._until if seconds is None else min(self._until, time.monotonic() + seconds + GRACE)
        try:
            self._channel.send(request, blobs, seconds=until - time.monotonic())
            for _ in range(MOST_CALL_BACKS):
                reply, blobs = self._channel.receive(max(until - time.monotonic(), 0))
                if not isinstance(reply, dict):
                    raise Closed("a reply is not in the grammar")
                if "back" not in reply:
                    return reply, blobs
                self._channel.send(*self._serve(reply, blobs), seconds=until - time.monotonic())
            raise Closed("a function was called back without end")
        except Late:
            self.end("it took too long and could not be interrupted")
        except (Closed, CodecError) as error:
            self.end(f"the process that ran this notebook ended ({error})")
        raise SandboxEnded(self.ended)

    def end(self, reason):
        """End the sandbox; every later request fails for this reason."""
        if self.ended:
            return
        self.ended = reason
        self._kill()
        self._channel.close()

    def _serve(self, request, blobs):
        encoder = self._encoder()
        try:
            function = self._own_functions[int(request["back"])]
            decoder = self.decoder(blobs)
            args, keywords = decoder.value(request["args"]), decoder.value(request["keywords"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise CodecError("a call back is malformed") from error
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*args, **keywords)
            return {"value": encoder.value(value), "failure": None}, encoder.blobs
        except Exception as error:
            # Ours failed on what the student passed: the student is told in words.
            return {"value": None, "failure": f"{type(error).__name__}: {error}"[:300]}, ()

    def _encoder(self):
        return Encoder(self._key_of)

    def _key_of(self, function):
        if type(function) is Proxy:
            return function._autograder_handle()
        for key, known in enumerate(self._own_functions):
            if known is function:
                return -1 - key
        self._own_functions.append(function)
        return -len(self._own_functions)

    def decoder(self, blobs):
        """Return a reader of what the sandbox sends."""
        return Decoder(blobs, lambda key, name: Proxy(self, key, name) if key >= 0 else self._own_functions[-1 - key])

    def values(self, names):
        """Fetch names from the student's namespace: plain data as itself, functions as proxies."""
        reply, blobs = self.ask({"do": "names", "names": sorted(names)}, seconds=10)
        try:
            return {
                name: Decoder(blobs, lambda key, own, name=name: self._named(key, own, name)).value(form)
                for name, form in dict(reply["values"]).items()
                if name in names
            }
        except (CodecError, KeyError, TypeError, ValueError, RecursionError) as error:
            self.end(f"its answer was not plain data ({error})")
            raise SandboxEnded(self.ended) from error

    def _named(self, key, own_name, name):
        if key < 0:
            raise CodecError("a function of the judge's was given another name")
        # A right answer to one exercise must not be graded as that one under the name of another.
        return Proxy(self, key, name if own_name == name else f"{name} (which is {own_name or 'no function'})")

    def call(self, handle, name, args, keywords):
        """Call a student's function; see Proxy."""
        watch = name not in self._watched
        self._watched.add(name)
        with alarm_held() as left:
            reply, blobs = self._request(handle, args, keywords, left, watch=watch)
            try:
                decoder = self.decoder(blobs)
                value, after = decoder.value(reply["value"]), decoder.value(reply["args"])
                failure = reply["failure"] and tuple(str(part)[:300] for part in reply["failure"])
                told = [(str(kind), str(words)) for kind, words in reply["warnings"]]
                printed, complained = str(reply["printed"]), str(reply["told"])
                self.met.setdefault(name, set()).update(_some_of_each(reply["met"]))
            except (CodecError, KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
                self.end(f"its answer was not plain data ({error})")
                raise SandboxEnded(self.ended) from error
        if isinstance(after, tuple) and len(after) == len(args):
            for mine, theirs in zip(args, after, strict=True):
                write_back(mine, theirs)
        sys.stdout.write(printed)
        sys.stderr.write(complained)
        for kind, words in told:
            warnings.warn(_warning_class(kind)(words), stacklevel=4)
        if failure:
            if failure[0] == "TimeUp":
                raise TimeUp
            raise _exception_of(Failure(*failure))
        return value

    def reorder_rows(self, handle, rows, rng):
        """Reorder the rows of a table that a student's function holds, where it is."""
        encoder = self._encoder()
        request = {"do": "reorder", "handle": handle, "rows": encoder.value(rows), "rng": encoder.value(rng)}
        with alarm_held():
            reply, _ = self.ask(request, encoder.blobs, seconds=10)
        return reply.get("held") is True

    def restore_rows(self):
        """Undo what ``reorder_rows`` did."""
        with alarm_held(), contextlib.suppress(SandboxEnded):
            self.ask({"do": "restore"}, seconds=10)

    def count_steps(self, handle, args, seconds):
        """Count the steps of one call, in the sandbox."""
        with alarm_held():
            reply, _ = self._request(handle, args, {}, seconds, count=True)
        steps = reply.get("steps")
        # A count that cannot be is no count: as many as can be is the answer that earns nothing.
        return steps if type(steps) is int and steps > 0 else 2**53

    def _request(self, handle, args, keywords, seconds, watch=False, count=False):
        encoder = self._encoder()
        seconds = seconds or max(self._until - time.monotonic(), 0.01)
        request = {
            "do": "call",
            "handle": handle,
            "args": encoder.value(tuple(args)),
            "keywords": encoder.value(keywords),
            "seconds": seconds,
            "watch": watch,
            "count": count,
        }
        try:
            return self.ask(request, encoder.blobs, seconds)
        except SandboxEnded:
            if "too long" in self.ended:
                raise TimeUp from None
            raise


class Proxy(StandIn):
    """A student's function, from outside: it has a name and can be called, and nothing else.

    No object of the student's takes part in a verdict through it: it is not compared, iterated over or converted.
    """

    __slots__ = ("__name__", "_autograder_handle", "_autograder_link")

    def __init__(self, link, handle, name):
        self.__name__ = name
        self._autograder_link = link
        self._autograder_handle = lambda: handle

    def __call__(self, *args, **keywords):
        """Call the student's function where it is."""
        return self._autograder_link.call(self._autograder_handle(), self.__name__, args, keywords)

    def count_steps(self, args, seconds):
        """Count the steps of one call where the function runs."""
        return self._autograder_link.count_steps(self._autograder_handle(), args, seconds)

    def reorder_rows(self, rows, rng):
        """Have the rows of a table that the function holds stand in another order; say whether it holds it."""
        return self._autograder_link.reorder_rows(self._autograder_handle(), rows, rng)

    def restore_rows(self):
        """Undo what ``reorder_rows`` did."""
        self._autograder_link.restore_rows()

    def names_used(self):
        """Return the functions of watched packages that ran in its first call."""
        return {each.partition("|")[0] for each in self._autograder_link.met.get(self.__name__, ())}

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<function {self.__name__}>"

    def _refuse(self, *_):
        raise ProxyError(f"{self.__name__} is a function: it can be called, and nothing else.")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __iter__ = __len__ = __getitem__ = __contains__ = _refuse
    __bool__ = __int__ = __float__ = __index__ = __array__ = _refuse
    __hash__ = object.__hash__


def _some_of_each(met):
    """Keep what was met of every package, however much there is of one."""
    kept = {}
    for each in met:
        names = kept.setdefault(str(each).partition(".")[0], [])
        if len(names) < MOST_MET and len(kept) <= len(WATCHED):
            names.append(str(each)[:400])
    return [name for names in kept.values() for name in names]


def write_back(mine, theirs):
    """Do to an argument what the student's function did to its copy.

    Parameters
    ----------
    mine : object
        What was sent; changed in place where it differs.
    theirs : object
        What came back.
    """
    if isinstance(mine, np.ndarray):
        if isinstance(theirs, np.ndarray) and mine.size == theirs.size and mine.dtype == theirs.dtype:
            if mine.shape != theirs.shape:
                mine.shape = theirs.shape
            mine[...] = theirs
        else:
            mine.resize((0,), refcheck=False)
    elif isinstance(mine, np.random.Generator):
        if isinstance(theirs, np.random.Generator):
            mine.bit_generator.state = theirs.bit_generator.state
    elif isinstance(mine, (list, tuple)) and isinstance(theirs, type(mine)):
        # Of a tuple only the parts can have changed; where one of them has another size, that is shown by its size.
        if isinstance(mine, tuple) or _of_one_kind(mine, theirs):
            for one, other in zip(mine, theirs, strict=False):
                write_back(one, other)
            if isinstance(mine, list):
                mine[:] = [one if _mutable(one) else other for one, other in zip(mine, theirs, strict=True)]
        else:
            mine[:] = theirs
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        mine.clear()
        mine.update(theirs)


def _mutable(value):
    return isinstance(value, (np.ndarray, np.random.Generator, list, tuple, dict))


def _of_one_kind(one, other):
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.size == other.size
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(_of_one_kind, one, other))
    return not _mutable(one) or type(one) is type(other)


def _warning_class(kind):
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Warning):
        return known
    return type(kind[:80], (UserWarning,), {})


def _exception_of(failure):
    """Return an exception of the student's kind, so that a test that expects it can catch it."""
    known = getattr(builtins, failure.kind, None)
    # SystemExit and its like would end the judge.
    bases = (Described, known) if isinstance(known, type) and issubclass(known, Exception) else (Described,)
    kind = type(failure.kind, bases, {"__init__": lambda self: None, "__str__": lambda self: failure.message})
    try:
        error = kind()
    except TypeError:
        error = type(failure.kind, (Described,), {"__str__": lambda self: failure.message})()
    error.failure = failure
    return error
