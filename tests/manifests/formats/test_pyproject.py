from __future__ import annotations

import pytest

from repotriage.manifests.poetry_spec import poetry_specifier
from repotriage.models.base import Message
from tests.manifests.conftest import Read, brief

STANDARD = """[build-system]
requires = ["setuptools>=61", "wheel"]
[project]
requires-python = ">=3.8"
dependencies = [
  "numpy>=1.20",
  "torch==2.0 ; sys_platform == 'linux'",
]
dynamic = ["version"]
[project.optional-dependencies]
dev = ["pytest"]
gpu = ["cupy"]
[dependency-groups]
lint = ["ruff"]
all = [{include-group = "lint"}, {include-group = "none"}]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.uv.sources]
torch = { index = "pytorch" }
[[tool.uv.index]]
url = "https://download.pytorch.org/whl/cu121"
[tool.hatch.envs.test]
dependencies = ["coverage"]
[tool.pdm.dev-dependencies]
doc = ["sphinx"]
"""


def test_the_standard_tables_and_those_of_tools(read: Read) -> None:
    found = read("pyproject.toml", STANDARD)
    assert brief(found) == [
        ("setuptools", ">=61", "build", 2),
        ("wheel", "", "build", 2),
        ("numpy", ">=1.20", "runtime", 6),
        ("torch", "==2.0", "runtime", 7),
        ("pytest", "", "dev", 11),
        ("cupy", "", "optional", 12),
        ("python", ">=3.8", "python", 4),
        ("ruff", "", "dev", 14),
        ("sphinx", "", "docs", 25),
        ("mypy", "", "dev", 17),
        ("coverage", "", "test", 23),
    ]
    assert [str(one.reason) for one in found.unreadable] == ["there is no group none"]
    assert any(one.value.startswith("https://download") for one in found.indexes)


def test_dynamic_dependencies_name_their_files(read: Read) -> None:
    text = '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["req.txt"]}\n'
    assert [one.path for one in read("pyproject.toml", text, {"req.txt": ""}).includes] == ["req.txt"]


POETRY = """[tool.poetry.dependencies]
python = ">=3.8,<3.10"
jax = "^0.3.10"
numpy = { version = "~1.19", optional = true, extras = ["mkl"] }
torch = [
  { version = "1.7", python = "<3.9" },
  { version = "1.9", python = ">=3.9" },
]
clip = { git = "https://github.com/openai/CLIP.git", rev = "abc" }
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
"""


def test_poetry(read: Read) -> None:
    found = read("pyproject.toml", POETRY)
    assert brief(found) == [
        ("python", ">=3.8,<3.10", "python", 2),
        ("jax", ">=0.3.10,<0.4", "runtime", 3),
        ("numpy", ">=1.19,<1.20", "optional", 4),
        ("torch", "==1.7", "runtime", 5),
        ("torch", "==1.9", "runtime", 5),
        ("clip", "", "runtime", 9),
        ("mkdocs", "", "docs", 11),
    ]
    assert found.requirements[3].marker == 'python_version < "3.9"'
    assert found.requirements[5].url == "git+https://github.com/openai/CLIP.git@abc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", ">=1.2.3,<2.0"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1.0"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2.0"),
        ("1.2.*", "==1.2.*"),
        ("*", ""),
        (">=1,<2", ">=1,<2"),
        ("1.2.3", "==1.2.3"),
        ("^1.2 || ^2.0", ">=1.2,<3.0"),
        (">=2.7, !=3.0.*", ">=2.7,!=3.0.*"),
    ],
)
def test_constraints_of_poetry(text: str, expected: str) -> None:
    found = poetry_specifier(text)
    assert not isinstance(found, Message)
    assert found[0] == expected


def test_what_is_not_toml_is_named(read: Read) -> None:
    found = read("pyproject.toml", "[project\n")
    assert [str(one.at) for one in found.unreadable] == ["pyproject.toml"]
