"""repotriage: is this repository worth your time, and what will it take to reproduce it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "score"]

if TYPE_CHECKING:
    from repotriage.api import score


def __getattr__(name: str) -> Any:
    """Import the Python API only when it is asked for: `repotriage --version` stays quick."""
    if name == "score":
        from repotriage.api import score

        return score
    raise AttributeError(f"module 'repotriage' has no attribute {name!r}")
