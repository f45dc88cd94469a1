"""Classes that say by which name they are asked for: `class Lion: name = "lion"`, `model_type = "bert"`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from repotriage.parsing.python import Module
from repotriage.reading.registries.registration import Registration, text_of

_ATTRIBUTE = re.compile(
    r"_?(?:name|key|id|type|alias|model_type|model_name|task_name|dataset_name|method_name|registry_name"
    r"|config_name|short_name|arch|algorithm)_?",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z][\w.\-/+]{1,60}")


def visit(module: Module) -> Iterator[Registration]:
    """The names that classes give themselves; those of settings (`@dataclass`) are values and say nothing."""
    for node in module.of(ast.ClassDef):
        if node.decorator_list and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
            continue
        for statement in node.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
                continue
            name = text_of(statement.value)
            if name and _ATTRIBUTE.fullmatch(target.id) and _NAME.fullmatch(name):
                yield Registration(
                    name=name,
                    registry=f"attribute {target.id}",
                    dotted=node.name,
                    at=module.at(statement),
                    own_only=True,
                )
