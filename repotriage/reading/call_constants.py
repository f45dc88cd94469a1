"""Numbers that only the code gives: to its own functions by name (`T=0.5`), to optimizers, kept by objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from repotriage.data import table
from repotriage.models.reading import Hyperparameter
from repotriage.parsing.python import Module
from repotriage.reading.hyperparameters import value_of
from repotriage.reading.python_files import main_guard
from repotriage.reading.roles import role_of_name

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


_OPTIMIZERS = re.compile(
    r"(?:torch\.optim|apex\.optimizers|timm\.optim|(?:tensorflow\.)?keras\.optimizers|tensorflow\.(?:compat\.v1\.)?train|optax"
    r"|transformers\.optimization|bitsandbytes\.optim)\.(?:\w+\.)*\w+"
)
_OF_OPTIMIZER = frozenset(
    {
        "lr",
        "learning_rate",
        "momentum",
        "weight_decay",
        "betas",
        "beta1",
        "beta2",
        "b1",
        "b2",
        "eps",
        "epsilon",
        "nesterov",
    }
    | {"alpha", "gamma", "milestones", "step_size", "decay_steps", "decay_rate", "rho", "amsgrad"}
)
_VIEWS = re.compile(
    r"(?i:transform|crop|view|augment|sample)\w*(?:Twice|Thrice)|(?:Two|Three|Double|Triple)(?:Crops?|Views?|Transforms?|Aug\w*)\w*"
)
_MANY = (("Thrice", "3"), ("Three", "3"), ("Triple", "3"), ("Twice", "2"), ("Two", "2"), ("Double", "2"))


@lru_cache(maxsize=20_000)
def _is_optimizer(dotted: str) -> bool:
    return _OPTIMIZERS.fullmatch(dotted) is not None


@cache
def _configurations() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in table("library_settings")["call"]))


@lru_cache(maxsize=20_000)
def _configures(dotted: str) -> bool:
    """Whether a call makes a library's own configuration: every number and text in it is a setting."""
    return _configurations().fullmatch(dotted) is not None


def _of_libraries(module: Module) -> Iterator[Hyperparameter]:
    """`LoraConfig(r=8, lora_alpha=16)`: what the code gives to a library's own configuration."""
    for call, dotted in module.calls():
        if not call.keywords or dotted is None or not _configures(dotted):
            continue
        for one in call.keywords:
            value = value_of(one.value)
            if one.arg is not None and one.arg not in _OF_OPTIMIZER and value is not None and value != "None":
                yield Hyperparameter(name=one.arg, value=value, source="constant", at=module.at(one.value))


def _of_optimizers(module: Module) -> Iterator[Hyperparameter]:
    """`torch.optim.SGD(params, lr=args.lr, momentum=0.9)`: what no option can change."""
    for call, dotted in module.calls():
        if not call.keywords or dotted is None or not _is_optimizer(dotted):
            continue
        for one in call.keywords:
            if one.arg in _OF_OPTIMIZER and not isinstance(one.value, ast.Name | ast.Attribute):
                value = value_of(one.value)
                if value is not None:
                    yield Hyperparameter(name=one.arg, value=value, source="constant", at=module.at(one.value))


def _views(module: Module) -> Iterator[Hyperparameter]:
    """`class TransformTwice`: how many augmented copies of an input are made, which no number says."""
    for node in module.of(ast.ClassDef):
        if _VIEWS.search(node.name):
            many = next(number for word, number in _MANY if word in node.name)
            text = "augmented copies of one input (K), by the class " + node.name
            yield Hyperparameter(name="views", value=many, source="constant", at=module.at(node), help=text)


def _of_script(module: Module) -> Iterator[Hyperparameter]:
    """Numbers that methods of a script's own classes take as defaults: `def model(self, x, warmup_kimg=1024)`."""
    if main_guard(module) is None:
        return
    given: dict[str, set[str | None]] = {}
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Name):
            given.setdefault(call.func.id, set()).update(one.arg for one in call.keywords)
    for function in module.of(ast.FunctionDef):
        trains = role_of_name(function.name) == "train"  # then each number that no call gives is a setting
        arguments = [*function.args.posonlyargs, *function.args.args]
        pairs = zip(arguments[len(arguments) - len(function.args.defaults) :], function.args.defaults, strict=True)
        for argument, default in pairs:
            number = isinstance(default, ast.Constant) and isinstance(default.value, int | float)
            number = number and not isinstance(getattr(default, "value", None), bool)
            ours = trains and function.name in given and argument.arg not in given[function.name]
            if number and (ours or _SETTING.fullmatch(argument.arg)):
                yield Hyperparameter(
                    name=argument.arg, value=value_of(default), source="constant", at=module.at(default)
                )


def call_constants(module: Module) -> Iterator[Hyperparameter]:
    """Numbers given to parameters without a default, of functions that the same file defines; settings of objects.

    Such a number can be changed nowhere else, so it is a setting of the method.
    """
    yield from islice(_kept(module), _MAX_PER_FILE)
    yield from islice(_of_optimizers(module), _MAX_PER_FILE)
    yield from islice(_of_libraries(module), _MAX_PER_FILE)
    yield from islice(_views(module), _MAX_PER_FILE)
    yield from islice(_of_script(module), _MAX_PER_FILE)
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
