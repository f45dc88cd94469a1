from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.errors import UnreadableError
from repotriage.fetchers.archive import ArchiveBrokenError, ArchiveContents, ArchiveTooLarge, read_archive
from repotriage.fetchers.port import Caps

COMMIT = "1234567890abcdef1234567890abcdef12345678"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456789\n"

Entry = tuple[str, bytes, str]  # name, content or link target, type


def make(*entries: Entry, top: str = "repo-1234567", commit: str | None = COMMIT) -> bytes:
    out = io.BytesIO()
    headers = {"comment": commit} if commit else {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as tar:
        for name, content, kind in (*((("", b"", "folder"),) if top else ()), *entries):
            info = tarfile.TarInfo(f"{top}/{name}" if top else name)
            info.mode = 0o775 if kind == "executable" else 0o664
            if kind in ("file", "executable"):
                info.size = len(content)
            elif kind == "folder":
                info.type = tarfile.DIRTYPE
            else:
                info.type = {"symlink": tarfile.SYMTYPE, "link": tarfile.LNKTYPE, "device": tarfile.CHRTYPE}[kind]
                info.linkname = content.decode()
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0)


def file(name: str, content: bytes = b"text\n") -> Entry:
    return (name, content, "file")


def pieces(data: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read(*entries: Entry, caps: Caps | None = None, subdir: str = "") -> ArchiveContents:
    return read_archive(pieces(make(*entries)), caps=caps or Caps(), subdir=subdir)


def notes(contents: ArchiveContents) -> dict[str, tuple[str, str, str | None]]:
    return {file.path: (file.mode, file.kind, file.note) for file in contents.files}


def test_text_is_decoded_and_binaries_keep_name_and_size() -> None:
    contents = read(file("src/a.py", b"x = 1\r\n"), file("a.bin", b"\0" * 5000), ("run.sh", b"echo\n", "executable"))
    by_path = {file.path: file for file in contents.files}
    assert list(by_path) == ["a.bin", "run.sh", "src/a.py"]
    assert by_path["src/a.py"].text == "x = 1\n"
    assert by_path["src/a.py"].size == 7
    assert (by_path["a.bin"].kind, by_path["a.bin"].size, by_path["a.bin"].text) == ("binary", 5000, None)
    assert by_path["run.sh"].mode == "executable"
    assert contents.commit == COMMIT
    assert not contents.gaps
    assert not contents.states


def test_the_commit_is_unknown_when_the_archive_does_not_say_it() -> None:
    assert read_archive(pieces(make(file("a"), commit=None)), caps=Caps()).commit is None


def test_links_submodules_and_lfs_pointers_are_what_they_are() -> None:
    modules = b'[submodule "x"]\n\tpath = ext/x\n\turl = https://example.org/x.git\n'
    contents = read(
        file(".gitmodules", modules),
        ("ext/", b"", "folder"),
        ("ext/x/", b"", "folder"),
        ("link", b"../../etc/passwd", "symlink"),
        file("model.pth", POINTER),
        file("src/a.py"),
    )
    assert notes(contents) == {
        ".gitmodules": ("file", "text", None),
        "ext/x": ("submodule", "unread", "https://example.org/x.git"),
        "link": ("symlink", "unread", "../../etc/passwd"),
        "model.pth": ("file", "lfs", "123456789"),
        "src/a.py": ("file", "text", None),
    }
    assert [state.name for state in contents.states] == ["lfs", "submodules"]
    assert "123456789 bytes" in str(contents.states[0].message)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        (b"docs/ export-ignore\n", ["docs/"]),
        (b"* text=auto\n*.png binary export-ignore\n", ["*.png"]),
        (b"version.py export-subst\n", ["version.py"]),
        (b"# docs export-ignore\n*.py text\ndocs -export-ignore\n", []),
    ],
)
def test_what_the_archive_leaves_out_is_said(attributes: bytes, words: list[str]) -> None:
    states = read(file(".gitattributes", attributes)).states
    assert len(states) == len(words)
    for state, word in zip(states, words, strict=True):
        assert state.name == "export_ignore"
        assert word in str(state.message)


