"""What one file shows of the guide's stations: calls, assignments, functions and classes, each with a weight."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from repotriage.data import table
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.location import Location
from repotriage.models.reading import Phase, StationKind
from repotriage.parsing.python import Module
from repotriage.reading.construction import constructor
from repotriage.reading.python_files import main_guard
from repotriage.reading.roles import words

WEAK = 2.0  # signs that are told only where a file has no surer ones
_KEPT_PER_FILE = 3  # sights of one kind and phase in one file
_SHORT = 6  # lines of a method that cannot evaluate anything by itself
_NESTED = 2.5  # what a function inside another one is worth less: nobody else can call it
_MAX_BASES = 5  # classes of one file that are followed from base to base
_TRAINS = frozenset({"train", "training", "pretrain", "pretraining", "finetune", "finetuning", "fit"})
_EVALUATES = frozenset(
    {"eval", "evaluate", "evaluation", "evaluator", "val", "valid", "validate", "validation", "test", "testing"}
    | {"infer", "inference", "predict", "prediction"}
)
_MODEL_NAME = re.compile(
    r"(?:self\.)?(?:model|model_def|net_def|model_?[A-Z0-9]\w?|\w*_model|net|network|net_?[A-Z]|backbone|classifier|generator|discriminator|encoder|decoder"
    r"|unet|policy|actor|critic|student|teacher|matcher|detector|segmentor|recogni[sz]er|transformer|vae|autoencoder|denoiser"
    r"|diffusion|agent|bert|lm|llm|gan)"
)
_LOSS_NAME = re.compile(
    r"(?:self\.)?(?!\w*for_loss$|loss_(?:scaler|meter|weight|scale|log|avg|hist|window|curve|track|record|list|sum)"
    r"|(?:avg|mean|total|best|running|epoch|val|log)_loss(?:es)?$)"
    r"(?:\w+_)?(?:criterion\w*|loss_f(?:n|unc\w*)|loss|loss_(?!\w*(?:weight|kwargs|args|cfg|config|name|predict|type|key|dict))\w+)",
    re.IGNORECASE,
)
_LOSS_OF_EPOCH = re.compile(r"(?:train|valid|validation|test|eval|tr|cv|dev)_loss(?:es)?", re.IGNORECASE)
_CRITERION = re.compile(r"criterion|loss_f(?:n|unc\w*)")
_MEASURED_LOSS = re.compile(r"(?:self\.)?(?:val|valid|validation|test|eval|dev)_", re.IGNORECASE)  # not trained by
_MAKES_LOSS = re.compile(r"loss|criterion|entropy|objective|\b(?:mse|bce|nll|ce)\b", re.IGNORECASE)
_TRANSFORMS_FILE = re.compile(r"(?:^|/)(?:data_?)?(?:aug(?:ment\w*)?|transforms?|preprocess\w*)\.py$", re.IGNORECASE)
_SUM_OF_LOSSES = re.compile(r"(?:self\.)?(?:total|overall|final)_loss(?:es)?", re.IGNORECASE)
_METRIC_NAME = re.compile(
    r"(?!best_)(?:\w+_)?(?:acc|accuracy|accuracies|miou|psnr|ssim|f1|auc|bleu|mse|mae|rmse)(?:_score)?", re.IGNORECASE
)
_DATA_NAME = re.compile(
    r"data|loader|corpus|reader|generator|sequence|batch|memory|replay|buffer|pairs|images", re.IGNORECASE
)
PART = re.compile(  # parts of models, by the names of their classes
    r"Block|Layer|Conv|Attention|Norm|Embed|Head|Pool|Act|Unit|Bottleneck|Wrapper|M[lL][pP]|Linear|Drop|Gate|Stem"
    r"|Swish|ReLU|GELU|Identity|Shift|Flatten|Interpolat|Upsample|Downsample|Positional|EMA|Ema|Sequential"
)
_OPTIMIZER = re.compile(r"optim|(?:^|[._])opt(?:_\w+|im\w*|s|\d|[A-Z])?$|scaler|solver|engine$", re.IGNORECASE)
_LOSS_OWNER = re.compile(
    r"loss|err|cost|objective|energy|scal|elbo|total|accelerator|engine|tape|fabric|(?:^|\.)[lLJ]$", re.IGNORECASE
)
_TRAINER = re.compile(r"trainer|learner|runner|model$", re.IGNORECASE)
_EVALUATORS = re.compile(r"trainer|learner|runner|estimator|model$", re.IGNORECASE)
_FITS = {  # methods that train as a whole, and what they are called on
    "fit": _TRAINER,
    "fit_generator": _TRAINER,
    "train_on_batch": _TRAINER,
    "train": re.compile(r"trainer$|runner$|estimator$", re.IGNORECASE),
    "run": re.compile(r"runner$", re.IGNORECASE),
}
_RUNS_MODEL = frozenset(  # methods by which a model is run, besides calling it
    {
        "apply",
        "forward",
        "forward_train",
        "generate",
        "sample",
        "encode",
        "predict_proba",
        "loss",
        "compute_loss",
        "act",
    }
)
_METHODS = frozenset({*_FITS, *_RUNS_MODEL, "step", "backward", "gradient", "evaluate", "validate", "test", "eval"})
_HOST_OF_MODEL = re.compile(r"(?:self\.)?(?:model|net|network)", re.IGNORECASE)
_LEARNS = re.compile(
    r"training_step|train_step|optimize_parameters|update\w*|fit|learn|backward\w*|configure_optimizers|step"
)
_MODELS = re.compile(r"(?:^|\.)(?:models?|nets?|networks?|modell?ing|architectures?|archs?|backbones?)(?:\.|$)")
_NO_MODEL = re.compile(
    r"Loss|Criterion|Optim|Adam|SGD|Schedul|Config|Args|Logger|EMA|Ema|Data|Transform$|Metric|Sampler|Tokenizer|Processor|Callback|Wrapper|Evaluator"
)
TRAINS_MODEL = re.compile(r"(?:Trainer|Solver|Learner|Runner|Engine)$")
_PROGRESS = re.compile(r"\b(?:loss|epoch|iter(?:ation)?s?|step)\b", re.IGNORECASE)
_REGISTERS = re.compile(r"regist", re.IGNORECASE)
_MAKES_LOGGER = re.compile(r"(?:get|setup|create|init|build)_(?:root_)?logg(?:er|ing)")
_DOES = re.compile(  # `init_model(…)` gives a model and does not run one
    r"(?:self\.)?(?:init|build|create|get|make|load|setup|prepare|define|save|eval|test|train|run|fit|export|convert|print|wrap"
    r"|compile|register|update|copy|freeze|initialize|check|set|reset|restore)_\w+"
)


class Sight(Frozen):
    """One place that may be a station; `callee` is the dotted name that a model is built by.

    `whole`: a call that trains or evaluates as a whole, whose steps are elsewhere.
    `optional`: the model is built only under a condition. `guarded`: below `if __name__ == "__main__"`.
    """

    kind: StationKind
    symbol: str
    at: Location
    phase: Phase
    weight: float
    why: Message
    callee: str | None = None
    whole: bool = False
    optional: bool = False
    guarded: bool = False


@cache
def _calls() -> dict[str, tuple[tuple[StationKind, float], ...]]:
    """What each dotted name or `.method` shows."""
    found: dict[str, list[tuple[StationKind, float]]] = {}
    for row in table("stations")["call"]:
        for name in row["names"]:
            found.setdefault(name, []).append((row["kind"], float(row["weight"])))
    return {name: tuple(kinds) for name, kinds in found.items()}


@cache
def _bases() -> dict[str, StationKind]:
    rows: Sequence[dict[str, Any]] = table("stations")["base"]
    return {name: cast("StationKind", row.get("kind", "model")) for row in rows for name in row["names"]}


@cache
def _named() -> tuple[tuple[StationKind, float, re.Pattern[str]], ...]:
    return tuple((row["kind"], float(row["weight"]), re.compile(row["pattern"])) for row in table("stations")["name"])


@cache
def _class_named() -> tuple[tuple[StationKind, float, Phase, bool, re.Pattern[str]], ...]:
    """(kind, weight, phase, whether the class has to be callable, pattern) for names of classes."""
    return tuple(
        (
            row["kind"],
            float(row["weight"]),
            row.get("phase", "both"),
            row.get("called", False),
            re.compile(row["pattern"]),
        )
        for row in table("stations")["class"]
    )


@cache
def _kind_of_name(name: str) -> tuple[StationKind, float] | None:
    low = name.lower().lstrip("_")
    return next(((kind, weight) for kind, weight, pattern in _named() if pattern.fullmatch(low)), None)


def sights(module: Module) -> Iterator[Sight]:
    """The best places of one file, at most three of each kind and phase."""
    kept: dict[tuple[StationKind, Phase], list[Sight]] = {}
    guard = main_guard(module)
    for one in _of_module(module):
        if guard is not None and guard.lineno <= (one.at.line or 0) <= (guard.end_lineno or 0):
            one = one.model_copy(update={"guarded": True})
        kept.setdefault((one.kind, one.phase), []).append(one)
    for group in kept.values():
        group.sort(key=lambda one: (-one.weight, one.at.line or 0))
        yield from group[:_KEPT_PER_FILE]


def _of_module(module: Module) -> Iterator[Sight]:
    local = frozenset(one.name for one in module.of(ast.ClassDef) if _kind_of_bases(module, one) == "model")
    named = frozenset(_named_models(module, local)) if local else frozenset()
    for call, dotted in module.calls():
        if dotted is None or dotted in named or _may_show(dotted):
            yield from _of_call(module, call, named)
    for assign in module.of(ast.Assign):
        yield from _of_assignment(module, assign, local, named)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *module.of(ast.FunctionDef),
        *module.of(ast.AsyncFunctionDef),
    ]
    for function in functions:
        yield from _of_function(module, function)
    for node in module.of(ast.ClassDef):
        yield from _of_class(module, node)


@lru_cache(maxsize=50_000)
def _may_show(dotted: str) -> bool:
    """Whether a call of this name can be a station; most calls of a file are of names that cannot."""
    last = dotted.rpartition(".")[2]
    known = _calls()
    return (
        dotted in known
        or f".{last}" in known
        or last in _METHODS
        or "logg" in dotted
        or dotted == "print"
        or _SCALER.fullmatch(dotted) is not None
        or _MODEL_NAME.fullmatch(dotted) is not None
    )


def _named_models(module: Module, local: frozenset[str]) -> Iterator[str]:
    """The names that the file gives to models of its own classes."""
    for node in module.of(ast.Assign):
        built = constructor(module, node.value)
        if built is not None and isinstance(built.func, ast.Name) and built.func.id in local:
            target = _target(node)
            if target is not None:
                yield target


def _of_call(module: Module, call: ast.Call, named: frozenset[str]) -> Iterator[Sight]:
    function = call.func
    dotted = module.dotted(function)
    shown = _calls().get(dotted) if dotted else None
    name, whole = dotted or "", False
    if shown is None and isinstance(function, ast.Attribute):
        name = f"{_owner(module, function)}.{function.attr}".lstrip(".")
        shown, whole = _of_method(call, function.attr, name)
    elif shown is None and dotted == "print" and _prints_progress(call):
        shown = (("logging", 1.0),)
    if shown is None and "logg" in name:
        last = name.rpartition(".")[2]
        if last in ("info", "log") and _prints_progress(call):
            shown = (("logging", WEAK if _in_loop(module, call) else 1.0),)
        elif _MAKES_LOGGER.fullmatch(last):
            shown = (("logging", 1.0),)
    if shown is None and _SCALER.fullmatch(name) and len(call.args) > 1:  # `loss_scaler(loss, optimizer, …)` of timm
        shown = (("backward", 4.0), ("update", 6.0))
    if shown is None and _runs_model(module, call, name, named):
        why = msg("runs {name} on its input", name=name)
        yield _sight(module, call, "forward", name, 3.5, _phase(module, call), why)
    for kind, weight in shown or ():
        if kind in ("backward", "update") and _of_optimizer(module, call):
            continue
        phase: Phase = "train" if kind in ("backward", "update") else _phase(module, call)
        if kind == "evaluation":
            phase = "evaluate"
        saves = kind == "checkpoint" and name.rpartition(".")[2].startswith("save")
        if kind == "checkpoint" and not saves and _loads_data(module, call):
            continue
        if saves and (phase == "evaluate" or (dotted == "torch.save" and not _is_state(call))):
            weight -= 4  # of predictions and features, as a rule
        yield _sight(module, call, kind, name, weight, phase, msg("calls {name}", name=name[:120]), whole=whole)


def _loads_data(module: Module, call: ast.Call) -> bool:
    """`torch.load` of images, features and scalers; `super().load_state_dict` in a model's own method."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
        return module.dotted(function.value.func) == "super"
    if (module.dotted(function) or "") != "torch.load":
        return False
    around = module.parent(call)
    names = [(_target(around) or "").removeprefix("self.")] if isinstance(around, ast.Assign) else []
    while around is not None:
        if isinstance(around, ast.FunctionDef | ast.ClassDef):
            names.append(around.name)
        around = module.parent(around)
    return any(_NO_STATE.search(name) for name in names) and not any(_STATE.search(name) for name in names[:1])


