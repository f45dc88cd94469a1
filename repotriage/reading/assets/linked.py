"""Weights, data and demos that documents link to."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import cast
from urllib.parse import unquote

from repotriage.data import table
from repotriage.models.document import Block, Document, Link
from repotriage.models.location import Location
from repotriage.models.reading import AssetLink
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.python import Module, parse
from repotriage.reading.assets.code import code_assets
from repotriage.reading.assets.hosts import LOOSE, Kind, extension, host_of, is_elsewhere, provider_of
from repotriage.reading.assets.words import dataset_names, kind_by_words, mentions
from repotriage.reading.results import names_a_metric

_MAX_PER_BLOCK = 1000  # links of one block: each is looked up in the block's text
_BESIDE = 12  # links before and after one that may stand in its sentence
_MAX_LISTED = 8
_MAX_LEAD = 3  # sentences before that of the link which may still tell what it is
_GDOWN = re.compile(
    r"\bgdown\s+(?:--?[a-z-]{1,20}[ =])?(?:https?://drive\.google\.com/uc\?id=)?([\w-]{25,60})(?![\w/])"
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？\n]")
_SIZE = re.compile(r"\b(\d{1,4}(?:\.\d{1,3})?)\s?([KMGT]i?B|[MG])\b")
_COLAB = re.compile(r"/github/([\w.-]+/[\w.-]+)/blob/([^/]+)/(.+\.ipynb)")
_READS_PYTHON = re.compile(
    r"from_pretrained|torch\.hub|load_dataset|hf_hub_download|snapshot_download|create_model|datasets\."
)
# What may stand between two links to the same thing on two hosts.
_MIRROR = re.compile(
    r"[\W_]*(?:(?:or|and|mirror|backup|from|via|或|和|或者|备用|备份"
    r"|(?:passwd|password|pwd|code|extract(?:ion)? code|key|提取码|密码)\W{0,3}\w{4})[\W_]*){0,4}",
    re.IGNORECASE,
)
_SAYS_MIRROR = re.compile(
    r"(?:alternative|alternate|mirror|backup)(?: (?:link|host|source|download|site))?s?\b|镜像|备用|备份", re.IGNORECASE
)
_MAX_TITLE = 6  # words: "Bilateral Reference for ..." is the name of a paper
# Titles under which links go to the work of others.
_OF_OTHERS = re.compile(
    r"acknowledg|reference|citation|citing|\bcite|credits?\b|licen[cs]e|projects? using|used by|built with"
    r"|致谢|鸣谢|感谢|参考|引用|许可",
    re.IGNORECASE,
)
_BORROWED = re.compile(
    r"\b(?:based on|borrow|adapted from|inspired by|thanks to|built (?:up)?on|modified from|fork of)\b", re.IGNORECASE
)
# What a link says when it leads to words or tools about data rather than to data.
_ABOUT_DATA = re.compile(
    r"prepar|format|guide|guidance|instruct|tutorial|docs?\b|documentation|readme|paper|code|\bapi\b|loader|library|tool"
    r"|script|leaderboard|licen[cs]e|agreement|issue|challenge rules|annotator|labell?ing|viewer|generator|pipeline"
    r"|论文|文档|工具|代码|教程",
    re.IGNORECASE,
)


# Titles of columns whose links lead to what came out, and links to the notes of a release.
_OUTPUT = re.compile(
    r"(?:\w+'s )?(?:visual(?:i[sz]\w{2,5})? |qualitative )?(?:samples?|results?|predictions?|outputs?|logs?)\b",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"(?:release[-_ ]*)?v?\d+(?:\.\d+)+(?:[-.]?(?:alpha|beta|rc|dev|post)\w{0,4})?|changelog|release notes?",
    re.IGNORECASE,
)
# "[Demo] [A. Author](...)" says nothing of the author's page.
_SAYS_DEMO = re.compile(r"(?:demo|playground|在线体验|演示)(?:[^\w\n\]]{0,4}|\]\s?[:：]\s?)$", re.IGNORECASE)
_SAYS_DATA = re.compile(
    r"(?:data ?sets?|(?:train|training|test|testing|validation) sets?|corpus|corpora|数据集|資料集|语料)"
    r"(?: \(\w{2,20}\))?\W{0,4}$",
    re.IGNORECASE,
)
# "[Tabula Sapiens](..) dataset", but no "[Detectron2](..) dataset format".
_DATA_FOLLOWS = re.compile(
    r"[)\]*_` ]{1,4}(?:data ?sets?\b|corpus\b|数据集)"
    r"(?! (?:format|loader|class|prepar|object|api|tool|structure|code|convention|style|repo|page|website|viewer))",
    re.IGNORECASE,
)
_DATA_FROM = re.compile(r"\bdata(?: ?sets?)?(?: \w+){0,3} (?:from|at|by)[\s:(]*$", re.IGNORECASE)
# "The inference results on benchmark datasets are available at ..."
_RESULTS_LEAD = re.compile(
    r"\b(?:inference|rendering|rendered|visual|qualitative|predicted|prediction|pre-?computed|testing) results?\b",
    re.IGNORECASE,
)
# `gs://mybucketprefix-us-central1`
_PLACEHOLDER = re.compile(r"(?:gs|s3)://(?:my|your|some|example|bucket|[<{$\[])", re.IGNORECASE)
_SAYS_WEIGHTS = re.compile(
    r"check ?points?\b|pre-?trained(?:, \w+)? (?:\w+ )?(?:models?|weights|networks?|ones?\b)|(?:model|trained) weights"
    r"|model zoo|权重|预训练模型",
    re.IGNORECASE,
)
_DATA_FOLDER = re.compile(
    r"github\.com/[^/]+/[^/#]+(?:/tree/[^#]*/(?:data|data-?sets?|annotations?|corpus|corpora)/?$"
    r"|(?:/blob/[^#]*/readme\w*\.\w+)?/?#[^/]*data|/blob/[^#]*/(?:data|data-?sets?)/readme\w*\.\w+$)",
    re.IGNORECASE,
)
_DEMO_PATH = re.compile(r"https?://[^/]+/(?:(?:[\w-]+/)?demos?|(?:[\w-]+/){0,5}playground)/?$", re.IGNORECASE)
_APP = re.compile(r"\b(?:web ?)?apps?$", re.IGNORECASE)
_ONLINE = re.compile(r"\bonline\b|\bweb ?apps?\b|\bin (?:your|the) browser\b", re.IGNORECASE)
_VERSION = re.compile(r"[-_][A-Z0-9.]{1,6}$")
_WIKI = re.compile(r"https?://github\.com/[^/]+/[^/]+/wiki/([^/?#]+)", re.IGNORECASE)
_LABEL = re.compile(r"\W{0,4}[\w][\w .+-]{0,40}[:：]\s*$")
_LEADS_TO_DATA = re.compile(r"(?:data ?sets?|数据集)(?: \w+){0,6} ?[:：]\s*$", re.IGNORECASE)
_HERE = re.compile(r"here|(?:this )?link|这里|链接", re.IGNORECASE)
_OF_DATA = re.compile(r"\bdata\W{0,4}$", re.IGNORECASE)
_LISTS_DATA = re.compile(r"\bdata ?sets?\b|\b(?:pre-?)?training data\b|\bcorpora\b|数据集|语料", re.IGNORECASE)
_LISTS_WEIGHTS = re.compile(r"\bmodel ?zoo\b|\bweights\b|\bcheckpoints?\b|\bpre-?trained models?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a link, nearest first: its sentence or row, then what leads to it, titles last.

    `lead` are the words right before it, or the title of its column.
    """

    near: str
    steps: tuple[str, ...]
    lead: str = ""
    trail: str = ""  # the words right after it
    local: int = 2  # how many of the steps are of its own paragraph
    same_as_last: bool = False  # nothing but "or" stands between this link and the one before it


