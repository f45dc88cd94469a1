"""Python × wheels of the framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version
from pydantic import HttpUrl

from repotriage.compat.knowledge import jaxlib_wheels, tensorflow_release
from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown
from repotriage.models.base import msg
from repotriage.models.host import CheckItem

_TENSORFLOW = ("tensorflow", "tensorflow-gpu", "tensorflow-cpu")


@rule
def framework_wheels(case: Case) -> Iterator[CheckItem]:
    """The framework has wheels for the Python of the environment."""
    if case.python is None:
        return
    if "torch" in case.pins:
        row = case.torch
        yield _item(case, "torch", None if row is None else row.python, None if row is None else row.source)
    for name in _TENSORFLOW:
        if name in case.pins:
            tf = tensorflow_release(case.pins[name])
            yield _item(case, name, None if tf is None else tf.python, None if tf is None else tf.source)
    if "jaxlib" in case.pins:
        jax = jaxlib_wheels(case.pins["jaxlib"])
        yield _item(case, "jaxlib", None if jax is None else jax.python, None if jax is None else jax.source)


def _item(case: Case, name: str, pythons: Sequence[str] | None, source: HttpUrl | None) -> CheckItem:
    version = case.pins[name]
    if pythons is None:
        return unknown("framework-wheels", msg("{name} {version} is not in the tables", name=name, version=version))
    if case.python in pythons:
        summary = msg("{name} {version} has wheels for Python {python}", name=name, version=version, python=case.python)
        return ok("framework-wheels", summary, source)
    listed = sorted(pythons, key=Version)
    return fail(
        "framework-wheels",
        msg("{name} {version} has no wheel for Python {python}", name=name, version=version, python=case.python),
        msg("use Python {pythons}", pythons=", ".join(listed)),
        source,
    )