@pytest.mark.parametrize(
    "hostile",
    [
        file("../evil"),
        file("a/../../evil"),
        file("/etc/passwd"),
        file("a//b"),
        ("hard", b"a", "link"),
        ("null", b"", "device"),
    ],
)
def test_what_no_git_tree_holds_is_refused_and_reported(hostile: Entry) -> None:
    contents = read(file("good.py"), hostile)
    assert [file.path for file in contents.files] == ["good.py"]
    assert [(gap.what, gap.reason) for gap in contents.gaps] == [("files", "partial")]


def test_an_entry_beside_the_folder_is_refused() -> None:
    data = make(file("repo/a.py"), file("other/b.py"), file("/abs"), top="")
    contents = read_archive(pieces(data), caps=Caps())
    assert [file.path for file in contents.files] == ["a.py"]
    assert "2 (other/b.py, /abs)" in str(contents.gaps[0].message)


def test_text_beyond_a_cap_keeps_its_name_and_the_reason() -> None:
    contents = read(
        file("a.py", b"x = 1\n" * 100),
        file("b.csv", b"1,2\n" * 20_000),
        file("n.ipynb", b" " * 3000),
        file("requirements.txt", b"x\n" * 200_000),
        file("c.txt", b"x\n" * 200_000),
        caps=Caps(text_file_bytes=500_000, notebook_bytes=2000),
    )
    kinds = {file.path: (file.kind, file.note) for file in contents.files}
    assert kinds["a.py"] == ("text", None)
    assert kinds["b.csv"] == ("unread", "longer than 65536 bytes")
    assert kinds["n.ipynb"] == ("unread", "longer than 2000 bytes")
    assert kinds["requirements.txt"] == ("text", None)
    assert kinds["c.txt"][0] == "unread"


def test_all_text_together_has_a_cap() -> None:
    contents = read(*(file(f"{n}.py", b"x" * 1000) for n in range(10)), caps=Caps(total_text_bytes=3000))
    assert 2 <= sum(file.text is not None for file in contents.files) <= 4
    assert [gap.reason for gap in contents.gaps] == ["too_large"]


def test_of_a_subdir_the_text_below_and_above_is_kept() -> None:
    contents = read(
        file("README.md"), file("a/b/x.py"), file("a/setup.py"), file("c/y.py", b"y\n" * 1000), subdir="a/b"
    )
    read_paths = [file.path for file in contents.files if file.text is not None]
    assert read_paths == ["README.md", "a/b/x.py", "a/setup.py"]
    assert len(contents.files) == 4


def test_a_subdir_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UnreadableError) as caught:
        read(file("a/b.py"), subdir="a/c")
    assert caught.value.label == "no_such_subdir"


@pytest.mark.parametrize("caps", [Caps(entries=5), Caps(archive_bytes=5000)])
def test_an_archive_beyond_the_caps_is_too_large(caps: Caps) -> None:
    with pytest.raises(ArchiveTooLarge):
        read(*(file(f"{n}.py") for n in range(10)), caps=caps)


def test_a_bomb_is_too_large() -> None:
    with pytest.raises(ArchiveTooLarge, match="200 times"):
        read(file("zeros", b"\0" * 60_000_000))


def test_the_end_of_the_stream_is_compared() -> None:
    data = make(file("a.py", b"x = 1\n" * 5000), file("b.py"))
    for cut in (0, 5, 20, len(data) // 2, len(data) - 1):
        with pytest.raises(ArchiveBrokenError):
            read_archive(pieces(data[:cut]), caps=Caps())
    damaged = data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]
    with pytest.raises(ArchiveBrokenError):
        read_archive(pieces(damaged), caps=Caps())


def test_a_damaged_header_in_the_middle_is_no_end() -> None:
    raw = bytearray(gzip.decompress(make(file("a.py"), file("b.py"), file("c.py"))))
    raw[raw.index(b"repo-1234567/b.py")] ^= 1
    with pytest.raises(ArchiveBrokenError, match="damaged"):
        read_archive([gzip.compress(bytes(raw))], caps=Caps())


def test_a_header_that_claims_to_be_huge_is_refused() -> None:
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 10_000_000
    data = gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + b"1" * 10_000_000)
    with pytest.raises(ArchiveBrokenError, match="header"):
        read_archive([data], caps=Caps())


@given(st.binary(max_size=2000), st.booleans())
def test_any_bytes_give_contents_or_a_typed_error(data: bytes, packed: bool) -> None:
    with contextlib.suppress(ArchiveBrokenError, ArchiveTooLarge):
        read_archive([gzip.compress(data) if packed else data], caps=Caps())
