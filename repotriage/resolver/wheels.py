"""Releases with a wheel on the index, for packages that would be compiled, or come from a page of their maker.

Only where no line asks for just that release.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.index.elsewhere import gone_from_index
from repotriage.index.facts import Project
from repotriage.index.target import Target
from repotriage.models.base import Message, msg
from repotriage.models.solution import Pin, Wish
from repotriage.resolver.bench import OURS, Bench
from repotriage.resolver.decide import allows_python, first_uploaded, matching_versions, uploaded_by
from repotriage.resolver.wishes import pinned


def is_a_burden(pin: Pin) -> bool:
    """Whether it takes a compiler or a second place to have this release."""
    return pin.compiles or gone_from_index(pin.url)


def with_wheel(
    bench: Bench, pin: Pin, wishes: Sequence[Wish], target: Target, cutoff: datetime | None
) -> Iterator[Wish]:
    """The nearest older release that has a wheel here and that the lines admit, then the nearest younger one.

    The younger may have come after the cutoff: it runs the same code, and a compiler may be had by nobody. What need
    not be compiled is only replaced by an older one.
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
            file.kind == "wheel"
            and file.yanked is None
            and not gone_from_index(file.url)
            and target.fits(file)
            and allows_python(file, target.python)
            for file in project.by_version[version]
        )
    ]
    older = [one for one in fitting if one < here and any(uploaded_by(f, cutoff) for f in project.by_version[one])]
    younger = [one for one in fitting if one > here and pin.compiles]
    for version in (*older[-1:], *younger[:1]):
        first = first_uploaded(project.by_version[version])
        day = first.date().isoformat() if first else "?"
        yield Wish(name=pin.name, line=f"{pin.name}=={version}", origin="wheel", reason=_why(pin, str(version), day))


def _why(pin: Pin, version: str, day: str) -> Message:
    if pin.compiles:
        return msg(
            "{name} {compiled} would be compiled; {version} of {day} has a wheel",
            name=pin.name, compiled=pin.version, version=version, day=day,
        )  # fmt: skip
    return msg(
        "the index no longer has {name} {gone}; it has {version} of {day}",
        name=pin.name, gone=pin.version, version=version, day=day,
    )  # fmt: skip
