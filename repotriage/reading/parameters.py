"""How torch modules register parameters, buffers and submodules, save memory and freeze parts; seeds and switches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal

from repotriage.models.reading import Determinism, ParameterFact
from repotriage.parsing.python import Module

_MAX_PER_FILE = 200
_MAX = 1500
_PARAMETERS = frozenset(
    f"torch.nn.{name}"
    for name in ("Parameter", "ParameterList", "ParameterDict", "parameter.Parameter", "UninitializedParameter")
)
_CHECKPOINTS = re.compile(
    r"(?:^|\.)(?:torch\.utils\.checkpoint\.)?(?:checkpoint|checkpoint_sequential|checkpoint_seq)$"
)
_METHODS: dict[str, Literal["parameter", "buffer", "submodule"]] = {
    "register_parameter": "parameter",
    "register_buffer": "buffer",
    "add_module": "submodule",
    "register_module": "submodule",
}
_TELLING = frozenset({"requires_grad_", "eval", "gradient_checkpointing_enable"})
_SEEDS = frozenset(
    {
        "torch.manual_seed",
        "torch.cuda.manual_seed",
        "torch.cuda.manual_seed_all",
        "numpy.random.seed",
        "random.seed",
        "numpy.random.default_rng",
        "tensorflow.set_random_seed",
        "tensorflow.random.set_seed",
        "tensorflow.random.set_random_seed",
        "tensorflow.compat.v1.set_random_seed",
        "jax.random.PRNGKey",
        "jax.random.key",
        "pytorch_lightning.seed_everything",
        "lightning.seed_everything",
        "lightning.pytorch.seed_everything",
        "transformers.set_seed",
        "accelerate.utils.set_seed",
        "keras.utils.set_random_seed",
        "tensorflow.keras.utils.set_random_seed",
    }
)
_SWITCHES: dict[str, Literal["deterministic", "benchmark"]] = {
    "torch.use_deterministic_algorithms": "deterministic",
    "torch.set_deterministic": "deterministic",
    "torch.backends.cudnn.deterministic": "deterministic",
    "torch.backends.cudnn.benchmark": "benchmark",
    "tensorflow.config.experimental.enable_op_determinism": "deterministic",
}


def parameter_facts(module: Module) -> Iterator[ParameterFact]:
    """What the torch modules of one file do; nothing where torch is not imported."""
    if any(name == "torch" or name.startswith("torch.") for name in module.names.values()):
        yield from islice(_of_module(module), _MAX_PER_FILE)


def _of_module(module: Module) -> Iterator[ParameterFact]:
    own = {node.name for node in module.of(ast.ClassDef) if _is_module(module, node)}
    for node in module.of(ast.Assign):
        target = node.targets[0]
        if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
            if isinstance(target, ast.Attribute):
                yield from _frozen(module, node, target)
            continue
        if target.attr == "requires_grad":
            yield from _frozen(module, node, target)
        elif target.value.id == "self" and isinstance(node.value, ast.Call):
            dotted = module.dotted(node.value.func) or ""
            if dotted in _PARAMETERS:
                yield _fact(module, node, "parameter", target.attr)
            elif dotted in own or (dotted.startswith("torch.nn.") and dotted.rpartition(".")[2][:1].isupper()):
                yield _fact(module, node, "submodule", target.attr)
    for call, called in module.calls():
        if called is None or _may_tell(called):
            yield from _of_call(module, call)


@lru_cache(maxsize=20_000)
def _may_tell(dotted: str) -> bool:
    """Whether a call of this name can tell something; most calls of a file are of names that cannot."""
    last = dotted.rpartition(".")[2]
    return last in _METHODS or last in _TELLING or _CHECKPOINTS.search(dotted) is not None


def _frozen(module: Module, node: ast.Assign, target: ast.Attribute) -> Iterator[ParameterFact]:
    if target.attr == "requires_grad" and isinstance(node.value, ast.Constant) and node.value.value is False:
        yield _fact(module, node, "frozen", _text(target.value))


def _of_call(module: Module, call: ast.Call) -> Iterator[ParameterFact]:
    if isinstance(call.func, ast.Attribute):
        method = call.func.attr
        kind = _METHODS.get(method)
        if kind is not None and isinstance(call.func.value, ast.Name) and call.func.value.id == "self":
            first = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "name"), None)
            yield _fact(module, call, kind, _text(first) if first is not None else method)
            return
        if method == "requires_grad_" and call.args:
            value = call.args[0]
            if isinstance(value, ast.Constant) and value.value is False:
                yield _fact(module, call, "frozen", _text(call.func.value))
            return
        if method == "eval" and not call.args:
            test = _norm_test(module, call)
            if test is not None:
                yield _fact(module, call, "norm_eval", test)
            return
        if method == "gradient_checkpointing_enable":
            yield _fact(module, call, "checkpointing", method)
            return
    dotted = module.dotted(call.func) or ""
    if _CHECKPOINTS.search(dotted) and ("torch.utils" in dotted or dotted in ("checkpoint_seq", "cp.checkpoint")):
        yield _fact(module, call, "checkpointing", dotted.rpartition(".")[2])


def _norm_test(module: Module, node: ast.AST) -> str | None:
    """`isinstance(m, _BatchNorm)` around a call of `eval`."""
    current = module.parent(node)
    for _ in range(4):
        if isinstance(current, ast.If):
            text = _text(current.test)
            return text if "Norm" in text else None
        current = module.parent(current) if current is not None else None
    return None


def _is_module(module: Module, node: ast.ClassDef) -> bool:
    bases = [module.dotted(base) or "" for base in node.bases]
    return any(base.startswith("torch.nn.") or base.endswith("Module") for base in bases)


def _fact(
    module: Module,
    node: ast.stmt | ast.expr,
    kind: Literal["parameter", "buffer", "submodule", "checkpointing", "frozen", "norm_eval"],
    name: str,
) -> ParameterFact:
    return ParameterFact(kind=kind, owner=_holder(module, node), name=name.strip("'\"")[:120], at=module.at(node))


def _holder(module: Module, node: ast.AST) -> str:
    """The class that holds `node`, else its function, else the file."""
    function = ""
    current = module.parent(node)
    while current is not None:
        if isinstance(current, ast.ClassDef):
            return current.name
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef) and not function:
            function = current.name
        current = module.parent(current)
    return function or module.path.rpartition("/")[2]


def _text(node: ast.expr) -> str:
    try:
        return ast.unparse(node)[:160]
    except (RecursionError, ValueError):
        return ""


def parameters(found: Sequence[ParameterFact], distance: Mapping[str, int]) -> tuple[ParameterFact, ...]:
    """At most 1500 facts, those of files that the entry points reach first, then by place."""
    near = sorted(found, key=lambda one: (distance.get(one.at.path, 99), one.at.path, one.at.line or 0))
    return tuple(near[:_MAX])


def determinism(module: Module) -> Iterator[Determinism]:
    """Seeds and switches that one file sets."""
    for call, dotted in module.calls():
        if dotted in _SEEDS:
            yield Determinism(kind="seed", text=_text(call), at=module.at(call))
        elif dotted is not None and dotted in _SWITCHES:
            yield Determinism(kind=_SWITCHES[dotted], text=_text(call), at=module.at(call))
    for node in module.of(ast.Assign):
        if isinstance(node.targets[0], ast.Attribute):
            dotted = module.dotted(node.targets[0])
            if dotted in _SWITCHES:
                yield Determinism(
                    kind=_SWITCHES[dotted], text=f"{_text(node.targets[0])} = {_text(node.value)}", at=module.at(node)
                )
