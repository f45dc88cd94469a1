"""Hold the tables against the package index and print what differs.

    python tools/refresh_knowledge.py [torch tensorflow jax companions compilers]

The index tells wheel tags, upload dates, the torch that companions pin, the CUDA that torch brings and the compilers
that a CUDA toolkit takes. Nothing is
written: a difference is a reason to look, and to change the table by hand with its source and date.
Exit status: 0 when nothing differs, 1 when something does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

import httpx
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from repotriage.compat.companions import companions
from repotriage.compat.knowledge import (
    CompilerBound,
    JaxlibWheels,
    TensorFlowRelease,
    rows,
    torch_release,
    torch_releases,
)
from repotriage.index.facts import CoreMetadata, IndexFile, Missing, Project
from repotriage.index.port import Index
from repotriage.index.simple import SimpleIndex
from tools.release_names import Release

_CPYTHON = re.compile(r"cp(\d)(\d+)")
_RUNTIME = re.compile(r"nvidia-cuda-runtime(?:-cu(\d+))?$")
_DOMAIN = ("torchvision", "torchaudio", "torchtext")
_TOOLKITS = ("nvidia-cuda-nvcc-cu11", "nvidia-cuda-nvcc-cu12", "nvidia-cuda-crt")
_FIRST_TOOLKIT = 11  # lower versions are placeholders
_BOUND = ("torchtext", "xformers")  # companions whose wheels pin torch


def torch(index: Index) -> Iterator[str]:
    """Releases, Pythons, upload dates, domain libraries and the CUDA of the plain wheel."""
    project = _project(index, "torch")
    known = {Version(row.version): row for row in torch_releases()}
    for version, files in project.by_version.items():
        wheels = _wheels(files)
        if version.is_prerelease or not wheels or version < min(known):
            continue
        row = known.get(version)
        if row is None:
            yield f"torch {version}: not in the table"
            continue
        yield from _compare(f"torch {version} python", row.python, _pythons(wheels), only_more=True)
        uploaded = min(file.uploaded for file in wheels if file.uploaded)
        if uploaded.date() != row.uploaded:
            yield f"torch {version} uploaded: {row.uploaded} in the table, {uploaded.date()} on the index"
        yield from _build(index, version, wheels, row.pypi_build)
    for name in _DOMAIN:
        yield from _domain(index, name)


def _build(index: Index, version: Version, wheels: Sequence[IndexFile], table: str | None) -> Iterator[str]:
    """The CUDA that the Linux wheel asks for; wheels before 1.13 hold their own and do not tell."""
    linux = next((file for file in wheels if "linux" in file.tags[2] and "x86_64" in file.tags[2]), None)
    found = None if linux is None else index.metadata(linux)
    if not isinstance(found, CoreMetadata):
        return
    for line in found.requires:
        requirement = Requirement(line)
        match = _RUNTIME.fullmatch(requirement.name)
        pin = next((clause.version for clause in requirement.specifier if clause.operator == "=="), None)
        if match and pin:
            release = Version(pin.removesuffix(".*")).release
            build = f"cu{release[0]}{release[1]}"
            if build != table:
                yield f"torch {version} pypi_build: {table} in the table, {build} on the index"


def _domain(index: Index, name: str) -> Iterator[str]:
    """The torch that each release of a domain library pins."""
    project = _project(index, name)
    for row in torch_releases():
        version = getattr(row, name)
        if version is None:
            continue
        files = project.by_version.get(Version(version), ())
        if not files:
            yield f"{name} {version} (torch {row.version}): not on the index"
            continue
        wheels = _wheels(files)
        pin = _pin(index, wheels[0]) if wheels else None
        if pin is not None and Version(pin) != Version(row.version):
            yield f"{name} {version}: torch {row.version} in the table, {pin} on the index"


def tensorflow(index: Index) -> Iterator[str]:
    """Minor versions and their Pythons."""
    found: dict[str, set[str]] = {}
    for version, files in _project(index, "tensorflow").by_version.items():
        linux = [file for file in _wheels(files) if "manylinux" in file.tags[2]]
        if not version.is_prerelease and version >= Version("1") and linux:
            found.setdefault(f"{version.major}.{version.minor}", set()).update(_pythons(linux))
    known = {row.version: row for row in rows("tensorflow", "release", TensorFlowRelease)}
    for minor, pythons in found.items():
        if minor not in known:
            yield f"tensorflow {minor}: not in the table"
        else:
            yield from _compare(f"tensorflow {minor} python", known[minor].python, pythons)


def jax(index: Index) -> Iterator[str]:
    """jaxlib releases and their Pythons."""
    known = rows("jax", "jaxlib", JaxlibWheels)
    for version, files in _project(index, "jaxlib").by_version.items():
        linux = [file for file in _wheels(files) if "linux" in file.tags[2] and "x86_64" in file.tags[2]]
        if version.is_prerelease or not linux:
            continue
        row = next((one for one in known if Version(one.first) <= version <= Version(one.last)), None)
        if row is None:
            yield f"jaxlib {version}: not in the table"
        else:
            yield from _compare(f"jaxlib {version} python", row.python, _pythons(linux))


def companions_of_torch(index: Index) -> Iterator[str]:
    """The torch that companions pin in their own metadata."""
    for name in _BOUND:
        mine = [row for row in companions() if row.package == name and row.route == "pypi" and row.torch]
        for version, files in _project(index, name).by_version.items():
            wheels = _wheels(files)
            pin = None if version.is_prerelease or not wheels else _pin(index, wheels[0])
            if pin is None:
                continue
            table = [row for row in mine if row.versions and SpecifierSet(row.versions).contains(version)]
            if not table:
                yield f"{name} {version}: pins torch {pin}, not in the table"
            elif not any(SpecifierSet(row.torch or "").contains(pin) for row in table):
                yield f"{name} {version}: {table[0].torch} in the table, {pin} on the index"
            if torch_release(pin) is None:
                yield f"{name} {version}: torch {pin} is not in the table"


def _project(index: Index, name: str) -> Project:
    found = index.project(name)
    if isinstance(found, Missing):
        raise SystemExit(f"{name}: {found.reason} {found.detail}")
    return found


def _wheels(files: Iterable[IndexFile]) -> list[IndexFile]:
    return [file for file in files if file.kind == "wheel" and file.yanked is None]


def _pythons(files: Iterable[IndexFile]) -> set[str]:
    return {f"{match[1]}.{match[2]}" for file in files for match in _CPYTHON.finditer(file.tags[0])}


def _pin(index: Index, file: IndexFile) -> str | None:
    found = index.metadata(file)
    if not isinstance(found, CoreMetadata):
        return None
    for line in found.requires:
        requirement = Requirement(line)
        if requirement.name == "torch" and requirement.marker is None:
            return next((clause.version for clause in requirement.specifier if clause.operator == "=="), None)
    return None


def _compare(what: str, table: Iterable[str], index: Iterable[str], *, only_more: bool = False) -> Iterator[str]:
    """`only_more`: the table may know more, from wheels that stand elsewhere."""
    ours, theirs = set(table), set(index)
    more, fewer = sorted(theirs - ours, key=Version), sorted(ours - theirs, key=Version)
    if more:
        yield f"{what}: {', '.join(more)} on the index alone"
    if fewer and not only_more:
        yield f"{what}: {', '.join(fewer)} in the table alone"


def compilers(index: Index) -> Iterator[str]:
    """The bounds in `crt/host_config.h` of the first wheel of each CUDA minor version."""
    known = {row.cuda: row for row in rows("compilers", "compiler", CompilerBound)}
    seen: set[str] = set()
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        for name in _TOOLKITS:
            for version, files in _project(index, name).by_version.items():
                cuda = f"{version.major}.{version.minor}"
                linux = next((file for file in _wheels(files) if file.tags[2].endswith("x86_64")), None)
                if linux is None or cuda in seen or version.is_prerelease or version.major < _FIRST_TOOLKIT:
                    continue
                seen.add(cuda)
                bounds = host_bounds(Release(linux, client))
                row = known.get(cuda)
                ours = None if row is None else (row.gcc_below, row.clang_below, row.msvc_from, row.msvc_below)
                if ours != bounds:
                    yield f"compilers of CUDA {cuda}: {ours} in the table, {bounds} in {linux.filename}"


def host_bounds(release: Release) -> tuple[int, ...] | None:
    """gcc below, clang below, MSVC from, MSVC below."""
    path = next((path for path in release.paths() if path.endswith("crt/host_config.h")), None)
    if path is None:
        return None
    text = release.text(path)
    gcc, clang = re.search(r"__GNUC__ > (\d+)", text), re.findall(r"__clang_major__ >= (\d+)", text)
    msvc = re.search(r"_MSC_VER < (\d+) \|\| _MSC_VER >= (\d+)", text)
    if gcc is None or msvc is None or not clang:
        return None
    return int(gcc[1]) + 1, max(map(int, clang)), int(msvc[1]), int(msvc[2])


PARTS: dict[str, Callable[[Index], Iterator[str]]] = {
    "torch": torch,
    "tensorflow": tensorflow,
    "jax": jax,
    "companions": companions_of_torch,
    "compilers": compilers,
}


def main(names: Sequence[str]) -> int:
    """Print every difference; 1 when there is any."""
    index = SimpleIndex()
    try:
        differences = [line for name in names or PARTS for line in PARTS[name](index)]
    finally:
        index.close()
    print("\n".join(differences) or "the tables agree with the index")
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
