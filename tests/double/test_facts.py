from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from tests.double import GitHub, Repository, World, at, commit_files, load

DESCRIBED = {
    "repositories": [
        {
            "full_name": "octo/demo",
            "git": "demo.git",
            "stars": 5,
            "issues": [{"number": 1, "created_at": "2024-01-02T03:04:05Z", "comments": []}],
        }
    ]
}


def test_a_json_file_describes_a_world(tmp_path: Path) -> None:
    commit_files(tmp_path / "demo.git", {"a.py": "a = 1\n"})
    (tmp_path / "world.json").write_text(json.dumps(DESCRIBED))
    world = load(tmp_path / "world.json")
    assert world.repositories[0].git == tmp_path / "demo.git"
    assert world.repositories[0].issues[0].updated_at == at("2024-01-02T03:04:05")
    with GitHub(world) as github:
        answer = httpx.get(f"{github.url}/repos/octo/demo", headers={"Accept": "application/vnd.github+json"})
    assert (answer.json()["stargazers_count"], answer.json()["open_issues_count"]) == (5, 1)


def test_a_word_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        World.model_validate({"repositories": [{"full_name": "octo/demo", "starrs": 5}]})


def test_names_ignore_case_and_old_names_are_known() -> None:
    world = World(repositories=[Repository(full_name="Octo/Demo", previous_names=("octo/before",))])
    assert world.find("octo/demo") == (world.repositories[0], False)
    assert world.find("octo/Before") == (world.repositories[0], True)
    assert world.find("octo/nothing") == (None, False)
