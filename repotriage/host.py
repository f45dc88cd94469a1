"""The Host port: what this machine has. Every probe can fail alone and says how."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from pydantic import ValidationError

from repotriage import data
from repotriage.errors import UsageError
from repotriage.models.base import Message, msg
from repotriage.models.host import Gpu, Host, Interpreter, Tool

T = TypeVar("T")
_TOOLS = ("nvcc", "gcc", "g++", "clang", "cmake", "ninja", "git", "git-lfs", "uv", "conda")
_VERSION = re.compile(r"\b(\d+(?:\.\d+)+)")
_NVCC_RELEASE = re.compile(r"release (\d+\.\d+)")
_PYTHON = re.compile(r"python3?(\.\d+)?(\.exe)?")
_FULL_VERSION = re.compile(r"(\d+\.\d+\.\d+)")
_TIME_LIMIT = 10.0  # seconds for one program to tell its version
_MIB = 1024 * 1024
_NVIDIA_PCI, _AMD_PCI = "0x10de", "0x1002"


class Machine(Protocol):
    """The few ways in which the probes look at a machine."""

    env: Mapping[str, str]
    system: str  # as platform.system() names it
    arch: str  # as platform.machine() names it

    def which(self, name: str) -> str | None:
        """The path of a program on PATH."""

    def run(self, argv: Sequence[str]) -> str:
        """What a program prints; raises OSError or ValueError when it fails or hangs."""

    def read(self, path: str) -> str | None:
        """The text of a small file, or None."""

    def glob(self, folder: str, pattern: str) -> list[str]:
        """Paths below a folder, sorted; none when there is no such folder."""


class ThisMachine:
    """The machine that this process runs on."""

    def __init__(self) -> None:
        self.env: Mapping[str, str] = os.environ
        self.system = platform.system()
        self.arch = platform.machine()

    def which(self, name: str) -> str | None:
        """The path of a program on PATH."""
        return shutil.which(name)

    def run(self, argv: Sequence[str]) -> str:
        """Run a program that tells its version: no shell, no input, ten seconds."""
        try:
            done = subprocess.run(  # noqa: S603 -- absolute paths of programs of this machine, no shell
                list(argv), capture_output=True, timeout=_TIME_LIMIT, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired as error:
            raise ValueError(f"no answer in {_TIME_LIMIT:.0f} s") from error
        if done.returncode != 0:
            raise ValueError(f"exit status {done.returncode}")
        return (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")

    def read(self, path: str) -> str | None:
        """The text of a small file, or None."""
        try:
            with Path(path).open(encoding="utf-8", errors="replace") as file:
                return file.read(100_000)
        except OSError:
            return None

    def glob(self, folder: str, pattern: str) -> list[str]:
        """Paths below a folder, sorted; none when there is no such folder."""
        try:
            return sorted(str(path) for path in Path(folder).expanduser().glob(pattern))
        except OSError:
            return []


class Nvml(Protocol):
    """What is asked of NVIDIA's management library; every call may raise."""

    def driver(self) -> str:
        """The driver version."""

    def cuda(self) -> str:
        """The newest CUDA version that the driver speaks."""

    def gpus(self) -> tuple[Gpu, ...]:
        """Every GPU with its compute capability and memory."""


def essentials(machine: Machine, nvml: Nvml | None) -> Host:
    """What a solution depends on: platform, C library, driver and GPUs. No program is run for it."""
    unknown: dict[str, Message] = {}
    attempt = _attempts(unknown)
    return Host(
        name="this machine",
        os=_os(machine),
        arch=_arch(machine),
        glibc=attempt("glibc", lambda: _glibc(machine)),
        driver_version=None if nvml is None else attempt("driver_version", nvml.driver),
        driver_cuda=None if nvml is None else attempt("driver_cuda", nvml.cuda),
        gpus=_gpus(machine, nvml, attempt, unknown),
        mps=machine.system == "Darwin" and machine.arch == "arm64",
        unknown=unknown,
    )


