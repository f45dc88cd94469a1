from __future__ import annotations

import pytest

from repotriage.resolver.loosen import looser


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy==1.19.2", ["numpy==1.19.*", "numpy==1.*", "numpy"]),
        ("a[x]==1 ; python_version < '3.8'", ['a[x]; python_version < "3.8"']),
        ("a>=2,<3", ["a>=2", "a"]),
        ("a<3", ["a"]),
        ("a", []),
    ],
)
def test_each_step_asks_for_less(line: str, expected: list[str]) -> None:
    assert list(looser(line)) == expected
