"""The judge: has a student's cells run in a sandbox, and runs the test cells itself.

No student's code is ever run here.  In a test cell the student's names stand for plain data, or for proxies.
"""

import ast
import contextlib
import json
import socket
import time

from autograder.check import scaled_to, use_hidden_seed
from autograder.grading.channel import Channel, Closed, Late
from autograder.grading.isolation import die_with_parent
from autograder.grading.proxies import GRACE, Link, SandboxEnded
from autograder.grading.sharing import read

_NO_REPLY = "\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel before timeout"
_DEEPEST_JSON = 12
# Characters of all that one submission displays.
_MOST_OUTPUT = 128 * 2**20
_WORDS = {"alt": None, "needs_background": ("light", "dark")}


class Judge:
    """Runs submissions one after the other, each in a sandbox of its own.

    Parameters
    ----------
    runner : autograder.grading.shell.Runner
        For the test cells.
    lessons : dict of str to Lesson
        By the name of the notebook.
    start : callable
        Takes the name of a notebook and the submission's other files; starts a sandbox, and returns a descriptor of
        the socket to it and a callable that ends it with all that runs in it.
    limits : autograder.grading.isolation.Limits
        For each submission.
    """

    def __init__(self, runner, lessons, start, limits):
        self._runner = runner
        self._lessons = lessons
        self._start = start
        self._limits = limits

    def serve(self, channel):
        """Take one submission after the other, until the coordinator hangs up."""
        die_with_parent()
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
        link, kill = self._start(notebook, files)
        channel = Channel(socket.socket(fileno=link))
        sandbox = Link(channel, kill, time.monotonic() + self._limits.wall_seconds)
        try:
            ready, _ = channel.receive(60)
            on = [str(each) for each in ready["on"]]
        except (Closed, Late, KeyError, TypeError):
            sandbox.end("the sandbox could not be set up")
            on = []
        return sandbox, on

    def run(self, job):
        """Run one submission.

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
            run to a verdict; ``met``: what was called where answers should not come from; ``on``: the protections.
        """
        lesson = self._lessons[job["notebook"]]
        use_hidden_seed(job["hidden_seed"])  # known to this process alone: sandboxes are forked from another one
        sandbox, on = self.sandbox(job["notebook"], job["files"])
        plan = iter(lesson.sharing.plan([(c["id"], c["source"]) for c in job["cells"] if not c["test"]]))
        done, unheard, count, self._room = [], [], 0, _MOST_OUTPUT
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
        return {"cells": done, "ended": ended, "unheard": unheard, "met": met, "on": on}

    def _run(self, sandbox, source, count):
        seconds = self._limits.cell_seconds
        request = {"do": "run", "source": source, "count": count, "seconds": seconds}
        try:
            reply, _ = sandbox.ask(request, seconds=seconds + GRACE)
        except SandboxEnded as error:
            return [_error("SandboxEnded", f"{error}.")]
        outputs = self._within_room(clean_outputs(reply.get("outputs"), count))
        if reply.get("interrupted") is True:
            outputs.append(_error("CellTimeoutError", "", [_NO_REPLY]))
        return outputs

    def _within_room(self, outputs):
        """Keep the outputs of a cell, if all that were kept before leave room for them."""
        self._room -= len(json.dumps(outputs, ensure_ascii=False))
        if self._room > 0:
            return outputs
        left_out = "What this notebook displayed was too large, and the outputs of this cell were left out.\n"
        return [{"output_type": "stream", "name": "stderr", "text": left_out}]

    def _adopt(self, sandbox, number):
        try:
            sandbox.ask({"do": "adopt", "index": number}, seconds=30)
        except SandboxEnded as error:
            return {"outputs": [_error("SandboxEnded", f"{error}.")]}
        return {"shared": number}

    def _test(self, sandbox, lesson, cell, count):
        source = cell["source"]
        reading = read(source)
        wanted = (reading.loads | reading.inner) - set(lesson.names)
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
    sharing : autograder.grading.sharing.Sharing
        Its own cells, run.
    """

    def __init__(self, cells, sharing):
        self.sharing = sharing
        students = set()
        for _, source, kind in cells:
            if kind == "student":
                students |= read(source).stores
        self.names = {}
        for _, source, kind in cells:
            if kind == "own":
                self.names |= _imported(source)
        for name in students:
            self.names.pop(name, None)


def _imported(source):
    """Return the names that a lesson's cell imports."""
    names = {}
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return names
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            with contextlib.suppress(ImportError):  # a cell that fails to import is shown as failing
                exec(compile(ast.Module([statement], []), "<imports of the lesson>", "exec"), names)
    names.pop("__builtins__", None)
    return names


def _error(kind, message, traceback=None):
    return {"output_type": "error", "ename": kind, "evalue": message, "traceback": traceback or [f"{kind}: {message}"]}


def _text(value):
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _json(value, depth=0):
    """Copy what is JSON, and drop what is nested too deeply or cannot be written as UTF-8."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth < _DEEPEST_JSON and isinstance(value, list):
        return [_json(item, depth + 1) for item in value]
    if depth < _DEEPEST_JSON and isinstance(value, dict):
        return {_text(key): _json(item, depth + 1) for key, item in value.items()}
    return None


def _bundle(value):
    bundle = _json(value) if isinstance(value, dict) else {}
    return {
        key: each
        for key, each in bundle.items()
        if isinstance(each, str) or (isinstance(each, (dict, list)) and key.endswith("json"))
    }


def _metadata(metadata, bundle):
    """Keep of what is said about the display of something only numbers and known words.

    nbconvert's templates write some of it into a page as it is.
    """
    kept = {}
    for key, about in metadata.items() if isinstance(metadata, dict) else ():
        if key in bundle and isinstance(about, dict):
            kept[key] = {
                name: _json(value)
                for name, value in about.items()
                if isinstance(value, (bool, int, float)) or (isinstance(value, str) and _is_known_word(name, value))
            }
    return kept


def _is_known_word(name, value):
    return name in _WORDS and (_WORDS[name] is None or value in _WORDS[name])


def clean_outputs(outputs, count):
    """Take from a sandbox's answer what is an output, whatever else it may hold.

    Parameters
    ----------
    outputs : object
        As it arrived.
    count : int
        The execution count of the cell.

    Returns
    -------
    list of dict
        In the form of nbformat.
    """
    kept = []
    for each in outputs if isinstance(outputs, list) else []:
        kind = each.get("output_type") if isinstance(each, dict) else None
        if kind == "stream":
            name = "stderr" if each.get("name") == "stderr" else "stdout"
            kept.append({"output_type": kind, "name": name, "text": _text(each.get("text"))})
        elif kind in ("display_data", "execute_result"):
            data = _bundle(each.get("data"))
            shown = {"data": data, "metadata": _metadata(each.get("metadata"), data)}
            extra = {"execution_count": count} if kind == "execute_result" else {}
            kept.append({"output_type": kind, **shown, **extra})
        elif kind == "error":
            lines = each.get("traceback")
            lines = [_text(line) for line in lines] if isinstance(lines, list) else []
            kept.append(_error(_text(each.get("ename")), _text(each.get("evalue")), lines))
    return kept
