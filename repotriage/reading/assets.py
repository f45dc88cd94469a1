"""Weights, data and demos that documents link to and code fetches."""

from __future__ import annotations

import ast
import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Literal, cast
from urllib.parse import unquote, urlsplit

from repotriage.data import table
from repotriage.models.document import Block, Document, Link
from repotriage.models.location import Location
from repotriage.models.reading import AssetLink, Command
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module, parse

Kind = Literal["weights", "dataset", "demo"]
_MAX_PER_FILE = 40
_MAX_PER_BLOCK = 1000  # links of one block: each is looked up in the block's text
_MAX_IN_TREE = 50
_LOOSE = frozenset({".bin", ".pkl", ".npz", ".h5", ".hdf5", ".params"})  # endings of weights and of data alike
_GDOWN = re.compile(
    r"\bgdown\s+(?:--?[a-z-]{1,20}[ =])?(?:https?://drive\.google\.com/uc\?id=)?([\w-]{25,60})(?![\w/])"
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？\n]")
_SIZE = re.compile(r"\b(\d{1,4}(?:\.\d{1,3})?)\s?([KMGT]i?B|[MG])\b")
_COLAB = re.compile(r"/github/([\w.-]+/[\w.-]+)/blob/([^/]+)/(.+\.ipynb)")
_READS_PYTHON = re.compile(
    r"from_pretrained|torch\.hub|load_dataset|hf_hub_download|snapshot_download|create_model|datasets\."
)


@cache
def _hosts() -> tuple[tuple[str, re.Pattern[str] | None, str, str], ...]:
    return tuple(
        (row["host"], re.compile(row["path"]) if "path" in row else None, row["provider"], row["kind"])
        for row in table("assets")["host"]
    )


