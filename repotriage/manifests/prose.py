"""Requirements in sentences, English and Chinese: a name that a table knows, and a version right behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from packaging.version import Version

from repotriage.manifests.tables import Known, prose_names
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Kind

_VERSION = (
    r"[vV]?(\d+(?:\.\d+)*(?:\.[xX*]|(?:rc|a|b|\.?post)\d+)?(?:\+(?:cu|cpu)\w{0,5})?)"
    r"(?![A-Za-z0-9_%]|\.\d|/(?![\d\s])|\.(?:zip|tar|tgz|whl|exe|deb|run|sh)\b)"
)
_GAP = (
    r"[`*\"'\])）]{0,3}\s{0,3}(?:[(（\[]\s?)?"
    r"(?:(?:toolkit|library|package|installation|framework|环境|库|的)\s{0,2})?"
    r"(?:\(?(?:with\s|from\s)?(?:python\s)?(?:versions?|ver\.?|版本)"
    r"(?:\s(?:number|of)|(?:\sis)?(?:\srecommended to be|\sis))?[)）]?\s{0,2})?"
    r"(?:号|要求|需要|推荐|建议|需)?[为是]?\s?"
    r"[:：\-_]{0,2}\s{0,3}[`*\"'(（]{0,3}"
)
_OPERATOR = (
    r"(?:(>=|<=|==|~=|!=|=>|=<|≥|≤|⩾|⩽|>|<|=|＞|＜|\^|~|at least|no less than|newer than|higher than|above|below"
    r"|up to|大于等于|不低于|高于|低于|大于|小于)\s{0,3})?[`*\"']{0,2}"
)
_AFTER = re.compile(
    r"[`*\"')）\]]{0,3}\s{0,2}(?:"
    r"(?P<up>(?<!\s)\+(?![A-Za-z0-9])|\(?\s?(?:or|and|及|或)\s{0,2}(?:a\s)?(?:higher|later|newer|above|greater|up"
    r"|more recent|upper|upwards|onwards?|以上|更高|更新)"
    r"|及?以上|\s?onwards?|or\s>|\(or\s(?:higher|later|newer|above|greater))"
    r"|(?P<down>\(?(?:or|and)\s(?:lower|below|earlier|older|less)|及?以下)"
    r"|(?P<range>-|–|—|~|～|to|through|至|到|\.\.\.?|<->)\s{0,2}(?:(?:python|pytorch|cuda|v)\s?)?"
    r"(?P<high>\d+(?:\.\d+)*[xX*]?)(?![A-Za-z0-9_]|\.\d)"
    r"|(?P<list>(?:\s{0,2}(?:,|/|、|和|或|or|and|&|\|)\s{0,2}(?:or\s|and\s)?[vV]?\d+\.\d+(?:\.\d+)*(?![A-Za-z0-9_]|\.\d)){1,20})"
    r"|(?P<second>\s{0,2}(?:,|&&|and|&)\s{0,2}(?P<op2><=?|>=?|!=)\s{0,2}(?P<v2>\d+(?:\.\d+)*)(?![A-Za-z0-9_]))"
    r")",
    re.IGNORECASE,
)
_INTEGERS: dict[str, tuple[int, int]] = {
    # which whole numbers are versions of it rather than a count
    "python": (2, 3),
    "tensorflow": (1, 2),
    "torch": (1, 2),
    "cuda": (7, 13),
    "cudnn": (5, 9),
    "gcc": (4, 16),
    "g++": (4, 16),
    "clang": (5, 22),
    "opencv-python": (2, 5),
    "keras": (1, 3),
    "debian": (8, 13),
    "centos": (6, 9),
    "windows": (7, 11),
    "macos": (10, 26),
    "ubuntu": (14, 26),
    "msvc": (2013, 2026),
}
_NEGATIVE_BEFORE = re.compile(
    r"(?:add(?:ed|s)? (?:the )?support for"
    r"|not? (?:longer )?(?:support|work|compatible|tested)\w*|n't (?:support|work|use)|incompatible|instead of|fails?"
    r"|unsupported|deprecat\w+|drop(?:ped|s)? (?:support )?(?:for|of)?|different from|unlike|issues?|bugs?|errors?"
    r"|不支持|不兼容|replac\w+|remov\w+|before|since|converted from|ported from|migrat\w+|upgrad\w+)[^.。;；]{0,40}$",
    re.IGNORECASE,
)
_NEGATIVE_AFTER = re.compile(
    r"^[^.。;；,，\n(（]{0,40}?(?:\b(?:is|are|was|will be|has been)\s+(?:not|no longer|un\w+)\b"
    r"|\bsupport\b(?! (?:is )?required)|^\s?branch\b|isn't|aren't|won't|doesn't|don't"
    r"|does not|do not|can ?not|unsupported|fails|\b(?:introduced|added|dropped|deprecated|removed)\b"
    r"|不支持|不兼容|有问题)",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"require|depend|prerequisite|need|must|install|tested|test on|test with|develop|built|build"
    r"|run[s ]|running|works? (?:with|on|under|in)|written (?:in|with|for)|implemented"
    r"|recommend|support|us(?:e|ing)|based on|environment|compatible|assum|verified|trained|conducted|experiment"
    r"|setup|set up|create|at least|version"
    r"|要求|需要|依赖|环境|安装|测试|版本|基于|使用|推荐|建议|支持|运行",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"require|depend|prerequisite|need|must|tested|developed|works? (?:with|on)|compatible|support|recommend|at least"
    r"|要求|需要|依赖|测试|支持|推荐|建议",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"(?:\bif\b|\bwhen\b|whether|in case|for example|e\.g\.|for instance|such as|\blike\b|\bexample\b"
    r"|例如|如果|比如)"
    r"[^.。;；]{0,80}$",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\s*[\[(【]?\s*(?:\d{4}\s?[-./年]\s?\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*\.?\s+\d)",
    re.IGNORECASE,
)


_REVERSED = re.compile(
    r"\bversion\s+v?(?P<version>\d+(?:\.\d+)+)\s+of\s+(?:the\s)?(?P<name>[A-Za-z][\w-]+)", re.IGNORECASE
)
_VERSION_OF = re.compile(
    r"\bversion\s+of\s+(?:the\s)?([A-Za-z][\w-]+)\s(?:(?:that\s)?I\suse[d]?\s)?is\s", re.IGNORECASE
)
_REVERSED_CHINESE = re.compile(r"(?P<version>\d+(?:\.\d+)+)\s?版本的\s?`?(?P<name>[A-Za-z][\w-]+)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A requirement in a sentence: where its version ends in the text, and what stands there."""

    known: Known
    specifier: str
    start: int
    end: int
    text: str
    sure: float
    repairs: tuple[Message, ...] = ()


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(prose_names(), key=len, reverse=True)
    alternatives = "|".join(re.escape(name).replace(r"\ ", r"[\s-]") for name in names)
    return re.compile(
        rf"(?<![A-Za-z0-9_./\\@#\-=])(?P<name>{alternatives})(?![A-Za-z/\\@]|_(?!\d)|-[A-Za-z]|\.[A-Za-z])"
        rf"(?P<gap>{_GAP})(?P<op>{_OPERATOR}){_VERSION}",
        re.IGNORECASE,
    )


