"""What runs inside the sandbox: a student's cells, and the student's functions when the judge calls them."""

import contextlib
import io
import signal
import sys
import threading
import warnings

import numpy as np

from autograder import elsewhere
from autograder.checking.call import count_steps, describe, settled, uncounted
from autograder.checking.helpers import helpers_of, replaced
from autograder.checking.report import Report
from autograder.checking.result import Grade, Result
from autograder.checking.time_limit import TimeUp, time_limit
from autograder.derivations.report import DerivationReport
from autograder.derive import Derived
from autograder.libraries import LIBRARIES
from autograder.recall import Reply
from autograder.sandbox.cell_interrupt import SIGNALS, interrupted_after
from autograder.sandbox.codec import Decoder, Encoder, Functions

# Packages whose functions are recorded when they are called; the checks and the coordinator decide which matter.
_FOREIGN = LIBRARIES | {"scipy"}
WATCHED = _FOREIGN | {"nblib", "autograder"}
MAX_PRINTED = 200_000
# How many frames are searched for the callers of a watched function, and how many of them are reported.
_MAX_FRAMES = 50
_MAX_CALLERS = 6


class _Printed(io.StringIO):
    """The text that a function prints, up to a limit."""

    def write(self, text):
        return super().write(text) if self.tell() < MAX_PRINTED else len(text)


class _CallBack:
    """A stand-in for a function of the judge's that is passed or lent to a student's function."""

    def __init__(self, sandbox, key, name):
        self._sandbox, self._key, self.__name__ = sandbox, key, name

    def __call__(self, *args, **keywords):
        with uncounted():
            return self._sandbox.call_back(self._key, args, keywords)

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<function {self.__name__}>"


class Sandbox:
    """Serves the judge until it hangs up.

    Parameters
    ----------
    channel : autograder.sandbox.channel.Channel
        To the judge.
    runner : autograder.sandbox.shell.Runner
        In which the cells are run.
    restorable : list of dict
        Names and values that the cells which all students share leave behind.
    """

    def __init__(self, channel, runner, restorable):
        self._channel = channel
        self._runner = runner
        self._names = runner.shell.user_ns
        self._restorable = restorable
        self._functions = Functions()
        self._turn = threading.RLock()
        self._busy = False
        sys.addaudithook(_record_event)

    def serve(self):
        """Answer one request after another."""
        elsewhere.ask = self._question
        while True:
            request, blobs = self._channel.receive()
            self._busy = True
            reply = self._act(request, blobs)
            self._busy = False
            self._channel.send(*reply)

    def _act(self, request, blobs):
        actions = {
            "run": self._run,
            "restore": self._restore,
            "names": self._values,
            "helpers": self._helpers,
            "call": self._call,
        }
        return actions[request.pop("do")](blobs=blobs, **request)

    def _question(self, kind, *args):
        """Return what ``check``, ``derive``, ``grade`` or ``recall`` returns in a student's cell."""
        if kind == "recall":
            return Reply(**self._query(kind, *args))
        reply = self._query(kind, *args)
        reports = DerivationReport if reply["derivation"] else Report

        def find():
            return reports.from_data(self._decoder(()).value(self._query("report", reply["key"])["report"]))

        def passed():
            return self._query("passed", reply["key"])["passed"]

        # As outside of grading, a check is evaluated only when its result is shown, and the others at once.
        result = {"check": Result, "grade": Grade, "derive": Derived}[kind](find, passed)
        return result if kind == "check" else result.now()

    def _query(self, kind, *args):
        encoder = self._encoder()
        return self._ask({"ask": kind, "args": encoder.value(args)}, encoder.blobs)[0]

    def _ask(self, question, blobs):
        """Ask the judge, and carry out its requests until it answers."""
        if not self._busy:
            raise RuntimeError("The judge can only be asked while a cell is run.")
        with self._turn, _interrupts_blocked():  # a student's threads may ask at the same time
            self._channel.send(question, blobs)
            while True:
                reply, blobs = self._channel.receive()
                if "do" not in reply:
                    break
                self._channel.send(*self._act(reply, blobs))
        if reply.get("failure"):
            raise ValueError(reply["failure"])
        return reply, blobs

    def _run(self, source, count, seconds, blobs):
        interrupted = None
        try:
            with interrupted_after(seconds, self._names) as interrupted:
                outputs, succeeded = self._runner.run(source, count)
        except KeyboardInterrupt:
            # The interrupt came outside of the cell's own code.
            outputs, succeeded = self._runner.outputs.items, False
        except (RecursionError, MemoryError, RuntimeError) as error:
            # The cell can't be compiled, or the student's threads leave no room for the timer's.
            self._runner.outputs.error(type(error).__name__, str(error), [f"{type(error).__name__}: {error}"])
            outputs, succeeded = self._runner.outputs.items, False
        up = interrupted is not None and interrupted.is_set()
        return {"outputs": outputs, "succeeded": succeeded, "interrupted": up}, ()

    def _restore(self, index, blobs):
        self._names.update(self._restorable[index])
        return {}, ()

    def _encoder(self):
        return Encoder(self._handle_of)

    def _handle_of(self, function):
        return -1 - function._key if type(function) is _CallBack else self._functions.handle_of(function)

    def _decoder(self, blobs):
        return Decoder(blobs, lambda key, name: self._functions[key] if key >= 0 else _CallBack(self, -1 - key, name))

    def _values(self, names, blobs):
        encoder = self._encoder()
        known = {name: encoder.value(self._names[name]) for name in names if name in self._names}
        return {"values": known}, encoder.blobs

    def _helpers(self, handle, names, blobs):
        encoder = self._encoder()
        found = helpers_of(self._functions[handle], set(names))
        return {"values": {name: encoder.value(value) for name, value in found.items()}}, encoder.blobs

    def _call(self, handle, args, keywords, helpers, seconds, watch, count, blobs):
        decoder = self._decoder(blobs)
        function, given = self._functions[handle], decoder.value(args)
        keywords, helpers = decoder.value(keywords), decoder.value(helpers)
        if count:
            with replaced(function, helpers):
                return {"steps": count_steps(function, given, seconds)}, ()
        stdout, stderr, called = _Printed(), _Printed(), set()
        value = failure = None
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(stdout),
            contextlib.redirect_stderr(stderr),
            _watching(called) if watch else contextlib.nullcontext(),
            replaced(function, helpers),
        ):
            warnings.simplefilter("always")
            try:
                with time_limit(seconds):
                    value = settled(function(*given, **keywords))
            except TimeUp:
                failure = ["TimeUp", "", "", "", False, ""]
            except BaseException as error:
                described = describe(error, function)
                fields = ("kind", "message", "line", "function", "code_below", "raised_by")
                failure = [getattr(described, field) for field in fields]
        if failure and failure[0] in _ENDS_WATCH:
            called.discard((_SWITCHED,))
        encoder = self._encoder()
        return {
            "value": encoder.value(value),
            "args": encoder.value(given),
            "failure": failure,
            "stdout": stdout.getvalue(),
            "stderr": stderr.getvalue(),
            "warnings": [[each.category.__name__, str(each.message)[:500]] for each in caught[:50]],
            "called": sorted(called),
        }, encoder.blobs

    def call_back(self, key, args, keywords):
        """Have the judge call one of its own functions, and return the result."""
        encoder = self._encoder()
        request = {"back": key, "args": encoder.value(tuple(args)), "keywords": encoder.value(keywords)}
        reply, blobs = self._ask(request, encoder.blobs)
        decoder = self._decoder(blobs)
        value, generators = decoder.value(reply["value"]), decoder.value(reply["generators"])
        # The judge has used copies of the generators.
        for own, used in zip(_generators(args, keywords), generators, strict=True):
            own.bit_generator.state = used.bit_generator.state
        return value


