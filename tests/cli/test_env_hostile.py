"""Requirements made to reach the network, a shell or uv's options: what is started and asked is watched."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uv
from packaging.requirements import Requirement
from typer.testing import CliRunner, Result

from repotriage.cli.app import build
from repotriage.fetchers.snapshot_file import save
from tests.builders import snapshot
from tests.index.house import House, serving

Run = Callable[..., Result]

_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "pty.spawn")
_watchers: list[Watch] = []


class Watch:
    """What this process starts and whom it speaks to, by Python's own audit events."""

    def __init__(self) -> None:
        self.started: list[tuple[str, Any]] = []
        self.reached: set[Any] = set()

    def see(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _STARTS:
            self.started.append((event, args))
        elif event == "socket.connect":
            self.reached.add(args[1])
        elif event == "socket.getaddrinfo":
            self.reached.add((args[0], args[1]))


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for watcher in _watchers:
        watcher.see(event, args)


sys.addaudithook(_hook)  # it cannot be taken away again; without a watcher it does nothing


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    _watchers.append(found)
    yield found
    _watchers.remove(found)


@pytest.fixture
def house() -> Iterator[House]:
    found = House(tells=True)
    found.wheel("torch", "1.7.1", "numpy", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    found.wheel("numpy", "1.19.5", tag="cp38-cp38-manylinux1_x86_64", uploaded="2020-12-10T00:00:00Z")
    with serving(found):
        yield found


@pytest.fixture
def trap() -> Iterator[House]:
    """A server that nobody may ask anything."""
    with serving(House()) as found:
        yield found


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what each start of uv was given; uv itself answers."""
    folder = tmp_path / "asked"
    folder.mkdir()
    recorder = tmp_path / "recorder"
    recorder.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "from pathlib import Path\n"
        "here = {name: Path(name).read_text() for name in os.listdir('.')}\n"
        "told = {'argv': sys.argv[1:], 'env': dict(os.environ), 'files': here}\n"
        f"Path({str(folder)!r}, str(os.getpid())).write_text(json.dumps(told))\n"
        f"os.execv({uv.find_uv_bin()!r}, [{uv.find_uv_bin()!r}, *sys.argv[1:]])\n"
    )
    recorder.chmod(0o755)
    monkeypatch.setattr(uv, "find_uv_bin", lambda: str(recorder))
    return folder


@pytest.fixture
def run(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def env(texts: dict[str, str], *options: str) -> Result:
        save(snapshot(texts), tmp_path / "it.json.gz")
        arguments = ["env", "it.json.gz", "--no-cache", "--index-url", house.url, "--python", "3.8", *options]
        return CliRunner().invoke(build(), arguments)

    return env


def hostile(trap: str, canary: Path) -> list[str]:
    """Lines that name the trap as an index, a page, an archive or a repository, and commands that leave the canary."""
    touch = f"touch {shlex.quote(str(canary))}"
    return [
        f"--index-url {trap}",
        f"--extra-index-url={trap}",
        f"-i {trap}",
        f"--find-links {trap}",
        f"-f {trap}",
        "--no-index",
        "--pre",
        "--no-binary :all:",
        "--trusted-host 127.0.0.1",
        "--config-settings x=y",
        "--python /bin/sh",
        f"-e git+{trap}/a.git#egg=a",
        f"git+{trap}/a.git",
        f"hg+{trap}/a",
        f"a @ git+{trap}/a.git@main",
        f"b @ {trap}/b-1.0-py3-none-any.whl",
        f"b@{trap}/b-1.0.tar.gz",
        f"{trap}/c-1.0.tar.gz",
        f"-r {trap}/more.txt",
        f"-c {trap}/more.txt",
        "-r /etc/passwd",
        "-e .",
        "-e /tmp",
        "c @ file:///etc/passwd",
        "file:///etc/passwd",
        "./evil",
        "../evil.whl",
        f"torch==1.7.1 --index-url {trap}",
        f'torch==1.7.1 --global-option="; {touch}"',
        f"torch==1.7.1 \\\n  --find-links={trap}",
        f"torch ; python_version >= '3' and os_name == '$({touch})'",
        f"torch ; {touch}",
        f"numpy ; sys_platform == '`{touch}`' or extra == '; {touch}'",
        "numpy ; python_version ~= '\\x00'",
        f"$({touch})",
        f"`{touch}`",
        f"numpy; {touch}",
        f"numpy && {touch}",
        f"numpy | {touch}",
        f"numpy[$({touch})]",
        f"numpy=={'9' * 400}",
        f"numpy===$({touch})",
        "${HOME}",
        "numpy==1.19.5\r--index-url=x",
        "@requirements.txt",
        "-",
        "--",
        "torch==1.7.1",
    ]


def test_nothing_but_uv_is_started_and_nobody_but_the_index_is_asked(
    run: Run, house: House, trap: House, asked: Path, watch: Watch, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    lines = hostile(trap.url, canary)
    project = "".join(
        (
            "[project]\nname = 'x'\nversion = '1'\n",
            f"dependencies = ['numpy @ {trap.url}/n.whl', '-r /etc/passwd', 'torch; $(touch {canary})']\n",
            f"[tool.uv]\nindex-url = '{trap.url}'\n",
            f"[tool.uv.sources]\ntorch = {{ git = '{trap.url}/torch.git' }}\n",
            f"[build-system]\nrequires = ['evil @ {trap.url}/e.whl']\nbuild-backend = 'evil'\nbackend-path = ['.']\n",
        )
    )
    texts = {
        "requirements.txt": "\n".join(lines),
        "pyproject.toml": project,
        "setup.py": f"import os\nos.system('touch {canary}')\n",
        "evil.py": f"import os\nos.system('touch {canary}')\n",
        "uv.toml": f"index-url = '{trap.url}'\n",
        "pip.conf": f"[global]\nindex-url = {trap.url}\n",
        "environment.yml": f"dependencies:\n  - pip:\n    - --index-url {trap.url}\n    - $(touch {canary})\n",
    }
    result = run(texts, "--format", "json")
    assert result.exit_code in (0, 1, 4), result.output
    assert not canary.exists()
    assert trap.log == []
    assert watch.started
    recorder = str(tmp_path / "recorder")
    assert {(event, args[0]) for event, args in watch.started} == {("subprocess.Popen", recorder)}
    assert all(isinstance(args[1], list) for _, args in watch.started)  # no shell
    assert {host for host, *_ in watch.reached} == {"127.0.0.1"}
    assert int(trap.url.rpartition(":")[2].partition("/")[0]) not in {int(port) for _, port, *_ in watch.reached}
    assert {path.partition("?")[0] for path in house.log if path.startswith("/simple/")} <= {
        f"/simple/{name}/" for name in ("torch", "numpy", "a", "b", "c", "evil")
    }
    _only_ours(asked, trap.url)


def _only_ours(asked: Path, trap: str) -> None:
    calls = [json.loads(path.read_text()) for path in asked.iterdir()]
    assert calls
    options = {
        "--constraints", "--format", "--no-header", "--no-annotate", "--no-progress", "--color", "--no-config",
        "--no-sources", "--no-python-downloads", "--keyring-provider", "--cache-dir", "--default-index", "--python",
        "--python-version", "--python-platform", "--no-build", "--exclude-newer", "--exclude-newer-package",
    }  # fmt: skip
    for call in calls:
        argv = call["argv"]
        assert argv[:3] == ["pip", "compile", "requirements.in"]
        assert {word for word in argv if word.startswith("-")} <= options
        assert {"--no-build", "--no-config", "--no-sources", "--no-python-downloads"} <= set(argv)
        index = argv[argv.index("--default-index") + 1]
        assert index.startswith("http://127.0.0.1:")
        assert [word for word in argv if "://" in word] == [index]
        assert trap not in json.dumps(call)
        assert set(call["files"]) == {"requirements.in", "constraints.txt"}
        assert not {name for name in call["env"] if "INDEX" in name or "TOKEN" in name or "PROXY" in name} - {
            "NO_PROXY"
        }
        for text in call["files"].values():
            for line in text.splitlines():
                assert Requirement(line).url is None


@pytest.mark.parametrize("start", range(0, len(hostile("http://127.0.0.1:1", Path("/x"))), 8))
def test_no_few_of_the_lines_reach_anything(
    run: Run, trap: House, watch: Watch, asked: Path, tmp_path: Path, start: int
) -> None:
    canary = tmp_path / "canary"
    lines = [*hostile(trap.url, canary)[start : start + 8], "numpy==1.19.5"]
    result = run({"requirements.txt": "\n".join(lines)}, "--format", "json")
    assert result.exit_code in (0, 1, 4), result.output
    assert (canary.exists(), trap.log) == (False, [])
    assert {args[0] for _, args in watch.started} == {str(tmp_path / "recorder")}
    _only_ours(asked, trap.url)


def test_what_the_metadata_of_a_package_says_reaches_nothing_either(
    run: Run, house: House, trap: House, asked: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    for number, line in enumerate(hostile(trap.url, canary)):
        if "\n" not in line and "\r" not in line:
            house.wheel(f"p{number}", "1.0", line)
    house.sdist("q", "1.0", {"setup.py": f"import os\nos.system('touch {canary}')\nsetup(install_requires=[])\n"})
    names = [*house.pages]
    result = run({"requirements.txt": "\n".join(names)}, "--format", "json")
    assert result.exit_code in (0, 1, 4), result.output
    assert (canary.exists(), trap.log) == (False, [])
    _only_ours(asked, trap.url)


def test_thousands_of_lines_end_in_one_answer(run: Run, house: House) -> None:
    house.wheel("numpy", "1.18.0")
    lines = [f"numpy>=0.{number}" for number in range(5000)]
    lines[1000], lines[2000], lines[4000] = "torch==1.7.1", "numpy>=1.19", "numpy<1.19"
    started = time.monotonic()
    result = run({"requirements.txt": "\n".join(lines)}, "--format", "json")
    assert time.monotonic() - started < 60.0
    assert result.exit_code == 0, result.output
    best = json.loads(result.stdout)["environment"]["best"]
    assert [wish["line"] for wish in best["conflict"]["core"]] == ["numpy>=1.19", "numpy<1.19"]
    assert [change["before"] for change in best["changes"]] == ["numpy>=1.19"]


def test_thousands_of_projects_end_when_the_time_is_spent(run: Run, house: House) -> None:
    house.delay = 0.1
    started = time.monotonic()
    result = run({"requirements.txt": "\n".join(f"p{number}==1.0" for number in range(5000))}, "--timeout", "2")
    assert time.monotonic() - started < 30.0
    assert result.exit_code == 4
    assert "looking up 5000 packages on the index took all of the time" in " ".join(result.stdout.split())
    assert len(house.log) < 1000


def test_thousands_of_lines_that_cannot_be_had_are_told_in_few(run: Run, house: House) -> None:
    house.wheel("a", "1.0")
    lines = ["numpy==1.19.5", *(f"a=={number}.0" for number in range(2, 302))]
    result = run({"requirements.txt": "\n".join(lines)})
    assert result.exit_code in (0, 1)
    assert len(result.stdout.splitlines()) < 150
    assert len(run({"requirements.txt": "\n".join(lines)}, "--all").stdout.splitlines()) > 300
