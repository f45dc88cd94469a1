from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from repotriage.cache import Cache
from repotriage.cli.app import build


def test_info_tells_what_is_there(tmp_path: Path) -> None:
    Cache(tmp_path).set("key", b"value")
    result = CliRunner().invoke(build(), ["cache", "info", "--cache-dir", str(tmp_path)])
    assert result.exit_code == 0
    assert str(tmp_path / "github") in result.output.replace("\n", "")
    assert "entries: 1" in result.output


def test_clear_empties_it(tmp_path: Path) -> None:
    Cache(tmp_path).set("key", b"value")
    result = CliRunner().invoke(build(), ["cache", "clear", "--cache-dir", str(tmp_path)])
    assert result.exit_code == 0
    assert "entries removed: 1" in result.output
    assert Cache(tmp_path).get("key") is None
