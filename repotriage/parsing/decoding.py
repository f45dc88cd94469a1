"""Bytes of a file to text whose lines are those that an editor and GitHub show."""

from __future__ import annotations

import codecs
import re

from repotriage.models.base import Frozen

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 263: a cookie in a comment of the first or second line.
_COOKIE = re.compile(rb"\A(?:[^\n]{0,200}\n)?[ \t\f]{0,20}#[^\n]{0,100}?coding[:=][ \t]*([-\w.]{1,30})")
_PYTHON_TEXT_CODECS = frozenset(
    {"gbk", "gb2312", "gb18030", "cp936", "big5", "cp950", "shift_jis", "euc_jp", "euc_kr", "cp949", "koi8-r"}
    | {"latin-1", "iso-8859-1", "iso8859-1", "iso-8859-15", "cp1251", "cp1252", "windows-1252", "utf-16"}
)
# What charset-normalizer chooses among: the encodings in which research code is
# written besides UTF-8. The whole list of Python's codecs costs ten times the time
# and answers with Mac or EBCDIC code pages for short texts.
_CANDIDATES = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "cp1252", "latin_1")
_SAMPLE_BYTES = 8192
_ENOUGH_FOR_STATISTICS = 256
_UNEXPECTED = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f]")
# `str.splitlines` ends a line at these, GitHub, editors and Python's tokenizer do not.
_FALSE_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_NO_FALSE_LINE_ENDS = str.maketrans("", "", _FALSE_LINE_ENDS)
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]+")


class Decoded(Frozen):
    """Text with `\\n` as its only line end, and the encoding that its bytes were in.

    `lossy`: some bytes fit no encoding and became U+FFFD.
    """

    text: str
    encoding: str
    lossy: bool = False


def decode(data: bytes) -> Decoded | None:
    """Decode a whole file, or say by None that it is binary.

    A byte-order mark decides; then UTF-8; then UTF-16 without a mark, as PowerShell
    writes it; then a Python encoding cookie; then what charset-normalizer finds likeliest
    for a sample of at most 8 KiB of lines that are not ASCII.

    CRLF and a lone CR become `\\n`. Form feeds and the other characters at which only
    `str.splitlines` ends a line are taken out, so that every way of counting lines gives
    the line that an editor and GitHub show.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding) or (_lossy_utf8(data) if encoding == "utf-8-sig" else None)
    if b"\0" in data:
        wide = _utf16_without_mark(data)
        return None if wide is None else _decoded(data, wide)
    try:
        return _of(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if _looks_binary(data):
        return None
    cookie = _COOKIE.match(data)
    if cookie is not None:
        name = cookie[1].decode("ascii", "replace").lower().replace("_", "-")
        for encoding in (name, name.replace("-", "_")):
            if encoding in _PYTHON_TEXT_CODECS and (found := _decoded(data, encoding)) is not None:
                return found
    return _lossy_utf8(data) or _guessed(data)


def is_binary(head: bytes) -> bool:
    """Whether a file that begins with `head` (a cut-off beginning of it) is binary rather than text."""
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return False
    if b"\0" in head:
        return _utf16_without_mark(head[: len(head) // 2 * 2]) is None
    return _looks_binary(head)


def _decoded(data: bytes, encoding: str) -> Decoded | None:
    try:
        return _of(data.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _of(text: str, encoding: str, *, lossy: bool = False) -> Decoded | None:
    """Normalize line ends; None when control characters show that it never was text."""
    if "\0" in text or (len(_UNEXPECTED.findall(text[:_SAMPLE_BYTES])) > len(text[:_SAMPLE_BYTES]) // 20):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(end in text for end in _FALSE_LINE_ENDS):
        text = text.translate(_NO_FALSE_LINE_ENDS)
    return Decoded(text=text, encoding=encoding, lossy=lossy)


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order of UTF-16 that is mostly Latin: every other byte is NUL."""
    if len(data) < 2 or len(data) % 2:
        return None
    head = data[:_SAMPLE_BYTES]
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.7 and head[0::2].count(0) == 0:
        return "utf-16-le"
    if head[0::2].count(0) > half * 0.7 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _looks_binary(data: bytes) -> bool:
    head = data[:_SAMPLE_BYTES]
    controls = sum(head.count(byte) for byte in (*range(7), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
    return controls > len(head) // 50


def _lossy_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes, such as a character that was cut in two."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(data.decode("ascii", "ignore"))
    if broken * 10 > foreign:
        return None
    return _of(text, "utf-8", lossy=True)


def _guessed(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    sample = bytearray()
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            sample += line
            if len(sample) > _SAMPLE_BYTES:
                break
    # A cut inside a line could halve a character, so only a sample of one huge line is cut.
    cut = bytes(sample[: 2 * _SAMPLE_BYTES])
    matches = from_bytes(cut, cp_isolation=list(_CANDIDATES), steps=3, chunk_size=2048)
    likeliest = [match.encoding for match in matches if match.encoding in _CANDIDATES]
    for encoding in dict.fromkeys((*_certain(cut), *likeliest, "gb18030", "latin_1")):
        found = _decoded(data, encoding)
        if found is not None:
            return found
    return None


def _certain(sample: bytes) -> tuple[str, ...]:
    """What the bytes of a short sample show, where charset-normalizer's statistics have too little to go by."""
    runs = _FOREIGN_RUN.findall(sample)
    if sum(map(len, runs)) < 1.5 * len(runs):
        return ("cp1252",)  # single letters among ASCII: Western European
    if sum(map(len, runs)) > _ENOUGH_FOR_STATISTICS:
        return ()
    chinese = [
        (_common(sample, encoding, leads), encoding)
        for encoding, leads in (("gb18030", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7)))
    ]
    share, encoding = max(chinese, key=lambda pair: pair[0])  # the first of equals: GB is the commoner
    return (encoding,) if share > 0.9 else ()


def _common(sample: bytes, encoding: str, leads: range) -> float:
    """The share of two-byte characters that stand in the part of the encoding for everyday characters."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    ideographs = [char for char in text if "\u3400" <= char <= "\u9fff"]
    foreign = sum(not char.isascii() and not "\u3000" <= char <= "\u303f" and char < "\uff00" for char in text)
    if not ideographs:
        return 0.0
    return sum(char.encode(encoding)[0] in leads for char in ideographs) / max(foreign, 1)
