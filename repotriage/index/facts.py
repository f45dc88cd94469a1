"""What an index tells of a project: its files, in the forms of PEP 691 (JSON) and PEP 503 (HTML)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from pydantic_core import from_json

SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")
_SHA256 = re.compile(r"^[0-9a-fA-F]{64}$")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class IndexFile:
    """One file of a release: its name, address, kind and version, and what the page tells of it.

    `told` is an entry of a page in the form of PEP 691. A page may hold thousands, and few are looked at: an entry
    is read when it is asked for.
    """

    __slots__ = ("_told", "_uploaded", "filename", "kind", "url", "version")

    def __init__(
        self,
        filename: str,
        url: str,
        kind: Literal["wheel", "sdist"],
        version: Version,
        told: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.filename = filename
        self.url = url
        self.kind = kind
        self.version = version
        self._told = told
        self._uploaded: datetime | Literal["unread"] | None = "unread"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexFile) and (self.filename, self.url, self._told) == (
            other.filename, other.url, other._told,
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash(self.url)

    def but(self, *, filename: str | None = None, url: str | None = None, **told: object) -> IndexFile:
        """The file with another name or address, or with something else told of it."""
        words = {word.replace("_", "-"): value for word, value in told.items()}
        return IndexFile(filename or self.filename, url or self.url, self.kind, self.version, {**self._told, **words})

    @property
    def sha256(self) -> str | None:
        """The hash of the file."""
        hashes = self._told.get("hashes")
        found = hashes.get("sha256") if isinstance(hashes, dict) else None
        return found.lower() if isinstance(found, str) and _SHA256.match(found) else None

    @property
    def size(self) -> int | None:
        """Bytes."""
        found = self._told.get("size")
        return found if isinstance(found, int) and found >= 0 else None

    @property
    def uploaded(self) -> datetime | None:
        """When it was uploaded, in UTC."""
        if self._uploaded == "unread":
            self._uploaded = _instant(self._told.get("upload-time"))
        return self._uploaded

    @property
    def requires_python(self) -> str | None:
        """The specifier of `Requires-Python`."""
        found = self._told.get("requires-python")
        return found if isinstance(found, str) and found else None

    @property
    def yanked(self) -> str | None:
        """The reason why it was yanked, "" when none is given; None: not yanked."""
        found = self._told.get("yanked")
        return found if isinstance(found, str) and found else ("" if found else None)

    @property
    def has_metadata(self) -> bool:
        """Whether `url` + `.metadata` is there (PEP 658)."""
        return bool(self._told.get("core-metadata") or self._told.get("data-dist-info-metadata"))

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
    cuda: bool = False  # of a source distribution: its setup.py makes extensions for CUDA and none for the CPU alone


@dataclass(frozen=True, slots=True)
class NoMetadata:
    """Why the dependencies of a release cannot be told without running or compiling it."""

    reason: Literal["compiled", "unstated", "unreadable", "too_large", "offline", "network"]
    detail: str = ""


def parse_json(name: str, body: bytes, base: str) -> Project | Missing:
    """Read a PEP 691 page; what is not in its form is left out."""
    try:
        data = from_json(body)
    except ValueError as error:
        return Missing(name, "unreadable", str(error)[:200])
    raw = data.get("files") if isinstance(data, dict) else None
    if not isinstance(raw, list):
        return Missing(name, "unreadable", "no list of files")
    return _project(name, (item for item in raw if isinstance(item, dict)), base)


def parse_html(name: str, body: bytes, base: str) -> Project:
    """Read a PEP 503 page: it tells no upload times."""
    reader = _Anchors()
    reader.feed(body.decode("utf-8", "replace"))
    reader.close()
    return _project(name, (_entry(anchor, base) for anchor in reader.anchors), base)


def _entry(anchor: Mapping[str, str], base: str) -> Mapping[str, object]:
    """A link of a page in the form of PEP 691."""
    link = urlsplit(urljoin(base, anchor["href"]))
    yanked = anchor.get("data-yanked")
    return {
        "filename": unquote(link.path.rpartition("/")[2]),
        "url": link._replace(fragment="").geturl(),
        "hashes": {"sha256": link.fragment.partition("sha256=")[2]},
        "requires-python": anchor.get("data-requires-python"),
        "yanked": False if yanked is None else yanked or True,
        "core-metadata": "data-core-metadata" in anchor or "data-dist-info-metadata" in anchor,
    }


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in found:
            self.anchors.append(found)


def _project(name: str, entries: Iterable[Mapping[str, Any]], base: str) -> Project:
    """The files that are named as this project's are and stand at a web address."""
    project = canonicalize_name(name)
    versions: dict[str, Version | None] = {}
    files: list[IndexFile] = []
    for entry in entries:
        filename, url = entry.get("filename"), entry.get("url")
        if not isinstance(filename, str) or not isinstance(url, str) or "/" in filename or "\\" in filename:
            continue
        if not url.startswith(("https://", "http://")):
            url = urljoin(base, url)  # only where it must be: joining is slow
            if not url.startswith(("https://", "http://")):
                continue
        told = _kind_and_version(project, filename)
        if told is None:
            continue
        kind, text = told
        if text not in versions:
            versions[text] = _version(text)
        version = versions[text]
        if version is not None:
            files.append(IndexFile(filename, url, kind, version, entry))
    return Project(project, tuple(files))


def _kind_and_version(project: str, filename: str) -> tuple[Literal["wheel", "sdist"], str] | None:
    """What the name of a file says, or None where it is no release of the project."""
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        right = len(parts) in (5, 6) and _canonical(parts[0]) == project and _are_tags("-".join(parts[-3:]))
        return ("wheel", parts[1]) if right else None
    if not filename.endswith(SDIST_ENDINGS):
        return None
    ending = next(end for end in SDIST_ENDINGS if filename.endswith(end))
    stem = filename[: -len(ending)]
    # `name-version`, where the name may hold dashes: cut where the rest is the project's name.
    cut = next((i for i, sign in enumerate(stem) if sign == "-" and canonicalize_name(stem[:i]) == project), None)
    return None if cut is None else ("sdist", stem[cut + 1 :])


@lru_cache(maxsize=1_000)
def _canonical(name: str) -> str:
    """Of all wheels of a project the name is written in one or two ways."""
    return canonicalize_name(name)


@lru_cache(maxsize=10_000)
def _are_tags(text: str) -> bool:
    """Whether installers take the tags of a wheel: those of `k2-1.23.4-py3.10-none-any.whl` are none."""
    try:
        parse_wheel_filename(f"a-1-{text}.whl")
    except InvalidWheelFilename:
        return False
    return True


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
