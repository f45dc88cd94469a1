"""The same repository, scored by `owner/repo` and from its checkout, gets the same answers about its files."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from benchmarks.parity import TOKEN, compare, different_files, different_findings, served
from repotriage.pipeline import analyse
from repotriage.scorer import load_profile
from tests.double import commit_files

PAPER: dict[str, str | bytes] = {
    "README.md": (
        "# Paper code\n\nPython 3.8, PyTorch 1.7.\n\n```bash\npip install -r requirements.txt\n"
        "python train.py --data ./data --lr 0.03\n```\n\n| Model | Top-1 |\n|---|---|\n| ours | 94.1 |\n\n"
        "Weights: [here](https://github.com/octo/paper/releases/download/v1/model.pth)\n"
    ),
    "train.py": (
        "import argparse\nimport torch\nimport torchvision\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--lr', type=float, default=0.03)\n    parser.add_argument('--data')\n"
        "    print(parser.parse_args(), torch.ones(1), torchvision)\n\n\nif __name__ == '__main__':\n    main()\n"
    ),
    "requirements.txt": "torch==1.7.1\ntorchvision==0.8.2\n",
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge\n",
}
LIBRARY: dict[str, str | bytes] = {
    "README.md": "# Library\n\n`pip install library`\n",
    "pyproject.toml": (
        "[project]\nname = 'library'\nversion = '1'\nrequires-python = '>=3.9'\ndependencies = ['numpy>=1.20']\n"
    ),
    "src/library/__init__.py": "import numpy\n",
    "tests/test_it.py": "def test_it():\n    assert True\n",
    ".github/workflows/ci.yml": (
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
    ),
    "weights.pt": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5\n",
    "notes.txt": "naïve café".encode("latin-1"),
    "picture.png": b"\x89PNG\r\n\x1a\n\0\0",
}
PROMISE: dict[str, str | bytes] = {"README.md": "# Coming soon\n\nCode will be released.\n"}


@pytest.mark.parametrize("files", [PAPER, LIBRARY, PROMISE], ids=["paper", "library", "promise"])
def test_github_and_checkout_agree(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    bare = tmp_path / "bare.git"
    for n in range(1, 4):
        part = dict(list(files.items())[: n * len(files) // 3 or 1])
        commit_files(bare, part, when=1_600_000_000 + n * 10_000_000, message=f"Step {n}")
    checkout = tmp_path / "octo+demo"
    pygit2.clone_repository(str(bare), str(checkout)).remotes.set_url("origin", "https://github.com/octo/demo.git")
    row = compare("octo/demo", checkout)
    assert (row.different, row.different_files, row.violations) == ((), (), ())
    assert row.findings > 20
    assert row.requests == {TOKEN: 2, None: 6}
    assert row.good


def test_a_difference_is_seen(tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    commit_files(bare, PAPER)
    snapshots, _, _ = served("octo/demo", bare)
    commit_files(bare, PROMISE, when=1_750_000_000)
    later, _, _ = served("octo/demo", bare)
    profile = load_profile("default")
    assert "train.py" in different_files(snapshots[TOKEN], later[TOKEN])
    found = different_findings(analyse(snapshots[TOKEN], profile), analyse(later[TOKEN], profile))
    assert any(line.startswith("training-entry-point") for line in found)
