"""Plain mappings of name → class or function, and the Auto mappings of transformers (name → name of the class)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    function_around,
    is_class_name,
    maker,
    targets_of,
    text_of,
)

_MAX_ENTRIES = 600
_CLASS_NAMES = re.compile(r"MAPPING|_NAMES$|CLASS|REGISTRY", re.IGNORECASE)
_PRETRAINED = re.compile(r"(?:^|_)(?:default_)?cfgs?$|^(?:model|pretrained)_urls$", re.IGNORECASE)


def visit(module: Module) -> Iterator[Registration]:
    """The entries of dictionaries whose values are classes or functions."""
    for node in module.of(ast.Dict):
        pairs = [
            (key, value) for key, value in zip(node.keys[:_MAX_ENTRIES], node.values, strict=False) if key is not None
        ]
        yield from _pairs(module, node, pairs)
    for call in module.of(ast.Call):
        yield from _of_call(module, call)
    for assign in module.of(ast.Assign):
        target = assign.targets[0]
        if isinstance(target, ast.Subscript):
            name = text_of(target.slice)
            registry = module.dotted(target.value)
            made = maker(module, assign.value)
            if name and registry and made:
                yield Registration(
                    name=name, registry=registry, dotted=made, at=module.at(assign), own_only=True, owner=registry
                )


def _of_call(module: Module, call: ast.Call) -> Iterator[Registration]:
    called = module.dotted(call.func) or ""
    last = called.rpartition(".")[2]
    if last == "OrderedDict" and call.args and isinstance(call.args[0], ast.List | ast.Tuple):
        pairs = [
            (item.elts[0], item.elts[1])
            for item in call.args[0].elts[:_MAX_ENTRIES]
            if isinstance(item, ast.Tuple | ast.List) and len(item.elts) == 2
        ]
        yield from _pairs(module, call, pairs)
    elif called == "dict" and call.keywords and not call.args:
        pairs_of_keywords: list[tuple[ast.expr, ast.expr]] = [
            (ast.copy_location(ast.Constant(value=one.arg), one.value), one.value)
            for one in call.keywords[:_MAX_ENTRIES]
            if one.arg
        ]
        yield from _pairs(module, call, pairs_of_keywords)


def _pairs(module: Module, node: ast.expr, pairs: list[tuple[ast.expr, ast.expr]]) -> Iterator[Registration]:
    registry = _registry(module, node)
    if registry is None:
        return
    short = registry.rpartition(".")[2]
    for key, value in pairs:
        name = text_of(key)
        if name is None:
            continue
        if _PRETRAINED.search(short):
            # `resnet50.a1_in1k`: the function, then the tag of its weights
            yield Registration(
                name=name, registry=registry, dotted=name.partition(".")[0], at=module.at(key), own_only=True
            )
            continue
        made = maker(module, value)
        text = text_of(value)
        if made is not None:
            yield Registration(
                name=name, registry=registry, dotted=made, at=module.at(key), own_only=not is_class_name(made)
            )
        elif text and _CLASS_NAMES.search(short) and text.isidentifier() and is_class_name(text):
            yield Registration(name=name, registry=registry, dotted=text, at=module.at(key), own_only=True)


def _registry(module: Module, node: ast.expr) -> str | None:
    """The name of a mapping: what it is assigned to, or the function that looks a name up in it."""
    target = next(targets_of(module, node), None)
    if target is not None:
        return target
    parent = module.parent(node)
    if isinstance(parent, ast.Call):  # generate_default_cfgs({…}), OrderedDict({…}), X.update({…})
        if isinstance(parent.func, ast.Attribute) and parent.func.attr == "update":
            return module.dotted(parent.func.value)
        return next(targets_of(module, parent), None)
    if isinstance(parent, ast.Subscript) or (isinstance(parent, ast.Attribute) and parent.attr == "get"):
        function = function_around(module, node)
        return function.name if function is not None else None
    return None
