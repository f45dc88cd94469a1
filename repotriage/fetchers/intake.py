"""What is kept of a tree: one policy, so that an archive and a checkout of one commit give the same files."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath

from repotriage.errors import UnreadableError
from repotriage.fetchers.port import Caps
from repotriage.models.base import msg
from repotriage.models.snapshot import File, FileMode, Gap, State
from repotriage.parsing.decoding import decode, is_binary

PROBE_BYTES = 8192
"""How much of a file that is too large to keep is looked at, to tell text from binary."""

# Above this, not even a probe is taken: git's packs give an object whole or not at all.
_PROBE_UP_TO = 20_000_000

_LFS_MARK = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_BYTES = 1024  # a pointer file is shorter: git-lfs/docs/spec.md
_LFS_SIZE = re.compile(rb"^size ([0-9]{1,18})$", re.MULTILINE)

# Text that people keep as data: rows, meshes, sequences. Its beginning tells a reader
# nothing that its name does not.
_DATA_BYTES = 65_536
_DATA_SUFFIXES = """
.csv .tsv .jsonl .ndjson .geojson .arff .libsvm .svmlight .conll .conllu .vec .obj .ply .off .stl .mtl .pcd .xyz
.pdb .cif .sdf .mol .mol2 .smi .fasta .fa .fastq .sto .a3m .gml .graphml .gexf .edgelist .log .svg .eps .ps
.srt .vtt .bib .prototxt .pbtxt .map
"""
# Text that may be either: large ones are data.
_EITHER_BYTES = 262_144
_EITHER_SUFFIXES = ".json .xml .txt .html .htm .dat .data .js .css .out .sql .lst .list .tex .urdf .mjcf"
_DEPENDENCY_NAME = re.compile(r"require|constraint|lock|environment|conda|packages", re.IGNORECASE)
# Binary by name: never opened, unless small enough to be an LFS pointer.
_BINARY_SUFFIXES = """
.png .jpg .jpeg .gif .bmp .tif .tiff .webp .ico .icns .pdf .mp4 .avi .mov .mkv .webm .mp3 .wav .flac .ogg .m4a
.zip .gz .tgz .bz2 .xz .zst .7z .rar .tar .whl .egg .jar .so .dll .dylib .a .lib .exe .o .pyc .pyd .class .wasm
.npy .npz .pkl .pickle .pt .pth .ckpt .safetensors .onnx .h5 .hdf5 .pb .tflite .mat .parquet .arrow .feather
.rds .rdata .bin .exr .hdr .glb .fbx .blend .ttf .otf .woff .woff2 .eot .docx .xlsx .pptx .doc .xls .ppt .db
.sqlite .tfrecord .lmdb .mdb .pyz .joblib .caffemodel .params .weights .engine .nii .dcm
"""
_DATA = frozenset(_DATA_SUFFIXES.split())
_EITHER = frozenset(_EITHER_SUFFIXES.split())
_BINARY = frozenset(_BINARY_SUFFIXES.split())


class Intake:
    """Takes the entries of a tree one by one, in the tree's order, and keeps what the caps allow.

    For each regular file ask `wanted`, read that many bytes, and give them to `add`. Sizes
    are in bytes. With `subdir`, text is kept below it and in the folders above it (where
    the README and the dependency files stand); of the rest, name and size.
    """

    def __init__(self, caps: Caps, subdir: str = "") -> None:
        self._caps = caps
        self._subdir = subdir
        self._files: list[File] = []
        self._kept = 0
        self._beyond_total = 0
        self._missing: list[str] = []

    def __len__(self) -> int:
        return len(self._files)

    def wanted(self, path: str, size: int) -> int:
        """How many bytes of the file to read: all, a probe, or none."""
        if size <= _LFS_BYTES:
            return size
        if _suffix(path) in _BINARY or not self._in_scope(path):
            return 0
        if size <= self._cap(path) and not self._full():
            return size
        return min(size, PROBE_BYTES) if size <= _PROBE_UP_TO else 0

    def add(self, path: str, *, size: int, data: bytes, executable: bool = False) -> None:
        """Take a regular file; `data` is as long as `wanted` said."""
        mode: FileMode = "executable" if executable else "file"
        if data.startswith(_LFS_MARK) and (found := _LFS_SIZE.search(data)) is not None:
            note = str(int(found[1]))
            self._files.append(File(path=path, size=size, mode=mode, kind="lfs", note=note))
        elif len(data) < size or size > self._cap(path) or not self._in_scope(path):
            self._files.append(self._unread(path, size, data, mode))
        else:
            self._files.append(self._text(path, size, data, mode))

    def add_symlink(self, path: str, target: bytes) -> None:
        """Take a symbolic link; it is never followed."""
        text = target.decode("utf-8", "replace")
        self._files.append(File(path=path, size=len(target), mode="symlink", kind="unread", note=text))

    def add_submodule(self, path: str) -> None:
        """Take the place of a submodule, whose files are not in the repository."""
        self._files.append(File(path=path, size=0, mode="submodule", kind="unread"))

    def add_missing(self, path: str) -> None:
        """Take a file that the tree names and whose content is not there (a partial clone)."""
        self._missing.append(path)
        self._files.append(File(path=path, size=0, kind="unread", note="its content and size are not in this clone"))

    def files(self) -> tuple[File, ...]:
        """Every file, sorted by path; a submodule's note is the URL that `.gitmodules` gives.

        Raises `UnreadableError` when there is no such `subdir`.
        """
        if self._subdir and not any(file.path.startswith(f"{self._subdir}/") for file in self._files):
            raise UnreadableError(f"there is no folder {self._subdir!r} at this commit", label="no_such_subdir")
        urls = _submodule_urls(self._files)
        return tuple(
            sorted(
                (
                    file.model_copy(update={"note": urls[file.path]})
                    if file.mode == "submodule" and file.path in urls
                    else file
                    for file in self._files
                ),
                key=lambda file: file.path,
            )
        )

    def states(self) -> tuple[State, ...]:
        """What the user must know of the tree: LFS and submodules."""
        states: list[State] = []
        pointers = [file for file in self._files if file.kind == "lfs"]
        if pointers:
            total = sum(int(file.note or 0) for file in pointers)
            message = msg(
                "files kept in Git LFS: {n}, together {size} bytes; the repository holds only pointers to them",
                n=len(pointers),
                size=total,
            )
            states.append(State(name="lfs", message=message))
        modules = sorted(file.path for file in self._files if file.mode == "submodule")
        if modules:
            message = msg(
                "submodules: {n}; their files are not part of the repository and were not read ({paths})",
                n=len(modules),
                paths=_some(modules),
            )
            states.append(State(name="submodules", message=message))
        return tuple(states)

    def gaps(self) -> tuple[Gap, ...]:
        """What of the text could not be kept."""
        gaps: list[Gap] = []
        if self._beyond_total:
            message = msg(
                "text files beyond the cap of {cap} bytes in all were not read: {n}",
                cap=self._caps.total_text_bytes,
                n=self._beyond_total,
            )
            gaps.append(Gap(what="files", reason="too_large", message=message))
        if self._missing:
            message = msg(
                "files whose content is not in this clone: {n} ({paths})",
                n=len(self._missing),
                paths=_some(self._missing),
            )
            gaps.append(Gap(what="files", reason="not_in_clone", message=message))
        return tuple(gaps)

    def _text(self, path: str, size: int, data: bytes, mode: FileMode) -> File:
        decoded = None if _suffix(path) in _BINARY else decode(data)
        if decoded is None:
            return File(path=path, size=size, mode=mode, kind="binary")
        if self._full():
            return self._unread(path, size, data, mode)
        self._kept += sys.getsizeof(decoded.text)  # up to four bytes a character, which is what memory pays
        note = "some bytes fit no encoding" if decoded.lossy else None
        return File(path=path, size=size, mode=mode, text=decoded.text, encoding=decoded.encoding, note=note)

    def _unread(self, path: str, size: int, head: bytes, mode: FileMode) -> File:
        if _suffix(path) in _BINARY or (head and is_binary(head)):
            return File(path=path, size=size, mode=mode, kind="binary")
        if not self._in_scope(path):
            note = "outside the folder that was asked for"
        elif size > self._cap(path):
            note = f"longer than {self._cap(path)} bytes"
        else:
            note = "beyond the cap on all text"
            self._beyond_total += 1
        return File(path=path, size=size, mode=mode, kind="unread", note=note)

    def _full(self) -> bool:
        return self._kept >= self._caps.total_text_bytes

    def _in_scope(self, path: str) -> bool:
        if not self._subdir:
            return True
        folder = path.rpartition("/")[0]
        return not folder or f"{self._subdir}/".startswith(f"{folder}/") or path.startswith(f"{self._subdir}/")

    def _cap(self, path: str) -> int:
        suffix = _suffix(path)
        if suffix == ".ipynb":
            return self._caps.notebook_bytes
        cap = self._caps.text_file_bytes
        if suffix in _DATA:
            return min(cap, _DATA_BYTES)
        if suffix in _EITHER and not _DEPENDENCY_NAME.search(PurePosixPath(path).name):
            return min(cap, _EITHER_BYTES)
        return cap


def clean_path(raw: bytes) -> str | None:
    """A path of the tree as text; None when it is absolute, climbs, or is no path at all."""
    path = raw.decode("utf-8", "replace")
    if not path or "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    return path


def _suffix(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:5]) + (", ..." if len(paths) > 5 else "")


_MODULE_LINE = re.compile(r"^[ \t]*(path|url)[ \t]*=[ \t]*(.*?)[ \t]*$")


def _submodule_urls(files: list[File]) -> Mapping[str, str]:
    """The URL of each submodule by its path, from `.gitmodules`."""
    text = next((file.text for file in files if file.path == ".gitmodules"), None) or ""
    urls: dict[str, str] = {}
    path = url = None
    for line in [*text.split("\n"), "["]:
        if line.lstrip().startswith("["):
            if path and url:
                urls[path] = url
            path = url = None
        elif len(line) < 2000 and (found := _MODULE_LINE.match(line)) is not None:
            value = found[2].strip('"')
            path, url = (value, url) if found[1] == "path" else (path, value)
    return urls
