import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("code", "python"),
    [
        ("match x:\n    case 1:\n        pass\n", "3.10"),
        ("if (n := 1):\n    pass\n", "3.8"),
        ("def f(a, /): pass\n", "3.8"),
        ("x = f'{y}'\n", "3.6"),
        ("try:\n    pass\nexcept* ValueError:\n    pass\n", "3.11"),
        ("def f(x: int | None): pass\n", "3.10"),
        ("def f() -> list[int]: pass\n", "3.9"),
        ("class A:\n    x: dict[str, int] = {}\n", "3.9"),
    ],
)
def test_what_needs_a_newer_python(code: str, python: str) -> None:
    (need,) = read({"a.py": code}).syntax
    assert need.python == python
    assert need.at.path == "a.py"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", "x = 1\ny: int = 2\n"),
        ("a.py", "from __future__ import annotations\ndef f(x: int | None) -> list[int]: pass\n"),
        ("a.py", "def f():\n    x: list[int] = []\n"),
        ("a.py", "def f(x: 'int | None'): pass\n"),
        ("tests/test_a.py", "match x:\n    case 1:\n        pass\n"),
    ],
)
def test_silent(path: str, code: str) -> None:
    assert read({path: code}).syntax == ()


def test_the_first_place_of_each_kind_newest_first() -> None:
    found = read({"a.py": "x = f'{y}'\n", "b.py": "x = f'{y}'\nmatch x:\n    case 1:\n        pass\n"}).syntax
    assert [(need.python, str(need.at)) for need in found] == [("3.10", "b.py:2"), ("3.6", "a.py:1")]