_NO_STATE = re.compile(r"data|image|feature|scaler|embed|__getitem__", re.IGNORECASE)


def _of_method(call: ast.Call, method: str, name: str) -> tuple[tuple[tuple[StationKind, float], ...] | None, bool]:
    """What a method shows by its name and that of what it is called on; whether it does the whole by itself."""
    holder = name.rpartition(".")[0]
    if method == "gradient" and "tape" not in name.lower():
        return None, False
    if method == "backward" and not _LOSS_OWNER.search(holder):
        return (("backward", 1.0),), False  # of a value inside a layer, as a rule
    if method == "step" and _OPTIMIZER.search(holder):
        scales = "scal" in holder.lower() and bool(call.args)  # `scaler.step(optimizer)`, before the plain step
        return (("update", 8.0 if scales else 7.0),), False
    if method in _FITS and _FITS[method].search(holder):
        return (("update", 4.0), ("backward", 3.0)), True
    if method in ("evaluate", "validate", "test") and _EVALUATORS.search(holder):
        return (("evaluation", 4.0),), False
    if method == "eval" and not call.args and _HOST_OF_MODEL.search(name):
        return (("evaluation", WEAK),), False
    return _calls().get(f".{method}"), False


def _runs_model(module: Module, call: ast.Call, name: str, named: frozenset[str]) -> bool:
    """`[classifier(x) for x in batches]`, `return model(x)`, `model.apply(params, x)`: no name for the result."""
    holder, _, method = name.rpartition(".")
    if method in _RUNS_MODEL and _MODEL_NAME.fullmatch(holder):
        given = len(call.args) + len(call.keywords)  # `net.apply(init)` of torch only visits the parts
        return given > (method == "apply") and not _in_module(module, call)
    unnamed = isinstance(module.parent(call), ast.List | ast.ListComp | ast.Return | ast.Tuple | ast.Subscript)
    return unnamed and bool(call.args) and _is_model(name, named) and not _in_module(module, call)