def document_assets(snapshot: Snapshot, documents: Sequence[Document]) -> Iterator[AssetLink]:
    """What the documents link to, with what the words around each link say that it is."""
    for document in documents:
        before = ""
        for index, block in enumerate(document.blocks):
            yield from _of_block(snapshot, document.path, block, before, _listed(document.blocks, index))
            if block.kind in ("paragraph", "html", "quote") or (block.kind == "list_item" and not block.links):
                before = block.text
            elif block.kind == "heading":
                before = ""


def _listed(blocks: Sequence[Block], index: int) -> str:
    """What the list says that a paragraph leads over to: "the [link](..) to" two test sets and four models."""
    block = blocks[index]
    if block.kind != "paragraph" or not block.links or block.text.rstrip().endswith((".", "!", "?", "。")):
        return ""
    items = takewhile(
        lambda one: one.kind == "list_item" and not one.links, blocks[index + 1 : index + 1 + _MAX_LISTED]
    )
    return "\n".join(item.text[:200] for item in items)


def _of_block(snapshot: Snapshot, path: str, block: Block, before: str, listed: str) -> Iterator[AssetLink]:
    ids = _gdown_links(block) if block.kind == "code" else []
    links = (*block.links[:_MAX_PER_BLOCK], *ids)
    last: AssetLink | None = None
    badge: Link | None = None
    for link, around in zip(links, _surroundings(block, links, (before, listed)), strict=True):
        shown = unquote(badge.url) if badge is not None and badge.line == link.line else ""
        badge = link if link.image else None
        if link.image:
            continue
        same = last if around.same_as_last else None
        last = _of_link(snapshot, path, block, link, around, shown, cast("Kind", same.kind) if same else None)
        if last is not None:
            yield last
    if block.kind == "code" and _READS_PYTHON.search(block.text):
        yield from _of_example(path, block)


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


