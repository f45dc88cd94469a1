"""One requirement as people write it, brought into the form of PEP 508.

What had to be changed is said in `repairs`; what cannot be understood is a reason.
Source of the grammar: https://packaging.python.org/en/latest/specifications/dependency-specifiers/
and, for what pip adds, https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from repotriage.manifests.tables import vcs_names
from repotriage.models.base import Message, msg

MAX_LENGTH = 2000

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?"
_HEAD = re.compile(rf"\s*({_NAME})\s*(?:\[([^\]]{{0,300}})\])?\s*(.*)\Z", re.DOTALL)
_CLAUSE = re.compile(r"(===|[<>=!~]=|[<>=])\s*([^\s,;<>=!~]+)")
_URL = re.compile(r"(?:git|hg|svn|bzr)(?:\+[a-z]+)?(?:://|@)|(?:https?|ftp|file|s3)://?|git@", re.IGNORECASE)
_PATH = re.compile(r"\.{1,2}(?:/|\\|\[|\Z)|/|~/|[A-Za-z]:[\\/]|[^\s@]*\.(?:whl|tar\.gz|tar\.bz2|zip)(?:#.*|\[.*)?\Z")
_HASHES = re.compile(r"\s+--hash[=\s]\s*\S+")
_TRAILING_OPTION = re.compile(
    r"\s+(?:-f|-i|--find-links|--index-url|--extra-index-url|--trusted-host|--global-option|--install-option"
    r"|--config-settings?|--no-binary|--only-binary|--no-deps|--no-cache-dir|--no-build-isolation|--user|-U"
    r"|--upgrade|--pre)(?=[\s=]|\Z)"
)
_FILE_ENDINGS = (".txt", ".in", ".yml", ".yaml", ".toml", ".py", ".md")
_TYPOGRAPHY = str.maketrans(
    {
        "≥": ">=",
        "≤": "<=",
        "＝": "=",
        "＞": ">",
        "＜": "<",
        "，": ",",
        "；": ";",
        "（": "(",
        "）": ")",
        "：": ":",
        "～": "~",
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00a0": " ",
        "\u3000": " ",
        "\ufeff": "",
        "\u200b": "",
        "\u200e": "",
    }
)


@dataclass(frozen=True, slots=True)
class Spec:
    """A requirement in its parts: `name` canonical, `specifier` a PEP 440 set or "" for any."""

    name: str
    specifier: str = ""
    marker: str | None = None
    extras: tuple[str, ...] = ()
    url: str | None = None
    repairs: tuple[Message, ...] = ()
    sure: float = 1.0


def parse_requirement(text: str) -> Spec | Message:
    """Read one requirement (no comment, no leading option), or say why it cannot be understood."""
    if len(text) > MAX_LENGTH:
        return msg("longer than {n} characters", n=MAX_LENGTH)
    if "\0" in text:
        return msg("holds NUL bytes")
    repairs: list[Message] = []
    plain = text.translate(_TYPOGRAPHY).strip()
    if plain != text.strip():
        repairs.append(msg("typographic signs were replaced by plain ones"))
    plain = _HASHES.sub("", plain).rstrip("\\").strip()
    if cut := _TRAILING_OPTION.search(plain):
        repairs.append(
            msg("the options behind it were left out: {options}", options=plain[cut.start() :].strip()[:200])
        )
        plain = plain[: cut.start()].strip()
    stripped = plain.strip("'\"`").rstrip(",;").strip("'\"` ")
    if stripped != plain and not plain.endswith(("'", '"')):
        repairs.append(msg("signs around it were left out"))
    if stripped != plain and "'" not in stripped and '"' not in stripped:
        plain = stripped
    if not plain:
        return msg("nothing stands there")
    if _URL.match(plain) or _PATH.match(plain):
        return _reference(plain, repairs)
    try:
        strict = Pep508(plain)
    except InvalidRequirement:
        return _repaired(plain, repairs)
    if strict.name.endswith(_FILE_ENDINGS):
        return msg("{name} is a file rather than a package", name=strict.name)
    if any(not clause.version for clause in strict.specifier):
        return _repaired(plain, repairs)
    if strict.url is not None:
        return _named_reference(strict.name, tuple(sorted(strict.extras)), strict.url, strict.marker, repairs)
    return _dashed_version(strict, repairs)


def _dashed_version(strict: Pep508, repairs: list[Message]) -> Spec:
    """PEP 508 takes `torch-1.7.0` for a name; a person means a version."""
    name, specifier = strict.name, str(strict.specifier)
    if not specifier and (split := re.fullmatch(rf"({_NAME})-v?(\d+(?:\.\d+)+)", name)):
        name, specifier = split[1], f"=={split[2]}"
        repairs.append(msg("{text} was read as a name and a version", text=strict.name))
    marker = None if strict.marker is None else str(strict.marker)
    return Spec(canonicalize_name(name), specifier, marker, tuple(sorted(strict.extras)), repairs=tuple(repairs))


def _repaired(text: str, repairs: list[Message]) -> Spec | Message:
    text, marker = _split_marker(text, repairs)
    head = _HEAD.match(text)
    if head is None:
        return msg("no package name stands at its beginning")
    name, extras_text, rest = head[1], head[2], head[3].strip()
    if name.endswith(_FILE_ENDINGS):
        return msg("{name} is a file rather than a package", name=name)
    extras = tuple(sorted(canonicalize_name(one) for one in (extras_text or "").split(",") if one.strip()))
    if rest.startswith("@"):
        target = rest[1:].strip()
        if not _URL.match(target) and re.fullmatch(r"v?\d[\w.+]*", target):
            repairs.append(msg("{text} was read as a version", text=rest))
            return Spec(canonicalize_name(name), f"=={target}", marker, extras, repairs=tuple(repairs))
        return _named_reference(name, extras, target, None if marker is None else Marker(marker), repairs)
    specifier = repair_specifier(rest, repairs)
    if isinstance(specifier, Message):
        return specifier
    text_spec, sure = specifier
    return Spec(canonicalize_name(name), text_spec, marker, extras, None, tuple(repairs), sure)


def _split_marker(text: str, repairs: list[Message]) -> tuple[str, str | None]:
    if ";" not in text:
        return text, None
    before, _, after = text.partition(";")
    after = after.strip().rstrip(",")
    if not after:
        return before, None
    try:
        return before, str(Marker(after))
    except InvalidMarker:
        repairs.append(msg("the marker {marker} cannot be understood and was left out", marker=after[:200]))
        return before, None


def repair_specifier(text: str, repairs: list[Message]) -> tuple[str, float] | Message:
    """A PEP 440 specifier set out of what stands behind a name, and how sure that is."""
    text = text.strip()
    if not text:
        return "", 1.0
    if text.startswith("(") and ")" in text:
        text = text[1 : text.index(")")].strip()
    try:
        strict = SpecifierSet(text)
        if all(clause.version for clause in strict):
            return str(strict), 1.0
    except InvalidSpecifier:
        pass
    bare = re.fullmatch(r"[:\-]?\s*[vV]?(\d[\w.+!*]*)", text)
    if bare:
        repairs.append(msg("a version without an operator was read as =={version}", version=bare[1]))
        return _clause("==", bare[1], repairs), 0.9
    swapped = re.sub(r"=\s*([<>~])(?!=)", r"\1=", text)
    swapped = re.sub(r"([<>=!~])\s+=", r"\1=", swapped)
    if swapped != text:
        repairs.append(msg("the operator in {text} was put right", text=text[:100]))
        text = swapped
    conda = re.fullmatch(r"==?\s*(\d[\w.+!*]*)=([\w.*]+)", text)
    if conda:
        repairs.append(msg("conda's build string {build} was left out", build=conda[2]))
        return _clause("==", conda[1], repairs), 1.0
    clauses: list[str] = []
    end = 0
    for found in _CLAUSE.finditer(text):
        between = text[end : found.start()].strip(" ,()")
        if between:
            break
        if clauses and "," not in text[end : found.start()]:
            repairs.append(msg("a comma was put between {first} and {second}", first=clauses[-1], second=found[0]))
        operator, version = found[1], found[2].strip("'\"()")
        if operator == "=":
            repairs.append(msg("a single = was read as =="))
            operator = "=="
        clauses.append(_clause(operator, version, repairs))
        end = found.end()
    left = text[end:].strip(" ,;()'\"")
    if not clauses:
        if re.fullmatch(r"[<>=!~]+", left):
            repairs.append(msg("an operator without a version was left out"))
            return "", 0.8
        return msg("{text} is no version", text=left[:200])
    if left and len(left.split()) > 6:
        return msg("words stand behind it: {text}", text=left[:200])
    sure = 1.0
    if left:
        repairs.append(msg("words behind it were left out: {text}", text=left[:200]))
        sure = 0.7
    return ",".join(clause for clause in clauses if clause), sure


def _clause(operator: str, version: str, repairs: list[Message]) -> str:
    """One clause that PEP 440 allows, as near as can be to what was written; "" when the version is none."""
    wild = version.endswith(("*", ".x", ".X"))
    core = re.sub(r"\.?[*xX]\Z", "", version)
    try:
        parsed = Version(core)
    except InvalidVersion:
        repairs.append(msg("{version} is no version of PEP 440 and was left out", version=version[:100]))
        return ""
    written = f"{operator}{version}"
    if wild and (parsed.local or parsed.pre or parsed.dev):
        wild = False
    if operator == "~=" and (wild or len(parsed.release) == 1):
        clause = f"=={core}.*"
    elif operator in ("==", "!=") and wild:
        clause = f"{operator}{core}.*"
    elif operator not in ("==", "!=", "===") and parsed.local:
        clause = f"{operator}{parsed.public}"
    elif operator == "==" and version.endswith("."):
        clause = f"=={core.rstrip('.')}"
    else:
        clause = f"{operator}{core}"
    try:
        SpecifierSet(clause)
    except InvalidSpecifier:
        repairs.append(msg("{version} is no version of PEP 440 and was left out", version=version[:100]))
        return ""
    if clause != written:
        repairs.append(msg("{written} was read as {clause}", written=written, clause=clause))
    return clause


def _named_reference(
    name: str, extras: tuple[str, ...], url: str, marker: Marker | None, repairs: list[Message]
) -> Spec:
    version = _version_in(url)
    if version:
        repairs.append(msg("the version was taken from the file name"))
    elif url.startswith("file:"):
        repairs.append(msg("a path of the author's machine was replaced by the name"))
    return Spec(
        canonicalize_name(name),
        f"=={version}" if version else "",
        None if marker is None else str(marker),
        extras,
        url,
        tuple(repairs),
    )


def _reference(text: str, repairs: list[Message]) -> Spec | Message:
    """A URL, VCS reference or path without a name in front."""
    text, marker = _split_marker(text, repairs) if " ;" in text else (text, None)
    text = text.split(" ", 1)[0]
    extras: tuple[str, ...] = ()
    if found := re.search(r"\[([\w,\s.-]{1,200})\]\Z", text):
        extras = tuple(sorted(canonicalize_name(one) for one in found[1].split(",") if one.strip()))
        text = text[: found.start()]
    path, _, fragment = text.partition("#")
    egg = re.search(rf"(?:\A|&)egg=({_NAME})(?:\[([^\]]{{0,200}})\])?", unquote(fragment))
    version = _version_in(path)
    if egg:
        name = egg[1]
        extras = extras or tuple(sorted(one.strip() for one in (egg[2] or "").split(",") if one.strip()))
        if split := re.fullmatch(rf"({_NAME})-(\d+(?:\.\d+)+)", name):
            name, version = split[1], version or split[2]
    else:
        named = _name_in(text)
        if named is None:
            return msg("no package name can be read from it")
        name = named
        repairs.append(msg("the name {name} was taken from the address", name=name))
    if version:
        repairs.append(msg("the version was taken from the file name"))
    return Spec(
        canonicalize_name(name),
        f"=={version}" if version else "",
        marker,
        extras,
        text,
        tuple(repairs),
        1.0 if egg or version else 0.8,
    )


def _file_name(url: str) -> str:
    return posixpath.basename(unquote(url.partition("#")[0].partition("?")[0]).replace("\\", "/").rstrip("/"))


def _version_in(url: str) -> str | None:
    name = _file_name(url)
    try:
        if name.endswith(".whl"):
            return str(parse_wheel_filename(name)[1])
        if name.endswith((".tar.gz", ".zip")):
            return str(parse_sdist_filename(name)[1])
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        pass
    return None


def _name_in(url: str) -> str | None:
    owned = re.search(r"[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?(?:@[^#]*|#.*)?\Z", url)
    if owned and owned[1].lower() in vcs_names():
        return vcs_names()[owned[1].lower()]
    subdirectory = re.search(r"#.*subdirectory=([\w./-]+)", url)
    url = url.partition("#")[0]
    name = _file_name(url)
    try:
        if name.endswith(".whl"):
            return str(parse_wheel_filename(name)[0])
        if name.endswith((".tar.gz", ".zip")) and "/archive/" not in url and "/zipball/" not in url:
            return str(parse_sdist_filename(name)[0])
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        pass
    if archive := re.search(rf"/({_NAME})/(?:-/)?(?:archive|zipball|tarball|releases)/", url):
        return archive[1]
    if subdirectory and re.search(r"[-_]", posixpath.basename(subdirectory[1].rstrip("/"))):
        return posixpath.basename(subdirectory[1].rstrip("/"))
    name = re.sub(r"@[^@]*\Z", "", name) if "://" in url or url.startswith("git@") else name
    name = re.sub(r"\.git\Z", "", name)
    # `…/name.git@feature/branch`: the reference itself has a slash
    inner = re.search(rf"/({_NAME}?)(?:\.git)?@[^@]+\Z", url)
    if inner and "/" in url.rpartition("@")[2] and not url.startswith("git@"):
        name = re.sub(r"\.git\Z", "", inner[1])
    return name if re.fullmatch(_NAME, name) else None
