"""Amounts that a text states in GB."""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s{0,2}(TiB|TB|T|GiB|GB|G|MiB|MB|M)\b", re.IGNORECASE)
_GIB = {"T": 1024.0, "G": 1.0, "M": 1 / 1024}


def gibibytes(text: str) -> float | None:
    """The largest amount in a text, in GiB; GB and GiB are taken for the same. None where there is none."""
    found = [float(match[1]) * _GIB[match[2][0].upper()] for match in _AMOUNT.finditer(text[:2000])]
    return max(found, default=None)
