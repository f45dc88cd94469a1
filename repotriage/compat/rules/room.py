"""Disk and memory × what the documents state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown, warning
from repotriage.compat.rules.sizes import gibibytes
from repotriage.models.base import msg
from repotriage.models.host import CheckItem
from repotriage.models.location import Location

_ENVIRONMENT = 10.0  # GiB that a CUDA build of torch and its libraries take, unpacked and cached


@rule
def disk(case: Case) -> Iterator[CheckItem]:
    """The free disk holds the environment, and the weights and data whose size is stated."""
    free = None if case.host.disk_free_mib is None else case.host.disk_free_mib / 1024
    if free is None:
        yield unknown("disk", case.host.unknown.get("disk_free_mib") or msg("the free disk is not known"))
        return
    stated, at = _stated(case, "disk")
    assets = () if case.study is None else case.study.reading.assets
    sizes = [size for asset in assets if asset.size and (size := gibibytes(asset.size)) is not None]
    environment = _ENVIRONMENT if case.attempt is not None and case.build not in (None, "cpu") else 0.0
    need = max(stated or 0.0, sum(sizes) + environment)
    if need > free:
        yield fail(
            "disk",
            msg("{free:,.0f} GiB are free, {need:,.0f} GiB are needed", free=free, need=need),
            msg("free some disk, or work on another one"),
            at,
        )
    elif free < _ENVIRONMENT:
        yield warning("disk", msg("only {free:,.0f} GiB are free", free=free), msg("free some disk"))
    elif not need:
        yield ok("disk", msg("{free:,.0f} GiB are free", free=free))
    else:
        yield ok(
            "disk", msg("{free:,.0f} GiB are free, {need:,.0f} GiB are known to be needed", free=free, need=need), at
        )


@rule
def gpu_memory(case: Case) -> Iterator[CheckItem]:
    """The GPU has the memory that the documents state."""
    need, at = _stated(case, "gpu_memory")
    if need is None or not case.gpus:
        return
    have = [gpu.memory_mib / 1024 for gpu in case.gpus if gpu.memory_mib is not None]
    if not have:
        yield unknown("gpu-memory", msg("the memory of the GPU is not known; {need:,.0f} GiB are stated", need=need))
    elif max(have) * 1.03 < need:  # a card sold with 24 GB tells a little less
        yield warning(
            "gpu-memory",
            msg(
                "{need:,.0f} GiB of GPU memory are stated, the largest GPU here has {have:,.0f}",
                need=need,
                have=max(have),
            ),
            msg("lower the batch size, or use a GPU with more memory"),
            at,
        )
    else:
        yield ok(
            "gpu-memory",
            msg("{have:,.0f} GiB of GPU memory, {need:,.0f} GiB are stated", have=max(have), need=need),
            at,
        )


@rule
def memory(case: Case) -> Iterator[CheckItem]:
    """The machine has the main memory that the documents state."""
    need, at = _stated(case, "ram")
    if need is None:
        return
    have = None if case.host.ram_mib is None else case.host.ram_mib / 1024
    if have is None:
        yield unknown("memory", case.host.unknown.get("ram_mib") or msg("the main memory is not known"))
    elif have * 1.1 < need:  # firmware and kernel keep some
        yield warning(
            "memory",
            msg("{need:,.0f} GiB of memory are stated, this machine has {have:,.0f}", need=need, have=have),
            msg("use a machine with more memory, or load less at once"),
            at,
        )
    else:
        yield ok("memory", msg("{have:,.0f} GiB of memory, {need:,.0f} GiB are stated", have=have, need=need), at)


def _stated(case: Case, kind: Literal["disk", "gpu_memory", "ram"]) -> tuple[float | None, str | None]:
    """The largest amount of a kind in the documents, in GiB, and where it stands."""
    facts = () if case.study is None else case.study.reading.hardware
    found = [
        (size, _place(fact.at)) for fact in facts if fact.kind == kind and (size := gibibytes(fact.text)) is not None
    ]
    return max(found, default=(None, None))


def _place(at: Location) -> str:
    return at.path if at.line is None else f"{at.path}:{at.line}"
