"""Brings a repository from GitHub: metadata, then the files of exactly that commit."""

from __future__ import annotations

from datetime import datetime

from repotriage.cache import Cache
from repotriage.errors import IncompleteError, UnreadableError, UsageError
from repotriage.fetchers.archive import ArchiveContents
from repotriage.fetchers.github import files, graphql
from repotriage.fetchers.github.endpoints import Endpoints
from repotriage.fetchers.github.metadata import Metadata
from repotriage.fetchers.github.states import TroubleError, as_error, as_gap, judge
from repotriage.fetchers.http import HttpClient
from repotriage.fetchers.port import FetchSettings, Progress, now
from repotriage.models.base import msg
from repotriage.models.snapshot import Gap, Snapshot, State
from repotriage.models.target import GitHubTarget, Target

BUDGET = 3  # counted requests for one repository, with a token
_FACTS = ("facts", "issues", "releases")  # what a checkout does not tell itself


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
        name = f"{target.owner}/{target.name}"
        endpoints = Endpoints.of(self._settings.api_url)
        _check_host(target, endpoints)
        if self._settings.offline:
            raise IncompleteError(
                f"{name}: it is on GitHub, and --offline forbids to ask",
                label="network",
                hint="name a checkout or a saved snapshot",
            )
        with self._client(endpoints) as client:
            try:
                return self._fetch(client, target)
            except TroubleError as error:
                raise as_error(error.trouble, name, with_token=self._has_credentials) from None
            except UnreadableError as error:
                if error.what.startswith(name):
                    raise
                raise UnreadableError(f"{name}: {error.what}", label=error.label, hint=error.hint) from None

    def add_facts(self, snapshot: Snapshot) -> Snapshot:
        """`snapshot`, of a checkout, with what GitHub says of the repository that it comes from.

        Never raises for what GitHub answers or does not: the checkout can be judged without, so that is a gap.
        """
        owner, _, name = snapshot.name.partition("/")
        endpoints = Endpoints.of(self._settings.api_url)
        if snapshot.host.lower() != endpoints.host.lower():
            message = msg("its remote is on {host}: to ask there, add --api-url", host=snapshot.host)
            return _with_gap(snapshot, Gap(what="github", reason="not_on_github", message=message))
        target = GitHubTarget(owner=owner, name=name, host=snapshot.host)
        with self._client(endpoints) as client:
            try:
                self._sign_in(client, target)
                self._progress(msg("asking GitHub about {name}", name=snapshot.name))
                if client.has_token:
                    metadata = _by_graphql(client, target, snapshot.taken_at, _FACTS)
                else:
                    metadata = self._facts_by_rest(client, target, snapshot.taken_at)
            except TroubleError as error:
                trouble = error.trouble
                states = [State(name=trouble.kind, message=trouble.message)] if trouble.is_limit else []
                return _with_gap(snapshot, as_gap("github", trouble)).model_copy(
                    update={"api_usage": client.usage(), "states": (*snapshot.states, *states)}
                )
            gaps = (gap for gap in snapshot.gaps if gap.what != "github")
            return snapshot.model_copy(
                update={
                    "github": metadata.facts,
                    "states": (*snapshot.states, *(state for state in metadata.states if state.name != "empty")),
                    "gaps": (*gaps, *(gap for gap in metadata.gaps if gap.what.startswith("github."))),
                    "api_usage": client.usage(),
                }
            )

    @property
    def _has_credentials(self) -> bool:
        return self._settings.token is not None or self._settings.app is not None

    def _client(self, endpoints: Endpoints) -> HttpClient:
        settings = self._settings
        return HttpClient(
            endpoints,
            token=settings.token.get_secret_value() if settings.token else None,
            timeout=settings.timeout,
            max_wait=settings.max_wait,
            cache=Cache(settings.cache_dir) if settings.cache_dir else None,
            progress=self._progress,
        )

    def _sign_in(self, client: HttpClient, target: GitHubTarget) -> None:
        if self._settings.token is None and self._settings.app is not None:
            from repotriage.fetchers.github.rest import sign_in_as_app

            sign_in_as_app(client, self._settings.app, target)

    @staticmethod
    def _facts_by_rest(client: HttpClient, target: GitHubTarget, taken_at: datetime) -> Metadata:
        from repotriage.fetchers.github.rest import RestMetadata

        rest = RestMetadata(client, target, taken_at=taken_at)
        rest.required(with_history=False)
        return rest.spared()

    def _fetch(self, client: HttpClient, target: GitHubTarget) -> Snapshot:
        taken_at = self._taken_at or now()
        if self._settings.token is None and self._settings.app is not None:
            from repotriage.fetchers.github.rest import sign_in_as_app

            sign_in_as_app(client, self._settings.app, target)
        signed_in = client.requests
        self._progress(msg("asking GitHub about {name}", name=f"{target.owner}/{target.name}"))
        contents: ArchiveContents | None
        if client.has_token:
            metadata = _by_graphql(client, target, taken_at)
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


def _by_graphql(
    client: HttpClient, target: GitHubTarget, taken_at: datetime, sections: tuple[str, ...] = graphql.SECTIONS
) -> Metadata:
    """The metadata; where GraphQL refuses, REST is asked whether that is a legal block and which."""
    try:
        return graphql.fetch(client, target, taken_at=taken_at, sections=sections)
    except TroubleError as error:
        if error.trouble.kind not in ("not_found", "forbidden", "blocked"):
            raise
        reply = client.get(client.endpoints.repository(f"{target.owner}/{target.name}"))
        plain = judge(reply.status, reply.headers, reply.body, now=client.clock())
        if plain is None or plain.kind != "blocked":
            raise
        raise TroubleError(plain) from None


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


def _with_gap(snapshot: Snapshot, gap: Gap) -> Snapshot:
    """`snapshot` with `gap` in the place of its gaps of the same name."""
    return snapshot.model_copy(update={"gaps": (*(old for old in snapshot.gaps if old.what != gap.what), gap)})


def _check_host(target: GitHubTarget, endpoints: Endpoints) -> None:
    """A pasted address never decides where the token goes: that is the user's word alone."""
    if target.host.lower() in ("github.com", "www.github.com", endpoints.host.lower()):
        return
    raise UsageError(
        f"{target.owner}/{target.name} is on {target.host}, and the API in use is that of {endpoints.host}",
        hint=f"if {target.host} is a GitHub Enterprise server, add --api-url https://{target.host}/api/v3",
    )
