"""noxfile.py."""

from __future__ import annotations

import ast
import re

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet, kind_of_group, python_version
from repotriage.models.reading import BrokenFile
from repotriage.models.requirement import Declared
from repotriage.parsing.python import parse


@manifest(format="nox", matches=r"(?:.*/)?noxfile\.py")
def noxfile(path: str, text: str, context: Context) -> Declared:
    """nox's sessions: what they install, and on which Python."""
    sheet = Sheet(path, "nox")
    module = parse(path, text)
    if isinstance(module, BrokenFile):
        sheet.cannot(module.at.line, path, module.reason)
        return sheet.declared()
    for function in module.of(ast.FunctionDef):
        kind = kind_of_group(function.name, "dev")
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name not in ("install", "conda_install", "run_install"):
                continue
            words: list[ast.Constant] = [one for one in call.args if isinstance(one, ast.Constant)]
            for word in words:
                if not isinstance(word.value, str):
                    continue
                if word.value.startswith("-") or words[0].value in ("-r", "-e", "-c", "."):
                    continue
                if name == "conda_install":
                    sheet.conda(word.value, word.lineno, kind=kind, group=function.name)
                elif not re.match(r"\.", word.value):
                    sheet.pip(word.value, word.lineno, kind=kind, group=function.name)
            options = " ".join(str(one.value) for one in words)
            if options.startswith(("-r", "-e", "-c", ".")):
                read_commands(sheet, context, f"pip install {options}", call.lineno, Role(kind, function.name))
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call):
                for keyword in decorator.keywords:
                    if keyword.arg == "python":
                        _pythons(sheet, keyword.value, function.name)
    return sheet.declared()


def _pythons(sheet: Sheet, node: ast.expr, group: str) -> None:
    for one in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and (specifier := python_version(one.value)):
            sheet.plain("python", specifier, "python", one.lineno, one.value, group=group)
