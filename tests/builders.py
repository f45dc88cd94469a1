"""The smallest snapshots and studies, made by hand: what the tests of several areas start from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.reading import AssetLink, CodeSize, Command, EntryPoint, Reading, Role
from repotriage.models.requirement import Dependencies, ImportedModule, Requirement
from repotriage.models.snapshot import (
    Answer,
    Commit,
    File,
    Gap,
    GapReason,
    GitHubFacts,
    History,
    Issue,
    Snapshot,
)
from repotriage.models.study import Study

TAKEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    """A moment so many days before the snapshots of this module were taken."""
    return TAKEN_AT - timedelta(days=days)


def file(path: str, text: str | None = "", **fields: Any) -> File:
    """A text file, or what `fields` make of it."""
    return File(path=path, size=len((text or "").encode()), text=text, **fields)


def files(texts: Mapping[str, str]) -> tuple[File, ...]:
    """Text files by path, sorted as a snapshot has them."""
    return tuple(file(path, texts[path]) for path in sorted(texts))


def gap(what: str, reason: GapReason = "offline") -> Gap:
    """A fact that could not be had."""
    return Gap(what=what, reason=reason, message=msg("not asked: offline"))


def commit(days: float, sha: str = "c0ffee0") -> Commit:
    """A commit made so many days before the snapshot."""
    return Commit(sha=sha, date=days_ago(days), title="work")


def github(**facts: Any) -> GitHubFacts:
    """What GitHub says of `owner/name`; what is not named is unknown."""
    return GitHubFacts(full_name="owner/name", url="https://github.com/owner/name", **facts)


def issue(
    number: int,
    *,
    opened: float,
    answered: float | None = None,
    association: str = "NONE",
    by: str = "OWNER",
    author: str = "maintainer",
    **fields: Any,
) -> Issue:
    """An issue opened and, if so, answered so many days before the snapshot."""
    answer = None if answered is None else Answer(at=days_ago(answered), author=author, association=by)
    return Issue(
        number=number,
        title=fields.pop("title", f"issue {number}"),
        url=f"https://github.com/owner/name/issues/{number}",
        state=fields.pop("state", "open"),
        association=association,
        created_at=days_ago(opened),
        first_answer=answer,
        **fields,
    )


def snapshot(texts: Mapping[str, str] | None = None, **fields: Any) -> Snapshot:
    """A snapshot of text files, taken at `TAKEN_AT`."""
    fields.setdefault("files", files(texts or {}))
    return Snapshot(**{"source": "checkout", "name": "owner/name", "commit": "a" * 40, "taken_at": TAKEN_AT, **fields})


def history(**fields: Any) -> History:
    """What is known of the commits."""
    return History(**fields)


def study(
    texts: Mapping[str, str] | None = None,
    *,
    reading: Reading | None = None,
    dependencies: Dependencies | None = None,
    **fields: Any,
) -> Study:
    """A study of text files with what the readers made of them."""
    return Study(
        snapshot=snapshot(texts, **fields),
        reading=reading or Reading(),
        dependencies=dependencies or Dependencies(),
    )


CODE = CodeSize(python_files=5, python_lines=900, functions=40, classes=5)
"""The size of code that is really there."""


def at(path: str = "README.md", line: int | None = 1) -> Location:
    """A place."""
    return Location(path=path, line=line)


def command(raw: str, *, role: Role = "other", script: str | None = None, line: int = 1) -> Command:
    """A command of the README."""
    return Command(argv=tuple(raw.split()), raw=raw, at=at(line=line), role=role, script=script)


def entry(role: Role, path: str, *, documented: int | None = None, rank: int = 1) -> EntryPoint:
    """An entry point, documented at a line of the README if one is given."""
    return EntryPoint(
        role=role, path=path, documented_at=None if documented is None else at(line=documented), rank=rank, weight=1.0
    )


def asset(kind: Any, *, url: str | None = "https://example.org/x", there: bool | None = None) -> AssetLink:
    """A link in the README."""
    return AssetLink(kind=kind, provider="Example", url=url, at=at(line=7), in_repository=there)


def requirement(name: str, specifier: str = "", *, line: int = 1, **fields: Any) -> Requirement:
    """A line of requirements.txt, or what `fields` make of it."""
    fields.setdefault("format", "requirements")
    fields.setdefault("at", at("requirements.txt", line))
    return Requirement(name=name, specifier=specifier, raw=f"{name}{specifier}", **fields)


def imported(module: str, *distributions: str, needed: bool = True) -> ImportedModule:
    """A third-party import of the main code."""
    return ImportedModule(
        module=module,
        at=(at("train.py", 1),),
        count=1,
        needed=needed,
        context="main" if needed else "test",
        distributions=distributions or (module,),
    )


def learning(**facts: Any) -> Reading:
    """The reading of code that trains a model with PyTorch."""
    return Reading(**{"size": CODE, "framework": "pytorch", **facts})


def declared(*requirements: Requirement, **facts: Any) -> Dependencies:
    """Dependencies of code that imports torch and numpy."""
    return Dependencies(**{"requirements": requirements, "imports": (imported("torch"), imported("numpy")), **facts})
