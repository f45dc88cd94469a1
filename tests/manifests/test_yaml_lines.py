from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.manifests.yaml_lines import Node, parse_yaml
from repotriage.models.base import Message


def test_values_carry_their_lines() -> None:
    root = parse_yaml("a:\n  - x\n  - k: |\n      one\n      two\n")
    assert isinstance(root, Node)
    items = list(root.get("a") or Node(1))
    assert items[0].line == 2
    block = items[1].get("k")
    assert block is not None
    assert (block.line, block.block, block.value) == (3, True, "one\ntwo\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: [\n",
        "a: \0",
        "[" * 500,
        "x" * 300_000,
        "",
        "- " * 3000,
    ],
)
def test_hostile_text_is_a_reason(text: str) -> None:
    assert isinstance(parse_yaml(text), Message)


def test_a_bomb_of_aliases_costs_nothing() -> None:
    text = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
    root = parse_yaml(text)
    assert isinstance(root, Node)
    assert root.get("a39") is not None


@pytest.mark.parametrize("text", ["a: &a [*a, b]\n", "a: [b]\nc: *nothing\n"])
def test_an_anchor_that_holds_itself_or_is_nowhere_is_refused(text: str) -> None:
    assert "stands for what holds it" in str(parse_yaml(text))


@given(st.text(max_size=60))
def test_total(text: str) -> None:
    parse_yaml(text)
