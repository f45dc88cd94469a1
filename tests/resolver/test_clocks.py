from __future__ import annotations

from datetime import UTC, datetime, timedelta

from repotriage.models.snapshot import Commit, History, Touch
from repotriage.resolver.clocks import clocks_of
from tests.builders import snapshot

DAY = timedelta(days=1)
CODE = datetime(2021, 6, 1, tzinfo=UTC)
FILES = datetime(2020, 1, 1, tzinfo=UTC)
HISTORY = History(
    head=Commit(sha="h", date=datetime(2024, 1, 1, tzinfo=UTC)),
    last_code_change=Touch(date=CODE, sha="c"),
    last_touched={"requirements.txt": Touch(date=FILES, sha="f")},
)


def names(
    *, pinned: bool, pins: datetime | None = None, as_of: datetime | None = None
) -> list[tuple[str, datetime | None]]:
    found = clocks_of(
        snapshot({}, history=HISTORY), ("requirements.txt",), pins=pins, mostly_pinned=pinned, as_of=as_of
    )
    return [(clock.name, clock.cutoff) for clock in found]


def test_unpinned_lists_go_by_the_code_and_pinned_ones_by_their_file() -> None:
    assert [name for name, _ in names(pinned=False)] == ["code", "dependency_files", "head", "now"]
    assert names(pinned=True)[0] == ("dependency_files", FILES + DAY)


def test_no_clock_is_before_the_youngest_pin_which_then_names_it() -> None:
    pin = datetime(2021, 3, 1, tzinfo=UTC)
    assert names(pinned=True, pins=pin)[0] == ("pins", pin + 30 * DAY)


def test_a_date_that_was_asked_for_stands_alone() -> None:
    assert names(pinned=True, as_of=FILES) == [("as_of", FILES)]


def test_without_history_there_is_only_today() -> None:
    found = clocks_of(snapshot({}), (), pins=None, mostly_pinned=False)
    assert [clock.name for clock in found] == ["now"]
