from __future__ import annotations

from datetime import UTC, datetime

from repotriage.manifests.assemble import VISITORS, assemble
from repotriage.models.snapshot import File, History, Snapshot, Touch
from repotriage.parsing.walk import walk
from tests.manifests.conftest import Merge, brief


def test_all_files_are_found_and_merged(merged: Merge) -> None:
    found = merged(
        {
            "requirements.txt": "numpy==1.19.2\n",
            "sub/requirements-dev.txt": "pytest\n",
            "environment.yml": "dependencies:\n  - python=3.7\n",
            "pyproject.toml": '[project]\ndependencies = ["torch"]\n',
        }
    )
    assert brief(found) == [
        ("python", "==3.7.*", "python", 2),
        ("torch", "", "runtime", 2),
        ("numpy", "==1.19.2", "runtime", 1),
        ("pytest", "", "dev", 1),
    ]


def test_the_readme_leads_the_ranking_and_says_why(merged: Merge) -> None:
    found = merged(
        {
            "README.md": "# Install\n\n```\nconda env create -f envs/gpu.yml\n```\n",
            "envs/gpu.yml": "dependencies:\n  - numpy\n",
            "requirements.txt": "-r more.txt\n",
            "more.txt": "scipy\n",
            "docs/requirements.txt": "sphinx\n",
        }
    )
    ranks = {file.path: (file.rank, str(file.why)) for file in found.files}
    assert ranks["README.md"][0] == 1
    assert ranks["envs/gpu.yml"] == (2, "README.md:4 reads it")
    assert ranks["requirements.txt"][0] == 3
    assert ranks["more.txt"] == (4, "requirements.txt:1 reads it")
    assert ranks["docs/requirements.txt"][0] is None
    named = {file.path: file.named_by for file in found.files if file.named_by}
    assert named == {"envs/gpu.yml": "README.md", "more.txt": "requirements.txt"}


def test_included_files_are_read_whatever_their_name(merged: Merge) -> None:
    found = merged(
        {"requirements.txt": "-r deps/list\n-c bounds.list\n", "deps/list": "numpy\n", "bounds.list": "six<2\n"}
    )
    formats = {one.name: one.format for one in found.requirements}
    assert formats == {"numpy": "requirements", "six": "constraints"}


def test_cycles_and_escapes_end_in_a_reason(merged: Merge) -> None:
    found = merged(
        {
            "requirements.txt": "-r requirements-b.txt\n-r /etc/passwd\n-r ../../secret.txt\n-r none.txt\n",
            "requirements-b.txt": "numpy\n-r requirements.txt\n",
        }
    )
    reasons = [(str(one.at), str(one.reason)) for one in found.unreadable]
    assert ("requirements.txt:2", "/etc/passwd is outside of the repository and is not looked at") in reasons
    assert ("requirements.txt:3", "../../secret.txt is outside of the repository and is not looked at") in reasons
    assert ("requirements.txt:4", "none.txt is not in the repository") in reasons
    assert sum("leads back" in reason for _, reason in reasons) == 1


def test_contradictions_are_real_ones(merged: Merge) -> None:
    found = merged(
        {
            "README.md": "# Requirements\n- Python 3.6\n- PyTorch 1.7\n",
            "environment.yml": "dependencies:\n  - pytorch=1.9\n  - python>=3.6\n",
            "Dockerfile": "FROM python:3.9\n",
        }
    )
    pairs = {(one.name, str(one.first.at), str(one.second.at)) for one in found.contradictions}
    assert ("torch", "README.md:3", "environment.yml:2") in pairs
    assert ("python", "README.md:2", "Dockerfile:1") in pairs
    assert len(pairs) == 2


def test_lists_for_different_machines_are_no_contradiction(merged: Merge) -> None:
    found = merged(
        {
            "requirements.txt": "torch==1.7\n",
            "requirements_cu11.txt": "torch==1.9\n",
            "setup.py": "from setuptools import setup\nsetup(extras_require={'new': ['torch==2.0']})\n",
            ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: pip install torch==1.8\n",
        }
    )
    assert found.contradictions == ()


def test_a_file_that_was_not_read_is_named(merged: Merge) -> None:
    found = merged({"requirements.txt": "numpy\n" + "x" * 1_200_000, "pyproject.toml": "a = \n", "Pipfile": "\0"})
    assert {str(one.at) for one in found.unreadable} == {"requirements.txt", "pyproject.toml", "Pipfile"}
    assert not any(file.parsed for file in found.files)


def test_when_a_file_was_last_touched_is_kept() -> None:
    at = datetime(2020, 1, 2, tzinfo=UTC)
    snapshot = Snapshot(
        source="checkout",
        name="demo",
        taken_at=at,
        files=(File(path="requirements.txt", size=5, text="numpy"),),
        history=History(last_touched={"requirements.txt": Touch(date=at, sha="a" * 40)}),
    )
    found = assemble(snapshot, (), walk(snapshot, VISITORS))
    assert found.files[0].last_touched == at


def test_nothing_declared_is_nothing(merged: Merge) -> None:
    found = merged({"train.py": "import torch\n", "README.md": "# Hello\n"})
    assert (len(found.requirements), len(found.files), len(found.unreadable)) == (0, 0, 0)


def test_the_distribution_that_the_repository_is(merged: Merge) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='Pix_2', install_requires=['a'])\n",
        "third/setup.py": "from setuptools import setup\nsetup(name='other')\n",
    }
    assert merged(files).own == ("pix-2",)
    assert merged({"pyproject.toml": "[project]\nname = 'b'\n", "setup.cfg": "[metadata]\nname = c\n"}).own == (
        "b",
        "c",
    )
    assert merged({"pyproject.toml": "[tool.poetry]\nname = 'no name'\n"}).own == ()