def _generators(args, keywords):
    """Return the generators of random numbers among the arguments of a call."""
    return [each for each in (*args, *keywords.values()) if isinstance(each, np.random.Generator)]


# Python itself switches the profiler off when one of these is raised while it reports a call.
_ENDS_WATCH = ("TimeUp", "RecursionError", "MemoryError")
_SWITCHED = "sys.setprofile"
# What is recorded about the call that is being watched; None outside of such a call.
_recorded = None


def _record_event(event, args):
    """Record what the profiler misses: that it is switched off, and imports. An audit hook can't be removed."""
    if _recorded is None:
        return
    if event == "import" and str(args[0]).partition(".")[0] in _FOREIGN:
        _recorded.add((str(args[0])[:200],))
    # Every new thread sets the profiler that we asked for.
    elif event == _SWITCHED and sys._getframe(1).f_globals.get("__name__") != "threading":
        _recorded.add((event,))


@contextlib.contextmanager
def _interrupts_blocked():
    """Block the signals that end a cell or a call, so that none of them interrupts a message."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*SIGNALS, signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _watching(called):
    """Record calls of watched packages, each function followed by its callers, and attempts to switch this off."""
    global _recorded
    known = set()

    def note(frame, event, argument):
        if event == "call" and _is_watched(frame):
            # Calls inside a package are repeated many times, but their caller is the same.
            step = frame.f_code, frame.f_back and frame.f_back.f_code
            if step in known:
                return
            if frame.f_back and _is_watched(frame.f_back):
                known.add(step)
            name = f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}"
            called.add((name[:200], *_callers(frame.f_back)))

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    _recorded = called
    try:
        yield
    finally:
        _recorded = None
        sys.setprofile(before)
        threading.setprofile(None)


def _is_watched(frame):
    module = frame.f_globals.get("__name__", "")
    return isinstance(module, str) and module.partition(".")[0] in WATCHED


def _callers(frame):
    """Return the names of the functions outside the watched packages that led to a call, nearest first."""
    names = []
    for _ in range(_MAX_FRAMES):
        if frame is None or len(names) == _MAX_CALLERS:
            break
        if not _is_watched(frame):
            # Functions defined inside a function count as that function.
            name = frame.f_code.co_qualname.partition(".")[0]
            if name not in names:
                names.append(name)
        frame = frame.f_back
    return names
