"""What a machine has. A field that could not be found out is None and stands in `unknown` with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen, Message


class Gpu(Frozen):
    """One GPU; `compute_capability` as NVIDIA writes it (`8.6`), `memory_mib` in MiB."""

    name: CleanStr
    compute_capability: CleanStr | None = None
    memory_mib: int | None = None
    vendor: Literal["nvidia", "amd", "apple"] = "nvidia"


class Interpreter(Frozen):
    """A Python that is installed."""

    version: CleanStr  # 3.11.7
    path: CleanStr
    source: Literal["PATH", "pyenv", "uv", "conda", "running", "described"]


class Tool(Frozen):
    """A program that was found and the version that it tells."""

    name: CleanStr
    version: CleanStr | None = None
    path: CleanStr | None = None


class Host(Frozen):
    """A machine, probed here or described in a file; sizes in MiB.

    `tools` holds what was found of nvcc, gcc, g++, clang, cmake, ninja, git, git-lfs, uv, conda;
    a name in `absent` was looked for and is not there.
    """

    name: CleanStr
    probed_at: datetime | None = None
    os: Literal["linux", "macos", "windows"]
    os_version: CleanStr | None = None
    arch: Literal["x86_64", "aarch64", "arm64"]
    glibc: CleanStr | None = None
    pythons: tuple[Interpreter, ...] = ()
    driver_version: CleanStr | None = None
    driver_cuda: CleanStr | None = None  # the newest CUDA that the driver itself speaks
    gpus: tuple[Gpu, ...] | None = None  # () is none, None is unknown
    cuda_home: CleanStr | None = None
    cuda_home_version: CleanStr | None = None
    cudnn: CleanStr | None = None
    tools: Mapping[str, Tool] = {}
    absent: tuple[CleanStr, ...] = ()
    disk_free_mib: int | None = Field(default=None, ge=0)
    ram_mib: int | None = Field(default=None, ge=0)
    container: bool | None = None
    rocm: CleanStr | None = None
    mps: bool | None = None
    unknown: Mapping[str, Message] = {}


class CheckItem(Frozen):
    """One line of the check of a machine before reproducing."""

    name: CleanStr
    state: Literal["ok", "warning", "fail", "unknown"]
    summary: Message
    remedy: Message | None = None
    source: CleanStr | None = None  # the table row's or the requirement's place
