"""IPython without a kernel: it runs cells, and returns the outputs that a notebook would contain."""

import base64
import builtins
import hashlib
import io
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets import Any, Type
from traitlets.config import Config

from autograder.sandbox.outputs import MAX_LINE, MAX_LINES, error_output

_MIN_SIZE = 200
# Up to Python 3.12.3, IPython's look at the words of a cell takes memory that grows with the square of a line's length:
# every word comes with a copy of its line (python/cpython issue 119118).
_COPIES_LINES = (3, 12) <= sys.version_info < (3, 12, 4)
_LONGEST_LINE = 20_000
_INTERRUPT = "sandbox/cell_interrupt.py"
# Names under which IPython keeps what cells have shown.
_SHOWN = re.compile(r"_{1,3}|_\d+")
_TOO_LARGE = "What this cell displayed was too large, and the rest of it was left out.\n"


def _find_folders():
    """Return the folders from which code is imported, as they may be written, the longest first."""
    folders = {str(Path(__file__).parents[2]), sysconfig.get_path("stdlib"), *sys.path} - {"", "/", "."}
    home = os.path.expanduser("~")
    folders |= {f"~{folder.removeprefix(home)}" for folder in folders if folder.startswith(f"{home}/")}
    return sorted(folders, key=len, reverse=True)


_FOLDERS = _find_folders()


def without_folders(text):
    """Return a text in which files of packages have no folders of this machine in front of them.

    Parameters
    ----------
    text : str
        Of a traceback or a warning.

    Returns
    -------
    str
    """
    for folder in _FOLDERS:
        text = text.replace(f"{folder}/", "")
    return text


class Outputs:
    """The outputs of the cell that is running, in the format of nbformat.

    Parameters
    ----------
    max_characters : int
        That a cell may print; a note replaces the rest.
    """

    def __init__(self, max_characters):
        self.max_characters = max_characters
        self.start()

    def start(self):
        """Start a new cell, without outputs."""
        self.items = []
        self._ids = []
        self._room = self.max_characters
        # Figures are larger than text, so there is more room for them.
        self._room_to_display = 16 * self.max_characters
        self._clear_next = False

    def _append(self, item, display_id=None):
        if self._clear_next:
            self.items, self._ids, self._clear_next = [], [], False
        self.items.append(item)
        self._ids.append(display_id)

    def stream(self, name, text):
        """Add printed text to the last output, if it belongs to the same stream, or in a new output."""
        if not text or self._room < 0:
            return
        text = without_folders(text) if name == "stderr" else text
        kept = text[: self._room]
        self._room -= len(text)
        if self._room < 0:
            kept += "\n… the rest of what this cell printed was left out.\n"
        last = self.items[-1] if self.items and not self._clear_next else None
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += kept
        else:
            self._append({"output_type": "stream", "name": name, "text": kept})

    def display(self, data, metadata, display_id=None):
        """Add a display_data."""
        self._add({"output_type": "display_data", "data": _clean(data), "metadata": metadata or {}}, display_id)

    def update(self, data, metadata, display_id):
        """Replace what this cell displayed with this ID."""
        new = {"data": _clean(data), "metadata": metadata or {}}
        for item, known in zip(self.items, self._ids, strict=True):
            if known == display_id:
                self._room_to_display += _size(item) - _size(new)
                if self._room_to_display < 0:
                    new = {"data": {"text/plain": _TOO_LARGE}, "metadata": {}}
                item.update(new)

    def result(self, count, data, metadata):
        """Add the execute_result: the value of the cell's last line."""
        self._add(
            {"output_type": "execute_result", "execution_count": count, "data": _clean(data), "metadata": metadata}
        )

    def _add(self, item, display_id=None):
        if self._room_to_display < 0:
            return
        self._room_to_display -= _size(item)
        if self._room_to_display < 0:
            self.stream("stderr", _TOO_LARGE)
            return
        self._append(item, display_id)

    def error(self, kind, message, traceback):
        """Add an exception, up to the length that the judge keeps."""
        lines = [line[:MAX_LINE] for line in traceback[:MAX_LINES]]
        self._append(error_output(kind[:MAX_LINE], message[:MAX_LINE], lines))

    def clear(self, wait):
        """Clear the outputs, or with ``wait`` do it when the next one arrives."""
        self._room_to_display = 16 * self.max_characters
        if wait:
            self._clear_next = True
        else:
            self.items, self._ids = [], []


def _size(item):
    """Return the size of an output in a file; even an almost empty one takes some room."""
    parts = [*item["data"].values(), *(item["metadata"] or {}).items()]
    return _MIN_SIZE + sum(len(str(part).encode("utf-8", "replace")) for part in parts)


def _clean(data):
    return {
        str(key): base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for key, value in data.items()
    }


