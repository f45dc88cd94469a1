import pytest

from repotriage.models.reading import Command
from repotriage.parsing.markup import documents
from repotriage.reading.commands import mentions
from tests.builders import snapshot
from tests.reading import read


def shown(readme: str, *paths: str, **texts: str) -> list[Command]:
    files = {"README.md": readme, **dict.fromkeys(paths, "x = 1\n"), **texts}
    return [command for command in read(files).commands if command.at.path == "README.md"]


@pytest.mark.parametrize(
    ("line", "script", "role"),
    [
        ("python train.py --lr 0.1", "train.py", "train"),
        ("CUDA_VISIBLE_DEVICES=0 python -u ./train.py", "train.py", "train"),
        ("python -m pkg.train", "pkg/train.py", "train"),
        ("python -m torch.distributed.launch --nproc_per_node=8 main.py --eval", "main.py", "evaluate"),
        ("torchrun --nproc_per_node 8 train.py", "train.py", "train"),
        ("accelerate launch --config_file c.yaml train.py", "train.py", "train"),
        ("srun -p gpu python main.py --mode test", "main.py", "evaluate"),
        ("bash scripts/run.sh", "scripts/run.sh", "other"),
        ("uv run train.py", "train.py", "train"),
        ("python $ROOT/tools/test.py", "tools/test.py", "evaluate"),
        ("python main.py train", "main.py", "train"),
        ("python tools/nowhere.py", None, "other"),
        ("pip install -r requirements.txt", None, "install"),
        ("python setup.py develop", None, "install"),
        ("./ops/make.sh", "ops/make.sh", "install"),
        ("wget http://x.org/data.zip", None, "data"),
    ],
)
def test_scripts_are_seen_through_launchers(line: str, script: str | None, role: str) -> None:
    paths = ("train.py", "main.py", "pkg/train.py", "scripts/run.sh", "tools/test.py", "ops/make.sh")
    (command,) = shown(f"```bash\n{line}\n```\n", *paths)
    assert (command.script, command.role) == (script, role)
    assert command.at.line == 2


def test_cd_is_followed_into_the_next_block() -> None:
    readme = "```\ncd code\n```\nthen\n```\npython main.py\n```\n"
    assert shown(readme, "code/main.py", "other/main.py")[-1].script == "code/main.py"


def test_the_title_gives_a_role_to_a_neutral_script() -> None:
    train, test = shown("## Training\n```\npython main.py\n```\n## Testing\n```\npython main.py -x\n```\n", "main.py")
    assert (train.role, test.role) == ("train", "evaluate")


def test_prose_output_and_python_are_no_commands() -> None:
    readme = "```\nEpoch 1 loss 0.3\n```\n```python\nimport torch\nx = train(1)\n```\nUse `pip` and `import x`.\n"
    assert shown(readme) == []


def test_inline_commands_and_bare_lines_count() -> None:
    inline, bare = shown("Run `python train.py --x` now.\n\npython test.py --y\n", "train.py", "test.py")
    assert (inline.script, inline.at.line, bare.script, bare.at.line) == ("train.py", 1, "test.py", 3)


def test_shell_scripts_makefiles_and_notebooks() -> None:
    found = read(
        {
            "run.sh": "#!/bin/bash\npython train.py\n",
            "Makefile": "evaluate:\n\t@python main.py\n",
            "a.ipynb": '{"cells": [{"cell_type": "code", "source": ["!python train.py --x"]}], "nbformat": 4}',
            "train.py": "",
            "main.py": "",
        }
    ).commands
    assert [(str(c.at), c.script, c.role) for c in found] == [
        ("Makefile:2", "main.py", "evaluate"),
        ("run.sh:2", "train.py", "train"),
        ("a.ipynb:1", "train.py", "train"),
    ]


def test_a_console_script_leads_to_its_file() -> None:
    project = '[project.scripts]\nmy-train = "pkg.cli:main"\n'
    readme = "```bash\nmy-train --lr 1\n```\n"
    files = {"README.md": readme, "pyproject.toml": project, "src/pkg/cli.py": ""}
    (command,) = read(files).commands
    assert (command.script, command.role) == ("src/pkg/cli.py", "train")


def test_a_shell_script_does_what_it_starts() -> None:
    command, *_ = shown("```\nsh go.sh\n```\n", "train.py", **{"go.sh": "python train.py\n"})
    assert (command.script, command.role) == ("go.sh", "train")


