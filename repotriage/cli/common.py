"""What the commands share: options, the environment, progress, output, and errors in one line."""

from __future__ import annotations

import functools
import inspect
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from repotriage.errors import RepotriageError, UsageError
from repotriage.models.text import clean
from repotriage.userfile import read_text

if TYPE_CHECKING:
    from pydantic import SecretStr

    from repotriage.fetchers.port import AppCredentials, FetchSettings, Progress
    from repotriage.models.base import Message
    from repotriage.models.snapshot import Snapshot


class Lang(StrEnum):
    """The languages of reports."""

    EN = "en"
    ZH = "zh"


EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE
NARROW, WIDEST = 80, 120  # columns: longer lines are hard to read
DEFAULT_API_URL = "https://api.github.com"

EXIT_CODES = (
    "Exit codes: 0 ok · 1 gate failed · 2 usage · 3 repository unreadable · "
    "4 incomplete because of limits or network · 70 a bug of repotriage · 130 interrupted · 141 broken pipe."
)

TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="owner/repo, owner/repo@ref, owner/repo:subdir, a URL, a checkout (./path) or a saved snapshot.",
    ),
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME|FILE",
        help="What counts how much: default, paper, library, or a TOML file of your own.",
    ),
]
LangOption = Annotated[
    Lang,
    # Not from LANG: what a pipeline writes must not depend on where it runs.
    typer.Option("--lang", envvar="REPOTRIAGE_LANG", help="Language: English or Simplified Chinese."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of stdout.")
]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Read the GitHub token from FILE, before GITHUB_TOKEN and GH_TOKEN."),
]
ApiUrlOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="API of a GitHub Enterprise server; else GITHUB_API_URL, else https://api.github.com."
    ),
]
AppIdOption = Annotated[
    int | None,
    typer.Option(metavar="ID", help="Sign in as this GitHub App, with --app-key-file."),
]
AppKeyFileOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The private key of the GitHub App (PEM)."),
]
AppInstallationOption = Annotated[
    int | None,
    typer.Option(metavar="ID", help="The installation of the GitHub App; without it, the repository's own."),
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Use no network: what only GitHub knows stays unknown.")]
MaxWaitOption = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0, help="Wait at most so long for a limit of GitHub to pass."),
]
CacheDirOption = Annotated[
    Path | None,
    typer.Option(
        envvar="REPOTRIAGE_CACHE_DIR",
        metavar="FOLDER",
        help="Keep the cache in FOLDER instead of the user's cache folder.",
    ),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Neither read nor write the cache.")]
IndexUrlOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Package index; else UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL, else PyPI."),
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Tell every step on stderr, and the traceback if repotriage itself breaks."),
]


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the options of fetching come to, for a command under `@fetches`."""

    settings: FetchSettings
    tell: Progress

    def snapshot(self, target: str) -> Snapshot:
        """Bring what the user typed.

        Raises:
            UsageError: it is no target.
            UnreadableError: there is nothing to read.
            IncompleteError: a limit or the network stands before it.
        """
        from repotriage.fetchers.open import on_disk, open_fetcher
        from repotriage.parsing.target import parse_target

        return open_fetcher(self.settings, self.tell).fetch(parse_target(target, on_disk))


def _fetch_options(
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    app_id: AppIdOption = None,
    app_key_file: AppKeyFileOption = None,
    app_installation: AppInstallationOption = None,
    offline: OfflineOption = False,
    max_wait: MaxWaitOption = 60.0,
    cache_dir: CacheDirOption = None,
    no_cache: NoCacheOption = False,
    verbose: VerboseOption = False,
) -> Fetching:
    settings = fetch_settings(
        token_file=token_file,
        api_url=api_url,
        app_id=app_id,
        app_key_file=app_key_file,
        app_installation=app_installation,
        offline=offline,
        max_wait=max_wait,
        cache_dir=cache_dir,
        no_cache=no_cache,
    )
    return Fetching(settings, progress(verbose))


def fetches(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of fetching to a command; it is handed them as its parameter `fetching`."""
    own = inspect.signature(command, eval_str=True, globals=command.__globals__).parameters
    shared = inspect.signature(_fetch_options, eval_str=True, locals={"Fetching": Fetching}).parameters
    parameters = [*(p for p in own.values() if p.name != "fetching"), *shared.values()]

    @functools.wraps(command)
    def run(**options: Any) -> None:
        fetching = _fetch_options(**{name: options.pop(name) for name in shared})
        command(**options, fetching=fetching)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typer reads the options off it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


class Shown(NamedTuple):
    """How wide a text for people may be, in columns, and whether it may have colours."""

    width: int
    colour: bool


def shown(*, to_terminal: bool) -> Shown:
    """80 columns without colour in a pipe or file; on a terminal its width, and colour unless NO_COLOR is set."""
    if not (to_terminal and sys.stdout.isatty()):
        return Shown(NARROW, colour=False)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Shown(min(shutil.get_terminal_size().columns, WIDEST), colour)


