"""One conda match specification, brought into the form of PEP 508.

Source of the grammar: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from repotriage.manifests.tables import Known, conda_names
from repotriage.models.base import Message, msg

_SPEC = re.compile(
    r"(?:(?P<channel>[\w./:-]+)::)?(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)\s*(?P<rest>[=<>!~ \[].*)?\Z",
    re.DOTALL,
)
_CLAUSE = re.compile(r"(===|[<>=!~]=|[<>=])?\s*([0-9][\w.+!*-]*|\*)\Z")


@dataclass(frozen=True, slots=True)
class CondaSpec:
    """A conda requirement: what it is called on PyPI or in the system, its versions, build and channel."""

    known: Known
    conda_name: str
    specifier: str = ""
    build: str | None = None
    channel: str | None = None
    repairs: tuple[Message, ...] = ()


def known_conda(name: str) -> Known:
    """What conda's `name` stands for; a name that the table does not hold is the same on PyPI."""
    listed = conda_names().get(name.lower())
    return listed if listed is not None else Known(canonicalize_name(name), "runtime")


def parse_conda(text: str) -> CondaSpec | Message:
    """Read one match specification, or say why it cannot be understood."""
    plain = text.strip().strip("'\"").strip()
    if len(plain) > 500 or "\0" in plain:
        return msg("longer than {n} characters", n=500)
    if plain.startswith(("http://", "https://", "file:")):
        return _from_url(plain)
    match = _SPEC.match(plain)
    if match is None:
        return msg("{text} is no specification of conda", text=plain[:200])
    name, rest = match["name"], (match["rest"] or "").strip()
    build: str | None = None
    if bracket := re.search(r"\[(.*)\]\s*\Z", rest, re.DOTALL):
        rest = rest[: bracket.start()].strip()
        fields = dict(re.findall(r"(\w+)\s*=\s*['\"]?([^'\",\]]*)", bracket[1]))
        if quoted := re.search(r"version\s*=\s*(['\"])(.*?)\1", bracket[1]):
            fields["version"] = quoted[2]
        rest = rest or fields.get("version", "")
        build = fields.get("build")
    repairs: list[Message] = []
    known = known_conda(name)
    if known.name != canonicalize_name(name) and known.kind == "runtime":
        repairs.append(msg("conda's {conda} is {name} on PyPI", conda=name, name=known.name))
    exact = re.fullmatch(r"(==?)\s*([^=\s,|<>]+)(?:=|\s+)([\w.*:/-]+)", rest) or re.fullmatch(
        r"()(\d[^=\s,|<>]*)\s+([A-Za-z_*][\w.*]*)", rest
    )
    if exact:
        rest, build = f"=={exact[2]}" if not exact[2].endswith("*") else f"={exact[2]}", exact[3]
        if build == "*":
            rest, build = f"={exact[2]}", None
    specifier = version_specifier(rest, repairs)
    if isinstance(specifier, Message):
        return specifier
    return CondaSpec(known, name.lower(), specifier, build, match["channel"], tuple(repairs))


def version_specifier(text: str, repairs: list[Message]) -> str | Message:
    """A PEP 440 set for conda's version expression: `=1.2` and `1.2.*` mean any 1.2, `==1.2` that one alone."""
    text = text.strip().strip("'\"").strip()
    if not text or text == "*":
        return ""
    if "|" in text:
        ends = [one.strip() for one in text.split("|")]
        spans = [re.fullmatch(r"=*\s*(\d+(?:\.\d+)*)(?:\.?\*)?", one) for one in ends]
        if not all(spans):
            return msg("alternatives are not supported: {text}", text=text[:200])
        versions = sorted(Version(span[1]) for span in spans if span)
        repairs.append(msg("alternatives are given as a range: {text}", text=text[:200]))
        last = list(versions[-1].release)
        last[-1] += 1
        return f">={versions[0]},<{'.'.join(map(str, last))}"
    clauses: list[str] = []
    for part in re.split(r"\s*,\s*|\s+(?=[<>=!~])", text):
        clause = _CLAUSE.match(part.strip())
        if clause is None:
            return msg("{text} is no version", text=part[:200])
        operator, version = clause[1] or "==", clause[2]
        if version == "*":
            continue
        wild = version.endswith("*")
        core = re.sub(r"\.?\*\Z", "", version)
        core, _, post = core.partition("-")
        if post:
            repairs.append(msg("the build {build} was left out", build=post))
        try:
            parsed = Version(core)
        except InvalidVersion:
            repairs.append(msg("{version} is no version of PEP 440 and was left out", version=core))
            continue
        if operator == "=" and not (parsed.pre or parsed.local or parsed.dev):
            operator, wild = "==", True
        elif operator == "=":
            operator = "=="
        if wild and operator not in ("==", "!="):
            wild = False
        if operator == "~=" and len(parsed.release) == 1:
            operator, wild = "==", True
        clauses.append(f"{operator}{core}{'.*' if wild else ''}")
    joined = ",".join(clauses)
    try:
        SpecifierSet(joined)
    except InvalidSpecifier:
        return msg("{text} is no version", text=text[:200])
    return joined


def _from_url(url: str) -> CondaSpec | Message:
    """`https://conda.anaconda.org/conda-forge/linux-64/numpy-1.19.2-py37h54aff64_0.tar.bz2#md5`."""
    file = url.partition("#")[0].rstrip("/").rpartition("/")[2]
    match = re.fullmatch(r"(?P<name>[\w.-]+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.(?:conda|tar\.bz2)", file)
    if match is None:
        return msg("{text} is no package of conda", text=url[:200])
    repairs: list[Message] = []
    specifier = version_specifier(f"=={match['version']}", repairs)
    if isinstance(specifier, Message):
        repairs.append(msg("{version} is no version of PEP 440 and was left out", version=match["version"]))
        specifier = ""
    return CondaSpec(known_conda(match["name"]), match["name"].lower(), specifier, match["build"], None, tuple(repairs))
