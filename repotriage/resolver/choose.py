"""The rules by which the best attempt is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from repotriage import data
from repotriage.models.base import Message, msg
from repotriage.models.solution import Attempt, Candidate, Change, Pin

_ORDER = {"solves": 0, "solves with changes": 0, "conflict": 2, "unknown": 3}


CHANGED = 2
LEFT_OUT = 4
LACKING = 4
COMPILED = 1
COMPILED_FOR_OLDER = 2
HARDLY_COMPILED = 6
_KNOWN_TO_IT = timedelta(days=365)  # a release knows a Python that came out within that time after it
OTHER_PYTHON = 2
LATER_CLOCK = 2


def cost(attempt: Attempt) -> int:
    """How far a solution is from what the repository says.

    Counted are lines changed or left out, packages that must be compiled, a Python other than
    the declared, and a less likely date.
    """
    changed = sum(cost_of(change) for change in attempt.changes)
    compiled = sum(_cost_of_compiling(pin, attempt.candidate.python) for pin in attempt.pins if pin.compiles)
    return changed + compiled + cost_of_candidate(attempt.candidate)


def _cost_of_compiling(pin: Pin, python: str) -> int:
    """Native sources that are older than the Python may not compile on it, and those much older seldom do."""
    released = next((row["released"] for row in data.table("pythons")["python"] if row["version"] == python), None)
    if pin.uploaded is None or released is None or released <= pin.uploaded:
        return COMPILED
    return HARDLY_COMPILED if pin.uploaded + _KNOWN_TO_IT < released else COMPILED_FOR_OLDER


def cost_of_candidate(candidate: Candidate) -> int:
    """The cost of a candidate before anything is solved."""
    return LATER_CLOCK * candidate.clock_place + (0 if candidate.python_declared else OTHER_PYTHON)


def cost_of(change: Change) -> int:
    """The cost of one change; without what it imports the main job does not start."""
    if change.after is None:
        return LEFT_OUT + (LACKING if change.imported else 0)
    return CHANGED


def best_of(attempts: Sequence[Attempt]) -> int:
    """The place of the best attempt.

    In this order: it solves; it has the fewest known breaks; it has the least cost; and, all
    else alike, it was tried first, since its Python and clock are the likeliest.
    """
    return min(range(len(attempts)), key=lambda at: (*_merit(attempts[at]), at))


def _merit(attempt: Attempt) -> tuple[int, ...]:
    return (
        1 if attempt.pins and _ORDER[attempt.verdict] else _ORDER[attempt.verdict],
        len(attempt.breaks),
        cost(attempt),
    )


def why_best(best: Attempt, others: Sequence[Attempt]) -> Message:
    """Which rule decided, in a sentence."""
    if best.verdict == "unknown":
        return msg("no candidate could be decided")
    if not best.pins:
        return msg("no candidate solves; this one comes nearest")
    rivals = [other for other in others if other.pins]
    if not rivals:
        return msg("the only candidate that solves")
    mine = _merit(best)
    names: tuple[Message, ...] = (
        msg("it has no known break, others have"),
        msg("it has the fewest known breaks"),
        msg("it changes the fewest lines and compiles the fewest packages"),
    )
    for place, why in enumerate(names):
        if all(mine[place] < _merit(other)[place] for other in rivals):
            return why
    return msg("its Python and its date are the likeliest of those that solve as well")