def cache_folder(cache_dir: Path | None) -> Path:
    """Where the cache is: `cache_dir`, else the user's cache folder."""
    if cache_dir is None:
        import platformdirs

        return platformdirs.user_cache_path("repotriage", appauthor=False)
    if cache_dir.exists() and not cache_dir.is_dir():
        raise UsageError(f"the cache folder {cache_dir} is a file", hint="name a folder after --cache-dir")
    return cache_dir


def fetch_settings(
    *,
    token_file: Path | None = None,
    api_url: str | None = None,
    app_id: int | None = None,
    app_key_file: Path | None = None,
    app_installation: int | None = None,
    offline: bool = False,
    max_wait: float = 60.0,
    cache_dir: Path | None = None,
    no_cache: bool = False,
) -> FetchSettings:
    """The options and the environment together; UsageError when they cannot be used."""
    from repotriage.fetchers.port import FetchSettings

    return FetchSettings(
        token=_token(token_file),
        app=_app(app_id, app_key_file, app_installation),
        api_url=_checked_api_url(api_url or os.environ.get("GITHUB_API_URL") or DEFAULT_API_URL),
        offline=offline,
        max_wait=max_wait,
        cache_dir=None if no_cache else cache_folder(cache_dir),
    )


def _token(token_file: Path | None) -> SecretStr | None:
    from pydantic import SecretStr

    if token_file is not None:
        source, token = str(token_file), read_text(token_file, what="the token file").strip()
        if not token:
            raise UsageError(f"the token file {source} is empty")
    else:
        source = next((name for name in ("GITHUB_TOKEN", "GH_TOKEN") if os.environ.get(name, "").strip()), "")
        token = os.environ.get(source, "").strip()
    if not token:
        return None
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"{source} does not hold a token: it has spaces, line breaks or other characters")
    return SecretStr(token)


def _app(app_id: int | None, key_file: Path | None, installation: int | None) -> AppCredentials | None:
    from pydantic import SecretStr

    from repotriage.fetchers.port import AppCredentials

    if app_id is None and key_file is None:
        if installation is not None:
            raise UsageError("--app-installation needs --app-id and --app-key-file")
        return None
    if app_id is None or key_file is None:
        raise UsageError("a GitHub App needs both --app-id and --app-key-file")
    key = read_text(key_file, what="the key file")
    if "PRIVATE KEY-----" not in key:
        raise UsageError(f"{key_file} holds no private key", hint="download it from the settings of the GitHub App")
    return AppCredentials(app_id=app_id, private_key=SecretStr(key), installation_id=installation)


def _checked_api_url(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    else:
        # A token must not travel in the clear; a server on this machine is none of the network's business.
        secure = parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))
        if host and secure and not parts.username and not parts.query and not parts.fragment:
            return url.rstrip("/")
    raise UsageError(
        f"{url} is not the URL of a GitHub API", hint="such as https://api.github.com or https://HOST/api/v3"
    )


def package_index(url: str | None) -> str:
    """The package index: `url`, else what the user has set for uv or pip, else PyPI; UsageError for no address."""
    from urllib.parse import urlsplit

    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    found = url or next((os.environ[name] for name in names if os.environ.get(name)), "https://pypi.org/simple")
    try:
        parts = urlsplit(found)
        good = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{found} is not the URL of a package index", hint="such as https://pypi.org/simple")
    return found


def progress(verbose: bool) -> Progress:
    """Tells each step on stderr; silent when that is no terminal, unless `verbose`."""
    shown = verbose or sys.stderr.isatty()

    def tell(message: Message) -> None:
        if shown:
            _to_stderr(f"· {clean(str(message))}")

    return tell


def check_output(path: Path | None, option: str) -> None:
    """UsageError now rather than after the work when `path` cannot be written."""
    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint=f"name a file after {option}")
    if not path.parent.is_dir():
        raise UsageError(
            f"the folder {path.parent} does not exist", hint=f"make it, or name another file after {option}"
        )


def write_output(text: str, path: Path | None) -> None:
    """Write `text` to `path`, all or nothing, or to stdout.

    Files are UTF-8. On stdout a character that its encoding lacks becomes `?`.
    """
    if path is None:
        encoding = sys.stdout.encoding or "utf-8"
        try:
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
            raise UsageError(f"stdout cannot be written: {error.strerror or error}") from error
        return
    content = text.encode("utf-8")
    path = path.resolve()
    try:
        if path.exists() and not path.is_file():  # a device or pipe has no place beside it
            path.write_bytes(content)
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _to_stderr(line: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stderr.flush()


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with every error told in one line on stderr and turned into its exit code."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise  # typer's own
        except RepotriageError as error:
            _to_stderr(f"error: {error.what}")
            if error.hint:
                _to_stderr(f"hint: {error.hint}")
            if options.get("verbose"):
                traceback.print_exc()
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            _to_stderr("interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except BrokenPipeError as error:
            # Whoever read us has left: nothing more can be said, also not when Python flushes at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(EXIT_BROKEN_PIPE) from error
        except Exception as error:
            _to_stderr(f"error: repotriage has a bug: {type(error).__name__}: {clean(str(error))[:300]}")
            if options.get("verbose"):
                traceback.print_exc()
            else:
                _to_stderr("hint: run again with --verbose and report what it shows to the maintainers of repotriage")
            raise typer.Exit(EXIT_BUG) from error

    return run