def _anchor_in(name: str, url: str) -> bool:
    """Whether a link leads to a heading of a repository's own README; the owner is unknown for a folder."""
    return re.match(rf"https?://github\.com/[^/]+/{re.escape(name)}/?#", url, re.IGNORECASE) is not None


def _of_link(
    snapshot: Snapshot, path: str, block: Block, link: Link, around: _Around, badge: str, last: Kind | None
) -> AssetLink | None:
    at = Location(path=path, line=link.line)
    url = link.url.strip()
    group, ending = extension(url)
    name = " ".join(link.text.split())[:200] if link.text != url else ""
    size = _size(link.text) or _size(around.near, bare=block.kind == "table")
    if "://" not in url and not url.startswith("//"):
        return _of_relative(snapshot, path, link, around.near, at)
    known = provider_of(url)
    own = f"github.com/{snapshot.name.lower()}" in url.lower() or _anchor_in(snapshot.own_name, url)
    if not group and not link.text.startswith(("http", "gs:")):
        group, ending = extension(re.split(r"[\s(（]", link.text.strip())[0])  # `[model.pth](https://drive...)`
        group = group if group == "weights" else ""
    sure = group == "weights" and ending not in LOOSE
    if known is not None and known[1] == "none":
        return None
    if known is None and own and group != "weights":
        return _of_wiki(link, at, name)
    text = link.text.strip().lower().strip("[]()*: ")
    if group == "none" or (not sure and _says_other(text, is_demo=known is not None and known[1] == "demo")):
        return None
    if _PLACEHOLDER.match(url) or (block.kind == "table" and _OUTPUT.match(around.lead)):
        return None
    if not sure and _RESULTS_LEAD.search(around.lead) and not _SAYS_WEIGHTS.search(around.lead):
        return None
    # `[0.771](https://drive...)` in a table of results is no version.
    if not sure and (known is None or known[0] == "GitHub release") and _NOTES.fullmatch(text):
        return None
    title = block.headings[-1] if block.headings else ""
    others = len(title.split()) <= _MAX_TITLE and _OF_OTHERS.search(title) is not None
    host = known[0] if known is not None else host_of(url)
    texts = (link.text if link.text != url else "", badge)
    if known is not None and known[1]:
        kind = cast("Kind", known[1])
        if kind == "weights" and group == "archive" and kind_by_words(texts, around.steps, url) == "dataset":
            kind = "dataset"
        if others and kind == "weights":
            return None
        return AssetLink(
            kind=kind, provider=host, url=url, name=name, at=at, size=size,
            in_repository=_notebook_is_there(snapshot, url),
        )  # fmt: skip
    if not sure and ((known is None and is_elsewhere(url)) or others):
        return None
    shows = (
        known is None
        and not own
        and not is_elsewhere(url)
        and (
            _SAYS_DEMO.search(around.lead) is not None
            or (host_of(url) != "github.com" and _APP.search(text) and _ONLINE.search(f"{title} {around.near}"))
        )
    )
    if text in table("assets")["demo_texts"]["exact"] or (known is None and (shows or _DEMO_PATH.match(url))):
        if _BORROWED.search(around.near):
            return None
        return AssetLink(kind="demo", provider=host, url=url, name=name, at=at)
    if known is None and group == "" and block.kind == "code":
        return None
    # "[train set](..), [test set](..), [backbones](..)": a link that says itself what it is is no mirror.
    found = "weights" if sure else kind_by_words(texts[:1], (), "") or last or kind_by_words(texts, around.steps, url)
    if found == "weights" and last is None and host == "GitHub release" and "/download/" not in url:
        # A page of releases is of weights where its own sentence says so, not because a title speaks of models.
        said = around.local if re.search(r"download|下载", around.near, re.IGNORECASE) else 2
        found = kind_by_words(texts, around.steps[:said], url)
    if known is None and not sure:
        if group == "":
            found = _site_kind(texts[0] or badge, around, block, url)
        elif _is_source(url) or (ending in (".txt", ".json") and not mentions(around.near, "get")):
            return None
        if last is not None and found is None:
            found = last
    if found is None:
        return None
    return AssetLink(kind=found, provider=host, url=url, name=name, at=at, size=size)


