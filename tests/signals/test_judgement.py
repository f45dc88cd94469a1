"""Whole repositories, as a user would judge them, under the bundled profiles."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.reading import Hyperparameter, Paper, Reading, ResultsTable
from repotriage.models.score import Score
from repotriage.models.solution import Attempt, Candidate, Clock, Environment
from repotriage.models.study import Study
from repotriage.scorer import load_profile, score
from repotriage.signals.registry import all_signals
from repotriage.signals.run import judge
from tests.builders import (
    CODE,
    asset,
    at,
    command,
    commit,
    days_ago,
    declared,
    entry,
    github,
    history,
    issue,
    requirement,
    study,
)

SOLVES = Environment(
    verdict="solves",
    best=Attempt(
        candidate=Candidate(python="3.7", clock=Clock(name="code", cutoff=days_ago(1500)), reason=msg("declared")),
        verdict="solves",
        levels=("resolves", "installs", "no_known_break"),
    ),
)
PAPER = Paper(kind="arxiv", identifier="1905.02249", title="MixMatch", at=at(line=2))
COMPLETE = study(
    {"README.md": "# MixMatch", "LICENSE": "MIT", "train.py": "", "eval.py": "", "demo.py": "", "Dockerfile": ""},
    reading=Reading(
        size=CODE,
        framework="pytorch",
        papers=(PAPER,),
        entry_points=(
            entry("train", "train.py", documented=5),
            entry("evaluate", "eval.py", documented=6),
            entry("demo", "demo.py", documented=7),
        ),
        commands=(command("python train.py", role="train", script="train.py", line=5),),
        assets=(asset("weights"), asset("dataset")),
        results=(ResultsTable(at=at(line=9), header=("n", "error"), rows=(("250", "11"),)),),
        hyperparameters=tuple(
            Hyperparameter(name=name, value="1", source="argparse", at=Location(path="train.py", line=3))
            for name in ("lr", "T", "K", "alpha")
        ),
    ),
    dependencies=declared(
        requirement("torch", "==1.7.1"),
        requirement("numpy", "==1.19.2", line=2),
        requirement("python", "==3.7.*", kind="python", line=3),
    ),
    github=github(
        stars=150, archived=False, issues=tuple(issue(n, opened=900, answered=899) for n in range(5)), releases=()
    ),
    history=history(head=commit(1500), first_commit_at=days_ago(1600)),
).model_copy(update={"environment": SOLVES})
PROMISE = study(
    {"README.md": "# A Great Paper (CVPR)\n\nCode and models are coming soon. Stay tuned!\n"},
    reading=Reading(papers=(PAPER,)),
    github=github(stars=150, archived=False, issues=(), releases=()),
    history=history(head=commit(700), first_commit_at=days_ago(701)),
)


def points(one: Study, profile: str) -> tuple[int, int]:
    total = scored(one, profile).total
    assert total is not None
    return total.points


def scored(one: Study, profile: str) -> Score:
    return score(judge(one), load_profile(profile), all_signals())


def test_finished_and_complete_paper_code_scores_high() -> None:
    total = scored(COMPLETE, "paper").total
    assert total is not None
    assert total.low >= 0.9
    assert total.coverage == 1, "everything is known"


def test_an_empty_promise_scores_low_in_every_profile() -> None:
    for profile in ("default", "paper", "library"):
        assert points(PROMISE, profile)[1] <= 25
    assert scored(PROMISE, "paper").losses[0].finding.signal in {"code-present", "imports-declared"}


def test_pins_that_cannot_be_installed_cost_more_than_no_pins_at_all() -> None:
    conflict = COMPLETE.model_copy(update={"environment": Environment(verdict="conflict", best=None)})
    assert points(conflict, "paper")[1] < points(COMPLETE, "paper")[0]


def test_the_same_repository_without_github_can_only_be_less_sure() -> None:
    from tests.builders import gap

    blind = COMPLETE.model_copy(
        update={"snapshot": COMPLETE.snapshot.model_copy(update={"github": None, "gaps": (gap("github"),)})}
    )
    low, high = points(blind, "paper")
    sure, _ = points(COMPLETE, "paper")
    assert low < sure <= high
