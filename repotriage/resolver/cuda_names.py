"""Projects that publish one distribution for each CUDA, such as spconv and CuPy: the one for the planned torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from repotriage.compat.gpu_support import nvidia
from repotriage.compat.knowledge import CudaName, cuda_of_build, rows, torch_release
from repotriage.models.base import msg
from repotriage.models.host import Host
from repotriage.models.solution import Pin
from repotriage.resolver.accelerators import Rename
from repotriage.resolver.torch_build import Choice, plain_build


def renames(pins: Sequence[Pin], host: Host, build: Choice) -> tuple[Rename, ...]:
    """Other distributions to try, likeliest first; none where the one that is there fits, or it is not known.

    `build` is that of the torch among the pins. Two CUDA majors in one process cannot be loaded by their usual names.
    """
    known = {row.name: row for row in rows("cuda_names", "name", CudaName)}
    return tuple(
        one
        for pin in pins
        if pin.name in known
        for one in _of(pin, known[pin.name], tuple(known.values()), _cuda_of_torch(pins, host, build), host)
    )


def _cuda_of_torch(pins: Sequence[Pin], host: Host, build: Choice) -> str | None:
    torch = next((pin for pin in pins if pin.name == "torch"), None)
    row = None if torch is None else torch_release(torch.version)
    tag = build.tag or (plain_build(row, host) if row is not None else None)
    return None if tag is None else cuda_of_build(tag)


def _of(pin: Pin, row: CudaName, known: Sequence[CudaName], cuda: str | None, host: Host) -> Iterator[Rename]:
    if not nvidia(host):
        if row.cpu is not None:
            why = msg("{name} is for NVIDIA GPUs, and none is planned for", name=pin.name)
            yield Rename(old=pin.name, line=f"{row.cpu}=={pin.version}", reason=why)
            yield Rename(old=pin.name, line=row.cpu, reason=why)
        return
    if cuda is None or _goes(row, cuda):
        return
    why = msg("{name} is for another CUDA than the {cuda} of the planned torch", name=pin.name, cuda=cuda)
    for other in known:
        if other.family == row.family and _goes(other, cuda):
            yield Rename(old=pin.name, line=f"{other.name}=={pin.version}", reason=why)
            yield Rename(old=pin.name, line=other.name, reason=why)


def _goes(row: CudaName, cuda: str) -> bool:
    return Version(row.lowest) <= Version(cuda) < Version(row.below)
