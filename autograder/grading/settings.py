"""What an instructor can set, in ``nbgrader_config.py``, as ``c.Grading.…``."""

import builtins
import inspect
import json
import re
from pathlib import Path

from traitlets import Bool, Float, Integer
from traitlets.config import LoggingConfigurable

from autograder.grading.files import digest
from autograder.sandbox.protections import Limits
from autograder.seeds import HIDDEN_SEED

# Their code comes with a release of nbgrader or of ours; other code is an instructor's own, which may be edited.
_RELEASED = ("autograder", "nbconvert", "nbgrader", "traitlets")


class Grading(LoggingConfigurable):
    """Limits of one submission, and what is made of work that is not a student's own."""

    memory = Integer(3 * 2**30, min=2**29, help="Bytes of address space.").tag(config=True)
    cpu_seconds = Integer(300, min=1, help="Seconds of processor time.").tag(config=True)
    wall_seconds = Float(600, min=1, help="Seconds from the first cell to the last.").tag(config=True)
    cell_seconds = Float(120, min=0.1, help="Seconds for one cell; then it is interrupted.").tag(config=True)
    processes = Integer(0, min=0, help="Processes that a submission may start; threads are allowed.").tag(config=True)
    file_bytes = Integer(64 * 2**20, min=2**20, help="Bytes of all files that it writes.").tag(config=True)
    output_characters = Integer(2**20, min=1000, help="Characters that one cell may print.").tag(config=True)
    submission_bytes = Integer(32 * 2**20, min=1000, help="Bytes of all files that are handed in.").tag(config=True)
    own_work_cost = Float(
        0.0,
        min=0.0,
        max=1.0,
        help="Share of an exercise's points that it costs to call nblib's own answer, or to hide behind another "
        "library. 0 costs nothing; the feedback says it all the same.",
    ).tag(config=True)
    hidden_seed = Integer(
        HIDDEN_SEED,
        min=0,
        help="Decides the numbers that exercises are graded on. One of your own can be looked up by no student.",
    ).tag(config=True)
    unsafe = Bool(False, help="Grade even where the kernel grants no protection.").tag(config=True)

    def limits(self):
        """Return the limits of one submission."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


def digest_of_settings(config, parts, config_file):
    """Return a digest of all settings that some classes read, and of their code where that is an instructor's own.

    Parameters
    ----------
    config : traitlets.config.Config
        Of the course.
    parts : iterable of type
        Configurable classes that take part in grading.
    config_file : pathlib.Path
        Stands for the code of classes that are defined in it.

    Returns
    -------
    str
    """
    bases = {base for part in parts for base in part.__mro__}
    sections = {name: config[name] for name in sorted({base.__name__ for base in bases}) if name in config}
    text = json.dumps(sections, default=_in_words, sort_keys=True)
    return digest([text.encode("utf-8", "surrogatepass"), *sorted(_own_code(bases, config_file))])


def _in_words(value):
    if isinstance(value, type) or inspect.isfunction(value):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "to_dict"):
        return value.to_dict()  # of c.Class.name.append and its like
    return re.sub(r" at 0x\w+", "", repr(value))  # where it is in memory is another place each time


def _own_code(bases, config_file):
    for base in bases:
        if base.__module__.partition(".")[0] in _RELEASED or getattr(builtins, base.__name__, None) is base:
            continue
        try:
            path = inspect.getsourcefile(base)
        except (OSError, TypeError):
            path = None
        yield _content(path or config_file)


def _content(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
