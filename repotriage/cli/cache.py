"""`repotriage cache`: what was kept of earlier fetches."""

from __future__ import annotations

import typer

from repotriage.cli.common import CacheDirOption, cache_folder


def register(app: typer.Typer) -> None:
    """Add `cache info` and `cache clear`."""
    cache_app = typer.Typer(no_args_is_help=True, help="Look at or empty the cache of what was fetched.")

    @cache_app.command()
    def info(cache_dir: CacheDirOption = None) -> None:
        """Tell where the caches are and how much each holds: GitHub's answers, the index', solved environments."""
        from repotriage.cache import LIMITS, Cache

        for name, limit in LIMITS.items():
            held = Cache(cache_folder(cache_dir), name=name, size_limit=limit).info()
            typer.echo(f"{name}: {held.folder}")
            typer.echo(f"  entries: {held.entries}")
            typer.echo(f"  size:    {held.size / 1e6:.1f} MB of at most {held.size_limit / 1e6:.0f} MB")

    @cache_app.command()
    def clear(cache_dir: CacheDirOption = None) -> None:
        """Forget everything that was fetched and every environment that was solved."""
        from repotriage.cache import LIMITS, Cache

        removed = sum(Cache(cache_folder(cache_dir), name=name).clear() for name in LIMITS)
        typer.echo(f"entries removed: {removed}")

    app.add_typer(cache_app, name="cache")
