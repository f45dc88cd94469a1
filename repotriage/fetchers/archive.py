"""A repository from its `.tar.gz`, read as a stream: never unpacked to disk, never held whole."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, cast

from repotriage.errors import RepotriageError
from repotriage.fetchers.intake import Intake, clean_path
from repotriage.fetchers.port import Caps
from repotriage.models.base import Frozen, msg
from repotriage.models.snapshot import File, Gap, State

# A pax or GNU header holds names; git allows 4096 bytes of path.
_HEADER_BYTES = 65_536
_PIECE = 262_144
# Below this much, the ratio of packed to unpacked bytes says nothing.
_RATIO_FROM = 50_000_000
_EXPORT = re.compile(r"^\s*(?![#!\s])(\S+)\s(?:.*\s)?(export-ignore|export-subst)(?:\s|$)")


class ArchiveContents(Frozen):
    """What an archive held; `commit` is None when the archive does not say it."""

    files: tuple[File, ...]
    states: tuple[State, ...] = ()
    gaps: tuple[Gap, ...] = ()
    commit: str | None = None


class ArchiveTooLarge(RepotriageError):  # noqa: N818 - a limit of ours, not a fault of the archive
    """The archive goes beyond a cap: read the tree and the files that matter instead."""


class ArchiveBrokenError(RepotriageError):
    """The archive is cut off, or is none."""


def read_archive(stream: Iterable[bytes], *, caps: Caps, subdir: str = "") -> ArchiveContents:
    """Read the gzip-compressed tar of one commit, as `git archive` and GitHub make it.

    The one folder at the top is taken off. Symbolic links are noted and not followed;
    entries that no git tree holds (absolute or climbing names, hard links, devices, sparse
    files) are refused and named in a gap.

    Raises:
        ArchiveTooLarge: more bytes or entries than `caps` allow, or packed suspiciously well.
        ArchiveBrokenError: cut off, corrupt, or not a `.tar.gz`.
        UnreadableError: there is no `subdir`.
    """
    unpacked = _Unpacked(stream, caps)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", unpacked), mode="r:", errorlevel=2) as tar:
            contents = _read(tar, unpacked, caps, subdir)
        unpacked.finish()
    except (tarfile.TarError, zlib.error, EOFError, ValueError, OverflowError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise ArchiveBrokenError(f"the archive cannot be read: {reason}", hint="fetch it again") from error
    return contents


def _read(tar: tarfile.TarFile, unpacked: _Unpacked, caps: Caps, subdir: str) -> ArchiveContents:
    intake = Intake(caps, subdir)
    refused: list[str] = []
    folders: set[str] = set()
    top: str | None = None
    while (entry := tar.next()) is not None:
        tar.members = []  # type: ignore[attr-defined] # tarfile remembers every entry: a kilobyte each
        raw = entry.name.encode("utf-8", "surrogateescape")
        first, _, rest = raw.partition(b"/")
        name = first.decode("utf-8", "replace")
        top = name if top is None and first and first not in (b".", b"..") else top
        if not rest and entry.isdir() and name == top:
            continue
        path = clean_path(rest.removesuffix(b"/"))
        if path is None or name != top or entry.issparse() or not (entry.isdir() or entry.isreg() or entry.issym()):
            refused.append(entry.name)
        elif entry.isdir():
            folders.add(path)
        else:
            folders.difference_update(_parents(path))
            if entry.issym():
                intake.add_symlink(path, entry.linkname.encode("utf-8", "surrogateescape"))
            else:
                unpacked.seek(entry.offset_data)
                data = unpacked.read_file(intake.wanted(path, entry.size))
                intake.add(path, size=entry.size, data=data, executable=bool(entry.mode & 0o100))
        if len(intake) + len(folders) + len(refused) > caps.entries:
            raise ArchiveTooLarge(f"the archive has more than {caps.entries} entries")
    if not unpacked.at_end_mark:  # tarfile takes a header that it cannot read for the end
        raise tarfile.ReadError("an entry in the middle is damaged")
    # git keeps no empty folder: what looks like one is the place of a submodule.
    for path in sorted(folders):
        folders.difference_update(_parents(path))
    for path in sorted(folders):
        intake.add_submodule(path)
    if top is None:
        raise tarfile.ReadError("it holds nothing")
    files = intake.files()
    commit = tar.pax_headers.get("comment", "")
    return ArchiveContents(
        files=files,
        states=(*intake.states(), *_left_out(files)),
        gaps=(*intake.gaps(), *_refusals(refused)),
        commit=commit if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit) else None,
    )


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _left_out(files: tuple[File, ...]) -> tuple[State, ...]:
    """What `.gitattributes` keeps out of archives, or rewrites in them."""
    patterns: dict[str, list[str]] = {"export-ignore": [], "export-subst": []}
    for file in files:
        if file.text is None or file.path.rpartition("/")[2] != ".gitattributes":
            continue
        folder = file.path.removesuffix(".gitattributes")
        for line in file.text.split("\n"):
            if len(line) < 2000 and (found := _EXPORT.match(line)) is not None:
                patterns[found[2]].append(folder + found[1])
    states: list[State] = []
    if patterns["export-ignore"]:
        message = msg(
            "the archive leaves out what .gitattributes marks export-ignore: {patterns}; it was not read",
            patterns=", ".join(patterns["export-ignore"][:10]),
        )
        states.append(State(name="export_ignore", message=message))
    if patterns["export-subst"]:
        message = msg(
            "the archive holds rewritten copies of what .gitattributes marks export-subst: {patterns}",
            patterns=", ".join(patterns["export-subst"][:10]),
        )
        states.append(State(name="export_ignore", message=message))
    return tuple(states)


def _refusals(refused: list[str]) -> tuple[Gap, ...]:
    if not refused:
        return ()
    names = ", ".join(name.encode("utf-8", "replace").decode() for name in refused[:3])
    message = msg(
        "entries of the archive that no git tree holds were refused: {n} ({names})", n=len(refused), names=names
    )
    return (Gap(what="files", reason="partial", message=message),)


class _Unpacked:
    """The unpacked tar as the forward-only file that tarfile reads, within the caps."""

    def __init__(self, stream: Iterable[bytes], caps: Caps) -> None:
        self._stream = iter(stream)
        self._caps = caps
        self._gzip = zlib.decompressobj(wbits=31)
        self._buffer = bytearray()
        self._packed = b""
        self._position = 0
        self._in = 0
        self._out = 0
        self.at_end_mark = False

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = 0) -> int:
        if whence != 0 or position < self._position:
            raise tarfile.ReadError("an entry points backwards")
        while self._position < position:
            if not self._take(min(position - self._position, _PIECE)):
                raise tarfile.ReadError("it ends inside an entry")
        return self._position

    def read(self, size: int) -> bytes:
        """Read a header, for tarfile."""
        if not 0 <= size <= _HEADER_BYTES:
            raise tarfile.ReadError("a header is too long")
        data = self._take(size)
        self.at_end_mark = data == bytes(tarfile.BLOCKSIZE)
        return data

    def read_file(self, size: int) -> bytes:
        data = self._take(size)
        if len(data) < size:
            raise tarfile.ReadError("it ends inside a file")
        return data

    def finish(self) -> None:
        """Read what is left, so that the check sum at the end is compared."""
        while self._take(_PIECE):
            pass

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size and self._fill():
            pass
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._position += len(taken)
        return taken

    def _fill(self) -> bool:
        if self._gzip.eof:
            return False
        while not self._packed:
            piece = next(self._stream, None)
            if piece is None:
                raise EOFError("it is cut off")
            self._packed = piece
            self._in += len(piece)
        piece = self._gzip.decompress(self._packed, _PIECE)
        self._packed = self._gzip.unconsumed_tail
        self._buffer += piece
        self._out += len(piece)
        if self._out > self._caps.archive_bytes:
            raise ArchiveTooLarge(f"the archive is longer than {self._caps.archive_bytes} bytes")
        if self._out > _RATIO_FROM and self._out > self._caps.ratio * self._in:
            raise ArchiveTooLarge(f"the archive unpacks to more than {self._caps.ratio} times its size")
        return True
