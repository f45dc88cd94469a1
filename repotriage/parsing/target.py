"""What the user types to name a repository, read into a `Target`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from repotriage.errors import UsageError
from repotriage.models.target import CheckoutTarget, GitHubTarget, SnapshotTarget, Target

OnDisk = Callable[[Path], Literal["folder", "file"] | None]
"""What stands at a path; the caller looks, this module does no I/O."""

_HINT = "name a repository as owner/repo, owner/repo@ref:subdir, a GitHub URL, ./folder or a saved snapshot.json.gz"
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")  # `_` in Enterprise Managed Users
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+https", "git+ssh", "git+http"})
_SCP = re.compile(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!//)/?([^\s]+)")  # git@github.com:owner/repo.git
_BARE_HOST = re.compile(r"(?:www\.)?github\.com/", re.IGNORECASE)
_BAD_IN_REF = re.compile(r"[\x00-\x20\x7f~^?*\[\\]|\.\.|@\{|//")  # git-check-ref-format
# The first part of a path at github.com that is a page and no owner.
_PAGES = frozenset(
    {"topics", "orgs", "settings", "features", "marketplace", "sponsors", "search", "explore", "collections", "login"}
    | {"users", "apps", "notifications", "trending", "about", "pricing", "enterprise", "stars"}
)
_OTHER_FORGES = ("gitlab.", "bitbucket.org", "huggingface.co", "gitee.com", "codeberg.org", "sourceforge.net", "gist.")


def parse_target(text: str, on_disk: OnDisk) -> Target:
    """Read what the user typed.

    `owner/repo` always means GitHub, whatever folders stand here; `./owner/repo` always
    means the folder. Any other words that name an existing folder or `.json.gz` file mean
    that. In a URL `…/tree/REF/sub/dir` the ref is taken to end at the first slash, since
    only GitHub could tell; `owner/repo@branch/with/slash:sub/dir` says it exactly. A link
    to a file (`/blob/`), an issue or another page of a repository means the repository.

    Raises `UsageError` when it is none of these.
    """
    text = text.strip().removeprefix("<").removesuffix(">").strip()
    if not text or "\0" in text or "\n" in text:
        raise UsageError("no repository was named", hint=_HINT)
    if text.lower().startswith("file://"):
        text = unquote(urlsplit(text).path)
    scheme = text.partition("://")[0].lower() if "://" in text else ""
    if scheme:
        if scheme not in _SCHEMES:
            raise UsageError(f"cannot read from {_shown(text)}: {scheme}:// is not understood", hint=_HINT)
        return _from_url(text)
    if _is_path(text):
        return _from_disk(text, on_disk) or _no_such(text)
    if _BARE_HOST.match(text):
        return _from_url(f"https://{text}")
    if (scp := _SCP.fullmatch(text)) is not None and on_disk(Path(text)) is None:
        return _from_url(f"ssh://{scp[1]}/{scp[2]}")
    return _short(text) or _from_disk(text, on_disk) or _neither(text)


def github_remote(url: str) -> GitHubTarget | None:
    """The repository that the URL of a git remote names, when its host is GitHub or looks like an Enterprise one."""
    try:
        scp = _SCP.fullmatch(url)
        if scp is None and "://" not in url:
            return None
        target = _from_url(url if scp is None else f"ssh://{scp[1]}/{scp[2]}")
    except UsageError:
        return None
    labels = target.host.partition(":")[0].split(".")
    return target if any("github" in label for label in labels) or target.host.endswith(".ghe.com") else None


def _short(text: str) -> GitHubTarget | None:
    """`owner/repo[@ref][:subdir]`, or None when it does not look like one."""
    at, colon = text.find("@"), text.find(":")
    if 0 <= colon < at:
        if _full_name(text[:colon]) is None:
            return None
        raise UsageError(f"{_shown(text)} has its parts in the wrong order", hint="write owner/repo@ref:subdir")
    before, _, subdir = text.partition(":")
    name, marked, ref = before.partition("@")
    full = _full_name(name)
    if full is None:
        return None
    return GitHubTarget(
        owner=full[0],
        name=full[1],
        ref=_checked_ref(ref, text) if marked else None,
        subdir=_checked_subdir(subdir, text),
    )


def _full_name(text: str) -> tuple[str, str] | None:
    owner, slash, name = text.rstrip("/").partition("/")
    name = name.removesuffix(".git")
    if not slash or not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name) or name in (".", ".."):
        return None
    return owner, name


def _from_url(text: str) -> GitHubTarget:
    try:
        url = urlsplit(text)
        host = _host(url)
    except ValueError:  # a bracket that is no IPv6 address, a port that is no number
        raise UsageError(f"{_shown(text)} is not a URL", hint=_HINT) from None
    parts = [part for part in url.path.split("/") if part]
    if any(host.startswith(forge) or f".{forge}" in f".{host}" for forge in _OTHER_FORGES):
        raise UsageError(f"{host} is not GitHub", hint="clone the repository and name its folder: ./folder")
    if host == "raw.githubusercontent.com":
        host = "github.com"
        parts[2:2] = ["raw"]
    elif host == "api.github.com" and parts[:1] == ["repos"]:
        host, parts = "github.com", parts[1:]
    if len(parts) < 2 or parts[0].lower() in _PAGES:
        raise UsageError(f"{_shown(text)} does not name a repository", hint=_HINT)
    as_pip_writes = "@" in parts[1]  # owner/repo.git@ref
    found = _short("/".join(unquote(part) for part in parts)) if as_pip_writes else _page(parts, text)
    if found is None:
        raise UsageError(f"{_shown(text)} does not name a repository", hint=_HINT)
    return found.model_copy(update={"host": host})


def _page(parts: list[str], text: str) -> GitHubTarget | None:
    """A repository and what the rest of the path says of ref and folder."""
    full = _full_name(f"{parts[0]}/{unquote(parts[1])}")
    if full is None:
        return None
    page = parts[2] if len(parts) > 2 else ""
    rest = [unquote(part) for part in parts[3:]]
    if page == "raw" and rest[:2] in (["refs", "heads"], ["refs", "tags"]):
        rest = rest[2:]
    if page == "releases" and rest[:1] == ["tag"]:
        page, rest = "commit", ["/".join(rest[1:])] if len(rest) > 1 else []
    if page not in ("tree", "blob", "raw", "blame", "commits", "commit") or not rest:
        return GitHubTarget(owner=full[0], name=full[1])
    subdir = _checked_subdir("/".join(rest[1:]), text) if page == "tree" else ""
    return GitHubTarget(owner=full[0], name=full[1], ref=_checked_ref(rest[0], text), subdir=subdir)


def _host(url: SplitResult) -> str:
    host = (url.hostname or "").removeprefix("www.")
    if host == "ssh.github.com":
        return "github.com"
    # The port of ssh is not that of the API.
    return host if url.port is None or "ssh" in url.scheme or url.scheme == "git" else f"{host}:{url.port}"


def _is_path(text: str) -> bool:
    return text in (".", "..", "~") or text.startswith(("./", "../", "/", "~/", ".\\", "..\\")) or text[1:3] == ":\\"


def _from_disk(text: str, on_disk: OnDisk) -> CheckoutTarget | SnapshotTarget | None:
    """The folder or snapshot of this name, with `@ref` and `:subdir` after a folder; None when nothing is there."""
    there = on_disk(Path(text))
    if there == "folder":
        return CheckoutTarget(path=Path(text))
    if there == "file":
        if text.endswith(".json.gz"):
            return SnapshotTarget(path=Path(text))
        raise UsageError(f"{_shown(text)} is a file, neither a folder nor a snapshot (.json.gz)", hint=_HINT)
    for split in re.finditer("[@:]", text):
        path, rest = text[: split.start()], text[split.start() :]
        if path and on_disk(Path(path)) == "folder":
            before, _, subdir = rest.partition(":")
            ref = _checked_ref(before[1:], text) if before else None
            return CheckoutTarget(path=Path(path), ref=ref, subdir=_checked_subdir(subdir, text))
    return None


def _checked_ref(ref: str, text: str) -> str:
    if not ref or _BAD_IN_REF.search(ref) or ref.startswith(("-", "/")) or ref.endswith(("/", ".", ".lock")):
        raise UsageError(f"{_shown(text)} names no possible branch, tag or commit after @", hint=_HINT)
    return ref


def _checked_subdir(subdir: str, text: str) -> str:
    subdir = subdir.strip("/").removeprefix("./")
    if subdir and any(part in ("", ".", "..") for part in subdir.split("/")):
        raise UsageError(f"the folder in {_shown(text)} must be a plain path inside the repository", hint=_HINT)
    return subdir


def _no_such(text: str) -> Target:
    raise UsageError(f"there is no folder or snapshot {_shown(text)}", hint=_HINT)


def _neither(text: str) -> Target:
    if text.endswith(".json.gz"):
        return _no_such(text)
    raise UsageError(f"{_shown(text)} is neither a GitHub repository nor a folder or snapshot here", hint=_HINT)


def _shown(text: str) -> str:
    """The user's words, without a password or token that a URL may carry."""
    return repr(re.sub(r"//[^/\s]*@", "//", text)[:200])
