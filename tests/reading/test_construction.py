import ast

import pytest

from repotriage.parsing.python import Module, parse
from repotriage.reading.construction import constructor


@pytest.mark.parametrize(
    ("code", "built"),
    [
        ("Net()", "Net"),
        ("Net().to(device).eval()", "Net"),
        ("torch.nn.DataParallel(Net(3)).cuda()", "Net"),
        ("torch.compile(Net())", "Net"),
        ("accelerator.prepare(Net())", "Net"),
        ("torch.nn.DataParallel(model)", "torch.nn.DataParallel"),
        ("Net.from_pretrained('x').half()", "Net.from_pretrained"),
        ("model", None),
    ],
)
def test_the_innermost_call_builds(code: str, built: str | None) -> None:
    module = parse("a.py", f"import torch\nx = {code}\n")
    assert isinstance(module, Module)
    statement = module.tree.body[1]
    assert isinstance(statement, ast.Assign)
    call = constructor(module, statement.value)
    assert (None if call is None else module.dotted(call.func)) == built