def mentions(text: str, *, context: float) -> Iterator[Mention]:
    """The requirements of one line of prose.

    `context` is how sure the place makes it: 0.9 below a heading such as Requirements, 0.5
    elsewhere, where the sentence itself must speak of a need.
    """
    if len(text) > 4000 or is_dated(text) or text.lstrip(" -*").startswith(("[ ]", "[x]")):
        return
    text = _VERSION_OF.sub(r"\1 ", text)
    text = _REVERSED_CHINESE.sub(r"\g<name> \g<version>", _REVERSED.sub(r"\g<name> \g<version>", text))
    for found in _pattern().finditer(text):
        groups = found.groups()
        operator, version = groups[3], groups[4]
        known = _known(found["name"])
        if known is None:
            continue
        if not _is_version(known, version, text[found.end() :]):
            continue
        before, after = text[: found.start()], text[found.end() :]
        if (
            _NEGATIVE_BEFORE.search(before[-120:])
            or _NEGATIVE_AFTER.match(after[:120])
            or _SUPPOSED.search(before[-90:])
        ):
            continue
        alone = not before.strip(" \t-*•·`|>(") and len(after.strip()) < 40
        attached = found[0].lower() == f"{found['name']}{version}".lower()
        bare = "." not in version and not operator and not _AFTER.match(after)
        if bare and (attached or not (alone or _STRONG.search(text))):
            continue  # `python3 run.py` and `Python 3 code` speak of no requirement
        sure = context
        if context < 0.8:
            if _NEED.search(text):
                sure = 0.7
            elif alone or operator:
                sure = 0.6
            else:
                continue
        if operator == "<" and version == "3" and known.kind == "runtime":
            continue  # `numpy <3` is a heart
        tail = _AFTER.match(after)
        read = _specifier(operator, version, tail)
        if read is None:
            continue
        specifier, repairs = read
        if known.kind == "os":
            specifier = specifier.removesuffix(".*") if specifier.count(".") > 1 else specifier
        end = found.end() + (tail.end() if tail else 0)
        yield Mention(known, specifier, found.start(), end, text.strip(), sure, repairs)


