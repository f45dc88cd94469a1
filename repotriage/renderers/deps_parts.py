"""What the forms of `repotriage deps` share: which declarations a user follows, and their words."""

from __future__ import annotations

from collections.abc import Iterable

from repotriage.models.requirement import Dependencies, Kind, Requirement

KINDS: tuple[Kind, ...] = (
    "python",
    "cuda",
    "cudnn",
    "runtime",
    "optional",
    "build",
    "compiler",
    "system",
    "os",
    "test",
    "dev",
    "docs",
)


def followed(dependencies: Dependencies, kinds: Iterable[Kind]) -> tuple[Requirement, ...]:
    """One declaration per name and marker: that of the first ranked file, a person's before a lock's.

    Where no file has a rank, all files count alike. Bounds (`-c`) ask for nothing.
    """
    ranks = {file.path: file.rank for file in dependencies.files if file.rank is not None}
    wanted = set(kinds)
    chosen: dict[tuple[str, str | None], Requirement] = {}
    for one in sorted(dependencies.requirements, key=lambda one: (one.locked, ranks.get(one.at.path, 10**6))):
        if (
            one.kind not in wanted
            or one.name == "pip"
            or one.format in ("constraints", "badge")
            or (ranks and one.at.path not in ranks)
        ):
            continue
        before = chosen.get((one.name, one.marker))
        if before is None or (not before.specifier and one.specifier and not one.locked):
            chosen[one.name, one.marker] = one
    return tuple(sorted(chosen.values(), key=lambda one: (one.name, one.marker or "")))


def written(one: Requirement) -> str:
    """The requirement as PEP 508 writes it, without its URL."""
    extras = f"[{','.join(one.extras)}]" if one.extras else ""
    marker = f" ; {one.marker}" if one.marker else ""
    return f"{one.name}{extras}{one.specifier}{marker}"