@cache
def provider_of(url: str) -> tuple[str, str] | None:
    """(provider, kind) of a URL that a known host serves; kind "" where only context can tell, "none" for no asset."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme == "gs":
        return "Google Cloud Storage", ""
    if parts.scheme == "s3":
        return "Amazon S3", ""
    if parts.scheme == "hf":
        return "Hugging Face", ""
    if host in ("hf.co", "www.huggingface.co", "hf-mirror.com"):
        host = "huggingface.co"
    path = parts.path.lstrip("/")
    for known, pattern, provider, kind in _hosts():
        if (host == known or host.endswith(f".{known}")) and (pattern is None or pattern.match(path)):
            return provider, kind
    return None


def _extension(url: str) -> tuple[Literal["weights", "archive", "none", ""], str]:
    try:
        name = posixpath.basename(urlsplit(url).path).lower()
    except ValueError:
        return "", ""
    groups: tuple[Literal["weights", "archive", "none"], ...] = ("weights", "archive", "none")
    for group in groups:
        for ending in sorted(table("assets")["extensions"][group], key=len, reverse=True):
            if name.endswith(ending):
                return group, ending
    return "", ""


def document_assets(snapshot: Snapshot, documents: Sequence[Document]) -> Iterator[AssetLink]:
    """What the documents link to, with what the words around each link say that it is."""
    for document in documents:
        before = ""
        for block in document.blocks:
            previous: Link | None = None
            ids = _gdown_links(block) if block.kind == "code" else []
            for link in (*block.links[:_MAX_PER_BLOCK], *ids):
                badge = (
                    unquote(previous.url)
                    if previous is not None and previous.image and previous.line == link.line
                    else ""
                )
                previous = link
                if not link.image:
                    asset = _of_link(snapshot, document.path, block, link, before, badge)
                    if asset is not None:
                        yield asset
            if block.kind == "code" and _READS_PYTHON.search(block.text):
                yield from _of_example(document.path, block)
            if block.kind in ("paragraph", "list_item", "html", "quote"):
                before = block.text
            elif block.kind == "heading":
                before = ""


def _gdown_links(block: Block) -> list[Link]:
    """`gdown 1AbC...`: a Google Drive file by its id alone."""
    found: list[Link] = []
    for offset, line in enumerate(block.text.split("\n")):
        match = _GDOWN.search(line[:2000])
        if match:
            found.append(Link(url=f"https://drive.google.com/uc?id={match[1]}", line=block.line + offset))
    return found


def _of_example(path: str, block: Block) -> Iterator[AssetLink]:
    module = parse(path, re.sub(r"^(?:>>>|\.\.\.) ?", "", block.text, flags=re.MULTILINE))
    if isinstance(module, Module):
        for asset in code_assets(module):
            if asset.kind != "demo" and asset.at.line is not None:
                yield asset.model_copy(update={"at": Location(path=path, line=asset.at.line + block.line - 1)})


def _of_link(snapshot: Snapshot, path: str, block: Block, link: Link, before: str, badge: str) -> AssetLink | None:
    at = Location(path=path, line=link.line)
    url = link.url.strip()
    group, ending = _extension(url)
    name = " ".join(link.text.split())[:200] if link.text != url else ""
    near = _near(block, link)
    size = _size(link.text) or _size(near, bare=block.kind == "table")
    if "://" not in url and not url.startswith("//"):
        return _of_relative(snapshot, path, link, near, at)
    known = provider_of(url)
    own = f"github.com/{snapshot.name.lower()}" in url.lower()
    if (known is not None and known[1] == "none") or (known is None and own and group != "weights"):
        return None
    if known is not None and known[1] and group != "none":
        return AssetLink(
            kind=cast("Kind", known[1]), provider=known[0], url=url, name=name, at=at, size=size,
            in_repository=_notebook_is_there(snapshot, url),
        )  # fmt: skip
    text = link.text.strip().lower().strip("[]()*: ")
    if group == "none" or (known is None and _is_elsewhere(url)) or text in table("assets")["other_texts"]["exact"]:
        return None
    host = known[0] if known is not None else _host(url)
    texts = (link.text if link.text != url else "", badge)
    if text in table("assets")["demo_texts"]["exact"]:
        return AssetLink(kind="demo", provider=host, url=url, name=name, at=at)
    if known is None and group == "" and block.kind == "code":
        return None
    kind = _kind_by_words(texts, near, url, block.headings, before)
    if group == "weights" and ending not in _LOOSE:
        kind = "weights"
    elif known is None:
        if group == "":
            kind = _site_kind(texts[0] or badge, near, block, url)
        elif (
            _is_source(url)
            or kind is None
            or not (_mentions(near, "get") or _mentions(link.text, "get") or block.kind in ("code", "table"))
        ):
            return None
    if kind is None:
        return None
    return AssetLink(kind=kind, provider=host, url=url, name=name, at=at, size=size)


def _of_relative(snapshot: Snapshot, path: str, link: Link, near: str, at: Location) -> AssetLink | None:
    """A file of the repository itself: weights that lie in it."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(link.url.partition("#")[0])))
    group, ending = _extension(target)
    if group != "weights" or ending in _LOOSE:
        return None
    return AssetLink(
        kind="weights", provider="this repository", url=None, name=target, at=at, size=_size(near),
        in_repository=target in snapshot.by_path,
    )  # fmt: skip


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "web"
    except ValueError:
        return "web"


def _is_source(url: str) -> bool:
    """A file shown on GitHub as source, such as a CSV of results."""
    return re.match(r"https?://(?:www\.)?github\.com/[^/]+/[^/]+/(?:blob|tree)/", url) is not None


@cache
def _is_elsewhere(url: str) -> bool:
    host = _host(url)
    return any(host == known or host.endswith(f".{known}") for known in table("assets")["elsewhere"]["hosts"])


def _notebook_is_there(snapshot: Snapshot, url: str) -> bool | None:
    """Whether the notebook that a Colab link opens is in this snapshot; None when it lies elsewhere."""
    match = _COLAB.search(unquote(url))
    if match is None or match[1].lower() != snapshot.name.lower():
        return None
    return match[3] in snapshot.by_path


