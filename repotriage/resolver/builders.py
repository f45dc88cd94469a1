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
_FIRST_DAYS = timedelta(days=30)  # of a Python: by then its setuptools was known to run on it


def builders_of(bench: Bench, pins: Sequence[Pin], target: Target) -> tuple[str, ...]:
    """Upper bounds: the newest of the day of the youngest source, since later ones refuse what was written then.

    No older than what runs on the Python, nor than what pip and uv ask for; none where nothing is built.
    """
    if not any(pin.sdist_only for pin in pins):
        return ()
    days = [pin.uploaded for pin in pins if pin.sdist_only and pin.uploaded]
    day = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=1) if days else None
    setuptools = bench.judge("setuptools", target, day).newest
    rows: Sequence[Mapping[str, Any]] = data.table("pythons")["python"]
    python = next((row for row in rows if row["version"] == target.python), {})
    if setuptools is not None and Version(setuptools) < Version(python.get("setuptools", "0")):
        day = datetime.combine(python["released"], datetime.min.time(), UTC) + _FIRST_DAYS
        setuptools = bench.judge("setuptools", target, day).newest
    wheel = bench.judge("wheel", target, day).newest
    if setuptools is not None and Version(setuptools) < _PEP_517:
        setuptools = str(_PEP_517)
    newest = {"setuptools": setuptools, "wheel": wheel}
    return tuple(f"{name}<={version}" for name, version in newest.items() if version is not None)
