from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.models.reading import BrokenFile
from repotriage.parsing.mending import mended
from repotriage.parsing.python import Module, read


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("print 'x'", "print( 'x')"),
        ("print 'a %s' % (x,\n  1)", "print( 'a %s' % (x,\n  1))"),
        ("print >>f, x", "print(  f, x)"),
        ("if x: print x; print y", "if x: print( x); print( y)"),
        ("exec code in {}", "exec( code in {})"),
        ("try:\n    f()\nexcept (A, B), e:\n    pass", "try:\n    f()\nexcept (A, B) as e:\n    pass"),
        ("raise E, 'bad'", "raise E from 'bad'"),
        ("raise E, m, tb", "raise E from m or tb"),
        ("x = 1 <> 2", "x = 1 != 2"),
        ("os.chmod(p, 0755)", "os.chmod(p, 0o755)"),
        ("n = 10L", "n = 10"),
        ("n = 0xffL", "n = 0xff"),
        ("y = `x`", "y = (x)"),
        ("y = ur'a'", "y = r'a'"),
        ("x.cuda(async=True)", "x.cuda(async_=True)"),
        ("if x:\n\tprint 1\n        y = 2", "if x:\n        print( 1)\n        y = 2"),
    ],
)
def test_old_syntax_becomes_that_of_today_on_its_line(old: str, today: str) -> None:
    assert mended(old) == today
    ast.parse(today)


@pytest.mark.parametrize(
    "text", ["print('x')", "print (x), y", "x = {'print': 1}", "async def f(): await g()", "x = 0.5"]
)
def test_what_is_of_today_is_left_alone(text: str) -> None:
    assert mended(text) is None


def test_a_mended_file_is_read_and_told() -> None:
    module, broken = read("a.py", "import torch\nprint 'x'\nmodel.cuda(async=True)\n")
    assert isinstance(module, Module)
    assert len(module.of(ast.Call)) == 2
    assert broken is not None
    assert (broken.mended, broken.python2, broken.python_below) == (True, True, "3.7")
    module, broken = read("a.py", "def f(:\n")
    assert module is None
    assert isinstance(broken, BrokenFile)
    assert not broken.mended


@given(st.text(alphabet="print exec,raise()<>'\"`0L7\n\t:;=async ", max_size=80))
def test_any_text_keeps_its_lines(text: str) -> None:
    found = mended(text)
    assert found is None or found.count("\n") == text.count("\n")
