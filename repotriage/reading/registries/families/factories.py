"""Functions that turn a name into a class: `if name == "x": return X()`, `getattr(module, name)`, `globals()[name]`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import Registration, function_around, is_class_name, texts_of


def visit(module: Module) -> Iterator[Registration]:
    """Branches on a name, and lookups of a name in a module."""
    for branch in module.of(ast.If):
        yield from _branch(module, branch)
    for case in module.of(ast.match_case):
        if isinstance(case.pattern, ast.MatchValue):
            yield from _made(module, texts_of(case.pattern.value), case.body, case.pattern)
    for call in module.of(ast.Call):
        # `getattr(models, name)`: a module that is imported whole
        if isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) >= 2:
            holder, name = call.args[:2]
            if not isinstance(name, ast.Constant):
                yield from _lookup(module, holder, call)
    for subscript in module.of(ast.Subscript):
        value = subscript.value
        if isinstance(subscript.slice, ast.Constant | ast.Slice) or not isinstance(subscript.ctx, ast.Load):
            continue
        if isinstance(value, ast.Attribute) and value.attr == "__dict__":
            yield from _lookup(module, value.value, subscript)
        elif isinstance(value, ast.Call) and not value.args and isinstance(value.func, ast.Name):
            if value.func.id == "globals":
                yield Registration(
                    name="*", registry="globals()", dotted="", at=module.at(subscript), everything=True, own_only=True
                )
        elif (
            isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "vars" and value.args
        ):
            yield from _lookup(module, value.args[0], subscript)


def _lookup(module: Module, holder: ast.expr, at: ast.expr) -> Iterator[Registration]:
    if isinstance(holder, ast.Subscript) and module.dotted(holder.value) == "sys.modules":
        yield Registration(
            name="*", registry="sys.modules[__name__]", dotted="", at=module.at(at), everything=True, own_only=True
        )
        return
    if isinstance(holder, ast.Call) and module.dotted(holder.func) in ("importlib.import_module", "__import__"):
        return  # of a module whose name is made at run time
    dotted = module.dotted(holder)
    root = holder
    while isinstance(root, ast.Attribute):
        root = root.value
    if dotted and isinstance(root, ast.Name) and root.id in module.names:
        written = ast.unparse(holder)
        yield Registration(
            name="*", registry=f"names of {written}", dotted=dotted, at=module.at(at), everything=True, own_only=True
        )


def _branch(module: Module, branch: ast.If) -> Iterator[Registration]:
    test = branch.test
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]
    names: list[str] = []
    for one in tests:
        if isinstance(one, ast.Compare) and len(one.ops) == 1 and isinstance(one.ops[0], ast.Eq | ast.In):
            names += texts_of(one.comparators[0])
            if isinstance(one.ops[0], ast.Eq):
                names += texts_of(one.left)
    yield from _made(module, names, branch.body, branch)


def _made(module: Module, names: list[str], body: list[ast.stmt], holder: ast.AST) -> Iterator[Registration]:
    """What a branch returns or assigns when a name is asked for."""
    function = function_around(module, holder)
    if not names or function is None:
        return
    for statement in body:
        value = statement.value if isinstance(statement, ast.Return | ast.Assign) else None
        called = isinstance(value, ast.Call)
        dotted = module.dotted(value.func if isinstance(value, ast.Call) else value) if value is not None else None
        if dotted is None or not (called or is_class_name(dotted)):
            continue
        if is_class_name(dotted) and function.name in ("__init__", "forward", "main"):
            own_only = True  # parts of this one class, not what a user asks for by name
        else:
            own_only = not is_class_name(dotted)
        for name in names[:40]:
            yield Registration(
                name=name,
                registry=f"{function.name}()",
                dotted=dotted,
                at=module.at(statement),
                own_only=own_only,
            )
        return
