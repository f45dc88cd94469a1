"""The dates for which packages may be chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Clock

_SAME = timedelta(days=45)  # clocks closer than this choose much the same packages
_MARGIN = timedelta(days=1)
_SIBLINGS = timedelta(days=30)  # after a release its partners follow, and its wheels for further Pythons


def clocks_of(
    snapshot: Snapshot,
    dependency_files: tuple[str, ...],
    *,
    pins: datetime | None,
    mostly_pinned: bool,
    as_of: datetime | None = None,
) -> tuple[Clock, ...]:
    """The clocks to try, the likeliest first.

    None is earlier than `pins`, the upload of the youngest pinned release: what was pinned was
    there. Where the pins alone decide, the day is a month later: what goes with a release
    follows it. Of unpinned lists the last change of the code tells best what its author ran;
    of pinned ones the dependency file does. `as_of` leaves no other.
    """
    now = snapshot.taken_at
    if as_of is not None:
        return (Clock(name="as_of", cutoff=_utc(as_of)),)
    history = snapshot.history
    floor = None if pins is None else pins + _MARGIN
    dates: dict[str, datetime | None] = {"now": now, "pins": pins}
    if history is not None:
        dates["code"] = history.last_code_change.date if history.last_code_change else None
        touched = [history.last_touched[path].date for path in dependency_files if path in history.last_touched]
        dates["dependency_files"] = max(touched, default=None)
        dates["head"] = history.head.date if history.head else None
    order = ("dependency_files", "code", "pins", "head", "now") if mostly_pinned else (
        "code", "dependency_files", "head", "pins", "now"
    )  # fmt: skip
    found: list[Clock] = []
    for name in order:
        date = dates.get(name)
        if date is None:
            continue
        cutoff = _utc(date) + _MARGIN
        if pins is not None and floor is not None and cutoff <= floor:
            name, cutoff = "pins", _utc(pins) + _SIBLINGS  # the pins decide the day, whatever was asked first
        cutoff = min(cutoff, _utc(now) + _MARGIN)
        if all(abs(cutoff - other.cutoff) > _SAME for other in found if other.cutoff is not None):
            found.append(Clock.model_validate({"name": name, "cutoff": cutoff}))
    return tuple(found)


def _utc(date: datetime) -> datetime:
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