def _is_model(dotted: str, named: frozenset[str]) -> bool:
    """Whether a name is that of a model, and not of a function that handles one."""
    return dotted in named or (_MODEL_NAME.fullmatch(dotted) is not None and _DOES.fullmatch(dotted) is None)


def _is_state(call: ast.Call) -> bool:
    """Whether what is saved is a state of the training, by its name; one that is put together on the spot is."""
    saved = call.args[0] if call.args else None
    if not isinstance(saved, ast.Name | ast.Attribute):
        return True
    return _STATE.search(saved.id if isinstance(saved, ast.Name) else saved.attr) is not None


_STATE = re.compile(
    r"state|model|checkpoint|ckpt|net|weight|param|optim|snapshot|save|dict|payload|policy|agent|actor|critic|self|args",
    re.IGNORECASE,
)


def _owner(module: Module, function: ast.Attribute) -> str:
    """What a method is called on, in short: `self.scaler.scale(loss)` is `scale`."""
    value = function.value
    if isinstance(value, ast.Call):
        value = value.func
    dotted = module.dotted(value)
    if dotted:
        return dotted
    if isinstance(value, ast.Subscript):  # `metrics["loss"].backward()`, `optimizers[0].step()`
        key = value.slice.value if isinstance(value.slice, ast.Constant) else ""
        return f"{module.dotted(value.value) or ''}.{key}" if isinstance(key, str) else module.dotted(value.value) or ""
    return value.attr if isinstance(value, ast.Attribute) else ""


