"""The platform of the machine that we run on, as far as wheels depend on it."""

from __future__ import annotations

import platform
import sys
from typing import Literal

from repotriage.models.host import Host


def this_machine() -> Host:
    """Operating system, architecture and C library; GPUs are not looked for here."""
    systems: dict[str, Literal["linux", "macos", "windows"]] = {"darwin": "macos", "win32": "windows"}
    system = systems.get(sys.platform, "linux")
    machine = platform.machine().lower()
    arch: Literal["x86_64", "aarch64", "arm64"] = "x86_64"
    if machine in ("aarch64", "arm64"):
        arch = "arm64" if system == "macos" else "aarch64"
    kind, version = platform.libc_ver()
    return Host(name="this machine", os=system, arch=arch, glibc=version if kind == "glibc" and version else None)
