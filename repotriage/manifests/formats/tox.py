"""tox.ini."""

from __future__ import annotations

import configparser
import re

from repotriage.manifests.formats.requirements import local_or_named
from repotriage.manifests.formats.setup_cfg import ini_entries
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared


@manifest(format="tox", matches=r"(?:.*/)?tox\.ini")
def tox(path: str, text: str, context: Context) -> Declared:
    """tox's environments."""
    sheet = Sheet(path, "tox")
    try:  # AttributeError: before Python 3.13, what it makes of a line below a key without a value
        configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True).read_string(text)
    except (configparser.Error, ValueError, RecursionError, AttributeError) as error:
        sheet.cannot(None, path, msg("not an INI file: {error}", error=str(error)[:200]))
        return sheet.declared()
    for section, key, lines in ini_entries(text):
        if section == "tox" and key == "requires":
            for number, line in lines:
                sheet.pip(line, number, kind="dev", group="tox")
        elif section.startswith("testenv") and key == "deps":
            for number, line in lines:
                _dependency(sheet, context, line, number, section.partition(":")[2] or "testenv")
        elif section.startswith("testenv") and key in ("basepython", "base_python"):
            for number, line in lines:
                if (specifier := python_version(line)) and specifier != "==3.*":
                    sheet.plain(
                        "python", specifier, "python", number, line, group=section.partition(":")[2] or "testenv"
                    )
    return sheet.declared()


def _dependency(sheet: Sheet, context: Context, line: str, number: int, group: str) -> None:
    factor = re.match(r"[\w.!{},-]+\s*:\s*(?!//)", line)
    text = line[factor.end() :].strip() if factor else line
    if not text:
        return
    if "{" in text:
        if "[testenv" in text or "{[" in text:
            return  # the list of another section, read there
        text = text.replace("{toxinidir}/", "")
        if "{" in text:
            sheet.cannot(number, line, msg("{text} is filled in when it is run", text=text[:200]))
            return
    listed = re.match(r"(-r|-c|--requirement|--constraint)\s*=?\s*(\S+)", text)
    if listed:
        target = context.resolve(sheet.path, listed[2])
        if isinstance(target, Message):
            sheet.cannot(number, line, target)
        else:
            sheet.include(target, number, constraint=listed[1] in ("-c", "--constraint"))
    elif editable := re.match(r"(?:-e|--editable)\s*(\S+)", text):
        local_or_named(sheet, context, editable[1], number, raw=line, kind="test")
    elif text.startswith("-"):
        sheet.index("other", text, number)
    elif text.startswith("."):
        local_or_named(sheet, context, text, number, raw=line, kind="test")
    else:
        sheet.pip(text, number, raw=line, kind="test", group=group)
