from __future__ import annotations

import io
import pickle
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from diskcache.core import MODE_PICKLE

from repotriage.cache import BytesDisk, Cache, RefusedEntryError, identity_of, request_key


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def plant(cache: Cache, key: str, statement: str, values: tuple[object, ...]) -> None:
    cache.set(key, b"honest")
    cache.close()
    with sqlite3.connect(cache.folder / "cache.db") as database:
        database.execute(f"UPDATE Cache SET {statement} WHERE key = ?", (*values, key))  # noqa: S608 (our own text)
    database.close()


def test_bytes_come_back(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.set("key", b"\x00value")
    assert cache.get("key") == b"\x00value"
    assert cache.get("other") is None


def test_a_stream_comes_back_as_a_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.set_from("key", io.BytesIO(b"x" * 100_000))
    found = cache.open("key")
    assert found is not None
    with found:
        assert found.read() == b"x" * 100_000
    assert cache.open("other") is None


def test_only_the_user_may_look_inside(tmp_path: Path) -> None:
    (tmp_path / "github").mkdir(mode=0o755)
    cache = Cache(tmp_path)
    cache.set("key", b"value")
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_a_planted_pickle_is_not_loaded(tmp_path: Path) -> None:
    cache, fired = Cache(tmp_path), tmp_path / "fired"
    bomb = pickle.dumps(Bomb(fired))
    plant(cache, "key", "mode = ?, value = ?, filename = NULL", (MODE_PICKLE, sqlite3.Binary(bomb)))
    pickle.loads(bomb)  # noqa: S301 (shows that the bomb is live)
    assert fired.exists()
    fired.unlink()

    assert cache.get("key") is None
    assert not fired.exists()
    cache.set("key", b"again")
    assert cache.get("key") == b"again"


def test_a_planted_pickle_file_is_not_loaded(tmp_path: Path) -> None:
    cache, fired = Cache(tmp_path), tmp_path / "fired"
    planted = Cache(tmp_path).folder / "ab" / "cd" / f"{'0' * 28}.val"
    plant(cache, "key", "mode = ?, value = NULL, filename = ?", (MODE_PICKLE, f"ab/cd/{'0' * 28}.val"))
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_bytes(pickle.dumps(Bomb(fired)))
    assert cache.get("key") is None
    assert not fired.exists()


def test_a_planted_pickled_key_is_not_loaded(tmp_path: Path) -> None:
    fired = tmp_path / "fired"
    with pytest.raises(RefusedEntryError):
        BytesDisk(str(tmp_path)).get(pickle.dumps(Bomb(fired)), False)
    assert not fired.exists()


def test_a_planted_path_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    cache = Cache(tmp_path)
    plant(cache, "key", "mode = 2, value = NULL, filename = ?", (str(secret),))
    assert cache.get("key") is None
    plant(cache, "key", "mode = 2, value = NULL, filename = ?", ("../secret",))
    assert cache.get("key") is None
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("value", ["text", 1, {"a": 1}, None])
def test_only_bytes_are_written(tmp_path: Path, value: object) -> None:
    with pytest.raises(RefusedEntryError):
        BytesDisk(str(tmp_path)).store(value, False, "key")


@pytest.mark.parametrize("key", [1, b"bytes", ("a",), None])
def test_only_text_is_a_key(tmp_path: Path, key: object) -> None:
    with pytest.raises(RefusedEntryError):
        BytesDisk(str(tmp_path)).put(key)


@pytest.mark.parametrize("damage", [b"no database at all" * 500, b""])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    cache.set("key", b"value")
    cache.close()
    (cache.folder / "cache.db").write_bytes(damage)
    cache = Cache(tmp_path)
    assert cache.get("key") is None
    cache.set("key", b"new")
    assert cache.get("key") == b"new"


def test_a_value_whose_file_is_gone_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.set("key", b"x" * 100_000)
    for path in cache.folder.rglob("*.val"):
        path.unlink()
    assert cache.get("key") is None


def test_a_folder_that_cannot_be_made_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "github").write_text("in the way")
    cache = Cache(tmp_path)
    cache.set("key", b"value")
    assert cache.get("key") is None


def test_info_and_clear(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.info().entries == 0
    assert not cache.folder.exists()
    cache.set("a", b"1")
    cache.set("b", b"2" * 50_000)
    info = cache.info()
    assert info.entries == 2
    assert info.size >= 50_000
    assert cache.clear() == 2
    assert not cache.folder.exists()
    assert cache.get("a") is None


def test_clear_leaves_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    Cache(tmp_path).clear()
    assert (tmp_path / "mine.txt").exists()


def test_it_makes_room(tmp_path: Path) -> None:
    cache = Cache(tmp_path, size_limit=400_000)
    for n in range(30):
        cache.set(str(n), b"x" * 100_000)
    assert cache.info().size < 1_500_000
    assert cache.get("0") is None


def test_two_processes_share_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.set("mine", b"1")
    code = (
        "import sys; from pathlib import Path; from repotriage.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1])); assert cache.get('mine') == b'1'; cache.set('theirs', b'2')"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)  # noqa: S603 (our own code)
    assert cache.get("theirs") == b"2"


def test_a_key_holds_all_that_an_answer_depends_on_but_no_token() -> None:
    token = "ghp_verysecret"
    base = {"accept": "json", "api_version": "1", "identity": identity_of(token)}
    keys = {
        request_key("https://a/", **base),
        request_key("https://b/", **base),
        request_key("https://a/", **base | {"accept": "raw"}),
        request_key("https://a/", **base | {"api_version": "2"}),
        request_key("https://a/", **base | {"identity": identity_of("ghp_other")}),
        request_key("https://a/", **base | {"identity": identity_of(None)}),
    }
    assert len(keys) == 6
    assert not any(token in key for key in keys)
