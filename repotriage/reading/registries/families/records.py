"""Objects that hold a name and a class and are put in a registry: `Info(name="lion", opt_class=Lion)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    is_class_name,
    keyword,
    maker,
    says_class,
    text_of,
)

_NAMES = ("name", "key", "id", "names")


@lru_cache(maxsize=20_000)
def _holds(called: str) -> bool:
    return called == "dict" or is_class_name(called)


def visit(module: Module) -> Iterator[Registration]:
    """Calls of a class, or of `dict`, that are given a name and a class."""
    for call, called in module.calls():
        if called is None or not _holds(called) or (not call.keywords and len(call.args) < 2):
            continue
        name = next((text for one in _NAMES if (text := text_of(keyword(call, one)))), None)
        given = [one.value for one in call.keywords if one.arg and says_class(one.arg)]
        if name is None and call.args and called != "dict":
            name, given = text_of(call.args[0]), [*call.args[1:3], *given]
        for value in given if name else ():
            made = None if isinstance(value, ast.Lambda) else maker(module, value)
            if name and made is not None:
                yield Registration(
                    name=name,
                    registry=called.rpartition(".")[2],
                    dotted=made,
                    at=module.at(call),
                    owner=called,
                    own_only=not is_class_name(made),
                )
