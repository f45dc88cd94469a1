import io
import zipfile

import httpx
import pytest
from packaging.version import Version

from repotriage.index.facts import IndexFile
from tools.release_names import Names, Release
from tools.verify_breakages import verdict


def release(**files: str) -> Names:
    """A wheel of these modules, served by ranges; `__` in a name stands for a folder, `init` for `__init__`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("init", "__init__") + ".py", text)
    data = stream.getvalue()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "HEAD":
            return httpx.Response(200, headers={"Content-Length": str(len(data))})
        first, last = request.headers["Range"].removeprefix("bytes=").split("-")
        return httpx.Response(206, content=data[int(first) : int(last) + 1])

    file = IndexFile("pkg-1.0-py3-none-any.whl", "https://files.example/pkg", "wheel", Version("1.0"))
    return Names(Release(file, httpx.Client(transport=httpx.MockTransport(answer))))


@pytest.mark.parametrize(
    ("files", "name", "answer"),
    [
        ({"pkg__init": "def f(): ...\n"}, "pkg.f", "there"),
        ({"pkg__init": "from .a import *\n", "pkg__a": "f = 1\n_g = 2\n"}, "pkg.f", "there"),
        ({"pkg__init": "from .a import *\n", "pkg__a": "__all__ = ['h']\nf = 1\n"}, "pkg.f", "gone"),
        ({"pkg__init": "", "pkg__a": "class C:\n    def m(self): ...\n"}, "pkg.a.C.m", "there"),
        ({"pkg__init": "", "pkg__a": ""}, "pkg.b", "gone"),
        ({"pkg__init": "f = 1\ndel f\n"}, "pkg.f", "gone"),
        ({"pkg__init": "def f():\n    'Gone.'\n    raise RuntimeError\n"}, "pkg.f", "gone"),
        ({"pkg__init": "OLD = {'f': 1}\ndef __getattr__(n):\n    if n in OLD:\n        return 1\n"}, "pkg.f", "there"),
        ({"pkg__init": "OLD = {'f'}\ndef __getattr__(n):\n    if n in OLD:\n        raise X\n"}, "pkg.f", "gone"),
        ({"pkg__init": "for n in ('f', 'g'):\n    globals()[n] = 1\n"}, "pkg.f", "there"),
        ({"pkg__init": "x = 'f'\nglobals().update(more())\n"}, "pkg.f", "unknown"),
    ],
)
def test_names_are_followed_without_running_anything(files: dict[str, str], name: str, answer: str) -> None:
    assert release(**files).find(name).answer == answer


def test_a_keyword_is_looked_for_in_the_signature() -> None:
    names = release(pkg__init="class C:\n    def __init__(self, a, *, b=1): ...\ndef f(**more): ...\n")
    assert [names.argument("pkg.C", one).answer for one in ("a", "b", "c")] == ["there", "there", "gone"]
    assert names.argument("pkg.f", "a").answer == "unknown"


def test_a_row_is_confirmed_only_by_both_releases() -> None:
    before, after = release(pkg__init="f = 1\n").find("pkg.f"), release(pkg__init="").find("pkg.f")
    assert (verdict(before, after), verdict(after, after), verdict(before, before)) == (
        "confirmed",
        "refuted",
        "refuted",
    )