def _prints_progress(call: ast.Call) -> bool:
    """`print(f"epoch {epoch} loss {loss}")`, in one of the ways to put a text together."""
    for argument in call.args[:2]:
        text = argument
        if isinstance(text, ast.Call) and text.args and isinstance(text.func, ast.Name):
            text = text.args[0]  # `bold(f"loss {loss}")`
        if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute):
            text = text.func.value
        elif isinstance(text, ast.BinOp):
            text = text.left
        parts = text.values if isinstance(text, ast.JoinedStr) else [text]
        if any(
            isinstance(one, ast.Constant) and isinstance(one.value, str) and _PROGRESS.search(one.value)
            for one in parts
        ):
            return True
    return False


def _in_loop(module: Module, node: ast.AST) -> bool:
    current = module.parent(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.ClassDef):
        if isinstance(current, ast.For | ast.While):
            return True
        current = module.parent(current)
    return False


def _of_optimizer(module: Module, node: ast.AST) -> bool:
    """Whether a step or a gradient is taken inside an optimizer or a derivative that the file defines."""
    current = module.parent(node)
    while current is not None:
        if isinstance(current, ast.ClassDef):
            bases = [module.dotted(base) or "" for base in current.bases]
            return any(base.endswith(("Optimizer", "autograd.Function", "Function")) for base in bases)
        current = module.parent(current)
    return False


