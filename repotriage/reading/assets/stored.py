"""Weights in the repository itself, and what its scripts and the documents' commands fetch."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from repotriage.models.location import Location
from repotriage.models.reading import AssetLink, Command, Role
from repotriage.models.snapshot import Snapshot
from repotriage.reading.assets.hosts import Kind, extension
from repotriage.reading.roles import role_of_name

_MAX_IN_TREE = 50
_READS = re.compile(
    r"(?!(?:get|fetch|download|prepare|make|create|build|(?:pre)?process|convert)_)(?:\w+_)?data_?(?:load(?:ers?|ing)?|sets?)",
    re.IGNORECASE,
)
# What code or shell that brings something from elsewhere uses.
_FETCHES = re.compile(
    r"\b(?:wget|curl|gdown|aria2c?|axel|urlretrieve|urlopen|urllib|requests\.get|download\w*|hf_hub_download|load_dataset"
    r"|snapshot_download|huggingface-cli|tfds|tensorflow_datasets|kaggle|gsutil|azcopy|aws s3|git clone|git lfs"
    r"|torchvision\.datasets|get_file|fetch_\w+|maybe_download\w*)\b"
)
_WEIGHTS_FILE = re.compile(r"\w\.(?:pth|pt|ckpt|safetensors|caffemodel|pdparams)\b")
_ARCHIVE_FILE = re.compile(r"\w\.(?:zip|tar|tgz|rar|7z|csv|tsv|jsonl?|parquet|lmdb|tfrecord)\b")
_OF_TESTS = re.compile(r"(?:^|/)(?:unit_?)?tests?/(?!.*(?:checkpoint|weights|pretrained))", re.IGNORECASE)
_WEIGHTS = re.compile(r"weight|model|ckpt|checkpoint|pretrain", re.IGNORECASE)


def command_assets(commands: Iterable[Command]) -> Iterator[AssetLink]:
    """What `huggingface-cli download` fetches: a repository by its name."""
    for command in commands:
        program, *rest = command.argv
        words = [word for word in rest if not word.startswith("-")]
        if program in ("huggingface-cli", "hf") and len(words) > 1 and words[0] == "download":
            data = any(word in ("dataset", "--repo-type=dataset") for word in rest)
            name = words[1]
            if re.fullmatch(r"[\w.-]+/[\w.-]+", name):
                url = f"https://huggingface.co/{'datasets/' if data else ''}{name}"
                kind: Kind = "dataset" if data else "weights"
                yield AssetLink(kind=kind, provider="Hugging Face", url=url, name=name, at=command.at)


def script_assets(
    snapshot: Snapshot,
    commands: Iterable[Command],
    named: Iterable[tuple[str, Location, Role | None]],
    shown: frozenset[str],
) -> Iterator[AssetLink]:
    """Data and weights that documents (`shown`) tell to get by a script or a target of the Makefile.

    A script that only prepares what must be there already brings nothing.
    """
    told = [(one.script, one.at) for one in commands if one.role == "data" and one.script and one.at.path in shown]
    told += [(path, at) for path, at, role in named if role == "data"]
    for script, at in dict.fromkeys(told):
        name = posixpath.splitext(posixpath.basename(script))[0]
        if _READS.fullmatch(name):
            continue  # what the training imports brings nothing
        if _FETCHES.search(f"{name.replace('_', ' ')}\n{snapshot.text(script) or 'download'}"):
            yield AssetLink(
                kind=_brings(name, snapshot.text(script) or ""), provider="script", name=script, at=at,
                in_repository=script in snapshot.by_path,
            )  # fmt: skip
    for command in commands:
        words = command.argv[1:]
        if command.argv[0] == "make" and words and command.at.path in shown and role_of_name(words[0]) == "data":
            kind: Kind = "weights" if _WEIGHTS.search(words[0]) else "dataset"
            yield AssetLink(kind=kind, provider="make", name=words[0], at=command.at)


def _brings(name: str, text: str) -> Kind:
    """What a script fetches: by its name, else by the endings of the files that it speaks of."""
    if _WEIGHTS.search(name):
        return "weights"
    if "data" in name.lower():
        return "dataset"
    return "weights" if _WEIGHTS_FILE.search(text) and not _ARCHIVE_FILE.search(text) else "dataset"


def tree_assets(snapshot: Snapshot) -> Iterator[AssetLink]:
    """Weights that lie in the repository itself (LFS pointers too)."""
    count = 0
    for file in snapshot.inside():
        group, ending = extension(file.path)
        plain = ending not in (".npz", ".pkl", ".h5", ".hdf5", ".bin", ".params", ".onnx", ".t7")
        named = re.search(r"(?:checkpoint|weights|pretrained|models?)/", file.path)
        if _OF_TESTS.search(file.path):
            continue  # `test/data/processed/pre_filter.pt` is what the tests read
        if group == "weights" and file.kind in ("binary", "lfs", "unread") and (plain or named):
            count += 1
            if count > _MAX_IN_TREE:
                return
            yield AssetLink(
                kind="weights", provider="Git LFS" if file.kind == "lfs" else "this repository", name=file.path,
                at=Location(path=file.path), in_repository=True, size=file.note if file.kind == "lfs" else None,
            )  # fmt: skip
