from __future__ import annotations

import inspect
from pathlib import Path
from typing import assert_type

import pytest

import repotriage
from repotriage import score
from repotriage.api import open_profile
from repotriage.errors import UsageError
from repotriage.fetchers.snapshot_file import save
from repotriage.models.profile import Profile
from repotriage.models.report import Report
from repotriage.models.score import Interval
from tests.builders import snapshot


def test_a_path_is_scored(tmp_path: Path) -> None:
    save(snapshot({"train.py": "x = 1\n"}), tmp_path / "it.json.gz")
    made = score(tmp_path / "it.json.gz", offline=True)
    assert_type(made, Report)
    assert_type(made.score.total, Interval | None)
    assert made.study.snapshot.name == "owner/name"
    assert made.version == repotriage.__version__


def test_text_and_path_mean_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(snapshot({"train.py": "x = 1\n"}), tmp_path / "it.json.gz")
    monkeypatch.chdir(tmp_path)
    assert score("it.json.gz") == score(Path("it.json.gz"))


def test_progress_is_told(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    told: list[str] = []
    score(tmp_path, offline=True, progress=lambda message: told.append(str(message)))
    assert all(told)


def test_every_parameter_is_typed_and_documented() -> None:
    signature = inspect.signature(score)
    assert signature.return_annotation == "Report"
    documented = inspect.getdoc(score) or ""
    for name, parameter in signature.parameters.items():
        assert parameter.annotation is not inspect.Parameter.empty
        assert f"\n    {name}: " in documented


def test_what_is_no_target_is_refused() -> None:
    with pytest.raises(UsageError):
        score("no such thing")


def test_profiles_by_name_file_and_value(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[families]\nupkeep = 1\n')
    mine = open_profile(file)
    assert_type(mine, Profile)
    assert mine == open_profile(str(file)) == open_profile(mine)
    assert open_profile("paper").name == "paper"
    with pytest.raises(UsageError, match="cannot be read"):
        open_profile(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="no profile is called"):
        open_profile("none")


def test_the_package_offers_what_it_says() -> None:
    assert set(repotriage.__all__) == {"__version__", "score"}
    with pytest.raises(AttributeError):
        _ = repotriage.nothing
