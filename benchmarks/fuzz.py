"""Feed broken input to every parser: python -m benchmarks.fuzz [--inputs N] [--minutes M] [--seed S].

Each input is made of pieces of its format's grammar, in any order, then bent: cut, doubled,
nested, mixed with the pieces of another format, control characters or text of another script
put in. A parser must give a value; an exception or more than two seconds for one input is
printed with what reproduces it. By hand only, not part of the tests.
"""

# ruff: noqa: E501, SIM905 -- tables of pieces are easier to read in long lines
from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from repotriage.compat import breakages
from repotriage.manifests import imports
from repotriage.manifests.docs import read_document
from repotriage.manifests.registry import Context, Read, all_manifests
from repotriage.parsing.decoding import decode
from repotriage.parsing.markup import parse_document
from repotriage.parsing.notebook import module_source
from repotriage.parsing.python import Module, parse
from repotriage.parsing.shell import parse_shell
from repotriage.reading import assemble as reading

SLOW = 2.0
NAMES = ("torch numpy tensorflow-gpu sklearn opencv-python 编码 a.b_c cudatoolkit pytorch-cuda python pip gcc "
         "mmcv-full apex é ß Ａ a" + "b" * 300).split()  # fmt: skip
VERSIONS = "1.0 1.7.1+cu110 3.* 2.0.0rc1 == >= <=1 ~=2 !=1.* ^1.2 ~1 =1.19.2=py37h_0 *, ≥3 1e9 -1 9999999999999999 .5 latest".split()
NOISE = [
    "\0",
    "\ufeff",
    "\x1b[31m",
    "\u2028",
    "\x85",
    "\x0c",
    "\r",
    "\u202e",
    "😀",
    "\ud7ff",
    "\t",
    "\\",
    "\\\n",
    "\n\n",
]
SHARED = [
    "\n",
    "\n",
    " ",
    ",",
    ";",
    "#",
    "'",
    '"',
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "=",
    "@",
    "-",
    "  ",
    "&&",
    "|",
    "$",
]
PIECES: dict[str, list[str]] = {
    "requirements": ["-r ", "-c x.txt", "-r ../../etc/passwd", "--hash=sha256:ab", "-e .", "-e git+https://h/o/r@v#egg=x",
        "; python_version < '3.8'", "--index-url https://u:p@h/", "@ file:///a/b-1.0.whl", "[extra]", "\\\n", "# c", "--no-deps"],
    "toml": ["[project]\n", "dependencies = [", "[tool.poetry.dependencies]\n", 'a = "^1"', "[[package]]\n", "name = ", "version = ",
        "[build-system]\nrequires = ", "[dependency-groups]\n", "{include-group = 'a'}", "a.b.c = 1", "'''", '"""', "1979-05-27",
        "0x", "optional = true", "[tool.uv.sources]\n", "{ git = 'x' }", "dynamic = ['dependencies']\n", "nan", "[[[["],
    "ini": ["[options]\n", "install_requires =\n    ", "[options.extras_require]\n", "%(x)s", "[testenv]\n", "deps =\n", "file: r.txt",
        "{[testenv]deps}", "python_requires = >=3"],
    "yaml": ["dependencies:\n", "  - ", "- pip:\n", "    - ", "channels:\n", "&a ", "*a", "<<: *a\n", "!!python/object:os.system ",
        "name: x\n", "? ", "| \n", "> \n", "---\n", "...\n", "{a: b, ", "[", "jobs:\n  x:\n    steps:\n", "    - run: pip install ",
        "matrix:\n", "${{ matrix.x }}", "build:\n  python_version: ", "%YAML 1.1\n", "!!binary |\n"],
    "dockerfile": ["FROM nvidia/cuda:11.1-cudnn8-devel\n", "FROM ${A:-x} AS y\n", "RUN pip install ", "RUN <<EOF\n", "EOF\n", "ARG A=1\n",
        "ENV A $A\n", "COPY r.txt .\n", "&& apt-get install -y ", "\\\n", "RUN [\"pip\", \"install\"]\n", "# syntax=x\n", "SHELL [\n"],
    "json": ["{", "}", "[", "]", '"default": {', '"package": ', ":", ",", '"version": "==1"', "null", "1e999", '"\\ud800"', '"cells": [',
        '{"cell_type": "code", "source": ', '"!pip install torch\\n"', '["%%bash\\n", "pip install x"]', "true", '"metadata": {}'],
    "shell": ["pip install ", "conda install -c x ", "if [ a ]; then ", "fi\n", "for x in a b; do ", "done\n", "$(", ")", "`", "<<EOF\n", "EOF\n",
        "${A:-${B}}", "$A", "A=1 ", "\\\n", "| bash", "> /dev/null", "2>&1", "python3 -m pip install ", "cd x && ", "export A=", "{a,b}"],
    "markdown": ["# Requirements\n", "- ", "```bash\n", "```\n", "    pip install ", "`pip install x`", "| a | b |\n|---|---|\n", "[a](", ")",
        "![", "](https://img.shields.io/badge/python-3.6+-blue)", "<details>", "</details>", "<!-- ", " -->", "> ", "1. ", "**", "_", "***", "\\",
        "Python 3.6+", "PyTorch (≥ 1.0) 以上", "tested on Ubuntu 18.04, gcc 7.5, 4×V100", "CUDA 10.2 或", "~~~\n", "[^1]: ", "<a href='", "&nbsp;",
        "https://", "======\n", "or higher", "requires ", "- [ ] "],
    "rst": ["Title\n=====\n", ".. code-block:: bash\n\n   ", "::\n\n", ".. include:: /etc/passwd\n", "``x``", "`a <b>`_", ".. image:: x\n", "* ",
        ".. raw:: html\n\n", "|a|", ".. |a| replace:: b\n", ":ref:`x`", ".. role:: x\n", "+---+---+\n", "=== ===\n", ".. _a: b\n", "__ x\n", ".. csv-table:: a\n"],
    "python": ["import torch\n", "from . import x\n", "setup(install_requires=", "def f(a, *b, c=1, **d):\n    ", "if True:\n    ", "try:\n    ",
        "except ImportError:\n    ", "open('r.txt').read().splitlines()", "f'{a!r:{b}}'", "[x for x in ", "lambda: ", "sys.path.insert(0, ", "class A(B):\n    ",
        "x = ", "'a' + ", "* 9999", "** 99", "%s' % ", ".format(", "parser.add_argument('--lr', default=", "print 1\n", "match x:\n case ", "np.float",
        "requests.get('https://x')", "CUDAExtension('a', ", "os.path.join(__file__, ", "async ", "yield ", "@hydra.main()\n", "return ", "global a\n"],
}  # fmt: skip
PATHS = {
    "apt": [("apt.txt", "shell")],
    "cog": [("cog.yaml", "yaml")],
    "conda": [("environment.yml", "yaml")],
    "conda_lock": [("conda-lock.yml", "yaml")],
    "devcontainer": [(".devcontainer/devcontainer.json", "json")],
    "dockerfile": [("Dockerfile", "dockerfile")],
    "notebook": [("a.ipynb", "json")],
    "noxfile": [("noxfile.py", "python")],
    "pipfile": [("Pipfile", "toml")],
    "setup_cfg": [("setup.cfg", "ini")],
    "setup_py": [("setup.py", "python")],
    "shell": [("install.sh", "shell")],
    "tox": [("tox.ini", "ini")],
    "workflow": [(".github/workflows/a.yml", "yaml")],
}


