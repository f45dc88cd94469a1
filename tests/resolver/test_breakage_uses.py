from __future__ import annotations

import pytest

from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Location
from repotriage.models.snapshot import File
from repotriage.resolver.breakage_uses import is_aside, never_named


def names(inside: tuple[str, ...], *texts: str | None) -> frozenset[str]:
    use = BreakageUse(
        package="numpy", symbol="numpy.float", kind="attribute", removed_in="1.24.0", replacement="float",
        at=Location(path="a.py", line=2), guarded=False, inside=inside, source="https://x.example/",
    )  # fmt: skip
    return never_named([use], (File(path=f"{n}.py", size=0, text=text) for n, text in enumerate(texts)))


def test_what_stands_only_where_it_is_defined_is_never_named() -> None:
    assert names(("f", "A"), "class A:\n    def f(self):\n", "A()\n", None) == {"f"}
    assert names(("f",), "async def  f():\n", "def f():\n") == {"f"}


@pytest.mark.parametrize("text", ["f()", "from a import f", "target: pkg.f", "'f'", "# f(x)"])
def test_any_mention_names_it(text: str) -> None:
    assert names(("f",), "def f():\n", text) == frozenset()


@pytest.mark.parametrize(
    ("path", "aside"),
    [("tests/a.py", True), ("contrib/b/a.py", True), ("lib/contrib/a.py", False), ("a/third_party/b.py", True)],
)
def test_what_stands_beside_the_main_code(path: str, aside: bool) -> None:
    assert is_aside(Location(path=path, line=1)) == aside
