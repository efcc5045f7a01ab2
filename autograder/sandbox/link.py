"""The judge's end of the connection to a sandbox."""

import contextlib
import sys
import time
import warnings
from functools import partial

import numpy as np

from autograder.checking.call import Described, Failure
from autograder.checking.result import Result
from autograder.checking.time_limit import TimeUp, time_limit
from autograder.derivation_check import check_derivation
from autograder.examination import Examination, seed_for
from autograder.recall import recall
from autograder.sandbox.channel import Closed, CodecError, Timeout, alarm_paused
from autograder.sandbox.codec import Decoder, Encoder, Functions, text_in
from autograder.sandbox.inside import MAX_PRINTED, WATCHED
from autograder.sandbox.proxies import Proxy, exception_of, failure_in, name_in, warning_class, write_back
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED

# Seconds that a call may exceed its time before its sandbox is killed.
GRACE = 3.0
MAX_CALLBACKS = 100_000
# How deep the judge's functions and the student's may call each other.
MAX_DEPTH = 20
# Functions of a package that are recorded for one call, and of all packages for all calls of a submission.  The record
# goes to the coordinator, which has to read all of it.
MAX_CALLED = 300
MAX_CALLED_IN_ALL = 20_000
TOO_MANY_CALLED = "It called more functions of packages than can be recorded: read its code."
# A function and its callers, of which the sandbox sends at most six.
MAX_CALL_NAMES = 7
MAX_WARNINGS = 50
# Raised when a reply doesn't have the expected form.
_MALFORMED = (CodecError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError)


class SandboxEnded(Described):
    """The process that ran the student's code has ended."""

    def __init__(self, reason):
        super().__init__(reason)
        self.failure = Failure("SandboxEnded", reason)


