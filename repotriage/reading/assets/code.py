"""Weights, data and apps that code fetches or starts."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from repotriage.data import table
from repotriage.models.reading import AssetLink
from repotriage.parsing.python import Module
from repotriage.reading.assets.hosts import Kind, extension, host_of, is_elsewhere, provider_of
from repotriage.reading.assets.words import kind_by_words

_MAX_PER_FILE = 40
# What stands for a name that the reader is to fill in.
_PLACEHOLDER = re.compile(
    r"(?:[A-Z][A-Z_]*|(?:path|your|my)[-_/].*|.*(?:your|model)[-_](?:name|path|dir|id)(?:[-_]or[-_]path)?|.*/your.*)$"
)
_NO_WEIGHTS = re.compile(r"(?:Tokenizer\w*|Config|Processor|FeatureExtractor|Scheduler)$")  # have from_pretrained too
# Formats of files, which `load_dataset` takes where it takes the name of a dataset.
_FORMATS = frozenset(
    {"csv", "json", "text", "parquet", "arrow", "pandas", "sql", "xml", "hdf5", "webdataset"}
    | {"imagefolder", "audiofolder", "videofolder"}
)


@cache
def _loaders() -> tuple[tuple[re.Pattern[str], dict[str, Any]], ...]:
    return tuple(
        (re.compile(re.escape(row["call"]).replace(r"\*", r"[\w.]+") + "$"), row) for row in table("assets")["loader"]
    )


@cache
def _last_names() -> frozenset[str]:
    """Last parts of the loaders' names; "*" stands for rows that end in a wildcard."""
    return frozenset(
        row["call"].rpartition(".")[2] for row in table("assets")["loader"] if "*" not in row["call"].rpartition(".")[2]
    )


@lru_cache(maxsize=20_000)
def _may_load(dotted: str) -> bool:
    """Whether a name can be that of a loader; most calls of a file are of names that cannot."""
    return dotted.rpartition(".")[2] in _last_names() or ".datasets." in dotted or ".models." in dotted


def code_assets(module: Module) -> Iterator[AssetLink]:
    """What the code of one file fetches, and the apps that it starts."""
    found = 0
    for call, dotted in module.calls():
        if found >= _MAX_PER_FILE:
            return
        if dotted is None or not _may_load(dotted) or not isinstance(call.func, ast.Name | ast.Attribute):
            continue
        last = (
            call.func.attr
            if isinstance(call.func, ast.Attribute)
            else module.names.get(call.func.id, "").rpartition(".")[2]
        )
        if last not in _last_names() and ".datasets." not in dotted and ".models." not in dotted:
            continue
        row = next((row for pattern, row in _loaders() if pattern.match(dotted)), None)
        if row is None or ("when" in row and not _says_yes(call, row["when"])):
            continue
        value = _argument(call, row["argument"])
        if row["argument"] and value is None and not (row["kind"] == "dataset" and "*" in row["call"]):
            continue  # a class of datasets is known by its own name
        if last == "from_pretrained" and (
            value is None
            or not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)?", value)
            or value.startswith(".")
            or _NO_WEIGHTS.search(dotted.rpartition(".")[0])
        ):
            continue
        data = last == "load_dataset" or _argument(call, ["repo_type"]) == "dataset"
        if value is not None and (_PLACEHOLDER.match(value) or (last == "load_dataset" and value in _FORMATS)):
            continue
        url = value if value is not None and "://" in value else None
        name = value or dotted.rpartition(".")[2 if row["kind"] != "dataset" or not dotted.endswith("load_data") else 0]
        if row["provider"].startswith("Hugging Face") and value and re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", value):
            url = f"https://huggingface.co/{'datasets/' if data else ''}{value}"
        kind = "dataset" if data else row["kind"] or kind_by_words((), (name,), url or "", (module.path,)) or "dataset"
        found += 1
        yield AssetLink(kind=kind, provider=row["provider"], url=url, name=name[:200], at=module.at(call))
    for constant in module.of(ast.Constant):
        text = constant.value
        if found >= _MAX_PER_FILE:
            return
        if (
            not isinstance(text, str)
            or not text.startswith(("http://", "https://", "gs://", "s3://"))
            or len(text) > 500
        ):
            continue
        if any(character.isspace() for character in text):
            continue
        group, _ = extension(text)
        known = provider_of(text)
        if (
            group == "none"
            or (known is not None and known[1] == "none")
            or isinstance(module.parent(constant), ast.Expr)
        ):
            continue
        kind = (known[1] if known else "") or ("weights" if group == "weights" else None)
        if kind is None and (known is not None or group == "archive") and not is_elsewhere(text):
            kind = kind_by_words((), (), text, (posixpath.basename(module.path),))
        if kind in ("weights", "dataset") and not _is_loaders_argument(module, constant):
            found += 1
            provider = known[0] if known else host_of(text)
            yield AssetLink(kind=cast("Kind", kind), provider=provider, url=text, at=module.at(constant))


def _is_loaders_argument(module: Module, node: ast.Constant) -> bool:
    parent = module.parent(node)
    if isinstance(parent, ast.keyword):
        parent = module.parent(parent)
    if not isinstance(parent, ast.Call):
        return False
    dotted = module.dotted(parent.func)
    return dotted is not None and any(pattern.match(dotted) for pattern, _ in _loaders())


def _says_yes(call: ast.Call, name: str) -> bool:
    for keyword in call.keywords:
        if keyword.arg == name or (name == "pretrained" and keyword.arg == "weights"):
            return not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
    return False


def _argument(call: ast.Call, names: Sequence[str | int]) -> str | None:
    for name in names:
        if isinstance(name, int):
            if len(call.args) > name:
                value = call.args[name]
                return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
        else:
            for keyword in call.keywords:
                if (
                    keyword.arg == name
                    and isinstance(keyword.value, ast.Constant)
                    and isinstance(keyword.value.value, str)
                ):
                    return keyword.value.value
    return None
