"""Which modules and functions somebody's code refers to, read from its bytecode; nothing is run."""

import dis
import functools
import re
import sys
import types

# Names are followed through the student's own helpers, but not into what these packages do inside.
TRUSTED = {"nblib", "autograder", "numpy", "scipy", "matplotlib", "IPython"} | set(sys.stdlib_module_names)
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def _full_name(value):
    """Dotted name of a module, or of what a module defines; None for a value that carries none."""
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
    """Names that one code object imports or spells out, and the values that it reads from its scope."""
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
    """The functions behind a value: itself, what it wraps, or the methods of its class."""
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


@functools.singledispatch
def names_used(function):
    """Everything that a function, and the student's helpers behind it, import, call or hold, by dotted names.

    Parameters
    ----------
    function : callable
        Its closure and the globals it reads are followed; a stand-in for a function in another process registers a
        way of its own.

    Returns
    -------
    set of str
        Such as ``{"numpy", "numpy.exp", "sklearn.svm.SVC"}``.
    """
    names, seen, waiting = set(), set(), list(_functions_in(function))
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
        found = [(None, value) for value in (*closure.values(), *(current.__defaults__ or ()))]
        for code in _codes(current.__code__):
            found.extend(_mentioned(code, {**current.__globals__, **closure}))
        for name, value in found:
            if name:
                names.add(name)
                continue
            names.add(_full_name(value))
            own = isinstance(value, types.FunctionType) and (
                value.__globals__ is current.__globals__ or any(value is held for held in closure.values())
            )
            if own or (_full_name(value) or "").split(".")[0] not in TRUSTED:
                waiting.extend(_functions_in(value))
    return names


def modules_entered(function, args):
    """Call a function and note the modules whose code runs meanwhile.

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
