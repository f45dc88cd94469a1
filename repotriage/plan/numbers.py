"""The numbers to reach: what the tables of results say, and how far off a run may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence
from repotriage.models.reading import ResultsTable

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPREAD = re.compile(r"±|\+/-|\+-|\$\\pm\$|\\pm")
_ROWS_SHOWN = 4
_COLUMNS_SHOWN = 8


def to_reach(table: ResultsTable | None) -> Iterator[Message]:
    """The rows of a table in words, and the tolerance that it itself gives."""
    if table is None:
        yield msg("the repository states no results; take the numbers of the paper")
        return
    spread = False
    for row in table.rows[:_ROWS_SHOWN]:
        pairs = [
            f"{name}: {cell}" if name else cell
            for name, cell in zip(table.header[1:_COLUMNS_SHOWN], row[1:_COLUMNS_SHOWN], strict=False)
            if _NUMBER.search(cell)
        ]
        if pairs:
            spread = spread or any(_SPREAD.search(cell) for cell in row)
            yield msg("{row}: {values}", row=row[0] or "–", values=" · ".join(pairs))
    if len(table.rows) > _ROWS_SHOWN:
        yield msg("rows of the table that are not shown: {n}", n=len(table.rows) - _ROWS_SHOWN)
    if spread:
        yield msg("tolerance: the spread (±) that the table gives")
    else:
        yield msg(
            "tolerance: the table gives no spread; with given weights the last digit shown should agree, "
            "after training compare several seeds"
        )


def evidence(table: ResultsTable | None) -> tuple[Evidence, ...]:
    """Where the table stands."""
    return () if table is None else (Evidence(at=table.at),)
