"""Version constraints and requirement tables of poetry, Pipenv and pixi, brought into the form of PEP 508."""

from __future__ import annotations

import re
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from repotriage.manifests.pep508 import Spec, parse_requirement
from repotriage.models.base import Message, msg


def table_entry(name: str, entry: dict[str, Any]) -> Spec | Message:
    """A requirement from a table of poetry's or Pipenv's form: version, extras, markers, python, git, url, path."""
    version = entry.get("version", "")
    if not isinstance(version, str):
        return msg("its version is not a string")
    specifier = poetry_specifier(version)
    if isinstance(specifier, Message):
        return specifier
    extras = entry.get("extras", ())
    marker = entry.get("markers") if isinstance(entry.get("markers"), str) else None
    repairs = specifier[1]
    if isinstance(entry.get("python"), str):
        spans = poetry_specifier(entry["python"])
        if not isinstance(spans, Message) and spans[0]:
            clauses = [f'python_version {one.operator} "{one.version}"' for one in SpecifierSet(spans[0])]
            joined = " and ".join(sorted(clauses))
            marker = f"({marker}) and ({joined})" if marker else joined
    if isinstance(entry.get("platform"), str):
        platform = f'sys_platform == "{entry["platform"]}"'
        marker = f"({marker}) and {platform}" if marker else platform
    url = next((str(entry[key]) for key in ("git", "url", "path", "file") if isinstance(entry.get(key), str)), None)
    if url and "git" in entry:
        reference = next((str(entry[key]) for key in ("rev", "tag", "branch", "ref") if key in entry), "")
        url = f"git+{url}@{reference}" if reference else f"git+{url}"
    plain = parse_requirement(name if not marker else f"{name} ; {marker}")
    if isinstance(plain, Message):
        return plain
    return Spec(
        plain.name,
        specifier[0],
        plain.marker,
        tuple(sorted(str(extra) for extra in extras)) if isinstance(extras, list) else (),
        url,
        (*plain.repairs, *repairs),
    )


def poetry_specifier(text: str) -> tuple[str, tuple[Message, ...]] | Message:
    """A PEP 440 set for poetry's constraint (caret, tilde, wildcard, `||`), and what had to be said about it.

    Source: https://python-poetry.org/docs/dependency-specification/#version-constraints
    """
    text = text.strip()
    if text in ("", "*", "latest"):
        return "", ()
    repairs: list[Message] = []
    if "||" in text or "|" in text:
        spans: list[tuple[Version, str]] = []
        ends: list[Version] = []
        for one in re.split(r"\|\|?", text):
            inner = poetry_specifier(one)
            if isinstance(inner, Message):
                return inner
            bounds = _bounds(inner[0])
            if bounds is None:
                return msg("alternatives that are not ranges: {text}", text=text[:200])
            spans.append((bounds[0], inner[0]))
            if bounds[1] is not None:
                ends.append(bounds[1])
        low = min(start for start, _ in spans)
        high = max(ends) if len(ends) == len(spans) else None
        joined = f">={low}" + (f",<{high}" if high else "")
        return joined, (msg("alternatives are given as a range: {text}", text=text[:200]),)
    clauses: list[str] = []
    for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", text):
        part = re.sub(r"([<>=!~^]+)\s+", r"\1", part.strip())
        if not part or part == "*":
            continue
        try:
            clause = _poetry_clause(part)
            SpecifierSet(clause)
        except (InvalidVersion, InvalidSpecifier):
            return msg("{text} is no version", text=part[:200])
        if part[0] in "^~" and not part.startswith("~="):
            repairs.append(msg("poetry's {written} is {clause}", written=part, clause=clause))
        clauses.append(clause)
    return ",".join(clauses), tuple(repairs)


def _poetry_clause(part: str) -> str:
    caret = re.fullmatch(r"\^(?:v?)(\S+)", part)
    if caret:
        low = Version(re.sub(r"\.?\*\Z", "", caret[1]))
        release = list(low.release)
        pivot = next((i for i, number in enumerate(release) if number), len(release) - 1)
        high = [*release[:pivot], release[pivot] + 1]
        return f">={low},<{'.'.join(map(str, high if len(high) > 1 else [*high, 0]))}"
    tilde = re.fullmatch(r"~(?!=)(\S+)", part)
    if tilde:
        low = Version(re.sub(r"\.?\*\Z", "", tilde[1]))
        release = list(low.release)
        high = [release[0] + 1] if len(release) == 1 else [release[0], release[1] + 1]
        return f">={low},<{'.'.join(map(str, high if len(high) > 1 else [*high, 0]))}"
    if re.fullmatch(r"v?\d\S*", part):
        return f"=={part}"
    if re.fullmatch(r"=(?!=)\S+", part):
        return f"={part}"
    wild = re.fullmatch(r"(>=|<=|>|<)(\S+?)\.?\*", part)
    return f"{wild[1]}{wild[2]}" if wild else part


def _bounds(specifier: str) -> tuple[Version, Version | None] | None:
    """The lowest version and the first above of a set of plain ranges."""
    low, high = Version("0"), None
    for one in SpecifierSet(specifier):
        if one.operator == ">=" or one.operator == ">":
            low = Version(one.version)
        elif one.operator == "<":
            high = Version(one.version)
        elif one.operator == "==":
            release = list(Version(re.sub(r"\.\*\Z", "", one.version)).release)
            low = Version(".".join(map(str, release)))
            release[-1] += 1
            high = Version(".".join(map(str, release)))
        elif one.operator != "!=":
            return None
    return low, high
