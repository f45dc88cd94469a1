"""The forms of `repotriage deps`, on one small repository."""

from __future__ import annotations

import json

import pytest
import yaml

from repotriage.models.requirement import Dependencies
from repotriage.models.snapshot import Snapshot
from repotriage.pipeline import study
from repotriage.renderers import deps_environment, deps_json, deps_requirements, deps_terminal
from tests.builders import snapshot

TEXTS = {
    "README.md": "# Tiny\n\n## Requirements\n- Python 3.8\n- PyTorch 1.7\n\n"
    "```\npip install -r requirements.txt\n```\n",
    "requirements.txt": "torch==1.9.0\nnumpy==1.19.2 ; python_version < '3.9'\n"
    "git+https://x.org/a/clip.git\nbad bad bad bad\n",
    "docs/requirements.txt": "sphinx\n",
    "poetry.lock": '[[package]]\nname = "six"\nversion = "1.16.0"\n',
    "train.py": "import torch, einops\n",
}


@pytest.fixture(scope="module")
def taken() -> Snapshot:
    return snapshot(TEXTS)


@pytest.fixture(scope="module")
def found(taken: Snapshot) -> Dependencies:
    return study(taken).dependencies


def test_the_table_tells_kinds_places_and_what_is_wrong(found: Dependencies) -> None:
    text = deps_terminal.render("owner/tiny", found)
    assert text.startswith("owner/tiny\n")
    assert "README.md:8 reads it" in text
    assert 'numpy  ==1.19.2 ; python_version < "3.9"' in " ".join(text.split()).replace("numpy ", "numpy  ")
    assert "poetry.lock: 1 exact versions" in text
    assert "README.md:5 asks for torch ==1.7.*, requirements.txt:1 for torch ==1.9.0" in " ".join(text.split())
    assert "einops" in text
    assert "requirements.txt:4" in text
    assert "\x1b" not in text


def test_all_lists_the_locks_too(found: Dependencies) -> None:
    assert "poetry.lock:2" in deps_terminal.render("owner/tiny", found, every=True)


def test_requirements_are_what_a_user_follows(found: Dependencies) -> None:
    lines = deps_requirements.render("owner/tiny", found).splitlines()
    assert lines[1:] == [
        "# clip @ git+https://x.org/a/clip.git  # requirements.txt:3",
        'numpy==1.19.2 ; python_version < "3.9"  # requirements.txt:2',
        "six==1.16.0  # poetry.lock:2",
        "torch==1.7.*  # README.md:5",
    ]


def test_the_environment_has_its_python(found: Dependencies) -> None:
    made = yaml.safe_load(deps_environment.render("owner/tiny", found))
    assert made["name"] == "tiny"
    assert made["dependencies"][0] == "python=3.8"
    assert "torch==1.7.*" in made["dependencies"][2]["pip"]


def test_json_holds_everything(taken: Snapshot, found: Dependencies) -> None:
    made = json.loads(deps_json.render(taken, found))
    assert made["schema_version"] == 1
    assert {one["name"] for one in made["dependencies"]["requirements"]} >= {"torch", "numpy", "sphinx", "six"}


def test_nothing_declared_is_said() -> None:
    text = deps_terminal.render("owner/empty", Dependencies())
    assert "It declares nothing that could be found." in text
    assert deps_requirements.render("owner/empty", Dependencies()).count("\n") == 1


def test_what_a_repository_wrote_cannot_control_the_terminal() -> None:
    hostile = study(snapshot({"requirements.txt": "numpy==1.0 \x1b[31m[red]x\n"})).dependencies
    assert "\x1b" not in deps_terminal.render("owner/hostile", hostile)
