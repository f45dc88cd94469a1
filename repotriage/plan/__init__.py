"""From a study to the reproduction checklist; pure."""

from __future__ import annotations

from repotriage.models.base import Message, msg
from repotriage.models.plan import Checklist
from repotriage.models.report import Report
from repotriage.plan import assets, decide, evaluation, read, setting_up, training, watch


def checklist(report: Report, target: str) -> Checklist:
    """The steps of the guide for what `report` found; `target` is what the user typed, for commands of ours."""
    study = report.study
    snapshot, environment = study.snapshot, study.environment
    return Checklist(
        name=snapshot.name,
        commit=snapshot.commit,
        host=environment.host if environment else None,
        facts=tuple(_facts(report)),
        steps=(
            decide.step(report, target),
            setting_up.step(study, target),
            assets.step(study),
            evaluation.step(study),
            training.smallest(study),
            training.full(study),
            watch.step(study),
            read.step(study, target),
        ),
    )


def _facts(report: Report) -> list[Message]:
    snapshot = report.study.snapshot
    facts = []
    if snapshot.commit is not None:
        facts.append(msg("for commit {commit}; the commands are run in its folder", commit=snapshot.commit[:12]))
    if report.study.environment is None:
        facts.append(msg("the environment was not solved for this list"))
    elif report.study.environment.host:
        facts.append(msg("planned for {host}", host=report.study.environment.host))
    gap = snapshot.gap_of("github.issues")
    if gap is not None:
        facts.append(msg("whether open issues tell of failures is unknown: {why}", why=str(gap.message)))
    return facts
