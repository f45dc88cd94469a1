"""How a found entry point is told."""

from __future__ import annotations

from collections.abc import Sequence

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.reading import EntryPoint
from repotriage.signals.registry import good


def found_entry(name: str, found: Sequence[EntryPoint]) -> Finding:
    """Good: the best entry point, and where it is documented."""
    best = found[0]
    evidence = []
    for entry in found[:3]:
        evidence.append(Evidence(at=Location(path=entry.path, line=entry.line)))
        if entry.documented_at is not None:
            text = entry.command.raw[:400] if entry.command is not None else None
            evidence.append(Evidence(at=entry.documented_at, text=text))
    if best.documented_at is not None:
        summary = msg("{path}, documented at {where}", path=best.path, where=str(best.documented_at))
    else:
        summary = msg("{path}; no document tells how to call it", path=best.path)
    return good(name, summary, *evidence)