def targets() -> dict[str, tuple[str, Callable[[str], Any]]]:
    """Name → (the pieces it is fed with, the parser)."""
    found: dict[str, tuple[str, Callable[[str], Any]]] = {}
    for manifest in all_manifests():
        stem = manifest.name
        choices = PATHS.get(stem)
        if choices is None:
            path = next(
                (
                    path
                    for path in ("requirements.txt", "pyproject.toml", "Pipfile.lock", "pixi.toml", "pixi.lock", "poetry.lock", "uv.lock",
                        "pdm.lock", "pylock.toml", "runtime.txt", ".python-version", "constraints.txt")
                    if manifest.matches.fullmatch(path)
                ),
                None,
            )  # fmt: skip
            kind = "requirements" if path is None or path.endswith((".txt", "version")) else "toml"
            if path == "Pipfile.lock":
                kind = "json"
            elif path == "pixi.lock":
                kind = "yaml"
            choices = [(path or "requirements.txt", kind)]
        for path, kind in choices:
            context = Context({"r.txt": "numpy\n"}.get, frozenset({"r.txt", path}))
            found[stem] = (kind, partial(read_manifest, manifest.read, path, context))
    plain = Context(lambda _: None, frozenset())
    for path, kind in (
        ("README.md", "markdown"),
        ("README.rst", "rst"),
        ("README", "markdown"),
        ("a.html", "markdown"),
    ):
        found[path] = (kind, partial(read_markup, path, plain))
    found["parse_shell"] = ("shell", parse_shell)
    found["module_source"] = ("json", lambda text: module_source("a.ipynb", text))
    found["python"] = ("python", read_python)
    found["decode"] = (
        "markdown",
        lambda text: decode(text.encode("utf-16" if len(text) % 3 else "gb18030", "surrogatepass")[len(text) % 2 :]),
    )
    return found


