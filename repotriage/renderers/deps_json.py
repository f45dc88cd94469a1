"""Everything declared, mentioned or imported, as JSON; the same objects as in the report of `score`."""

from __future__ import annotations

import json

from repotriage.models.requirement import Dependencies
from repotriage.models.snapshot import Snapshot
from repotriage.renderers.json_v1 import DependenciesV1

SCHEMA_VERSION = 1


def render(snapshot: Snapshot, dependencies: Dependencies) -> str:
    """The dependencies with their places; ends with a newline."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "target": {"name": snapshot.name, "commit": snapshot.commit, "taken_at": snapshot.taken_at.isoformat()},
        "dependencies": DependenciesV1.model_validate(dependencies).model_dump(mode="json"),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
