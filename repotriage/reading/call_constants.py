"""Numbers that the code hands to its own functions by name, or keeps as a setting: `T=0.5`, `self.wd = 0.02 * lr`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from repotriage.models.reading import Hyperparameter
from repotriage.parsing.python import Module

_MAX_PER_FILE = 40
_SETTING = re.compile(
    r"lr|learning_rate|wd|weight_decay|momentum|alpha|beta\d?|gamma|tau|temperature|temp|lam|lambda_?\w*|ema(?:_decay)?|decay"
    r"|dropout|eps|epsilon|margin|threshold|warmup\w*|batch_size|num_epochs|epochs|max_steps",
    re.IGNORECASE,
)


def _kept(module: Module) -> Iterator[Hyperparameter]:
    """`self.wd = 0.02 * args.lr`: a number, alone or as a factor, that an object keeps under a setting's name."""
    for node in module.of(ast.Assign):
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name) or target.value.id != "self":
            continue
        if not _SETTING.fullmatch(target.attr):
            continue
        sides = [value.left, value.right] if isinstance(value, ast.BinOp) else [value]
        numbers = [one.value for one in sides if isinstance(one, ast.Constant)]
        if any(isinstance(one, int | float) and not isinstance(one, bool) and one not in (0, 1) for one in numbers):
            text = ast.unparse(value)[:120]
            yield Hyperparameter(name=target.attr, value=text, source="constant", at=module.at(node))


def call_constants(module: Module) -> Iterator[Hyperparameter]:
    """Numbers given to parameters without a default, of functions that the same file defines; settings of objects.

    Such a number can be changed nowhere else, so it is a setting of the method.
    """
    yield from islice(_kept(module), _MAX_PER_FILE)
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
