"""What a machine has, for a person: one line a fact, unknown ones with their reason."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.models.host import Gpu, Host


def render(host: Host) -> str:
    """One line a fact; what is not there and what could not be found out are told apart."""
    return "".join(f"{name + ':':<16}{value}\n" for name, value in _lines(host))


def _lines(host: Host) -> Iterator[tuple[str, str]]:
    yield "machine", f"{host.name} · {host.os_version or host.os} · {host.arch}"
    if host.glibc:
        yield "glibc", host.glibc
    for python in host.pythons:
        yield "Python", f"{python.version} · {python.path} ({python.source})"
    yield "driver", _known(host, "driver_version", host.driver_version, "none")
    if host.driver_cuda:
        yield "driver's CUDA", f"up to {host.driver_cuda}"
    if host.gpus is None:
        yield "GPU", _known(host, "gpus", None, "none")
    elif not host.gpus:
        yield "GPU", "none"
    for gpu in host.gpus or ():
        yield "GPU", _gpu(gpu)
    yield "CUDA_HOME", _known(host, "cuda_home", host.cuda_home, "not set, and no toolkit was found")
    if host.cuda_home:
        yield "CUDA toolkit", _known(host, "cuda_home_version", host.cuda_home_version, "its version is not told")
    yield "cuDNN", _known(host, "cudnn", host.cudnn, "no header was found")
    for tool in host.tools.values():
        version = _known(host, f"tools.{tool.name}", tool.version, "its version is not told")
        yield tool.name, version if tool.path is None else f"{version} · {tool.path}"
    if host.absent:
        yield "not found", ", ".join(host.absent)
    yield "free disk", _size(host, "disk_free_mib", host.disk_free_mib)
    yield "memory", _size(host, "ram_mib", host.ram_mib)
    if host.container:
        yield "container", "yes"
    if host.rocm:
        yield "ROCm", host.rocm
    if host.mps:
        yield "Metal (MPS)", "yes"


def _gpu(gpu: Gpu) -> str:
    capability = f"compute capability {gpu.compute_capability}" if gpu.compute_capability else None
    memory = f"{gpu.memory_mib / 1024:.0f} GiB" if gpu.memory_mib else None
    return " · ".join(part for part in (gpu.name, capability, memory) if part)


def _known(host: Host, name: str, value: str | None, absent: str) -> str:
    if value is not None:
        return value
    reason = host.unknown.get(name)
    return absent if reason is None else f"unknown: {reason}"


def _size(host: Host, name: str, mib: int | None) -> str:
    return _known(host, name, None if mib is None else f"{mib / 1024:.0f} GiB", "unknown")
