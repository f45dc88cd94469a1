"""Whole reports of every fixture, held against the files beside this one: `make golden` writes them again.

`scores.md` is the table of all scores: it shows every number that a change moves.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from repotriage.api import open_profile
from repotriage.fetchers.snapshot_file import load
from repotriage.models.finding import FAMILIES
from repotriage.models.report import Report
from repotriage.models.score import Interval
from repotriage.pipeline import analyse
from repotriage.renderers import json_v1, markdown, terminal
from repotriage.scorer import profile_names

HERE = Path(__file__).parent
SNAPSHOTS = sorted((HERE.parents[1] / "fixtures" / "snapshots").glob("*.json.gz"))
RENDERERS = {"txt": terminal.render, "json": json_v1.render, "md": markdown.render}


def report(path: Path, profile: str = "default") -> Report:
    """A report whose version does not change with ours."""
    return analyse(load(path), open_profile(profile)).model_copy(update={"version": "0.0.0"})


def name(path: Path) -> str:
    return path.name.removesuffix(".json.gz")


def check(path: Path, made: str, *, update: bool) -> None:
    if update:
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "run: make golden, and read the difference like code"


@pytest.fixture(scope="session")
def update(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--update-golden"))


def test_there_are_fixtures() -> None:
    assert len(SNAPSHOTS) >= 6


@pytest.mark.parametrize("path", SNAPSHOTS, ids=name)
def test_the_report_of_a_fixture(path: Path, update: bool) -> None:
    made = report(path)
    for suffix, render in RENDERERS.items():
        check(HERE / f"{name(path)}.{suffix}", render(made), update=update)


def cell(interval: Interval | None) -> str:
    return "-" if interval is None else f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"


def test_the_scores_of_all_fixtures(update: bool) -> None:
    lines = [
        f"| fixture | profile | total | {' | '.join(FAMILIES)} |",
        f"| --- | --- |{' --- |' * (len(FAMILIES) + 1)}",
    ]
    for path in SNAPSHOTS:
        for profile in profile_names():
            score = report(path, profile).score
            cells = [cell(score.total), *(cell(score.families[family]) for family in FAMILIES)]
            lines.append(f"| {name(path)} | {profile} | {' | '.join(cells)} |")
    check(HERE / "scores.md", "\n".join(lines) + "\n", update=update)
