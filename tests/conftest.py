"""Every test runs offline, with a clean environment and its own cache folder."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

# Few examples keep the suite quick; a loaded machine is no failure of a property.
settings.register_profile("repotriage", deadline=None, max_examples=50)
settings.load_profile("repotriage")

if TYPE_CHECKING:
    from tests.double import GitHub, World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected reports of the fixtures again")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GH_", "UV_", "PIP_", "REPOTRIAGE_")) or name in {
            "NO_COLOR",
            "FORCE_COLOR",
            "CI",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("REPOTRIAGE_SOLVE", "0")  # a test that wants an index makes its own
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg-cache"))


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("online"):
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def serve() -> Iterator[Callable[[World], GitHub]]:
    """Serve a world as GitHub does; in the end nothing may have broken GitHub's contract, on either side."""
    from tests.double import GitHub  # here, since most tests need none of it

    servers: list[GitHub] = []
    with ExitStack() as stack:

        def start(world: World) -> GitHub:
            servers.append(stack.enter_context(GitHub(world)))
            return servers[-1]

        yield start
    broken = [violation for server in servers for violation in server.violations]
    assert not broken, "\n".join(broken)
