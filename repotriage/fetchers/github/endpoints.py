"""Where a GitHub installation answers: REST, GraphQL, raw files, and which hosts it may send us to."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from repotriage.errors import UsageError
from repotriage.models.base import Frozen

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Endpoints(Frozen):
    """The addresses of one installation, without trailing slashes.

    Source: https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
    and https://docs.github.com/en/enterprise-server@latest/graphql/guides/forming-calls-with-graphql
    """

    rest: str
    graphql: str
    raw: str
    host: str  # where a person looks at it

    @classmethod
    def of(cls, api_url: str) -> Endpoints:
        """The addresses that go with `api_url`; raises UsageError when it is no address of an API."""
        rest = api_url.strip().rstrip("/")
        parts = urlsplit(rest)
        host = parts.hostname or ""
        secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
        if not secure or not host or parts.username or parts.query or parts.fragment:
            raise UsageError(
                "the address of the GitHub API cannot be used: it must look like https://HOST/api/v3",
                hint="check --api-url and GITHUB_API_URL",
            )
        origin = f"{parts.scheme}://{parts.netloc}"
        if host == "api.github.com":
            return cls(
                rest=rest, graphql=f"{origin}/graphql", raw="https://raw.githubusercontent.com", host="github.com"
            )
        if host.startswith("api.") and host.endswith(".ghe.com"):  # GitHub Enterprise Cloud with data residency
            web = host.removeprefix("api.")
            return cls(rest=rest, graphql=f"{origin}/graphql", raw=f"https://raw.{web}", host=web)
        graphql = f"{rest.removesuffix('/v3')}/graphql"
        return cls(rest=rest, graphql=graphql, raw=f"{origin}/raw", host=parts.netloc)

    @property
    def is_https(self) -> bool:
        """Whether everything goes encrypted; only a server on this machine may do without."""
        return self.rest.startswith("https:")

    def repository(self, full_name: str, rest_of_path: str = "") -> str:
        """The REST address of a repository, or of what is below it; `full_name` is owner/name."""
        return f"{self.rest}/repos/{quote(full_name)}{rest_of_path}"

    def raw_file(self, full_name: str, commit: str, path: str) -> str:
        """Where the bytes of a public file are; GitHub does not count these requests."""
        return f"{self.raw}/{quote(full_name)}/{commit}/{quote(path)}"

    def is_api(self, url: str) -> bool:
        """Whether `url` has the API's own scheme, host and port: only there goes the token."""
        return _origin(url) == _origin(self.rest)

    def allows(self, url: str) -> bool:
        """Whether we may ask `url`: the API, or a host of the same installation that it redirects to."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if self.is_api(url):
            return True
        if parts.scheme != "https" and not (not self.is_https and host in LOOPBACK):
            return False
        if self.host == "github.com":
            return host == "github.com" or host.endswith((".github.com", ".githubusercontent.com"))
        web = (urlsplit(f"//{self.host}").hostname or "").lower()
        return host == web or host.endswith(f".{web}") or (web in LOOPBACK and host in LOOPBACK)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
