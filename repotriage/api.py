"""The Python API: `from repotriage import score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from repotriage.models.base import Message
from repotriage.models.profile import Profile
from repotriage.models.report import Report
from repotriage.userfile import read_text

if TYPE_CHECKING:
    from repotriage.fetchers.port import Progress

DEFAULT_API_URL = "https://api.github.com"


def score(
    target: str | Path,
    *,
    token: str | None = None,
    profile: str | Path | Profile = "default",
    offline: bool = False,
    api_url: str = DEFAULT_API_URL,
    max_wait: float = 60.0,
    cache_dir: Path | None = None,
    solve: bool = True,
    solve_timeout: float = 20.0,
    index_url: str = "https://pypi.org/simple",
    progress: Progress | None = None,
) -> Report:
    """Score a repository. Nothing of it is run; the environment is not read.

    Args:
        target: what `repotriage score` takes: `owner/repo`, `owner/repo@ref`, `owner/repo:subdir`,
            a URL, a checkout (`./path`) or a saved snapshot. A `Path` is always one of the last two.
        token: a GitHub token; without one GitHub allows few requests and tells less.
        profile: what counts how much: a bundled name, a TOML file, or a `Profile`.
        offline: use no network; what only GitHub knows stays unknown.
        api_url: the API of GitHub or of a GitHub Enterprise server.
        max_wait: seconds to wait at most for a limit of GitHub to pass.
        cache_dir: where to keep what was fetched; None for no cache.
        solve: find out whether an environment solves; asks the package index.
        solve_timeout: seconds to spend on solving at most.
        index_url: the package index (PEP 503 or 691).
        progress: told each step in one sentence.

    Returns:
        The report; `report.score.total` is the score as shares from 0 to 1 (None where nothing
        applies), `report.study.snapshot.gaps` says what could not be had.

    Raises:
        repotriage.errors.UsageError: the target or the profile cannot be used.
        repotriage.errors.UnreadableError: there is no such repository, or it cannot be read.
        repotriage.errors.IncompleteError: a limit or the network kept us from reading anything.
    """
    from pydantic import SecretStr

    from repotriage.fetchers.open import on_disk, open_fetcher
    from repotriage.fetchers.port import FetchSettings
    from repotriage.parsing.target import parse_target
    from repotriage.pipeline import analyse

    settings = FetchSettings(
        token=None if token is None else SecretStr(token),
        api_url=api_url,
        offline=offline,
        max_wait=max_wait,
        cache_dir=cache_dir,
    )
    chosen = open_profile(profile)
    named = str(target.absolute()) if isinstance(target, Path) else target
    snapshot = open_fetcher(settings, progress or _silent).fetch(parse_target(named, on_disk))
    solver = None
    if solve:
        from repotriage.environment import solver_for

        solver = solver_for(index_url=index_url, offline=offline, cache_dir=cache_dir, timeout=solve_timeout)
    return analyse(snapshot, chosen, solver)


def open_profile(profile: str | Path | Profile) -> Profile:
    """A bundled profile by its name, or the TOML file of that name; a bundled name wins.

    Raises:
        repotriage.errors.UsageError: there is neither, or the file is no profile.
    """
    from repotriage.scorer import load_profile, profile_names

    if isinstance(profile, Profile):
        return profile
    path = Path(profile)
    if isinstance(profile, str) and (profile in profile_names() or not (path.suffix == ".toml" or path.exists())):
        return load_profile(profile)
    return load_profile(read_text(path, what="the profile"), where=str(path))


def _silent(message: Message) -> None:
    """Nobody asked to be told."""