def test_what_the_code_does_decides_where_words_do_not() -> None:
    (command, *_) = shown("```\npython main.py\n```\n", **{"main.py": "loss.backward()\n"})
    assert command.role == "train"
    (command, *_) = shown("```\npython main.py\n```\n", **{"main.py": "x = 1\n"})
    assert command.role == "other"


@pytest.mark.parametrize("text", ["Run `train.py`.", "See [it](tools/train.py).", "Then start train.py with care."])
def test_scripts_that_are_only_named(text: str) -> None:
    whole = snapshot({"README.md": f"# X\n\n{text}\n", "tools/train.py": ""})
    ((path, at, role),) = set(mentions(whole, documents(whole), (), ()))
    assert (path, str(at), role) == ("tools/train.py", "README.md:3", "train")


def test_the_code_and_the_words_around_say_more_than_the_folder() -> None:
    (command, *_) = shown("## Training\n```\npython test/mdp.py\n```\n", "test/mdp.py")
    assert (command.script, command.role) == ("test/mdp.py", "train")
    (command, *_) = shown("```\n# unit test (all should be True)\npython test.py\n```\n", "test.py")
    assert command.role == "test"


def test_what_a_target_of_the_makefile_does() -> None:
    makefile = (
        "evaluate:\n\tlighteval vllm $(MODEL)\n\nfit: data\n\tpython tools/fit.py\n\n"
        "test:\n\tpytest tests\n\nlint:\n\truff check\n"
    )
    readme = "```\nmake evaluate MODEL=x\nmake fit\nmake test\nmake lint\n```\n"
    found = read({"README.md": readme, "Makefile": makefile, "tools/fit.py": "x = 1\n"}).commands
    shown = [(one.raw, one.role, one.script) for one in found if one.at.path == "README.md"]
    assert shown == [
        ("make evaluate MODEL=x", "evaluate", "Makefile"),
        ("make fit", "train", "tools/fit.py"),
        ("make test", "test", None),
        ("make lint", "other", None),
    ]


def test_a_script_called_by_its_measure_evaluates() -> None:
    readme = "## Preparing datasets\n```\npython fid.py ref --data x.zip\npython result.py\n```\n"
    found = read({"README.md": readme, "fid.py": "x = 1\n", "result.py": "x = 1\n"}).commands
    assert [one.role for one in found] == ["evaluate", "evaluate"]


def test_commands_in_chinese_sentences_of_a_block() -> None:
    readme = (
        "使用方式\n---\n    进入目录\n       cd Name/a/bert\n       cd Name/b/mrc\n    运行\n"
        "       如运行 bash run_tnews.sh 会开始训练\n       bash run_mrc.sh即可训练（注意路径）\n"
    )
    files = {"README.md": readme, "a/bert/run_tnews.sh": "ls\n", "b/mrc/run_mrc.sh": "ls\n", "c/run_tnews.sh": "ls\n"}
    found = read(files, name="owner/Name").commands
    shown = [(one.at.line, one.raw, one.script) for one in found if one.argv[0] == "bash"]
    assert shown == [(7, "bash run_tnews.sh", "a/bert/run_tnews.sh"), (8, "bash run_mrc.sh", "b/mrc/run_mrc.sh")]


def test_what_a_title_shows_in_a_window_or_a_picture() -> None:
    readme = "## Graphical UI\n```\npython app/main.py\n```\n## Visualizing a policy\n```\npython run_policy.py\n```\n"
    found = read({"README.md": readme, "app/main.py": "x = 1\n", "run_policy.py": "x = 1\n"}).commands
    assert [one.role for one in found] == ["demo", "inference"]


def test_tests_of_the_code_evaluate_no_model() -> None:
    readme = "## Running tests\n```\npython setup.py test\npython test.py\n```\n"
    found = read({"README.md": readme, "setup.py": "setup()\n", "test.py": "x = 1\n"}).commands
    assert [one.role for one in found] == ["test", "evaluate"]


def test_a_package_that_is_started_has_its_own_name() -> None:
    readme = (
        "To compute the FID between two datasets:\n```\npython -m pytorch_fid path/to/dataset1 path/to/dataset2\n```\n"
    )
    (command,) = read({"README.md": readme, "src/pytorch_fid/__main__.py": "x = 1\n"}).commands
    assert (command.role, command.script) == ("evaluate", "src/pytorch_fid/__main__.py")
