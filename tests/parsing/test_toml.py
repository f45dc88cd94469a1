import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.models.base import Message
from repotriage.parsing.toml import load_toml


def test_toml_is_read() -> None:
    assert load_toml('a.b = 1\nc = "' + "a.b " * 200 + '"\n[d]\n') == {"a": {"b": 1}, "c": "a.b " * 200, "d": {}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = " + "[" * 1000, "nested deeper"),
        ("a" + ".a" * 50_000 + " = 1\n", "a key of more than"),
        ("[a" + " . 'a'" * 5000 + "]\n", "a key of more than"),
        ("a = \n", "not TOML"),
    ],
)
def test_what_is_refused_says_why(text: str, reason: str) -> None:
    assert reason in str(load_toml(text))


@given(st.text(alphabet="a.=[]{}'\"\n 1\\", max_size=60))
def test_total(text: str) -> None:
    assert isinstance(load_toml(text), dict | Message)