def _near(block: Block, link: Link) -> str:
    """The sentence, table row or line that the link stands in."""
    if block.kind == "table":
        header, row = block.rows[0], block.rows[max(0, bisect_right(block.row_lines, link.line) - 1)]
        column = next((i for i, cell in enumerate(row) if link.text and link.text in cell), None)
        title = header[column] if column is not None and column < len(header) else ""
        return " ".join((title, *row))[:2000]
    text = block.text
    at = text.find(link.text) if link.text else -1
    if at < 0:
        lines = text.split("\n")
        offset = link.line - block.line
        return lines[offset] if 0 <= offset < len(lines) else text[:300]
    start = max((match.end() for match in _SENTENCE_END.finditer(text, max(0, at - 300), at)), default=max(0, at - 300))
    last = at + len(link.text)
    end = _SENTENCE_END.search(text, last, last + 200)
    return text[start : end.end() if end else last + 200]


def _size(text: str, *, bare: bool = False) -> str | None:
    """The one size that a text states; `bare` where `790M` is a size and no count."""
    sizes = {match[0] for match in _SIZE.finditer(text[:1000]) if bare or match[2].endswith("B")}
    return sizes.pop() if len(sizes) == 1 else None


@cache
def _word_pattern(group: str) -> re.Pattern[str]:
    words = table("assets")["words"][group]
    starts = (re.escape(word) if ord(word[0]) > 0x2E80 else rf"(?<![a-z]){re.escape(word)}" for word in words)
    return re.compile("|".join(start.replace(re.escape("$"), r"s?(?![a-z0-9])") for start in starts))


def _mentions(text: str, group: str) -> int:
    return len({match[0] for match in _word_pattern(group).finditer(text.lower()[:2000])})


def _kind_by_words(texts: Iterable[str], near: str, url: str, headings: Sequence[str], before: str) -> Kind | None:
    """Weights or data, by the nearest words that tell: the link's own, its sentence, titles, what stands before."""
    name = unquote(url.partition("://")[2].partition("/")[2])[-120:]
    steps = [*texts, posixpath.basename(name.rstrip("/")), near, *reversed(headings), before, name]
    for step in steps:
        weights, data = _mentions(step, "weights"), _mentions(step, "dataset")
        if weights != data:
            return "weights" if weights > data else "dataset"
        if weights:
            # "models trained on the dataset": what is named first is what is linked.
            low = step.lower()
            first = min(
                (match.start(), kind) for kind in ("weights", "dataset") for match in _word_pattern(kind).finditer(low)
            )
            return cast("Kind", first[1])
    return "weights" if _extension(url)[0] == "weights" and _extension(url)[1] not in _LOOSE else None


@cache
def _dataset_names() -> re.Pattern[str]:
    names = sorted(table("metrics")["datasets"]["names"], key=len, reverse=True)
    return re.compile(r"(?<![\w])(?:" + "|".join(map(re.escape, names)) + r")(?![\w])", re.IGNORECASE)


def _site_kind(text: str, near: str, block: Block, url: str) -> Kind | None:
    """What a link to an ordinary web page is: only plain words make it data or weights."""
    low = text.lower()
    title = block.headings[-1] if block.headings else ""
    gets = re.search(r"download|下载|获取|obtain|available|can be found|hosted", near.lower())
    named = bool(_dataset_names().search(text) or re.search(r"data ?set|corpus|数据", f"{low} {url.lower()}"))
    about_data = re.search(r"data|数据", title.lower()) is not None
    if re.search(r"/(?:pre-?trained|checkpoints?|networks|weights)(?:/|$)", url.lower()):
        return "weights"
    if _host(url) in ("github.com", "www.github.com"):
        return "dataset" if not _is_source(url) and named and (gets or about_data) and "code" not in low else None
    if (named and (gets or about_data)) or (gets and about_data):
        return "dataset"
    if (
        gets
        and re.search(r"data ?sets?\b|数据集", near.lower())
        and not re.search(r"model|weight|checkpoint", near.lower())
    ):
        return "dataset"
    weights = r"checkpoint|weights|(?:pre-?)?trained (?:model|network)|权重|预训练模型"
    gives = gets or re.search(r"releas|provid|shar", near.lower()) or block.kind == "table"
    if gives and re.search(weights, near.lower()) and "paper" not in low:
        return "weights"
    return None


