"""Run a command as an ordinary user, or as in a container that grants no namespaces.

``python -m tests.sandbox.places [--user] [--container] [--open] COMMAND …``.  The container is Docker as it comes: its
default capabilities, and system calls that make namespaces and mounts refused.  ``--open`` lets everybody reach the
interpreter, its packages and this checkout, wherever they are; an ordinary user always can.
"""

import argparse
import ctypes
import os
import stat
import struct
import sys
from pathlib import Path

USER = 54321
CHECKOUT = Path(__file__).resolve().parents[2]
_libc = ctypes.CDLL(None, use_errno=True)
try:
    LIBSECCOMP = ctypes.CDLL("libseccomp.so.2")
except OSError:
    raise RuntimeError("The tests of isolation need libseccomp: install your system's package libseccomp2.") from None
LIBSECCOMP.seccomp_init.restype = ctypes.c_void_p

# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
# audit_write, setfcap
DOCKERS_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
REFUSED = (
    *("unshare", "setns", "mount", "umount2", "pivot_root", "mount_setattr", "open_tree", "move_mount", "fsopen"),
    *("fsconfig", "fsmount", "fspick"),
)
_NEW_NAMESPACES = 0x7E020000


def _checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def number(name):
    """The number of a system call on this machine."""
    return LIBSECCOMP.seccomp_syscall_resolve_name(name.encode())


class _Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def refuse_namespaces():
    """Refuse what Docker's filter refuses a process without CAP_SYS_ADMIN."""
    allow, eperm, enosys = 0x7FFF0000, 0x50001, 0x50026
    rules = ctypes.c_void_p(LIBSECCOMP.seccomp_init(allow))
    for name in REFUSED:
        assert LIBSECCOMP.seccomp_rule_add_exact_array(rules, eperm, number(name), 0, None) == 0, name
    assert LIBSECCOMP.seccomp_rule_add_exact_array(rules, enosys, number("clone3"), 0, None) == 0
    for bit in range(32):
        if _NEW_NAMESPACES >> bit & 1:
            masked = _Comparison(0, 7, 1 << bit, 1 << bit)  # SCMP_CMP_MASKED_EQ
            assert LIBSECCOMP.seccomp_rule_add_exact_array(rules, eperm, number("clone"), 1, ctypes.byref(masked)) == 0
    _checked(_libc.prctl(38, 1, 0, 0, 0))
    assert LIBSECCOMP.seccomp_load(rules) == 0


def keep_capabilities(kept):
    for capability in range(64):
        if capability not in kept:
            _libc.prctl(24, capability, 0, 0, 0)
    low = sum(1 << capability for capability in kept)
    _checked(_libc.capset(struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", low, low, 0, 0, 0, 0)))


def _enterable(path):
    return path.stat().st_mode & 1


def open_to_all(*paths):
    """Let every user reach these folders below others that only root may enter, for this process and its children."""
    closed = {}  # the outermost closed folder above a path, and what is to be reached in it
    for path in paths:
        outermost = next((folder for folder in (*reversed(path.parents), path) if not _enterable(folder)), None)
        if outermost is not None:
            closed.setdefault(outermost, []).extend([path] if _enterable(path) else path.iterdir())
    if not closed:
        return
    _checked(_libc.unshare(0x20000))
    _mount("/", None, 16384 | 1 << 18)
    opened = {path: os.open(path, os.O_PATH) for within in closed.values() for path in within}
    for folder in closed:
        _mount(folder, "tmpfs", 0, b"mode=755")
    for path, file in opened.items():
        if stat.S_ISDIR(os.fstat(file).st_mode):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.touch()
        _mount(path, f"/proc/self/fd/{file}", 4096)
        os.close(file)


def _mount(path, source, flags, options=None):
    kind = source and source.encode()
    _checked(_libc.mount(kind, os.fsencode(path), kind, ctypes.c_ulong(flags), options))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", action="store_true")
    parser.add_argument("--container", action="store_true")
    parser.add_argument("--open", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    said = parser.parse_args()
    as_root = os.geteuid() == 0
    if (said.user or said.open) and as_root:
        open_to_all(*sorted({Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), CHECKOUT}))
    if said.container:
        if as_root:
            keep_capabilities(DOCKERS_CAPABILITIES)
        refuse_namespaces()
    if said.user and as_root:
        os.setgroups([])
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)
    os.execvp(said.command[0], said.command)


if __name__ == "__main__":
    main()
