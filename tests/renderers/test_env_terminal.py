from __future__ import annotations

import json
from datetime import UTC, datetime

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.solution import Attempt, Candidate, Change, Clock, Conflict, Environment, Pin, Wish
from repotriage.renderers import env_json, env_markdown, env_terminal
from tests.builders import snapshot

AT = Location(path="requirements.txt", line=2)


def environment() -> Environment:
    wishes = (
        Wish(name="a", line="a==1.0", origin="declared", at=AT),
        Wish(name="b", line="b==2.0", origin="declared", at=Location(path="requirements.txt", line=3)),
    )
    sentence = msg("a 1.0 ({where}) needs b<2", where="requirements.txt:2")
    change = Change(at=wishes[1].at, before="b==2.0", after="b==1.5", reason=sentence)
    best = Attempt(
        candidate=Candidate(
            python="3.8", clock=Clock(name="code", cutoff=datetime(2021, 1, 1, tzinfo=UTC)), reason=msg("usual")
        ),
        verdict="solves with changes",
        pins=(
            Pin(name="a", version="1.0", why=(AT,)),
            Pin(name="b", version="1.5", why=(Location(path="requirements.txt", line=3),)),
            Pin(name="c", version="3.0", required_by=("a",)),
        ),
        changes=(change,),
        conflict=Conflict(core=wishes, sentence=sentence, relaxation=change),
        levels=("resolves", "installs", "no_known_break"),
    )
    return Environment(verdict="solves with changes", best=best, wishes=wishes, why_best=msg("the only one"))


def test_terminal_shows_the_verdict_the_packages_and_the_conflict() -> None:
    text = env_terminal.render("owner/name", environment())
    assert "It solves with changes (1): 3 packages on Python 3.8." in text
    assert "b==2.0 becomes b==1.5" in text
    assert "a 1.0 (requirements.txt:2) needs b<2" in text
    assert "requirements.txt:3  b==2.0" in text
    assert "and 1 that other packages need" in text
    assert "c==3.0" in env_terminal.render("owner/name", environment(), every=True)


def test_terminal_says_why_nothing_is_known() -> None:
    text = env_terminal.render("owner/name", Environment(verdict="unknown", best=None, why_best=msg("no lines")))
    assert "unknown: no lines" in text


def test_markdown_links_the_places() -> None:
    text = env_markdown.render(snapshot({}), environment())
    assert "| `a==1.0` |" in text
    assert "/requirements.txt#L3" in text


def test_json_carries_it_whole() -> None:
    data = json.loads(env_json.render(snapshot({}), environment()))
    assert data["environment"]["best"]["conflict"]["core"][0]["at"] == {
        "path": "requirements.txt",
        "line": 2,
        "cell": None,
    }
    assert data["environment"]["best"]["conflict"]["sentence"] == "a 1.0 (requirements.txt:2) needs b<2"
