"""Mappings of name → class or function, plain or nested, and those of name → name (Auto classes, aliases, modules)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    constant_of,
    function_around,
    is_class_name,
    maker,
    says_class,
    targets_of,
    text_of,
)

_MAX_ENTRIES = 600
_CLASS_NAMES = re.compile(r"MAPPING|_NAMES$|CLASS|REGISTRY", re.IGNORECASE)
_PRETRAINED = re.compile(r"(?:^|_)(?:default_)?cfgs?$|^(?:model|pretrained)_urls$", re.IGNORECASE)
_ALIASES = re.compile(r"alias|deprecat|renam|legacy|(?:^|_)(?:old|remap)(?:_|$)", re.IGNORECASE)
_DOTTED = re.compile(r"\.*[A-Za-z_]\w*(?:\.\w+)*[.:][A-Z]\w*")
_MODULE = re.compile(r"\.*[A-Za-z_]\w*(?:\.\w+)*")

_FILLS = ("OrderedDict", "dict", "update")  # ends of the names by which a mapping is made or filled
_MAKES = re.compile(r"(?:get|make|build|create|load)_|\w+_(?:config|cfg|settings)$")

_Pair = tuple[ast.expr, ast.expr]


def visit(module: Module) -> Iterator[Registration]:
    """The entries of dictionaries whose values are classes or functions."""
    for node in module.of(ast.Dict):
        pairs = [
            (key, value) for key, value in zip(node.keys[:_MAX_ENTRIES], node.values, strict=False) if key is not None
        ]
        yield from _pairs(module, node, pairs)
    for call, called in module.calls():
        if called is not None and called.endswith(_FILLS):
            yield from _of_call(module, call, called)
    for made in module.of(ast.DictComp):
        yield from _of_comprehension(module, made)
    for assign in module.of(ast.Assign):
        target = assign.targets[0]
        if isinstance(target, ast.Subscript):
            registry = module.dotted(target.value)
            if registry is not None:
                yield from _entry(module, registry, target.slice, assign.value, owner=registry)


def _of_call(module: Module, call: ast.Call, called: str) -> Iterator[Registration]:
    last = called.rpartition(".")[2]
    if last == "OrderedDict" and call.args and isinstance(call.args[0], ast.List | ast.Tuple):
        pairs = [
            (item.elts[0], item.elts[1])
            for item in call.args[0].elts[:_MAX_ENTRIES]
            if isinstance(item, ast.Tuple | ast.List) and len(item.elts) == 2
        ]
        yield from _pairs(module, call, pairs)
    elif called == "dict" and call.keywords and not call.args:
        pairs_of_keywords: list[_Pair] = [
            (ast.copy_location(ast.Constant(value=one.arg), one.value), one.value)
            for one in call.keywords[:_MAX_ENTRIES]
            if one.arg
        ]
        yield from _pairs(module, call, pairs_of_keywords)
    elif last == "update" and call.args and isinstance(call.func, ast.Attribute):
        yield from _of_update(module, call, called.rpartition(".")[0])


def _of_update(module: Module, call: ast.Call, registry: str) -> Iterator[Registration]:
    """`DATASETS.update([Data.creator("cifar10", …) for …])`: what is called with a name makes the entry."""
    listed = call.args[0]
    items = [listed.elt] if isinstance(listed, ast.ListComp | ast.GeneratorExp) else getattr(listed, "elts", [])
    for item in items[:_MAX_ENTRIES]:
        name = text_of(item.args[0]) if isinstance(item, ast.Call) and item.args else None
        made = module.dotted(item.func) if isinstance(item, ast.Call) else None
        if registry and name and made:
            yield Registration(
                name=name, registry=registry, dotted=made, at=module.at(item), owner=registry, own_only=True
            )


def _of_comprehension(module: Module, node: ast.DictComp) -> Iterator[Registration]:
    """`{one.__name__: one for one in (Foo, Bar)}`: each by its own name."""
    registry = next(targets_of(module, node), None)
    listed = getattr(node.generators[0].iter, "elts", [])
    for item in listed[:_MAX_ENTRIES] if registry is not None else ():
        made = module.dotted(item)
        if registry is not None and made is not None and is_class_name(made):
            yield Registration(name=made.rpartition(".")[2], registry=registry, dotted=made, at=module.at(item))


def _pairs(module: Module, node: ast.expr, pairs: list[_Pair]) -> Iterator[Registration]:
    registry = _registry(module, node)
    if registry is None:
        return
    short = registry.rpartition(".")[2]
    for key, value in pairs:
        name = text_of(key)
        if name is not None and _PRETRAINED.search(short):
            # `resnet50.a1_in1k`: the function, then the tag of its weights
            yield Registration(
                name=name, registry=registry, dotted=name.partition(".")[0], at=module.at(key), own_only=True
            )
        else:
            yield from _entry(module, registry, key, value)


def _entry(
    module: Module, registry: str, key: ast.expr, value: ast.expr, owner: str | None = None
) -> Iterator[Registration]:
    name, constant = text_of(key), constant_of(module, key)
    if name is None and constant is not None:
        name = constant.removesuffix(".value").rpartition(".")[2]
    if not name:
        return
    at = module.at(key)
    text = text_of(value)
    if text and _ALIASES.search(registry):
        dotted = text.partition(".")[0]
        yield Registration(name=name, registry=registry, dotted=dotted, at=at, alias_of=text, own_only=True)
        return
    for dotted, own_only, by_name in _values(module, value, registry, deep=True):
        yield Registration(
            name=name,
            registry=registry,
            dotted=dotted,
            at=at,
            owner=owner,
            own_only=own_only or owner is not None or constant is not None,
            by_name=by_name,
            constant=constant,
        )


def _values(module: Module, value: ast.expr, registry: str, *, deep: bool) -> Iterator[tuple[str, bool, bool]]:
    """(dotted name, whether it counts only as a definition of this repository, whether it is a class of any file)."""
    made = maker(module, value)
    if made is not None:
        yield made, not is_class_name(made), False
        return
    by_name = _CLASS_NAMES.search(registry.rpartition(".")[2]) is not None
    text = text_of(value)
    if text is not None:
        if _DOTTED.fullmatch(text):
            yield text.replace(":", "."), True, False
        elif by_name and text.isidentifier() and is_class_name(text):
            yield text, True, True
    elif isinstance(value, ast.Tuple | ast.List) and deep:
        texts = [text_of(item) for item in value.elts]
        if len(texts) == 2 and texts[0] and texts[1] and _MODULE.fullmatch(texts[0]) and is_class_name(texts[1]):
            yield (texts[1], True, True) if is_class_name(texts[0]) else (f"{texts[0]}.{texts[1]}", True, False)
            return
        whole = all((dotted := maker(module, item)) and is_class_name(dotted) for item in value.elts)
        for item in value.elts[:4]:
            for dotted, own_only, named in _values(module, item, registry, deep=False):
                yield dotted, own_only or not whole, named
    elif isinstance(value, ast.Dict) and deep:
        for key, inner in zip(value.keys, value.values, strict=True):
            if says_class(text_of(key) or ""):
                yield from _values(module, inner, registry, deep=False)
    elif isinstance(value, ast.Call):
        called = module.dotted(value.func)
        if called and _MAKES.match(called.rpartition(".")[2]):  # `{"vit": configs.get_vit_config()}`
            yield called, True, False
        if called and is_class_name(called):  # an object that says how to build: `TrainerConfig(model=…)`
            yield called, True, False
            for keyword in value.keywords if deep else ():
                if keyword.arg and (says_class(keyword.arg) or keyword.arg in ("pipeline", "config")):
                    yield from _values(module, keyword.value, registry, deep=keyword.arg in ("pipeline", "config"))


def _registry(module: Module, node: ast.expr) -> str | None:
    """The name of a mapping: what it is assigned to, or the function that looks a name up in it."""
    target = next(targets_of(module, node), None)
    if target is not None:
        return target
    parent = module.parent(node)
    if isinstance(parent, ast.Call):  # generate_default_cfgs({…}), OrderedDict({…}), X.update({…})
        if isinstance(parent.func, ast.Attribute) and parent.func.attr == "update":
            return module.dotted(parent.func.value)
        called = (module.dotted(parent.func) or "").rpartition(".")[2]
        return next(targets_of(module, parent), None) or (called if _ALIASES.search(called) else None)
    if isinstance(parent, ast.Dict):  # `{"detectors": {"rcnn": RCNN}}`; `{"rcnn": {"class": RCNN}}` has one entry
        keys = [text_of(key) for key, value in zip(parent.keys, parent.values, strict=True) if value is node]
        if isinstance(node, ast.Dict) and any(says_class(text_of(key) or "") for key in node.keys):
            return None
        above = next(targets_of(module, parent), None)
        return f"{above}[{keys[0]}]" if above and keys and keys[0] else None
    if isinstance(parent, ast.Subscript | ast.Return) or (isinstance(parent, ast.Attribute) and parent.attr == "get"):
        function = function_around(module, node)
        return function.name if function is not None else None
    return None