def read_manifest(read: Read, path: str, context: Context, text: str) -> None:
    read(path, text, context)


def read_markup(path: str, context: Context, text: str) -> None:
    read_document(parse_document(path, text), context)


def read_python(text: str) -> None:
    module = parse("a.py", text)
    if isinstance(module, Module):
        for visit in (*reading.VISITORS, imports.visit, breakages.visit):
            list(visit(module))


def make(kind: str, random_: random.Random) -> str:
    """One input of a kind: up to a few dozen pieces, then bent."""
    pool = PIECES[kind]
    parts: list[str] = []
    for _ in range(int(random_.paretovariate(0.9)) % 60 + 1):
        chance = random_.random()
        source = pool if chance < 0.55 else SHARED if chance < 0.75 else NAMES if chance < 0.85 else VERSIONS
        if chance > 0.95:
            source = NOISE if chance > 0.98 else PIECES[random_.choice(list(PIECES))]
        parts.append(random_.choice(source))
        if chance < 0.2:
            parts.append("\n" + " " * random_.choice((0, 0, 2, 4)))
    text = "".join(parts)
    bend = random_.random()
    if bend < 0.05:
        text = text[: random_.randrange(len(text) + 1)]
    elif bend < 0.1:
        at = random_.randrange(len(text) + 1)
        text = text[:at] + random_.choice(parts) * random_.choice((5, 50, 300)) + text[at:]
    elif bend < 0.12:
        text = random_.choice("([{<*_`\"'-> |") * random_.choice((20, 200, 1500)) + text
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="the name of one target")
    options = parser.parse_args()
    chosen = {name: one for name, one in targets().items() if options.only in (None, name)}
    end = time.monotonic() + options.minutes * 60
    done: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for number in range(options.inputs):
        if number % 100 == 0 and time.monotonic() > end:
            break
        name = list(chosen)[number % len(chosen)]
        kind, read = chosen[name]
        text = make(kind, random.Random(f"{options.seed}/{number}"))
        start = time.process_time()
        try:
            read(text)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{name}: {type(error).__name__} at {where.filename}:{where.lineno}"
            seen[key] += 1
            if seen[key] == 1:
                print(f"{key}\n  input {number}, seed {options.seed}: {text[:300]!r}\n  {str(error)[:200]}", flush=True)
        taken = time.process_time() - start
        done[name] += 1
        if taken > SLOW:
            seen[f"{name}: slow"] += 1
            print(f"{name}: {taken:.1f} s for input {number}, seed {options.seed}: {text[:200]!r}", flush=True)
    print(f"{done.total():,} inputs to {len(done)} parsers; {len(seen)} kinds of failure: {dict(seen)}")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
