from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from repotriage.cli.common import check_output, fetch_settings, guarded, progress, write_output
from repotriage.errors import IncompleteError, RepotriageError, UnreadableError, UsageError
from repotriage.models.base import msg

BUG = """\
error: repotriage has a bug: ZeroDivisionError: oh
hint: run again with --verbose and report what it shows to the maintainers of repotriage
"""
KEY = "-----BEGIN RSA PRIVATE KEY-----\nmade up\n-----END RSA PRIVATE KEY-----\n"


def token(**options: object) -> str | None:
    found = fetch_settings(**options).token  # type: ignore[arg-type] # any option at all
    return None if found is None else found.get_secret_value()


def test_tokens_are_taken_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert token() is None
    monkeypatch.setenv("GH_TOKEN", "second\n")
    assert token() == "second"
    monkeypatch.setenv("GITHUB_TOKEN", "first")
    assert token() == "first"
    file = tmp_path / "token"
    file.write_text("\ufefffile\n", "utf-8")
    assert token(token_file=file) == "file"


def test_an_empty_variable_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", " ")
    monkeypatch.setenv("GH_TOKEN", "second")
    assert token() == "second"


@pytest.mark.parametrize("content", [b"", b"a b", b"a\nb", b"\xff\xfe", "tökén".encode()])
def test_what_is_no_token_is_refused_and_not_shown(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(UsageError) as error:
        token(token_file=file)
    assert "a b" not in error.value.what.replace(str(file), "")


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        token(token_file=tmp_path / "none")


def test_settings_never_show_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    assert "ghp_secret" not in repr(fetch_settings())


def test_the_api_url_comes_from_the_option_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch_settings().api_url == "https://api.github.com"
    monkeypatch.setenv("GITHUB_API_URL", "https://ghe.example/api/v3/")
    assert fetch_settings().api_url == "https://ghe.example/api/v3"
    assert fetch_settings(api_url="http://127.0.0.1:8000").api_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "url",
    ["http://ghe.example/api/v3", "ghe.example", "file:///etc/passwd", "https://", "https://u:p@x", "https://[", "x y"],
)
def test_a_token_is_sent_to_no_such_api_url(url: str) -> None:
    with pytest.raises(UsageError, match="not the URL of a GitHub API"):
        fetch_settings(api_url=url)


def test_a_github_app_needs_its_id_and_its_key(tmp_path: Path) -> None:
    key = tmp_path / "app.pem"
    key.write_text(KEY)
    app = fetch_settings(app_id=7, app_key_file=key, app_installation=9).app
    assert app is not None
    assert (app.app_id, app.installation_id) == (7, 9)
    assert "made up" not in repr(app)
    for options in ({"app_id": 7}, {"app_key_file": key}, {"app_installation": 9}):
        with pytest.raises(UsageError):
            fetch_settings(**options)
    key.write_text("nothing")
    with pytest.raises(UsageError, match="no private key"):
        fetch_settings(app_id=7, app_key_file=key)


def test_the_cache_folder(tmp_path: Path) -> None:
    assert fetch_settings(no_cache=True).cache_dir is None
    assert fetch_settings(cache_dir=tmp_path).cache_dir == tmp_path
    default = fetch_settings().cache_dir
    assert default is not None
    assert default.name == "repotriage"
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match="is a file"):
        fetch_settings(cache_dir=file)


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.write_text("old")
    file.chmod(0o640)
    write_output("neu\n→", file)
    assert file.read_bytes() == "neu\n→".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_output("new", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_nothing_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        write_output("new", tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_as_it_is() -> None:
    write_output("gone", Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_folders_and_missing_folders_are_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        check_output(tmp_path, "--output")
    with pytest.raises(UsageError, match="does not exist"):
        check_output(tmp_path / "none" / "report", "--output")
    check_output(tmp_path / "report", "--output")


def test_progress_is_silent_when_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    progress(verbose=False)(msg("fetching {what}", what="x"))
    assert capsys.readouterr().err == ""
    progress(verbose=True)(msg("fetching {what}", what="x\x1b[31m"))
    assert capsys.readouterr() == ("", "· fetching x\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("no such\x1b[31m thing", hint="try that"), 2, "error: no such thing\nhint: try that\n"),
        (UnreadableError("gone", label="blocked"), 3, "error: gone\n"),
        (IncompleteError("later", label="rate_limited"), 4, "error: later\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (
            ZeroDivisionError("oh"),
            70,
            BUG,
        ),
    ],
)
def test_every_error_is_one_line_and_its_exit_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @guarded
    def command(verbose: bool = False) -> None:
        raise error

    with pytest.raises(typer.Exit) as left:
        command()
    assert (left.value.exit_code, capsys.readouterr().err) == (code, said)


@pytest.mark.parametrize("error", [RepotriageError("x"), ZeroDivisionError("x")])
def test_verbose_shows_where_it_broke(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    @guarded
    def command(verbose: bool = False) -> None:
        raise error

    with pytest.raises(typer.Exit):
        command(verbose=True)
    assert "Traceback" in capsys.readouterr().err


def test_options_of_a_guarded_command_are_still_known() -> None:
    app = typer.Typer()

    @guarded
    def command(count: int) -> None:
        """What it does."""
        typer.echo(count + 1)

    app.command()(command)
    assert CliRunner().invoke(app, ["2"]).output == "3\n"


def test_a_reader_that_leaves_early_gets_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "repotriage", "schema"], stdout=write, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_stdout_is_said() -> None:
    code = "from repotriage.cli.common import write_output; write_output('x' * 100, None)"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 # our own Python
    assert "stdout cannot be written" in done.stderr
