"""Releases with a wheel, for packages that would be compiled though no line asks for just that release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.index.facts import Project
from repotriage.index.target import Target
from repotriage.models.base import msg
from repotriage.models.solution import Pin, Wish
from repotriage.resolver.bench import OURS, Bench
from repotriage.resolver.decide import allows_python, first_uploaded, matching_versions, uploaded_by
from repotriage.resolver.wishes import pinned


def with_wheel(
    bench: Bench, pin: Pin, wishes: Sequence[Wish], target: Target, cutoff: datetime | None
) -> Iterator[Wish]:
    """The nearest older release that has a wheel here and that the lines admit, then the nearest younger one.

    The younger may have come after the cutoff: it runs the same code, and a compiler may be had by nobody.
    """
    project = bench.project(pin.name)
    asked = [wish for wish in wishes if canonicalize_name(wish.name) == pin.name]
    if not isinstance(project, Project) or any(pinned(wish.line) for wish in asked if wish.origin not in OURS):
        return
    admitted = SpecifierSet(",".join(str(Requirement(wish.line).specifier) for wish in asked).strip(","))
    here = Version(pin.version)
    fitting = [
        version
        for version in matching_versions(project, admitted)
        if any(
            file.kind == "wheel" and file.yanked is None and target.fits(file) and allows_python(file, target.python)
            for file in project.by_version[version]
        )
    ]
    older = [one for one in fitting if one < here and any(uploaded_by(f, cutoff) for f in project.by_version[one])]
    younger = [one for one in fitting if one > here]
    for version in (*older[-1:], *younger[:1]):
        first = first_uploaded(project.by_version[version])
        day = first.date().isoformat() if first else "?"
        yield Wish(
            name=pin.name,
            line=f"{pin.name}=={version}",
            origin="wheel",
            reason=msg(
                "{name} {compiled} would be compiled; {version} of {day} has a wheel",
                name=pin.name, compiled=pin.version, version=str(version), day=day,
            ),
        )  # fmt: skip
