"""How a signal is made known, and how all of them are found."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from repotriage.models.base import Message
from repotriage.models.finding import Family, Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study

_REGISTRY: dict[str, Signal] = {}


@dataclass(frozen=True, slots=True)
class Signal:
    """A named question about a repository.

    `weight` is relative to the other signals of its family; a profile may override it.
    """

    name: str
    family: Family
    weight: float
    title: str
    why: str
    run: Callable[[Study], Finding]


def signal(
    *, family: Family, weight: float = 1.0
) -> Callable[[Callable[[Study], Finding]], Callable[[Study], Finding]]:
    """Register a function as the signal that bears its name (`_` becomes `-`)."""

    def register(run: Callable[[Study], Finding]) -> Callable[[Study], Finding]:
        name = run.__name__.replace("_", "-")
        title, _, why = inspect.cleandoc(run.__doc__ or "").partition("\n\n")
        if not title or not why:
            raise ValueError(f"signal {name}: its docstring needs a title and a reason")
        if name in _REGISTRY:
            raise ValueError(f"signal {name} is there twice")
        _REGISTRY[name] = Signal(name, family, weight, " ".join(title.split()), why.strip(), run)
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
    return Finding(signal=signal, verdict="good", grade=1.0, summary=summary, evidence=evidence)


def bad(signal: str, summary: Message, *evidence: Evidence, grade: float = 0.0, remedy: Message) -> Finding:
    """The answer is no, or only in part: `grade` of it, from 0 to below 1."""
    return Finding(signal=signal, verdict="bad", grade=grade, summary=summary, evidence=evidence, remedy=remedy)


def unknown(signal: str, reason: Message, *evidence: Evidence) -> Finding:
    """It could not be found out, for this reason."""
    return Finding(signal=signal, verdict="unknown", summary=reason, evidence=evidence)


def not_applicable(signal: str, reason: Message, *evidence: Evidence) -> Finding:
    """The question makes no sense for this repository, for this reason."""
    return Finding(signal=signal, verdict="n/a", summary=reason, evidence=evidence)