class Stream(io.TextIOBase):
    """What ``sys.stdout`` and ``sys.stderr`` are while a cell runs."""

    encoding = "utf-8"

    def __init__(self, outputs, name):
        super().__init__()
        self._outputs = outputs
        self.name = name

    def writable(self):
        """Whether text can be written: always."""
        return True

    def write(self, text):
        """Write text into the outputs of the cell."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._outputs.stream(self.name, text)
        return len(text)


class Hook(DisplayHook):
    """Puts the value of a cell's last line into the outputs."""

    outputs = Any()

    def write_output_prompt(self):
        """Write no prompt, because the output contains the count."""

    def write_format_data(self, format_dict, md_dict=None):
        """Add an execute_result."""
        if format_dict:
            self.outputs.result(self.prompt_count, format_dict, md_dict or {})

    def finish_displayhook(self):
        """Flush nothing."""


class Publisher(DisplayPublisher):
    """Puts what is displayed into the outputs."""

    outputs = Any()

    def publish(self, data, metadata=None, *, transient=None, update=False, **_):
        """Add or update a display_data."""
        name = (transient or {}).get("display_id")
        if update:
            self.outputs.update(data, metadata, name)
        else:
            self.outputs.display(data, metadata, name)

    def clear_output(self, wait=False):
        """Clear the cell's outputs."""
        self.outputs.clear(wait)


class Compiler(CachingCompiler):
    """Names cells like files of a kernel, so that warnings and tracebacks look the same."""

    def get_code_name(self, raw_code, code, number):
        """Return the name under which a cell is compiled."""
        digest = hashlib.sha1(raw_code.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        return os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", f"{int(digest, 16) % 2**32}.py")


class Shell(InteractiveShell):
    """Runs cells in this process."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    compiler_class = Type(Compiler)

    def _showtraceback(self, kind, value, lines):
        # Each line is one frame. That of the interrupt isn't the student's.
        shown = [without_folders(str(line)) for line in lines if _INTERRUPT not in str(line)]
        self.displayhook.outputs.error(str(kind.__name__), without_folders(_message(value)), shown)

    def system(self, cmd):
        """Run a shell command, or print a note if no program may be started."""
        sys.stdout.write(self._output_of(cmd))

    def getoutput(self, cmd, split=True, depth=0):
        """Return what a shell command prints, as lines or as one text."""
        output = self._output_of(cmd, depth)
        return SList(output.splitlines()) if split else LSString(output)

    def _output_of(self, cmd, depth=0):
        try:
            command = self.var_expand(cmd, depth=depth + 2)  # the variables of the caller of system or getoutput
            done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError:
            sys.stderr.write(f"Not run while grading, because a submission may not start programs: {cmd}\n")
            return ""
        self.user_ns["_exit_code"] = done.returncode
        return done.stdout.decode("utf-8", "replace")

    def enable_gui(self, gui=None):
        """Do nothing, because there is no event loop."""


def _message(value):
    try:
        return str(value)
    except Exception:
        return ""


def _no_input(prompt=""):
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


class Runner:
    """A shell, and the outputs of the cell that it runs.

    Parameters
    ----------
    figures : bool
        Whether to import Matplotlib now, and not only when a cell needs it.

    Attributes
    ----------
    outputs : Outputs
        Its ``max_characters`` limit what a cell may print.
    """

    def __init__(self, figures=True):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        self.outputs = Outputs(max_characters=2**20)
        # Use nothing of the user's own IPython, such as start-up files or a history.
        Shell.clear_instance()
        # A history would also start a thread, and a process with threads shouldn't be forked.
        self.shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))
        self.shell.displayhook.outputs = self.shell.display_pub.outputs = self.outputs
        if figures:
            self.shell.enable_matplotlib("inline")

    def magics(self):
        """Return the names of the line magics."""
        return set(self.shell.magics_manager.lsmagic()["line"])

    def forget(self):
        """Drop what the cells have shown and raised so far, which IPython keeps for later cells."""
        hook, hidden, history = self.shell.displayhook, self.shell.user_ns_hidden, self.shell.history_manager
        hook._ = hook.__ = hook.___ = self.shell.last_execution_result = None
        for name in [name for name in hidden if _SHOWN.fullmatch(name)]:
            del hidden[name]
        for kept in (history.output_hist, history.output_hist_reprs, history.outputs):
            kept.clear()
        sys.last_value = sys.last_traceback = None

    def run(self, source, count):
        """Run a cell with this execution count; return its outputs, and whether it ran to its end."""
        self.outputs.start()
        if _COPIES_LINES and any(len(line) > _LONGEST_LINE for line in source.splitlines()):
            message = f"A line of more than {_LONGEST_LINE:,} characters is too long for this version of Python."
            self.outputs.error("MemoryError", message, [f"MemoryError: {message}"])
            return self.outputs.items, False
        self.shell.execution_count = count
        streams, reader = (sys.stdout, sys.stderr), builtins.input
        sys.stdout, sys.stderr = Stream(self.outputs, "stdout"), Stream(self.outputs, "stderr")
        builtins.input = _no_input
        try:
            result = self.shell.run_cell(source, store_history=True, silent=False)
        finally:
            sys.stdout, sys.stderr = streams
            builtins.input = reader
        return self.outputs.items, result.success
