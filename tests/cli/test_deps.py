from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import save
from tests.builders import snapshot


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("terminal", "To run it"),
        ("json", '"requirements"'),
        ("requirements", "numpy==1.19"),
        ("environment.yml", "pip:"),
    ],
)
def test_each_form(form: str, expected: str, tmp_path: Path) -> None:
    saved = tmp_path / "it.json.gz"
    save(snapshot({"requirements.txt": "numpy==1.19\n"}), saved)
    result = CliRunner().invoke(build(), ["deps", str(saved), "--no-cache", "--format", form])
    assert result.exit_code == 0
    assert expected in result.stdout
    assert result.stderr == ""


def test_it_writes_to_a_file(tmp_path: Path) -> None:
    saved, written = tmp_path / "it.json.gz", tmp_path / "out.txt"
    save(snapshot({"requirements.txt": "numpy==1.19\n"}), saved)
    result = CliRunner().invoke(build(), ["deps", str(saved), "--no-cache", "-f", "requirements", "-o", str(written)])
    assert result.exit_code == 0
    assert "numpy==1.19" in written.read_text(encoding="utf-8")
