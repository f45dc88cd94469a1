"""setup.py, read as a tree and never run: constants are folded, files that it reads are named."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from repotriage.manifests.folding import Files, Folder, Text, Unknown, Value
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group
from repotriage.models.base import msg
from repotriage.models.requirement import Declared, Kind
from repotriage.parsing.python import Module, read

_FIELDS: Mapping[str, tuple[Kind, str | None]] = {
    "install_requires": ("runtime", None),
    "requires": ("runtime", None),
    "setup_requires": ("build", "setup_requires"),
    "tests_require": ("test", "tests_require"),
    "test_requires": ("test", "tests_require"),
}
_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    # what a builder of extension modules needs on the machine
    "CUDAExtension": ("cuda", "c++"),
    "CppExtension": ("c++",),
    "CMakeExtension": ("cmake", "c++"),
    "Pybind11Extension": ("c++",),
    "HIPExtension": ("rocm", "c++"),
    "cythonize": ("cython", "c"),
    "Extension": ("c",),
}


@manifest(format="setup.py", matches=r"(?:.*/)?setup\.py")
def setup_py(path: str, text: str, context: Context) -> Declared:
    """setuptools' script."""
    sheet = Sheet(path, "setup.py")
    module, broken = read(path, text)
    if module is None:
        if broken is not None:
            sheet.cannot(broken.at.line, path, broken.reason)
        return sheet.declared()
    calls = [call for call in module.of(ast.Call) if _is_setup(module, call)]
    if not calls and not any(name in text for name in _EXTENSIONS):
        return sheet.declared()
    lines = text.split("\n")
    folder = Folder(module, lambda reference: context.resolve(path, reference))
    folder.run()
    for call in calls:
        for key, value, line in folder.keywords(call):
            _field(sheet, lines, key, value, line)
    _extensions(sheet, module, lines)
    return sheet.declared()


def _is_setup(module: Module, call: ast.Call) -> bool:
    name = module.dotted(call.func) or ""
    return name in ("setup", "setuptools.setup", "distutils.core.setup", "skbuild.setup") or name.endswith(".setup")


def _field(sheet: Sheet, lines: list[str], key: str, value: Value, line: int) -> None:
    if key == "name":
        sheet.builds(str(value) if isinstance(value, Text) else None)
    elif key in _FIELDS:
        _list(sheet, lines, value, line, *_FIELDS[key])
    elif key == "extras_require":
        if isinstance(value, dict):
            value = _without_sums(value)
            for extra, listed in value.items():
                name, _, marker = str(extra).partition(":")
                kind = kind_of_group(name, "optional") if name else "runtime"
                _list(sheet, lines, listed, line, kind, name or None, marker=marker)
        else:
            _list(sheet, lines, value, line, "optional", "extras_require")
    elif key == "python_requires":
        if isinstance(value, Text):
            at = value.line or line
            sheet.pip(f"python {value}", at, raw=lines[at - 1])
        elif not (isinstance(value, Unknown) and value.empty):
            sheet.cannot(line, lines[line - 1], msg("it is put together when it is run"))


def _without_sums(extras: dict[str, Value]) -> dict[str, Value]:
    """The extras without those that only put others together (`all`): their lines declare nothing new."""
    seen: set[tuple[str, int | None]] = set()
    kept: dict[str, Value] = {}
    for name, value in extras.items():
        if isinstance(value, Unknown):
            if value.strings and all(text in extras or (text, text.line) in seen for text in value.strings):
                continue
            kept[name] = value
            continue
        items = value if isinstance(value, list) else [value]
        flat = [one for item in items for one in (item if isinstance(item, list) else [item])]
        new = [one for one in flat if not (isinstance(one, Text) and one.line and (one, one.line) in seen)]
        seen |= {(one, one.line) for one in flat if isinstance(one, Text)}
        kept[name] = list(new)
    return kept


def _list(
    sheet: Sheet, lines: list[str], value: Value, line: int, kind: Kind, group: str | None, marker: str = ""
) -> None:
    if isinstance(value, Text):
        for offset, one in enumerate(value.split("\n")):
            if one.strip() and not one.strip().startswith("#"):
                at = _anchor(lines, one.strip(), (value.line or line) + offset, value.line or line)
                _requirement(sheet, lines, one.strip(), at, kind, group, marker)
    elif isinstance(value, list):
        for item in value:
            _list(sheet, lines, item, line, kind, group, marker)
    elif isinstance(value, dict):
        for key in value:
            _list(sheet, lines, Text(key), line, kind, group, marker)
    elif isinstance(value, Files):
        for path in value.paths:
            sheet.include(path, line)
        for reason in value.missing:
            sheet.cannot(line, lines[line - 1], reason)
    elif not value.empty:
        sheet.cannot(line, lines[line - 1], msg("it is put together when it is run"))


def _anchor(lines: list[str], text: str, line: int, written: int) -> int:
    """The line where `text` stands: an escaped newline in a string moves nothing."""
    for number in (line, written):
        if number <= len(lines) and text in lines[number - 1]:
            return number
    for number in range(min(line, len(lines)), max(written - 60, 0), -1):
        if text in lines[number - 1]:
            return number
    return min(line, len(lines))


def _requirement(
    sheet: Sheet, lines: list[str], text: str, line: int, kind: Kind, group: str | None, marker: str
) -> None:
    full = f"{text} ; {marker}" if marker and ";" not in text else text
    sheet.pip(full, line, raw=lines[line - 1], kind=kind, group=group)


def _extensions(sheet: Sheet, module: Module, lines: list[str]) -> None:
    """What has to be there to build the extension modules, once per builder, where it is first spoken of."""
    names: list[ast.expr] = [*module.of(ast.Name), *module.of(ast.Attribute)]
    seen: set[str] = set()
    for node in sorted(names, key=lambda one: (one.lineno, one.col_offset)):
        name = (module.dotted(node) or "").rpartition(".")[2]
        for need in _EXTENSIONS.get(name, ()):
            if need in seen:
                continue
            seen.add(need)
            kind: Kind = "cuda" if need == "cuda" else "compiler" if need in ("c", "c++") else "build"
            sheet.plain(need, "", kind, node.lineno, lines[node.lineno - 1], group="ext_modules")
