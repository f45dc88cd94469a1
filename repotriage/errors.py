"""The error tree: each error says what is wrong, where, and what to do next.

What a user can meet in normal use is a value with a reason (`Gap`, `Unreadable`, an
`unknown` finding); these are for the edges, where nothing useful can be answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from repotriage.models.text import clean

EXIT_OK = 0
EXIT_GATE = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
EXIT_INCOMPLETE = 4


class RepotriageError(Exception):
    """What went wrong, in one line, with a hint and the exit code that goes with it."""

    exit_code: ClassVar[int] = EXIT_UNREADABLE

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(clean(what))
        self.what = clean(what)
        self.hint = clean(hint) if hint else None


class UsageError(RepotriageError):
    """The user's words or files cannot be used as they are."""

    exit_code = EXIT_USAGE


class UnreadableError(RepotriageError):
    """The repository cannot be read: `label` tells the states apart."""

    exit_code = EXIT_UNREADABLE

    def __init__(
        self,
        what: str,
        *,
        label: Literal[
            "not_found_or_private",
            "blocked",
            "empty",
            "bad_snapshot",
            "not_a_repository",
            "no_such_ref",
            "no_such_subdir",
        ],
        hint: str | None = None,
    ) -> None:
        super().__init__(what, hint=hint)
        self.label = label


class IncompleteError(RepotriageError):
    """A limit or the network kept us from reading anything useful."""

    exit_code = EXIT_INCOMPLETE

    def __init__(
        self,
        what: str,
        *,
        label: Literal[
            "rate_limited", "secondary_limit", "unauthorized", "forbidden", "timeout", "network", "server_error"
        ],
        retry_at: datetime | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what, hint=hint)
        self.label = label
        self.retry_at = retry_at
