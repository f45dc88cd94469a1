import sqlite3
from pathlib import Path

from repotriage.index.store import Store


def test_what_was_put_is_found_by_the_next_process(tmp_path: Path) -> None:
    first = Store(tmp_path / "index")
    first.put("https://pypi.org/simple/a/", b"page")
    first.close()
    assert Store(tmp_path / "index").get("https://pypi.org/simple/a/") == b"page"
    assert Store(None).get("https://pypi.org/simple/a/") is None


def test_a_planted_row_opens_and_removes_no_file_of_others(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not ours")
    store = Store(tmp_path / "index")
    store.put("key", b"page")
    store.close()
    with sqlite3.connect(tmp_path / "index" / "cache.db") as database:
        database.execute("UPDATE Cache SET mode = 2, filename = ?, value = NULL", (str(secret),))
    database.close()
    store = Store(tmp_path / "index")
    assert store.get("key") is None
    store.put("key", b"again")
    assert secret.read_bytes() == b"not ours"
    assert store.get("key") == b"again"


def test_a_damaged_store_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "cache.db").write_bytes(b"no database" * 500)
    store = Store(tmp_path / "index")
    store.put("key", b"page")
    assert store.get("key") == b"page"
