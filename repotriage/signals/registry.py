"""How a signal is made known, and how all of them are found."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from repotriage.models.base import Message
from repotriage.models.finding import Family, Finding, Verdict
from repotriage.models.location import Evidence
from repotriage.models.study import Study

_REGISTRY: dict[str, Signal] = {}
_ANSWER = re.compile(r"(Good|Bad|Unknown|Not applicable): ")
_VERDICTS: Mapping[str, Verdict] = {"Good": "good", "Bad": "bad", "Unknown": "unknown", "Not applicable": "n/a"}
MOST_EVIDENCE = 8
"""A finding shows at most so many places; its summary tells the whole number."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A named question about a repository.

    `weight` is relative to the other signals of its family; a profile may override it.
    `answers` says what each verdict means.
    """

    name: str
    family: Family
    weight: float
    title: str
    why: str
    answers: Mapping[Verdict, str]
    run: Callable[[Study], Finding]


def signal(
    *, family: Family, weight: float = 1.0
) -> Callable[[Callable[[Study], Finding]], Callable[[Study], Finding]]:
    """Register a function as the signal that bears its name (`_` becomes `-`).

    Its docstring: the good state in the first paragraph, then why a user should care, then
    one paragraph for each answer that it can give: `Good: …`, `Bad: …`, `Unknown: …` and,
    where the question can make no sense, `Not applicable: …`.
    """

    def register(run: Callable[[Study], Finding]) -> Callable[[Study], Finding]:
        name = run.__name__.replace("_", "-")
        title, *paragraphs = (
            " ".join(paragraph.split()) for paragraph in inspect.cleandoc(run.__doc__ or "").split("\n\n")
        )
        why = "\n\n".join(paragraph for paragraph in paragraphs if not _ANSWER.match(paragraph))
        answers = {
            _VERDICTS[found[1]]: paragraph[found.end() :]
            for paragraph in paragraphs
            if (found := _ANSWER.match(paragraph))
        }
        if not title or not why or not {"good", "bad", "unknown"} <= answers.keys():
            raise ValueError(f"signal {name}: its docstring needs a title, a reason, Good:, Bad: and Unknown:")
        if name in _REGISTRY:
            raise ValueError(f"signal {name} is there twice")
        _REGISTRY[name] = Signal(name, family, weight, title, why, answers, run)
        return run

    return register


def all_signals() -> tuple[Signal, ...]:
    """Every signal of this package, sorted by name."""
    package = importlib.import_module("repotriage.signals")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))


def good(signal: str, summary: Message, *evidence: Evidence) -> Finding:
    """The signal's question is answered with yes."""
    return Finding(signal=signal, verdict="good", grade=1.0, summary=summary, evidence=evidence[:MOST_EVIDENCE])


def bad(signal: str, summary: Message, *evidence: Evidence, grade: float = 0.0, remedy: Message) -> Finding:
    """The answer is no, or only in part: `grade` of it, from 0 to below 1."""
    return Finding(
        signal=signal,
        verdict="bad",
        grade=grade,
        summary=summary,
        evidence=evidence[:MOST_EVIDENCE],
        remedy=remedy,
    )


def unknown(signal: str, reason: Message, *evidence: Evidence) -> Finding:
    """It could not be found out, for this reason."""
    return Finding(signal=signal, verdict="unknown", summary=reason, evidence=evidence[:MOST_EVIDENCE])


def not_applicable(signal: str, reason: Message, *evidence: Evidence) -> Finding:
    """The question makes no sense for this repository, for this reason."""
    return Finding(signal=signal, verdict="n/a", summary=reason, evidence=evidence[:MOST_EVIDENCE])
