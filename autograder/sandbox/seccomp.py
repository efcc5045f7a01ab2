"""The system calls that a sandbox may make: an allow-list for seccomp.

A list of forbidden calls would always be one kernel release behind.  Every new way to reach another process, or to hold
memory that no limit counts, would be open until somebody noticed.  So the filter lists what is allowed: everything that
concerns the process itself, its own files, its memory and the time.  Any other call fails with EPERM.  A number that is
newer than this list fails with ENOSYS, as on an older kernel, so that libraries use their fallback.  A call that takes
the number of a process works only for the calling process.
"""

import ctypes
import errno
import os
import platform
import struct

from autograder.sandbox.system import libc

# Names and numbers of the allowed calls.  The first table is the same for all machines.
_COMMON = """
    close_range 436 openat2 437 faccessat2 439 epoll_pwait2 441 futex_waitv 449 fchmodat2 452 map_shadow_stack 453
    futex_wake 454 futex_wait 455 futex_requeue 456 mseal 462 setxattrat 463 getxattrat 464 listxattrat 465
    removexattrat 466
"""
_LAST_KNOWN = 469  # file_setattr, of Linux 6.17
_BY_MACHINE = {
    "x86_64": """
    read 0 write 1 open 2 close 3 stat 4 fstat 5 lstat 6 poll 7 lseek 8 mmap 9 mprotect 10 munmap 11 brk 12
    rt_sigaction 13 rt_sigprocmask 14 rt_sigreturn 15 ioctl 16 pread64 17 pwrite64 18 readv 19 writev 20 access 21
    pipe 22 select 23 sched_yield 24 mremap 25 msync 26 mincore 27 madvise 28 dup 32 dup2 33 pause 34 nanosleep 35
    getitimer 36 alarm 37 setitimer 38 getpid 39 sendfile 40 sendto 44 recvfrom 45 sendmsg 46 recvmsg 47 shutdown 48
    getsockname 51 getpeername 52 socketpair 53 setsockopt 54 getsockopt 55 clone 56 fork 57 vfork 58 execve 59 exit
    60 wait4 61 kill 62 uname 63 fcntl 72 flock 73 fsync 74 fdatasync 75 truncate 76 ftruncate 77 getdents 78 getcwd
    79 chdir 80 fchdir 81 rename 82 mkdir 83 rmdir 84 creat 85 link 86 unlink 87 symlink 88 readlink 89 chmod 90
    fchmod 91 chown 92 fchown 93 lchown 94 umask 95 gettimeofday 96 getrlimit 97 getrusage 98 sysinfo 99 times 100
    getuid 102 getgid 104 geteuid 107 getegid 108 setpgid 109 getppid 110 getpgrp 111 setsid 112 getgroups 115
    getresuid 118 getresgid 120 getpgid 121 getsid 124 rt_sigpending 127 rt_sigtimedwait 128 rt_sigsuspend 130
    sigaltstack 131 utime 132 statfs 137 fstatfs 138 getpriority 140 setpriority 141 sched_setparam 142
    sched_getparam 143 sched_setscheduler 144 sched_getscheduler 145 sched_get_priority_max 146
    sched_get_priority_min 147 sched_rr_get_interval 148 mlock 149 munlock 150 mlockall 151 munlockall 152 prctl 157
    arch_prctl 158 setrlimit 160 gettid 186 readahead 187 setxattr 188 lsetxattr 189 fsetxattr 190 getxattr 191
    lgetxattr 192 fgetxattr 193 listxattr 194 llistxattr 195 flistxattr 196 removexattr 197 lremovexattr 198
    fremovexattr 199 time 201 futex 202 sched_setaffinity 203 sched_getaffinity 204 epoll_create 213 getdents64 217
    set_tid_address 218 restart_syscall 219 fadvise64 221 timer_create 222 timer_settime 223 timer_gettime 224
    timer_getoverrun 225 timer_delete 226 clock_gettime 228 clock_getres 229 clock_nanosleep 230 exit_group 231
    epoll_wait 232 epoll_ctl 233 tgkill 234 utimes 235 get_mempolicy 239 waitid 247 openat 257 mkdirat 258 fchownat
    260 futimesat 261 newfstatat 262 unlinkat 263 renameat 264 linkat 265 symlinkat 266 readlinkat 267 fchmodat 268
    faccessat 269 pselect6 270 ppoll 271 set_robust_list 273 splice 275 sync_file_range 277 utimensat 280
    epoll_pwait 281 signalfd 282 timerfd_create 283 eventfd 284 fallocate 285 timerfd_settime 286 timerfd_gettime
    287 signalfd4 289 eventfd2 290 epoll_create1 291 dup3 292 pipe2 293 preadv 295 pwritev 296 recvmmsg 299
    prlimit64 302 sendmmsg 307 getcpu 309 sched_setattr 314 sched_getattr 315 renameat2 316 getrandom 318 execveat
    322 membarrier 324 mlock2 325 copy_file_range 326 preadv2 327 pwritev2 328 pkey_mprotect 329 pkey_alloc 330
    pkey_free 331 statx 332 rseq 334
    """,
    "aarch64": """
    setxattr 5 lsetxattr 6 fsetxattr 7 getxattr 8 lgetxattr 9 fgetxattr 10 listxattr 11 llistxattr 12 flistxattr 13
    removexattr 14 lremovexattr 15 fremovexattr 16 getcwd 17 eventfd2 19 epoll_create1 20 epoll_ctl 21 epoll_pwait
    22 dup 23 dup3 24 fcntl 25 ioctl 29 flock 32 mkdirat 34 unlinkat 35 symlinkat 36 linkat 37 renameat 38 statfs 43
    fstatfs 44 truncate 45 ftruncate 46 fallocate 47 faccessat 48 chdir 49 fchdir 50 fchmod 52 fchmodat 53 fchownat
    54 fchown 55 openat 56 close 57 pipe2 59 getdents64 61 lseek 62 read 63 write 64 readv 65 writev 66 pread64 67
    pwrite64 68 preadv 69 pwritev 70 sendfile 71 pselect6 72 ppoll 73 signalfd4 74 splice 76 readlinkat 78
    newfstatat 79 fstat 80 fsync 82 fdatasync 83 sync_file_range 84 timerfd_create 85 timerfd_settime 86
    timerfd_gettime 87 utimensat 88 exit 93 exit_group 94 waitid 95 set_tid_address 96 futex 98 set_robust_list 99
    nanosleep 101 getitimer 102 setitimer 103 timer_create 107 timer_gettime 108 timer_getoverrun 109 timer_settime
    110 timer_delete 111 clock_gettime 113 clock_getres 114 clock_nanosleep 115 sched_setparam 118
    sched_setscheduler 119 sched_getscheduler 120 sched_getparam 121 sched_setaffinity 122 sched_getaffinity 123
    sched_yield 124 sched_get_priority_max 125 sched_get_priority_min 126 sched_rr_get_interval 127 restart_syscall
    128 kill 129 tgkill 131 sigaltstack 132 rt_sigsuspend 133 rt_sigaction 134 rt_sigprocmask 135 rt_sigpending 136
    rt_sigtimedwait 137 rt_sigreturn 139 setpriority 140 getpriority 141 getresuid 148 getresgid 150 times 153
    setpgid 154 getpgid 155 getsid 156 setsid 157 getgroups 158 uname 160 getrlimit 163 setrlimit 164 getrusage 165
    umask 166 prctl 167 getcpu 168 gettimeofday 169 getpid 172 getppid 173 getuid 174 geteuid 175 getgid 176 getegid
    177 gettid 178 sysinfo 179 socketpair 199 getsockname 204 getpeername 205 sendto 206 recvfrom 207 setsockopt 208
    getsockopt 209 shutdown 210 sendmsg 211 recvmsg 212 readahead 213 brk 214 munmap 215 mremap 216 clone 220 execve
    221 mmap 222 fadvise64 223 mprotect 226 msync 227 mlock 228 munlock 229 mlockall 230 munlockall 231 mincore 232
    madvise 233 get_mempolicy 236 recvmmsg 243 wait4 260 prlimit64 261 sendmmsg 269 sched_setattr 274 sched_getattr
    275 renameat2 276 getrandom 278 execveat 281 membarrier 283 mlock2 284 copy_file_range 285 preadv2 286 pwritev2
    287 pkey_mprotect 288 pkey_alloc 289 pkey_free 290 statx 291 rseq 293
    """,
}
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def _numbers(table):
    words = table.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


