"""LazyConfig of detectron2: `model = L(GeneralizedRCNN)(backbone=L(FPN)(…))`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import Registration

_LAZY = ("LazyCall",)


def visit(module: Module) -> Iterator[Registration]:
    """Each class that a lazy configuration calls."""
    if not any(name.rpartition(".")[2] in _LAZY for name in module.names.values()):
        return
    for call in module.of(ast.Call):
        dotted = module.dotted(call.func) or ""
        if dotted.rpartition(".")[2] in _LAZY and call.args:
            made = module.dotted(call.args[0])
            if made:
                yield Registration(
                    name=made.rpartition(".")[2], registry="LazyConfig", dotted=made, at=module.at(call), own_only=True
                )
