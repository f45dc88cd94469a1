"""Step 3: evaluate what is given, and compare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.study import Study
from repotriage.plan.commands import started
from repotriage.plan.failures import issues
from repotriage.plan.numbers import evidence, to_reach
from repotriage.reading.results import table_to_reach

_ISSUE = re.compile(r"reproduc|result|accuracy|evaluat|perform|\btest|metric|score|复现|结果|精度|评估", re.IGNORECASE)


def step(study: Study) -> Step:
    """The evaluation."""
    return Step(
        number=3, name="evaluation", title=msg("Evaluate with the given weights"), actions=tuple(_actions(study))
    )


def _actions(study: Study) -> Iterator[Action]:
    reading = study.reading
    failures = issues(study, _ISSUE)
    table = table_to_reach(reading.results)
    weights = any(one.kind == "weights" for one in reading.assets)
    trains = {one.path for one in reading.entry_points if one.role == "train" and one.rank == 1}
    entry = next((one for one in reading.entry_points if one.role == "evaluate" and one.rank == 1), None)
    line = started(entry, study.snapshot) if entry is not None else None
    if entry is not None and line is not None and not (entry.command is None and entry.path in trains):
        documented = entry.documented_at if entry.command is not None else None
        yield Action(
            what=msg("Evaluate by {path}", path=entry.path)
            if documented is not None
            else msg("Evaluate by {path}; no document shows its options, so ask it with --help", path=entry.path),
            command=line.text,
            fill_in=line.fill_in,
            evidence=tuple(Evidence(at=at) for at in (documented, Location(path=entry.path, line=entry.line)) if at),
            expect=tuple(to_reach(table)) if weights else (),
            fails=failures,
        )
    elif entry is not None and entry.path in trains:
        yield Action(
            what=msg(
                "There is no evaluation of its own: {path} evaluates while it trains, so the numbers come with step 5",
                path=entry.path,
            ),
            offered=False,
            evidence=(Evidence(at=Location(path=entry.path, line=entry.line)),),
            fails=failures,
        )
    else:
        demo = next((one for one in reading.entry_points if one.role in ("inference", "demo") and one.rank == 1), None)
        line = started(demo, study.snapshot) if demo is not None else None
        yield Action(
            what=msg(
                "The repository has no evaluation script; run {path} on a few inputs and look at what comes out",
                path=demo.path,
            )
            if demo is not None and line is not None
            else msg(
                "The repository has no evaluation script; write one from its metrics and its data reading (step 7)"
            ),
            command=line.text if line is not None else None,
            fill_in=line.fill_in if line is not None else (),
            offered=False,
            fails=failures,
        )
    if not weights:
        yield Action(
            what=msg(
                "No weights are given: evaluate the checkpoint of step 4 to see that it runs, that of step 5 to compare"
            ),
            offered=False,
        )
    yield Action(
        what=msg("Compare with the numbers that the repository states")
        if table is not None
        else msg("Compare with the paper"),
        offered=table is not None,
        evidence=evidence(table) or tuple(Evidence(at=one.at) for one in reading.papers[:1]),
        expect=tuple(to_reach(table)) if not weights or entry is None else (),
    )