NUMBERS = {machine: _numbers(_COMMON + table) for machine, table in _BY_MACHINE.items()}

# Their first argument is the number of a process.
_ABOUT_A_PROCESS = (
    *("getpgid", "getsid", "prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_getscheduler"),
    *("sched_setparam", "sched_getparam", "sched_setattr", "sched_getattr", "sched_rr_get_interval"),
)
_STARTING = ("fork", "vfork", "execve", "execveat", "setsid", "setpgid")
_THREAD, _CLONE_PARENT = 0x10000, 0x8000
# mnt, cgroup, uts, ipc, user, pid and net.  In a new namespace, a process could regain the privileges it gave up.
_NEW_NAMESPACES = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000

# Allowed for prctl: reading, names of threads and memory, and settings of the processor.  Not allowed:
# PR_SET_PDEATHSIG, with which a sandbox could outlive the grader, PR_SET_DUMPABLE and PR_SET_SECCOMP.
_PRCTL = (2, 3, 7, 15, 16, 21, 23, 27, 29, 30, 37, 38, 39, 40, 41, 42, 50, 51, 52, 54, 55, 56, 63, 64, 66, 0x53564D41)
# Allowed for fcntl.  Not allowed: F_SETOWN, F_SETOWN_EX and F_SETSIG, which make the kernel send a signal to any
# process of the same user, F_NOTIFY, and locks on parts of a file, which take kernel memory that no limit counts.
_FCNTL = (0, 1, 2, 3, 4, 5, 9, 11, 16, 36, 1025, 1027, 1030, 1031, 1032, 1034)
# Allowed for ioctl: ask about a terminal, or how much there is to read; set a descriptor's flags; copy a file.
_IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x5452, 0x40049409)
_UNIX, _STREAM, _SEQPACKET = 1, 1, 5