def _in_module(module: Module, node: ast.AST) -> bool:
    """Whether the class around `node` is itself a model: what it builds and runs are its parts."""
    current = module.parent(node)
    while current is not None and not isinstance(current, ast.ClassDef):
        current = module.parent(current)
    if current is None:
        return False
    methods = [item for item in current.body if isinstance(item, ast.FunctionDef)]
    names = {item.name for item in methods}
    if any(_LEARNS.fullmatch(name) for name in names):
        return False
    return bool(names & {"forward", "call"}) or ("__call__" in names and _kind_of_bases(module, current) == "model")


def _of_assignment(module: Module, node: ast.Assign, local: frozenset[str], named: frozenset[str]) -> Iterator[Sight]:
    target = _target(node)
    if target is None:
        return
    value = node.value
    if isinstance(value, ast.BinOp):
        if _METRIC_NAME.fullmatch(target) and not isinstance(module.parent(node), ast.ClassDef):
            yield _sight(module, node, "metrics", target, 2.5, _phase(module, node), msg("makes {name}", name=target))
        if (_LOSS_NAME.fullmatch(target) or _SUM_OF_LOSSES.fullmatch(target)) and not _of_optimizer(module, node):
            weight = 4.5 if _adds(value) else 3.0  # `loss / steps` only scales
            yield _sight(
                module, node, "loss", target, weight, _phase(module, node), msg("puts {name} together", name=target)
            )
        return
    if not isinstance(value, ast.Call):
        return
    callee = module.dotted(value.func) or ""
    of_class = isinstance(module.parent(node), ast.ClassDef)  # the member of an enumeration
    if (
        _METRIC_NAME.fullmatch(target)
        and not of_class
        and (target.lower() != "f1" or _SCORES.search(callee) is not None)  # a file, a frame, a feature
        and not callee.endswith(("Meter", "float", "int", "list", "zeros"))
    ):
        yield _sight(module, node, "metrics", target, 2.5, _phase(module, node), msg("makes {name}", name=target))
    built = constructor(module, value) or value
    maker = module.dotted(built.func) or ""
    last = maker.rpartition(".")[2]
    if _MODEL_NAME.fullmatch(target):
        makes = (
            last == "from_pretrained"
            or _is_capital(last)
            or _ARCHITECTURE.fullmatch(last)
            or (_kind_of_name(last) or ("", 0))[0] == "model"
        )
        wraps = last.endswith("DataParallel") or maker.startswith(("torch.compile", "copy."))
        if makes and not wraps and not _in_module(module, node):
            yield _sight(
                module, node, "model", last, 4.0, _phase(module, node),
                msg("{name} is built here", name=target), callee=maker,
                optional=_under_condition(module, node) or _wraps(module, built),
            )  # fmt: skip
    elif (maker in local and not _in_module(module, node)) or (
        _is_of_models(maker) and (module.parent(node) is module.tree or main_guard(module))
    ):
        yield _sight(
            module, node, "model", last, 3.5, _phase(module, node),
            msg("{name} is built here", name=target), callee=maker, optional=_under_condition(module, node),
        )  # fmt: skip
    elif (
        _LOSS_NAME.fullmatch(target)
        and not target.isupper()
        and last not in _NO_LOSSES
        and (_MAKES_LOSS.search(maker) or not _LOSS_OF_EPOCH.fullmatch(target))  # what a whole epoch gave
        and not _of_optimizer(module, node)
    ):
        weight = 4.0 if target.lower().endswith("loss") else 5.0
        if _MEASURED_LOSS.match(target):
            weight = 2.0
        yield _sight(module, node, "loss", target, weight, _phase(module, node), msg("makes {name}", name=target))
    elif _CRITERION.fullmatch(last) and value.args:  # `cost = criterion(output, target)`
        yield _sight(module, node, "loss", target, 4.0, _phase(module, node), msg("makes {name}", name=target))
    if value.args and _is_model(callee, named) and not _MODEL_NAME.fullmatch(target) and not _in_module(module, node):
        yield _sight(
            module, node, "forward", callee, 4.0, _phase(module, node), msg("runs {name} on its input", name=callee)
        )