def command_assets(commands: Iterable[Command]) -> Iterator[AssetLink]:
    """What `huggingface-cli download` fetches: a repository by its name."""
    for command in commands:
        program, *rest = command.argv
        words = [word for word in rest if not word.startswith("-")]
        if program in ("huggingface-cli", "hf") and len(words) > 1 and words[0] == "download":
            data = any(word in ("dataset", "--repo-type=dataset") for word in rest)
            name = words[1]
            if re.fullmatch(r"[\w.-]+/[\w.-]+", name):
                url = f"https://huggingface.co/{'datasets/' if data else ''}{name}"
                kind = "dataset" if data else "weights"
                yield AssetLink(kind=kind, provider="Hugging Face", url=url, name=name, at=command.at)


def script_assets(snapshot: Snapshot, commands: Iterable[Command], shown: frozenset[str]) -> Iterator[AssetLink]:
    """Data and weights that documents (`shown`) tell to get by a script of the repository."""
    for command in commands:
        if command.role != "data" or command.script is None or command.at.path not in shown:
            continue
        name = posixpath.splitext(posixpath.basename(command.script))[0]
        weights = re.search(r"weight|model|ckpt|checkpoint|pretrain", name.lower()) is not None
        yield AssetLink(
            kind="weights" if weights else "dataset", provider="script", name=command.script, at=command.at,
            in_repository=command.script in snapshot.by_path,
        )  # fmt: skip


def tree_assets(snapshot: Snapshot) -> Iterator[AssetLink]:
    """Weights that lie in the repository itself (LFS pointers too)."""
    count = 0
    for file in snapshot.inside():
        group, ending = _extension(file.path)
        plain = ending not in (".npz", ".pkl", ".h5", ".hdf5", ".bin", ".params", ".onnx", ".t7")
        named = re.search(r"(?:checkpoint|weights|pretrained|models?)/", file.path)
        if group == "weights" and file.kind in ("binary", "lfs", "unread") and (plain or named):
            count += 1
            if count > _MAX_IN_TREE:
                return
            yield AssetLink(
                kind="weights", provider="Git LFS" if file.kind == "lfs" else "this repository", name=file.path,
                at=Location(path=file.path), in_repository=True, size=file.note if file.kind == "lfs" else None,
            )  # fmt: skip


# ---------------------------------------------------------------- code


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


def code_assets(module: Module) -> Iterator[AssetLink]:
    """What the code of one file fetches, and the apps that it starts."""
    found = 0
    for call in module.of(ast.Call):
        if found >= _MAX_PER_FILE:
            return
        if not isinstance(call.func, ast.Name | ast.Attribute):
            continue
        last = (
            call.func.attr
            if isinstance(call.func, ast.Attribute)
            else module.names.get(call.func.id, "").rpartition(".")[2]
        )
        dotted = module.dotted(call.func)
        if dotted is None or (last not in _last_names() and ".datasets." not in dotted and ".models." not in dotted):
            continue
        row = next((row for pattern, row in _loaders() if pattern.match(dotted)), None)
        if row is None or ("when" in row and not _says_yes(call, row["when"])):
            continue
        value = _argument(call, row["argument"])
        if row["argument"] and value is None:
            continue
        if last == "from_pretrained" and (
            value is None or not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)?", value) or value.startswith(".")
        ):
            continue
        url = value if value is not None and "://" in value else None
        name = value or dotted.rpartition(".")[2 if row["kind"] != "dataset" or not dotted.endswith("load_data") else 0]
        if row["provider"] == "Hugging Face" and value and re.fullmatch(r"[\w.-]+/[\w.-]+", value):
            url = f"https://huggingface.co/{value}"
        kind = row["kind"] or (_kind_by_words((), name, url or "", (), module.path) or "dataset")
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
        group, _ = _extension(text)
        known = provider_of(text)
        if (
            group == "none"
            or (known is not None and known[1] == "none")
            or isinstance(module.parent(constant), ast.Expr)
        ):
            continue
        kind = (known[1] if known else "") or ("weights" if group == "weights" else None)
        if kind is None and (known is not None or group == "archive") and not _is_elsewhere(text):
            kind = _kind_by_words((), "", text, (), posixpath.basename(module.path))
        if kind in ("weights", "dataset") and not _is_loaders_argument(module, constant):
            found += 1
            provider = known[0] if known else _host(text)
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
