"""The judge: has a student's cells run in a sandbox, and runs the test cells itself.

No student's code is ever run here.  In a test cell the student's names stand for plain data, or for proxies.
"""

import ast
import base64
import contextlib
import gc
import math
import resource
import socket
import time
from pathlib import Path

from autograder.check import scaled_to
from autograder.examination import forget_wrong_answers
from autograder.grading.channel import Channel, Closed, Late
from autograder.grading.findings import findings
from autograder.grading.proxies import GRACE, Leash, Link, SandboxEnded
from autograder.grading.sharing import read
from autograder.seeds import use_hidden_seed

_NO_REPLY = "\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"
_DEEPEST_JSON = 12
_SETUP_SECONDS = 60
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
# Bytes that a judge may use beside what it has when it begins.
_MEMORY = 2 * 2**30
_WORDS = {"alt": None, "needs_background": ("light", "dark")}


class Judge:
    """Runs submissions one after the other, each in a sandbox of its own.

    Parameters
    ----------
    runner : autograder.grading.shell.Runner
        For the test cells.
    lessons : dict of str to Lesson
        By the name of the notebook.
    forkserver : autograder.grading.channel.Channel
        To what forks sandboxes for this judge.
    limits : autograder.grading.isolation.Limits
        For each submission.
    """

    def __init__(self, runner, lessons, forkserver, limits):
        self._runner = runner
        self._lessons = lessons
        self._forkserver = forkserver
        self._limits = limits
        self._room = Room()

    def serve(self, channel):
        """Take one submission after the other, until the coordinator hangs up."""
        _limit_memory()
        while True:
            job, _ = channel.receive()
            channel.send(self.run(job))

    def sandbox(self, notebook, files):
        """Have a sandbox started.

        Returns
        -------
        (Link, list of str)
            To it, and the protections that are on.
        """
        self._forkserver.send({"notebook": notebook})
        _, (link, leash) = self._forkserver.receive_with_fds(2)
        channel, leash = Channel(socket.socket(fileno=link)), Leash(Channel(socket.socket(fileno=leash)))
        sandbox = Link(channel, leash, time.monotonic() + self._limits.wall_seconds)
        try:
            contents = [base64.b64decode(content) for content in files.values()]
            channel.send({"files": list(files)}, contents, seconds=_SETUP_SECONDS)
            ready, _ = channel.receive(_SETUP_SECONDS)
            on = [str(each) for each in ready["on"]]
        except (Closed, Late, KeyError, TypeError):
            sandbox.end("the sandbox could not be set up")
            on = []
        return sandbox, on

    def run(self, job):
        """Run one submission; once more if its sandbox was killed by something else than its own limits.

        Parameters
        ----------
        job : dict
            ``notebook``: its name; ``cells``: id, source, whether it is a test and, of a test, the points, of each
            code cell; ``files``: names and, in base 64, contents of the submission's other files; ``hidden_seed``:
            decides the hidden probes.

        Returns
        -------
        dict
            ``cells``: count and outputs of each, or in their place the number of the cell that was run for everybody;
            ``ended``: why the sandbox ended early, or None; ``unheard``: positions of the test cells that could not be
            run to a verdict; ``met``: what was called where answers should not come from; ``remarks``: by function,
            what somebody should look at; ``on``: the protections; and what
            :func:`autograder.grading.findings.findings` says of the code.
        """
        result, killed = self._attempt(job)
        return self._attempt(job)[0] if killed else result

    def _attempt(self, job):
        """Run one submission; return the result, and whether its sandbox was killed from outside."""
        lesson = self._lessons[job["notebook"]]
        self._forget()
        use_hidden_seed(job["hidden_seed"])
        sandbox, on = self.sandbox(job["notebook"], job["files"])
        plan = iter(lesson.plan.of([(c["id"], c["source"]) for c in job["cells"] if not c["test"]]))
        done, unheard, count, self._room = [], [], 0, Room()
        for position, cell in enumerate(job["cells"]):
            shared = None if cell["test"] else next(plan)
            if not cell["source"].strip() or cell["skip"]:
                done.append({"outputs": [], "count": None})
                continue
            count += 1
            if cell["test"]:
                dead_before = sandbox.ended
                came = {"outputs": clean_outputs(self._test(sandbox, lesson, cell, count), count)}
                if sandbox.ended and dead_before:
                    unheard.append(position)
            elif shared is not None:
                came = self._adopt(sandbox, shared)
            else:
                came = {"outputs": self._run(sandbox, cell["source"], count)}
            done.append({**came, "count": count})
        ended = sandbox.ended
        sandbox.end("the submission is graded")
        met = {name: sorted(each) for name, each in sandbox.met.items()}
        remarks = {name: sorted(each) for name, each in sandbox.remarks.items()}
        result = {"cells": done, "ended": ended, "unheard": unheard, "met": met, "remarks": remarks, "on": on}
        return result | findings(job["cells"]), sandbox.killed(self._limits.cpu_seconds)

    def _forget(self):
        """Free what an earlier submission has left here: it may be so much that there is no room for the next one."""
        self._runner.forget()
        forget_wrong_answers()
        gc.collect()  # what a cell asked, and the functions that it asked about, know each other

    def _run(self, sandbox, source, count):
        seconds = self._limits.cell_seconds
        request = {"do": "run", "source": source, "count": count, "seconds": seconds}
        try:
            reply, _ = sandbox.ask(request, seconds=seconds + GRACE, answering=True)
        except SandboxEnded as error:
            return [_error("SandboxEnded", f"{error}.")]
        outputs = clean_outputs(reply.get("outputs"), count, self._room)
        if reply.get("interrupted") is True:
            outputs.append(_error("CellTimeoutError", "", [_NO_REPLY]))
        return outputs

    def _adopt(self, sandbox, number):
        try:
            sandbox.ask({"do": "adopt", "index": number}, seconds=30)
        except SandboxEnded as error:
            return {"outputs": [_error("SandboxEnded", f"{error}.")]}
        return {"shared": number}

    def _test(self, sandbox, lesson, cell, count):
        source = cell["source"]
        wanted = lesson.students_names(source)
        sandbox.watch_anew()
        try:
            names = lesson.names | sandbox.values(wanted)
        except SandboxEnded as error:
            return [_error("SandboxEnded", f"{error}.")]
        space = self._runner.shell.user_ns
        before = dict(space)
        space.update(names)
        try:
            with scaled_to(cell.get("points")) as scale:
                outputs, _ = self._runner.run(source, count)
                return _with_number(outputs, scale, count)
        finally:
            space.clear()
            space.update(before)