def _says_other(text: str, *, is_demo: bool) -> bool:
    """Whether the text of a link says that it leads to something else on the same host."""
    parts = text.split()
    return text in table("assets")["other_texts"]["exact"] or (
        not is_demo and len(parts) in (2, 3) and parts[-1] in table("assets")["other_ends"]["words"]
    )


def _of_wiki(link: Link, at: Location, name: str) -> AssetLink | None:
    """A page of the repository's wiki, which no snapshot holds: what its name says that it lists."""
    page = _WIKI.match(link.url)
    said = re.sub(r"[-_]+", " ", unquote(page[1])) if page is not None else ""
    if page is None or _ABOUT_DATA.search(f"{link.text} {said}"):
        return None
    kind: Kind | None = "weights" if _LISTS_WEIGHTS.search(said) else "dataset" if _LISTS_DATA.search(said) else None
    return AssetLink(kind=kind, provider="GitHub wiki", url=link.url, name=name, at=at) if kind is not None else None


def _of_relative(snapshot: Snapshot, path: str, link: Link, near: str, at: Location) -> AssetLink | None:
    """A file of the repository itself: weights that lie in it."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(link.url.partition("#")[0])))
    group, ending = extension(target)
    if group != "weights" or ending in LOOSE:
        return None
    return AssetLink(
        kind="weights", provider="this repository", url=None, name=target, at=at, size=_size(near),
        in_repository=target in snapshot.by_path,
    )  # fmt: skip


def _is_source(url: str) -> bool:
    """A file shown on GitHub as source, such as a CSV of results."""
    return re.match(r"https?://(?:www\.)?github\.com/[^/]+/[^/]+/(?:blob|tree)/", url) is not None


def _notebook_is_there(snapshot: Snapshot, url: str) -> bool | None:
    """Whether the notebook that a Colab link opens is in this snapshot; None when it lies elsewhere."""
    match = _COLAB.search(unquote(url))
    if match is None or match[1].lower() != snapshot.name.lower():
        return None
    return match[3] in snapshot.by_path


def _surroundings(block: Block, links: Sequence[Link], beside: tuple[str, str]) -> Iterator[_Around]:
    """What stands around each link of a block; `beside` is the text before it and the list that it leads over to."""
    before, listed = beside
    titles = tuple(reversed(block.headings))
    if block.kind == "table":
        seen: dict[tuple[int, str], int] = {}
        for link in links:
            index = max(0, bisect_right(block.row_lines, link.line) - 1)
            nth = seen[index, link.text] = seen.get((index, link.text), -1) + 1
            yield _of_cell(block, index, link, nth, (*titles, before))
        return
    cursor, before_it = 0, ""
    for index, link in enumerate(links):
        at = block.text.find(link.text, cursor) if link.text else -1
        if at < 0:
            lines = block.text.split("\n")
            offset = link.line - block.line
            near = lines[offset] if 0 <= offset < len(lines) else block.text[:300]
            yield _Around(near, (near, *reversed(lines[max(0, offset - _MAX_LEAD) : max(0, offset)]), *titles, before))
            continue
        last = at + len(link.text)
        start = max(0, at - 300)
        start = max((match.end() for match in _SENTENCE_END.finditer(block.text, start, at)), default=start)
        end = _SENTENCE_END.search(block.text, last, last + 200)
        near = block.text[start : end.end() if end else last + 200]
        # In "data: [link] models: [link]" the words right before a link tell more than the whole line.
        own = block.text[max(start, cursor) : last]
        lead = [part for part in _SENTENCE_END.split(block.text[max(0, start - 600) : start]) if part.strip()]
        between = block.text[cursor:at]
        same = (
            cursor > 0
            and len(between) < 60
            and (_MIRROR.fullmatch(between) is not None or _SAYS_MIRROR.match(link.text) is not None)
        )
        before_it = before_it if same else _lead(block.text, cursor, at)  # what leads to a link leads to its mirrors
        steps = (own, near, *reversed(lead[-_MAX_LEAD:]))
        if one_of_many := _without_links(near, links[max(0, index - _BESIDE) : index + _BESIDE], link):
            steps = (own, one_of_many, *reversed(lead[-_MAX_LEAD:]), near)
        yield _Around(
            near,
            (*steps, listed, *titles, before),
            before_it,
            block.text[last : last + 40],
            len(steps),
            same_as_last=same,
        )
        cursor = last


def _without_links(near: str, links: Sequence[Link], but: Link) -> str:
    """A sentence without what its other links say, which tells of those; empty where there are none."""
    rest = near
    for link in links:
        if link.text and link.text != but.text and len(link.text) > 2:
            rest = rest.replace(link.text, " ", 1)
    return rest if rest != near else ""


def _lead(text: str, start: int, at: int) -> str:
    """The words of the same sentence right before `at`, over the ends of lines."""
    return re.split(r"[.!?](?=\s)|[。！？]|\n\s*\n", text[max(start, at - 150) : at])[-1]


def _of_cell(block: Block, index: int, link: Link, nth: int, wider: Sequence[str]) -> _Around:
    """A link in a table: the title of its column, that of the table, what its row and the other columns are."""
    header, row = block.rows[0], block.rows[index]
    columns = [i for i, cell in enumerate(row) if link.text and link.text in cell]
    column = columns[min(nth, len(columns) - 1)] if columns else None
    title = header[column] if column is not None and column < len(header) else ""
    near = " ".join((title, *row))[:2000]
    cell = row[column] if column is not None else ""
    measured = any(names_a_metric(name) for i, name in enumerate(header) if i != column)
    # Who downloads from a row of measures gets what was measured.
    told = "weights" if measured and index and not mentions(f"{title} {cell}", "dataset") else ""
    first = f"{header[0]} {row[0]}" if row and header else ""
    return _Around(near, (cell, title, told, *wider[:1], first, near, *wider), title)


def _size(text: str, *, bare: bool = False) -> str | None:
    """The one size that a text states; `bare` where `790M` is a size and no count."""
    sizes = {match[0] for match in _SIZE.finditer(text[:1000]) if bare or match[2].endswith("B")}
    return sizes.pop() if len(sizes) == 1 else None


@cache
def _is_name_of_data(text: str) -> bool:
    """A text that is the name of a known dataset, or of a version of one (`COCO-CN`), and nothing else."""
    name = text.strip(" *_:.`\"'")
    return dataset_names().fullmatch(name) is not None or (
        (version := _VERSION.search(name)) is not None
        and dataset_names().fullmatch(name[: version.start()]) is not None
    )


def _site_kind(text: str, around: _Around, block: Block, url: str) -> Kind | None:
    """What a link to an ordinary web page is: only plain words make it data or weights."""
    low, near = text.lower(), around.near
    title = block.headings[-1] if block.headings else ""
    gets = re.search(r"download|下载|获取|obtain|available|can be found|hosted", near.lower())
    data = (
        re.search(r"data ?set|corpus|数据集|语料", low) is not None
        or _SAYS_DATA.search(around.lead) is not None
        or _DATA_FOLLOWS.match(around.trail) is not None
        or (not text and _DATA_FROM.search(around.lead) is not None)
    )
    named = bool(dataset_names().search(text) or data or re.search(r"data ?set|corpus|数据", url.lower()))
    about_data = re.search(r"data|数据", title.lower()) is not None
    words = _ABOUT_DATA.search(text) is not None or _BORROWED.search(near) is not None
    if block.kind == "list_item" and len(block.links) == 1 and _LEADS_TO_DATA.search(around.steps[-1]) and not words:
        return "dataset"  # "Download the following datasets:"
    if _HERE.fullmatch(low.strip("[]()*: ")) and _OF_DATA.search(around.lead) and gets:
        return "dataset"  # "Download ScanNet v2 data [HERE](..)"
    if not text and block.kind == "list_item" and _LISTS_DATA.search(title) and _LABEL.fullmatch(around.lead):
        return "dataset"  # "CLUENER: https://..." in a list of datasets
    if re.search(r"/(?:pre-?trained|checkpoints?|networks|weights)(?:/|$)", url.lower()):
        return "weights"
    github = host_of(url) in ("github.com", "www.github.com")
    if not words and not github and _DATA_FOLLOWS.match(around.trail):
        return "dataset"
    if not words and not github and "《" not in text and _SAYS_WEIGHTS.search(f"{around.lead}{text}"):
        return "weights"
    if github:
        name = re.match(r"https?://[^/]+/[^/]+/([^/?#]+)/?$", url)
        if name is not None and re.search(r"data-?set|corpus", name[1].lower()):
            return "dataset"
        # A folder of data, or the section on the data of another project's README.
        if _DATA_FOLDER.search(url) and (data or mentions(near, "dataset")):
            return "dataset"
        if _is_source(url) or words:
            return None
        if block.kind == "table" and "download" in around.lead.lower() and mentions(text, "dataset"):
            return "dataset"
        return "dataset" if data or _is_name_of_data(text) or (named and (gets or about_data)) else None
    if low.strip("[]()*: ") == "data" and not github:
        return "dataset"
    if not words and (data or _is_name_of_data(text) or (named and (gets or about_data)) or (gets and about_data)):
        return "dataset"
    outer = any(re.search(r"\bdata|数据", heading.lower()) for heading in block.headings[-3:-1])
    if gets and outer and not words and dataset_names().search(near) and not mentions(near, "weights"):
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
    if "download" in around.lead.lower() and any(_SAYS_WEIGHTS.search(heading) for heading in block.headings):
        return "weights"
    return None
