from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.parsing.decoding import decode, is_binary

CHINESE = "# 依赖列表，请先安装\ntorch==1.7.1  # 深度学习框架\n训练时需要显卡，请参考说明文档\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("naïve ☃ 中文\n", "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-32", "utf-32"),
        ("torch==1.7.1\nnumpy\n", "utf-16-le", "utf-16-le"),
        ("torch==1.7.1\nnumpy\n", "utf-16-be", "utf-16-be"),
        (CHINESE, "gbk", "gb18030"),
        ("# 安装\ntorch\n", "gbk", "gb18030"),
        ("# 請先安裝下列套件\ntorch==1.7.1  # 深度學習框架\n", "big5", "big5"),
        ("# dépendances nécessaires à l'entraînement\n", "latin-1", "cp1252"),
        ("naïve café\n", "latin-1", "cp1252"),
        ("# -*- coding: euc_kr -*-\n# 설치 방법\n", "euc_kr", "euc_kr"),
    ],
)
def test_text_comes_back_as_it_was_written(text: str, encoding: str, found: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded is not None
    assert (decoded.text, decoded.encoding, decoded.lossy) == (text, found, False)


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\x80\x04\x95\x01\x02\x03\x04\x05", b"\0" * 100, codecs.BOM_UTF16_LE + b"a"],
)
def test_binary_is_none(data: bytes) -> None:
    assert decode(data) is None


def test_a_few_broken_bytes_in_utf8_are_marked() -> None:
    decoded = decode("说明文档很长很长很长很长很长".encode() + b"\xe4\n")
    assert decoded is not None
    assert decoded.encoding == "utf-8"
    assert decoded.lossy


@pytest.mark.parametrize("data", [b"a\r\nb\r\nc", b"a\rb\rc", b"a\nb\r\nc", b"a\n\x0cb\n\xe2\x80\xa8c"])
def test_lines_are_counted_as_an_editor_counts_them(data: bytes) -> None:
    decoded = decode(data)
    assert decoded is not None
    assert decoded.text.split("\n") == decoded.text.splitlines() == ["a", "b", "c"]


def test_the_beginning_of_a_file_tells_binary_from_text() -> None:
    assert is_binary(b"PK\x03\x04\0\0\0\0")
    assert not is_binary(CHINESE.encode()[:-1])
    assert not is_binary(CHINESE.encode("gbk")[:-1])
    assert not is_binary("torch\n".encode("utf-16-le"))


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_none(data: bytes) -> None:
    decoded = decode(data)
    if decoded is not None:
        assert "\r" not in decoded.text
        assert "\0" not in decoded.text
        decoded.text.encode("utf-8")  # no surrogates: it can be saved
        assert len(decoded.text.splitlines()) == len(decoded.text.split("\n")) - decoded.text.endswith("\n") - (
            not decoded.text
        )


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
def test_utf8_is_kept(text: str) -> None:
    decoded = decode(text.encode())
    assert decoded is not None
    assert decoded.text == text.removeprefix("\ufeff")
