"""Write docs/schema/report-v1.json, the published schema of the report: `python -m tools.generate_schema`."""

from __future__ import annotations

from pathlib import Path

from repotriage.renderers.json_v1 import schema_text

TARGET = Path(__file__).parent.parent / "docs" / "schema" / "report-v1.json"

if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
