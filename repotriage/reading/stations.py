"""The stations of the reading order: where data are read, the model is defined, the loss made, weights updated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal, cast, get_args

from repotriage.data import table
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.location import Location
from repotriage.models.reading import EntryPoint, Registered, Station
from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import is_class_name
from repotriage.reading.roles import words
from repotriage.reading.symbols import SymbolTable

Kind = Literal[
    "evaluation",
    "data",
    "transforms",
    "model",
    "forward",
    "loss",
    "backward",
    "update",
    "metrics",
    "checkpoint",
    "visualisation",
    "logging",
]
Phase = Literal["train", "evaluate", "both"]

# The guide: evaluation first, then what goes in, the model, both ways through it, the loss, the update, what comes out.
READING_ORDER: tuple[Kind, ...] = (
    "evaluation",
    "data",
    "transforms",
    "model",
    "forward",
    "backward",
    "loss",
    "update",
    "metrics",
    "checkpoint",
    "visualisation",
    "logging",
)
_SHOWN = 4  # places of one kind
_SHOWN_PER_FILE = 2
_KEPT_PER_FILE = 3  # sights of one kind and phase in one file
_NEAR = {0: 8.0, 1: 6.0, 2: 4.0, 3: 3.0}  # what the number of imports from an entry point is worth
_FAR, _UNREACHED = 1.0, -4.0
_SAME_PACKAGE = -1.0  # not reached, but of a package that is: loaded by its registries
_SHORT = 6  # lines of a method that cannot evaluate anything by itself
_SPREAD = 11.0  # how far behind the best place of its kind a place may be
_SURE, _WEAK = 4.0, 2.0  # weak signs of some kinds are told only where there are no sure ones
_OFTEN_WEAK: frozenset[Kind] = frozenset({"evaluation", "logging"})
_OF_BUILT: frozenset[Kind] = frozenset({"model", "forward", "loss", "data", "metrics"})
_NO_PACKAGES = frozenset({"tools", "scripts", "bin", "examples", "configs", "demo", "projects"})
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|docs?|third[_-]?party|external|vendor|\.github|benchmarks?|scripts?|legacy|deprecated|demos?|deploy\w*|export"
    r"|tutorials?|notebooks?)/|(?:^|/)(?:setup|conftest|test_\w+|\w+_test|hubconf)\.py$"
    r"|(?:^|/)\w*(?:profil|flops|onnx|export|convert|grad_?cam)\w*\.py$|(?:^|/)analysis\.py$"
    r"|(?:^|/)tools/\w*(?:analy|deploy|convert|visuali|misc)\w*/",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?:^|/)tests?/|(?:^|/)(?:conftest|test_\w+|\w+_test)\.py$")
_TRAINS = frozenset({"train", "training", "pretrain", "pretraining", "finetune", "finetuning", "fit"})
_EVALUATES = frozenset(
    {"eval", "evaluate", "evaluation", "evaluator", "val", "valid", "validate", "validation", "test", "testing"}
    | {"infer", "inference", "predict", "prediction"}
)
_MODEL_NAME = re.compile(
    r"(?:self\.)?(?:model|model_?[A-Z0-9]\w?|\w*_model|net|network|net_?[A-Z]|backbone|classifier|generator|discriminator|encoder|decoder"
    r"|unet|policy|actor|critic|student|teacher)"
)
_LOSS_NAME = re.compile(
    r"(?:self\.)?(?!loss_(?:scaler|meter|weight|scale|log|avg|hist))(?:\w+_)?(?:criterion\w*|loss_f(?:n|unc\w*)|loss|loss_(?!\w*(?:weight|kwargs|args|cfg|config|name|predict))\w+)",
    re.IGNORECASE,
)
_METRIC_NAME = re.compile(
    r"(?:\w+_)?(?:acc|accuracy|accuracies|miou|psnr|ssim|f1|auc|bleu|mse|mae|rmse)(?:_score)?", re.IGNORECASE
)
_DATA_NAME = re.compile(
    r"data|loader|corpus|reader|generator|sequence|batch|memory|replay|buffer|pairs|images", re.IGNORECASE
)
_CHECKPOINT_CLASS = re.compile(r"Checkpoint(?:er|s|Hook|Manager|Saver|IO|Callback)?$")
_LOSS_CLASS = re.compile(r"Loss|Criterion")
_PART = re.compile(
    r"Block|Layer|Conv|Attention|Norm|Embed|Head|Pool|Act|Unit|Bottleneck|Wrapper|M[lL][pP]|Linear|Drop|Gate|Stem"
    r"|Swish|ReLU|GELU|Identity|Shift|Flatten|Interpolat|Upsample|Downsample|Positional|EMA|Ema|Sequential"
)
_METRIC_CLASS = re.compile(r"(?:Metrics?|Evaluator|Evaluation|Scorer)(?:Base)?$")
_OPTIMIZER = re.compile(r"optim|^opt(?:_\w+|im\w*|s)?$|\bopt\b|scaler|solver", re.IGNORECASE)
_TRAINER = re.compile(r"trainer|learner|runner|model$", re.IGNORECASE)
_EVALUATORS = re.compile(r"trainer|learner|runner|estimator|model$", re.IGNORECASE)
_FITS = {  # methods that train as a whole, and what they are called on
    "fit": _TRAINER,
    "fit_generator": _TRAINER,
    "train_on_batch": _TRAINER,
    "train": re.compile(r"trainer$|runner$|estimator$", re.IGNORECASE),
}
_HOST_OF_MODEL = re.compile(r"(?:self\.)?(?:model|net|network)", re.IGNORECASE)


class Sight(Frozen):
    """One place that may be a station; `callee` is the dotted name that a model is built by."""

    kind: Kind
    symbol: str
    at: Location
    phase: Phase
    weight: float
    why: Message
    callee: str | None = None


@cache
def _calls() -> dict[str, tuple[tuple[Kind, float], ...]]:
    """What each dotted name or `.method` shows."""
    found: dict[str, list[tuple[Kind, float]]] = {}
    for row in table("stations")["call"]:
        for name in row["names"]:
            found.setdefault(name, []).append((row["kind"], float(row["weight"])))
    return {name: tuple(kinds) for name, kinds in found.items()}


@cache
def _bases() -> dict[str, Kind]:
    rows: Sequence[dict[str, Any]] = table("stations")["base"]
    return {name: cast("Kind", row.get("kind", "model")) for row in rows for name in row["names"]}


@cache
def _named() -> tuple[tuple[Kind, float, re.Pattern[str]], ...]:
    return tuple((row["kind"], float(row["weight"]), re.compile(row["pattern"])) for row in table("stations")["name"])


@cache
def _kind_of_name(name: str) -> tuple[Kind, float] | None:
    low = name.lower().lstrip("_")
    return next(((kind, weight) for kind, weight, pattern in _named() if pattern.fullmatch(low)), None)


def sights(module: Module) -> Iterator[Sight]:
    """The best places of one file, at most three of each kind and phase."""
    kept: dict[tuple[Kind, Phase], list[Sight]] = {}
    for one in _of_module(module):
        kept.setdefault((one.kind, one.phase), []).append(one)
    for group in kept.values():
        group.sort(key=lambda one: (-one.weight, one.at.line or 0))
        yield from group[:_KEPT_PER_FILE]


def _of_module(module: Module) -> Iterator[Sight]:
    yield from _of_calls(module)
    yield from _of_assignments(module)
    yield from _of_forward_calls(module)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *module.of(ast.FunctionDef),
        *module.of(ast.AsyncFunctionDef),
    ]
    for function in functions:
        yield from _of_function(module, function)
    for node in module.of(ast.ClassDef):
        yield from _of_class(module, node)


def _of_calls(module: Module) -> Iterator[Sight]:
    known = _calls()
    for call in module.of(ast.Call):
        function = call.func
        dotted = module.dotted(function)
        shown = known.get(dotted) if dotted else None
        name = dotted or ""
        if shown is None and isinstance(function, ast.Attribute):
            method = function.attr
            name = f"{_owner(module, function)}.{method}".lstrip(".")
            shown = known.get(f".{method}")
            if method == "gradient" and "tape" not in name.lower():
                shown = None
            elif method == "step" and _OPTIMIZER.search(name.rpartition(".")[0]):
                shown = (("update", 7.0),)
            elif method in _FITS and _FITS[method].search(name.rpartition(".")[0]):
                shown = (("update", 4.0), ("backward", 2.0))
            elif method in ("evaluate", "validate", "test") and _EVALUATORS.search(name.rpartition(".")[0]):
                shown = (("evaluation", 4.0),)
            elif method == "eval" and not call.args and _HOST_OF_MODEL.search(name):
                shown = (("evaluation", 2.0),)
        for kind, weight in shown or ():
            phase: Phase = "train" if kind in ("backward", "update") else _phase(module, call)
            if kind == "evaluation":
                phase = "evaluate"
            if kind == "checkpoint" and phase == "evaluate" and name.rpartition(".")[2].startswith("save"):
                weight -= 4  # of predictions and features, as a rule
            yield _sight(module, call, kind, name, weight, phase, msg("calls {name}", name=name[:120]))


def _owner(module: Module, function: ast.Attribute) -> str:
    """What a method is called on, in short: `self.scaler.scale(loss)` is `scale`."""
    value = function.value
    if isinstance(value, ast.Call):
        value = value.func
    dotted = module.dotted(value)
    if dotted:
        return dotted
    return value.attr if isinstance(value, ast.Attribute) else ""


def _of_forward_calls(module: Module) -> Iterator[Sight]:
    """`[classifier(x) for x in batches]`, `return model(x)`: the model is run without a name for what it gives."""
    for call in module.of(ast.Call):
        if call.args and isinstance(
            module.parent(call), ast.List | ast.ListComp | ast.Return | ast.Tuple | ast.Subscript
        ):
            callee = module.dotted(call.func) or ""
            if _MODEL_NAME.fullmatch(callee):
                yield _sight(
                    module,
                    call,
                    "forward",
                    callee,
                    3.5,
                    _phase(module, call),
                    msg("runs {name} on its input", name=callee),
                )


def _of_assignments(module: Module) -> Iterator[Sight]:
    for node in module.of(ast.Assign):
        name = _target(node)
        if name is not None and isinstance(node.value, ast.Call | ast.BinOp) and _METRIC_NAME.fullmatch(name):
            made = module.dotted(node.value.func) if isinstance(node.value, ast.Call) else None
            if not (made or "").endswith(("Meter", "float", "int", "list", "zeros")):
                yield _sight(module, node, "metrics", name, 2.5, _phase(module, node), msg("makes {name}", name=name))
        if not isinstance(node.value, ast.Call):
            if isinstance(node.value, ast.BinOp) and (target := _target(node)) and _LOSS_NAME.fullmatch(target):
                yield _sight(
                    module, node, "loss", target, 4.5, _phase(module, node), msg("puts {name} together", name=target)
                )
            continue
        target = _target(node)
        if target is None:
            continue
        callee = module.dotted(node.value.func) or ""
        last = callee.rpartition(".")[2]
        if _MODEL_NAME.fullmatch(target):
            if last == "from_pretrained" or is_class_name(last) or (_kind_of_name(last) or ("", 0))[0] == "model":
                if last.endswith("DataParallel") or callee.startswith(("torch.compile", "copy.")):
                    continue  # wraps a model that was built before
                yield _sight(
                    module, node, "model", last, 5.0, _phase(module, node),
                    msg("{name} is built here", name=target), callee=callee,
                )  # fmt: skip
        elif (
            _LOSS_NAME.fullmatch(target)
            and not target.isupper()
            and last not in ("item", "AverageMeter", "detach", "mean", "float")
        ):
            criterion = not target.lower().endswith("loss")
            weight = 5.0 if criterion else 4.0
            yield _sight(module, node, "loss", target, weight, _phase(module, node), msg("makes {name}", name=target))
        if _MODEL_NAME.fullmatch(callee) and node.value.args and not _MODEL_NAME.fullmatch(target):
            yield _sight(
                module, node, "forward", callee, 4.0, _phase(module, node), msg("runs {name} on its input", name=callee)
            )


def _target(node: ast.Assign) -> str | None:
    target = node.targets[0]
    if isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        return f"self.{target.attr}"
    return None


def _of_function(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Sight]:
    parent = module.parent(function)
    if isinstance(parent, ast.ClassDef) and function.name == "forward":
        return  # with its class
    kind_and_weight = _kind_of_name(function.name)
    if kind_and_weight is None:
        return
    kind, weight = kind_and_weight
    lines = (function.end_lineno or function.lineno) - function.lineno
    if lines < 2:
        weight -= 3
    if isinstance(parent, ast.ClassDef) and kind != "evaluation":
        weight -= 1.5  # a function that others call says more
    if function.name.startswith("_"):
        weight -= 1
    if function.name == "validate" and lines < _SHORT and isinstance(parent, ast.ClassDef):
        return  # a class that checks its own fields
    symbol = f"{parent.name}.{function.name}" if isinstance(parent, ast.ClassDef) else function.name
    phase: Phase = "evaluate" if kind == "evaluation" else _phase(module, function)
    yield _sight(
        module, function, kind, symbol, weight + min(lines, 60) / 40, phase, msg("defines {name}", name=symbol)
    )


def _of_class(module: Module, node: ast.ClassDef) -> Iterator[Sight]:
    bases = [module.dotted(base) or "" for base in node.bases]
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    kind = next((_bases()[base] for base in bases if base in _bases()), None)
    forward = methods.get("forward") or (methods.get("call") or methods.get("__call__") if kind == "model" else None)
    lines = (node.end_lineno or node.lineno) - node.lineno
    size = min(lines, 160) / 40
    listed = "__getitem__" in methods and "__len__" in methods
    if kind == "data" or (listed and _DATA_NAME.search(f"{node.name} {' '.join(bases)} {module.path}")):
        yield _sight(
            module, node, "data", node.name, 5 + size / 2, _phase(module, node), msg("defines {name}", name=node.name)
        )
        return
    if _LOSS_CLASS.search(node.name) and (kind == "model" or forward or "__call__" in methods):
        yield _sight(module, node, "loss", node.name, 6.0, "both", msg("defines {name}", name=node.name))
        return
    if _CHECKPOINT_CLASS.search(node.name):
        yield _sight(module, node, "checkpoint", node.name, 6.0, "both", msg("defines {name}", name=node.name))
        return
    if _METRIC_CLASS.search(node.name):
        yield _sight(module, node, "metrics", node.name, 5.0, "evaluate", msg("defines {name}", name=node.name))
        return
    if kind != "model" and not (forward and "__init__" in methods):
        return
    weight = 3 + size - (3 if _PART.search(node.name) else 0)
    yield _sight(module, node, "model", node.name, weight, "both", msg("defines {name}", name=node.name))
    if forward is not None:
        symbol = f"{node.name}.{forward.name}"
        yield _sight(module, forward, "forward", symbol, weight, "both", msg("defines {name}", name=symbol))


def _sight(
    module: Module,
    node: ast.expr | ast.stmt,
    kind: Kind,
    symbol: str,
    weight: float,
    phase: Phase,
    why: Message,
    callee: str | None = None,
) -> Sight:
    return Sight(kind=kind, symbol=symbol[:160], at=module.at(node), phase=phase, weight=weight, why=why, callee=callee)


def _phase(module: Module, node: ast.AST) -> Phase:
    """Training or evaluation, by the names around `node`: its target, its function, its class, its file."""
    current: ast.AST | None = node
    while current is not None:
        name = ""
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = current.name
        elif isinstance(current, ast.Assign):
            name = (_target(current) or "").removeprefix("self.")
        phase = _phase_of(name) if name else None
        if phase is not None:
            return phase
        current = module.parent(current)
    return _phase_of(module.path.rpartition("/")[2].rpartition(".")[0]) or "both"


@cache
def _phase_of(name: str) -> Phase | None:
    for word in words(name):
        low = word.lower()
        if low in _TRAINS:
            return "train"
        if low in _EVALUATES:
            return "evaluate"
    return None


def stations(
    found: Sequence[Sight],
    entries: Sequence[EntryPoint],
    names: SymbolTable,
    asked: Sequence[Registered] = (),
) -> tuple[Station, ...]:
    """The best places of each kind, in reading order: those that the main entry points import come first.

    `asked` is what their configurations ask for by name: its files belong to them, too.
    """
    starts = [entry.path for entry in entries if entry.rank == 1 and entry.role in ("train", "evaluate")]
    by_name = [one.makes_at or one.at for one in asked]
    distance = names.reached(starts)
    for path, hops in names.reached([at.path for at in by_name]).items():
        distance[path] = min(distance.get(path, 99), hops + 1)
    built = _built(found, distance, names)
    built |= {(at.path, one.makes or one.symbol): 6.0 for at, one in zip(by_name, asked, strict=True)}
    packages = {path.partition("/")[0] for path in distance if "/" in path} - _NO_PACKAGES
    found = [*(one for one in found if not _TESTS.search(one.at.path)), *_unseen(found, distance, names)]
    found += [_of_data(one) for one in asked if one.symbol.endswith("Dataset")]
    best: list[Station] = []
    for kind in READING_ORDER:
        ranked = [
            (
                one.weight
                + _near(one.at.path, distance, packages)
                + (built.get((one.at.path, one.symbol.partition(".")[0]), 0.0) if kind in _OF_BUILT else 0.0),
                one,
            )
            for one in found
            if one.kind == kind
        ]
        ranked.sort(key=lambda pair: (-pair[0], pair[1].at.path, pair[1].at.line or 0))
        top = ranked[0][0] if ranked else 0.0
        sure = any(one.weight >= _SURE for value, one in ranked if value > 0)
        best += [
            _station(one)
            for one in _choose(
                one
                for value, one in ranked
                if value > 0 and value >= top - _SPREAD and not (sure and kind in _OFTEN_WEAK and one.weight <= _WEAK)
            )
        ]
    return tuple(best)


def _built(found: Sequence[Sight], distance: dict[str, int], names: SymbolTable) -> dict[tuple[str, str], float]:
    """(file, name) of the classes and functions that entry points build models by, and what that is worth."""
    worth: dict[tuple[str, str], float] = {}
    for one in found:
        if one.callee is None or distance.get(one.at.path, 9) > 2:
            continue
        target = names.definition(one.at.path, one.callee)
        if target is not None:
            worth[target[1].path, target[0]] = 6.0
    return worth


def _of_data(one: Registered) -> Sight:
    """A dataset that a configuration asks for; its base class may be of another package."""
    why = msg("defines {name}", name=one.symbol)
    return Sight(kind="data", symbol=one.symbol, at=one.at, phase="both", weight=6.0, why=why)


def _unseen(found: Sequence[Sight], distance: dict[str, int], names: SymbolTable) -> Iterator[Sight]:
    """Classes that are built as models though nothing else shows that they are: TensorFlow 1, plain classes."""
    seen = {(one.at.path, one.at.line) for one in found}
    for one in found:
        if one.callee is None or distance.get(one.at.path, 9) > 1:
            continue
        target = names.definition(one.at.path, one.callee)
        if target is None or target[0] != one.callee.rpartition(".")[2]:
            continue
        if names.is_class(target[1], target[0]) and (target[1].path, target[1].line) not in seen:
            seen.add((target[1].path, target[1].line))
            why = msg("defines {name}", name=target[0])
            yield Sight(kind="model", symbol=target[0], at=target[1], phase="both", weight=4.0, why=why)


def _near(path: str, distance: dict[str, int], packages: set[str]) -> float:
    if path in distance:
        near = _NEAR.get(distance[path], _FAR)
    else:
        near = _SAME_PACKAGE if path.partition("/")[0] in packages else _UNREACHED
    return near - (8.0 if _ASIDE.search(path) and distance.get(path) != 0 else 0.0)


def _choose(ranked: Iterator[Sight]) -> Iterator[Sight]:
    """At most four, and at most two of one file."""
    count = 0
    per_file: dict[str, int] = {}
    seen: set[tuple[str, int | str | None, str]] = set()
    for one in ranked:
        places: set[tuple[str, int | str | None, str]] = {
            (one.at.path, one.at.line, ""),
            (one.at.path, one.symbol, one.phase),
        }
        if count >= _SHOWN or per_file.get(one.at.path, 0) >= _SHOWN_PER_FILE or places & seen:
            continue
        seen |= places
        per_file[one.at.path] = per_file.get(one.at.path, 0) + 1
        count += 1
        yield one


def _station(one: Sight) -> Station:
    return Station(kind=one.kind, at=one.at, symbol=one.symbol, phase=one.phase, why=one.why)


assert set(READING_ORDER) == set(get_args(Kind))  # noqa: S101 # each kind has its place in the order
