"""The metadata of a source distribution, read out of its archive: nothing of it is unpacked or run."""

from __future__ import annotations

import dataclasses
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from packaging.requirements import InvalidRequirement, Requirement

from repotriage.index.facts import CoreMetadata, NoMetadata
from repotriage.index.metadata import parse_metadata, parse_requires_txt, repair_all, says_its_requirements
from repotriage.manifests.formats.setup_py import setup_py
from repotriage.manifests.registry import Context
from repotriage.models.requirement import Declared

MAX_ENTRIES = 50_000
MAX_TEXT = 1_000_000  # bytes of one metadata file
MAX_UNPACKED = 2_000_000_000  # bytes of all members together
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
_NATIVE = re.compile(r"\.(?:c|cc|cpp|cxx|cu|pyx|rs|f|f90|f95|m|mm|go|i)$", re.IGNORECASE)
_ASIDE = re.compile(r"(?:^|/)(?:tests?|docs?|examples?|benchmarks?|third_party_tests)/", re.IGNORECASE)
_WANTED = re.compile(r"^(?:PKG-INFO|requires\.txt|setup\.py|setup\.cfg|requirements[\w.-]*\.txt)$")
_IMPORTS = re.compile(r"\bfrom\s+[\w.]+\s+import\s+(?:\([^)]*\)|[^\n]*)")
_NONE = re.compile(r"install_requires\s*=\s*(?:\[\s*\]|\(\s*\)|None)")
_SDIST = re.compile(r"^(?P<name>.+)-(?P<version>[^-]+?)(?:\.tar\.\w+|\.tgz|\.zip)$")


def read_sdist(filename: str, stream: IO[bytes]) -> CoreMetadata | NoMetadata:
    """The static metadata of the sdist in `stream` (a .zip must be seekable; others are read once, as they come).

    `NoMetadata("unstated")` when it was made by a tool that does not write down what it requires.
    """
    texts: dict[str, str] = {}
    native: str | None = None
    entries = 0
    try:
        for path, read in _members(filename, stream):
            entries += 1
            if entries > MAX_ENTRIES:
                return NoMetadata("too_large", f"more than {MAX_ENTRIES} files")
            parts = path.strip("/").split("/")
            inner = "/".join(parts[1:])
            if native is None and _NATIVE.search(inner) and not _ASIDE.search(f"/{inner}"):
                native = inner
            at_top = len(parts) == 2
            in_egg_info = len(parts) >= 2 and parts[-2].endswith(".egg-info")
            if (at_top or in_egg_info) and _WANTED.match(parts[-1]):
                key = f"egg-info/{parts[-1]}" if in_egg_info else parts[-1]
                texts.setdefault(key, read())
    except _BROKEN as error:
        return NoMetadata("unreadable", str(error)[:200])
    found = _metadata(filename, texts)
    if isinstance(found, NoMetadata):
        return found
    return dataclasses.replace(found, native=native, cuda=_for_cuda(texts.get("setup.py", "")))


def _for_cuda(script: str) -> bool:
    """Whether a script makes torch's extensions for CUDA and has no way to make them for the CPU."""
    code = _IMPORTS.sub("", script)
    return "CUDAExtension" in code and "CppExtension" not in code


def _metadata(filename: str, texts: dict[str, str]) -> CoreMetadata | NoMetadata:
    info = texts.get("PKG-INFO") or texts.get("egg-info/PKG-INFO")
    if info is None:
        named = _SDIST.match(filename)
        if named is None or "setup.py" not in texts:
            return NoMetadata("unstated", "no PKG-INFO")
        return _of_script(CoreMetadata(named["name"], named["version"]), texts)
    found = parse_metadata(info)
    if isinstance(found, NoMetadata):
        return found
    if says_its_requirements(info) or (found.requires and "egg-info/requires.txt" not in texts):
        return found
    if "egg-info/PKG-INFO" in texts or "egg-info/requires.txt" in texts:
        # setuptools writes requires.txt whenever there is a requirement
        lines, extras = parse_requires_txt(texts.get("egg-info/requires.txt", ""))
        requires, repaired = repair_all(lines)
        return CoreMetadata(found.name, found.version, found.requires_python, requires, extras, repaired)
    return _of_script(found, texts)


