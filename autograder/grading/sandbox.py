"""What runs inside the sandbox: a student's cells, and the student's functions when the judge calls them."""

import contextlib
import copy
import io
import signal
import sys
import threading
import warnings

from autograder.calls import TimeUp, count_steps, describe, settled, time_limit
from autograder.grading.codec import Decoder, Encoder
from autograder.inspection import rows_reordered

# Where a student's function may not get its answer from; nblib is looked at more closely by the judge.
WATCHED = ("nblib", "autograder", "sklearn", "torch", "jax", "tensorflow", "autograd", "keras", "theano", "scipy")
MOST_PRINTED = 200_000
# How far back is looked for who called a watched function, and how many are told.
_MOST_FRAMES = 50
_MOST_CALLERS = 6


class _Printed(io.StringIO):
    """Text that a function prints, up to a limit."""

    def write(self, text):
        return super().write(text) if self.tell() < MOST_PRINTED else len(text)


class _CallBack:
    """Stands for a function of the judge's that was passed to a student's function."""

    def __init__(self, sandbox, key, name):
        self._sandbox, self._key, self.__name__ = sandbox, key, name

    def __call__(self, *args, **keywords):
        return self._sandbox.call_back(self._key, args, keywords)

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<function {self.__name__}>"


class Sandbox:
    """Serves the judge until it hangs up.

    Parameters
    ----------
    channel : autograder.grading.channel.Channel
        To the judge.
    runner : autograder.grading.shell.Runner
        Warm.
    adoptable : list of dict
        Names and values that the cells which all students share leave behind.
    """

    def __init__(self, channel, runner, adoptable):
        self._channel = channel
        self._runner = runner
        self._names = runner.shell.user_ns
        self._adoptable = adoptable
        self._functions = []
        self._turn = threading.Lock()
        self._reordered = contextlib.ExitStack()

    def serve(self):
        """Answer one request after the other."""
        actions = {"run": self._run, "adopt": self._adopt, "names": self._values, "call": self._call}
        actions |= {"reorder": self._reorder, "restore": self._restore}
        while True:
            request, blobs = self._channel.receive()
            self._channel.send(*actions[request.pop("do")](blobs=blobs, **request))

    def _run(self, source, count, seconds, blobs):
        interrupted = threading.Event()

        def interrupt():
            interrupted.set()
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        timer = threading.Timer(seconds, interrupt)
        timer.daemon = True
        try:
            timer.start()
            outputs, succeeded = self._runner.run(source, count)
        except KeyboardInterrupt:
            # It came between the cell and its end.
            outputs, succeeded = self._runner.outputs.items, False
        except (RecursionError, MemoryError, RuntimeError) as error:
            # A cell that cannot be compiled, or threads of the student's that leave no room for one more.
            self._runner.outputs.error(type(error).__name__, str(error), [f"{type(error).__name__}: {error}"])
            outputs, succeeded = self._runner.outputs.items, False
        finally:
            timer.cancel()
        return {"outputs": outputs, "succeeded": succeeded, "interrupted": interrupted.is_set()}, ()

    def _adopt(self, index, blobs):
        self._names.update(self._adoptable[index])
        return {}, ()

    def _reorder(self, handle, rows, rng, blobs):
        decoder = self._decoder(blobs)
        reordered = rows_reordered(self._functions[handle], decoder.value(rows), decoder.value(rng))
        try:
            return {"held": self._reordered.enter_context(reordered)}, ()
        except Exception:  # of objects of the student's own classes, which are looked through
            return {"held": False}, ()

    def _restore(self, blobs):
        self._reordered.close()
        return {}, ()

    def _encoder(self):
        return Encoder(self._handle_of)

    def _handle_of(self, function):
        if type(function) is _CallBack:
            return -1 - function._key
        for handle, known in enumerate(self._functions):
            if known is function:
                return handle
        self._functions.append(function)
        return len(self._functions) - 1

    def _decoder(self, blobs):
        return Decoder(blobs, lambda key, name: self._functions[key] if key >= 0 else _CallBack(self, -1 - key, name))

    def _values(self, names, blobs):
        encoder = self._encoder()
        known = {name: encoder.value(self._names[name]) for name in names if name in self._names}
        return {"values": known}, encoder.blobs

    def _call(self, handle, args, keywords, seconds, watch, count, blobs):
        decoder = self._decoder(blobs)
        function, given = self._functions[handle], decoder.value(args)
        keywords = decoder.value(keywords)
        if count:
            return {"steps": count_steps(function, given, seconds)}, ()
        printed, told, met = _Printed(), _Printed(), set()
        value = failure = None
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(told),
            _watching(met) if watch else contextlib.nullcontext(),
        ):
            warnings.simplefilter("always")
            try:
                with time_limit(seconds):
                    value = settled(function(*given, **keywords))
            except TimeUp:
                failure = ["TimeUp", "", ""]
            except BaseException as error:
                described = describe(error, function)
                failure = [described.kind, described.message, described.line]
        encoder = self._encoder()
        return {
            "value": encoder.value(value),
            "args": encoder.value(given),
            "failure": failure,
            "printed": printed.getvalue(),
            "told": told.getvalue(),
            "warnings": [[each.category.__name__, str(each.message)[:500]] for each in caught[:50]],
            "met": sorted(met),
        }, encoder.blobs

    def call_back(self, key, args, keywords):
        """Have the judge call a function of its own, and return what it returned."""
        encoder = self._encoder()
        request = {"back": key, "args": encoder.value(tuple(args)), "keywords": encoder.value(keywords)}
        with self._turn:  # several threads of the student's may call
            self._channel.send(request, encoder.blobs)
            reply, blobs = self._channel.receive()
        if reply["failure"]:
            raise ValueError(reply["failure"])
        return self._decoder(blobs).value(reply["value"])


@contextlib.contextmanager
def _watching(met):
    """Note every function of the watched packages that is called, and behind a | who called it."""
    known = set()

    def note(frame, event, argument):
        if event == "call" and _is_watched(frame):
            # What happens inside a package happens many times over; who called into it was noted the first time.
            step = frame.f_code, frame.f_back and frame.f_back.f_code
            if step in known:
                return
            if frame.f_back and _is_watched(frame.f_back):
                known.add(step)
            name = f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}"
            met.add(name[:200] + f"|{'|'.join(_callers(frame.f_back))}"[:200])

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


def _is_watched(frame):
    module = frame.f_globals.get("__name__", "")
    return isinstance(module, str) and module.partition(".")[0] in WATCHED


def _callers(frame):
    """Name the functions outside the watched packages that led to a call, the nearest first."""
    names = []
    for _ in range(_MOST_FRAMES):
        if frame is None or len(names) == _MOST_CALLERS:
            break
        if not _is_watched(frame):
            # Whatever is defined inside a function counts as that function.
            name = frame.f_code.co_qualname.partition(".")[0]
            if name not in names:
                names.append(name)
        frame = frame.f_back
    return names


def snapshot(value):
    """Copy a value that a later cell could change.

    What cannot be copied is handed on as it is, and so are figures and widgets: they have been shown, and would take
    longer to copy than to draw.
    """
    if type(value).__module__.partition(".")[0] in ("matplotlib", "nblib", "ipywidgets"):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
