import json
import re

from repotriage.models.study import Study
from repotriage.pipeline import study
from repotriage.reading.lookup import look_up
from repotriage.renderers import map_json, map_markdown, map_mermaid, map_terminal
from tests.builders import snapshot

CODE = """
import torch
@register_model
class Net(torch.nn.Module):
    def __init__(self):
        self.scale = torch.nn.Parameter(x)
    def forward(self, x):
        return x
if __name__ == '__main__':
    model = Net()
    loss.backward()
    optimizer.step()
"""


def made() -> Study:
    return study(snapshot({"train.py": CODE, "README.md": "# Train\n```\npython train.py --x '[red]<b>'\n```\n"}))


def test_the_map_names_entry_points_stations_and_names() -> None:
    text = map_terminal.render(made())
    for words in ("python train.py", "backward", "train.py:11", "register_model", "scale"):
        assert words in text


def test_a_name_comes_first() -> None:
    whole = made()
    assert "register_model → Net at train.py:4" in map_terminal.render(whole, look_up(whole.reading, "Net"), width=120)
    assert "the nearest names: Net" in map_terminal.render(whole, look_up(whole.reading, "Nets"), width=120)
    assert json.loads(map_json.render(whole, look_up(whole.reading, "net")))["name"]["how"] == "case-insensitive"


def test_markup_of_the_repository_stays_text_in_markdown() -> None:
    assert "`python train.py --x '[red]<b>'`" in map_markdown.render(made())


def test_every_label_of_a_diagram_is_quoted_and_escaped() -> None:
    text = map_mermaid.render(made())
    assert text.startswith("```mermaid\nflowchart LR\n")
    assert text.endswith("```\n")
    assert re.fullmatch(r'"[\w ./:,()=+#;-]*"', map_mermaid.label('a"]; click x "`%%{init}<script>&[end'))


def test_the_diagram_of_nothing_is_a_diagram() -> None:
    assert "nothing found" in map_mermaid.render(study(snapshot({})))
