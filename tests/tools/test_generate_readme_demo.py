from __future__ import annotations

from tools.generate_readme_demo import TARGET, document


def test_the_report_in_the_readme_is_what_the_demo_shows() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run: make golden"
