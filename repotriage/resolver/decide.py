"""What the index itself says of one line of the problem: what uv's exit code cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from repotriage import data
from repotriage.index.facts import IndexFile, Missing, Project
from repotriage.index.metadata import parsed
from repotriage.index.target import Target
from repotriage.models.base import Frozen, Message, msg

Standing = Literal[
    "available",
    "source_only",  # some release fits, but only as source, likely pure Python
    "compiled",  # only as source of a project that otherwise comes as wheels for particular platforms
    "no_such_project",
    "no_such_version",
    "too_new",  # uploaded after the cutoff
    "yanked",
    "other_python",
    "other_platform",
    "offline",
    "unreadable",
]

_MANY_FOLLOWED = 5


class Judgement(Frozen):
    """How one requirement stands before the index, and why in a sentence."""

    standing: Standing
    reason: Message
    newest: str | None = None  # the newest version that would do, if any

    @property
    def possible(self) -> bool:
        """Whether some release could be installed at all."""
        return self.standing in ("available", "source_only", "compiled", "yanked", "offline", "unreadable")


def judge(line: str, project: Project | Missing, target: Target, cutoff: datetime | None) -> Judgement:
    """How the requirement `line` stands on the index for a Python on a platform at a date."""
    requirement = parsed(line)
    name, specifier = requirement.name, str(requirement.specifier)
    if isinstance(project, Missing):
        return _missing(name, project)
    if not project.files:
        return Judgement(standing="no_such_version", reason=msg("{name} has no releases on the index", name=name))
    matching, in_time = _versions(project, specifier, cutoff)
    if not matching:
        return Judgement(
            standing="no_such_version",
            reason=msg("no release of {name} on the index matches {specifier}", name=name, specifier=specifier),
        )
    if not in_time:
        first = min((file.uploaded for v in matching for file in project.by_version[v] if file.uploaded), default=None)
        day = first.date().isoformat() if first else "?"
        return Judgement(
            standing="too_new",
            reason=msg("{name}{specifier} was first uploaded on {day}", name=name, specifier=specifier, day=day),
        )
    source: Version | None = None
    for version in reversed(in_time):
        files = [file for file in project.by_version[version] if uploaded_by(file, cutoff)]
        fitting = [file for file in files if allows_python(file, target.python)]
        wheels = [file for file in fitting if file.kind == "wheel" and target.fits(file)]
        if wheels and all(file.yanked is None for file in wheels):
            return Judgement(
                standing="available", reason=msg("{name} {v} fits", name=name, v=str(version)), newest=str(version)
            )
        installable = wheels or [file for file in fitting if file.kind == "sdist"]
        yanked = next((file.yanked for file in installable if file.yanked is not None), None)
        if yanked is not None and len(matching) == 1:
            why = yanked or "no reason given"
            return Judgement(
                standing="yanked",
                reason=msg("{name} {v} was yanked: {why}", name=name, v=str(version), why=why),
                newest=str(version),
            )
        if source is None and any(file.kind == "sdist" and file.yanked is None for file in fitting):
            source = version
    if source is not None:
        return Judgement(
            standing="compiled" if comes_compiled(project, source) else "source_only",
            reason=msg(
                "{name} {v} has no wheel for Python {python} here, only source",
                name=name, v=str(source), python=target.python,
            ),
            newest=str(source),
        )  # fmt: skip
    return _no_file(name, specifier, [file for v in in_time for file in project.by_version[v]], target)


@lru_cache(maxsize=1_000)
def _versions(
    project: Project, specifier: str, cutoff: datetime | None
) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
    """The versions that a specifier admits, lowest first, and those of them that were there at the cutoff.

    Remembered, since the same line is judged for every Python.
    """
    wanted = SpecifierSet(specifier)
    there = [one for one, files in project.by_version.items() if _first_upload_ok(files, cutoff)]
    # Where no final release was there yet, a pre-release is what was installed.
    return tuple(matching_versions(project, wanted)), tuple(sorted(wanted.filter(there)))


@cache
def optional_native() -> frozenset[str]:
    """Projects that install from source without a compiler, though they hold native code."""
    return frozenset(row["name"] for row in data.table("source_installs")["project"])


def comes_compiled(project: Project, version: Version) -> bool:
    """Whether the source of a release must be compiled: the nearest release with wheels has them for platforms only."""
    if project.name in optional_native():
        return False
    versions = list(project.by_version)
    here = versions.index(version)
    for distance in range(len(versions)):
        for at in (here + distance, here - distance):
            if 0 <= at < len(versions):
                wheels = [file for file in project.by_version[versions[at]] if file.kind == "wheel"]
                if wheels:
                    return all(file.tags[2] != "any" for file in wheels)
    return False


def is_forsaken(project: Project | Missing, version: Version, cutoff: datetime | None) -> bool:
    """Whether a release is the very first, and many final ones had followed it by the cutoff.

    A solver comes to it when it has refused all others: the first says little of what it needs.
    """
    if isinstance(project, Missing) or version != min(project.by_version):
        return False
    followed = [
        one
        for one, files in project.by_version.items()
        if one > version and not one.is_prerelease and _first_upload_ok(files, cutoff)
    ]
    return len(followed) >= _MANY_FOLLOWED


def _missing(name: str, missing: Missing) -> Judgement:
    if missing.reason == "no_such_project":
        return Judgement(standing="no_such_project", reason=msg("there is no project {name} on the index", name=name))
    if missing.reason == "offline":
        return Judgement(standing="offline", reason=msg("{name} is not in the cache, and we are offline", name=name))
    return Judgement(
        standing="unreadable",
        reason=msg("the index could not be asked for {name}: {why}", name=name, why=missing.detail),
    )


def _no_file(name: str, specifier: str, files: list[IndexFile], target: Target) -> Judgement:
    pythons = sorted({file.tags[0] for file in files if file.kind == "wheel"})
    if not any(allows_python(file, target.python) for file in files):
        asked = sorted({file.requires_python for file in files if file.requires_python}, key=len)
        return Judgement(
            standing="other_python",
            reason=msg("{name}{specifier} needs Python {asked}", name=name, specifier=specifier, asked=asked[0]),
        )
    if any(file.kind == "wheel" and _python_fits(file, target) for file in files):
        return Judgement(
            standing="other_platform",
            reason=msg(
                "{name}{specifier} has no wheel for {os} {arch}",
                name=name,
                specifier=specifier,
                os=target.os,
                arch=target.arch,
            ),
        )
    return Judgement(
        standing="other_python",
        reason=msg(
            "{name}{specifier} has nothing for Python {python}; wheels are for {tags}",
            name=name, specifier=specifier, python=target.python, tags=", ".join(pythons[:8]) or "none",
        ),
    )  # fmt: skip


def _python_fits(file: IndexFile, target: Target) -> bool:
    digits = "cp" + target.python.replace(".", "")
    return any(tag in (digits, "py3", "py2") for tag in file.tags[0].split(".")) and allows_python(file, target.python)


def matching_versions(project: Project, specifier: SpecifierSet) -> Iterator[Version]:
    """The versions that a specifier admits, lowest first: final releases, or pre-releases where there are no others."""
    return iter(sorted(specifier.filter(project.by_version)))


def allows_python(file: IndexFile, python: str) -> bool:
    """Whether the file's Requires-Python admits some patch release of the minor version `python`."""
    return file.requires_python is None or minor_allowed(file.requires_python, python)


@cache
def minor_allowed(specifier: str, python: str) -> bool:
    """Whether a specifier set admits some patch release of a minor version (`3.8`).

    >>> minor_allowed("==3.8.5", "3.8"), minor_allowed("<3.8", "3.8")
    (True, False)
    """
    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier:
        return True
    return any(wanted.contains(f"{python}.{patch}", prereleases=True) for patch in (*range(31), 99))


def uploaded_by(file: IndexFile, cutoff: datetime | None) -> bool:
    """Whether the file was there at the cutoff."""
    return cutoff is None or (file.uploaded is not None and file.uploaded < cutoff)


def _first_upload_ok(files: tuple[IndexFile, ...], cutoff: datetime | None) -> bool:
    return any(uploaded_by(file, cutoff) for file in files)


def first_uploaded(files: tuple[IndexFile, ...]) -> datetime | None:
    """When the first file of a release came, or None when the index does not tell."""
    return min((file.uploaded for file in files if file.uploaded), default=None)
