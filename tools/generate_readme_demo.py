"""Put the demo's report into README.md: `python -m tools.generate_readme_demo`."""

from __future__ import annotations

from pathlib import Path

from repotriage.api import score
from repotriage.renderers import terminal

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "README.md"
SNAPSHOT = ROOT / "fixtures" / "snapshots" / "ssl-cifar.json.gz"
_BEGIN = "<!-- demo: begin -->\n"
_END = "<!-- demo: end -->\n"


def document() -> str:
    """README.md with the report as it is now."""
    shown = terminal.render(score(SNAPSHOT, offline=True))
    before, _, rest = TARGET.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n```text\n{shown.rstrip()}\n```\n\n{_END}{after}"


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
