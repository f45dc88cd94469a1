import pytest

from repotriage.models.location import Location
from repotriage.models.reading import Command
from repotriage.models.snapshot import File
from repotriage.plan.commands import written
from tests.builders import files, snapshot


@pytest.mark.parametrize(
    ("argv", "line", "fill_in"),
    [
        (("--seed", "[0/1/2]", "--lr", "1"), "--seed SEED --lr 1", ("SEED",)),
        (("--ckpt", "[checkpoint", "file", "path]"), "--ckpt CHECKPOINT_FILE_PATH", ("CHECKPOINT_FILE_PATH",)),
        (("[--shape", "SHAPE]", "--lr", "1"), "--lr 1", ()),
        (("--x", "$1", "${@:3}"), "--x ARGUMENT_1", ("ARGUMENT_1",)),
        (("m=[video]",), "'m=[video]'", ()),
        (("d=$(cat x)",), "'d=$(cat x)'", ("d=$(cat x)",)),
        (("d=`pwd`/..", "$HOME/x"), 'd="$PWD"/.. "$HOME"/x', ()),
        (("NUM_GPUS", "MODEL.WEIGHTS", "ETTh1"), "NUM_GPUS MODEL.WEIGHTS ETTh1", ("NUM_GPUS",)),
        (("--config-name", "conf-name"), "--config-name conf-name", ("conf-name",)),
        (("sft/config_{a,b}.yaml",), "'sft/config_{a,b}.yaml'", ("sft/config_{a,b}.yaml",)),
        (("--h", '{"a": 1, "b": 2}'), """--h '{"a": 1, "b": 2}'""", ()),
        (("--config-file", "config_path", "model_path/x"), "--config-file config_path model_path/x", ("config_path",)),
    ],
)
def test_what_a_user_fills_in_and_what_a_shell_knows(
    argv: tuple[str, ...], line: str, fill_in: tuple[str, ...]
) -> None:
    words = ("python", "train.py", *argv)
    command = Command(argv=words, raw=" ".join(words), at=Location(path="README.md", line=1), script="train.py")
    found = written(command, snapshot({"train.py": ""}))
    assert found is not None
    assert (found.text, found.fill_in) == (f"python train.py {line}", fill_in)


def test_the_folder_of_a_script_is_seen_from_the_top() -> None:
    command = Command(
        argv=("python", "tools/train.py"),
        raw="",
        at=Location(path="tools/dist.sh", line=1),
        script="tools/train.py",
        env=(("PYTHONPATH", "$(dirname $0)/..:$PYTHONPATH"),),
    )
    found = written(command, snapshot({"tools/train.py": ""}))
    assert found is not None
    assert found.text == 'PYTHONPATH=.:"$PYTHONPATH" python tools/train.py'


def test_a_module_of_a_folder_below_is_run_there() -> None:
    command = Command(
        argv=("python", "-m", "src.train"), raw="", at=Location(path="sub/README.md", line=1), script="sub/src/train.py"
    )
    found = written(command, snapshot({"sub/src/train.py": ""}))
    assert found is not None
    assert found.text == "(cd sub && python -m src.train)"


def test_a_quoted_list_is_a_value() -> None:
    command = Command(
        argv=("python", "train.py", "--modules", "[q,v]"),
        raw="python train.py --modules '[q,v]'",
        at=Location(path="README.md", line=1),
        script="train.py",
    )
    found = written(command, snapshot({"train.py": ""}))
    assert found is not None
    assert (found.text, found.fill_in) == ("python train.py --modules '[q,v]'", ())


def test_a_link_leads_from_the_folder_that_the_document_changes_to() -> None:
    links = [
        File(path="examples", size=3, mode="symlink", kind="unread", note="egs"),
        File(path="egs/a/bin", size=12, mode="symlink", kind="unread", note="../../net/bin"),
    ]
    texts = {"README.md": "```\ncd examples/a\n# train\npython bin/train.py\n```\n", "net/bin/train.py": ""}
    command = Command(
        argv=("python", "bin/train.py"),
        raw="python bin/train.py",
        at=Location(path="README.md", line=4),
        script="net/bin/train.py",
    )
    found = written(command, snapshot(files=(*files(texts), *links)))
    assert found is not None
    assert found.text == "(cd egs/a && python bin/train.py)"
    found = written(command, snapshot(texts))
    assert found is not None
    assert found.text == "(cd net && python bin/train.py)"


def test_links_in_a_circle_end() -> None:
    texts = {"README.md": "```\ncd a\npython bin/train.py\n```\n", "net/bin/train.py": ""}
    links = [
        File(path="a", size=1, mode="symlink", kind="unread", note="b"),
        File(path="b", size=1, mode="symlink", kind="unread", note="a"),
    ]
    command = Command(
        argv=("python", "bin/train.py"),
        raw="python bin/train.py",
        at=Location(path="README.md", line=3),
        script="net/bin/train.py",
    )
    found = written(command, snapshot(files=(*files(texts), *links)))
    assert found is not None
    assert found.text == "(cd net && python bin/train.py)"


def test_the_home_folder_is_left_to_the_shell_and_places_to_the_user() -> None:
    command = Command(
        argv=("python", "train.py", "--root", "~/data a", "mp4_video_dir_path", "--out=~/x"),
        raw="",
        at=Location(path="README.md", line=1),
        script="train.py",
    )
    found = written(command, snapshot({"train.py": "x = 1\n"}))
    assert found is not None
    assert found.text == "python train.py --root ~/'data a' mp4_video_dir_path '--out=~/x'"
    assert found.fill_in == ("mp4_video_dir_path",)
