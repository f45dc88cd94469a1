"""The setuptools and wheel with which the sources of a solution are built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from packaging.version import Version

from repotriage import data
from repotriage.index.target import Target
from repotriage.models.solution import Pin
from repotriage.resolver.bench import Bench

_PEP_517 = Version("40.8.0")  # pip and uv build what names no builder with this setuptools or a later one
_LENIENT = Version("66.1.1")  # the last that builds what states needs in a form that no standard allows
_WHEEL = Version("0.37.1")  # builds with every setuptools on every Python


def builders_of(bench: Bench, pins: Sequence[Pin], target: Target) -> tuple[str, ...]:
    """Upper bounds: the newest of the day of the youngest source, since later ones refuse what was written then.

    No older than what runs on the Python, nor than what pip and uv ask for; none where nothing is built.
    """
    if not any(pin.sdist_only for pin in pins):
        return ()
    days = [pin.uploaded for pin in pins if pin.sdist_only and pin.uploaded]
    day = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=1) if days else None
    rows: Sequence[Mapping[str, Any]] = data.table("pythons")["python"]
    runs = next((row.get("setuptools", "0") for row in rows if row["version"] == target.python), "0")
    lowest = max(_PEP_517, Version(runs))
    found: list[str] = []
    if (newest := bench.judge("setuptools", target, day).newest) is not None:
        setuptools = min(Version(newest), _LENIENT) if any(pin.old_metadata for pin in pins) else Version(newest)
        found.append(f"setuptools<={max(setuptools, lowest)}")
    if (newest := bench.judge("wheel", target, day).newest) is not None:
        found.append(f"wheel<={max(Version(newest), _WHEEL)}")
    return tuple(found)
