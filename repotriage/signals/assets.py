"""Weights, data and demos that a repository points to: which of them can be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from repotriage.models.location import Evidence
from repotriage.models.reading import AssetLink
from repotriage.models.study import Study

AssetKind = Literal["weights", "dataset", "demo"]


def usable(study: Study, kind: AssetKind) -> tuple[AssetLink, ...]:
    """Those that are not known to be missing."""
    return tuple(asset for asset in study.reading.assets if asset.kind == kind and asset.in_repository is not False)


def lost(study: Study, kind: AssetKind) -> tuple[AssetLink, ...]:
    """Those that name a path of this repository which is not there."""
    return tuple(asset for asset in study.reading.assets if asset.kind == kind and asset.in_repository is False)


def evidence_of(assets: Sequence[AssetLink]) -> tuple[Evidence, ...]:
    """Where each stands, and its URL."""
    return tuple(Evidence(at=asset.at, url=asset.url, text=asset.name[:400] or None) for asset in assets)


def has_suffix(path: str, suffixes: tuple[str, ...]) -> bool:
    """The name ends with one of these, in whatever case."""
    return path.lower().endswith(suffixes)
