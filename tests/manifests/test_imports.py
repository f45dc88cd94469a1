import pytest

from repotriage.manifests.imports import ImportFact, SearchPath, context_of_path, visit
from repotriage.parsing.python import Module, parse


def facts(text: str, path: str = "main.py") -> list[tuple[str, int | None, str]]:
    module = parse(path, text)
    assert isinstance(module, Module)
    return [(f.module, f.at.line, f.context) for f in visit(module) if isinstance(f, ImportFact)]


def search_paths(text: str, path: str) -> set[str]:
    module = parse(path, text)
    assert isinstance(module, Module)
    return {fact.path for fact in visit(module) if isinstance(fact, SearchPath)}


def test_each_import_comes_with_its_line_and_relative_ones_do_not() -> None:
    text = "import torch.nn as nn, numpy\nfrom PIL import Image, ImageOps\nfrom . import models\nfrom .x import y\n"
    assert facts(text) == [
        ("torch.nn", 1, "main"),
        ("numpy", 1, "main"),
        ("PIL.Image", 2, "main"),
        ("PIL.ImageOps", 2, "main"),
    ]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("try:\n    import apex\nexcept ImportError:\n    apex = None\n", "guarded"),
        ("try:\n    pass\nexcept ImportError:\n    import apex\n", "guarded"),
        ("try:\n    import apex\nexcept ValueError:\n    pass\n", "main"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import apex\n", "type_checking"),
        ("import contextlib\nwith contextlib.suppress(ImportError):\n    import apex\n", "guarded"),
        ("import contextlib\nwith contextlib.suppress(ValueError):\n    import apex\n", "main"),
        ("def f():\n    import apex\n", "function"),
        ("class A:\n    import apex\n", "main"),
        ("if __name__ == '__main__':\n    import apex\n", "main"),
        ("import sys\nif sys.platform == 'win32':\n    import apex\n", "guarded"),
    ],
)
def test_what_guards_an_import_is_told_apart(text: str, context: str) -> None:
    assert [c for module, _, c in facts(text) if module == "apex"] == [context]


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("tests/test_a.py", "test"),
        ("pkg/conftest.py", "test"),
        ("test.py", "main"),  # in paper code this is the evaluation
        ("examples/run.py", "example"),
        ("docs/conf.py", "setup"),
        ("setup.py", "setup"),
        ("src/pkg/latest.py", "main"),
    ],
)
def test_the_place_of_a_file_tells_what_it_is_for(path: str, context: str) -> None:
    assert context_of_path(path) == context


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sys.path.append('lib')", {"lib", "tools/lib"}),
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'src'))", {"src"}),
        ("sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))", {""}),
        ("sys.path.append(str(Path(__file__).resolve().parent.parent / 'vendor'))", {"vendor"}),
        ("sys.path.append('/home/me/lib')", set()),
        ("sys.path.append('../../..')", set()),
        ("sys.path.append(folder)", set()),
    ],
)
def test_search_paths_are_read_as_far_as_they_are_literal(line: str, found: set[str]) -> None:
    text = f"import sys, os\nfrom pathlib import Path\n{line}\n"
    assert search_paths(text, "tools/run.py") == found