_LOAD, _AND, _EQUAL, _ABOVE, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x45, 0x06
_KILL = (_RETURN, 0, 0, 0x80000000)
_ALLOW = (_RETURN, 0, 0, 0x7FFF0000)


def _fail(error):
    return (_RETURN, 0, 0, 0x50000 | error)


_REFUSE = _fail(errno.EPERM)


def restrict(may_start_processes):
    """Install the filter in a process with a single thread, for good.

    Parameters
    ----------
    may_start_processes : bool
        Whether to allow ``fork`` and ``exec``.

    Returns
    -------
    bool
        False if the kernel has no seccomp, or the numbers of the calls are not known for this machine.
    """
    if platform.machine() not in NUMBERS:
        return False
    program = build_filter(platform.machine(), os.getpid(), may_start_processes)
    program = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return libc.prctl(22, 2, head, 0, 0) == 0


def build_filter(machine, pid, may_start_processes):
    """Build the filter for a machine.

    Parameters
    ----------
    machine : str
        A key of ``NUMBERS``.
    pid : int
        The process's own number.
    may_start_processes : bool
        As for :func:`restrict`.

    Returns
    -------
    list of (int, int, int, int)
        Instructions: operation, jumps if it is true and false, operand.
    """
    numbers = NUMBERS[machine]
    conditions = _conditions(pid, may_start_processes)
    plain = set(numbers) - set(conditions) - (set() if may_start_processes else set(_STARTING))
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _AUDIT[machine]),
        _KILL,
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, 0x40000000),  # the x32 interface has other numbers for the same calls
        _KILL,
        # A filter can't see the flags of clone3.  With ENOSYS, libraries fall back on clone.
        (_EQUAL, 0, 1, 435),
        _fail(errno.ENOSYS),
    ]
    for first, last in _ranges(numbers[name] for name in plain):
        program += [(_AT_LEAST, 0, 2, first), (_ABOVE, 1, 0, last), _ALLOW]
    for name, condition in conditions.items():
        program += [(_EQUAL, 0, len(condition), numbers[name]), *condition]
    return [*program, (_ABOVE, 0, 1, _LAST_KNOWN), _fail(errno.ENOSYS), _REFUSE]


def _ranges(numbers):
    """Return the first and last number of each unbroken range."""
    ranges = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def _conditions(pid, may_start_processes):
    """Return, by name, the instructions for calls whose arguments matter; each path through them returns."""
    own = (0, pid)
    about_a_process = {name: _one_of(0, own) for name in _ABOUT_A_PROCESS}
    # glibc asks for the affinity of a thread, whose number is unknown here.  It continues without the call.
    about_a_process["sched_getaffinity"] = _one_of(0, own, errno.ENOSYS)
    # 0 is PRIO_PROCESS: only a process, not all processes of a group or user.
    about_a_process |= {name: _unless(0, (0,)) + _one_of(1, own) for name in ("getpriority", "setpriority")}
    about_a_process |= {name: _one_of(0, (pid,)) for name in ("kill", "tgkill")}
    if may_start_processes and pid == 1:
        # Its process namespace contains only processes that it has started.
        about_a_process = {name: [_ALLOW] for name in about_a_process}
    clone = [_argument(0), (_ANY_BIT, 0, 1, _NEW_NAMESPACES | _CLONE_PARENT), _REFUSE]
    clone += [_ALLOW] if may_start_processes else [(_ANY_BIT, 1, 0, _THREAD), _REFUSE, _ALLOW]
    return {
        **about_a_process,
        **{name: _own_clock(pid) for name in ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create")},
        "clone": clone,
        "prctl": _one_of(0, _PRCTL),
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL, errno.ENOTTY),
        # With datagrams, even a socket of a pair could send to any socket in the file system.
        "socketpair": [*_unless(0, (_UNIX,)), _argument(1), (_AND, 0, 0, 0xF), *_compared((_STREAM, _SEQPACKET))],
    }


def _argument(index):
    """Load the lower half of an argument; all of these are ints, so the kernel ignores the upper half."""
    return (_LOAD, 0, 0, 16 + 8 * index)


def _compared(values, error=errno.EPERM):
    jumps = [(_EQUAL, len(values) - index, 0, value & 0xFFFFFFFF) for index, value in enumerate(values)]
    return [*jumps, _fail(error), _ALLOW]


def _one_of(index, values, error=errno.EPERM):
    return [_argument(index), *_compared(values, error)]


def _unless(index, values):
    """Refuse the call unless an argument has one of these values; otherwise continue."""
    return _one_of(index, values)[:-1]


def _own_clock(pid):
    """Allow the system's clocks and those of the process itself, but not another process's processor time."""
    mine = [~number << 3 | 2 for number in (0, pid)]
    # Negative clocks belong to processes.  With bit 4 they belong to threads, and only the process's own are visible.
    return [_argument(0), (_ANY_BIT, 0, 2 + len(mine), 0x80000000), (_ANY_BIT, 1 + len(mine), 0, 4), *_compared(mine)]
