from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from repotriage.cache import Cache
from repotriage.cli.app import build


def test_info_tells_what_is_there(tmp_path: Path) -> None:
    Cache(tmp_path).set("key", b"value")
    result = CliRunner().invoke(build(), ["cache", "info", "--cache-dir", str(tmp_path)])
    assert result.exit_code == 0
    lines = result.output.replace("\n", " ")
    for name, entries in (("github", 1), ("index", 0), ("environments", 0)):
        assert f"{name}: {tmp_path / name}   entries: {entries} " in lines


def test_clear_empties_it(tmp_path: Path) -> None:
    Cache(tmp_path).set("key", b"value")
    Cache(tmp_path, name="environments").set("key", b"value")
    result = CliRunner().invoke(build(), ["cache", "clear", "--cache-dir", str(tmp_path)])
    assert result.exit_code == 0
    assert "entries removed: 2" in result.output
    assert Cache(tmp_path).get("key") is None
    assert Cache(tmp_path, name="environments").get("key") is None
