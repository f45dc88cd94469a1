import pytest

from repotriage import plan
from repotriage.models.location import Location
from repotriage.models.plan import Action, Checklist
from repotriage.models.reading import Command
from repotriage.pipeline import analyse
from repotriage.plan.commands import written
from repotriage.renderers import checklist_json, checklist_markdown
from repotriage.scorer import load_profile
from tests.builders import snapshot

TRAIN = """
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument('--lr', default=0.002)
parser.add_argument('--epochs', default=100)
parser.add_argument('steps', default=1000)
if __name__ == '__main__':
    loss.backward()
    optimizer.step()
"""
README = """# Net
## Train
```
python train.py --lr 0.03 --data <data dir>
```
## Results
| method | accuracy |
|---|---|
| ours | 91.2 ± 0.3 |
"""


def made(texts: dict[str, str]) -> Checklist:
    return plan.checklist(analyse(snapshot(texts), load_profile("default")), "./net; rm -rf x")


def actions(found: Checklist, number: int) -> tuple[Action, ...]:
    return found.steps[number].actions


def test_the_steps_are_those_of_the_guide() -> None:
    found = made({"README.md": README, "train.py": TRAIN})
    assert [step.number for step in found.steps] == list(range(8))
    assert all(step.actions for step in found.steps)


def test_the_smallest_run_uses_options_that_the_script_has() -> None:
    first = actions(made({"README.md": README, "train.py": TRAIN}), 4)[0]
    assert first.command == "python train.py --lr 0.03 --data DATA_DIR --epochs 1"
    assert first.fill_in == ("DATA_DIR",)


def test_a_script_without_such_options_gets_none() -> None:
    first = actions(made({"README.md": README, "train.py": TRAIN.replace("epochs", "momentum")}), 4)[0]
    assert first.command == "python train.py --lr 0.03 --data DATA_DIR"
    assert not first.offered


def test_the_numbers_stand_in_step_3_and_what_the_command_changes_in_step_5() -> None:
    found = made({"README.md": README, "train.py": TRAIN})
    assert "ours: accuracy: 91.2 ± 0.3" in [str(one) for step3 in actions(found, 3) for one in step3.expect]
    assert any(str(one.what).endswith("(default in brackets): lr 0.03 (0.002)") for one in actions(found, 5))


def test_a_command_whose_script_is_not_there_is_not_listed() -> None:
    found = made({"README.md": README.replace("train.py", "gone.py"), "train.py": TRAIN})
    commands = [one.command for step in found.steps for one in step.actions if one.command]
    assert commands
    assert not any("gone.py" in command for command in commands)


def test_what_is_not_offered_is_said() -> None:
    found = made({"README.md": "# Nothing\n"})
    assert not any(one.command and one.command.startswith("python") for step in found.steps for one in step.actions)
    assert [step.number for step in found.steps if any(not one.offered for one in step.actions)] == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
    ]


def test_what_the_user_typed_is_quoted() -> None:
    assert actions(made({}), 0)[0].command == "repotriage score './net; rm -rf x'"


@pytest.mark.parametrize(
    ("argv", "script", "line"),
    [
        (("python", "train.py", "$(rm x)", "a;b"), "train.py", "python train.py '$(rm x)' 'a;b'"),
        (("python", "train.py", "$@", "--lr", "$LR"), "train.py", "python train.py --lr LR"),
        (("python", "train.py"), "tools/train.py", "(cd tools && python train.py)"),
        (("python", "gone.py"), "gone.py", None),
    ],
)
def test_commands_are_quoted_word_by_word(argv: tuple[str, ...], script: str, line: str | None) -> None:
    whole = snapshot({"train.py": "", "tools/train.py": ""})
    command = Command(argv=argv, raw=" ".join(argv), at=Location(path="README.md", line=1), script=script)
    found = written(command, whole)
    assert (found.text if found else None) == line


def test_the_list_can_be_had_as_json_and_in_chinese() -> None:
    whole = snapshot({"README.md": README, "train.py": TRAIN})
    found = made({"README.md": README, "train.py": TRAIN})
    assert '"number": 7' in checklist_json.render(found, whole)
    assert "## 4. Train as little as possible" in checklist_markdown.render(found, whole)
