"""`repotriage cache`: what was kept of earlier fetches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CacheDir = Annotated[
    Path | None,
    typer.Option("--cache-dir", envvar="REPOTRIAGE_CACHE_DIR", help="Folder of the cache, if not the usual one."),
]


def default_cache_dir() -> Path:
    """Where the cache is when nobody says otherwise."""
    from platformdirs import user_cache_path

    return user_cache_path("repotriage", appauthor=False)


def register(app: typer.Typer) -> None:
    """Add `cache info` and `cache clear`."""
    cache_app = typer.Typer(no_args_is_help=True, help="Look at or empty the cache of what was fetched.")

    @cache_app.command()
    def info(cache_dir: CacheDir = None) -> None:
        """Tell where the cache is and how much it holds."""
        from repotriage.fetchers.cache import Cache

        held = Cache(cache_dir or default_cache_dir()).info()
        typer.echo(f"folder:  {held.folder}")
        typer.echo(f"entries: {held.entries}")
        typer.echo(f"size:    {held.size / 1e6:.1f} MB of at most {held.size_limit / 1e6:.0f} MB")

    @cache_app.command()
    def clear(cache_dir: CacheDir = None) -> None:
        """Forget everything that was fetched."""
        from repotriage.fetchers.cache import Cache

        typer.echo(f"entries removed: {Cache(cache_dir or default_cache_dir()).clear()}")

    app.add_typer(cache_app, name="cache")
