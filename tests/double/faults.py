"""Faults to be put between the client and the double: each holds for the requests that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.double.graph import Failing
from tests.double.shapes import error


@dataclass
class Fault:
    """What happens to a request whose `METHOD /path?query` matches the pattern `where`.

    The archive host's requests read `ARCHIVE /path`. `times=None` is always; the first `skip` matches go through.
    With a `status`, `body` and `headers` are the answer; `headers` alone are added to the honest answer.
    """

    where: str
    times: int | None = None
    skip: int = 0
    status: int | None = None
    body: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False  # takes the request and never answers
    cut: bool = False  # closes the connection instead of answering
    keep: float | None = None  # this share of the body arrives, then the connection is closed
    failing: Failing | None = None  # fields of a GraphQL answer

    def applies(self, line: str) -> bool:
        """Whether it hits this request; counts down."""
        if re.search(self.where, line) is None or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


_SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID C0DE:1."
)


def secondary_limit(
    where: str, *, status: int = 403, retry_after: int | None = None, times: int | None = None
) -> Fault:
    """GitHub asks to slow down, with or without saying for how long."""
    about = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(where, times=times, status=status, body=error(status, _SECONDARY, about), headers=headers)


def server_error(where: str, *, status: int = 502, times: int | None = None) -> Fault:
    """GitHub's front end gives up: an HTML page, as it answers then."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Server Error</h1></body></html>"
    return Fault(where, times=times, status=status, raw=page, headers={"Content-Type": "text/html"})


def forbidden(where: str, message: str = "Resource not accessible by personal access token") -> Fault:
    """The token lacks a permission."""
    return Fault(where, status=403, body=error(403, message))


def graphql_errors(*errors: Mapping[str, Any], times: int | None = None, headers: Mapping[str, str] = {}) -> Fault:
    """GraphQL answers 200 with nothing but errors."""
    return Fault("POST .*/graphql", times=times, status=200, body={"errors": list(errors)}, headers=headers)


def failing_fields(
    *paths: str,
    kind: str = "RESOURCE_LIMITS_EXCEEDED",
    message: str = "Resource limits for this query exceeded.",
    times: int | None = None,
) -> Fault:
    """GraphQL leaves these fields (dotted, as named in the answer) out and tells why."""
    return Fault("POST .*/graphql", times=times, failing=Failing(paths, kind, message))


def failures(faults: Sequence[Fault], line: str) -> Fault | None:
    """The first of `faults` that hits the request `line`."""
    return next((fault for fault in faults if fault.applies(line)), None)
