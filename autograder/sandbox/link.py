"""The judge's side of the conversation with one sandbox."""

import os
import signal
import sys
import time
import warnings
from functools import partial

from autograder.checking.call import Described, Failure, TimeUp
from autograder.checking.result import Result
from autograder.examination import examine, seed_for
from autograder.recall import recall
from autograder.sandbox.channel import Closed, CodecError, Late, alarm_held
from autograder.sandbox.codec import Decoder, Encoder, text_in
from autograder.sandbox.inside import MOST_PRINTED, WATCHED
from autograder.sandbox.proxies import Proxy, exception_of, failure_in, name_in, warning_class, write_back
from autograder.seeds import HIDDEN_SEED, PUBLIC_SEED

# How much longer than its time a call may take before it is not asked any more but killed.
GRACE = 3.0
MOST_CALL_BACKS = 100_000
# How long a keeper may take to say how its sandbox ended.
_KEEPER_SECONDS = 2
# Functions of one package that are noted for one call, and of all packages for all calls of a submission: the note
# goes to the coordinator, who has to read all of it.
MOST_MET = 300
MOST_MET_OF_ALL = 20_000
TOO_MUCH_MET = "More functions of packages were named as called than can be looked through: read its code."
# A function and its callers, of which the sandbox sends at most six.
MAX_CALL_NAMES = 7
MOST_WARNINGS = 50
# What reading a reply raises that is not of the form that was asked for.
_NOT_IN_THE_GRAMMAR = (CodecError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError)


class SandboxEnded(Described):
    """The process that ran the student's code is no more."""

    def __init__(self, reason):
        super().__init__(reason)
        self.failure = Failure("SandboxEnded", reason)


class Leash:
    """What a judge holds a sandbox by: it ends, with all that runs in it, when the judge lets go, however that happens.

    Parameters
    ----------
    channel : autograder.sandbox.channel.Channel
        To the sandbox's keeper.
    """

    def __init__(self, channel):
        self._channel = channel

    def let_go(self):
        """End the sandbox."""
        self._channel.close()

    def killed(self, cpu_seconds):
        """Let go of a sandbox that has ended, and say whether something else than its own limits killed it.

        Parameters
        ----------
        cpu_seconds : float
            What it was allowed; the kernel kills it when it has used them.
        """
        try:
            end, _ = self._channel.receive(_KEEPER_SECONDS)
            by_signal = os.WIFSIGNALED(end["status"]) and os.WTERMSIG(end["status"]) == signal.SIGKILL
            return by_signal and end["seconds"] < 0.9 * cpu_seconds
        except Closed:
            return True  # the keeper itself was killed
        except Late:
            return False  # it lives, and only stopped speaking the language
        finally:
            self._channel.close()