def is_dated(text: str) -> bool:
    """Whether a line begins with a date, as news does."""
    return bool(_DATED.match(text))


def _known(name: str) -> Known | None:
    """The pattern takes a space for a hyphen and the other way round."""
    lower = name.lower()
    for spelling in (lower, re.sub(r"[\s-]", " ", lower), re.sub(r"[\s-]", "-", lower)):
        if spelling in prose_names():
            return prose_names()[spelling]
    return None


def _is_version(known: Known, version: str, after: str) -> bool:
    if "." in version:
        if re.match(
            r"\s{0,2}(?:%|[MGK]B\b|points?\b|times\b|hours?\b|seconds?\b|epochs?\b|million|billion|x faster)", after
        ):
            return False
        return not (known.kind == "os" and known.name == "ubuntu" and not re.fullmatch(r"\d\d\.\d\d(?:\.\d)?", version))
    low, high = _INTEGERS.get(known.name, (0, -1))
    digits = re.sub(r"\D.*", "", version)
    if not digits or not low <= int(digits) <= high:
        return False
    return not re.match(
        r"\s{0,2}(?:[MGKT]i?B\b|GPUs?|layers?|times|examples?|steps?|models?|files?|devices?|cores?)\b", after
    )


_OPERATORS = {
    "≥": ">=", "⩾": ">=", "=>": ">=", "at least": ">=", "no less than": ">=", "大于等于": ">=", "不低于": ">=",
    "≤": "<=", "⩽": "<=", "=<": "<=", "up to": "<=", "above": ">=", "newer than": ">", "higher than": ">",
    "高于": ">", "大于": ">",
    "＞": ">", "below": "<", "低于": "<", "小于": "<", "＜": "<", "=": "==", "^": ">=", "~": "==",
}  # fmt: skip


def _specifier(
    operator: str | None, version: str, tail: re.Match[str] | None
) -> tuple[str, tuple[Message, ...]] | None:
    core = re.sub(r"\.[xX*]\Z", "", version)
    wild = core != version
    sign = _OPERATORS.get((operator or "").lower(), operator or "")
    if tail is not None and tail["up"]:
        return f">={_public(core)}", ()
    if tail is not None and tail["down"]:
        return f"<={_public(core)}", ()
    if tail is not None and tail["second"] and sign in (">", ">=", "<", "<="):
        return f"{sign}{_public(core)},{tail['op2']}{tail['v2']}", ()
    if sign in ("", "==") and tail is not None and (tail["range"] or tail["list"]):
        ends = [core, *re.findall(r"\d+(?:\.\d+)*", tail["high"] or tail["list"])]
        versions = sorted(Version(_public(end)) for end in ends)
        if any(one.release[0] > versions[0].release[0] + 3 for one in versions) or (
            tail["range"] and ends[-1].count(".") > core.count(".") + 1
        ):
            return _one(sign, core, wild), ()
        last = list(versions[-1].release)
        if len(last) < 3:
            last[-1] += 1
            return f">={versions[0]},<{'.'.join(map(str, last))}", (
                (msg("the versions named are given as a range"),) if tail["list"] else ()
            )
        return f">={versions[0]},<={versions[-1]}", ()
    if sign in (">", ">=", "<", "<=", "!="):
        return f"{sign}{_public(core)}", ()
    return _one(sign, core, wild), ()


def _one(sign: str, core: str, wild: bool) -> str:
    if sign == "~=" and "." in core:
        return f"~={_public(core)}"
    if wild or core.count(".") < 2:
        return f"=={_public(core)}.*" if "+" not in core and not re.search(r"[a-z]", core) else f"=={core}"
    return f"=={core}"


def _public(version: str) -> str:
    return version.partition("+")[0]


def bare_name(text: str) -> Known | None:
    """What a list item that is nothing but a name stands for, None when it says more or is no name."""
    plain = text.strip().strip("`*_.,;:，。；").strip()
    known = prose_names().get(plain.lower())
    if known is not None:
        return known
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*", plain) and len(plain) < 40:
        return Known(plain, "runtime")
    return None


def kind_or(known: Known, kind: Kind) -> Kind:
    """The kind of a known name, or `kind` for a distribution."""
    return kind if known.kind == "runtime" else known.kind