def probe(machine: Machine, nvml: Nvml | None, *, now: datetime, folder: Path) -> Host:
    """Look at the whole machine; `folder` is where a repository would go (its disk counts).

    A probe that fails leaves its field unknown with the reason; none stops the others.
    """
    found = essentials(machine, nvml)
    unknown = dict(found.unknown)
    attempt = _attempts(unknown)
    tools, absent = _tools(machine, unknown)
    home = _cuda_home(machine)
    return found.model_copy(
        update={
            "probed_at": now,
            "os_version": attempt("os_version", lambda: _os_version(machine)),
            "pythons": attempt("pythons", lambda: tuple(_pythons(machine))) or (),
            "cuda_home": home,
            "cuda_home_version": None
            if home is None
            else attempt("cuda_home_version", lambda: _toolkit_in(machine, home)),
            "cudnn": attempt("cudnn", lambda: _cudnn(machine, home)),
            "tools": tools,
            "absent": absent,
            "disk_free_mib": attempt("disk_free_mib", lambda: shutil.disk_usage(folder).free // _MIB),
            "ram_mib": attempt("ram_mib", _ram),
            "container": attempt("container", lambda: _container(machine)),
            "rocm": attempt("rocm", lambda: (machine.read("/opt/rocm/.info/version") or "").strip() or None),
            "unknown": unknown,
        }
    )


def this_machine() -> Host:
    """The essentials of the machine that this process runs on."""
    return essentials(ThisMachine(), open_nvml())


class _Attempts(Protocol):
    """Runs one probe; an exception becomes None, with its reason noted."""

    def __call__(self, name: str, look: Callable[[], T], /) -> T | None:
        """The answer of `look`, or None."""


def _attempts(unknown: dict[str, Message]) -> _Attempts:
    def attempt(name: str, look: Callable[[], T], /) -> T | None:
        try:
            return look()
        except Exception as error:
            # A driver or a program of a strange machine may raise anything.
            unknown[name] = msg("{kind}: {error}", kind=type(error).__name__, error=str(error)[:200])
            return None

    return attempt


def load_host(name_or_path: str) -> Host:
    """A bundled description (`rtx3090`) or a file that `repotriage host --format json` wrote.

    Raises:
        UsageError: there is neither, or the file does not describe a host.
    """
    text = data.text(f"hosts/{name_or_path}.json") if re.fullmatch(r"[a-z0-9-]+", name_or_path) else None
    if text is None:
        try:
            text = Path(name_or_path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"no host is described by {name_or_path!r}",
                hint=f"give a file written by `repotriage host --format json`, or one of: {', '.join(bundled_hosts())}",
            ) from error
    try:
        return Host.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(
            f"{name_or_path} does not describe a host: {where}: {first['msg']}",
            hint="write one with `repotriage host --format json` and change what differs",
        ) from error


def bundled_hosts() -> tuple[str, ...]:
    """The names of the bundled descriptions."""
    return data.names("hosts", ".json")


def _os(machine: Machine) -> Literal["linux", "macos", "windows"]:
    return {"Darwin": "macos", "Windows": "windows"}.get(machine.system, "linux")  # type: ignore[return-value]


def _arch(machine: Machine) -> Literal["x86_64", "aarch64", "arm64"]:
    name = machine.arch.lower()
    if name in {"arm64", "aarch64"}:
        return "arm64" if machine.system == "Darwin" else "aarch64"
    return "x86_64"


def _os_version(machine: Machine) -> str | None:
    release = machine.read("/etc/os-release") or ""
    pretty = re.search(r'^PRETTY_NAME="?([^"\n]*)"?', release, re.MULTILINE)
    return pretty[1] if pretty else platform.platform()


def _glibc(machine: Machine) -> str | None:
    if machine.system != "Linux":
        return None
    name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    return version if name == "glibc" else None


def _tools(machine: Machine, unknown: dict[str, Message]) -> tuple[dict[str, Tool], tuple[str, ...]]:
    tools: dict[str, Tool] = {}
    absent: list[str] = []
    for name in _TOOLS:
        path = machine.which(name)
        if path is None:
            absent.append(name)
            continue
        version = None
        try:
            text = machine.run([path, "--version"])
            found = (_NVCC_RELEASE if name == "nvcc" else _VERSION).search(text)
            version = found[1] if found else None
        except (OSError, ValueError) as error:
            unknown[f"tools.{name}"] = msg("{path}: {error}", path=path, error=str(error)[:200])
        tools[name] = Tool(name=name, version=version, path=path)
    return tools, tuple(absent)


def _pythons(machine: Machine) -> Iterator[Interpreter]:
    """This one, those on PATH, and those that pyenv, uv and conda installed; by their folders where these tell."""
    seen: set[str] = set()
    here = os.path.realpath(sys.executable)
    seen.add(here)
    yield Interpreter(version=platform.python_version(), path=sys.executable, source="running")
    home = machine.env.get("HOME", "")
    kept: list[tuple[Literal["pyenv", "uv", "conda"], str, str]] = [
        ("pyenv", machine.env.get("PYENV_ROOT") or f"{home}/.pyenv", "versions/*/bin/python"),
        ("uv", machine.env.get("UV_PYTHON_INSTALL_DIR") or f"{home}/.local/share/uv/python", "*/bin/python3"),
    ]
    kept += [
        ("conda", f"{home}/{name}", pattern)
        for name in ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")
        for pattern in ("bin/python", "envs/*/bin/python")
    ]
    for source, folder, pattern in kept:
        for path in machine.glob(folder, pattern):
            real = os.path.realpath(path)
            version = _FULL_VERSION.search(path) or _FULL_VERSION.search(_told(machine, path))
            if real not in seen and version:
                seen.add(real)
                yield Interpreter(version=version[1], path=path, source=source)
    for folder in machine.env.get("PATH", "").split(os.pathsep):
        for path in machine.glob(folder, "python*") if folder else ():
            real = os.path.realpath(path)
            if real in seen or not _PYTHON.fullmatch(Path(path).name) or "shims" in path:
                continue
            seen.add(real)
            version = _FULL_VERSION.search(_told(machine, path))
            if version:
                yield Interpreter(version=version[1], path=path, source="PATH")


def _told(machine: Machine, path: str) -> str:
    try:
        return machine.run([path, "--version"])
    except (OSError, ValueError):
        return ""


def _gpus(
    machine: Machine,
    nvml: Nvml | None,
    attempt: _Attempts,
    unknown: dict[str, Message],
) -> tuple[Gpu, ...] | None:
    """From the driver; without it, whether the PCI bus has a GPU at all."""
    if nvml is not None:
        return attempt("gpus", nvml.gpus)
    if machine.system == "Darwin":
        return (Gpu(name="Apple GPU", vendor="apple"),) if machine.arch == "arm64" else ()
    devices = machine.glob("/sys/bus/pci/devices", "*")
    if not devices:
        unknown["gpus"] = msg("neither the NVIDIA driver nor the list of PCI devices can be read")
        return None
    vendors = {
        (machine.read(f"{device}/vendor") or "").strip()
        for device in devices
        if (machine.read(f"{device}/class") or "").startswith("0x03")
    }
    if _NVIDIA_PCI in vendors:
        unknown["gpus"] = msg("an NVIDIA GPU is there, but no driver that tells which")
        return None
    return (Gpu(name="AMD GPU", vendor="amd"),) if _AMD_PCI in vendors else ()


def _cuda_home(machine: Machine) -> str | None:
    """Where torch's builds of extensions would look: CUDA_HOME, CUDA_PATH, nvcc on PATH, /usr/local/cuda."""
    named = machine.env.get("CUDA_HOME") or machine.env.get("CUDA_PATH")
    if named:
        return named
    nvcc = machine.which("nvcc")
    if nvcc is not None:
        return str(Path(os.path.realpath(nvcc)).parent.parent)
    return "/usr/local/cuda" if machine.glob("/usr/local/cuda", "bin/nvcc") else None


def _toolkit_in(machine: Machine, home: str) -> str | None:
    text = machine.read(f"{home}/version.json")
    if text is not None:
        found = json.loads(text).get("cuda", {}).get("version")
        if isinstance(found, str):
            return ".".join(found.split(".")[:2])
    text = machine.read(f"{home}/version.txt")
    release = _VERSION.search(text) if text else None
    if release:
        return ".".join(release[1].split(".")[:2])
    nvcc = machine.glob(home, "bin/nvcc")
    told = _NVCC_RELEASE.search(machine.run([nvcc[0], "--version"])) if nvcc else None
    return told[1] if told else None


def _cudnn(machine: Machine, home: str | None) -> str | None:
    for folder in (*((home,) if home else ()), "/usr", "/usr/local/cuda"):
        for header in ("include/cudnn_version.h", "include/cudnn.h", "include/x86_64-linux-gnu/cudnn_version.h"):
            text = machine.read(f"{folder}/{header}") or ""
            parts = [re.search(rf"#define CUDNN_{part} (\d+)", text) for part in ("MAJOR", "MINOR", "PATCHLEVEL")]
            numbers = [part[1] for part in parts if part]
            if len(numbers) == len(parts):
                return ".".join(numbers)
    return None


def _ram() -> int:
    import psutil

    return int(psutil.virtual_memory().total) // _MIB


def _container(machine: Machine) -> bool | None:
    if machine.system != "Linux":
        return None
    if machine.read("/.dockerenv") is not None or machine.read("/run/.containerenv") is not None:
        return True
    groups = machine.read("/proc/1/cgroup") or ""
    return any(word in groups for word in ("docker", "kubepods", "containerd", "lxc")) or "container" in machine.env


class RealNvml:
    """NVIDIA's management library through nvidia-ml-py."""

    def __init__(self, library: Any) -> None:
        self._nvml = library

    def driver(self) -> str:
        """The driver version."""
        return str(_text(self._nvml.nvmlSystemGetDriverVersion()))

    def cuda(self) -> str:
        """The newest CUDA version that the driver speaks."""
        number = int(self._nvml.nvmlSystemGetCudaDriverVersion_v2())
        return f"{number // 1000}.{number % 1000 // 10}"

    def gpus(self) -> tuple[Gpu, ...]:
        """Every GPU with its compute capability and memory."""
        found = []
        for index in range(int(self._nvml.nvmlDeviceGetCount())):
            handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
            major, minor = self._nvml.nvmlDeviceGetCudaComputeCapability(handle)
            memory = int(self._nvml.nvmlDeviceGetMemoryInfo(handle).total) // _MIB
            name = str(_text(self._nvml.nvmlDeviceGetName(handle)))
            found.append(Gpu(name=name, compute_capability=f"{major}.{minor}", memory_mib=memory))
        return tuple(found)


def _text(value: Any) -> Any:
    """Older releases of nvidia-ml-py answer with bytes."""
    return value.decode() if isinstance(value, bytes) else value


def open_nvml() -> Nvml | None:
    """NVIDIA's management library, or None where there is no driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return RealNvml(pynvml)
