"""`pylock.toml` (PEP 751): every package with its real file and hash."""

from __future__ import annotations

from posixpath import basename
from urllib.parse import unquote, urlsplit

import tomli_w
from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from repotriage.models.solution import Environment, Pin
from repotriage.renderers.env_parts import exact, parts

FILENAME = "pylock.toml"


def render(environment: Environment) -> str:
    """The lock; what comes from its maker's own place, without known hashes, stands in `tool.repotriage`."""
    made = parts(environment)
    lock = Pylock(
        lock_version=Version("1.0"),
        created_by="repotriage",
        requires_python=SpecifierSet(f"=={made.python}.*"),
        environments=None,
        extras=[],
        dependency_groups=[],
        default_groups=[],
        packages=[_package(pin) for pin in (*made.locked, *made.compiled) if pin.url and pin.sha256],
        tool={
            "repotriage": {
                "elsewhere": [
                    {place.option.removeprefix("--"): place.address, "packages": [exact(pin) for pin in place.pins]}
                    for place in made.elsewhere
                ]
            }
        },
    )
    return tomli_w.dumps(dict(lock.to_dict()))


def _package(pin: Pin) -> Package:
    url = pin.url or ""
    hashes = {"sha256": pin.sha256 or ""}
    name: NormalizedName = canonicalize_name(pin.name)
    filename = unquote(basename(urlsplit(url).path))
    if pin.sdist_only:
        return Package(
            name=name, version=Version(pin.version), sdist=PackageSdist(name=filename, url=url, hashes=hashes)
        )
    return Package(
        name=name, version=Version(pin.version), wheels=[PackageWheel(name=filename, url=url, hashes=hashes)]
    )
