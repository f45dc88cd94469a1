"""How often static reading is right, on repositories whose truth was read by hand.

    python -m benchmarks.accuracy --repositories DIR [--truth FILE] [--verbose] [--only NAME]

`--truth` is a file of rows, by default `benchmarks/data/reading.jsonl`; `--repositories` holds
checkouts `owner+name` or mirrors `owner+name/repo`. Each row is read at its own commit; nothing
is checked out.

Bars (issue 5): entry points top-1 at least 90 %, all documented ones in the top 5 at least
95 %; links recall at least 95 %, precision at least 90 %; results table and logger at least 90 %.

A row with `documents` is complete: every link of those documents was labelled by hand, so recall
and precision are counted link by link, and each miss and each false one can be printed
(`--verbose`). Its `doubtful_links` are links that two readers may label differently; they count
neither way. `same_as` of an entry point are files that the same words of a document mean as well. A row
without `documents` names only part of a repository's links: recall is by line,
and precision is a floor.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pygit2

from repotriage.fetchers.intake import Intake
from repotriage.fetchers.port import Caps
from repotriage.manifests import assemble as manifests
from repotriage.models.document import Document
from repotriage.models.reading import AssetLink, EntryPoint, Reading
from repotriage.models.requirement import Dependencies
from repotriage.models.snapshot import Snapshot
from repotriage.parsing import markup
from repotriage.parsing.walk import walk
from repotriage.reading.assemble import VISITORS, assemble
from repotriage.reading.results import table_to_reach

_LINKS = {"demo": "demo_links", "weights": "weights_links", "dataset": "dataset_links"}
_DOCUMENTS = (".md", ".rst", ".txt", ".markdown")


class Tally:
    """Hits and misses of one measure."""

    def __init__(self) -> None:
        self.right = 0
        self.all = 0
        self.misses: list[str] = []

    def count(self, hit: bool, miss: str) -> None:
        self.all += 1
        self.right += hit
        if not hit:
            self.misses.append(miss)


def snapshot_of(folder: Path, name: str, commit: str) -> Snapshot | None:
    """The tree at `commit`, or at HEAD where the history lacks it."""
    repository = _repository(folder)
    if repository is None or commit not in repository:
        return None
    intake = Intake(Caps())
    for path, blob in _blobs(repository[commit].peel(pygit2.Tree), ""):
        intake.add(path, size=blob.size, data=blob.data[: intake.wanted(path, blob.size)])
    taken_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Snapshot(source="checkout", name=name, commit=commit, taken_at=taken_at, files=intake.files())


def _repository(folder: Path) -> pygit2.Repository | None:
    for place in (folder / ".git", folder / "repo" / ".git", folder / "repo", folder):
        if (place / "objects").is_dir():
            return pygit2.Repository(str(place))
    return None


def _blobs(tree: pygit2.Tree, prefix: str) -> Iterator[tuple[str, pygit2.Blob]]:
    for entry in tree:
        path = f"{prefix}{entry.name}"
        try:
            if isinstance(entry, pygit2.Tree):
                yield from _blobs(entry, f"{path}/")
            elif isinstance(entry, pygit2.Blob):
                _ = entry.size
                yield path, entry
        except (KeyError, pygit2.GitError):
            continue  # submodules, and blobs that a partial clone lacks


def read(snapshot: Snapshot) -> tuple[Reading, tuple[Document, ...], float]:
    """The reading, the documents, and the seconds that it took after parsing."""
    shown = markup.documents(snapshot)
    facts = walk(snapshot, VISITORS)
    start = time.perf_counter()
    reading = assemble(snapshot, shown, facts)
    return reading, shown, time.perf_counter() - start


def judge(row: dict[str, Any], reading: Reading, documents: Sequence[Document], tallies: dict[str, Tally]) -> None:
    """Count one repository."""
    _entries(row, "train", [e for e in reading.entry_points if e.role == "train"], tallies)
    _entries(row, "eval", _evaluation(reading, documents), tallies)
    for kind, key in _LINKS.items():
        found = [asset for asset in reading.assets if asset.kind == kind]
        if "documents" in row:
            _every_link(row, kind, row[key], found, tallies)
        else:
            _links(row, kind, key, found, documents[0].path if documents else "", tallies)
    _results(row, reading, tallies)
    _logger(row, reading, tallies)
    if "framework" not in row:
        return
    framework = row["framework"].split("/")[0].split(" ")[0]
    tallies["framework"].count(reading.framework == framework, f"{row['repo']}: {framework}, read {reading.framework}")


def _evaluation(reading: Reading, documents: Sequence[Document]) -> list[EntryPoint]:
    """Evaluation before inference before demo; in each, what the leading README shows before all else.

    What is an evaluation only because it evaluates while it trains comes last, unless nothing else is documented.
    """
    roles = ("evaluate", "inference", "demo")
    found = [entry for entry in reading.entry_points if entry.role in roles]
    readme = documents[0].path if documents else None
    documented = any(entry.documented_at is not None for entry in found)
    trains = {entry.path for entry in reading.entry_points if entry.role == "train"}

    def order(entry: EntryPoint) -> tuple[bool, bool, int, int]:
        leads = entry.command is not None and entry.command.at.path == readme
        aside = documented and entry.documented_at is None and entry.path in trains
        return not leads, aside, roles.index(entry.role), entry.rank

    found.sort(key=order)
    unique = {entry.path: entry for entry in reversed(found)}
    return sorted(unique.values(), key=found.index)


def _entries(row: dict[str, Any], name: str, found: list[EntryPoint], tallies: dict[str, Tally]) -> None:
    truth = row[f"{name}_entry_points"]
    if not truth:
        return
    same = {entry["path"]: {entry["path"], *entry.get("same_as", ())} for entry in truth}
    paths = set().union(*same.values())
    # Where more than five are documented, no five places hold them all.
    documented = list(dict.fromkeys(entry["path"] for entry in truth if entry["documented_at"]))[:5]
    listed = [(entry.path, entry.weight, str(entry.documented_at)) for entry in found[:6]]
    top = bool(found) and found[0].path in paths
    tallies[f"{name} top-1"].count(top, f"{row['repo']}: {sorted(paths)}, found {listed}")
    five = {entry.path for entry in found if entry.rank <= 5}
    for path in documented:
        tallies[f"{name} top-5"].count(bool(same[path] & five), f"{row['repo']}: {path}, found {listed}")


def _links(
    row: dict[str, Any], kind: str, key: str, found: list[AssetLink], readme: str, tallies: dict[str, Tally]
) -> None:
    """Recall over all rows; precision apart for the leading README, which the truth covers best."""
    truth = row[key]
    urls = {_plain(url) for item in truth for url in item["urls"]}
    lines = {item["at"] for item in truth}
    for item in truth:
        own = {_plain(url) for url in item["urls"]}
        hit = any(str(asset.at) == item["at"] or (asset.url and _plain(asset.url) in own) for asset in found)
        tallies[f"{kind} recall" if own else f"{kind} recall of lines without a URL"].count(
            hit, f"{row['repo']}: {item['at']} {item['urls']}"
        )
    if row["weights_list_is_partial"] and kind == "weights":
        return
    for asset in found:
        if asset.at.path.endswith(_DOCUMENTS) and asset.url:
            right = str(asset.at) in lines or _plain(asset.url) in urls
            where = "README" if asset.at.path == readme else "other documents"
            tallies[f"{kind} precision, {where}"].count(right, f"{row['repo']}: {asset.at} {asset.url} ({asset.name})")


def _every_link(
    row: dict[str, Any], kind: str, truth: list[dict[str, Any]], found: list[AssetLink], tallies: dict[str, Tally]
) -> None:
    """Recall and precision over the links of the documents that the row labels completely."""
    urls = {_plain(url): item["at"] for item in truth for url in item["urls"]}
    lines = {item["at"] for item in truth}
    here = [asset for asset in found if asset.at.path in row["documents"]]
    read = {_plain(asset.url) for asset in here if asset.url}
    for url, at in urls.items():
        tallies[f"{kind} recall"].count(url in read, f"{row['repo']}: {at} {url}")
    for at in (item["at"] for item in truth if not item["urls"]):
        hit = any(str(asset.at) == at for asset in here)
        tallies[f"{kind} recall of lines without a URL"].count(hit, f"{row['repo']}: {at}")
    doubtful = {_plain(url) for url in row["doubtful_links"]}
    for url, asset in {_plain(asset.url): asset for asset in reversed(here) if asset.url}.items():
        if url not in doubtful:
            tallies[f"{kind} precision"].count(url in urls, f"{row['repo']}: {asset.at} {asset.url} ({asset.name})")
    for asset in here:
        if not asset.url and str(asset.at) not in lines:
            tallies[f"{kind} without a URL, to be read"].count(False, f"{row['repo']}: {asset.at} {asset.name}")


def _results(row: dict[str, Any], reading: Reading, tallies: dict[str, Tally]) -> None:
    """Whether there is a table; where a complete row has one, whether it is the one whose numbers are to be reached."""
    if row["results_table"] == "link":
        return
    found = [str(table.at) for table in reading.results]
    says = f"{row['repo']}: {row['results_table']} {row['results_at']}, found {found[:6]}"
    tallies["results"].count(bool(found) == (row["results_table"] == "yes"), says)
    if row["results_table"] == "yes" and "documents" in row:
        best = table_to_reach(reading.results)
        chosen = str(best.at) if best is not None else None
        tallies["results, the table to reach"].count(chosen in _places(row["results_at"]), f"{says}, chosen {chosen}")


def _places(at: str | list[str]) -> list[str]:
    return [at] if isinstance(at, str) else at


def _plain(url: str) -> str:
    url = re.sub(r"^https?://(?:www\.)?hf\.co/", "https://huggingface.co/", unquote(url))
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/.").partition("#")[0].partition("?usp")[0]


def _declared(row: dict[str, Any], dependencies: Dependencies, tallies: dict[str, Tally]) -> None:
    """Whether each declared version of the row was read: the name with its numbers, and at the very line."""
    for item in row["declared_versions"]:
        name = {"pytorch": "torch", "tensorflow-gpu": "tensorflow"}.get(item["what"], item["what"])
        numbers = re.findall(r"\d+(?:\.\d+)*", item["value"])
        there = [r for r in dependencies.requirements if str(r.at) == item["at"]]
        # A base image is read as what it holds: its Python, CUDA or framework.
        same = [r for r in there if name in ("docker base", "os") or r.name.replace("-gpu", "") == name]
        right = any(all(number in r.specifier for number in numbers) for r in same)
        found = [f"{r.name}{r.specifier}" for r in there]
        tallies["declared versions"].count(right, f"{row['repo']}: {item['at']} {name} {item['value']}, read {found}")


def _logger(row: dict[str, Any], reading: Reading, tallies: dict[str, Tally]) -> None:
    if row["logger"] is None:
        return  # that of a framework below, or one that two readers may tell differently
    truth = row["logger"].lower()
    names = {logger.name.lower() for logger in reading.loggers}
    families = {"tensorboard": ("tensorboard", "tensorboardx"), "tf.": ("tensorboard",), "clu": ("clu metric writers",)}
    if truth.startswith("none"):
        right = not names - {"csv"}
    else:
        known = ("tensorboard", "tf.", "wandb", "mlflow", "visdom", "swanlab", "clu", "neptune", "comet")
        wanted = [name for name in known if name in truth]
        right = not wanted or any(names & set(families.get(name, (name,))) for name in wanted)
    tallies["logger"].count(right, f"{row['repo']}: {row['logger']} at {row['logger_at']}, found {sorted(names)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    truth = Path(__file__).parent / "data/reading.jsonl"
    parser.add_argument("--truth", type=Path, default=truth, help="rows of truth")
    parser.add_argument("--repositories", type=Path, required=True, help="folder of owner+name checkouts or mirrors")
    parser.add_argument("--only", help="rows whose repository's name contains this")
    parser.add_argument("--verbose", action="store_true", help="print every miss")
    arguments = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    absent: list[str] = []
    rows = [json.loads(line) for line in arguments.truth.read_text("utf-8").splitlines()]
    for row in rows:
        if arguments.only and arguments.only.lower() not in row["repo"].lower():
            continue
        snapshot = snapshot_of(arguments.repositories / row["repo"].replace("/", "+"), row["repo"], row["commit"])
        if snapshot is None:
            absent.append(row["repo"])
            continue
        reading, shown, seconds = read(snapshot)
        tallies["assembled within 1 s"].count(seconds < 1, f"{row['repo']}: {seconds:.2f} s")
        judge(row, reading, shown, tallies)
        if "declared_versions" in row:
            _declared(row, manifests.merge(snapshot, shown), tallies)
    for name, tally in sorted(tallies.items()):
        print(f"{name:42} {tally.right:4} of {tally.all:4}  {tally.right / tally.all:7.1%}")
        if arguments.verbose:
            for miss in tally.misses:
                print(f"    {miss}")
    if absent:
        print(f"not there at the row's commit, so not judged: {', '.join(absent)}")


if __name__ == "__main__":
    main()
