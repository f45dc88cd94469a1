"""Scores of many checkouts as one Markdown table, lowest first.

    python -m benchmarks.scores CHECKOUT... [--kinds FILE] [--solve] [--json FOLDER]

FILE holds one JSON object a line with `repo` (`owner/name`) and `kind`; a checkout is named by its
folder, `owner+name`. With --json, each report is kept as `owner+name.json`, to be read by hand.
Without --solve no package index is asked; GitHub is never asked.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

from repotriage import score
from repotriage.errors import RepotriageError
from repotriage.models.finding import FAMILIES
from repotriage.models.score import Interval


@dataclass(frozen=True)
class Row:
    """One line of the table; `sort` is the low end, or -1 where there is no score."""

    sort: float
    cells: tuple[str, ...]


def points(interval: Interval | None) -> str:
    """Such as `42–77`; a dash where nothing applies."""
    if interval is None:
        return "–"
    low, high = interval.points
    return f"{low}–{high}"


def row(checkout: Path, kind: str, *, solve: bool, keep: Path | None) -> Row:
    name = checkout.name.replace("+", "/", 1)
    started = time.perf_counter()
    try:
        report = score(checkout, offline=not solve, solve=solve)
    except RepotriageError as error:
        return Row(-1, (name, kind, "–", "–", *("–" for _ in FAMILIES), f"{type(error).__name__}: {error}"))
    seconds = time.perf_counter() - started
    total = report.score.total
    if keep is not None:
        from repotriage.renderers.json_v1 import render

        (keep / f"{checkout.name}.json").write_text(render(report), encoding="utf-8")
    return Row(
        -1 if total is None else total.low,
        (
            name,
            kind,
            points(total),
            "–" if total is None else f"{total.percent_known} %",
            *(points(report.score.families[family]) for family in FAMILIES),
            f"{seconds:.1f}",
        ),
    )


def kinds_of(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {one["repo"]: one["kind"] for one in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="+", type=Path)
    parser.add_argument("--kinds", type=Path)
    parser.add_argument("--solve", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    kinds = kinds_of(given.kinds)
    if given.json is not None:
        given.json.mkdir(parents=True, exist_ok=True)
    rows = [
        row(one, kinds.get(one.name.replace("+", "/", 1), ""), solve=given.solve, keep=given.json)
        for one in given.checkouts
    ]
    head = ("repository", "kind", "score", "known", *FAMILIES, "seconds")
    print(f"| {' | '.join(head)} |")
    print(f"|{'---|' * len(head)}")
    for one in sorted(rows, key=lambda one: (-one.sort, one.cells)):
        print(f"| {' | '.join(one.cells)} |")


if __name__ == "__main__":
    main()
