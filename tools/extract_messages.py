"""Bring the catalogues up to date with the templates of the code: `python -m tools.extract_messages`.

Every `msg("…")` of the package is found by its syntax tree; templates that are gone leave the
catalogue, new ones enter it without a translation. `repotriage.translation` reads the result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "repotriage" / "locale" / "zh_CN" / "LC_MESSAGES" / "repotriage.po"
# Words that fill a message alone, such as a verdict: their values are not templates.
WORDS = (
    *("good", "bad", "unknown", "n/a"),
    *("train", "evaluate", "inference", "demo", "data", "export", "test", "install", "other"),
    *("weights", "dataset", "paper", "project", "results"),
    *("argparse", "config", "command", "constant", "dataclass"),
)


def templates(root: Path = ROOT / "repotriage") -> Iterator[tuple[str, str]]:
    """(template, place) of every `msg(…)` below `root`, places relative to the repository."""
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "msg" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.relative_to(ROOT).as_posix()


def missing(catalogue: polib.POFile) -> list[str]:
    """Templates and words that have no translation in `catalogue`; those without a letter of their own need none."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if entry.msgstr}
    wanted: set[tuple[str | None, str]] = {
        (None, template) for template, _ in templates() if needs_translation(template)
    }
    wanted |= {("word", word) for word in WORDS}
    return sorted(text for context, text in wanted - known)


def needs_translation(template: str) -> bool:
    """Whether a template has words beside its fields."""
    import re

    return re.search(r"[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", template)) is not None


def main() -> None:
    """Write the catalogue again."""
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=0)
    wanted: dict[tuple[str | None, str], list[tuple[str, str]]] = {}
    for template, place in templates():
        if needs_translation(template):
            wanted.setdefault((None, template), []).append((place, ""))
    for word in WORDS:
        wanted.setdefault(("word", word), [])
    kept: dict[tuple[str | None, str], str] = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = catalogue.metadata
    for key in sorted(wanted, key=lambda key: (key[0] or "", key[1])):
        places = sorted(set(wanted[key]))
        fresh.append(polib.POEntry(msgctxt=key[0], msgid=key[1], msgstr=kept.get(key, ""), occurrences=places))
    fresh.save(str(CATALOGUE))


if __name__ == "__main__":
    main()
