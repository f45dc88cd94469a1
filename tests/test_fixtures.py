"""The bundled snapshots are what their sources say, and hold what each was made for."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from repotriage.fetchers.snapshot_file import load
from repotriage.models.snapshot import Snapshot

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
BUILDER = runpy.run_path(str(FIXTURES / "build_snapshots.py"))
build = cast("Callable[[str], Snapshot]", BUILDER["build"])
NAMES = cast("list[str]", BUILDER["names"]())


def saved(name: str) -> Snapshot:
    return load(FIXTURES / "snapshots" / f"{name}.json.gz")


@pytest.mark.parametrize("name", NAMES)
def test_the_snapshot_is_up_to_date(name: str) -> None:
    assert saved(name) == build(name), "run: python fixtures/build_snapshots.py"


def test_every_repository_has_its_snapshot() -> None:
    assert sorted(path.name for path in (FIXTURES / "repositories").iterdir()) == NAMES
    assert sorted(path.name.removesuffix(".json.gz") for path in (FIXTURES / "snapshots").iterdir()) == NAMES
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_is_complete_and_plausible(name: str) -> None:
    snapshot = saved(name)
    assert snapshot.gaps == ()
    assert snapshot.github is not None
    assert snapshot.history is not None
    assert snapshot.history.head is not None
    assert snapshot.history.head.date < snapshot.taken_at
    assert snapshot.name == snapshot.github.full_name
    numbers = [issue.number for issue in snapshot.github.issues or ()]
    assert numbers == sorted(numbers, reverse=True)
    assert all(issue.created_at < snapshot.taken_at for issue in snapshot.github.issues or ())


def test_each_differs_as_it_was_meant_to() -> None:
    assert saved("zh-text-classify").by_path["requirements.txt"].encoding == "gb18030"
    assert not [file for file in saved("soon-former").files if file.path.endswith((".py", ".ipynb"))]
    assert {file.path.rpartition(".")[2] for file in saved("churn-notebooks").files} == {"md", "ipynb"}
    assert any(file.path.endswith(".cu") for file in saved("point-ops").files)
    assert "tf.contrib" in (saved("tf1-captions").text("train.py") or "")
    train = saved("ssl-cifar").text("train.py") or ""
    assert all(f'"--{name}"' in train for name in ("K", "T", "alpha", "lambda-u", "ema-decay"))
    library = saved("segkit").github
    assert library is not None
    assert len(library.releases or ()) == 3
