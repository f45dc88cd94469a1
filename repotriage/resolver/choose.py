"""The rules by which the best attempt is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from repotriage.models.base import Message, msg
from repotriage.models.solution import Attempt

_ORDER = {"solves": 0, "solves with changes": 0, "conflict": 2, "unknown": 3}


def best_of(attempts: Sequence[Attempt]) -> int:
    """The place of the best attempt.

    In this order: it solves; no known break; a declared Python; fewest changed lines; no
    compiler is needed; and, all else alike, the one that was tried first, whose Python and
    clock are the likeliest.
    """
    return min(range(len(attempts)), key=lambda at: (*_merit(attempts[at]), at))


def _merit(attempt: Attempt) -> tuple[int, ...]:
    return (
        1 if attempt.pins and attempt.breaks else _ORDER[attempt.verdict],
        len(attempt.breaks),
        len(attempt.changes) + (0 if attempt.candidate.python_declared else 1),
        int("installs" not in attempt.levels),
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
        msg("it changes the fewest lines"),
        msg("it needs no compiler"),
    )
    for place, why in enumerate(names):
        if all(mine[place] < _merit(other)[place] for other in rivals):
            return why
    return msg("its Python and its date are the likeliest of those that solve as well")
