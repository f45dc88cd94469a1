"""The files of one commit: from the archive, or above its cap from the tree and the files that matter."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from repotriage.errors import UnreadableError
from repotriage.fetchers.archive import ArchiveBrokenError, ArchiveContents, ArchiveTooLarge, read_archive
from repotriage.fetchers.github.graphql import note_cost
from repotriage.fetchers.github.metadata import dig
from repotriage.fetchers.github.states import Trouble, TroubleError, judge
from repotriage.fetchers.http import HttpClient
from repotriage.fetchers.intake import Intake, clean_path
from repotriage.fetchers.port import Caps
from repotriage.models.base import msg
from repotriage.models.snapshot import File, FileMode, Gap, State

_ATTEMPTS = 2  # to read an archive that breaks off
_KEPT_SHARE = 10  # an archive larger than this part of the cache is not kept
_CHUNK = 1 << 18
_MATTERING = 100  # files that are read one by one when the archive is too large
_MATTERS = (  # in this order
    re.compile(r"(?i)(?:^|/)readme(?:\.[a-z]+)?$"),
    re.compile(r"(?i)(?:^|/)(?:licen[cs]e|copying)(?:\.[a-z]+)?$"),
    re.compile(
        r"(?i)(?:^|/)(?:[a-z_.-]*requirements[a-z0-9_.-]*\.(?:txt|in)|setup\.(?:py|cfg)|pyproject\.toml|pipfile(?:\.lock)?"
        r"|(?:conda|env|environment)[a-z0-9_.-]*\.ya?ml|poetry\.lock|uv\.lock|dockerfile)$"
    ),
    re.compile(r"(?:^|/)(?:train|eval|test|main|demo|infer|predict)[A-Za-z0-9_]*\.py$"),
    re.compile(r"\.py$"),
    re.compile(r"\.ipynb$"),
)
_FOLDER = "040000"
_MODES: Mapping[str, FileMode] = {"100755": "executable", "120000": "symlink", "160000": "submodule"}


_BLOBS = (
    "query Blobs($owner: String!, $name: String!, {variables}) {{ rateLimit {{ cost limit remaining resetAt }} "
    "repository(owner: $owner, name: $name) {{ {fields} }} }}"
)
_BLOB = "f{i}: object(expression: $e{i}) {{ ... on Blob {{ byteSize isBinary isTruncated text }} }}"


def fetch(client: HttpClient, full_name: str, commit: str, *, caps: Caps, subdir: str, budget: int) -> ArchiveContents:
    """The files of `full_name` at `commit`.

    `budget`: how many requests GitHub may have counted for the tree of what the archive leaves out to be asked for too.

    Raises:
        TroubleError: they cannot be had.
        UnreadableError: there is no `subdir`.
    """
    try:
        contents = _archive(client, full_name, commit, caps=caps, subdir=subdir)
    except ArchiveTooLarge:
        return _most_important(client, full_name, commit, caps=caps, subdir=subdir)
    if any(state.name == "export_ignore" for state in contents.states) and client.requests < budget:
        return _with_ignored(client, full_name, commit, contents)
    return contents


def _archive(client: HttpClient, full_name: str, commit: str, *, caps: Caps, subdir: str) -> ArchiveContents:
    url = client.endpoints.repository(full_name, f"/tarball/{commit}")
    kept = client.cache.open(client.key(url)) if client.cache else None
    if kept is not None:
        with kept, suppress(ArchiveBrokenError):  # then it is fetched again
            found = read_archive(iter(lambda: kept.read(_CHUNK), b""), caps=caps, subdir=subdir)
            client.cached += 1
            return found
    for left in reversed(range(_ATTEMPTS)):
        try:
            return _downloaded(client, url, caps=caps, subdir=subdir)
        except TroubleError as error:
            if left == 0 or error.trouble.status is not None or not error.trouble.is_passing:
                raise
        except ArchiveBrokenError as error:
            if left == 0:
                message = msg("the archive breaks off or is damaged")
                raise TroubleError(Trouble(kind="network", message=message)) from error
    raise AssertionError("the last attempt returns or raises")


def _downloaded(client: HttpClient, url: str, *, caps: Caps, subdir: str) -> ArchiveContents:
    with client.download(url) as download, tempfile.TemporaryFile() as copy:
        trouble = judge(download.status, download.headers, download.body, now=client.clock())
        if trouble is not None:
            raise TroubleError(trouble)
        limit = client.cache.size_limit // _KEPT_SHARE if client.cache else 0
        stream = _copied(download.chunks(), copy, limit)
        found = read_archive(stream, caps=caps, subdir=subdir)
        for _ in stream:
            pass  # to the last byte, or the copy is not whole
        if client.cache and copy.tell() <= limit:
            copy.seek(0)
            client.cache.set_from(client.key(url), copy)
    return found


def _copied(chunks: Iterable[bytes], copy: IO[bytes], limit: int) -> Iterator[bytes]:
    """Pass `chunks` on and copy them; one byte more than `limit` stands for too many."""
    for chunk in chunks:
        if copy.tell() <= limit:
            copy.write(chunk[: limit + 1 - copy.tell()])
        yield chunk


class _Entry(NamedTuple):
    path: str
    mode: str
    size: int


def _tree(client: HttpClient, full_name: str, commit: str) -> tuple[list[_Entry], bool]:
    """Every file of the tree, and whether GitHub left some out."""
    url = client.endpoints.repository(full_name, f"/git/trees/{quote(commit)}?recursive=1")
    reply = client.get(url, unchanging=True)
    trouble = judge(reply.status, reply.headers, reply.body, now=client.clock())
    if trouble is not None:
        raise TroubleError(trouble)
    content = reply.json()
    nodes = dig(content, "tree")
    entries = []
    for node in nodes if isinstance(nodes, list) else []:
        path, mode, size = dig(node, "path"), dig(node, "mode"), dig(node, "size") or 0
        if mode != _FOLDER and isinstance(path, str) and isinstance(size, int) and clean_path(path.encode()) == path:
            entries.append(_Entry(path, str(mode), size))
    return entries, bool(dig(content, "truncated"))


def _truncated(n: int) -> State:
    return State(
        name="truncated_tree",
        message=msg("the repository is so large that GitHub lists only a part of it: files listed: {n}", n=n),
    )


def _with_ignored(client: HttpClient, full_name: str, commit: str, contents: ArchiveContents) -> ArchiveContents:
    """`contents` and the names of what the archive leaves out."""
    try:
        entries, truncated = _tree(client, full_name, commit)
    except TroubleError:
        return contents  # its state already says that something is left out
    known = {file.path for file in contents.files}
    left_out = [
        File(
            path=entry.path,
            size=entry.size,
            mode=_MODES.get(entry.mode, "file"),
            kind="unread",
            note="left out of the archive by export-ignore",
        )
        for entry in entries
        if entry.path not in known
    ]
    states = (*contents.states, _truncated(len(entries))) if truncated else contents.states
    files = tuple(sorted((*contents.files, *left_out), key=lambda file: file.path))
    return contents.model_copy(update={"files": files, "states": states})


def _most_important(client: HttpClient, full_name: str, commit: str, *, caps: Caps, subdir: str) -> ArchiveContents:
    """The names of all files, and the text of those that matter most."""
    entries, truncated = _tree(client, full_name, commit)
    entries = entries[: caps.entries]
    if subdir and not any(entry.path.startswith(f"{subdir}/") for entry in entries):
        raise UnreadableError(f"there is no folder {subdir!r} at this commit", label="no_such_subdir")
    intake = Intake(caps)
    chosen = _chosen([entry for entry in entries if _is_readable(entry, intake)], subdir)
    texts = _read_each(client, full_name, commit, chosen)
    unread = []
    for entry in entries:
        mode = _MODES.get(entry.mode, "file")
        if mode == "submodule":
            intake.add_submodule(entry.path)
        elif mode == "symlink":
            unread.append(File(path=entry.path, size=entry.size, mode=mode, kind="unread"))
        elif entry.path in texts or intake.wanted(entry.path, entry.size) == 0:
            data = texts.get(entry.path, b"")
            intake.add(entry.path, size=max(entry.size, len(data)), data=data, executable=mode == "executable")
        else:
            note = "not read: the archive is too large"
            unread.append(File(path=entry.path, size=entry.size, mode=mode, kind="unread", note=note))
    states = (*intake.states(), *([_truncated(len(entries))] if truncated else []))
    message = msg("the archive is larger than the cap: files read: {n} of {total}", n=len(texts), total=len(entries))
    gaps = [*intake.gaps(), Gap(what="files", reason="too_large", message=message)]
    if truncated:
        gaps.append(Gap(what="files", reason="truncated", message=states[-1].message))
    files = tuple(sorted((*intake.files(), *unread), key=lambda file: file.path))
    return ArchiveContents(files=files, states=states, gaps=tuple(gaps), commit=commit)


def _is_readable(entry: _Entry, intake: Intake) -> bool:
    return entry.mode not in ("120000", "160000") and 0 < entry.size == intake.wanted(entry.path, entry.size)


def _chosen(entries: Sequence[_Entry], subdir: str) -> list[_Entry]:
    """The files that matter most: by kind, then the shallow before the deep, inside `subdir` first."""

    def rank(entry: _Entry) -> tuple[bool, int, int, str]:
        kind = next((i for i, pattern in enumerate(_MATTERS) if pattern.search(entry.path)), len(_MATTERS))
        outside = bool(subdir) and not entry.path.startswith(f"{subdir}/")
        return outside, kind, entry.path.count("/"), entry.path

    ranked = sorted(entries, key=rank)
    return [entry for entry in ranked if any(pattern.search(entry.path) for pattern in _MATTERS)][:_MATTERING]


def _read_each(client: HttpClient, full_name: str, commit: str, chosen: Sequence[_Entry]) -> dict[str, bytes]:
    """The bytes of the files that could be read, by path: with a token in one request, else from where it is free."""
    if not chosen:
        return {}
    if client.has_token:
        return _by_graphql(client, full_name, commit, chosen)
    texts = {}
    for entry in chosen:
        try:
            reply = client.get(client.endpoints.raw_file(full_name, commit, entry.path), accept="*/*")
        except TroubleError:
            break
        if reply.status == 200:
            texts[entry.path] = reply.body
    return texts


def _by_graphql(client: HttpClient, full_name: str, commit: str, chosen: Sequence[_Entry]) -> dict[str, bytes]:
    owner, _, name = full_name.partition("/")
    numbered = range(len(chosen))
    query = _BLOBS.format(
        variables=" ".join(f"$e{i}: String!" for i in numbered), fields=" ".join(_BLOB.format(i=i) for i in numbered)
    )
    expressions = {f"e{i}": f"{commit}:{entry.path}" for i, entry in enumerate(chosen)}
    payload = {"query": query, "variables": {"owner": owner, "name": name, **expressions}}
    try:
        content = client.post(client.endpoints.graphql, payload).json()
    except TroubleError:
        return {}
    note_cost(client, content)
    found = dig(content, "data", "repository")
    texts = {}
    for i, entry in enumerate(chosen):
        blob: Mapping[str, Any] = dig(found, f"f{i}") or {}
        text = blob.get("text")
        if isinstance(text, str) and not blob.get("isTruncated") and len(data := text.encode()) == entry.size:
            texts[entry.path] = data
    return texts
