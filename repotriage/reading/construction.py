"""What an expression builds: `Net(…).to(device)` and `DataParallel(Net(…))` build `Net`."""

from __future__ import annotations

import ast

from repotriage.parsing.python import Module

_MAX_DEPTH = 6
# Methods that give the same object back.
_SAME = frozenset(
    {"to", "cuda", "cpu", "eval", "train", "half", "float", "double", "bfloat16", "requires_grad_", "apply", "compile"}
    | {"share_memory", "to_empty", "type"}
)
_WRAPPERS = (
    "DataParallel",
    "DistributedDataParallel",
    "FullyShardedDataParallel",
    "DDP",
    "FSDP",
    "convert_sync_batchnorm",
)
_WRAPPING_CALLS = frozenset({"torch.compile", "torch.jit.script", "copy.deepcopy"})


def constructor(module: Module, value: ast.expr | None) -> ast.Call | None:
    """The innermost call that builds something new, None for what is no call."""
    for _ in range(_MAX_DEPTH):
        if not isinstance(value, ast.Call):
            return None
        function = value.func
        if isinstance(function, ast.Attribute) and function.attr in _SAME and isinstance(function.value, ast.Call):
            value = function.value
            continue
        dotted = module.dotted(function) or ""
        wraps = dotted.endswith(_WRAPPERS) or dotted in _WRAPPING_CALLS
        wraps = wraps or (isinstance(function, ast.Attribute) and function.attr == "prepare")
        if wraps and value.args and isinstance(value.args[0], ast.Call):
            value = value.args[0]
            continue
        return value
    return None
