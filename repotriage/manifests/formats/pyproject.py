"""pyproject.toml: PEP 621, PEP 735, PEP 518, and the tables of poetry, pdm, hatch, flit and uv."""

from __future__ import annotations

from typing import Any

from repotriage.manifests.formats.pixi import read_pixi
from repotriage.manifests.poetry_spec import poetry_specifier, table_entry
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group
from repotriage.manifests.toml_lines import Toml, parse_toml
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Kind


@manifest(format="pyproject", matches=r"(?:.*/)?pyproject\.toml")
def pyproject(path: str, text: str, context: Context) -> Declared:
    """The project file of the Python standards, with what the tools put into it."""
    sheet = Sheet(path, "pyproject")
    toml = parse_toml(text)
    if isinstance(toml, Message):
        sheet.cannot(None, path, toml)
        return sheet.declared()
    reader = _Reader(sheet, toml, text.replace("\r\n", "\n").split("\n"), context)
    reader.standard()
    reader.dynamic()
    reader.groups()
    reader.poetry()
    reader.tools()
    return sheet.declared()


class _Reader:
    def __init__(self, sheet: Sheet, toml: Toml, lines: list[str], context: Context) -> None:
        self.sheet = sheet
        self.toml = toml
        self.lines = lines
        self.context = context

    def strings(self, path: tuple[str, ...], kind: Kind, group: str | None = None) -> None:
        """An array of requirement strings."""
        values = self.toml.get(*path)
        if values is None:
            return
        if not isinstance(values, list):
            self.sheet.cannot(self.toml.line(*path), self.toml.raw(self.lines, *path), msg("not an array of strings"))
            return
        for index, value in enumerate(values):
            line = self.toml.line(*path, index)
            if isinstance(value, str):
                self.sheet.pip(value, line, kind=kind, group=group)
            elif isinstance(value, dict) and isinstance(value.get("include-group"), str):
                if value["include-group"] not in self.toml.table(*path[:-1]):
                    self.sheet.cannot(line, str(value), msg("there is no group {group}", group=value["include-group"]))
            else:
                self.sheet.cannot(line, str(value), msg("not a string"))

    def standard(self) -> None:
        self.sheet.builds(self.toml.get("project", "name") or self.toml.get("tool", "poetry", "name"))
        self.strings(("build-system", "requires"), "build", "build-system")
        self.strings(("project", "dependencies"), "runtime")
        for extra in self.toml.table("project", "optional-dependencies"):
            self.strings(("project", "optional-dependencies", extra), kind_of_group(extra, "optional"), extra)
        self.python(("project", "requires-python"))

    def python(self, path: tuple[str, ...]) -> None:
        value = self.toml.get(*path)
        if isinstance(value, str):
            specifier = poetry_specifier(value)
            line, raw = self.toml.line(*path), self.toml.raw(self.lines, *path)
            if isinstance(specifier, Message):
                self.sheet.cannot(line, raw, specifier)
            else:
                self.sheet.plain("python", specifier[0], "python", line, raw, repairs=specifier[1])

    def dynamic(self) -> None:
        """`dynamic = ["dependencies"]`: setuptools and hatch plug-ins read them from files."""
        for field, kinds in (("dependencies", None), ("optional-dependencies", "optional")):
            table = self.toml.table("tool", "setuptools", "dynamic", field)
            entries = [(field, table)] if kinds is None else list(table.items())
            for key, entry in entries:
                if isinstance(entry, dict) and "file" in entry:
                    files = entry["file"] if isinstance(entry["file"], list) else [entry["file"]]
                    path = ("tool", "setuptools", "dynamic", field) + ((key,) if kinds else ())
                    for file in files:
                        self._file(str(file), *path)
        for file in self.toml.table("tool", "hatch", "metadata", "hooks", "requirements_txt").get("files", ()):
            self._file(str(file), "tool", "hatch", "metadata", "hooks", "requirements_txt")
        for files in self.toml.table(
            "tool", "hatch", "metadata", "hooks", "requirements_txt", "optional-dependencies"
        ).values():
            for file in files if isinstance(files, list) else ():
                self._file(str(file), "tool", "hatch", "metadata", "hooks", "requirements_txt")

    def _file(self, file: str, *path: str) -> None:
        target = self.context.resolve(self.sheet.path, file)
        if isinstance(target, Message):
            self.sheet.cannot(self.toml.line(*path), self.toml.raw(self.lines, *path), target)
        else:
            self.sheet.include(target, self.toml.line(*path))

    def groups(self) -> None:
        for group in self.toml.table("dependency-groups"):
            self.strings(("dependency-groups", group), kind_of_group(group, "dev"), group)

    def poetry(self) -> None:
        base = ("tool", "poetry")
        self._poetry_table((*base, "dependencies"), "runtime", None)
        self._poetry_table((*base, "dev-dependencies"), "dev", "dev")
        for group in self.toml.table(*base, "group"):
            kind = kind_of_group(group, "dev")
            if group == "main":
                kind = "runtime"
            self._poetry_table((*base, "group", group, "dependencies"), kind, group)
        for number, source in enumerate(self.toml.get(*base, "source") or ()):
            if isinstance(source, dict) and "url" in source:
                self.sheet.index("extra-index-url", str(source["url"]), self.toml.line(*base, "source", number))

    def _poetry_table(self, path: tuple[str, ...], kind: Kind, group: str | None) -> None:
        for name, value in self.toml.table(*path).items():
            line, raw = self.toml.line(*path, name), self.toml.raw(self.lines, *path, name)
            for entry in value if isinstance(value, list) else [value]:
                self._poetry_entry(name, entry, line, raw, kind, group)

    def _poetry_entry(self, name: str, entry: Any, line: int | None, raw: str, kind: Kind, group: str | None) -> None:
        if isinstance(entry, str):
            entry = {"version": entry}
        if not isinstance(entry, dict):
            self.sheet.cannot(line, raw, msg("neither a version nor a table"))
            return
        read = table_entry(name, entry)
        if isinstance(read, Message):
            self.sheet.cannot(line, raw, read)
            return
        if name.lower() == "python":
            self.sheet.plain("python", read.specifier, "python", line, raw, group=group, repairs=read.repairs)
            return
        if entry.get("optional") is True and kind == "runtime":
            kind = "optional"
            group = next(
                (extra for extra, names in self.toml.table("tool", "poetry", "extras").items()
                 if isinstance(names, list) and name in names), group,
            )  # fmt: skip
        self.sheet.add(read, line, raw, kind=kind, group=group)

    def tools(self) -> None:
        for group in self.toml.table("tool", "pdm", "dev-dependencies"):
            self.strings(("tool", "pdm", "dev-dependencies", group), kind_of_group(group, "dev"), group)
        self.strings(("tool", "uv", "dev-dependencies"), "dev", "dev")
        for listed in ("constraint-dependencies", "override-dependencies"):
            for number, value in enumerate(self.toml.get("tool", "uv", listed) or ()):
                self.sheet.index("other", f"{listed}: {value}", self.toml.line("tool", "uv", listed, number))
        for number, index in enumerate(self.toml.get("tool", "uv", "index") or ()):
            if isinstance(index, dict) and "url" in index:
                self.sheet.index("extra-index-url", str(index["url"]), self.toml.line("tool", "uv", "index", number))
        for key in ("index-url", "extra-index-url", "find-links"):
            values = self.toml.get("tool", "uv", key)
            for value in values if isinstance(values, list) else [values] if values else []:
                self.sheet.index(key, str(value), self.toml.line("tool", "uv", key))
        for name, source in self.toml.table("tool", "uv", "sources").items():
            for one in source if isinstance(source, list) else [source]:
                if isinstance(one, dict):
                    said = ", ".join(f"{key} = {value}" for key, value in one.items())
                    self.sheet.index(
                        "other", f"source of {name}: {said}", self.toml.line("tool", "uv", "sources", name)
                    )
        for env in self.toml.table("tool", "hatch", "envs"):
            for key in ("dependencies", "extra-dependencies"):
                self.strings(("tool", "hatch", "envs", env, key), kind_of_group(env, "dev"), env)
        self.strings(("tool", "flit", "metadata", "requires"), "runtime")
        self.strings(("tool", "flit", "metadata", "dev-requires"), "dev")
        for extra in self.toml.table("tool", "flit", "metadata", "requires-extra"):
            self.strings(("tool", "flit", "metadata", "requires-extra", extra), kind_of_group(extra, "optional"), extra)
        self.python(("tool", "flit", "metadata", "requires-python"))
        self._pixi()

    def _pixi(self) -> None:
        if not self.toml.table("tool", "pixi"):
            return

        read_pixi(self.sheet, self.toml, self.lines, ("tool", "pixi"))
