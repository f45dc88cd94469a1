"""Numbers that the code hands to its own functions by name: `guess_label(logits, T=0.5)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from repotriage.models.reading import Hyperparameter
from repotriage.parsing.python import Module

_MAX_PER_FILE = 40


def call_constants(module: Module) -> Iterator[Hyperparameter]:
    """Numbers given to parameters without a default, of functions that the same file defines.

    Such a number can be changed nowhere else, so it is a setting of the method.
    """
    needed: dict[str, set[str]] = {}
    for function in module.of(ast.FunctionDef):
        arguments = [*function.args.posonlyargs, *function.args.args]
        bare = {one.arg for one in arguments[: len(arguments) - len(function.args.defaults)]}
        bare |= {
            one.arg
            for one, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            if default is None
        }
        needed.setdefault(function.name, set()).update(bare)
    count = 0
    for call in module.of(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        own = isinstance(call.func, ast.Name) or (
            isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in ("self", "cls")
        )
        if not own or name not in needed:
            continue
        for keyword in call.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg in needed[name] and isinstance(value, int | float) and not isinstance(value, bool):
                yield Hyperparameter(
                    name=str(keyword.arg), value=repr(value), source="constant", at=module.at(keyword.value)
                )
                count += 1
                if count >= _MAX_PER_FILE:
                    return
