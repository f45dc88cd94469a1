from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from repotriage.manifests.formats.setup_py import setup_py
from repotriage.manifests.registry import Context

PIECES = st.sampled_from(
    [
        "x = ['a', 'b']",
        "x += ['c']",
        "y = x + x",
        "x = y = [x]",
        "def f(n): return f(n)",
        "z = f(x)",
        "d = {'k': x}",
        "d['k'] = d",
        "for i in x: x.append(i)",
        "while True: x = x + x",
        "s = 'n' * 10",
        "s = s + s if 's' in dir() else 'q'",
        "x = [i for i in x for j in x]",
        "import sys\nif sys.platform: x = []\nelse: x = x",
        "with open('requirements.txt') as r: x = r.read().splitlines()",
        "setup(install_requires=x, extras_require=d, python_requires=s)",
        "setup(**d)",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=12))
def test_folding_always_ends(pieces: list[str]) -> None:
    files = {"setup.py": "\n".join(pieces), "requirements.txt": "numpy"}
    setup_py("setup.py", files["setup.py"], Context(files.get, frozenset(files)))


def test_many_branches_stay_cheap() -> None:
    text = "from setuptools import setup\nx = ['a']\n" + "if a: x = x + ['b']\n" * 400 + "setup(install_requires=x)\n"
    found = setup_py("setup.py", text, Context({"setup.py": text}.get, frozenset({"setup.py"})))
    assert found.requirements or found.unreadable
