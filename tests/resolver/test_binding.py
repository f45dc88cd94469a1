from __future__ import annotations

from datetime import UTC, datetime

from packaging.version import Version

from repotriage.index.facts import IndexFile, Project
from repotriage.models.base import msg
from repotriage.models.solution import Change, Pin, Wish
from repotriage.resolver.binding import binding


def file(version: str, year: int) -> IndexFile:
    return IndexFile(
        filename=f"torch-{version}-py3-none-any.whl",
        url="https://x.example/t.whl",
        kind="wheel",
        version=Version(version),
        told={"upload-time": f"{year}-01-01T00:00:00Z"},
    )


TORCH = Project(name="torch", files=(file("1.7.1", 2020), file("1.13.1", 2022), file("2.0.0", 2023)))
ASKED = Wish(name="torch", line="torch", origin="declared")
UPPER = Wish(name="torch", line="torch<=1.13.1", origin="companion")
LOWER = Wish(name="torch", line="torch>=1.7.1", origin="companion")


def shown(version: str, *wishes: Wish, changes: tuple[Change, ...] = (), year: int = 2024) -> list[str]:
    pins = (Pin(name="torch", version=version),)
    return [wish.line for wish in binding(wishes, pins, changes, lambda _: TORCH, datetime(year, 1, 1, 12, tzinfo=UTC))]


def test_an_upper_bound_is_told_only_if_a_newer_release_was_there_and_its_newest_was_taken() -> None:
    assert shown("1.13.1", ASKED, UPPER) == ["torch<=1.13.1"]
    assert shown("1.13.1", ASKED, UPPER, year=2022) == []
    assert shown("1.7.1", ASKED, UPPER) == []
    assert shown("1.7.1", Wish(name="torch", line="torch==1.7.1", origin="declared"), UPPER) == []


def test_a_lower_bound_says_nothing_where_the_newest_was_taken() -> None:
    assert shown("2.0.0", ASKED, LOWER) == []
    assert shown("1.13.1", ASKED, LOWER) == ["torch>=1.7.1"]


def test_what_was_asked_for_and_what_stands_against_a_changed_line_is_told() -> None:
    change = Change(before="torch==1.4.0", after="torch==1.7.1", reason=msg("no kernels"))
    pinned = Wish(name="torch", line="torch==1.7.1", origin="declared")
    assert shown("1.7.1", pinned, LOWER, changes=(change,)) == ["torch>=1.7.1"]
    adds = Wish(name="torch", line="torch[cuda]", origin="companion", adds=True)
    assert shown("2.0.0", ASKED, adds) == ["torch[cuda]"]
