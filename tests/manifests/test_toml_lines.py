from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from repotriage.manifests.toml_lines import Toml, parse_toml
from repotriage.models.base import Message

TEXT = '''# a comment
title = "x"
[project]
dependencies = [
  "numpy",  # why
  """torch""", "scipy",
]
optional-dependencies.dev = ["pytest"]
[tool."a.b".c]
k = { x = 1, y = [1,
  2] }
[[package]]
name = "one"
[[package]]
name = "two"
[package.source]
url = "u"
'''


def test_every_value_has_its_line() -> None:
    toml = parse_toml(TEXT)
    assert isinstance(toml, Toml)
    assert toml.line("project", "dependencies", 0) == 5
    assert toml.line("project", "dependencies", 2) == 6
    assert toml.line("project", "optional-dependencies", "dev", 0) == 8
    assert toml.line("tool", "a.b", "c", "k", "y", 1) == 11
    assert toml.line("package", 1, "name") == 15
    assert toml.line("package", 1, "source", "url") == 17


def test_strings_of_several_lines_are_counted() -> None:
    toml = parse_toml("a = \"\"\"\n1\n2\n\"\"\"\nb = '''\n'''\nc = 3\n")
    assert isinstance(toml, Toml)
    assert toml.line("c") == 7


def test_what_is_not_toml_or_too_deep_is_a_reason() -> None:
    assert isinstance(parse_toml("a = = 1"), Message)
    assert isinstance(parse_toml("a = " + "[" * 5000 + "]" * 5000), Message)


keys = st.text("abc-", min_size=1, max_size=3)
values = st.recursive(st.integers() | st.text(max_size=10), lambda inner: st.lists(inner, max_size=3), max_leaves=8)


@given(st.dictionaries(keys, values, max_size=5))
def test_the_scan_agrees_with_the_parser(table: dict[str, object]) -> None:
    def show(value: object) -> str:
        if isinstance(value, list):
            return "[\n" + ",\n".join(show(one) for one in value) + "]"
        if isinstance(value, int):
            return str(value)
        return '"' + "".join(f"\\U{ord(one):08x}" for one in str(value)) + '"'

    text = "\n".join(f'"{key}" = {show(value)}' for key, value in table.items())
    toml = parse_toml(text)
    assert isinstance(toml, Toml)
    assert toml.data == tomllib.loads(text)
    line = 1
    for key, value in table.items():
        assert toml.line(key) == line
        line += show(value).count("\n") + 1


@given(st.text(max_size=60))
def test_total(text: str) -> None:
    parse_toml(text)
