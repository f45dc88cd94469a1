"""What a reader writes its findings on: every entry becomes a requirement or an `Unreadable`, none gets lost."""

from __future__ import annotations

import posixpath
import re

from packaging.utils import canonicalize_name, is_normalized_name

from repotriage.manifests.conda_spec import parse_conda
from repotriage.manifests.pep508 import Spec, parse_requirement
from repotriage.manifests.tables import Known, apt_names, images
from repotriage.models.base import Message, msg
from repotriage.models.location import Location
from repotriage.models.requirement import Declared, Format, Include, IndexFact, IndexKind, Kind, Requirement, Unreadable

MAX_ENTRIES = 10_000  # of one file

_FOREIGN: dict[str, Known] = {
    # Names that people put into a pip list and that are no distribution of PyPI.
    "python": Known("python", "python"),
    "cuda": Known("cuda", "cuda"),
    "cudatoolkit": Known("cuda", "cuda"),
    "cudnn": Known("cudnn", "cudnn"),
}
_DEVELOPMENT = (
    r"dev|devel|develop|development|lint|linting|linter|typing|types|mypy|style|format|formatting|quality|ci|qa"
    r"|precommit|pre-commit|tools|release|publish|black|ruff|flake8|benchmark|benchmarks|profiling"
)
_GROUPS: tuple[tuple[str, Kind], ...] = (
    (r"doc|docs|documentation|sphinx|mkdocs|readthedocs|rtd", "docs"),
    (r"test|tests|testing|pytest|unittest|coverage|cov", "test"),
    (_DEVELOPMENT, "dev"),
    (r"build|setup|compile", "build"),
    (r"opt|optional|extra|extras|all|full", "optional"),
)
_INDEX_KINDS: dict[str, IndexKind] = {
    "index-url": "index-url",
    "extra-index-url": "extra-index-url",
    "find-links": "find-links",
    "channel": "channel",
    "no-index": "no-index",
}


def kind_of_group(name: str, default: Kind) -> Kind:
    """What a group, extra or file of this name is for, told by the words in it."""
    words = set(re.split(r"[\W_\d]+", name.lower())) | {name.lower()}
    for pattern, kind in _GROUPS:
        if any(re.fullmatch(pattern, word) for word in words):
            return kind
    return default


