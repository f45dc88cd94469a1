"""Of the ways to install that a document shows, those that the Python it names allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508

from repotriage.compat.knowledge import torch_release
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.resolver.decide import minor_allowed

DOCUMENTS = ("readme", "prose")


def possible_ways(dependencies: Dependencies) -> Dependencies:
    """Without the commands whose torch has no files for the document's Python, where another has some.

    Documents list the commands for one CUDA after the other, the oldest first.
    """
    lost = set(_impossible(dependencies.requirements))
    if not lost:
        return dependencies
    kept = tuple(one for one in dependencies.requirements if one.at not in lost or one.format not in DOCUMENTS)
    return dependencies.model_copy(update={"requirements": kept})


def _impossible(requirements: Sequence[Requirement]) -> Iterator[Location]:
    told = [one for one in requirements if one.format in DOCUMENTS]
    pythons: dict[str, list[str]] = {}
    for one in told:
        if one.kind == "python" and one.specifier:
            pythons.setdefault(one.at.path, []).append(one.specifier)
    ways: dict[str, dict[Location, bool]] = {}
    for one in told:
        asked = pythons.get(one.at.path)
        runs = _runs(one, asked) if asked and one.name == "torch" and one.kind == "runtime" else None
        if runs is not None:
            ways.setdefault(one.at.path, {})[one.at] = runs
    for found in ways.values():
        if any(found.values()):
            yield from (at for at, runs in found.items() if not runs)


def _runs(torch: Requirement, pythons: Sequence[str]) -> bool | None:
    """Whether the release that a line pins has wheels for a Python that all specifiers admit; None: not told."""
    try:
        clauses = [one for one in Pep508(f"torch{torch.specifier}").specifier if one.operator == "=="]
    except InvalidRequirement:
        return None
    row = torch_release(clauses[0].version) if len(clauses) == 1 and "*" not in clauses[0].version else None
    if row is None:
        return None
    return any(all(minor_allowed(asked, python) for asked in pythons) for python in row.python)
