"""What an index tells of a project: its files, in the forms of PEP 691 (JSON) and PEP 503 (HTML)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")
_SHA256 = re.compile(r"^[0-9a-fA-F]{64}$")


class IndexFile(NamedTuple):
    """One file of a release; `size` in bytes, `uploaded` in UTC. A page may hold thousands: a tuple is made fastest."""

    filename: str
    url: str
    kind: Literal["wheel", "sdist"]
    version: Version
    sha256: str | None = None
    size: int | None = None
    uploaded: datetime | None = None
    requires_python: str | None = None
    yanked: str | None = None  # the reason, "" when none is given; None: not yanked
    has_metadata: bool = False  # PEP 658: `url` + `.metadata` is there

    @property
    def tags(self) -> tuple[str, str, str]:
        """A wheel's compressed tags: Python, ABI, platform."""
        python, abi, platform = self.filename[:-4].rsplit("-", 3)[-3:]
        return python, abi, platform


@dataclass(frozen=True, eq=False)  # one object for each project: by identity, its files may be thousands
class Project:
    """Every file of one project that can be understood, in the order of the index."""

    name: str  # canonical
    files: tuple[IndexFile, ...] = ()

    @cached_property
    def by_version(self) -> Mapping[Version, tuple[IndexFile, ...]]:
        """The files of each version, lowest version first."""
        found: dict[Version, list[IndexFile]] = {}
        for file in self.files:
            found.setdefault(file.version, []).append(file)
        return {version: tuple(found[version]) for version in sorted(found)}


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing is known of a project or a file."""

    name: str
    reason: Literal["no_such_project", "offline", "network", "unreadable"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """What a solver needs of a release's METADATA.

    `repaired` tells lines that no PEP allows and what was made of them (None: dropped).
    """

    name: str
    version: str
    requires_python: str | None = None
    requires: tuple[str, ...] = ()  # PEP 508, markers included
    extras: tuple[str, ...] = ()
    repaired: tuple[tuple[str, str | None], ...] = ()
    native: str | None = None  # of a source distribution: the first file that a compiler must turn into a library


@dataclass(frozen=True, slots=True)
class NoMetadata:
    """Why the dependencies of a release cannot be told without running or compiling it."""

    reason: Literal["compiled", "unstated", "unreadable", "too_large", "offline", "network"]
    detail: str = ""


def parse_json(name: str, body: bytes, base: str) -> Project | Missing:
    """Read a PEP 691 page; what is not in its form is left out."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Missing(name, "unreadable", str(error)[:200])
    raw = data.get("files") if isinstance(data, dict) else None
    if not isinstance(raw, list):
        return Missing(name, "unreadable", "no list of files")
    project = canonicalize_name(name)
    versions: dict[str, Version | None] = {}
    found = (_json_file(project, item, base, versions) for item in raw if isinstance(item, dict))
    return Project(project, tuple(file for file in found if file is not None))


def _json_file(
    project: str, item: Mapping[str, Any], base: str, versions: dict[str, Version | None]
) -> IndexFile | None:
    filename, url = item.get("filename"), item.get("url")
    if not isinstance(filename, str) or not isinstance(url, str):
        return None
    hashes = item.get("hashes")
    sha = hashes.get("sha256") if isinstance(hashes, dict) else None
    yanked = item.get("yanked")
    size = item.get("size")
    wanted = item.get("requires-python")
    return _file(
        project,
        filename,
        url if url.startswith(("https://", "http://")) else urljoin(base, url),  # joining is most of the parsing
        versions,
        sha256=sha if isinstance(sha, str) else None,
        size=size if isinstance(size, int) and size >= 0 else None,
        uploaded=_instant(item.get("upload-time")),
        requires_python=wanted if isinstance(wanted, str) and wanted else None,
        yanked=yanked if isinstance(yanked, str) and yanked else ("" if yanked else None),
        has_metadata=bool(item.get("core-metadata") or item.get("data-dist-info-metadata")),
    )


def parse_html(name: str, body: bytes, base: str) -> Project:
    """Read a PEP 503 page: it tells no upload times."""
    reader = _Anchors()
    reader.feed(body.decode("utf-8", "replace"))
    reader.close()
    project = canonicalize_name(name)
    versions: dict[str, Version | None] = {}
    found: list[IndexFile] = []
    for attributes in reader.anchors:
        link = urlsplit(urljoin(base, attributes["href"]))
        fragment = link.fragment.partition("sha256=")[2]
        file = _file(
            project,
            unquote(link.path.rpartition("/")[2]),
            link._replace(fragment="").geturl(),
            versions,
            sha256=fragment or None,
            size=None,
            uploaded=None,
            requires_python=attributes.get("data-requires-python") or None,
            yanked=attributes.get("data-yanked"),
            has_metadata="data-core-metadata" in attributes or "data-dist-info-metadata" in attributes,
        )
        if file is not None:
            found.append(file)
    return Project(project, tuple(found))


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in found:
            self.anchors.append(found)


def _file(
    project: str,
    filename: str,
    url: str,
    versions: dict[str, Version | None],
    *,
    sha256: str | None,
    size: int | None,
    uploaded: datetime | None,
    requires_python: str | None,
    yanked: str | None,
    has_metadata: bool,
) -> IndexFile | None:
    if "/" in filename or "\\" in filename or not url.startswith(("https://", "http://")):
        return None
    kind: Literal["wheel", "sdist"]
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        if len(parts) not in (5, 6) or _canonical(parts[0]) != project:
            return None
        kind, text = "wheel", parts[1]
    else:
        ending = next((end for end in SDIST_ENDINGS if filename.endswith(end)), None)
        if ending is None:
            return None
        stem = filename[: -len(ending)]
        # `name-version`, where the name may hold dashes: cut where the rest is the project's name.
        cut = next((i for i, sign in enumerate(stem) if sign == "-" and canonicalize_name(stem[:i]) == project), None)
        if cut is None:
            return None
        kind, text = "sdist", stem[cut + 1 :]
    version = versions.get(text)
    if version is None and text not in versions:
        try:
            version = Version(text)
        except InvalidVersion:
            version = None
        versions[text] = version
    if version is None:
        return None
    return IndexFile(
        filename=filename,
        url=url,
        kind=kind,
        version=version,
        sha256=sha256.lower() if sha256 and _SHA256.match(sha256) else None,
        size=size,
        uploaded=uploaded,
        requires_python=requires_python,
        yanked=yanked,
        has_metadata=has_metadata,
    )


@lru_cache(maxsize=1_000)
def _canonical(name: str) -> str:
    """Of all wheels of a project the name is written in one or two ways."""
    return canonicalize_name(name)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
