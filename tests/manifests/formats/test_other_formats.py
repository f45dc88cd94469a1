from __future__ import annotations

import json

import pytest

from repotriage.manifests.registry import all_manifests
from tests.manifests.conftest import Read, brief


def test_setup_cfg(read: Read) -> None:
    text = (
        "[metadata]\nname = x\n[options]\npython_requires = >=3.6\ninstall_requires =\n    numpy>=1.2\n"
        "    # no\n    torch; python_version<'3.9'\n[options.extras_require]\ntest = pytest\n"
    )
    assert brief(read("setup.cfg", text)) == [
        ("python", ">=3.6", "python", 4),
        ("numpy", ">=1.2", "runtime", 6),
        ("torch", "", "runtime", 8),
        ("pytest", "", "test", 10),
    ]
    assert [
        one.path for one in read("setup.cfg", "[options]\ninstall_requires = file: r.txt\n", {"r.txt": ""}).includes
    ] == ["r.txt"]


def test_cog(read: Read) -> None:
    text = (
        'build:\n  gpu: true\n  cuda: "11.3"\n  python_version: "3.8"\n  python_packages:\n'
        "    - torch==1.10\n  system_packages:\n    - libgl1\n  run:\n    - pip install six\n"
    )
    assert brief(read("cog.yaml", text)) == [
        ("python", "==3.8.*", "python", 4),
        ("cuda", "==11.3.*", "cuda", 3),
        ("torch", "==1.10", "runtime", 6),
        ("libgl1", "", "system", 8),
        ("six", "", "runtime", 10),
    ]


def test_devcontainer(read: Read) -> None:
    text = (
        '{\n  // an image\n  "image": "mcr.microsoft.com/devcontainers/python:1-3.11",\n'
        '  "postCreateCommand": "pip install -r requirements.txt",\n}\n'
    )
    found = read(".devcontainer/devcontainer.json", text, {"requirements.txt": ""})
    assert brief(found) == [("python", "==3.11.*", "python", 3)]
    assert [one.path for one in found.includes] == ["requirements.txt"]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("runtime.txt", "python-3.8.10\n", "==3.8.10"),
        (".python-version", "3.10\n", "==3.10.*"),
        (".tool-versions", "nodejs 16\npython 3.9.1\n", "==3.9.1"),
    ],
)
def test_files_that_name_a_python(read: Read, path: str, text: str, expected: str) -> None:
    assert [one.specifier for one in read(path, text).requirements] == [expected]


def test_tox_and_nox(read: Read) -> None:
    text = (
        "[tox]\nenvlist = py38\n[testenv]\nbasepython = python3.8\ndeps =\n    pytest\n    py38: mock\n    -rreq.txt\n"
    )
    found = read("tox.ini", text, {"req.txt": ""})
    assert brief(found) == [("python", "==3.8.*", "python", 4), ("pytest", "", "test", 6), ("mock", "", "test", 7)]
    assert [one.path for one in found.includes] == ["req.txt"]
    text = "import nox\n@nox.session(python=['3.9'])\ndef tests(session):\n    session.install('pytest', 'six>=1')\n"
    assert brief(read("noxfile.py", text)) == [
        ("pytest", "", "test", 4),
        ("six", ">=1", "test", 4),
        ("python", "==3.9.*", "python", 2),
    ]


def test_workflow(read: Read) -> None:
    text = """jobs:
  build:
    strategy:
      matrix:
        python-version: ["3.7", "3.8"]
        torch: [1.7.1]
        include:
          - cuda: "11.3"
    steps:
      - uses: actions/setup-python@v4
        with:
          python-version: ${{ matrix.python-version }}
      - run: |
          pip install flake8
          pip install torch==${{ matrix.torch }}
"""
    assert brief(read(".github/workflows/ci.yml", text)) == [
        ("python", "==3.7.*", "python", 5),
        ("python", "==3.8.*", "python", 5),
        ("cuda", "==11.3.*", "cuda", 8),
        ("flake8", "", "test", 14),
        ("torch", "==1.7.1", "test", 15),
    ]


def test_notebook(read: Read) -> None:
    cells = [
        {"cell_type": "code", "source": ["!pip install torch==1.7\n", "import torch\n", "%pip install six"]},
        {"cell_type": "code", "source": ["print('pip install nothing')"]},
        {"cell_type": "code", "source": ["%%bash\n", "apt-get install -y ffmpeg"]},
    ]
    found = read("a.ipynb", json.dumps({"cells": cells, "nbformat": 4}, indent=1))
    assert [(one.name, one.at.cell, one.at.line) for one in found.requirements] == [
        ("torch", 0, 6),
        ("six", 0, 8),
        ("ffmpeg", 2, 21),
    ]
    assert read("b.ipynb", "pip install {").unreadable


def test_shell_and_apt(read: Read) -> None:
    text = (
        "#!/bin/bash\nconda create -n x python=3.6 -y\ncd sub\n"
        "python -m pip install -r requirements.txt\nuv pip install --python 3.10 six\n"
    )
    found = read("install.sh", text, {"sub/requirements.txt": ""})
    assert brief(found) == [
        ("python", "==3.6.*", "python", 2),
        ("python", "==3.10.*", "python", 5),
        ("six", "", "runtime", 5),
    ]
    assert [one.path for one in found.includes] == ["sub/requirements.txt"]
    assert brief(read("binder/apt.txt", "ffmpeg\ngcc-7\n")) == [
        ("ffmpeg", "", "system", 1),
        ("gcc", "==7.*", "compiler", 2),
    ]


def test_every_reader_tells_what_it_reads() -> None:
    names = [one.name for one in all_manifests()]
    assert names == sorted(names)
    assert all(one.title for one in all_manifests())
    assert len(names) >= 24
