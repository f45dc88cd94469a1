"""Functions that turn a name into a class: `if name == "x": return X()`, `getattr(module, name)`, `globals()[name]`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import (
    Registration,
    constant_of,
    function_around,
    is_class_name,
    maker,
    texts_of,
)


def visit(module: Module) -> Iterator[Registration]:
    """Branches on a name, and lookups of a name in a module."""
    for branch in module.of(ast.If):
        yield from _branch(module, branch)
    for choice in module.of(ast.IfExp):
        yield from _choice(module, choice)
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


def _choice(module: Module, choice: ast.IfExp) -> Iterator[Registration]:
    """`Linear() if kind == "linear" else Full()`."""
    test = choice.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        body = choice.body.func if isinstance(choice.body, ast.Call) else choice.body
        made = module.dotted(body)
        function = function_around(module, choice)
        for name in texts_of(test.comparators[0]) if made is not None and is_class_name(made) else ():
            yield Registration(
                name=name,
                registry=f"{function.name}()" if function is not None else module.path.rpartition("/")[2],
                dotted=made or "",
                at=module.at(choice),
                own_only=True,
            )


def _branch(module: Module, branch: ast.If) -> Iterator[Registration]:
    test = branch.test
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]
    names: list[str] = []
    constants: list[str] = []
    for one in tests:
        if isinstance(one, ast.Compare) and len(one.ops) == 1 and isinstance(one.ops[0], ast.Eq | ast.In):
            names += texts_of(one.comparators[0])
            names += texts_of(one.left)
            constant = constant_of(module, one.comparators[0]) if isinstance(one.ops[0], ast.Eq) else None
            constants += [constant] if constant is not None else ()
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "startswith":
            names += [text for arg in one.args for text in texts_of(arg)]
    yield from _made(module, names, branch.body, branch, constants)


def _made(
    module: Module, names: list[str], body: list[ast.stmt], holder: ast.AST, constants: Sequence[str] = ()
) -> Iterator[Registration]:
    """What a branch returns, assigns, appends or imports when a name is asked for."""
    if not names and not constants:
        return
    function = function_around(module, holder)
    for statement in _flat(body):
        dotted, called = _result(module, statement)
        if dotted is None or not (called or is_class_name(dotted)):
            continue
        part = function is not None and function.name in ("__init__", "forward", "main")
        asked: list[tuple[str, str | None]] = [(name, None) for name in names[:40]]
        asked += [(constant.rpartition(".")[2], constant) for constant in constants]
        for name, constant in asked:
            yield Registration(
                name=name,
                registry=f"{function.name}()" if function is not None else module.path.rpartition("/")[2],
                dotted=dotted,
                at=module.at(statement),
                # parts of one class, and what a script does, are not what a user asks for by name
                own_only=part or function is None or constant is not None or not is_class_name(dotted),
                constant=constant,
            )
        return


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a branch, and those of branches in it that ask for something else than a name."""
    for statement in body:
        compared = statement.test if isinstance(statement, ast.If) else None
        named = isinstance(compared, ast.Compare) and any(texts_of(one) for one in compared.comparators)
        if isinstance(statement, ast.If) and not named:
            yield from statement.body
        yield statement


def _result(module: Module, statement: ast.stmt) -> tuple[str | None, bool]:
    """(dotted name of what one statement gives, whether it is called)."""
    if isinstance(statement, ast.ImportFrom) and len(statement.names) == 1:
        alias = statement.names[0]  # `if "vgg" in name: from .vgg import VGGBackbone as b`
        if not is_class_name(alias.name):
            return None, False
        # not by the name that it is given: another branch may give that to another class
        base = "." * statement.level + (statement.module or "")
        return f"{base}{'' if base.endswith('.') else '.'}{alias.name}", False
    value = statement.value if isinstance(statement, ast.Return | ast.Assign | ast.Expr) else None
    if isinstance(statement, ast.Expr):  # `evaluators.append(COCOEvaluator(…))`
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "append"):
            return None, False
        value = value.args[0] if value.args else None
        dotted = module.dotted(value.func) if isinstance(value, ast.Call) else None
        return (dotted, True) if dotted is not None and is_class_name(dotted) else (None, False)
    if value is None:
        return None, False
    made = maker(module, value)
    if made is not None:
        return made, isinstance(value, ast.Call)
    for _ in range(3):  # `Net(…).to(device)`, `DataParallel(Net(…))`, `Sequential(Net(…), …)`
        if not isinstance(value, ast.Call):
            break
        if isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call):
            value = value.func.value
        elif (module.dotted(value.func) or "").endswith(("DataParallel", "nn.Sequential")) and value.args:
            value = value.args[0]
    return (module.dotted(value.func), True) if isinstance(value, ast.Call) else (None, False)
