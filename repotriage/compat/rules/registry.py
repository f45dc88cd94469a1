"""What a compatibility rule is given, how it is made known, and how all of them are asked."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from packaging.version import InvalidVersion, Version

from repotriage.compat.extensions import own_extension
from repotriage.compat.knowledge import TorchRelease, compute_capability_of, torch_release
from repotriage.models.base import Frozen, Message
from repotriage.models.host import CheckItem, Gpu, Host
from repotriage.models.solution import Attempt, Environment
from repotriage.models.study import Study


class Case(Frozen):
    """A machine and, where they are known, the repository that is to run on it and its environment."""

    host: Host
    study: Study | None = None
    environment: Environment | None = None

    @cached_property
    def attempt(self) -> Attempt | None:
        """The best solution, if it has any packages."""
        best = None if self.environment is None else self.environment.best
        return best if best is not None and best.pins else None

    @cached_property
    def pins(self) -> Mapping[str, str]:
        """Public versions by canonical name."""
        return {} if self.attempt is None else {pin.name: pin.version for pin in self.attempt.pins}

    @cached_property
    def python(self) -> str | None:
        """The Python of the solution, such as `3.8`."""
        return None if self.attempt is None else self.attempt.candidate.python

    @cached_property
    def torch(self) -> TorchRelease | None:
        """The torch release of the solution."""
        return torch_release(self.pins["torch"]) if "torch" in self.pins else None

    @cached_property
    def build(self) -> str | None:
        """The CUDA build of torch: `cu118`, `cpu`; None where there is none or it is not known."""
        if self.attempt is None or self.torch is None:
            return None
        local = next((pin.local for pin in self.attempt.pins if pin.name == "torch"), None)
        if local or self.attempt.candidate.build:
            return local or self.attempt.candidate.build
        return self.torch.pypi_build if (self.host.os, self.host.arch) == ("linux", "x86_64") else None

    @cached_property
    def gpus(self) -> tuple[Gpu, ...]:
        """The NVIDIA GPUs of the machine."""
        return tuple(gpu for gpu in self.host.gpus or () if gpu.vendor == "nvidia")

    @cached_property
    def imports(self) -> frozenset[str]:
        """The top-level modules that the code imports."""
        found = () if self.study is None else self.study.dependencies.imports
        return frozenset(module.module for module in found)

    @cached_property
    def extension(self) -> str | None:
        """The file or package for which CUDA code is compiled on this machine, if any."""
        own = None if self.study is None else own_extension(self.study)
        if own is not None:
            return own
        steps = () if self.environment is None else self.environment.steps
        return next((step.name for step in steps if step.needs_cuda), None)


def capability_of(gpu: Gpu) -> str | None:
    """The compute capability that the driver tells, else that of the table."""
    if version_of(gpu.compute_capability) is not None:
        return gpu.compute_capability
    row = compute_capability_of(gpu.name)
    return None if row is None else row.compute_capability


def version_of(text: str | None) -> Version | None:
    """A version as a machine tells it, or None for what is none."""
    try:
        return None if text is None else Version(text)
    except InvalidVersion:
        return None


Judge = Callable[[Case], Iterable[CheckItem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A question about a machine; `title` is what is held against each other."""

    name: str
    title: str
    run: Judge


_REGISTRY: dict[str, Rule] = {}


def rule(run: Judge) -> Judge:
    """Register a function as the rule that bears its name; the first line of its docstring is the title."""
    name = run.__name__.replace("_", "-")
    if name in _REGISTRY:
        raise ValueError(f"rule {name} is there twice")
    _REGISTRY[name] = Rule(name, inspect.cleandoc(run.__doc__ or "").partition("\n")[0], run)
    return run


def all_rules() -> tuple[Rule, ...]:
    """Every rule of this package, sorted by name."""
    package = importlib.import_module("repotriage.compat.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))


def check(case: Case) -> tuple[CheckItem, ...]:
    """What every rule says of a case; a rule that does not apply says nothing."""
    return tuple(item for one in all_rules() for item in one.run(case))


def ok(name: str, summary: Message, source: object = None) -> CheckItem:
    """It fits."""
    return CheckItem(name=name, state="ok", summary=summary, source=_text(source))


def warning(name: str, summary: Message, remedy: Message, source: object = None) -> CheckItem:
    """It may fail, or in part."""
    return CheckItem(name=name, state="warning", summary=summary, remedy=remedy, source=_text(source))


def fail(name: str, summary: Message, remedy: Message, source: object = None) -> CheckItem:
    """It will fail."""
    return CheckItem(name=name, state="fail", summary=summary, remedy=remedy, source=_text(source))


def unknown(name: str, reason: Message, remedy: Message | None = None, source: object = None) -> CheckItem:
    """It could not be found out, for this reason."""
    return CheckItem(name=name, state="unknown", summary=reason, remedy=remedy, source=_text(source))


def _text(source: object) -> str | None:
    return None if source is None else str(source)
