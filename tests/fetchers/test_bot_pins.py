from __future__ import annotations

from pathlib import Path

import pygit2

from repotriage.fetchers.checkout import read_checkout
from repotriage.fetchers.port import Caps
from repotriage.models.snapshot import BotPin
from repotriage.models.target import CheckoutTarget
from tests.fetchers.repositories import TAKEN_AT, check_out, commit, days_ago, init

BOT = "dependabot[bot]"


def found(folder: Path, repo: pygit2.Repository) -> list[BotPin]:
    check_out(repo)
    history = read_checkout(CheckoutTarget(path=folder), caps=Caps(), taken_at=TAKEN_AT, offline=True).history
    assert history is not None
    return list(history.bot_pins or ())


def test_what_bots_raised_one_after_another_is_told_from_what_people_wrote(tmp_path: Path) -> None:
    repo = init(tmp_path)
    commit(repo, {"requirements.txt": b"torch==1.4.0\nPillow==6.2.0\n"}, at=days_ago(900))
    commit(repo, {"requirements.txt": b"torch==1.4.0\nPillow==8.1.1\n"}, at=days_ago(500), author=BOT)
    commit(repo, {"requirements.txt": b"torch==1.13.1\nPillow==8.1.1\n"}, at=days_ago(300), author=BOT)
    last = commit(repo, {"requirements.txt": b"torch==1.13.1\nPillow==9.3.0\n"}, at=days_ago(100), author=BOT)
    pillow, torch = found(tmp_path, repo)
    assert (pillow.name, pillow.before, pillow.after, pillow.sha) == ("pillow", "6.2.0", "9.3.0", last)
    assert (torch.name, torch.before, torch.after, torch.by) == ("torch", "1.4.0", "1.13.1", "Dependabot")


def test_what_people_raised_is_theirs(tmp_path: Path) -> None:
    repo = init(tmp_path)
    commit(repo, {"requirements.txt": b"torch==1.4.0\n"}, at=days_ago(900))
    commit(repo, {"requirements.txt": b"torch==1.13.1\n"}, at=days_ago(300))
    commit(repo, {"notes.txt": b"torch==2.0\n"}, at=days_ago(200), author=BOT)
    assert found(tmp_path, repo) == []


def test_a_version_that_is_none_is_passed_over(tmp_path: Path) -> None:
    repo = init(tmp_path)
    commit(repo, {"requirements.txt": b"a==1.0-what?\n"}, at=days_ago(900))
    commit(repo, {"requirements.txt": b"a==2.0\n"}, at=days_ago(300), author=BOT)
    assert found(tmp_path, repo) == []
