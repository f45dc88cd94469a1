"""Releases that stand on pages of their makers, beside those of the package index.

- jaxlib releases that PyPI no longer has: their days, Pythons and needs are rows of `jax.toml`.
- torch and its libraries for Windows: PyPI lacks wheels that PyTorch's own index has. Where PyPI has a
  wheel for Linux, the same release for the same Python is there for Windows, with the same needs.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time

from packaging.version import Version

from repotriage.compat.knowledge import JaxlibElsewhere, rows
from repotriage.index.facts import CoreMetadata, IndexFile, Missing, NoMetadata, Project
from repotriage.index.port import Index

JAXLIB_PAGE = "https://us-python.pkg.dev/ml-oss-artifacts-published/jax/simple/"
TORCH_PAGE = "https://download.pytorch.org/whl/cpu"
_LOCAL = re.compile(r"\+cuda[0-9a-z.]*")
_WINDOWS_SINCE = {"torch": Version("1.0.0"), "torchvision": Version("0.3.0"), "torchaudio": Version("0.7.0")}


class Elsewhere:
    """An index that also tells of what stands elsewhere."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._whole: dict[str, tuple[Project, Project]] = {}  # what the index had, and what it became

    def project(self, name: str) -> Project | Missing:
        """The files of the index and those that stand elsewhere."""
        found = self._index.project(name)
        if isinstance(found, Missing) or (found.name != "jaxlib" and found.name not in _WINDOWS_SINCE):
            return found
        before, whole = self._whole.get(found.name, (None, found))
        if before is not found:
            if found.name == "jaxlib":
                whole = _with_jaxlib(found)
            else:
                whole = dataclasses.replace(found, files=(*found.files, *_for_windows(found)))
            self._whole[found.name] = (found, whole)
        return whole

    def metadata(self, file: IndexFile, *, native: bool = False) -> CoreMetadata | NoMetadata:
        """The metadata of the index; for a file that stands elsewhere, what the tables or its like for Linux say."""
        if file.url.startswith(JAXLIB_PAGE):
            row = next(row for row in _jaxlib_rows() if Version(row.version) == file.version)
            return CoreMetadata(name="jaxlib", version=row.version, requires=row.requires)
        if file.url.startswith(TORCH_PAGE):
            name = file.filename.partition("-")[0]
            project = self._index.project(name)
            files = () if isinstance(project, Missing) else project.by_version.get(file.version, ())
            like = next((one for one in files if one.kind == "wheel" and one.tags[:2] == file.tags[:2]), None)
            return NoMetadata("unreadable") if like is None else self._index.metadata(like, native=native)
        found = self._index.metadata(file, native=native)
        if isinstance(found, CoreMetadata) and found.name == "jax":
            # Its extras ask for local versions, jaxlib==0.3.10+cuda11.cudnn82, which only a page has.
            return dataclasses.replace(found, requires=tuple(_LOCAL.sub("", line) for line in found.requires))
        return found


def stands_elsewhere(url: str | None) -> bool:
    """Whether a file's address is a page of its maker, not the file."""
    return url is not None and url.startswith((JAXLIB_PAGE, TORCH_PAGE))


def gone_from_index(url: str | None) -> bool:
    """Whether a file's address is the page of what the index no longer has, though it has other releases of it."""
    return url is not None and url.startswith(JAXLIB_PAGE)


def _jaxlib_rows() -> tuple[JaxlibElsewhere, ...]:
    return rows("jax", "elsewhere", JaxlibElsewhere)


def _with_jaxlib(project: Project) -> Project:
    """With the releases that are gone, and the true day of one that was uploaded again."""
    days = {Version(row.version): datetime.combine(row.uploaded, time(), UTC) for row in _jaxlib_rows()}
    there = set(project.by_version)
    files = [
        file.but(upload_time=days[file.version].isoformat()) if file.version in days else file for file in project.files
    ]
    files += [file for row in _jaxlib_rows() if Version(row.version) not in there for file in _jaxlib_files(row)]
    return dataclasses.replace(project, files=tuple(files))


def _jaxlib_files(row: JaxlibElsewhere) -> Iterator[IndexFile]:
    """Wheels for Linux and macOS; for Windows there were none."""
    glibc = row.glibc.replace(".", "_")
    for python in row.python:
        tag = f"cp{python.replace('.', '')}"
        for platform in (f"manylinux_{glibc}_x86_64", "macosx_10_14_x86_64", "macosx_11_0_arm64"):
            if platform.endswith("arm64") and Version(row.version) < Version("0.1.71"):
                continue
            filename = f"jaxlib-{row.version}-{tag}-none-{platform}.whl"
            yield IndexFile(
                filename=filename,
                url=JAXLIB_PAGE + filename,
                kind="wheel",
                version=Version(row.version),
                told={"upload-time": datetime.combine(row.uploaded, time(), UTC).isoformat()},
            )


def _for_windows(project: Project) -> Iterator[IndexFile]:
    for version, files in project.by_version.items():
        if version < _WINDOWS_SINCE[project.name]:
            continue
        wheels = [file for file in files if file.kind == "wheel"]
        there = {file.tags[:2] for file in wheels if "win_amd64" in file.tags[2]}
        for file in wheels:
            python, abi, platform = file.tags
            if not python.startswith("cp3") or "manylinux" not in platform or "x86_64" not in platform:
                continue
            if (python, abi) not in there:
                there.add((python, abi))
                filename = f"{project.name}-{version}-{python}-{abi}-win_amd64.whl"
                yield file.but(
                    filename=filename, url=f"{TORCH_PAGE}/{filename}", hashes=None, size=None, core_metadata=None,
                    data_dist_info_metadata=None,
                )  # fmt: skip
