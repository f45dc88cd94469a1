import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from repotriage.cli.app import build

PROFILE = 'name = "mine"\ndescription = "only tests"\n[families]\nupkeep = 1\n[signals]\ntests-present = 3\n'


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(), list(words))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("profile", ["default", "paper", "library"])
def test_the_weights_of_a_profile_add_up_to_the_whole(profile: str) -> None:
    code, out, _ = run("signals", "--profile", profile, "--format", "json")
    listed = json.loads(out)
    assert code == 0
    assert listed["profile"] == profile
    assert sum(signal["weight"] for signal in listed["signals"]) == pytest.approx(1)


def test_the_table_is_readable_at_80_columns() -> None:
    code, out, _ = run("signals")
    assert code == 0
    assert "reproducibility (45.0 % of the whole)" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_a_profile_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE, encoding="utf-8")
    code, out, _ = run("signals", "--profile", str(path), "--output", str(tmp_path / "out.txt"))
    assert (code, out) == (0, "")
    assert "upkeep (100.0 % of the whole)" in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_a_bad_profile_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PROFILE.replace("tests-present", "test-present"), encoding="utf-8")
    code, _, err = run("signals", "--profile", str(path))
    assert code == 2
    assert "signals.test-present" in err
    assert "did you mean tests-present" in err
    code, _, err = run("signals", "--profile", str(tmp_path / "none.toml"))
    assert code == 2
    assert "cannot be read" in err
