"""The reproduction checklist as JSON."""

from __future__ import annotations

import json

from repotriage.models.base import CleanStr
from repotriage.models.plan import Checklist
from repotriage.models.snapshot import Snapshot
from repotriage.renderers.json_v1 import EvidenceV1, evidence_v1, target_v1
from repotriage.renderers.json_v1_base import V1, Sentence
from repotriage.translation import Language, in_language

SCHEMA_VERSION = 1


class RemedyV1(V1):
    """What to do when an action fails."""

    text: Sentence
    evidence: tuple[EvidenceV1, ...]


class ActionV1(V1):
    """One thing to do."""

    what: Sentence
    command: CleanStr | None
    fill_in: tuple[CleanStr, ...]
    """Words of the command that the user replaces."""
    offered: bool
    """False: the repository lacks what the step needs, and this is a substitute."""
    evidence: tuple[EvidenceV1, ...]
    expect: tuple[Sentence, ...]
    cost: tuple[Sentence, ...]
    fails: tuple[RemedyV1, ...]


def render(checklist: Checklist, snapshot: Snapshot, *, lang: Language = "en") -> str:
    """The list; ends with a newline."""
    made = in_language(checklist, lang)
    content = {
        "schema_version": SCHEMA_VERSION,
        "target": target_v1(snapshot).model_dump(mode="json"),
        "host": made.host,
        "facts": [str(fact) for fact in made.facts],
        "steps": [
            {
                "number": step.number,
                "name": step.name,
                "title": str(step.title),
                "actions": [
                    ActionV1(
                        what=str(one.what),
                        command=one.command,
                        fill_in=one.fill_in,
                        offered=one.offered,
                        evidence=tuple(evidence_v1(each, snapshot) for each in one.evidence),
                        expect=tuple(str(each) for each in one.expect),
                        cost=tuple(str(each) for each in one.cost),
                        fails=tuple(
                            RemedyV1(
                                text=str(each.text),
                                evidence=tuple(evidence_v1(place, snapshot) for place in each.evidence),
                            )
                            for each in one.fails
                        ),
                    ).model_dump(mode="json")
                    for one in step.actions
                ],
            }
            for step in made.steps
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
