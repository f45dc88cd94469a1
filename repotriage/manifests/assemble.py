"""All dependency files and documents of a snapshot, read and merged."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from repotriage.manifests import imports
from repotriage.manifests.contradictions import contradictions
from repotriage.manifests.coverage import cover
from repotriage.manifests.docs import read_document
from repotriage.manifests.formats.conda import conda
from repotriage.manifests.formats.requirements import read_requirements
from repotriage.manifests.ranking import rank
from repotriage.manifests.registry import Context, Manifest, all_manifests
from repotriage.models.base import Message, msg
from repotriage.models.document import Document
from repotriage.models.location import Location
from repotriage.models.requirement import (
    Declared,
    Dependencies,
    Format,
    Include,
    IndexFact,
    ManifestFile,
    Requirement,
    Unreadable,
)
from repotriage.models.snapshot import File, Snapshot
from repotriage.parsing.walk import Facts, Visitor

VISITORS: tuple[Visitor, ...] = (imports.visit,)

MAX_FILE = 30_000_000  # characters of one dependency file
MAX_LINE = 1_000_000  # characters of one line, but in notebooks and lock files
_INSTALLED = re.compile(r"(?:.*/)?(?:node_modules|site-packages|\.git|\.tox|\.venv|venv)/.*")
_LONG_LINES = re.compile(r".*(?:\.ipynb|\.lock|lock\.json)", re.IGNORECASE)


def assemble(
    snapshot: Snapshot, documents: Sequence[Document], facts: Facts, entry_paths: Collection[str] = ()
) -> Dependencies:
    """Read every dependency file and document, merge what they say, rank the files, and hold the imports against it.

    `entry_paths` are the files that start the main job: what only others import is not needed for it.
    """
    declared = merge(snapshot, documents)
    found = cover(snapshot, facts, declared.requirements, entry_paths)
    return declared.model_copy(update=found._asdict())


def merge(snapshot: Snapshot, documents: Sequence[Document]) -> Dependencies:
    """All declarations of a snapshot, without its imports."""
    paths = frozenset(file.path for file in snapshot.files if file.mode != "submodule")
    context = Context(snapshot.text, paths, snapshot.own_name)
    formats: dict[str, Format] = {}
    declared: dict[str, list[Declared]] = {}
    for path, format_, reading in _read_all(snapshot, documents, context):
        formats.setdefault(path, format_)
        declared.setdefault(path, []).append(reading)
    for include in _cycles(declared):
        loop = Unreadable(
            at=include.at,
            raw=include.path,
            reason=msg("{path} leads back to this file", path=include.path),
        )
        declared[include.at.path].append(Declared(unreadable=(loop,)))
    ranks = rank(formats, declared, snapshot.subdir)
    readings = [reading for path in sorted(declared) for reading in declared[path]]
    requirements = tuple(one for reading in readings for one in reading.requirements)
    touched = snapshot.history.last_touched if snapshot.history is not None else {}
    files = tuple(
        ManifestFile(
            path=path,
            format=formats[path],
            parsed=_parsed(declared[path]),
            last_touched=touched[path].date if path in touched else None,
            rank=ranks[path].rank,
            why=ranks[path].why,
            named_by=ranks[path].named_by,
        )
        for path in sorted(formats, key=lambda one: (ranks[one].rank is None, ranks[one].rank or 0, one))
    )
    return Dependencies(
        files=files,
        own=tuple(
            sorted(
                {
                    reading.project
                    for path in declared
                    if posixpath.dirname(path) == snapshot.subdir
                    for reading in declared[path]
                    if reading.project is not None
                }
            )
        ),
        requirements=tuple(sorted(requirements, key=_place)),
        unreadable=tuple(sorted((one for reading in readings for one in reading.unreadable), key=_place)),
        indexes=tuple(sorted((one for reading in readings for one in reading.indexes), key=_place)),
        contradictions=contradictions(requirements, ranks),
    )


def _place(one: Requirement | Unreadable | IndexFact) -> tuple[str, int, int]:
    return (one.at.path, one.at.line or 0, one.at.cell or 0)


def _read_all(
    snapshot: Snapshot, documents: Sequence[Document], context: Context
) -> Iterator[tuple[str, Format, Declared]]:
    """(path, format, what was read) of every file and document, files that they name included."""
    manifests = all_manifests()
    any_of_them = re.compile("|".join(f"(?:{one.matches.pattern})" for one in manifests), re.IGNORECASE)
    read: set[str] = set()
    named: list[tuple[Include, Format]] = []
    for file in snapshot.inside():
        if len(file.path) > 1000 or not any_of_them.fullmatch(file.path) or _INSTALLED.fullmatch(file.path):
            continue
        for manifest in manifests:
            if manifest.matches.fullmatch(file.path):
                reading = _read(manifest, file, context)
                if reading is None:
                    continue
                read.add(file.path)
                named += [(include, manifest.format) for include in reading.includes]
                yield file.path, reading_format(manifest, reading), reading
    for document in documents:
        if document.path in read:
            continue
        readings = [reading for reading in read_document(document, context) if reading != Declared()]
        read.add(document.path)
        for reading in readings:
            named += [(include, "readme") for include in reading.includes]
            yield document.path, "readme", reading
    while named:
        include, _ = named.pop()
        if include.path in read or include.how == "installs":
            continue
        read.add(include.path)
        included = snapshot.by_path.get(include.path)
        if included is None or included.text is None:
            continue
        if reason := _too_long(included):
            yield include.path, "requirements", _refused(include.path, reason)
            continue
        if include.path.endswith((".yml", ".yaml")):
            reading = conda(include.path, included.text, context)
            yield include.path, "conda", reading
        else:
            bounds = include.how == "bounds"
            reading = read_requirements(include.path, included.text, context, constraint=bounds)
            yield include.path, "constraints" if bounds else "requirements", reading
        named += [(inner, "requirements") for inner in reading.includes]


def reading_format(manifest: Manifest, reading: Declared) -> Format:
    """The format of what was read: a reader of requirements may have found constraints."""
    return reading.requirements[0].format if reading.requirements else manifest.format


def _read(manifest: Manifest, file: File, context: Context) -> Declared | None:
    """What the reader makes of a file; None when it is no file of its own or says nothing (notebooks, scripts)."""
    if file.mode == "symlink":
        return None
    if file.text is None:
        if manifest.format in ("notebook", "shell"):
            return None
        return _refused(file.path, msg("it was not read: {reason}", reason=file.note or file.kind))
    if reason := _too_long(file):
        return _refused(file.path, reason)
    reading = manifest.read(file.path, file.text, context)
    quiet = manifest.format in ("notebook", "shell", "workflow", "constraints", "nox", "conda", "apt", "devcontainer")
    return None if quiet and reading == Declared() else reading


def _too_long(file: File) -> Message | None:
    text = file.text or ""
    if len(text) > MAX_FILE:
        return msg("longer than {n} characters", n=MAX_FILE)
    if "\0" in text:
        return msg("holds NUL bytes")
    if len(text) > MAX_LINE and not _LONG_LINES.fullmatch(file.path) and _longest(text) > MAX_LINE:
        return msg("a line is longer than {n} characters", n=MAX_LINE)
    return None


def _longest(text: str) -> int:
    return max(map(len, text.split("\n")))


def _refused(path: str, reason: Message) -> Declared:
    return Declared(unreadable=(Unreadable(at=Location(path=path), raw=path, reason=reason),))


def _parsed(readings: Iterable[Declared]) -> bool:
    """False when a file as a whole could not be read."""
    return not any(one.at.line is None and one.raw == one.at.path for reading in readings for one in reading.unreadable)


def _cycles(declared: dict[str, list[Declared]]) -> list[Include]:
    """The includes that close a circle, each circle once."""
    edges = {
        path: [one for reading in readings for one in reading.includes if one.how != "installs"]
        for path, readings in declared.items()
    }
    found: list[Include] = []
    state: dict[str, int] = {}  # 1: on the way, 2: done
    for start in sorted(edges):
        if start in state:
            continue
        state[start] = 1
        stack = [(start, iter(edges[start]))]
        while stack:
            path, rest = stack[-1]
            include = next(rest, None)
            if include is None:
                state[path] = 2
                stack.pop()
            elif state.get(include.path) == 1:
                found.append(include)
            elif include.path not in state and include.path in edges:
                state[include.path] = 1
                stack.append((include.path, iter(edges[include.path])))
    return found
