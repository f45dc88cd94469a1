"""The one subprocess: uv, asked so that it can build nothing, obey nothing and reach nobody but our gateway.

Only where the user allows builds may it build what has no static metadata.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from packaging.pylock import PackageSdist, PackageWheel, Pylock, PylockValidationError
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from repotriage.resolver.gateway import Gateway
from repotriage.resolver.question import Chosen, Question, Solved, Unsolved

_NO_SOLUTION = 1
_FOR_BUILDS = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "CC", "CXX")
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_MOST_OUTPUT = 20_000  # characters of uv's words that are kept


class UvSolver:
    """A solver on the binary of the package `uv`; use as a context manager. `timeout` in seconds, a question."""

    def __init__(self, gateway: Gateway, *, binary: str | None = None, timeout: float = 60.0) -> None:
        if binary is None:
            import uv  # finds its own binary; late, since it looks at the file system

            binary = uv.find_uv_bin()
        self._binary = binary
        self._gateway = gateway
        self._timeout = timeout
        self._folder = tempfile.TemporaryDirectory(prefix="repotriage-uv-")
        self.asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def ask(self, question: Question, *, timeout: float | None = None) -> Solved | Unsolved:
        """Solve within `timeout` seconds, or say that there is no solution or that it could not be found out."""
        for line in (*question.requirements, *question.constraints):
            if not _is_safe(line):
                return Unsolved(kind="broken", text=f"not a requirement by name: {line}")
        self.asked += 1
        with tempfile.TemporaryDirectory(prefix="ask-", dir=self._folder.name) as folder:
            found = self._ask(question, Path(folder), timeout or self._timeout)
            if isinstance(found, Solved) and any(Version(one.version).is_prerelease for one in found.packages):
                # uv takes one where the final releases do not go with the rest; pip goes back with the rest instead
                final = self._ask(question, Path(folder), timeout or self._timeout, prerelease="explicit")
                return final if isinstance(final, Solved) else found
            return found

    def _ask(
        self, question: Question, folder: Path, timeout: float, *, prerelease: str | None = None
    ) -> Solved | Unsolved:
        (folder / "requirements.in").write_text("".join(f"{line}\n" for line in question.requirements))
        (folder / "constraints.txt").write_text("".join(f"{line}\n" for line in question.constraints))
        argv = [
            self._binary, "pip", "compile", "requirements.in", "--constraints", "constraints.txt",
            "--format", "pylock.toml", "--no-header", "--no-annotate", "--no-progress", "--color", "never",
            "--no-config", "--no-sources", "--no-python-downloads",
            "--keyring-provider", "disabled", "--cache-dir", str(Path(self._folder.name) / "cache"),
            "--default-index", self._gateway.url(question.target, question.sources),
            "--python", sys.executable, "--python-version", question.target.full_version,
            "--python-platform", question.target.uv_platform,
        ]  # fmt: skip
        if prerelease is not None:
            argv += ["--prerelease", prerelease]
        building = question.sources == "build"
        if not building:
            argv.append("--no-build")
        if question.cutoff is not None:
            argv += ["--exclude-newer", _rfc3339(question.cutoff)]
            for name, own in question.exempt:
                argv += ["--exclude-newer-package", f"{name}={_rfc3339(own or _FAR)}"]
        macos = question.target.macos if question.target.os == "macos" else None
        try:
            code, output, words = _run(argv, folder, timeout, building=building, macos=macos)
        except subprocess.TimeoutExpired:
            return Unsolved(kind="timeout", text=f"uv took more than {timeout:.0f} s")
        except OSError as error:
            return Unsolved(kind="broken", text=f"uv does not start: {error}")
        if code == 0:
            return _read(output)
        return Unsolved(kind="no_solution" if code == _NO_SOLUTION else "broken", text=words[-_MOST_OUTPUT:])


def uv_version(*, timeout: float = 10.0) -> str:
    """What uv says its version is; raises OSError or `subprocess.TimeoutExpired` when it does not start."""
    import uv

    with tempfile.TemporaryDirectory(prefix="repotriage-uv-") as folder:
        code, output, words = _run([uv.find_uv_bin(), "--version"], Path(folder), timeout)
    parts = output.split()
    if code != 0 or len(parts) < 2:
        raise OSError(words.strip()[:200] or f"it ended with {code}")
    return parts[1]


@lru_cache(maxsize=10_000)  # a core is found by asking with the same lines again and again
def _is_safe(line: str) -> bool:
    """Whether `line` is one PEP 508 requirement by name, and nothing that uv could take for an option or address."""
    if "\n" in line or "\r" in line:
        return False
    try:
        return Requirement(line).url is None
    except InvalidRequirement:
        return False


def _run(
    argv: list[str], folder: Path, timeout: float, *, building: bool = False, macos: str | None = None
) -> tuple[int, str, str]:
    """Run uv with nothing of our environment; past `timeout` its whole group is killed.

    A build that the user allows gets the compilers on the user's path and the way to the network.
    """
    environment = {"HOME": str(folder), "PATH": os.defpath, "NO_PROXY": "127.0.0.1", "LC_ALL": "C.UTF-8"}
    environment["UV_HTTP_TIMEOUT"] = str(max(int(timeout), 30))  # a large archive is read while uv waits
    if macos is not None:
        environment["MACOSX_DEPLOYMENT_TARGET"] = macos  # uv takes 13.0 by itself, and has no option for it
    if building:
        environment |= {name: os.environ[name] for name in _FOR_BUILDS if name in os.environ}
    if "SYSTEMROOT" in os.environ:  # Windows opens no socket without it
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    with subprocess.Popen(  # noqa: S603  # fixed options; values are validated and passed without a shell
        argv,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, words = process.communicate(timeout=timeout)
        except BaseException:
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            raise
        return process.returncode, output, words


def _read(output: str) -> Solved | Unsolved:
    try:
        lock = Pylock.from_dict(tomllib.loads(output))
    except (tomllib.TOMLDecodeError, PylockValidationError) as error:
        return Unsolved(kind="broken", text=f"uv's lock cannot be read: {error}")
    found: list[Chosen] = []
    for package in lock.packages:
        files: list[PackageWheel | PackageSdist] = list(package.wheels or ())
        files += [package.sdist] if package.sdist else []
        if package.version is None or not files:
            return Unsolved(kind="broken", text=f"uv chose no file of {package.name}")
        found.append(Chosen(name=package.name, version=str(package.version), filename=files[0].filename))
    return Solved(packages=tuple(sorted(found, key=lambda chosen: chosen.name)))


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
