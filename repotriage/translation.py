"""Sentences in the language of the user: the templates of `Message`s, translated by a catalogue of gettext.

The catalogue is the `.po` file itself, so what translators edit is what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args

import polib

from repotriage.models.base import Frozen, Message

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_FOLDERS: Mapping[Language, str] = {"zh": "zh_CN"}
_FEWEST_SPACES = 2
_WORD = "word"  # context of words that stand alone in a message such as `{verdict}`
_M = TypeVar("_M")


def translate(message: Message, lang: Language) -> Message:
    """`message` with its template in `lang`; what has no translation stays English."""
    found = _catalogue(lang)
    template = found.get((None, message.template), message.template)
    values = message.values
    if message.template.startswith("{") and len(values) == 1 and message.template == f"{{{next(iter(values))}}}":
        values = {
            name: found.get((_WORD, value), value) if isinstance(value, str) else value
            for name, value in values.items()
        }
    else:
        values = {name: _sentence(value, found) for name, value in values.items()}
        values = message.values if values == message.values else values
    if template is message.template and values is message.values:
        return message
    return Message(template=template, values=values)


def _sentence(value: Any, found: Mapping[tuple[str | None, str], str]) -> Any:
    """A value that is a whole sentence of ours, such as the reason that another message gives."""
    return found.get((None, value), value) if isinstance(value, str) and value.count(" ") >= _FEWEST_SPACES else value


def in_language(value: _M, lang: Language) -> _M:
    """`value`, a model or a tuple of them, with every `Message` in it in `lang`; itself where nothing changes."""
    return value if lang == "en" else _walk(value, lang)


def _walk(value: Any, lang: Language) -> Any:
    if isinstance(value, Message):
        return translate(value, lang)
    if isinstance(value, Frozen):
        changes = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            new = _walk(old, lang)
            if new is not old:
                changes[name] = new
        return value.model_copy(update=changes) if changes else value
    if isinstance(value, tuple) and value and not isinstance(value[0], str | int | float):
        parts = tuple(_walk(one, lang) for one in value)
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else parts
    if isinstance(value, Mapping) and value:
        return {name: _walk(one, lang) for name, one in value.items()}
    return value


@cache
def _catalogue(lang: Language) -> Mapping[tuple[str | None, str], str]:
    folder = _FOLDERS.get(lang)
    if folder is None:
        return {}
    text = files("repotriage").joinpath("locale", folder, "LC_MESSAGES", "repotriage.po").read_text(encoding="utf-8")
    return {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.pofile(text) if entry.msgstr}
