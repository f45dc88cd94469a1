from __future__ import annotations

import gzip
import json
import os
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.errors import UnreadableError, UsageError
from repotriage.fetchers import snapshot_file
from repotriage.fetchers.snapshot_file import SnapshotFileFetcher, dumps, load, loads, save
from repotriage.models.base import msg
from repotriage.models.snapshot import (
    Answer,
    Commit,
    File,
    Gap,
    GitHubFacts,
    History,
    Issue,
    Snapshot,
    State,
    Touch,
)
from repotriage.models.target import SnapshotTarget

AT = datetime(2024, 6, 30, 12, 0, 1, tzinfo=UTC)
SMALL = Snapshot(source="checkout", name="a/b", taken_at=AT, files=(File(path="a.py", size=3, text="x\n☃"),))

texts = st.text(max_size=20)
times = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by its contract
counts = st.none() | st.integers(0, 10**9)
touches = st.builds(Touch, date=times, sha=texts)
files = st.builds(File, path=texts, size=st.integers(0, 10**12), text=st.none() | texts, note=st.none() | texts)
issues = st.builds(
    Issue,
    number=st.integers(1, 10**6),
    title=texts,
    body=texts,
    url=texts,
    state=st.sampled_from(["open", "closed"]),
    created_at=times,
    closed_at=st.none() | times,
    first_answer=st.none() | st.builds(Answer, at=times),
)
snapshots = st.builds(
    Snapshot,
    source=st.sampled_from(["github", "checkout"]),
    name=texts,
    commit=st.none() | texts,
    taken_at=times,
    files=st.lists(files, max_size=3).map(tuple),
    github=st.none()
    | st.builds(
        GitHubFacts,
        full_name=texts,
        url=texts,
        stars=counts,
        languages=st.none() | st.dictionaries(texts, st.integers(0, 10**9), max_size=2),
        issues=st.none() | st.lists(issues, max_size=2).map(tuple),
    ),
    history=st.none()
    | st.builds(
        History,
        head=st.none() | st.builds(Commit, sha=texts, date=times, title=texts),
        total=counts,
        last_touched=st.dictionaries(texts, touches, max_size=2),
    ),
    states=st.just(()) | st.just((State(name="lfs", message=msg("{n} files", n=3)),)),
    gaps=st.just(()) | st.just((Gap(what="github", reason="offline", message=msg("not asked"), retry_at=AT),)),
)


@given(snapshots)
def test_what_is_saved_is_loaded(snapshot: Snapshot) -> None:
    data = dumps(snapshot)
    assert loads(data) == snapshot
    assert dumps(loads(data)) == data


def test_the_bytes_depend_on_nothing_but_the_content() -> None:
    first, second = Touch(date=AT, sha="1"), Touch(date=AT, sha="2")
    again = SMALL.model_copy(update={"history": History(last_touched={"b": first, "a": second})})
    other = SMALL.model_copy(update={"history": History(last_touched={"a": second, "b": first})})
    assert dumps(again) == dumps(other)
    assert dumps(SMALL)[4:8] == b"\0\0\0\0"  # no time
    assert json.loads(gzip.decompress(dumps(SMALL)))["schema_version"] == 1


def test_a_file_is_written_whole_and_read(tmp_path: Path) -> None:
    path = tmp_path / "s.json.gz"
    save(SMALL, path)
    assert load(path) == SMALL
    assert SnapshotFileFetcher().fetch(SnapshotTarget(path=path)) == SMALL
    assert [left.name for left in tmp_path.iterdir()] == ["s.json.gz"]


def test_a_folder_that_cannot_be_written_to_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        save(SMALL, tmp_path / "missing" / "s.json.gz")


def bad(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        loads(data, where="s.json.gz")
    assert caught.value.label == "bad_snapshot"
    assert caught.value.exit_code == 3
    assert caught.value.what.startswith("s.json.gz ")
    assert caught.value.hint
    assert "\n" not in caught.value.what
    return caught.value


def with_version(version: object) -> bytes:
    data = json.loads(gzip.decompress(dumps(SMALL)))
    data["schema_version"] = version
    return gzip.compress(json.dumps(data).encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut off"),
        (b"plain", "not gzip"),
        (dumps(SMALL)[:-1], "cut off"),
        (dumps(SMALL)[:30], "cut off"),
        (dumps(SMALL)[:-5] + b"x" + dumps(SMALL)[-4:], "damaged"),
        (gzip.compress(b"[]"), "does not hold a snapshot"),
        (gzip.compress(b"{"), "does not hold a snapshot"),
        (gzip.compress(b'{"schema_version":1,"name":"a"}'), "source"),
        (gzip.compress(b"[" * 100_000), "does not hold a snapshot"),
        (with_version(2), "newer repotriage"),
        (with_version(0), "older repotriage"),
        (with_version("one"), "schema_version"),
        (gzip.compress(b'{"schema_version":7,"shape":"new"}'), "schema version is 7"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,  # bytes hold the time of packing
)
def test_a_bad_file_is_one_clear_line(data: bytes, words: str) -> None:
    assert words in bad(data).what


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_file, "MAX_UNPACKED", 5_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b" " * 20_000_000) + packer.flush()
    assert "more than 5000000" in bad(bomb).what


def test_what_is_no_file_is_bad(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json.gz")
    for name in ("missing.json.gz", ".", "pipe.json.gz"):
        with pytest.raises(UnreadableError) as caught:
            load(tmp_path / name)
        assert caught.value.label == "bad_snapshot"


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_give_a_typed_error(data: bytes, packed: bool) -> None:
    bad(gzip.compress(data) if packed else data)
