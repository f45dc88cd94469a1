import ast

import pytest

from repotriage.models.reading import BrokenFile
from repotriage.parsing.python import Module, parse


def parsed(text: str) -> Module:
    module = parse("a.py", text)
    assert isinstance(module, Module)
    return module


def test_names_follow_aliases_and_keep_the_dots_of_relative_imports() -> None:
    module = parsed("import torch.nn as nn\nimport os.path\nfrom .models import ResNet as R\nfrom . import data\n")
    assert module.names == {"nn": "torch.nn", "os": "os", "R": ".models.ResNet", "data": ".data"}


def test_dotted_resolves_the_alias_of_the_first_name() -> None:
    module = parsed("import numpy as np\nx = np.random.rand(3)\n")
    (call,) = module.of(ast.Call)
    assert module.dotted(call.func) == "numpy.random.rand"
    assert str(module.at(call)) == "a.py:2"


@pytest.mark.parametrize(
    ("text", "python2"),
    [("print 'x'\n", True), ("def f(:\n", False), ("x = '\0'\n", False), ("(" * 5000, False)],
)
def test_what_cannot_be_parsed_is_a_value(text: str, python2: bool) -> None:
    broken = parse("old.py", text)
    assert isinstance(broken, BrokenFile)
    assert broken.python2 is python2
    assert broken.at.path == "old.py"


def test_a_pattern_that_is_a_bare_value_is_no_node() -> None:
    module = parse("a.py", "match x:\n    case True:\n        import torch\n")
    assert isinstance(module, Module)
    assert module.names == {"torch": "torch"}


def test_calls_come_with_the_names_of_what_is_called() -> None:
    module = parse("a.py", "import torch.nn as nn\nx = nn.Linear(f(1), 2)\ng()(3)\n")
    assert isinstance(module, Module)
    assert [(call.lineno, dotted) for call, dotted in module.calls()] == [
        (2, "torch.nn.Linear"),
        (2, "f"),
        (3, None),
        (3, "g"),
    ]
    assert module.calls() is module.calls()
