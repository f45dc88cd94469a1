"""What is installed after the locked packages, in order."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.solution import Attempt, BuildStep
from repotriage.resolver.wishes import Asked


def steps_of(best: Attempt, asked: Asked) -> tuple[BuildStep, ...]:
    """Packages that must be compiled, then the direct references of the repository."""
    compiled = (
        BuildStep(
            kind="compiled",
            name=pin.name,
            requirement=f"{pin.name}=={pin.version}",
            message=msg("{name} {version} has no wheel here: it is compiled", name=pin.name, version=pin.version),
            at=pin.why[0] if pin.why else None,
        )
        for pin in best.pins
        if pin.compiles
    )
    references = (
        BuildStep(
            kind="reference",
            name=one.name or one.raw[:80],
            requirement=one.url or one.raw[:200],
            message=msg("the repository names an address of its own; its needs are not part of the lock"),
            at=one.at,
        )
        for one in asked.later
    )
    return (*compiled, *references)