_SCORES = re.compile(r"f1|score|metric|eval|measure", re.IGNORECASE)
_LOSS_METHOD = re.compile(r"(?:compute_|get_|calc(?:ulate)?_)?loss(?:es)?")
_NO_LOSSES = frozenset(
    {"item", "AverageMeter", "detach", "mean", "float", "sum", "Print", "zeros", "stack", "gather", "get"}
)


_SCALER = re.compile(r"(?:\w+\.)?(?:loss|grad|amp)_scaler")
_ARCHITECTURE = re.compile(r"[a-z][a-z_]*\d\w*")  # `resnet50`, `wrn_28_10`


def _is_capital(called: str) -> bool:
    """Whether what is called is written like a class: `GAT(…)` is one, since constants are not called."""
    return called.lstrip("_")[:1].isupper()


@lru_cache(maxsize=20_000)
def _is_of_models(maker: str) -> bool:
    """Whether a class is of a module of models: `model.Transformer`, `networks.unet.UNet`."""
    package, _, last = maker.rpartition(".")
    return _MODELS.search(package) is not None and _is_capital(last) and _NO_MODEL.search(last) is None


def _wraps(module: Module, built: ast.Call) -> bool:
    """Whether a model is given to another one: `GuidedSampler(model)`."""
    return bool(built.args) and _MODEL_NAME.fullmatch(module.dotted(built.args[0]) or "") is not None


def _adds(value: ast.BinOp) -> bool:
    return isinstance(value.op, ast.Add | ast.Sub) or any(
        isinstance(side, ast.BinOp) and _adds(side) for side in (value.left, value.right)
    )


def _under_condition(module: Module, node: ast.AST) -> bool:
    came_from, current = node, module.parent(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.ClassDef):
        if isinstance(current, ast.If):
            return not (came_from in current.orelse and _is_off_unless_given(module, current.test))
        came_from, current = current, module.parent(current)
    return False


def _is_off_unless_given(module: Module, test: ast.expr) -> bool:
    """Whether a condition is a switch of the command line: of `if args.sparse: … else: …` the second is usual."""
    if not isinstance(test, ast.Attribute):
        return False
    switch = rf"--{re.escape(test.attr).replace('_', '[-_]')}[\"'][^)]*store_true"
    return re.search(switch, module.text) is not None


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
    if kind in ("evaluation", "metrics") and _is_registered(module, function):
        return  # `test_vit`, `net_f1`: models
    measures = kind in ("evaluation", "metrics") and function.name.startswith("_")
    if measures and isinstance(parent, ast.ClassDef) and _kind_of_bases(module, parent) == "model":
        return  # `CRF._compute_score`: a part of the model
    lines = (function.end_lineno or function.lineno) - function.lineno
    if function.name == "validate" and lines < _SHORT and isinstance(parent, ast.ClassDef):
        return  # a class that checks its own fields
    if function.name.lstrip("_").startswith("infer") and isinstance(parent, ast.ClassDef) and _has_forward(parent):
        weight = WEAK  # what a model makes of its outputs
    if kind == "evaluation" and function.name == "test" and _takes_nothing(function) and main_guard(module) is None:
        return  # `def test():` beside a class tries it out
    if kind == "update" and function.name == "train" and isinstance(parent, ast.ClassDef) and _has_forward(parent):
        return  # `train(mode)` of a module only switches it
    if weight > WEAK:
        weight += min(lines, 60) / 40
    if lines < 2:
        weight -= 3
    if isinstance(parent, ast.ClassDef):
        if kind not in ("evaluation", "update"):
            weight -= 0.5 if _LOSS_METHOD.fullmatch(function.name) else 1.5  # a function that others call says more
        if lines < _SHORT and kind == "metrics":
            weight -= 1.5  # gives what was measured elsewhere
    elif parent is not module.tree and kind != "loss" and _function_around(module, function):
        weight -= _NESTED
    if function.name.startswith("_"):
        weight -= 1
    if kind == "metrics" and "loss" in module.path.rpartition("/")[2].lower():
        weight -= 2  # measures that a loss is made of
    symbol = f"{parent.name}.{function.name}" if isinstance(parent, ast.ClassDef) else function.name
    phase: Phase = "evaluate" if kind == "evaluation" else "train" if kind == "update" else _phase(module, function)
    yield _sight(module, function, kind, symbol, weight, phase, msg("defines {name}", name=symbol))


