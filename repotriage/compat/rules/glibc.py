"""glibc × platform tags of the wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.version import Version

from repotriage.compat.rules.registry import Case, fail, ok, rule, unknown, version_of
from repotriage.models.base import msg
from repotriage.models.host import CheckItem

SOURCE = "https://peps.python.org/pep-0600/"
_TAG = re.compile(r"manylinux_(\d+)_(\d+)_|manylinux(1|2010|2014)_")
_LEGACY = {"1": "2.5", "2010": "2.12", "2014": "2.17"}


@rule
def glibc(case: Case) -> Iterator[CheckItem]:
    """The C library is not older than the tags of the wheels."""
    if case.attempt is None or case.host.os != "linux":
        return
    needs = [(lowest, pin.name) for pin in case.attempt.pins if (lowest := _lowest(pin.url)) is not None]
    if not needs:
        return
    highest, name = max(needs)
    have = version_of(case.host.glibc)
    if have is None:
        yield unknown(
            "glibc", msg("the glibc of the machine is not known; {name} needs {lowest}", name=name, lowest=str(highest))
        )
    elif have < highest:
        yield fail(
            "glibc",
            msg(
                "the wheel of {name} needs glibc {lowest}, this machine has {have}",
                name=name,
                lowest=str(highest),
                have=str(have),
            ),
            msg("use a container with a newer Linux, or an older release of {name}", name=name),
            SOURCE,
        )
    else:
        yield ok(
            "glibc", msg("glibc {have} is enough: {lowest} is needed", have=str(have), lowest=str(highest)), SOURCE
        )


def _lowest(url: str | None) -> Version | None:
    """The lowest glibc among the tags of a wheel's name: any of them lets it in."""
    found = [
        Version(f"{match[1]}.{match[2]}" if match[1] else _LEGACY[match[3]])
        for match in _TAG.finditer((url or "").rpartition("/")[2])
    ]
    return min(found, default=None)
