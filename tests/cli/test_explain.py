import pytest
from typer.testing import CliRunner

from repotriage.cli.app import build
from repotriage.signals.registry import all_signals


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(), ["explain", *words])
    return result.exit_code, result.stdout, result.stderr


def test_every_signal_can_be_explained_at_80_columns() -> None:
    signal = all_signals()[0]
    code, out, _ = run(signal.name)
    assert code == 0
    assert signal.title in " ".join(out.split())
    assert all(label in out for label in ("good:", "bad:", "unknown:", "weight:", f"family: {signal.family}"))
    assert max(len(line) for line in out.splitlines()) <= 80


def test_underscores_and_another_profile_will_do() -> None:
    code, out, _ = run("tests_present", "--profile", "library")
    assert code == 0
    assert "in the profile library" in out


@pytest.mark.parametrize(("name", "meant"), [("test-present", "tests-present"), ("licence-present", "license-present")])
def test_an_unknown_name_is_told_with_the_nearest(name: str, meant: str) -> None:
    code, _, err = run(name)
    assert code == 2
    assert f"no signal is called {name}" in err
    assert meant in err