def _of_script(found: CoreMetadata, texts: dict[str, str]) -> CoreMetadata | NoMetadata:
    """What setup.py requires, read as a tree, where no tool wrote it down; only if every part of it is constant."""
    if "install_requires" in texts.get("setup.cfg", ""):
        return NoMetadata("unstated", "setup.cfg says what it requires, and no tool wrote it down")
    if "install_requires" not in texts.get("setup.py", ""):
        return found
    declared = setup_py("setup.py", texts["setup.py"], Context(texts.get, texts))
    lines = list(_declared_lines(declared, texts))
    if declared.unreadable or not (lines or _NONE.search(texts["setup.py"])):
        return NoMetadata("unstated", "setup.py computes what it requires")
    requires, repaired = repair_all(lines)
    extras = {one.group: None for one in declared.requirements if one.kind == "optional" and one.group}
    python = next((one.specifier for one in declared.requirements if one.kind == "python"), None)
    return CoreMetadata(
        found.name, found.version, found.requires_python or python, requires, found.extras or tuple(extras), repaired
    )


def _declared_lines(declared: Declared, texts: dict[str, str]) -> Iterator[str]:
    for one in declared.requirements:
        if one.kind == "runtime" or (one.kind == "optional" and one.group):
            extras = f"[{','.join(one.extras)}]" if one.extras else ""
            conditions = [f"({one.marker})"] if one.marker else []
            conditions += [f'extra == "{one.group}"'] if one.kind == "optional" else []
            yield f"{one.name}{extras}{one.specifier}" + (f" ; {' and '.join(conditions)}" if conditions else "")
    for include in declared.includes:
        if include.how == "reads":
            for line in texts.get(include.path, "").splitlines():
                text = line.partition("#")[0].strip()
                if text and not text.startswith("-"):
                    yield text


def _members(filename: str, stream: IO[bytes]) -> Iterator[tuple[str, _Read]]:
    if filename.endswith(".zip"):
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, _ZipText(archive, info)
        return
    with tarfile.open(fileobj=stream, mode="r|*") as tar:
        unpacked = 0
        for member in tar:
            unpacked += member.size
            if unpacked > MAX_UNPACKED:
                raise ValueError("it unpacks to more than 2 GB")
            if member.isfile():
                yield member.name, _TarText(tar, member)


class _ZipText:
    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive, self._info = archive, info

    def __call__(self) -> str:
        with self._archive.open(self._info) as file:
            return file.read(MAX_TEXT).decode("utf-8", "replace")


class _TarText:
    def __init__(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        self._tar, self._member = tar, member

    def __call__(self) -> str:
        file = self._tar.extractfile(self._member)
        return "" if file is None else file.read(MAX_TEXT).decode("utf-8", "replace")


_Read = _ZipText | _TarText


def read_wheel(stream: IO[bytes]) -> CoreMetadata | NoMetadata:
    """The METADATA of the wheel in `stream` (seekable; only its end and that member are read)."""
    try:
        with zipfile.ZipFile(stream) as archive:
            name = next((n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)), None)
            if name is None:
                return NoMetadata("unreadable", "no METADATA")
            with archive.open(name) as file:
                return parse_metadata(file.read(MAX_TEXT).decode("utf-8", "replace"))
    except _BROKEN as error:
        return NoMetadata("unreadable", str(error)[:200])


def as_text(metadata: CoreMetadata) -> str:
    """Core metadata 2.1 with what a solver needs."""
    lines = ["Metadata-Version: 2.1", f"Name: {metadata.name}", f"Version: {metadata.version}"]
    if metadata.requires_python:
        lines.append(f"Requires-Python: {metadata.requires_python}")
    lines += [f"Provides-Extra: {extra}" for extra in metadata.extras if _plain(extra)]
    lines += [f"Requires-Dist: {line}" for line in metadata.requires]
    return "\n".join(lines) + "\n"


def _plain(extra: str) -> bool:
    try:
        return Requirement(f"x[{extra}]").extras == {extra}
    except InvalidRequirement:
        return False
