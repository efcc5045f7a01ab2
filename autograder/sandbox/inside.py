"""What runs inside the sandbox: a student's cells, and the student's functions when the judge calls them."""

import contextlib
import io
import signal
import sys
import threading
import warnings

from autograder import elsewhere
from autograder.checking.call import TimeUp, count_steps, describe, settled, time_limit
from autograder.checking.report import Report
from autograder.checking.result import Grade, Result
from autograder.recall import Reply
from autograder.sandbox.codec import Decoder, Encoder

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
    channel : autograder.sandbox.channel.Channel
        To the judge.
    runner : autograder.sandbox.shell.Runner
        Warm.
    adoptable : list of dict
        Names and values that the cells which all students share leave behind.
    """

    def __init__(self, channel, runner, adoptable):
        self._channel = channel
        self._runner = runner
        self._names = runner.shell.user_ns
        self._adoptable = adoptable
        self._functions, self._handles = [], {}
        self._turn = threading.RLock()
        self._at_work = False
        sys.addaudithook(_note_event)

    def serve(self):
        """Answer one request after the other."""
        elsewhere.ask = self._question
        while True:
            request, blobs = self._channel.receive()
            self._at_work = True
            reply = self._act(request, blobs)
            self._at_work = False
            self._channel.send(*reply)

    def _act(self, request, blobs):
        actions = {"run": self._run, "adopt": self._adopt, "names": self._values, "call": self._call}
        return actions[request.pop("do")](blobs=blobs, **request)

    def _question(self, kind, *args):
        """Return what ``check``, ``grade`` or ``recall`` returns in a student's cell."""
        if kind == "recall":
            return Reply(**self._told(kind, *args))
        key = self._told(kind, *args)["key"]

        def find():
            return Report.from_data(self._decoder(()).value(self._told("report", key)["report"]))

        # As at home: a check that nobody looks at is not tried, and grade is tried at once.
        return Grade(find).now() if kind == "grade" else Result(find)

    def _told(self, kind, *args):
        encoder = self._encoder()
        return self._ask({"ask": kind, "args": encoder.value(args)}, encoder.blobs)[0]

    def _ask(self, question, blobs):
        """Ask the judge something, and do what it asks for before it answers."""
        if not self._at_work:
            raise RuntimeError("The judge can only be asked while a cell is run.")
        with self._turn, _interrupts_held():  # several threads of the student's may ask
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

    def _encoder(self):
        return Encoder(self._handle_of)

    def _handle_of(self, function):
        if type(function) is _CallBack:
            return -1 - function._key
        # The list keeps every function, so that no other one can have its id.
        handle = self._handles.setdefault(id(function), len(self._functions))
        if handle == len(self._functions):
            self._functions.append(function)
        return handle

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
        reply, blobs = self._ask(request, encoder.blobs)
        return self._decoder(blobs).value(reply["value"])


# What is noted of the call that is being watched; None outside of one.
_noted = None


def _note_event(event, args):
    """Note what hides from the profiling: switching it off, and imports. An audit hook cannot be taken away again."""
    if _noted is None:
        return
    if event == "import" and str(args[0]).partition(".")[0] in WATCHED[2:]:
        _noted.add((str(args[0])[:200],))
    # Threads begin by setting the profiling that we asked for.
    elif event == "sys.setprofile" and sys._getframe(1).f_globals.get("__name__") != "threading":
        _noted.add((event,))


@contextlib.contextmanager
def _interrupts_held():
    """Hold back what ends a cell or a call in time, so that no message is cut in two."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _watching(met):
    """Note what is called of watched packages, each function followed by its callers, and what switches this off."""
    global _noted
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
            met.add((name[:200], *_callers(frame.f_back)))

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    _noted = met
    try:
        yield
    finally:
        _noted = None
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
