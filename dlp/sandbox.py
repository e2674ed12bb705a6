"""enter(): what a worker gives up for good before it reads a byte of content.

No network, no new privileges, no file but the interpreter's and the system's own to read, one private folder to
write to. Each layer stands alone, so that a kernel without one still has the others:

* a network namespace of its own, where we are root
* Landlock: which files may be read and written; TCP and signals to others (kernel 5.13; complete from 6.12)
* seccomp: no socket, no mount, no tracing, no io_uring (which would pass by seccomp)
* limits of address space, open files and core dumps

By ctypes: the two libraries on PyPI are a development release and one without a release since 2021, and what is used
here are three system calls and one `prctl`. Programs that a worker starts (OCR) are as bound as it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import site
import struct
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15
#: Access rights known from an ABI version on: (version, number of rights).
_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))

#: What programs and libraries of the system read. No home, no /var, no /etc as a whole: keys and passwords lie there.
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
           "/etc/localtime", "/etc/fonts", "/etc/ssl/openssl.cnf", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
           "/sys/devices/system/cpu",
           "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")  # fmt: skip

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
#: name -> number on (x86_64, aarch64)
_DENIED = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "sendto": (44, 206), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "setns": (308, 268), "unshare": (272, 97), "bpf": (321, 280), "perf_event_open": (298, 241),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "init_module": (175, 105),
    "finit_module": (313, 273), "kexec_load": (246, 104), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265), "move_mount": (429, 429), "fsopen": (430, 430),
}  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


def enter(*, memory: int, scratch: Path) -> tuple[str, ...]:
    """Give up everything but reading; `scratch` stays writable. Returns the layers in force.

    Call it while the process has one thread: Landlock and seccomp bind the calling thread and what comes after it.
    """
    layers = ["limits"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold content in clear
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    with contextlib.suppress(OSError):  # not root: seccomp and Landlock keep the network away all the same
        os.unshare(os.CLONE_NEWNET)
        layers.append("network namespace")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    layers.append("no new privileges")
    if _landlock(_readable(), (scratch,)):
        layers.append("landlock")
    if _seccomp():
        layers.append("seccomp")
    return tuple(layers)


def _prctl(option: int, argument: int, address: object = 0) -> None:
    if _libc.prctl(option, ctypes.c_ulong(argument), address, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")


def _readable() -> Iterable[Path]:
    ours = Path(__file__).parent  # the package's folder, not what it lies in: beside a checkout lies its var/
    packages = [*site.getsitepackages(), site.getusersitepackages()]
    return map(Path, dict.fromkeys((*_SYSTEM, sys.prefix, sys.base_prefix, *packages, str(ours))))


def _landlock(readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:  # a kernel without it
        return False
    rights = (1 << max(count for since, count in _RIGHTS if version >= since)) - 1
    tcp, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    attributes = struct.pack("=QQQ", rights, tcp, scopes)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _called(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        for path in readable:
            _allow(ruleset, path, (_EXECUTE | _READ_FILE | _READ_DIR) & rights)
        for path in (*writable, Path("/dev/null")):
            _allow(ruleset, path, rights & ~_EXECUTE)
        _called(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a system without that folder
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _OF_FILES, handle)
        _libc.syscall(_ADD_RULE, ruleset, 1, rule, 0)  # refused for a strange file system: then it stays forbidden
    finally:
        os.close(handle)


def _called(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "landlock")
    return result


def _seccomp() -> bool:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return False
    numbers = [pair[machine == "aarch64"] for pair in _DENIED.values()]
    program = _filter(_AUDIT_ARCH[machine], numbers)
    buffer = ctypes.create_string_buffer(program, len(program))
    holder = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    try:
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, holder)
    except OSError as fault:
        if fault.errno == errno.EINVAL:  # a kernel without it
            return False
        raise
    return True


def _filter(arch: int, numbers: list[int]) -> bytes:
    """Classic BPF: another architecture's calls, x32 calls and `numbers` fail with EPERM, all else is allowed."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refused = len(numbers) + 1  # distance from the first comparison of a number to the refusal
    steps = [
        (load, 0, 0, 4),
        (equal, 0, refused + 2, arch),
        (load, 0, 0, 0),
        (at_least, refused, 0, 0x40000000),
        *((equal, refused - 1 - i, 0, number) for i, number in enumerate(numbers)),
        (give, 0, 0, 0x7FFF0000),
        (give, 0, 0, 0x00050000 | errno.EPERM),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
