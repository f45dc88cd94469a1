"""What documents say in their own words of where weights and data go, and of what the system must have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location
from repotriage.models.study import Study
from repotriage.plan.runs import documents, is_guest

_PUTS = re.compile(
    r"\b(?:put|plac(?:e|ed|ing)|unzip|untar|unpack|extract(?:ed)?|decompress|sav(?:e|ed)|stor(?:e|ed)|mov(?:e|ed)|cop(?:y|ied)"
    r"|link|symlink|organi[sz]ed?|download(?:ed)?|should (?:be|look)|located|structure)\b"
    r"|放(?:到|在|入|置|进)|解压|存放|置于|保存(?:到|在|至)|下载(?:到|至)|目录结构",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"`{1,3}\s*(?:ln -s|mv|cp|unzip|tar)\s[^`]{2,200}`"
    r"|`{1,3}\s*[\w.~$<>{}-]*/[\w./~$<>{}-]*\s*`{1,3}"
    r"|(?<![\w:/.<@-])(?:\.{1,2}/|~/)[\w./-]+|(?<![\w:/.<@-])[\w-]+/(?:[\w-]+/)*(?:\\?\*)?(?=[\s,.;:)'\"]|$)"
    r"|\b(?:to|in|into|under) (?:the |your )?[\w.-]+ (?:folder|directory)\b"
    r"|[\w./-]+\s?(?:文件夹|目录)|[`\"']\w[\w.-]{1,60}[`\"'] (?:folder|director)"
)
_DATA = re.compile(r"\bdata\b|data[- ]?sets?\b|\bcorpus\b|\bcorpora\b|数据|语料", re.IGNORECASE)
_SYSTEM = re.compile(
    r"\benv(?:ironment)?[ -]variables?\b|\bLD_LIBRARY_PATH\b|\blicen[sc]e key\b|环境变量"
    r"|\b(?:apt(?:-get)?|yum|brew) install\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}(?:\([^()]{0,100}\)[^()\s]{0,200})?(?:\s+[\"'][^\"']{0,100}[\"'])?\)"
)
_TAG = re.compile(  # of HTML alone: `<data-dir>/models` stands for a folder
    r"</?(?:a|abbr|b|big|blockquote|body|br|center|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|html|i|iframe"
    r"|img|ins|kbd|li|ol|p|picture|pre|q|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u"
    r"|ul|var|video)(?:\s[^<>]{0,300})?/?>|<!--.{0,300}?-->|<https?://[^<>\s]{0,300}>|https?://\S+",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\s*(?:[#>*+-]+\s+|\d{1,2}[.)]\s+|\(\w\)\s+)*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_OF_THE_PAST = re.compile(r"(?:^|/)(?:history|change_?logs?|changes|news|releases?|release_notes)\.\w+$", re.IGNORECASE)
_NEWS = re.compile(r"\W*(?:19|20)\d\d[./-]\d{1,2}\b")  # `[2022/4/12] We fix ...`
_BEFORE, _AFTER = 6, 3
_MAX_LINE = 2000
_MAX_TEXT = 240
_MAX_LINES = 3000


class Said(Frozen):
    """A line of a document, without its markup."""

    text: CleanStr
    at: Location


def placement(study: Study, mention: Location) -> Said | None:
    """What the document says near a link of where its file goes: on its line, before it, then after it."""
    told = mention.line is not None and not mention.path.endswith(".ipynb")  # the lines of a notebook are JSON
    lines = _prose(study.snapshot.text(mention.path) or "") if told else []
    here = (mention.line or 0) - 1
    if not 0 <= here < len(lines):
        return None
    before: list[int] = []
    for index in range(here - 1, max(-1, here - 1 - _BEFORE), -1):
        before.append(index)
        if lines[index].lstrip().startswith("#"):
            break
    after: list[int] = []
    for index in range(here + 1, min(len(lines), here + 1 + _AFTER)):
        if lines[index].lstrip().startswith("#"):
            break
        after.append(index)
    for index in (here, *before, *after):
        text = _plain(lines[index])
        if _PUTS.search(text) and _PLACE.search(text) and "|" not in text:
            return Said(text=_shown(text), at=Location(path=mention.path, line=index + 1))
    return None


def data_layout(study: Study) -> Iterator[Said]:
    """Lines of the leading documents that say how data are laid out."""
    for text, said in _lines(study):
        if _PUTS.search(text) and _names_place(text) and _DATA.search(text) and not _NEWS.match(text):
            yield said


def _names_place(text: str) -> bool:
    """Whether a line names a folder or a file that is no code."""
    return any(not one[0].strip("`'\" ").endswith((".py", ".sh")) for one in _PLACE.finditer(text))


def system_needs(study: Study) -> Iterator[Said]:
    """Lines of the leading documents that tell of variables, licences and packages of the system."""
    for text, said in _lines(study):
        if _SYSTEM.search(text):
            yield said


def plain_lines(path: str, text: str) -> Iterator[Said]:
    """The lines of prose of a document, without markup."""
    return (said for _, said in _told(path, text))


def _lines(study: Study) -> Iterator[tuple[str, Said]]:
    for document in documents(study):
        of_use = _OF_THE_PAST.search(document.path) is None and not is_guest(study.snapshot, document.path)
        if document.path.count("/") <= 1 and of_use:
            yield from _told(document.path, document.text or "")


def _told(path: str, text: str) -> Iterator[tuple[str, Said]]:
    """(the whole line, what is shown of it) of a document's prose."""
    for number, line in enumerate(_prose(text), 1):
        plain = _plain(line)
        if plain and "|" not in plain:
            yield plain, Said(text=_shown(plain), at=Location(path=path, line=number))


def _prose(text: str) -> list[str]:
    """The lines, those of code blocks empty."""
    kept: list[str] = []
    inside = False
    for line in text.split("\n")[:_MAX_LINES]:
        fence = _FENCE.match(line) is not None and line.count("```") % 2 == 1
        inside = inside != fence
        kept.append("" if inside or fence else line[:_MAX_LINE])
    return kept


def _plain(line: str) -> str:
    text = _TAG.sub("", _LINK.sub(r"\1", line))
    return _LEAD.sub("", text).replace("**", "").strip()


def _shown(text: str) -> str:
    text = re.sub(r" ([.,:;)])(?=\s|$)", r"\1", re.sub(r"\s*`+\s*", " ", text)).strip()
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT].rsplit(' ', 1)[0]} …"