class Sheet:
    """The findings of one file."""

    def __init__(self, path: str, format: Format, *, confidence: float = 1.0, own: str = "") -> None:  # noqa: A002
        self.own = own  # the repository's own name, which prose mentions without needing it
        self.path = path
        self.format = format
        self.confidence = confidence
        self._requirements: list[Requirement] = []
        self._unreadable: list[Unreadable] = []
        self._indexes: list[IndexFact] = []
        self._includes: list[Include] = []
        self._project: str | None = None

    def declared(self) -> Declared:
        """What stands on the sheet."""
        return Declared(
            requirements=tuple({_identity(one): one for one in reversed(self._requirements)}.values())[::-1],
            unreadable=tuple(self._unreadable),
            indexes=tuple(dict.fromkeys(self._indexes)),
            includes=tuple(dict.fromkeys(self._includes)),
            project=self._project,
        )

    def _full(self, line: int | None) -> bool:
        """No dependency file of a person or a tool is so long: the rest is left out, and that is said."""
        count = len(self._requirements) + len(self._unreadable)
        if count == MAX_ENTRIES:
            self._unreadable.append(
                Unreadable(at=self.at(line), raw="", reason=msg("more than {n} entries; the rest is not read", n=count))
            )
        return count >= MAX_ENTRIES

    def at(self, line: int | None, cell: int | None = None) -> Location:
        """A place in this file."""
        return Location(path=self.path, line=line, cell=cell)

    def cannot(self, line: int | None, raw: str, reason: Message, cell: int | None = None) -> None:
        """Something stands there that could not be understood."""
        if self._full(line):
            return
        self._unreadable.append(Unreadable(at=self.at(line, cell), raw=raw[:2000], reason=reason))

    def index(self, kind: str, value: str, line: int | None, cell: int | None = None) -> None:
        """An index, channel or option that the file names; never obeyed."""
        self._indexes.append(
            IndexFact(
                kind=_INDEX_KINDS.get(kind, "other"),
                value=value[:2000],
                at=self.at(line, cell),
            )
        )

    def include(self, path: str, line: int | None, *, constraint: bool = False) -> None:
        """Another file of the repository that this one reads in, or that bounds its versions."""
        self._includes.append(Include(path=path, at=self.at(line), how="bounds" if constraint else "reads"))

    def builds(self, name: object) -> None:
        """The name of the distribution that this file builds, where it is one."""
        if isinstance(name, str) and is_normalized_name(canonicalize_name(name)):
            self._project = canonicalize_name(name)

    def project(self, paths: tuple[str, ...], line: int | None) -> None:
        """The build files of a local project that this one installs."""
        self._includes.extend(Include(path=path, at=self.at(line), how="installs") for path in paths)

    def add(
        self,
        spec: Spec,
        line: int | None,
        raw: str,
        *,
        kind: Kind = "runtime",
        group: str | None = None,
        confidence: float | None = None,
        locked: bool = False,
        cell: int | None = None,
        no_deps: bool = False,
    ) -> None:
        """A requirement whose parts are known."""
        if self.own and spec.name == self.own:
            return
        foreign = _FOREIGN.get(spec.name) if spec.url is None else None
        self._requirements.append(
            Requirement(
                name=foreign.name if foreign else spec.name,
                specifier=spec.specifier,
                marker=spec.marker,
                extras=spec.extras,
                kind=foreign.kind if foreign else kind,
                group=group,
                url=spec.url,
                format=self.format,
                at=self.at(line, cell),
                raw=raw[:2000].strip(),
                confidence=min(spec.sure, self.confidence if confidence is None else confidence),
                locked=locked,
                repairs=spec.repairs,
                no_deps=no_deps,
            )
        )

    def pip(
        self,
        text: str,
        line: int | None,
        *,
        raw: str | None = None,
        kind: Kind = "runtime",
        group: str | None = None,
        confidence: float | None = None,
        locked: bool = False,
        cell: int | None = None,
        no_deps: bool = False,
    ) -> None:
        """A requirement as pip takes it, from text."""
        if self._full(line):
            return
        spec = parse_requirement(text)
        if isinstance(spec, Message):
            self.cannot(line, text if raw is None else raw, spec, cell)
        else:
            self.add(
                spec, line, text if raw is None else raw,
                kind=kind, group=group, confidence=confidence, locked=locked, cell=cell, no_deps=no_deps,
            )  # fmt: skip

    def conda(
        self,
        text: str,
        line: int | None,
        *,
        raw: str | None = None,
        kind: Kind = "runtime",
        group: str | None = None,
        locked: bool = False,
        cell: int | None = None,
    ) -> None:
        """A requirement as conda takes it, from text."""
        if self._full(line):
            return
        raw = text if raw is None else raw
        spec = parse_conda(text)
        if isinstance(spec, Message):
            self.cannot(line, raw, spec, cell)
            return
        if spec.channel:
            self.index("channel", spec.channel, line, cell)
        known = spec.known
        self._requirements.append(
            Requirement(
                name=known.name,
                specifier=spec.specifier,
                kind=kind if known.kind == "runtime" else known.kind,
                group=group,
                format=self.format,
                at=self.at(line, cell),
                raw=raw[:2000].strip(),
                confidence=self.confidence,
                locked=locked or spec.build is not None,
                repairs=spec.repairs,
            )
        )

    def apt(
        self, package: str, line: int | None, raw: str, *, group: str | None = None, cell: int | None = None
    ) -> None:
        """A Debian package, with the version that its name or a `=version` tells."""
        if self._full(line):
            return
        name, _, version = package.partition("=")
        name = name.partition(":")[0].partition("/")[0].lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9+._*-]*", name):
            self.cannot(line, raw, msg("{name} is no name of a system package", name=package[:200]), cell)
            return
        repairs: tuple[Message, ...] = ()
        known, specifier = Known(name, "system"), ""
        for pattern, meaning in apt_names():
            if found := pattern.fullmatch(name):
                known = meaning
                digits = (found.groupdict().get("v") or "").replace("-", ".")
                specifier = f"=={digits}.*" if digits else ""
                repairs = (msg("Debian's {package} stands for {name}", package=name, name=meaning.name),)
                break
        self.plain(known.name, specifier, known.kind, line, raw, group=group, repairs=repairs, cell=cell)
        if version and known.kind == "system":
            self.index("other", f"apt {name}={version}", line, cell)

    def image(self, reference: str, line: int | None, raw: str, *, group: str | None = None) -> None:
        """What a container image is known to hold; an image that no table row fits is a system requirement."""
        plain = reference.partition("@")[0]
        for image in images():
            found = image.pattern.fullmatch(plain)
            if found is None:
                continue
            facts = {name: f"=={value}" for name, value in found.groupdict().items() if value}
            for name, specifier in {**image.also, **facts}.items():
                kind = _IMAGE_KINDS.get(name, "runtime")
                if specifier.startswith("==") and specifier.count(".") < 2 and kind != "os":
                    specifier += ".*"
                self.plain(name, specifier, kind, line, raw, group=group)
            return
        self.index("other", f"image {plain}", line)

    def plain(
        self,
        name: str,
        specifier: str,
        kind: Kind,
        line: int | None,
        raw: str,
        *,
        group: str | None = None,
        confidence: float | None = None,
        repairs: tuple[Message, ...] = (),
        locked: bool = False,
        cell: int | None = None,
    ) -> None:
        """Something that is no distribution of PyPI: Python itself, CUDA, a compiler, a system package."""
        self.add(
            Spec(name, specifier, repairs=repairs), line, raw,
            kind=kind, group=group, confidence=confidence, locked=locked, cell=cell,
        )  # fmt: skip


