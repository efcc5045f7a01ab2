"""The course's wheel, packed from the packages that are running: no build tools, no network, no checkout needed."""

import base64
import hashlib
import importlib.metadata
from pathlib import Path

import autograder
import nblib
from autograder.desk.archive import zipped

DISTRIBUTION = "backpropagation-workbook"
# What the packages consist of.  Anything else in their folders was left there by somebody.
_SUFFIXES = (".py", ".toml", ".j2", ".html", ".npz", ".css", ".js")
# What an installation keeps of the wheel that it came from.
_ABOUT = ("METADATA", "entry_points.txt", "licenses/LICENSE")


class WheelError(Exception):
    """The wheel cannot be packed; the message says why, and what to do."""


def build_wheel():
    """Pack a wheel of ``nblib`` and ``autograder``.

    The packages are those that are imported now; name, version and dependencies are those of the installation.

    Returns
    -------
    (str, bytes)
        The name of the file, and its content, which is the same whenever the packages are.

    Raises
    ------
    WheelError
        If the packages have not been installed.
    """
    installed = _installation()
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    info = f"{stem}.dist-info"
    files = {}
    for package in (autograder, nblib):
        files |= _files_of(Path(package.__file__).parent)
    about = {name: installed.read_text(name) for name in _ABOUT}
    files |= {f"{info}/{name}": text.encode() for name, text in about.items() if text}
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    return f"{stem}-py3-none-any.whl", zipped(files)


def _installation():
    for found in importlib.metadata.distributions(name=DISTRIBUTION):
        if found.read_text("METADATA"):  # the folder of a checkout may hold other records, which builds leave there
            return found
    raise WheelError(
        f"{DISTRIBUTION} is not installed here, so there is nothing to hand out. Install it with pip, or name the "
        "address of its wheel in c.Desk.package_url."
    )


def _files_of(folder):
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    names = {path.relative_to(folder.parent).as_posix(): path for path in paths}
    hidden = {name for name in names if any(part.startswith(".") for part in name.split("/"))}
    return {name: path.read_bytes() for name, path in names.items() if name not in hidden}


def _digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
