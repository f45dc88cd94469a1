"""An environment as JSON, whole."""

from __future__ import annotations

import json

from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.renderers.json_v1_environment import environment_v1

SCHEMA_VERSION = 1


def render(snapshot: Snapshot, environment: Environment) -> str:
    """The environment with its attempts, places and reasons; ends with a newline."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "target": {"name": snapshot.name, "commit": snapshot.commit, "taken_at": snapshot.taken_at.isoformat()},
        "environment": environment_v1(environment).model_dump(mode="json"),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