def _takes_nothing(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = function.args
    return not (given.args or given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg)


def _has_forward(node: ast.ClassDef) -> bool:
    return any(isinstance(item, ast.FunctionDef) and item.name in ("forward", "forward_train") for item in node.body)


def _function_around(module: Module, node: ast.AST) -> bool:
    current = module.parent(node)
    while current is not None:
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            return True
        current = module.parent(current)
    return False


def _is_registered(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    named = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    return any(_REGISTERS.search(module.dotted(one) or "") for one in named)


def _kind_of_bases(module: Module, node: ast.ClassDef) -> StationKind | None:
    """What a class is by its bases, followed through classes of the same file."""
    classes = {one.name: one for one in module.of(ast.ClassDef)}
    current: ast.ClassDef | None = node
    for _ in range(_MAX_BASES):
        if current is None:
            return None
        names = [module.dotted(base) or "" for base in current.bases]
        kind = next((_bases()[name] for name in names if name in _bases()), None)
        if kind is not None:
            return kind
        current = next((classes[name] for name in names if name in classes and classes[name] is not current), None)
    return None


def _of_class(module: Module, node: ast.ClassDef) -> Iterator[Sight]:
    bases = [module.dotted(base) or "" for base in node.bases]
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    kind = _kind_of_bases(module, node)
    forward = methods.get("forward") or (methods.get("call") or methods.get("__call__") if kind == "model" else None)
    lines = (node.end_lineno or node.lineno) - node.lineno
    size = min(lines, 160) / 40
    why = msg("defines {name}", name=node.name)
    listed = "__getitem__" in methods and "__len__" in methods
    if kind == "data" or (listed and _DATA_NAME.search(f"{node.name} {' '.join(bases)} {module.path}")):
        yield _sight(module, node, "data", node.name, 5 + size / 2, _phase(module, node), why)
        return
    if kind is not None and kind != "model":
        yield _sight(module, node, kind, node.name, 5.0, "both", why)
        return
    called = forward is not None or "__call__" in methods
    if called and _TRANSFORMS_FILE.search(module.path):
        yield _sight(module, node, "transforms", node.name, 4.0, _phase(module, node), why)
        return
    for other, weight, phase, needs_call, pattern in _class_named():
        if pattern.search(node.name) and (called or kind == "model" or not needs_call):
            yield _sight(module, node, other, node.name, weight, phase, why)
            return
    if kind != "model" and not (forward and "__init__" in methods):
        return
    if TRAINS_MODEL.search(node.name) or (
        forward is None and any(_LEARNS.fullmatch(name) or name == "train" for name in methods)
    ):
        size -= 3  # what trains the model
    weight = 3 + size - (3 if PART.search(node.name) else 0) - (1.5 if node.name.startswith("_") else 0)
    yield _sight(module, node, "model", node.name, weight, "both", why)
    if forward is not None:
        symbol = f"{node.name}.{forward.name}"
        yield _sight(module, forward, "forward", symbol, weight, "both", msg("defines {name}", name=symbol))


def _sight(
    module: Module,
    node: ast.expr | ast.stmt,
    kind: StationKind,
    symbol: str,
    weight: float,
    phase: Phase,
    why: Message,
    **more: Any,
) -> Sight:
    return Sight(kind=kind, symbol=symbol[:160], at=module.at(node), phase=phase, weight=weight, why=why, **more)


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
