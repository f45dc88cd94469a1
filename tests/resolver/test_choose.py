from __future__ import annotations

from datetime import UTC, date, datetime

from repotriage.models.base import msg
from repotriage.models.solution import Attempt, Candidate, Clock, Pin
from repotriage.resolver.choose import COMPILED, COMPILED_FOR_OLDER, HARDLY_COMPILED, best_of, cost


def compiled(python: str, uploaded: date) -> Attempt:
    clock = Clock(name="code", cutoff=datetime(2022, 1, 1, tzinfo=UTC))
    pin = Pin(name="numpy", version="1.19.5", compiles=True, uploaded=uploaded)
    candidate = Candidate(python=python, clock=clock, reason=msg("usual"))
    return Attempt(candidate=candidate, verdict="solves", pins=(pin,))


def test_sources_that_are_much_older_than_the_python_hardly_compile() -> None:
    old, near = compiled("3.14", date(2021, 1, 5)), compiled("3.9", date(2021, 1, 5))
    assert (cost(old), cost(near)) == (HARDLY_COMPILED, COMPILED)
    assert best_of((old, near)) == 1
    assert cost(compiled("3.10", date(2021, 1, 5))) == COMPILED_FOR_OLDER