class Link:
    """The judge's end of the connection to a sandbox.

    Parameters
    ----------
    channel : autograder.sandbox.channel.Channel
        To the sandbox.
    leash : autograder.sandbox.leash.Leash
        Of the sandbox.
    until : float
        When the submission's time is over, on the monotonic clock.

    Attributes
    ----------
    ended : str or None
        Why the sandbox has ended.
    called, remarks : dict of str to set of str
        By the student's function, the functions of watched packages that it called, and what somebody should look at.
    earns_follow_on : bool
        Whether a function that is wrong only because of the student's other functions gets its points.
    """

    def __init__(self, channel, leash, until):
        self._channel = channel
        self._leash = leash
        self._until = until
        self._exited = self._answering = self._timed_out = False
        self.ended = None
        self.called, self._room_for_called = {}, MAX_CALLED_IN_ALL
        self.remarks = {}
        self._watched = set()
        self._own_functions = Functions()
        self.earns_follow_on = True
        self._lent, self._depth = {}, 0
        self._withheld, self._graded = frozenset(), ()
        # What a student's cells asked for; a function is tried when the report on it is asked for.
        self._results = []

    def ask(self, request, blobs=(), seconds=None, answering=False):
        """Send a request, and return the reply and its blobs; in between, serve callbacks and answer questions.

        Parameters
        ----------
        request : dict
            What to do.
        blobs : list of bytes
            Of its arrays.
        seconds : float, optional
            How long it may take, not counting the grace period.
        answering : bool
            Whether ``check`` is answered: while a cell runs, but not inside a function that is being tested.

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
            for _ in range(MAX_CALLBACKS):
                reply, blobs = self._channel.receive(max(until - time.monotonic(), 0))
                if not isinstance(reply, dict):
                    raise Closed("a reply is not in the grammar")
                if "ask" in reply:
                    answer = self._answer(reply, blobs, until, answering)
                elif "back" in reply:
                    answer = self._serve(reply, blobs, until)
                else:
                    return reply, blobs
                if self.ended:  # while answering, which can call the student's functions
                    raise SandboxEnded(self.ended)
                self._channel.send(*answer, seconds=max(until - time.monotonic(), 0))
            raise Closed("a function was called back without end")
        except Timeout:
            self._timed_out = True
            self.end("it took too long and could not be interrupted")
        except (Closed, CodecError) as error:
            self.end(f"the process that ran this notebook ended ({error})", exited=True)
        raise SandboxEnded(self.ended)

    def end(self, reason, exited=False):
        """End the sandbox, or record that it has exited; every later request fails for this reason."""
        if self.ended:
            return
        self.ended, self._exited = reason, exited
        self._channel.close()
        if not exited:
            self._leash.release()

    def killed(self, cpu_seconds):
        """Return whether the sandbox was killed by anything but the judge and its own limits."""
        return self._exited and self._leash.killed(cpu_seconds)

    def remark(self, name, sentences):
        """Record what somebody should look at, if this concerns a graded answer."""
        if not self._answering:
            self.remarks.setdefault(name, set()).update(sentences)

    def watch_again(self):
        """Watch the next call of each function."""
        self._watched.clear()

    def withhold(self, exercises, grades):
        """Say which right answers may not be lent, because students still have points to earn with them.

        Parameters
        ----------
        exercises : frozenset of str
            Those that this test cell or a later one grades.
        grades : list of autograder.checking.result.Grade
            What was graded in this cell; the list grows while the cell runs.
        """
        self._withheld, self._graded = exercises, grades

    def _answer(self, request, blobs, until, answering):
        """Answer a ``check``, ``derive``, ``grade`` or ``recall`` in a student's cell."""
        try:
            args = self.decoder(blobs).value(request.get("args"))
            answers = {"check": self._check, "derive": self._derive, "grade": self._grade}
            answers |= {"report": self._report, "passed": self._passed, "recall": _recall}
            answer = answers[request["ask"]]
        except _MALFORMED as error:
            raise CodecError("a question is malformed") from error
        if not answering or self._answering:
            names = "check, derive, grade and recall"
            return {"failure": f"{names} can't be called inside a function that is being tested."}, ()
        whole, self._until, self._answering = self._until, until - GRACE, True
        try:
            return answer(*args), ()
        except (Exception, TimeUp) as error:
            return {"failure": f"{type(error).__name__}: {error}"[:300]}, ()
        finally:
            self._until, self._answering = whole, False

    def _serve(self, request, blobs, until):
        encoder, decoder, key = self._encoder(), self.decoder(blobs), request["back"]
        if type(key) is not int or not 0 <= key < len(self._own_functions):
            raise CodecError("a call back is malformed")
        function = self._own_functions[key]
        args, keywords = decoder.value(request.get("args")), decoder.value(request.get("keywords"))
        if not isinstance(args, tuple) or not isinstance(keywords, dict):
            raise CodecError("a call back is malformed")
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise RecursionError("functions call each other without end")
            # Less than the sandbox has, so that a slow answer ends the student's call and not the sandbox.
            seconds = max(until - GRACE / 2 - time.monotonic(), 0.01)
            with warnings.catch_warnings(), time_limit(seconds):
                warnings.simplefilter("ignore")
                value = function(*args, **keywords)
            generators = [each for each in (*args, *keywords.values()) if isinstance(each, np.random.Generator)]
            reply = {"value": encoder.value(value), "generators": encoder.value(generators), "failure": None}
            return reply, encoder.blobs
        except (Exception, TimeUp) as error:
            # The judge's function failed on what the student passed to it.
            return {"value": None, "failure": f"{type(error).__name__}: {error}"[:300]}, ()
        finally:
            self._depth -= 1

    # A student's cell always gets the seeds of the package, and learns nothing about the numbers that count.
    def _check(self, function):
        tried = Examination(function, seed_for(function, PUBLIC_SEED), again=True)
        return self._result(tried.report, tried.passed)

    def _grade(self, function, lines):
        if isinstance(function, str) and lines is not None:
            return self._result(partial(check_derivation, function, lines, HIDDEN_SEED), derivation=True)
        return self._result(Examination(function, seed_for(function, HIDDEN_SEED)).report)

    def _derive(self, name, lines):
        return self._result(partial(check_derivation, name, lines, PUBLIC_SEED), derivation=True)

    def _result(self, find, passed=None, derivation=False):
        self._results.append(Result(find, passed))
        return {"key": len(self._results) - 1, "derivation": derivation}

    def _report(self, key):
        return {"report": Encoder().value(self._results[key].report.as_data())}

    def _passed(self, key):
        return {"passed": self._results[key].passed}

    def _encoder(self):
        return Encoder(self._key_of)

    def _key_of(self, function):
        is_proxy = type(function) is Proxy
        return function._autograder_handle() if is_proxy else -1 - self._own_functions.handle_of(function)

    def decoder(self, blobs):
        """Return a decoder for what the sandbox sends."""
        return Decoder(blobs, lambda key, name: Proxy(self, key, name) if key >= 0 else self._own_functions[-1 - key])

    def values(self, names):
        """Fetch names from the student's namespace; functions become proxies."""
        reply, blobs = self.ask({"do": "names", "names": sorted(names)}, seconds=10)
        try:
            return {
                name: self._decoder_of(blobs, name).value(form)
                for name, form in dict(reply["values"]).items()
                if name in names
            }
        except _MALFORMED as error:
            self._reject(error)

    def _decoder_of(self, blobs, name):
        """Return a decoder for the value of a name; a function becomes a proxy."""
        return Decoder(blobs, lambda key, own_name: self._proxy(key, own_name, name))

    def helpers(self, handle, names):
        """Return the student's functions that one of them calls by these names, and None for those not defined."""
        names = sorted(set(names) - (self._withheld - {grade.name for grade in self._graded}))
        reply, blobs = self.ask({"do": "helpers", "handle": handle, "names": names}, seconds=10)
        try:
            forms = {name: form for name, form in dict(reply["values"]).items() if name in names}
            found = {name: self._decoder_of(blobs, name).value(form) for name, form in forms.items()}
        except _MALFORMED as error:
            self._reject(error)
        return {name: value for name, value in found.items() if value is None or type(value) is Proxy}

    def may_lend(self):
        """Whether a function that is tried now may be lent helpers: not while a student's cell asks."""
        return not self._answering

    @contextlib.contextmanager
    def lend(self, helpers):
        """Lend helpers to every function that is called in the block."""
        self._lent = helpers
        try:
            yield
        finally:
            self._lent = {}

    def _reject(self, error):
        """End a sandbox whose reply doesn't have the expected form."""
        self.end(f"its answer was not plain data ({error})"[:300])
        raise SandboxEnded(self.ended) from error

    def _proxy(self, key, own_name, name):
        if key < 0:
            raise CodecError("a function of the judge's was given another name")
        # Otherwise the answer to one exercise could earn its points under the name of another.
        return Proxy(self, key, name if own_name == name else f"{name} (which is {own_name or 'no function'})")

    def call(self, handle, name, args, keywords):
        """Call a student's function for its proxy."""
        watch = not self._answering and handle not in self._watched
        self._watched.add(handle)
        with alarm_paused() as left:
            reply, blobs = self._request(handle, args, keywords, left, watch=watch)
            try:
                decoder = self.decoder(blobs)
                value, after = decoder.value(reply["value"]), decoder.value(reply["args"])
                failure = failure_in(reply["failure"])
                warned = [(name_in(kind), text_in(words)[:500]) for kind, words in reply["warnings"][:MAX_WARNINGS]]
                stdout, stderr = text_in(reply["stdout"])[:MAX_PRINTED], text_in(reply["stderr"])[:MAX_PRINTED]
                self._record_called(name, _limited(reply["called"]))
            except _MALFORMED as error:
                self._reject(error)
        if isinstance(after, tuple) and len(after) == len(args):
            for mine, theirs in zip(args, after, strict=True):
                write_back(mine, theirs)
        sys.stdout.write(stdout)
        sys.stderr.write(stderr)
        for kind, words in warned:
            warnings.warn(warning_class(kind)(words), stacklevel=4)
        if failure:
            if failure.kind == "TimeUp":
                raise TimeUp
            raise exception_of(failure)
        return value

    def _record_called(self, name, called):
        known = self.called.get(name, set())
        new = set(called) - known
        self._room_for_called -= len(new)
        if self._room_for_called < 0:
            self.remarks.setdefault(name, set()).add(TOO_MANY_CALLED)
        elif new:
            self.called[name] = known | new

    def count_steps(self, handle, args, seconds):
        """Count the steps of one call, inside the sandbox."""
        with alarm_paused():
            reply, _ = self._request(handle, args, {}, seconds, count=True)
        steps = reply.get("steps")
        # A count that is impossible becomes one that earns nothing.
        return steps if type(steps) is int and steps > 0 else 2**53

    def _request(self, handle, args, keywords, seconds, watch=False, count=False):
        encoder = self._encoder()
        seconds = seconds or max(self._until - time.monotonic(), 0.01)
        request = {
            "do": "call",
            "handle": handle,
            "args": encoder.value(tuple(args)),
            "keywords": encoder.value(keywords),
            "helpers": encoder.value(self._lent),
            "seconds": seconds,
            "watch": watch,
            "count": count,
        }
        try:
            return self.ask(request, encoder.blobs, seconds)
        except SandboxEnded:
            if self._timed_out:
                raise TimeUp from None
            raise


def _recall(name, given):
    reply = recall(name, given)
    return {"name": reply.name, "passed": reply.passed, "message": reply.message}


def _limited(called):
    """Limit what was called for each package separately, so that none of them crowds out the others."""
    kept = {}
    for each in called:
        if not isinstance(each, list):
            raise CodecError("a call is malformed")
        function, *callers = map(text_in, each[:MAX_CALL_NAMES])
        calls = kept.setdefault(function[:200].partition(".")[0], [])
        if len(calls) < MAX_CALLED and len(kept) <= len(WATCHED):
            calls.append((function[:200], *(caller[:60] for caller in callers)))
    return [call for calls in kept.values() for call in calls]
