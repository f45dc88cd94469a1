"""Distributions that write the same module's files: in one and the same release they do not spoil one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from repotriage import data
from repotriage.models.base import msg
from repotriage.models.solution import Pin, Wish

_PARTS = 3  # 4.5.5.62 and 4.5.5.64 are builds of one release


def in_one_release(pins: Sequence[Pin]) -> Iterator[tuple[Wish, ...]]:
    """Ways to bring such distributions of a solution to one release: that of what is asked for first."""
    for row in data.table("same_module")["module"]:
        there = [pin for pin in pins if pin.name in row["names"]]
        if not row.get("together") or len({_release(pin) for pin in there}) < 2:
            continue
        for kept in sorted(there, key=lambda pin: not pin.why):
            yield tuple(
                Wish(
                    name=other.name,
                    line=f"{other.name}=={_release(kept)}.*",
                    origin="cliff",
                    reason=msg(
                        "{name} {version} and {other} {other_version} write the same files of {module}",
                        name=kept.name, version=kept.version, other=other.name, other_version=other.version,
                        module=row["module"],
                    ),
                    source=row["source"],
                )
                for other in there
                if other is not kept
            )  # fmt: skip


def _release(pin: Pin) -> str:
    return ".".join(map(str, Version(pin.version).release[:_PARTS]))
