"""`repotriage cache`: what was kept of earlier fetches."""

from __future__ import annotations

import typer

from repotriage.cli.common import CacheDirOption, cache_folder


def register(app: typer.Typer) -> None:
    """Add `cache info` and `cache clear`."""
    cache_app = typer.Typer(no_args_is_help=True, help="Look at or empty the cache of what was fetched.")

    @cache_app.command()
    def info(cache_dir: CacheDirOption = None) -> None:
        """Tell where the cache is and how much it holds."""
        from repotriage.cache import Cache

        held = Cache(cache_folder(cache_dir)).info()
        typer.echo(f"folder:  {held.folder}")
        typer.echo(f"entries: {held.entries}")
        typer.echo(f"size:    {held.size / 1e6:.1f} MB of at most {held.size_limit / 1e6:.0f} MB")

    @cache_app.command()
    def clear(cache_dir: CacheDirOption = None) -> None:
        """Forget everything that was fetched."""
        from repotriage.cache import Cache

        typer.echo(f"entries removed: {Cache(cache_folder(cache_dir)).clear()}")

    app.add_typer(cache_app, name="cache")
