"""METADATA, PKG-INFO and requires.txt as text: what they say, with the mistakes of old releases repaired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.parser import HeaderParser
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet

from repotriage.index.facts import CoreMetadata, NoMetadata

_SECTION = re.compile(r"^\[([^\[\]:]*)(?::(.*))?\]$")
_CLAUSE = re.compile(r"^(===|~=|==|!=|<=|>=|<|>|=)?\s*(.+)$")
_VERSION = re.compile(
    r"^v?\d+(?:\.\d+)*(?:\.?(?:a|b|rc|alpha|beta|pre|post|dev)\.?\d*)*(?:\+[a-z0-9.]+)?", re.IGNORECASE
)
_NAME = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\[\]]*\])?\s*(.*)$", re.DOTALL)
_MOST = 2000


@lru_cache(maxsize=20_000)  # the needs of a release are looked at for every Python, and again for each answer
def parsed(line: str) -> Requirement:
    """A line as a requirement; the same object each time, so it is not to be changed.

    Raises:
        InvalidRequirement: it is none.
    """
    return Requirement(line)


def parse_metadata(text: str) -> CoreMetadata | NoMetadata:
    """Read a METADATA or PKG-INFO file (core metadata 1.0 to 2.4)."""
    headers = HeaderParser().parsestr(text)
    name, version = headers.get("Name"), headers.get("Version")
    if not name or not version:
        return NoMetadata("unreadable", "no name and version")
    requires, repaired = repair_all(headers.get_all("Requires-Dist", [])[:_MOST])
    return CoreMetadata(
        name=str(name).strip(),
        version=str(version).strip(),
        requires_python=repair_specifier(str(headers.get("Requires-Python") or "")) or None,
        requires=requires,
        extras=tuple(str(extra).strip() for extra in headers.get_all("Provides-Extra", [])[:_MOST]),
        repaired=repaired,
    )


def says_its_requirements(text: str) -> bool:
    """Whether a PKG-INFO binds every build of the sdist to its Requires-Dist (PEP 643)."""
    headers = HeaderParser().parsestr(text)
    found = str(headers.get("Metadata-Version") or "")
    try:
        modern = tuple(int(part) for part in found.split(".")) >= (2, 2)
    except ValueError:
        return False
    dynamic = {str(value).strip().lower() for value in headers.get_all("Dynamic", [])}
    return modern and "requires-dist" not in dynamic


def parse_requires_txt(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read setuptools' requires.txt: (requirements with the markers of their sections, extras)."""
    requires: list[str] = []
    extras: list[str] = []
    extra = marker = ""
    for raw in text.splitlines()[:_MOST]:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        section = _SECTION.match(line)
        if section:
            extra, marker = section.group(1).strip(), (section.group(2) or "").strip()
            if extra and extra not in extras:
                extras.append(extra)
            continue
        body, _, own = line.partition(";")
        conditions = [part for part in (own.strip(), marker) if part]
        if extra:
            conditions.append(f'extra == "{extra}"')
        joined = " and ".join(f"({part})" if len(conditions) > 1 else part for part in conditions)
        requires.append(f"{body.strip()} ; {joined}" if joined else body.strip())
    return tuple(requires), tuple(extras)


def repair_all(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]:
    """PEP 508 requirements of `lines`, and those that were not: (before, after or None where it was dropped)."""
    good: list[str] = []
    repaired: list[tuple[str, str | None]] = []
    for line in lines:
        text = " ".join(str(line).split())
        try:
            requirement = Requirement(text)
            if not reads_back(requirement):
                requirement.marker = None
        except InvalidRequirement:
            fixed = repair_requirement(text)
        else:
            if requirement.url is None and not any("+" in clause.version for clause in requirement.specifier):
                good.append(str(requirement))
                continue
            # An address of its own is not followed; of `torch==1.10.0+cu102`, the build that the wheel was made
            # with, the index has only the public version.
            requirement.url = None
            requirement.specifier = SpecifierSet(",".join(_public(clause) for clause in requirement.specifier))
            fixed = str(requirement)
        repaired.append((text, fixed))
        if fixed is not None:
            good.append(fixed)
    return tuple(good), tuple(repaired)


def reads_back(requirement: Requirement) -> bool:
    """Whether its text is a requirement again: what an escape in a marker's string stood for is written as it is."""
    if requirement.marker is None:
        return True
    try:
        parsed(str(requirement))
    except InvalidRequirement:
        return False
    return True


def is_refused(found: CoreMetadata) -> bool:
    """Whether the release states a requirement that no PEP allows, so that uv and pip from 24.1 on refuse it.

    Source: https://pip.pypa.io/en/stable/news/#v24-1
    """
    for text, _ in found.repaired:
        try:
            Requirement(text)
        except InvalidRequirement:
            return True
    return False


def _public(clause: Specifier) -> str:
    return f"{clause.operator}{clause.version.partition('+')[0]}"


def repair_requirement(text: str) -> str | None:
    """PEP 508 from a line that old tools accepted (`pytz (>=2011k)`, `torch>=1.*`, `a==1.0.dev`), or None.

    A clause that has no meaning is dropped; the name stays.
    """
    body, _, marker = text.partition(";")
    match = _NAME.match(body)
    if not match:
        return None
    name, extras, rest = match.group(1), match.group(2) or "", match.group(3).strip().strip("()")
    candidate = f"{name}{extras}{repair_specifier(rest)}" + (f" ; {marker.strip()}" if marker.strip() else "")
    for attempt in (candidate, candidate.partition(";")[0]):
        try:
            requirement = Requirement(attempt)
        except InvalidRequirement:
            continue
        if reads_back(requirement):
            return str(requirement)
    return None


def repair_specifier(text: str) -> str:
    """A PEP 440 specifier set from `text`, its senseless clauses repaired or left out; "" for any version."""
    try:
        return str(SpecifierSet(text))
    except InvalidSpecifier:
        pass
    clauses: list[str] = []
    for raw in text.split(","):
        clause = raw.strip().strip("'\"")
        match = _CLAUSE.match(clause)
        if not match:
            continue
        sign, rest = match.group(1) or "==", match.group(2).strip()
        sign = "==" if sign == "=" else sign
        star = rest.endswith(".*")
        number = _VERSION.match(rest)
        if not number:
            continue
        fixed = f"{sign}{number.group(0).rstrip('.')}" + (".*" if star and sign in ("==", "!=") else "")
        try:
            clauses.append(str(SpecifierSet(fixed)))
        except InvalidSpecifier:
            continue
    return ",".join(clauses)
