from __future__ import annotations

import pytest

from repotriage.errors import UsageError
from repotriage.fetchers.github.endpoints import Endpoints

GITHUB = Endpoints.of("https://api.github.com")
ENTERPRISE = Endpoints.of("https://ghe.example.com/api/v3/")


def test_github() -> None:
    assert GITHUB.graphql == "https://api.github.com/graphql"
    assert GITHUB.host == "github.com"
    assert GITHUB.repository("o/r", "/tarball/abc") == "https://api.github.com/repos/o/r/tarball/abc"


def test_enterprise() -> None:
    assert ENTERPRISE.graphql == "https://ghe.example.com/api/graphql"
    assert ENTERPRISE.host == "ghe.example.com"
    assert ENTERPRISE.repository("o/r") == "https://ghe.example.com/api/v3/repos/o/r"


def test_enterprise_cloud_with_data_residency() -> None:
    endpoints = Endpoints.of("https://api.octocorp.ghe.com")
    assert endpoints.graphql == "https://api.octocorp.ghe.com/graphql"
    assert endpoints.host == "octocorp.ghe.com"


@pytest.mark.parametrize(
    "url",
    ["", "api.github.com", "http://ghe.example.com/api/v3", "ftp://x", "https://user:pw@ghe.example.com", "https:///x"],
)
def test_what_is_no_address_of_an_api(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Endpoints.of(url)
    assert "pw" not in str(caught.value)


def test_a_server_on_this_machine_may_do_without_encryption() -> None:
    endpoints = Endpoints.of("http://127.0.0.1:8080")
    assert endpoints.graphql == "http://127.0.0.1:8080/graphql"
    assert endpoints.allows("http://localhost:9090/archive")
    assert not endpoints.is_api("http://localhost:9090/archive")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.github.com/repositories/1",
        "https://codeload.github.com/o/r/legacy.tar.gz/abc",
        "https://raw.githubusercontent.com/o/r/abc/x",
    ],
)
def test_hosts_of_github_are_allowed(url: str) -> None:
    assert GITHUB.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.github.com/repos",
        "https://evilgithub.com/",
        "https://github.com.evil.example/",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "https://ghe.example.com/",
    ],
)
def test_other_hosts_are_not(url: str) -> None:
    assert not GITHUB.allows(url)


def test_hosts_of_an_enterprise_installation() -> None:
    assert ENTERPRISE.allows("https://codeload.ghe.example.com/o/r")
    assert not ENTERPRISE.allows("https://example.com/")
    assert not ENTERPRISE.allows("https://codeload.github.com/o/r")
