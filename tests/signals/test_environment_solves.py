from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.models.solution import Attempt, Break, Candidate, Change, Clock, Conflict, Environment, Pin, Wish
from repotriage.models.study import Study
from repotriage.signals.environment_solves import environment_solves
from tests.builders import study

AT = Location(path="requirements.txt", line=1)
NEED = Requirement(name="a", format="requirements", at=AT, raw="a")
WISH = Wish(name="a", line="a", origin="declared", at=AT)
CHANGE = Change(at=AT, before="a==1", after="a==2", reason=msg("gone"))


def of(verdict: str, **fields: Any) -> Study:
    fields.setdefault("pins", (Pin(name="a", version="1"),))
    fields.setdefault("levels", ("resolves", "installs", "no_known_break"))
    candidate = Candidate(
        python="3.8", clock=Clock(name="code", cutoff=datetime(2021, 1, 1, tzinfo=UTC)), reason=msg("usual")
    )
    best = Attempt.model_validate({"candidate": candidate, "verdict": verdict, **fields})
    environment = Environment(verdict=best.verdict, best=best)
    return study({}, dependencies=Dependencies(requirements=(NEED,))).model_copy(update={"environment": environment})


@pytest.mark.parametrize(
    ("verdict", "fields", "grade"),
    [
        ("solves", {}, 1.0),
        ("solves", {"levels": ("resolves",), "pins": (Pin(name="a", version="1", compiles=True, why=(AT,)),)}, 0.8),
        ("solves with changes", {"changes": (CHANGE,)}, 0.7),
        ("solves with changes", {"changes": (CHANGE,) * 9}, 0.3),
        ("conflict", {"breaks": (Break(package="a", version="1", message=msg("removed"), at=AT),)}, 0.3),
        ("conflict", {"pins": (), "conflict": Conflict(core=(WISH,), sentence=msg("no"))}, 0.0),
    ],
)
def test_the_verdict_decides_the_grade(verdict: str, fields: dict[str, Any], grade: float) -> None:
    assert environment_solves(of(verdict, **fields)).grade == grade


def test_what_could_not_be_found_out_is_unknown() -> None:
    finding = environment_solves(of("unknown", reason=msg("offline"), pins=()))
    assert (finding.verdict, str(finding.summary)) == ("unknown", "offline")
    asked = study({}, dependencies=Dependencies(requirements=(NEED,)))
    assert environment_solves(asked).verdict == "unknown"


def test_code_without_needs_has_nothing_to_solve() -> None:
    assert environment_solves(study({})).verdict == "n/a"
