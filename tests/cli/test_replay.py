"""The same snapshot gives the same bytes wherever and whenever it is scored."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SNAPSHOT = Path(__file__).parents[2] / "fixtures" / "snapshots" / "ssl-cifar.json.gz"


def replay(folder: Path, **environment: str) -> bytes:
    folder.mkdir()
    return subprocess.run(  # noqa: S603 # our own command
        [sys.executable, "-m", "repotriage", "score", "--no-cache", "--format", "json", str(SNAPSHOT)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    ).stdout


def test_json_is_the_same_in_another_folder_locale_time_zone_and_hash_seed(tmp_path: Path) -> None:
    here = replay(tmp_path / "here", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    there = replay(tmp_path / "there", PYTHONHASHSEED="4242", TZ="Asia/Shanghai", LC_ALL="C", COLUMNS="40")
    assert here == there
    assert here.startswith(b"{")
