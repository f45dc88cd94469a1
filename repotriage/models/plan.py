"""The reproduction checklist: ordered steps of actions, each with what shows that it is right."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen, Message
from repotriage.models.location import Evidence

StepName = Literal["decide", "environment", "assets", "evaluation", "smallest run", "training", "watch", "read"]


class Remedy(Frozen):
    """What to do, or to know, when an action fails."""

    text: Message
    evidence: tuple[Evidence, ...] = ()


class Action(Frozen):
    """One thing to do and tick off.

    `command` is one line for a POSIX shell, quoted by us from words of the repository or of
    our own; `fill_in` are the words of it that the user replaces. `offered` is False where
    the repository lacks what the step needs and a substitute is named.
    """

    what: Message
    command: CleanStr | None = None
    fill_in: tuple[CleanStr, ...] = ()
    offered: bool = True
    evidence: tuple[Evidence, ...] = ()
    expect: tuple[Message, ...] = ()
    cost: tuple[Message, ...] = ()
    fails: tuple[Remedy, ...] = ()


class Step(Frozen):
    """A step of the guide."""

    number: int = Field(ge=0, le=7)
    name: StepName
    title: Message
    actions: tuple[Action, ...]


class Checklist(Frozen):
    """How to reproduce one repository at one commit."""

    name: CleanStr
    commit: CleanStr | None
    host: CleanStr | None  # the machine that the environment was planned for
    facts: tuple[Message, ...] = ()
    steps: tuple[Step, ...]
