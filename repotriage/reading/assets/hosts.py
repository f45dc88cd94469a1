"""Who serves a URL, and what its ending tells."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from repotriage.data import table

Kind = Literal["weights", "dataset", "demo"]
LOOSE = frozenset({".bin", ".pkl", ".npz", ".h5", ".hdf5", ".params"})  # endings of weights and of data alike
_SHARES = (  # what self-hosted file stores put before the key of a share, whatever their host is called
    (re.compile(r"(?:index\.php/)?s/[A-Za-z0-9_-]{10,40}(?:/download)?/?$"), "Nextcloud"),
    (re.compile(r"[df]/[0-9a-f]{10,40}/?"), "Seafile"),
)


@cache
def _hosts() -> tuple[tuple[str, re.Pattern[str] | None, str, str], ...]:
    return tuple(
        (row["host"], re.compile(row["path"]) if "path" in row else None, row["provider"], row["kind"])
        for row in table("assets")["host"]
    )


@cache
def provider_of(url: str) -> tuple[str, str] | None:
    """(provider, kind) of a URL that a known host serves; kind "" where only context can tell, "none" for no asset."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme == "gs":
        return "Google Cloud Storage", ""
    if parts.scheme == "s3":
        return "Amazon S3", ""
    if parts.scheme == "hf":
        return "Hugging Face", ""
    if host in ("hf.co", "www.huggingface.co", "hf-mirror.com"):
        host = "huggingface.co"
    path = parts.path.lstrip("/")
    for known, pattern, provider, kind in _hosts():
        if (host == known or host.endswith(f".{known}")) and (pattern is None or pattern.match(path)):
            group, ending = extension(url) if kind == "dataset" else ("", "")
            return provider, "weights" if group == "weights" and ending not in LOOSE else kind
    if is_elsewhere(url):
        return None
    return next(((provider, "") for pattern, provider in _SHARES if pattern.match(path)), None)


@cache
def extension(url: str) -> tuple[Literal["weights", "archive", "none", ""], str]:
    """What the ending of a URL's path is: of weights, of an archive or table, of no asset."""
    try:
        name = posixpath.basename(urlsplit(url).path).lower()
    except ValueError:
        return "", ""
    if "." not in name:
        return "", ""
    return next(((group, ending) for group, ending in _endings() if name.endswith(ending)), ("", ""))


@cache
def _endings() -> tuple[tuple[Literal["weights", "archive", "none"], str], ...]:
    """(group, ending), the groups in their order, in each the longest first."""
    groups: tuple[Literal["weights", "archive", "none"], ...] = ("weights", "archive", "none")
    known = table("assets")["extensions"]
    return tuple((group, ending) for group in groups for ending in sorted(known[group], key=len, reverse=True))


def host_of(url: str) -> str:
    """The host, or "web"."""
    try:
        return urlsplit(url).hostname or "web"
    except ValueError:
        return "web"


@cache
def is_elsewhere(url: str) -> bool:
    """A host of papers, videos, documentation or tools."""
    host = host_of(url)
    return any(host == known or host.endswith(f".{known}") for known in table("assets")["elsewhere"]["hosts"])
