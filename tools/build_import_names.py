"""Make repotriage/data/import_names.tsv again.

    python -m tools.build_import_names PIGAR.sqlite3 DOWNLOADS.txt DATE > repotriage/data/import_names.tsv

PIGAR.sqlite3 is the database in the wheel of pigar (https://pypi.org/project/pigar/, the file
`pigar/.db.sqlite3`): what the newest wheel or sdist of every project holds at its top.
DOWNLOADS.txt lists the most downloaded projects, one a line, the most downloaded first, such as
the names of https://hugovk.github.io/top-pypi-packages/; only these become rows, with their place
as the rank. DATE (YYYY-MM-DD) is when pigar's file was taken. Nothing is fetched.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from packaging.utils import canonicalize_name

SOURCE = "https://pypi.org/project/pigar/2.2.0/"
# What wheels hold at their top by mistake, and parts of a namespace, which import_names.toml tells.
LEFT_OUT = frozenset(
    {"tests", "test", "testing", "docs", "doc", "documentation", "example", "examples", "sample", "samples", "demo"}
    | {"tutorials", "benchmark", "benchmarks", "scripts", "script", "bin", "tools", "dist", "build", "wheelhouse", "ci"}
    | {
        "requirements",
        "resources",
        "include",
        "setup",
        "conftest",
        "src",
        "google",
        "__init__",
        "_binding",
        "cli",
        "core",
    }
    | {"utils", "version", "templates", "static", "services", "server", "notebooks", "node_modules", "models", "misc"}
    | {"cli", "main", "licenses", "common", "build_tools"}
)


def rows(tops: Iterable[tuple[str, str]], ranks: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    """(module, distribution, rank) of each (distribution, top-level name), by module, the most downloaded first."""
    found = {
        (module, name, ranks[name])
        for distribution, module in tops
        if (name := canonicalize_name(distribution)) in ranks
        and re.fullmatch(r"[A-Za-z_]\w*", module)
        and module not in LEFT_OUT
    }
    return iter(sorted(found, key=lambda row: (row[0], row[2], row[1])))


def main(database: str, downloads: str, date: str) -> None:
    """Write the table to the standard output."""
    names = Path(downloads).read_text(encoding="utf-8").split()
    ranks: dict[str, int] = {canonicalize_name(name): number for number, name in reversed(list(enumerate(names, 1)))}
    query = "SELECT d.name, t.name FROM distributions d JOIN top_level_module_names t ON t.distribution_id = d.id"
    lines = ["module\tdistribution\trank\tsource\tdate"]
    with closing(sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)) as connection:
        for module, name, rank in rows(connection.execute(query), ranks):
            lines.append(f"{module}\t{name}\t{rank}\t{SOURCE}\t{date}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
