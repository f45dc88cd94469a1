"""A reading map as JSON, whole, with the models of the report's version 1."""

from __future__ import annotations

import json

from repotriage.models.study import Study
from repotriage.reading.lookup import Lookup
from repotriage.renderers.json_v1 import ReadingV1, RegisteredV1, target_v1
from repotriage.renderers.json_v1_base import LocationV1

SCHEMA_VERSION = 1
_PARTS = {
    "framework",
    "entry_points",
    "stations",
    "registered",
    "main_hyperparameters",
    "hyperparameters",
    "differences",
    "parameters",
    "determinism",
    "configs",
}


def render(study: Study, asked: Lookup | None = None) -> str:
    """The map; `stations` stand in reading order. Ends with a newline."""
    content: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "target": target_v1(study.snapshot).model_dump(mode="json"),
        "map": ReadingV1.model_validate(study.reading).model_dump(mode="json", include=_PARTS),
    }
    if asked is not None:
        content["name"] = {
            "asked": asked.asked,
            "how": asked.how,
            "config": asked.config,
            "inherited": list(asked.inherited),
            "missing": [
                {"name": name, "at": LocationV1.model_validate(at).model_dump(mode="json")}
                for name, at in asked.missing
            ],
            "scope": asked.scope,
            "nearest": list(asked.nearest),
            "mentions": [LocationV1.model_validate(at).model_dump(mode="json") for at in asked.mentions],
            "hits": [RegisteredV1.model_validate(one).model_dump(mode="json") for one in asked.hits],
        }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
