"""Packages × libraries of the system."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.compat.knowledge import system_library
from repotriage.compat.rules.registry import Case, rule, unknown
from repotriage.models.base import msg
from repotriage.models.host import CheckItem


@rule
def system_libraries(case: Case) -> Iterator[CheckItem]:
    """Libraries and programs that no wheel brings are named, since the machine is not searched for them."""
    if case.host.os != "linux":
        return
    for name in case.pins:
        row = system_library(name)
        if row is None:
            continue
        packages = " ".join(row.apt)
        remedy = (
            msg("sudo apt-get install {packages}", packages=packages)
            if row.instead is None
            else msg("sudo apt-get install {packages}, or use {instead}", packages=packages, instead=row.instead)
        )
        yield unknown(
            "system-libraries", msg("{name} needs {packages}", name=name, packages=packages), remedy, row.source
        )
