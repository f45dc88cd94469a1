from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import load, save
from repotriage.models.base import msg
from repotriage.models.snapshot import Gap, GapReason, Snapshot, State
from repotriage.renderers import json_v1
from tests.builders import TAKEN_AT, gap, github, snapshot

Run = Callable[..., Result]
TEXTS = {
    "README.md": "# Tiny\n\n```\npython train.py --lr 0.1\n```\n",
    "train.py": "import torch\n\nif __name__ == '__main__':\n    print(torch.ones(1))\n",
    "requirements.txt": "torch==2.1.0\n",
}


def known(**fields: object) -> Snapshot:
    """A repository of which everything is known."""
    return snapshot(TEXTS, github=github(stars=10, issues=(), releases=(), archived=False), **fields)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Score a snapshot, or what else is named, with options."""
    monkeypatch.chdir(tmp_path)

    def score(target: Snapshot | str, *options: str) -> Result:
        if isinstance(target, Snapshot):
            save(target, tmp_path / "it.json.gz")
            target = "it.json.gz"
        return CliRunner().invoke(build(), ["score", target, "--no-cache", *options])

    return score


def test_a_report_goes_to_stdout_and_nothing_to_stderr(run: Run) -> None:
    result = run(known())
    assert result.exit_code == 0
    assert result.stdout.startswith("owner/name\n")
    assert "Score: " in result.stdout
    assert result.stderr == ""


def test_json_follows_the_schema(run: Run) -> None:
    made = json.loads(run(known(), "--format", "json").stdout)
    Draft202012Validator(json_v1.schema()).validate(made)
    assert made["target"]["name"] == "owner/name"
    assert made["target"]["taken_at"] == "2026-01-01T00:00:00Z"
    assert "training-entry-point" in [finding["signal"] for finding in made["score"]["findings"]]


def test_markdown(run: Run) -> None:
    assert run(known(), "--format", "markdown").stdout.startswith("# owner/name\n")


@pytest.mark.parametrize("form", ["terminal", "json", "markdown"])
def test_a_file_gets_what_stdout_would_get(run: Run, tmp_path: Path, form: str) -> None:
    shown = run(known(), "--format", form).stdout
    result = run(known(), "--format", form, "--output", "report")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "report").read_text("utf-8") == shown


def low(run: Run) -> float:
    return float(json.loads(run(known(), "--format", "json").stdout)["score"]["total"]["low"])


def test_the_gate_looks_at_the_low_end(run: Run) -> None:
    points = low(run) * 100
    assert run(known(), "--fail-under", f"{points - 0.1:.2f}").exit_code == 0
    assert run(known(), "--fail-under", f"{points + 0.1:.2f}").exit_code == 1


def test_a_gate_that_fails_still_reports(run: Run) -> None:
    assert "Score: " in run(known(), "--fail-under", "100").stdout


@pytest.mark.parametrize("value", ["-1", "101", "x", "nan"])
def test_a_gate_is_between_0_and_100(run: Run, value: str) -> None:
    assert run(known(), "--fail-under", value).exit_code == 2


@pytest.mark.parametrize("reason", ["rate_limited", "secondary_limit", "timeout", "network", "server_error", "partial"])
def test_facts_kept_back_by_a_limit_or_the_network_are_told_by_the_exit_code(run: Run, reason: GapReason) -> None:
    result = run(snapshot(TEXTS, gaps=(gap("github", reason),)))
    assert result.exit_code == 4
    assert "Score: " in result.stdout


@pytest.mark.parametrize("reason", ["offline", "no_token", "not_on_github", "disabled", "truncated", "not_in_clone"])
def test_other_gaps_are_no_failure(run: Run, reason: GapReason) -> None:
    assert run(snapshot(TEXTS, gaps=(gap("github", reason),))).exit_code == 0


def test_a_gate_that_is_sure_needs_no_missing_fact(run: Run) -> None:
    cut = snapshot(TEXTS, gaps=(gap("github", "network"),))
    assert run(cut, "--fail-under", "1").exit_code == 0
    assert run(cut, "--fail-under", "99.9").exit_code == 1
    total = json.loads(run(cut, "--format", "json").stdout)["score"]["total"]
    between = (total["low"] + total["high"]) * 50
    assert run(cut, "--fail-under", f"{between}").exit_code == 4


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["no such thing"], 2, "error: "),
        (["./none"], 2, "error: "),
        (["it.json.gz", "--profile", "libary"], 2, "did you mean library?"),
        (["it.json.gz", "--profile", "none.toml"], 2, "cannot be read"),
        (["it.json.gz", "--output", "."], 2, "is a folder"),
        (["it.json.gz", "--save-snapshot", "none/x.json.gz"], 2, "does not exist"),
        (["it.json.gz", "--api-url", "ghe"], 2, "is not the URL of a GitHub API"),
        (["it.json.gz", "--token-file", "none"], 2, "the token file none cannot be read"),
        (["it.json.gz", "--app-id", "1"], 2, "needs both"),
        (["it.json.gz", "--max-wait", "-1"], 2, "--max-wait"),
        (["it.json.gz", "--format", "html"], 2, "--format"),
        (["broken.json.gz"], 3, "hint: "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_its_exit_code(
    run: Run, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    save(known(), tmp_path / "it.json.gz")
    (tmp_path / "broken.json.gz").write_bytes(b"\x1f\x8bnonsense")
    result = run(*arguments)
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_offline_github_cannot_be_had(run: Run) -> None:
    result = run("owner/name", "--offline")
    assert result.exit_code == 4
    assert result.stderr.startswith("error: owner/name")


def test_a_profile_of_ones_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\n[families]\ncompleteness = 1.0\n')
    made = json.loads(run(known(), "--format", "json", "--profile", "mine.toml").stdout)
    assert made["score"]["profile"] == "mine"
    assert made["score"]["total"] == made["score"]["families"]["completeness"]


def test_a_saved_snapshot_scores_the_same(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "folder" / name).write_text(text)
    first = run("./folder", "--offline", "--format", "json", "--save-snapshot", "saved.json.gz")
    assert first.exit_code == 0
    assert load(tmp_path / "saved.json.gz").text("train.py") == TEXTS["train.py"]
    assert run("saved.json.gz", "--format", "json").stdout == first.stdout


def test_what_the_repository_says_of_itself_is_shown_as_text(run: Run) -> None:
    evil = "\x1b]8;;https://evil.example\x1b\\[red]x\x1b[31m"
    state = State(name="fork", message=msg("a fork of {parent}", parent=evil))
    missing = Gap(what="github.issues", reason="partial", message=msg("{m}", m=evil), retry_at=TAKEN_AT)
    made = snapshot(
        {"README.md": f"# {evil}\n", f"{evil.replace('/', '')}.py": "x = 1\n"}, states=(state,), gaps=(missing,)
    )
    for form in ("terminal", "markdown", "json"):
        assert "\x1b" not in run(made, "--format", form).output.replace("\\u001b", "\x1b")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_stdout_will_do(tmp_path: Path, encoding: str) -> None:
    save(known(name="owner/自监督"), tmp_path / "it.json.gz")
    done = subprocess.run(  # noqa: S603 # our own command
        [sys.executable, "-m", "repotriage", "score", str(tmp_path / "it.json.gz"), "--no-cache"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Score: " in done.stdout