class Link:
    """The judge's side of one sandbox.

    Parameters
    ----------
    channel : autograder.sandbox.channel.Channel
        To the sandbox.
    leash : Leash
        Of the sandbox.
    until : float
        On the monotonic clock, when the submission's time is over.
    """

    def __init__(self, channel, leash, until):
        self._channel = channel
        self._leash = leash
        self._until = until
        self._vanished = self._answering = self._timed_out = False
        self.ended = None
        self.met, self._room_for_met = {}, MOST_MET_OF_ALL
        self.remarks = {}
        self._watched = set()
        self._own_functions, self._keys = [], {}
        # What a student's cells asked for; a function is tried when the report on it is asked for.
        self._results = []

    def ask(self, request, blobs=(), seconds=None, answering=False):
        """Send a request and wait for the reply; meanwhile serve calls back, and what is asked of the judge.

        Parameters
        ----------
        request : dict
            What to do.
        blobs : list of bytes
            Of its arrays.
        seconds : float, optional
            How long it may take; the sandbox itself is told to stop earlier.
        answering : bool
            Whether a ``check`` is answered: where a cell is run, but not inside of a function that is being tried.

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
                if "ask" in reply:
                    answer = self._answer(reply, blobs, until, answering)
                elif "back" in reply:
                    answer = self._serve(reply, blobs)
                else:
                    return reply, blobs
                if self.ended:  # meanwhile: what was asked for can itself have asked
                    raise SandboxEnded(self.ended)
                self._channel.send(*answer, seconds=max(until - time.monotonic(), 0))
            raise Closed("a function was called back without end")
        except Late:
            self._timed_out = True
            self.end("it took too long and could not be interrupted")
        except (Closed, CodecError) as error:
            self.end(f"the process that ran this notebook ended ({error})", vanished=True)
        raise SandboxEnded(self.ended)

    def end(self, reason, vanished=False):
        """End the sandbox, or note that it has ended by itself; every later request fails for this reason."""
        if self.ended:
            return
        self.ended, self._vanished = reason, vanished
        self._channel.close()
        if not vanished:
            self._leash.let_go()

    def killed(self, cpu_seconds):
        """Say whether the sandbox was killed by something else than the judge and its own limits."""
        return self._vanished and self._leash.killed(cpu_seconds)

    def remark(self, name, sentences):
        """Note what somebody should look at, where it is about an answer that is graded."""
        if not self._answering:
            self.remarks.setdefault(name, set()).update(sentences)

    def watch_anew(self):
        """Have the next call of each function watched."""
        self._watched.clear()

    def _answer(self, request, blobs, until, answering):
        """Answer what a student's cell asks: what ``check`` finds about a function, or ``recall`` says to an answer."""
        try:
            args = self.decoder(blobs).value(request.get("args"))
            answers = {"check": self._check, "grade": self._grade, "report": self._report, "recall": _recall}
            answer = answers[request["ask"]]
        except _NOT_IN_THE_GRAMMAR as error:
            raise CodecError("a question is malformed") from error
        if not answering or self._answering:
            return {"failure": "It cannot be asked inside of a function that is being tried."}, ()
        whole, self._until, self._answering = self._until, until - GRACE, True
        try:
            return answer(*args), ()
        except Exception as error:
            return {"failure": f"{type(error).__name__}: {error}"[:300]}, ()
        finally:
            self._until, self._answering = whole, False

    def _serve(self, request, blobs):
        encoder, decoder, key = self._encoder(), self.decoder(blobs), request["back"]
        if type(key) is not int or not 0 <= key < len(self._own_functions):
            raise CodecError("a call back is malformed")
        function = self._own_functions[key]
        args, keywords = decoder.value(request.get("args")), decoder.value(request.get("keywords"))
        if not isinstance(args, tuple) or not isinstance(keywords, dict):
            raise CodecError("a call back is malformed")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*args, **keywords)
            return {"value": encoder.value(value), "failure": None}, encoder.blobs
        except Exception as error:
            # Ours failed on what the student passed: the student is told in words.
            return {"value": None, "failure": f"{type(error).__name__}: {error}"[:300]}, ()

    # Always with the seeds of the package, as at home: a student's cell learns nothing of the numbers that count.
    def _check(self, function):
        return self._result(function, PUBLIC_SEED, again=True)

    def _grade(self, function):
        return self._result(function, HIDDEN_SEED)

    def _result(self, function, seed, again=False):
        self._results.append(Result(partial(examine, function, seed_for(function, seed), again=again)))
        return {"key": len(self._results) - 1}

    def _report(self, key):
        return {"report": Encoder().value(self._results[key].report.as_data())}

    def _encoder(self):
        return Encoder(self._key_of)

    def _key_of(self, function):
        if type(function) is Proxy:
            return function._autograder_handle()
        # The list keeps every function, so that no other one can have its id.
        key = self._keys.setdefault(id(function), len(self._own_functions))
        if key == len(self._own_functions):
            self._own_functions.append(function)
        return -1 - key

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
        except _NOT_IN_THE_GRAMMAR as error:
            self._end_over(error)

    def _end_over(self, error):
        """End a sandbox whose reply does not have the form that was asked for."""
        self.end(f"its answer was not plain data ({error})"[:300])
        raise SandboxEnded(self.ended) from error

    def _named(self, key, own_name, name):
        if key < 0:
            raise CodecError("a function of the judge's was given another name")
        # A right answer to one exercise must not be graded as that one under the name of another.
        return Proxy(self, key, name if own_name == name else f"{name} (which is {own_name or 'no function'})")

    def call(self, handle, name, args, keywords):
        """Call a student's function; see Proxy."""
        watch = not self._answering and handle not in self._watched
        self._watched.add(handle)
        with alarm_held() as left:
            reply, blobs = self._request(handle, args, keywords, left, watch=watch)
            try:
                decoder = self.decoder(blobs)
                value, after = decoder.value(reply["value"]), decoder.value(reply["args"])
                failure = failure_in(reply["failure"])
                told = [(name_in(kind), text_in(words)[:500]) for kind, words in reply["warnings"][:MOST_WARNINGS]]
                printed, complained = text_in(reply["printed"])[:MOST_PRINTED], text_in(reply["told"])[:MOST_PRINTED]
                self._note_met(name, _some_of_each(reply["met"]))
            except _NOT_IN_THE_GRAMMAR as error:
                self._end_over(error)
        if isinstance(after, tuple) and len(after) == len(args):
            for mine, theirs in zip(args, after, strict=True):
                write_back(mine, theirs)
        sys.stdout.write(printed)
        sys.stderr.write(complained)
        for kind, words in told:
            warnings.warn(warning_class(kind)(words), stacklevel=4)
        if failure:
            if failure.kind == "TimeUp":
                raise TimeUp
            raise exception_of(failure)
        return value

    def _note_met(self, name, met):
        known = self.met.get(name, set())
        new = set(met) - known
        self._room_for_met -= len(new)
        if self._room_for_met < 0:
            self.remarks.setdefault(name, set()).add(TOO_MUCH_MET)
        elif new:
            self.met[name] = known | new

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
            if self._timed_out:
                raise TimeUp from None
            raise


def _recall(name, given):
    reply = recall(name, given)
    return {"name": reply.name, "passed": reply.passed, "message": reply.message}


def _some_of_each(met):
    """Keep what was met of every package, however much there is of one: a function, followed by its callers."""
    kept = {}
    for each in met:
        if not isinstance(each, list):
            raise CodecError("a call is malformed")
        function, *callers = map(text_in, each[:MAX_CALL_NAMES])
        calls = kept.setdefault(function[:200].partition(".")[0], [])
        if len(calls) < MOST_MET and len(kept) <= len(WATCHED):
            calls.append((function[:200], *(caller[:60] for caller in callers)))
    return [call for calls in kept.values() for call in calls]
