"""What an environment is made for: a Python on a platform, and which wheels fit it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Literal

from packaging import tags
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from repotriage import data
from repotriage.index.facts import IndexFile
from repotriage.models.base import Frozen

_MANYLINUX = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
_NEWEST_PYTHON_WITH_M = (3, 7)


class Target(Frozen):
    """A Python (`3.8`) on a platform; `glibc` on Linux (`2.31`), `macos` on a Mac (`14.0`)."""

    python: str
    os: Literal["linux", "macos", "windows"] = "linux"
    arch: Literal["x86_64", "aarch64", "arm64"] = "x86_64"
    glibc: str = "2.35"
    macos: str = "15.0"

    @property
    def key(self) -> str:
        """A name that can stand in a path."""
        return f"{self.python}-{self.os}-{self.arch}-{self.macos if self.os == 'macos' else self.glibc}"

    @cached_property
    def full_version(self) -> str:
        """A late patch release of the minor version, so that `Requires-Python: >=3.7.1` is met by 3.7."""
        rows = data.table("pythons")["python"]
        return next((str(row["newest"]) for row in rows if row["version"] == self.python), f"{self.python}.0")

    @cached_property
    def markers(self) -> Mapping[str, str]:
        """The environment that PEP 508 markers are evaluated in."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.full_version,
            "os_name": "nt" if self.os == "windows" else "posix",
            "platform_machine": "AMD64" if self.os == "windows" and self.arch == "x86_64" else self.arch,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}[self.os],
            "platform_version": "",
            "python_full_version": self.full_version,
            "python_version": self.python,
            "sys_platform": {"linux": "linux", "macos": "darwin", "windows": "win32"}[self.os],
        }

    def applies(self, marker: Marker, extra: str = "") -> bool:
        """Whether a marker is true here; one that cannot be evaluated counts as true."""
        try:
            return marker.evaluate({**self.markers, "extra": extra})
        except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, ValueError):
            return True

    def fits(self, file: IndexFile) -> bool:
        """Whether the wheel `file` can be installed here, by its tags."""
        wanted = _tags(self.python, self.os, self.arch, self.macos if self.os == "macos" else self.glibc)
        python, abi, platform = file.tags
        if "." not in python and "." not in abi and "." not in platform:
            return (python, abi, platform) in wanted
        return any(one in wanted for one in itertools.product(python.split("."), abi.split("."), platform.split(".")))

    @property
    def uv_platform(self) -> str:
        """The nearest value of uv's `--python-platform`; the exact glibc is seen to by `fits`."""
        return {
            "linux": "x86_64-manylinux_2_40" if self.arch == "x86_64" else "aarch64-manylinux_2_40",
            "macos": "x86_64-apple-darwin" if self.arch == "x86_64" else "aarch64-apple-darwin",
            "windows": "x86_64-pc-windows-msvc" if self.arch == "x86_64" else "aarch64-pc-windows-msvc",
        }[self.os]


@cache
def _tags(python: str, os: str, arch: str, system: str) -> frozenset[tuple[str, str, str]]:
    """Every wheel tag that an environment takes; computed once for each."""
    major, _, minor = python.partition(".")
    version = (int(major), int(minor.partition(".")[0] or 0))
    digits = f"{version[0]}{version[1]}"
    suffix = "mu" if version[0] == 2 else "m" if version <= _NEWEST_PYTHON_WITH_M else ""
    platforms = _platforms(os, arch, system)
    found = itertools.chain(
        tags.cpython_tags(version, abis=[f"cp{digits}{suffix}"], platforms=platforms),
        tags.compatible_tags(version, f"cp{digits}", platforms),
    )
    return frozenset((tag.interpreter, tag.abi, tag.platform) for tag in found)


def _platforms(os: str, arch: str, system: str) -> list[str]:
    """The platforms of wheels, the nearest first; `system` is the version of glibc, or of macOS."""
    if os == "windows":
        return ["win_arm64" if arch != "x86_64" else "win_amd64"]
    if os == "macos":
        release = [int(part) for part in f"{system}.0".split(".")]
        return list(tags.mac_platforms((release[0], release[1]), "x86_64" if arch == "x86_64" else "arm64"))
    machine = "x86_64" if arch == "x86_64" else "aarch64"
    found: list[str] = []
    for minor in range(int(system.partition(".")[2].partition(".")[0] or 17), 4, -1):
        found.append(f"manylinux_2_{minor}_{machine}")
        if minor in _MANYLINUX:
            found.append(f"{_MANYLINUX[minor]}_{machine}")
    return [*found, f"linux_{machine}"]
