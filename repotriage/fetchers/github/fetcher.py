"""Brings a repository from GitHub: metadata, then the files of exactly that commit."""

from __future__ import annotations

from datetime import datetime

from repotriage.errors import IncompleteError, UnreadableError, UsageError
from repotriage.fetchers.archive import ArchiveContents
from repotriage.fetchers.cache import Cache
from repotriage.fetchers.github import files, graphql
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.metadata import Metadata
from repotriage.fetchers.github.states import TroubleError, as_error
from repotriage.fetchers.http import HttpClient
from repotriage.fetchers.port import FetchSettings, Progress, now
from repotriage.models.base import msg
from repotriage.models.snapshot import Snapshot
from repotriage.models.target import GitHubTarget, Target

BUDGET = 3  # counted requests for one repository, with a token


class GitHubFetcher:
    """A Fetcher of repositories on one GitHub installation.

    Without the files there is nothing to judge, so when these cannot be had it raises; whatever
    else is missing is a gap. `taken_at` stands in for the clock.
    """

    def __init__(self, settings: FetchSettings, progress: Progress, *, taken_at: datetime | None = None) -> None:
        self._settings = settings
        self._progress = progress
        self._taken_at = taken_at

    def fetch(self, target: Target) -> Snapshot:
        """Bring `target`; raises as the port says."""
        if not isinstance(target, GitHubTarget):
            raise TypeError("a GitHubFetcher fetches from GitHub")
        settings = self._settings
        name = f"{target.owner}/{target.name}"
        endpoints = Endpoints.of(settings.api_url)
        _check_host(target, endpoints)
        if settings.offline:
            raise IncompleteError(
                f"{name}: it is on GitHub, and --offline forbids to ask",
                label="network",
                hint="name a checkout or a saved snapshot",
            )
        with HttpClient(
            endpoints,
            token=settings.token.get_secret_value() if settings.token else None,
            timeout=settings.timeout,
            max_wait=settings.max_wait,
            cache=Cache(settings.cache_dir) if settings.cache_dir else None,
            progress=self._progress,
        ) as client:
            try:
                return self._fetch(client, target)
            except TroubleError as error:
                has_token = client.has_token or settings.app is not None
                raise as_error(error.trouble, name, with_token=has_token) from None
            except UnreadableError as error:
                if error.what.startswith(name):
                    raise
                raise UnreadableError(f"{name}: {error.what}", label=error.label, hint=error.hint) from None

    def _fetch(self, client: HttpClient, target: GitHubTarget) -> Snapshot:
        taken_at = self._taken_at or now()
        if self._settings.token is None and self._settings.app is not None:
            from repotriage.fetchers.github.rest import sign_in_as_app

            sign_in_as_app(client, self._settings.app, target)
        signed_in = client.requests
        self._progress(msg("asking GitHub about {name}", name=f"{target.owner}/{target.name}"))
        contents: ArchiveContents | None
        if client.has_token:
            metadata = graphql.fetch(client, target, taken_at=taken_at)
            contents = self._files(client, target, metadata.facts.full_name, metadata.commit, signed_in + BUDGET)
        else:
            from repotriage.fetchers.github.rest import RestMetadata

            rest = RestMetadata(client, target, taken_at=taken_at)
            rest.required()
            contents = self._files(client, target, rest.full_name, rest.commit, 0)
            metadata = rest.spared()
        return _snapshot(client, target, metadata, contents, taken_at)

    def _files(
        self, client: HttpClient, target: GitHubTarget, full_name: str, commit: str | None, budget: int
    ) -> ArchiveContents | None:
        if commit is None:
            return None
        self._progress(msg("reading the files of {name} at {commit}", name=full_name, commit=commit[:10]))
        return files.fetch(client, full_name, commit, caps=self._settings.caps, subdir=target.subdir, budget=budget)


def _snapshot(
    client: HttpClient,
    target: GitHubTarget,
    metadata: Metadata,
    contents: ArchiveContents | None,
    taken_at: datetime,
) -> Snapshot:
    contents = contents or ArchiveContents(files=())
    return Snapshot(
        source="github",
        name=metadata.facts.full_name,
        host=client.endpoints.host,
        commit=metadata.commit,
        ref=target.ref,
        subdir=target.subdir,
        taken_at=taken_at,
        files=contents.files,
        github=metadata.facts,
        history=metadata.history,
        states=(*metadata.states, *contents.states),
        gaps=(*metadata.gaps, *contents.gaps),
        api_usage=client.usage(),
    )


def _check_host(target: GitHubTarget, endpoints: Endpoints) -> None:
    """A pasted address never decides where the token goes: that is the user's word alone."""
    if target.host.lower() in ("github.com", "www.github.com", endpoints.host.lower()):
        return
    raise UsageError(
        f"{target.owner}/{target.name} is on {target.host}, and the API in use is that of {endpoints.host}",
        hint=f"if {target.host} is a GitHub Enterprise server, add --api-url https://{target.host}/api/v3",
    )