def _identity(one: Requirement) -> tuple[object, ...]:
    """What makes two entries of one line the same (a matrix fills a command in several times)."""
    return (one.name, one.specifier, one.marker, one.extras, one.kind, one.group, one.url, one.at)


_IMAGE_KINDS: dict[str, Kind] = {"python": "python", "cuda": "cuda", "cudnn": "cudnn", "ubuntu": "os", "debian": "os"}


_PYTHON = re.compile(r"(?:c?python|py)?-?\s*=*v?(\d+(?:\.\d+){0,2})(?:\.[x*])?(?:-dev|t)?", re.IGNORECASE)


def python_version(text: str) -> str:
    """The specifier that a bare Python version stands for: `3.8` any of 3.8, `3.8.10` that one, "" when it is none."""
    found = re.fullmatch(
        r"\s*(?:c?python|py)?-?\s*=*v?(\d+(?:\.\d+){0,2})(?:\.[x*])?(?:-dev|t)?\s*", text, re.IGNORECASE
    )
    if found is None:
        return ""
    version = found[1]
    return f"=={version}" if version.count(".") == 2 else f"=={version}.*"


_EMPTY_WORDS = re.compile(
    r"(?:^|[-_.])(?:pip|conda|python|py\d*|requirements?|reqs?|deps|dependencies|env|environment)(?=[-_.]|$)",
    re.IGNORECASE,
)


def kind_of_file(path: str) -> Kind:
    """What a requirements file is for, told by its name and folder."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    stem = re.sub(
        r"(?i)(?:^|[-_.])(?:pip|conda|python|py\d*|requirements?|reqs?|deps|dependencies|env|environment)(?=[-_.]|$)",
        "-",
        stem,
    )
    words = stem.strip("-_. ")
    kind = kind_of_group(words, "runtime") if words else "runtime"
    if kind == "runtime" and not words:
        folder = posixpath.basename(posixpath.dirname(path))
        kind = {"docs": "docs", "doc": "docs", "tests": "test", "test": "test"}.get(folder, "runtime")  # type: ignore[assignment] # all values are kinds
    return kind
