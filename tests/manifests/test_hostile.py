"""Files that are made to break or hang a reader: each ends in an answer, and what cannot be read in a finding."""

from __future__ import annotations

import json

import pytest

from repotriage.manifests import assemble as manifests
from repotriage.manifests.assemble import assemble
from repotriage.models.reading import BrokenFile
from repotriage.models.requirement import Dependencies
from repotriage.parsing.markup import documents
from repotriage.parsing.walk import walk
from repotriage.reading import assemble as reading
from tests.builders import snapshot

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
LINE = 10_000_000
DEEP = 50_000
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "[" * DEEP}


def study(texts: dict[str, str]) -> Dependencies:
    tree = snapshot(texts)
    pages = documents(tree)
    facts = walk(tree, (*reading.VISITORS, *manifests.VISITORS))
    return assemble(tree, pages, facts)


REFUSED = {
    "a line of 10 MB": ("requirements.txt", "a" * LINE),
    "a line of 10 MB in setup.py": ("setup.py", "x = '" + "a" * LINE + "'\n"),
    "a NUL byte": ("requirements.txt", "torch\0\nnumpy\n"),
    "a NUL byte in TOML": ("pyproject.toml", "[project]\nname = 'a\0'\n"),
    "an anchor within itself": ("environment.yml", "dependencies: &a\n  - *a\n"),
    "brackets in YAML": ("environment.yml", "dependencies: " + "[" * DEEP),
    "brackets in TOML": ("pyproject.toml", "a = " + "[" * DEEP),
    "dots in TOML": ("pyproject.toml", "a" + ".a" * DEEP + " = 1\n[project]\ndependencies = 1\n"),
    "brackets in JSON": ("Pipfile.lock", "[" * DEEP),
    "brackets in a lock": ("uv.lock", "a = " + "{a=" * DEEP),
    "brackets in setup.py": ("setup.py", "setup(install_requires=" + "(" * DEEP),
    "a value below no key": ("setup.cfg", "[options]\nname\n    value\n"),
    "a value below no key, for tox": ("tox.ini", "[testenv]\ndeps\n    value\n"),
    "a file of the system": ("requirements.txt", "-r /etc/passwd\n"),
    "a file above": ("requirements.txt", "-r ../../../etc/passwd\n"),
    "itself": ("requirements.txt", "-r requirements.txt\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_a_finding(name: str) -> None:
    path, text = REFUSED[name]
    found = study({path: text})
    assert {one.at.path for one in found.unreadable} == {path}
    assert found.requirements == ()


def test_files_that_lead_to_each_other_are_read_once() -> None:
    found = study({"requirements.txt": "-r b.txt\ntorch\n", "b.txt": "-r requirements.txt\nnumpy\n"})
    assert sorted(one.name for one in found.requirements) == ["numpy", "torch"]
    assert len(found.unreadable) == 1


def test_a_bomb_is_not_blown_up() -> None:
    found = study({"environment.yml": f"{BOMB}dependencies:\n  - python\n  - pip: *i\n"})
    assert [one.name for one in found.requirements] == ["python"]


def test_a_list_of_thousands_of_lines_is_read() -> None:
    found = study({"requirements.txt": "".join(f"package{n}=={n}.0\n" for n in range(5000))})
    assert len(found.requirements) == 5000


def test_one_name_thousands_of_times_in_several_files_is_read() -> None:
    found = study(
        {
            "README.md": "pip install -r requirements.txt\n\n```\npip install " + "a==1.0 " * 3000 + "\n```\n",
            "requirements.txt": "".join(f"a>={n}\n" for n in range(3000)),
            "environment.yml": "dependencies:\n" + "".join(f"  - a<{n}\n" for n in range(3000)),
        }
    )
    assert len(found.contradictions) <= 50


BAIT = {
    "spaces": "Python" + " " * 50_000 + "3",
    "versions": "Python 3.6, " * 4000,
    "dots": "torch " + "1." * 50_000,
    "or": "CUDA 10.1 or " * 5000,
    "operators": "torch >=" + ">=<" * 20_000,
    "brackets": "[" * 20_000 + "](" * 20_000,
    "images": "[![" * 5000,
    "emphasis": "*a_" * 20_000,
    "backticks": "`" * 9999 + " " + "``` " * 5000,
    "quotes": ">" * 5000 + " pip install torch",
    "lists": "".join(f"{'  ' * depth}- pip install a\n" for depth in range(500)),
    "tags": "<a href='" * 10_000,
    "comments": "<!--" * 20_000,
    "badges": "https://img.shields.io/badge/" + "-" * 30_000,
    "links": "https://" * 10_000,
    "tables": "|" * 20_000 + "\n" + "|-" * 20_000 + "\n",
    "installs": "pip install " * 5000,
    "options": "pip install " + "-r " * 10_000,
    "shell": "```bash\n" + "$(" * 5000 + "pip install a" + ")" * 5000 + "\n```\n",
    "quotes of shell": "```bash\npip install " + "'\"" * 10_000 + "\n```\n",
    "documents": "```bash\n" + "cat <<EOF\n" * 2000 + "```\n",
}


@pytest.mark.parametrize("suffix", ["md", "rst"])
@pytest.mark.parametrize("name", BAIT)
def test_a_readme_made_to_hang_is_read(name: str, suffix: str) -> None:
    study({f"README.{suffix}": f"# Requirements\n\n{BAIT[name]}\n\nnumpy\n"})


def test_a_readme_of_one_endless_line_is_read() -> None:
    study({"README.md": "pip install torch " * (LINE // 18)})


def test_python_made_to_break_a_parser_is_a_broken_file() -> None:
    texts = {
        "a.py": "(" * DEEP,
        "b.py": "-" * DEEP + "1",
        "c.py": "x = " + "a." * DEEP + "b",
        "d.py": "x = '" + "a" * LINE + "'\nimport torch\n",
        "e.ipynb": "[" * DEEP,
        "f.ipynb": json.dumps({"cells": [CELL]}),
        "g.py": "import torch\0\n",
        "h.py": "x = " + " + ".join(["'a'"] * 20_000) + "\n",
    }
    tree = snapshot(texts)
    facts = walk(tree, (*reading.VISITORS, *manifests.VISITORS))
    broken = {one.at.path for one in facts.of(BrokenFile)}
    assert {"a.py", "e.ipynb", "f.ipynb", "g.py"} <= broken
    assert "d.py" not in broken
