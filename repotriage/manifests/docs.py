"""READMEs and other documents: install commands, lists of requirements, badges and prose."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from repotriage.manifests.commands import INSTALLS, Role, read_commands
from repotriage.manifests.pep508 import Spec, parse_requirement
from repotriage.manifests.prose import bare_name, is_dated, kind_or, mentions
from repotriage.manifests.registry import Context
from repotriage.manifests.sheet import Sheet
from repotriage.manifests.tables import prose_names
from repotriage.models.base import Message
from repotriage.models.document import Block, Document
from repotriage.models.requirement import Declared, Kind

_NEEDS = re.compile(
    r"require|depend|prerequisite|pre-requisite|environment|install|set[\s-]?up|getting started|quick ?start"
    r"|preparation|usage|build|software|hardware|platform|docker|conda|run|develop|configuration"
    r"|环境|安装|依赖|要求|准备|配置|快速开始|运行",
    re.IGNORECASE,
)
_STRICT = re.compile(
    r"require|depend|prerequisite|pre-requisite|packages|librar|依赖|要求|环境|environment", re.IGNORECASE
)
_PAST = re.compile(
    r"news|change ?log|what'?s new|updates?\b|release|history|citation|cite|bibtex|acknowledg|licen[cs]e|result"
    r"|benchmark|performance|model ?zoo|related|reference|faq|更新|新闻|引用|致谢|结果",
    re.IGNORECASE,
)
_DEV = re.compile(r"contribut|for developers|unit tests?|running tests|build(?:ing)? (?:the )?doc", re.IGNORECASE)
_COMMAND_LINE = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\d+[.)]\s+)?(?:\$\s*|>\s*|!|%)?(?:sudo\s+)?(?:python3?\s+-m\s+)?"
    r"(?:pip3?\s+install|conda\s+(?:install|create|env)|mamba\s+(?:install|create|env)|apt(?:-get)?\s+(?:-y\s+)?install"
    r"|uv\s+(?:pip|sync|add)|poetry\s+(?:install|add)|pipenv\s+install|mim\s+install)\s+\S"
)
_LISTED = re.compile(
    r"\s*(?:[-*+•]\s+)?[`'\"]?([A-Za-z][\w.\-]*(?:\[[\w,\s]+\])?)[`'\"]?\s*"
    r"(?:(?:==|>=|<=|~=|!=|>|<|=)\s*v?\d[\w.*+]*(?:\s*,\s*(?:==|>=|<=|~=|!=|>|<)\s*\d[\w.*+]*)*"
    r"|\(\s*(?:==|>=|<=|=|>|<)?\s*v?\d[\w.*+]*\s*\))"
    r"[`'\"]?\s*[,;.]?\s*(?:\(.{0,80}\)|#.{0,120})?\s*"
)
_GUIDE = re.compile(
    r"install|get(?:ting)?[_-]?started|quick[_-]?start|set-?up|require|environment|prerequisite|depend|build|docker"
    r"|安装|环境",
    re.IGNORECASE,
)
_BADGE = re.compile(r"https?://(?:img\.shields\.io|badgen\.net)/(?:static/v1\?|badge/)([^?\s]+)", re.IGNORECASE)
_NOT_PACKAGES = re.compile(
    r"linux|windows|mac ?os|osx|gpu|cpu|nvidia|docker|git|anaconda|miniconda|conda|linux-64|bash|ram|unix|slurm|make"
    r"|training|testing|evaluation|inference|data|datasets?|models?|code|paper|todo|demo|installation|usages?|results"
    r"|others?|optional|none|notes?|hardware|software|environment|requirements|dependencies|packages|recommended"
    r"|download|ninja-build",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"py(?:thon)?3?|pycon|ipython|c(?:pp|\+\+)?|cuda|java(?:script)?|js|ts|json|ya?ml|bib(?:tex)?|tex|latex|diff|xml"
    r"|html|css|rust|go|toml|ini",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(r"require|depend|prerequisite|need|install|packages|librar|依赖|要求|需要|安装", re.IGNORECASE)
_LOWEST = re.compile(r"\bmin|lowest|least|最低|最小|至少", re.IGNORECASE)
_MAX_BLOCKS = 20_000


_HEART = re.compile(r"\s<3(?=\s|\Z)")  # `numpy <3`: nobody means releases below 3 by it


def read_document(document: Document, context: Context) -> tuple[Declared, ...]:
    """What a document asks for: by commands, by prose, and by badges."""
    root = "/" not in document.path
    readme = bool(re.match(r"(?:.*/)?readme", document.path, re.IGNORECASE))
    sure = 1.0 if root and readme else 0.9 if readme else 0.8
    commands = Sheet(document.path, "readme", confidence=sure)
    prose = Sheet(document.path, "prose", own=canonicalize_name(context.own))
    badges = Sheet(document.path, "badge", confidence=0.7)
    guide = readme or bool(_GUIDE.search(document.path.rpartition("/")[2]))
    source = (context.text(document.path) or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain_lists = _lists_of_names(document)
    clones: dict[str, str] = {}
    for block in document.blocks[:_MAX_BLOCKS]:
        above = " / ".join(block.headings)
        kind: Kind = "dev" if _DEV.search(above) else "runtime"
        if block.kind == "code":
            _code(commands, prose, context, block, kind, above, clones)
        else:
            _inline(commands, context, block, kind)
            if guide and not _is_past(block):
                _prose(prose, block, source, kind, above, names=block.line in plain_lists)
        for link in block.links:
            if link.image:
                _badge(badges, link.url, link.line)
    return tuple(sheet.declared() for sheet in (commands, prose, badges))


def _is_past(block: Block) -> bool:
    """News, results, citations: versions there are no requirements. A date as a heading is news."""
    title = block.headings[-1].rpartition("\n")[2][:80] if block.headings else ""
    return is_dated(title) or (bool(_PAST.search(title)) and not _STRICT.search(title))


def _code(
    commands: Sheet, prose: Sheet, context: Context, block: Block, kind: Kind, above: str, clones: dict[str, str]
) -> None:
    """A code block: shell lines, or a list of requirements."""
    lang = block.lang or ""
    if _PROGRAM.fullmatch(lang):
        if lang.lower().startswith(("py", "ipython")):
            marked = [
                line.lstrip()[1:] if line.lstrip().startswith(("!", "%")) else line if _COMMAND_LINE.match(line) else ""
                for line in block.text.split("\n")
            ]
            read_commands(commands, context, "\n".join(marked), block.line, Role(kind))
        return
    found = read_commands(commands, context, block.text, block.line, Role(kind), clones)
    lines = block.text.split("\n")
    if found or len(lines) > 200 or _is_past(block):
        return
    listed = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    known = [line for line in listed if any(mentions(line, context=0.9))]
    if not known and not ("==" in block.text and _STRICT.search(above)):
        return  # settings such as `max_steps=3000` look the same
    fitting = [line for line in listed if line in known or _LISTED.fullmatch(line)]
    if (listed and len(fitting) == len(listed)) or (
        len(fitting) >= 2 and len(fitting) >= 0.6 * len(listed) and _STRICT.search(above)
    ):
        for offset, line in enumerate(lines):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if not _line(prose, line, block.line + offset, kind, 0.9) and _STRICT.search(above):
                _name_alone(prose, line, block.line + offset, kind)


def _inline(commands: Sheet, context: Context, block: Block, kind: Kind) -> None:
    """Commands in inline code, and lines of text that are nothing but a command."""
    told: set[str] = set()
    for number, code in block.inline_code:
        if INSTALLS.search(code) and _COMMAND_LINE.match(code) and code not in told and not _warned(block.text, code):
            told.add(code)
            read_commands(commands, context, code, number, Role(kind))
    if (
        block.kind in ("paragraph", "list_item", "html", "quote")
        and block.text.count("\n") == block.end_line - block.line
    ):
        for offset, line in enumerate(block.text.split("\n")):
            if _COMMAND_LINE.match(line) and not any(code in line for code in told):
                plain = re.sub(r"^\s*(?:[-*+]\s+)?(?:\d+[.)]\s+)?", "", line)
                if not re.search(r"[。，]|\. [A-Z]", plain):
                    read_commands(commands, context, plain, block.line + offset, Role(kind))


def _warned(text: str, code: str) -> bool:
    """`Do not use pip install x`."""
    return bool(
        re.search(r"(?:\bnot\b|n't|never|instead of|rather than)[^.\n]{0,30}\Z", text.partition(code)[0], re.IGNORECASE)
    )


def _prose(prose: Sheet, block: Block, source: list[str], kind: Kind, above: str, *, names: bool) -> None:
    sure = 0.9 if _NEEDS.search(above) else 0.5
    if block.kind == "table":
        lowest = len(block.rows) > 1 and len(block.rows[0]) > 1 and bool(_LOWEST.search(block.rows[0][1]))
        for cells, number in zip(block.rows, block.row_lines, strict=False):
            if sure > 0.8 and _STRICT.search(above):
                _row(prose, cells, number, kind, lowest=lowest)
        return
    if block.kind == "heading":
        return
    exact = block.text.count("\n") == block.end_line - block.line
    for offset, written in enumerate(block.text.split("\n")):
        number = block.line + offset if exact else _find(source, block, written)
        line = _HEART.sub("", written)
        if _COMMAND_LINE.match(line):
            continue
        if block.kind == "list_item" and sure > 0.8 and _LISTED.fullmatch(line):
            _line(prose, line, number, kind, sure)
        elif not _sentence(prose, line, number, kind, sure) and names:
            _name_alone(prose, line, number, kind)


def _lists_of_names(document: Document) -> set[int]:
    """The lines of the list items that are requirements even when they are nothing but a name.

    Their heading, or the sentence that introduces the list, must speak of requirements, and
    a name that the table knows must stand in the list.
    """
    found: set[int] = set()
    items: list[Block] = []
    fits = False
    for block in (*document.blocks[:_MAX_BLOCKS], None):
        if block is not None and (block.kind == "list_item" or (fits and _one_a_line(block))):
            items.append(block)
            continue
        if fits and any(_is_known(line) for item in items for line in item.text.split("\n")):
            found |= {item.line for item in items}
        items = []
        if block is not None:
            title = block.text if block.kind == "heading" else (block.headings or ("",))[-1]
            opener = block.kind == "paragraph" and block.text.rstrip().endswith((":", "："))
            fits = bool(_STRICT.search(title)) or (opener and bool(_INTRODUCES.search(block.text[-200:])))
    return found


def _one_a_line(block: Block) -> bool:
    """A paragraph of several lines that are each a name, or a name and a version."""
    lines = block.text.split("\n")
    if block.kind != "paragraph" or not 2 <= len(lines) <= 60:
        return False
    return all(len(line) < 60 and (bare_name(line) or _is_known(line)) for line in lines)


def _is_known(line: str) -> bool:
    return line.strip().lower() in prose_names() or any(mentions(line, context=0.9))


def _row(prose: Sheet, cells: tuple[str, ...], number: int, kind: Kind, *, lowest: bool) -> None:
    """A table row whose first cell names a thing and whose second is a version: the lowest, if the header says so."""
    if len(cells) >= 2:
        known = prose_names().get(cells[0].strip().lower())
        if known is not None:
            plus = "+" if lowest and re.fullmatch(r"\s*v?\d[\d.]*\s*", cells[1]) else ""
            for mention in mentions(f"{cells[0].strip()} {cells[1].strip()}{plus}", context=0.8):
                prose.plain(
                    mention.known.name, mention.specifier, kind_or(mention.known, kind), number, " | ".join(cells),
                    confidence=mention.sure, repairs=mention.repairs,
                )  # fmt: skip
                break


def _sentence(prose: Sheet, line: str, number: int, kind: Kind, sure: float) -> bool:
    found = False
    for mention in mentions(line, context=sure):
        found = True
        prose.plain(
            mention.known.name, mention.specifier, kind_or(mention.known, kind), number, mention.text,
            confidence=mention.sure, repairs=mention.repairs,
        )  # fmt: skip
    return found


def _line(prose: Sheet, line: str, number: int, kind: Kind, sure: float) -> bool:
    """One line of a list of requirements, as prose or as pip writes it."""
    if _sentence(prose, line, number, kind, sure):
        return True
    listed = _LISTED.fullmatch(line)
    if listed is None:
        return False
    plain = re.sub(r"^\s*[-*+•]\s+", "", line)
    plain = re.sub(r"\s*(?:#.*|\((?!\s*(?:==|>=|<=|=|>|<)?\s*v?\d).*\))\s*$", "", plain).replace("`", "")
    spec = parse_requirement(plain)
    if isinstance(spec, Message) or not spec.specifier:
        return False
    known = prose_names().get(spec.name)
    if known is not None:
        spec = replace(spec, name=known.name)
    prose.add(spec, number, line, kind=kind, confidence=min(sure, 0.9))
    return True


def _name_alone(prose: Sheet, line: str, number: int, kind: Kind) -> None:
    """A list item below a heading such as Requirements that is nothing but a name."""
    plain = re.sub(r"^\s*[-*+•]\s+", "", line)
    optional = re.search(r"\s*[(（]\s*(?:optional|可选)\s*[)）]\s*\Z", plain, re.IGNORECASE)
    known = bare_name(plain[: optional.start()] if optional else plain)
    if optional and kind == "runtime":
        kind = "optional"
    if known is None or known.kind == "os" or _NOT_PACKAGES.fullmatch(known.name):
        return
    prose.add(Spec(canonicalize_name(known.name)), number, line, kind=kind_or(known, kind), confidence=0.6)


def _find(source: list[str], block: Block, line: str) -> int:
    """The line of the source where a line of the block's text stands, by its words."""
    words = [word for word in re.findall(r"[\w.]+", line) if len(word) > 1][:12]
    best, score = block.line, 0
    for number in range(block.line, min(block.end_line, len(source)) + 1):
        hits = sum(word in source[number - 1] for word in words)
        if hits > score:
            best, score = number, hits
    return best


def _badge(badges: Sheet, url: str, number: int) -> None:
    """A static badge such as `badge/python-3.8+-blue`."""
    found = _BADGE.match(url)
    if found is None:
        return
    text = unquote(found[1])[:200]
    if "label=" in text:
        fields = dict(re.findall(r"(\w+)=([^&]*)", text))
        label, message = fields.get("label", ""), fields.get("message", "")
    else:
        parts = re.split(r"(?<!-)-(?!-)", re.sub(r"\.svg\Z", "", text))
        label, message = parts[0], "-".join(parts[1:-1])
    label = label.replace("--", "-").replace("_", " ").strip()
    message = message.replace("--", "-").replace("_", " ").replace("|", "/").strip()
    if label.lower() not in prose_names():
        return
    for mention in mentions(f"{label} {message}", context=0.9):
        badges.plain(
            mention.known.name, mention.specifier, mention.known.kind, number, f"{label} {message}",
            repairs=mention.repairs,
        )  # fmt: skip
        break
