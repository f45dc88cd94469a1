"""pyproject.toml: PEP 621, PEP 735, PEP 518, and the tables of poetry, pdm, hatch, flit and uv."""

from __future__ import annotations

import re
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from repotriage.manifests.pep508 import Spec, parse_requirement
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
            self.sheet.include(target)

    def groups(self) -> None:
        for group in self.toml.table("dependency-groups"):
            self.strings(("dependency-groups", group), kind_of_group(group, "dev"), group)

    def poetry(self) -> None:
        base = ("tool", "poetry")
        for name, kind, group in [("dependencies", "runtime", None), ("dev-dependencies", "dev", "dev")]:
            self._poetry_table((*base, name), kind, group)  # type: ignore[arg-type] # the tuple above holds kinds
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
        for path, kind in (
            (("tool", "flit", "metadata", "requires"), "runtime"),
            (("tool", "flit", "metadata", "dev-requires"), "dev"),
        ):
            self.strings(path, kind)  # type: ignore[arg-type] # the tuples above hold kinds
        for extra in self.toml.table("tool", "flit", "metadata", "requires-extra"):
            self.strings(("tool", "flit", "metadata", "requires-extra", extra), kind_of_group(extra, "optional"), extra)
        self.python(("tool", "flit", "metadata", "requires-python"))
        self._pixi()

    def _pixi(self) -> None:
        if not self.toml.table("tool", "pixi"):
            return
        from repotriage.manifests.formats.pixi import read_pixi

        read_pixi(self.sheet, self.toml, self.lines, ("tool", "pixi"))


def table_entry(name: str, entry: dict[str, Any]) -> Spec | Message:
    """A requirement from a table of poetry's or Pipenv's form: version, extras, markers, python, git, url, path."""
    version = entry.get("version", "")
    if not isinstance(version, str):
        return msg("its version is not a string")
    specifier = poetry_specifier(version)
    if isinstance(specifier, Message):
        return specifier
    extras = entry.get("extras", ())
    marker = entry.get("markers") if isinstance(entry.get("markers"), str) else None
    repairs = specifier[1]
    if isinstance(entry.get("python"), str):
        spans = poetry_specifier(entry["python"])
        if not isinstance(spans, Message) and spans[0]:
            clauses = [f'python_version {one.operator} "{one.version}"' for one in SpecifierSet(spans[0])]
            joined = " and ".join(sorted(clauses))
            marker = f"({marker}) and ({joined})" if marker else joined
    if isinstance(entry.get("platform"), str):
        platform = f'sys_platform == "{entry["platform"]}"'
        marker = f"({marker}) and {platform}" if marker else platform
    url = next((str(entry[key]) for key in ("git", "url", "path", "file") if isinstance(entry.get(key), str)), None)
    if url and "git" in entry:
        reference = next((str(entry[key]) for key in ("rev", "tag", "branch", "ref") if key in entry), "")
        url = f"git+{url}@{reference}" if reference else f"git+{url}"
    plain = parse_requirement(name if not marker else f"{name} ; {marker}")
    if isinstance(plain, Message):
        return plain
    return Spec(
        plain.name,
        specifier[0],
        plain.marker,
        tuple(sorted(str(extra) for extra in extras)) if isinstance(extras, list) else (),
        url,
        (*plain.repairs, *repairs),
    )


def poetry_specifier(text: str) -> tuple[str, tuple[Message, ...]] | Message:
    """A PEP 440 set for poetry's constraint (caret, tilde, wildcard, `||`), and what had to be said about it.

    Source: https://python-poetry.org/docs/dependency-specification/#version-constraints
    """
    text = text.strip()
    if text in ("", "*", "latest"):
        return "", ()
    repairs: list[Message] = []
    if "||" in text or "|" in text:
        spans: list[tuple[Version, str]] = []
        ends: list[Version] = []
        for one in re.split(r"\|\|?", text):
            inner = poetry_specifier(one)
            if isinstance(inner, Message):
                return inner
            bounds = _bounds(inner[0])
            if bounds is None:
                return msg("alternatives that are not ranges: {text}", text=text[:200])
            spans.append((bounds[0], inner[0]))
            if bounds[1] is not None:
                ends.append(bounds[1])
        low = min(start for start, _ in spans)
        high = max(ends) if len(ends) == len(spans) else None
        joined = f">={low}" + (f",<{high}" if high else "")
        return joined, (msg("alternatives are given as a range: {text}", text=text[:200]),)
    clauses: list[str] = []
    for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", text):
        part = re.sub(r"([<>=!~^]+)\s+", r"\1", part.strip())
        if not part or part == "*":
            continue
        try:
            clause = _poetry_clause(part)
            SpecifierSet(clause)
        except (InvalidVersion, InvalidSpecifier):
            return msg("{text} is no version", text=part[:200])
        if part[0] in "^~" and not part.startswith("~="):
            repairs.append(msg("poetry's {written} is {clause}", written=part, clause=clause))
        clauses.append(clause)
    return ",".join(clauses), tuple(repairs)


def _poetry_clause(part: str) -> str:
    caret = re.fullmatch(r"\^(?:v?)(\S+)", part)
    if caret:
        low = Version(re.sub(r"\.?\*\Z", "", caret[1]))
        release = list(low.release)
        pivot = next((i for i, number in enumerate(release) if number), len(release) - 1)
        high = [*release[:pivot], release[pivot] + 1]
        return f">={low},<{'.'.join(map(str, high if len(high) > 1 else [*high, 0]))}"
    tilde = re.fullmatch(r"~(?!=)(\S+)", part)
    if tilde:
        low = Version(re.sub(r"\.?\*\Z", "", tilde[1]))
        release = list(low.release)
        high = [release[0] + 1] if len(release) == 1 else [release[0], release[1] + 1]
        return f">={low},<{'.'.join(map(str, high if len(high) > 1 else [*high, 0]))}"
    if re.fullmatch(r"v?\d\S*", part):
        return f"=={part}"
    if re.fullmatch(r"=(?!=)\S+", part):
        return f"={part}"
    wild = re.fullmatch(r"(>=|<=|>|<)(\S+?)\.?\*", part)
    return f"{wild[1]}{wild[2]}" if wild else part


def _bounds(specifier: str) -> tuple[Version, Version | None] | None:
    """The lowest version and the first above of a set of plain ranges."""
    low, high = Version("0"), None
    for one in SpecifierSet(specifier):
        if one.operator == ">=" or one.operator == ">":
            low = Version(one.version)
        elif one.operator == "<":
            high = Version(one.version)
        elif one.operator == "==":
            release = list(Version(re.sub(r"\.\*\Z", "", one.version)).release)
            low = Version(".".join(map(str, release)))
            release[-1] += 1
            high = Version(".".join(map(str, release)))
        elif one.operator not in ("!=",):
            return None
    return low, high
