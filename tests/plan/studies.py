"""Studies of repositories of a few lines, read as real ones are."""

from __future__ import annotations

from collections.abc import Mapping

from repotriage import plan
from repotriage.models.plan import Action, Checklist
from repotriage.models.study import Study
from repotriage.pipeline import analyse
from repotriage.scorer import load_profile
from tests.builders import snapshot

TRAINS = "import torch\nif __name__ == '__main__':\n    loss.backward()\n    optimizer.step()\n"


def study(texts: Mapping[str, str]) -> Study:
    """The study of text files."""
    return analyse(snapshot(texts), load_profile("default")).study


def checklist(texts: Mapping[str, str]) -> Checklist:
    """The checklist of text files."""
    return plan.checklist(analyse(snapshot(texts), load_profile("default")), "owner/name")


def actions(texts: Mapping[str, str], number: int) -> tuple[Action, ...]:
    """The actions of one step."""
    return checklist(texts).steps[number].actions


def first_command(texts: Mapping[str, str], number: int) -> str | None:
    """The first command of a step."""
    return next((one.command for one in actions(texts, number) if one.command), None)