def _with_number(outputs, cell, count):
    """Add what ``grade`` found to the outputs of a test cell that shows no number: nbgrader would give full marks."""
    results = [position for position, each in enumerate(outputs) if each["output_type"] == "execute_result"]
    failed = any(each["output_type"] == "error" for each in outputs)
    if failed or not cell.grades or any(_is_number(outputs[position]) for position in results):
        return outputs
    last = cell.grades[-1]
    data = {"text/plain": repr(last), "text/html": last._repr_html_()}
    number = {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}
    at = results[0] if results else len(outputs)  # nbgrader reads the first one
    return [*outputs[:at], number, *outputs[at:]]


def _is_number(output):
    try:
        float(output["data"]["text/plain"])
    except (KeyError, ValueError):
        return False
    return True


class Lesson:
    """What the judge knows of one notebook, from its source.

    Parameters
    ----------
    cells : list of (str, str, str)
        Id, source and kind (``"own"``, ``"student"`` or ``"test"``) of each code cell.

    Attributes
    ----------
    tried : set of str
        Names that the test cells use, the functions that they try among them.
    names : dict
        What the lesson's own cells import and a test cell uses.
    plan : autograder.grading.sharing.Plan
        Says which cells can be taken over; set once the lesson's own cells have been run.
    """

    def __init__(self, cells):
        self.plan = None
        self.tried = set()
        students, own = set(), {}
        for _, source, kind in cells:
            if kind == "student":
                students |= read(source).stores
            elif kind == "test":
                self.tried |= _names_in(source)
        for _, source, kind in cells:
            if kind == "own":
                own |= _imported(source, self.tried)
        self.names = {name: value for name, value in own.items() if name not in students}

    def students_names(self, source):
        """Return the names that a test cell takes from the student."""
        return _names_in(source) - set(self.names)


def _names_in(source):
    reading = read(source)
    return reading.loads | reading.inner


def _imported(source, wanted):
    """Return the wanted names that a lesson's cell imports."""
    names = {}
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return names
    for statement in statements:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        if any((alias.asname or alias.name.partition(".")[0]) in wanted for alias in statement.names):
            with contextlib.suppress(ImportError):  # a cell that fails to import is shown as failing
                exec(compile(ast.Module([statement], []), "<imports of the lesson>", "exec"), names)
    names.pop("__builtins__", None)
    return names


def _limit_memory():
    """Limit the address space of this process; what it starts may still be given more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


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


def _error(kind, message, traceback=None):
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
            kept.append(_error(_line(each.get("ename")), _line(each.get("evalue")), lines))
    return kept
