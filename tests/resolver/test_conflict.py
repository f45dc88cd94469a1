from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from repotriage.resolver.conflict import minimal_core


@given(st.integers(1, 14), st.lists(st.sets(st.integers(0, 13), min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_core_conflicts_and_every_smaller_set_holds(size: int, conflicts: list[set[int]]) -> None:
    def holds(items: Sequence[int]) -> bool:
        return not any(one <= set(items) for one in conflicts)

    items = list(range(size))
    if holds(items):
        return
    core = minimal_core(items, holds)
    assert not holds(core)
    assert all(holds([item for item in core if item != left]) for left in core)


def test_what_never_holds_has_an_empty_core() -> None:
    assert minimal_core([1, 2], lambda _: False) == []
