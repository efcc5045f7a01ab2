"""The settings ``c.Grading.…`` and ``c.Desk.…`` of ``nbgrader_config.py``."""

import builtins
import inspect
import json
import re
from pathlib import Path

import dateutil.tz
from traitlets import Bool, Dict, Float, Integer, TraitError, Unicode
from traitlets.config import LoggingConfigurable

from autograder.grading.files import digest
from autograder.sandbox.protections import Limits
from autograder.seeds import HIDDEN_SEED

# Packages whose code changes only with a release. Other code is the instructor's own and may be edited at any time.
_RELEASED = ("autograder", "nbconvert", "nbgrader", "traitlets")


class Grading(LoggingConfigurable):
    """The limits of one submission, and how grades are computed."""

    memory = Integer(3 * 2**30, min=2**29, help="Bytes of address space.").tag(config=True)
    cpu_seconds = Integer(300, min=1, help="Seconds of processor time for the whole notebook.").tag(config=True)
    wall_seconds = Float(600, min=1, help="Seconds of wall time for the whole notebook.").tag(config=True)
    cell_seconds = Float(120, min=0.1, help="Seconds for one cell, which is then interrupted.").tag(config=True)
    processes = Integer(0, min=0, help="Processes that a submission may start; threads are allowed.").tag(config=True)
    file_bytes = Integer(64 * 2**20, min=2**20, help="Bytes that a submission may write to files.").tag(config=True)
    output_characters = Integer(2**20, min=1000, help="Characters that one cell may print.").tag(config=True)
    submission_bytes = Integer(32 * 2**20, min=1000, help="Bytes of all submitted files together.").tag(config=True)
    own_work_cost = Float(
        0.0,
        min=0.0,
        max=1.0,
        help="Share of an exercise's points that a student loses for calling nblib's own answer or for letting another "
        "library do the work. With 0 the feedback only mentions it.",
    ).tag(config=True)
    follow_on = Bool(
        True,
        help="Whether a function that is wrong only because it calls another of the student's functions gets its "
        "points. The feedback names that function in any case.",
    ).tag(config=True)
    hidden_seed = Integer(
        HIDDEN_SEED,
        min=0,
        help="Seed of the numbers that exercises are graded on. Students cannot look up a number that you choose.",
    ).tag(config=True)
    unsafe = Bool(False, help="Grade even if the kernel provides too little protection.").tag(config=True)

    def limits(self):
        """Return the limits of one submission."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


class Desk(LoggingConfigurable):
    """How a course is handed out, what decides whether something is late, and how the results go back."""

    package_url = Unicode(
        "", help="Address of the course's wheel; by default each release contains the wheel itself."
    ).tag(config=True)
    browser_url = Unicode("", help="Address of the browser edition of the course, if there is one.").tag(config=True)
    late_days = Integer(0, min=0, help="Late days that each student may use over the whole course.").tag(config=True)
    timezone = Unicode(
        "", help="Time zone of the learning platform, such as Europe/Berlin; by default that of this computer."
    ).tag(config=True)
    show_mark_schemes = Bool(False, help="Show students the mark schemes of written questions.").tag(config=True)
    weights = Dict(
        key_trait=Unicode(),
        value_trait=Float(min=0),
        help="How much each lesson counts towards the course's total; by default, as much as its points.",
    ).tag(config=True)
    columns = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="What each lesson is called in the learning platform's gradebook; by default, the lesson's own name.",
    ).tag(config=True)

    def zone(self):
        """Return the time zone in which the course counts days.

        Raises
        ------
        traitlets.TraitError
            If the time zone doesn't exist.
        """
        zone = dateutil.tz.gettz(self.timezone) if self.timezone else dateutil.tz.tzlocal()
        if zone is None:
            raise TraitError(f"c.Desk.timezone is {self.timezone!r}, not a time zone such as Europe/Berlin")
        return zone


def folders_to_hide(root, config):
    """Return the folders that no sandbox may see: the course, and nbgrader's exchange, where students hand in.

    Parameters
    ----------
    root : str or pathlib.Path
        The folder of the course.
    config : traitlets.config.Config
        Its configuration.

    Returns
    -------
    list of str
    """
    exchange = config.get("Exchange", {}).get("root", "")
    return [str(root), *([str(Path(exchange).expanduser())] if exchange else [])]


def digest_of_settings(config, classes, config_file):
    """Return a digest of the settings of some classes, and of their code if it is the instructor's own.

    Parameters
    ----------
    config : traitlets.config.Config
        The configuration of the course.
    classes : iterable of type
        Configurable classes that take part in grading.
    config_file : pathlib.Path
        Stands for the code of the classes that are defined in it.

    Returns
    -------
    str
    """
    bases = {base for each in classes for base in each.__mro__}
    sections = {name: config[name] for name in sorted({base.__name__ for base in bases}) if name in config}
    text = json.dumps(sections, default=_as_json, sort_keys=True)
    return digest([text.encode("utf-8", "surrogatepass"), *sorted(_own_code(bases, config_file))])


def _as_json(value):
    if isinstance(value, type) or inspect.isfunction(value):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "to_dict"):
        return value.to_dict()  # recorded changes, such as c.Class.name.append
    return re.sub(r" at 0x\w+", "", repr(value))  # the address differs from run to run


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
