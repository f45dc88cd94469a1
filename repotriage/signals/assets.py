"""Weights, data and demos that a repository points to: which of them can be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from repotriage.models.location import Evidence
from repotriage.models.reading import AssetLink
from repotriage.models.snapshot import File, Snapshot
from repotriage.models.study import Study

AssetKind = Literal["weights", "dataset", "demo"]

_DATA = (".csv", ".tsv", ".jsonl", ".parquet", ".npz", ".npy", ".arff", ".mat", ".tfrecord", ".lmdb", ".conll", ".ods")
_FOLDERS = frozenset({"data", "dataset", "datasets"})
_OTHER_FOLDERS = frozenset(
    {"results", "result", "benchmarks", "benchmark", "logs", "log", "outputs", "output", "examples", "tests", "test"}
)
# In a folder of data these are no data.
_NO_DATA = (
    *(".py", ".pyx", ".sh", ".bat", ".ipynb", ".c", ".cc", ".cpp", ".h", ".cu", ".m", ".lua", ".java"),
    *(".md", ".rst", ".html", ".pdf", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".gitignore", ".gitkeep"),
    *(".txt", ".json", ".png", ".jpg", ".jpeg", ".gif", ".svg"),
)


def usable(study: Study, kind: AssetKind) -> tuple[AssetLink, ...]:
    """Those that are not known to be missing."""
    return tuple(asset for asset in study.reading.assets if asset.kind == kind and asset.in_repository is not False)


def lost(study: Study, kind: AssetKind) -> tuple[AssetLink, ...]:
    """Those that name a path of this repository which is not there."""
    return tuple(asset for asset in study.reading.assets if asset.kind == kind and asset.in_repository is False)


def evidence_of(assets: Sequence[AssetLink]) -> tuple[Evidence, ...]:
    """Where each stands, and its URL."""
    return tuple(Evidence(at=asset.at, url=asset.url, text=asset.name[:400] or None) for asset in assets)


def has_suffix(path: str, suffixes: tuple[str, ...]) -> bool:
    """The name ends with one of these, in whatever case."""
    return path.lower().endswith(suffixes)


def data_files(snapshot: Snapshot) -> tuple[File, ...]:
    """Files of the repository that hold data: by their endings, or in a folder of data which the code reads from."""
    code = [file.text for file in snapshot.inside() if file.text is not None and file.path.endswith(".py")]

    @cache
    def is_read(folder: str) -> bool:
        """Whether the code speaks of a folder by its path: `load_data(path="./data/cora/")`."""
        return any(folder in text for text in code)

    return tuple(file for file in snapshot.inside() if _is_data(snapshot, file, is_read))


def _is_data(snapshot: Snapshot, file: File, is_read: Callable[[str], bool]) -> bool:
    if has_suffix(file.path, _DATA):
        return not _in_folder(file.path, _OTHER_FOLDERS)
    if not _in_folder(file.path, _FOLDERS) or _in_package(snapshot, file.path):
        return False
    if has_suffix(file.path, (".txt", ".json")):
        return file.kind != "unread"
    folder, _, name = file.path.rpartition("/")
    return "." in name and not has_suffix(name, _NO_DATA) and "/" in folder and is_read(folder)


def _in_package(snapshot: Snapshot, path: str) -> bool:
    """Beside the modules of a package, where a word list or a table of names belongs to the code."""
    folder = path.rpartition("/")[0]
    while folder:
        if f"{folder}/__init__.py" in snapshot.by_path:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _in_folder(path: str, folders: frozenset[str]) -> bool:
    return any(part.lower() in folders for part in path.split("/")[:-1])
