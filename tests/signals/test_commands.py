from repotriage.models.reading import Command
from repotriage.models.snapshot import File
from repotriage.models.study import Study
from repotriage.signals.commands import missing_scripts
from tests.builders import command, file, learning, study


def lost(*commands: Command, files: tuple[File, ...] = ()) -> list[str]:
    one: Study = study(reading=learning(commands=commands), files=files)
    return [missing.script for missing in missing_scripts(one)]


def test_a_script_that_is_nowhere_is_missing() -> None:
    assert lost(command("python train.py --lr 1"), command("bash ./scripts/run.sh")) == ["train.py", "scripts/run.sh"]


def test_one_in_another_folder_may_be_meant() -> None:
    assert lost(command("python tools/train.py"), files=(file("code/tools/train.py"),)) == []


def test_what_may_belong_elsewhere_is_not_judged() -> None:
    assert (
        lost(
            command("python setup.py install", role="install"),
            command("python setup.py develop"),
            command("python /opt/x/train.py"),
            command("python path/to/train.py"),
            command("pip install train.py"),
            command("python -m pkg.train"),
            command("python apex/train.py"),
            files=(file("apex", None, mode="submodule"),),
        )
        == []
    )


def test_an_argument_is_no_script() -> None:
    assert lost(command("python train.py config.py"), files=(file("train.py"),)) == []
