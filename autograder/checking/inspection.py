"""Find out which modules and functions a function uses, from its bytecode. Nothing is run."""

import dis
import functools
import re
import sys
import sysconfig
import types

from autograder.checking.call import StandIn

# Names are followed through the student's own helpers, but not into these packages.
TRUSTED = {"nblib", "autograder", "numpy", "scipy", "matplotlib", "IPython"} | set(sys.stdlib_module_names)
_INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")})
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def _full_name(value):
    """Return the dotted name of a module, or of what a module defines; for any other value, that of its class."""
    if isinstance(value, types.ModuleType):
        return value.__name__
    if not isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
        return f"{type(value).__module__}.{type(value).__qualname__}"
    return f"{getattr(value, '__module__', None) or 'builtins'}.{value.__qualname__}"


def _codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _mentioned(code, scope):
    """Yield the names that one code object imports or spells out, and the values that it reads from its scope."""
    imported, current = None, None
    for instruction in dis.get_instructions(code):
        operation, argument = instruction.opname, instruction.argval
        if operation == "IMPORT_NAME":
            imported, current = argument, None
            yield argument, None
        elif operation == "IMPORT_FROM" and imported:
            yield f"{imported}.{argument}", None
        elif operation in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_FROM_DICT_OR_DEREF") and argument in scope:
            current = scope[argument]
            yield None, current
        elif operation in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(current, types.ModuleType):
            current = getattr(current, str(argument), None)
            yield None, current
        elif operation == "LOAD_CONST" and isinstance(argument, str) and _DOTTED.fullmatch(argument):
            yield argument, None
        elif operation not in ("CACHE", "PUSH_NULL", "EXTENDED_ARG"):
            current = None


def _functions_in(value):
    """Yield the functions behind a value: itself, what it wraps, or the methods of its class."""
    value = getattr(value, "__func__", value)
    if isinstance(value, functools.partial):
        value = value.func
    if isinstance(value, types.FunctionType):
        yield value
        if hasattr(value, "__wrapped__"):
            yield from _functions_in(value.__wrapped__)
        return
    owner = value if isinstance(value, type) else type(value)
    if owner.__module__.split(".")[0] not in TRUSTED:
        for member in vars(owner).values():
            member = getattr(member, "__func__", member)
            if isinstance(member, types.FunctionType):
                yield member


def _installed(function):
    """Whether a function comes with Python or an installed package, so that its code is not the student's."""
    return function.__code__.co_filename.startswith(_INSTALLED)


def _parts_of(value):
    """Return what a container, or an object of the student's own class, holds."""
    if isinstance(value, (list, tuple, set)):
        return list(value)
    if isinstance(value, dict):
        return list(value.values())
    if hasattr(value, "__dict__") and type(value).__module__.split(".")[0] not in TRUSTED:
        return list(vars(value).values())
    return []


def _walk(function):
    """Yield (name, None) for what a function's code imports or spells out, (None, value) for what it reads or holds."""
    seen, waiting = set(), list(_functions_in(function))
    yield from ((None, part) for part in _parts_of(function))
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        closure = {}
        for name, cell in zip(current.__code__.co_freevars, current.__closure__ or (), strict=True):
            try:
                closure[name] = cell.cell_contents
            except ValueError:  # a cell that is still empty
                continue
        mentioned = [(None, value) for value in (*closure.values(), *(current.__defaults__ or ()))]
        for code in _codes(current.__code__):
            mentioned.extend(_mentioned(code, {**current.__globals__, **closure}))
        for name, value in mentioned:
            yield name, value
            if name:
                continue
            own = isinstance(value, types.FunctionType) and (
                value.__globals__ is current.__globals__ or any(value is held for held in closure.values())
            )
            root = (_full_name(value) or "").split(".")[0]
            if own or root not in TRUSTED:
                waiting.extend(each for each in _functions_in(value) if root == "autograder" or not _installed(each))


def names_used(function):
    """Return the dotted names of everything that a function, and the student's helpers behind it, import or use.

    Parameters
    ----------
    function : callable
        Its closure and the globals it reads are followed. A stand-in for a function in another process is asked
        instead.

    Returns
    -------
    set of str
        Such as ``{"numpy", "numpy.exp", "sklearn.svm.SVC"}``.
    """
    if isinstance(function, StandIn):
        return set(function.names_used())
    return {name or _full_name(value) for name, value in _walk(function)}


def modules_entered(function, args):
    """Call a function, and record the modules whose code runs during the call.

    Parameters
    ----------
    function : callable
        What to call; what it raises is passed on.
    args : tuple
        Its arguments.

    Returns
    -------
    value : object
        What it returned.
    modules : set of str
        Dotted names.
    """
    modules = set()

    def note(frame, event, argument):
        if event == "call":
            modules.add(str(frame.f_globals.get("__name__")))
        elif event == "c_call":
            modules.add(str(getattr(argument, "__module__", None)))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        value = function(*args)
    finally:
        sys.setprofile(before)
    return value, modules
