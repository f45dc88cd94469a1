"""Decorators and calls that register: timm, OpenMMLab, detectron2, fairseq, transformers, and a project's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    RegistryPlace,
    keyword,
    maker,
    text_of,
    texts_of,
)

_REGISTERS = re.compile(
    r"^regist|(?:^|_)regist(?:er|ry)(?:_|$)|^(?:Register|register)[A-Z]?\w*$|_registry$", re.IGNORECASE
)
_METHODS = frozenset({"register", "register_module", "register_class", "register_model", "_do_register", "_register"})
_REGISTER = re.compile(r"_?(?:do_)?register(?:_\w+)?")
_REGISTRY_CLASS = re.compile(r"Registry$|^Registrable$|^Register$|^ClassRegistry$")
_OWNER = re.compile(r"^[A-Z][A-Z0-9_]+$|(?i:regist)|^Auto[A-Z]")
# Registering of something else: numbers of a framework's own machinery, plugins of the standard library.
_FOREIGN = re.compile(
    r"^(?:torch|jax|tensorflow|tf|atexit|functools|django|numba|flask|triton|signal|codecs|copyreg|numpy|abc|pytest)\."
    r"|register_(?:buffer|parameter|forward_|backward_|full_backward|fake|pytree|kl$|hook|kernel|op$|autograd|vmap|dispatch"
    r"|custom_op|lowering|load_state|state_dict|cell_magic|blueprint|namespace|assign|plugin|step_)"
)


def visit(module: Module) -> Iterator[Registration | RegistryPlace]:
    """Registrations by a decorator or a call, and the places where registries are made."""
    nodes: list[ast.ClassDef | ast.FunctionDef] = [*module.of(ast.ClassDef), *module.of(ast.FunctionDef)]
    for node in nodes:
        for decorator in node.decorator_list:
            yield from _decorator(module, node, decorator)
    for call, dotted in module.calls():
        if dotted is None or _may_register(dotted):
            yield from _call(module, call)


@lru_cache(maxsize=20_000)
def _may_register(dotted: str) -> bool:
    """Whether a call of this name can register; most calls of a file are of names that cannot."""
    last = dotted.rpartition(".")[2]
    return last == "store" or "egist" in last


def _decorator(module: Module, node: ast.ClassDef | ast.FunctionDef, decorator: ast.expr) -> Iterator[Registration]:
    call = decorator if isinstance(decorator, ast.Call) else None
    dotted = module.dotted(call.func if call else decorator)
    if dotted is None:
        return
    last = dotted.rpartition(".")[2]
    if not _REGISTERS.search(last) or _FOREIGN.search(dotted) or _single_dispatch(module, dotted):
        return
    registry, names = _registry(dotted), []
    if call is not None:
        given = (
            keyword(call, "name") or keyword(call, "names") or keyword(call, "alias") or keyword(call, "module_name")
        )
        listed = [texts_of(arg) for arg in call.args]
        names = texts_of(given) or [text for texts in listed for text in texts]
        if len(names) > 1 and all(len(texts) == 1 for texts in listed) and not texts_of(given):
            # `@register_model_architecture("transformer", "transformer_tiny")`: what it belongs to, then its name
            registry, names = f"{registry}:{names[0]}", names[1:]
    for name in names or [node.name]:
        yield Registration(
            name=name, registry=registry, dotted=node.name, at=module.at(decorator), owner=_owner(dotted)
        )


def _registry(dotted: str) -> str:
    """`timm.models.register_model` → `register_model`; `mmdet.registry.MODELS.register_module` → `MODELS`."""
    owner, _, last = dotted.rpartition(".")
    holder = owner.rpartition(".")[2]
    if last in _METHODS and last != "register_model" and holder:
        return holder
    if holder and holder.lower() in ("registry", "register") and last.startswith("register_"):
        return last
    return holder if holder and _OWNER.search(holder) and not holder.islower() else last


def _owner(dotted: str) -> str:
    owner, _, last = dotted.rpartition(".")
    return owner if last in _METHODS and owner.strip(".") and last != "register_model" else dotted


def _single_dispatch(module: Module, dotted: str) -> bool:
    """`f.register` of a function with `functools.singledispatch`."""
    owner, _, last = dotted.rpartition(".")
    return last == "register" and owner[:1].islower() and "functools.singledispatch" in module.names.values()


def _call(module: Module, call: ast.Call) -> Iterator[Registration | RegistryPlace]:
    dotted = module.dotted(call.func)
    inner = call.func if isinstance(call.func, ast.Call) else None  # `MODELS.register_module()(Foo)`
    if inner is not None:
        dotted = module.dotted(inner.func)
    if dotted is None:
        return
    parent = module.parent(call)
    last = dotted.rpartition(".")[2]
    if _REGISTRY_CLASS.search(last) and isinstance(parent, ast.Assign | ast.AnnAssign):
        target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
        if isinstance(target, ast.Name):
            yield RegistryPlace(variable=target.id, at=module.at(call))
        return
    if last == "store" and keyword(call, "name") is not None and keyword(call, "node") is not None:
        yield from _stored(module, call)  # hydra's ConfigStore
        return
    if not _REGISTER.fullmatch(last) or _FOREIGN.search(dotted):
        return
    owner = dotted.rpartition(".")[0]
    if isinstance(parent, ast.ClassDef | ast.FunctionDef):
        return  # a decorator
    if last == "register" and keyword(call, "entry_point") is not None:
        yield from _entry_point(module, call)
        return
    if _single_dispatch(module, dotted):
        return
    names = texts_of(keyword(call, "name") or (inner and keyword(inner, "name")))
    values = [keyword(call, "module"), *call.args]
    if inner is not None:
        names = names or [text for arg in inner.args for text in texts_of(arg)]
    names = names or [text for arg in call.args[:2] for text in texts_of(arg)]
    described = None if names or call.args else _described(module, call, last)
    if described is not None:
        yield described
        return
    known = last in _METHODS and owner and _OWNER.search(owner.rpartition(".")[2]) is not None
    if not known and not (names and len(call.args) + len(call.keywords) > 1):
        return  # `loop.register(callback)` and the like
    for value in reversed(values):
        if value is None or text_of(value) is not None:
            continue
        for made in _loop_values(module, value) or [maker(module, value)]:
            if made is not None and (made.rpartition(".")[2][:1].isupper() or names):
                for name in names or [made.rpartition(".")[2]]:
                    yield Registration(
                        name=name,
                        registry=_registry(dotted),
                        dotted=made,
                        at=module.at(call),
                        owner=owner or dotted,
                        own_only=not known or not made.rpartition(".")[2][:1].isupper(),
                    )
        return


def _described(module: Module, call: ast.Call, last: str) -> Registration | None:
    """`register_template(template_name="chat", system="…")`: what is registered is the call itself."""
    given = (text_of(one.value) for one in call.keywords if (one.arg or "").endswith("_name"))
    name = next((text for text in given if text), None)
    if name is None or len(call.keywords) < 2:
        return None
    return Registration(name=name, registry=last, dotted=f"{last}({name})", at=module.at(call))


def _stored(module: Module, call: ast.Call) -> Iterator[Registration]:
    """`ConfigStore.instance().store(name="base", node=BaseConfig)`."""
    name, node = text_of(keyword(call, "name")), keyword(call, "node")
    made = maker(module, node.func if isinstance(node, ast.Call) else node)
    if name and made:
        yield Registration(name=name, registry="ConfigStore", dotted=made, at=module.at(call), own_only=True)


def _loop_values(module: Module, value: ast.expr) -> list[str | None]:
    """`for module in [nn.ReLU, nn.GELU]: ACTIVATIONS.register_module(module=module)`."""
    if not isinstance(value, ast.Name):
        return []
    current = module.parent(value)
    while current is not None:
        if isinstance(current, ast.For) and isinstance(current.target, ast.Name) and current.target.id == value.id:
            return [module.dotted(item) for item in getattr(current.iter, "elts", ())]
        current = module.parent(current)
    return []


def _entry_point(module: Module, call: ast.Call) -> Iterator[Registration]:
    """`register(id="Env-v0", entry_point="package.module:Class")` of gym and gymnasium."""
    name = text_of(keyword(call, "id") or (call.args[0] if call.args else None))
    target = text_of(keyword(call, "entry_point"))
    if name and target:
        yield Registration(
            name=name, registry="entry_point", dotted=target.replace(":", "."), at=module.at(call), own_only=True
        )
