"""Commands that documents call trials, notices of a README, and what stands for words to be filled in."""

from tests.plan.studies import TRAINS, actions

OPTIONS = "import argparse\np = argparse.ArgumentParser()\n{}args = p.parse_args()\n" + TRAINS


def texts_of(texts: dict[str, str], number: int) -> list[str]:
    return [str(one.what) for one in actions(texts, number)]


def test_a_command_to_test_is_no_full_training() -> None:
    readme = (
        "# Net\n## One GPU\nRun with small depth to test\n```\npython train.py --depth 1\n```\n"
        "## Quantitative results\n```\npython train.py --depth 32\n```\n"
    )
    code = OPTIONS.format("p.add_argument('--depth', type=int, default=8)\n")
    texts = {"README.md": readme, "train.py": code}
    assert actions(texts, 5)[0].command == "python train.py --depth 32"
    assert actions(texts, 4)[0].command == "python train.py --depth 1"
    only = {"README.md": readme[: readme.index("## Quant")], "train.py": code}
    full = actions(only, 5)[0]
    assert full.command == "python train.py --depth 1"
    assert str(full.expect[0]) == "the document says of it: Run with small depth to test"


def test_testing_the_model_is_no_trial() -> None:
    readme = "# Net\nTo train and to test the model run\n```\npython train.py --depth 1\n```\n"
    code = OPTIONS.format("p.add_argument('--depth', type=int, default=8)\n")
    assert not any("says of it" in str(one) for one in actions({"README.md": readme, "train.py": code}, 5)[0].expect)


def test_the_configuration_of_the_paper_stands_in_for_that_of_a_trial() -> None:
    readme = (
        "# Net\n```\npython train.py --config configs/test.yaml\n```\n"
        "- `test.yaml`: a test configuration.\n- `paper.yaml`: what made the table of the paper.\n"
    )
    code = OPTIONS.format("p.add_argument('--config')\n")
    texts = {
        "README.md": readme,
        "train.py": code,
        "configs/test.yaml": "epochs: 3\n",
        "configs/paper.yaml": "epochs: 9\n",
    }
    full = actions(texts, 5)[0]
    assert full.command == "python train.py --config configs/paper.yaml"
    assert [str(one) for one in full.expect[:2]] == [
        "the document shows it with configs/test.yaml, and says of that: test.yaml: a test configuration.",
        "the document says of configs/paper.yaml: paper.yaml: what made the table of the paper.",
    ]
    del texts["configs/paper.yaml"]
    assert "says of configs/test.yaml" in str(actions(texts, 5)[0].expect[0])


def test_a_readme_that_gives_up_its_repository_is_quoted() -> None:
    texts = {"README.md": "**The code base is no longer maintained.**\n# Net\n", "train.py": TRAINS}
    assert "Know what its README says of its state: The code base is no longer maintained." in texts_of(texts, 0)
    texts = {"README.md": "# Net\nThe old dataset is no longer available.\n", "train.py": TRAINS}
    assert not any("its state" in one for one in texts_of(texts, 0))


def test_a_script_that_trains_is_no_demo() -> None:
    texts = {
        "README.md": "```\nbash scripts/demo_train.sh\n```\n",
        "scripts/demo_train.sh": "python train.py\n",
        "train.py": TRAINS,
    }
    assert not any("quickest try" in one for one in texts_of(texts, 0))


def test_what_may_be_filled_in_is_told() -> None:
    code = OPTIONS.format(
        "p.add_argument('--config')\np.add_argument('--model', default='small')\np.add_argument('--flow', type=int)\n"
    )
    readme = "```\npython train.py --config {NAME}.yaml --model <model> --flow [0/1/2]\n```\n"
    texts = {"README.md": readme, "train.py": code, "configs/a.yaml": "a: 1\n", "configs/b.yaml": "b: 1\n"}
    full = actions(texts, 5)[0]
    assert full.command == "python train.py --config NAME.yaml --model MODEL --flow FLOW"
    assert [str(one) for one in full.expect] == [
        "for NAME the repository has configs/a.yaml, configs/b.yaml",
        "MODEL: without --model the code takes small",
        "FLOW is one of 0, 1, 2",
    ]


def test_a_path_of_the_user_has_no_default() -> None:
    code = OPTIONS.format("p.add_argument('--data', default='data/mine')\n")
    full = actions({"README.md": "```\npython train.py --data /path/to/data\n```\n", "train.py": code}, 5)[0]
    assert full.fill_in == ("/path/to/data",)
    assert not any("without" in str(one) for one in full.expect)


def test_what_a_command_leaves_out_is_demanded_by_an_assertion() -> None:
    code = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--out')\np.add_argument('--show-dir')\n"
        "args = p.parse_args()\nassert args.out or args.show_dir, 'one'\n"
        "if __name__ == '__main__':\n    model.eval()\n    evaluate(model)\n"
    )
    texts = {"README.md": "```\npython test.py\n```\n", "test.py": code}
    told = "test.py demands at least one of --out, --show-dir: add one"
    assert told in [str(one) for one in actions(texts, 3)[0].expect]
    texts["README.md"] = "```\npython test.py --out a.pkl\n```\n"
    assert told not in [str(one) for one in actions(texts, 3)[0].expect]


def test_sampling_that_a_document_gives_for_evaluation_is_the_evaluation() -> None:
    code = (
        OPTIONS.format(
            "p.add_argument('--sample', action='store_true')\np.add_argument('--fid', action='store_true')\n"
            "p.add_argument('--pretrained', action='store_true')\n"
        )
        + "    if args.sample:\n        model.eval()\n        sample(model)\n"
    )
    readme = (
        "# Net\n## Train\n```\npython main.py\n```\n"
        "## Sampling for FID evaluation\n```\npython main.py --sample --fid\n```\n"
        "With our weights:\n```\npython main.py --sample --fid --pretrained\n```\n"
    )
    step = actions({"README.md": readme, "main.py": code}, 3)
    assert [one.command for one in step[:2]] == [
        "python main.py --sample --fid",
        "python main.py --sample --fid --pretrained",
    ]


def test_a_loop_that_starts_at_one_needs_two_epochs() -> None:
    code = OPTIONS.format("p.add_argument('--epochs', type=int, default=90)\n")
    loop = code + "    for epoch in range(1, args.epochs):\n        pass\n"
    assert actions({"README.md": "```\npython train.py\n```\n", "train.py": loop}, 4)[0].command == (
        "python train.py --epochs 2"
    )
    whole = loop.replace("args.epochs)", "args.epochs + 1)")
    assert actions({"README.md": "```\npython train.py\n```\n", "train.py": whole}, 4)[0].command == (
        "python train.py --epochs 1"
    )


def test_which_task_a_command_is_of_is_nothing_to_settle() -> None:
    code = OPTIONS.format("p.add_argument('--dataset', default='a')\np.add_argument('--lr', type=float, default=0.1)\n")
    readme = "```\npython train.py\n```\n```\npython train.py --dataset b\npython train.py --lr 0.2\n```\n"
    said = texts_of({"README.md": readme, "train.py": code}, 5)
    assert not any(one.startswith("Settle dataset") for one in said)
    assert any(one.startswith("Settle lr") for one in said)


def test_a_demo_configuration_beside_the_command_s_is_smaller_still() -> None:
    code = OPTIONS.format("p.add_argument('--config')\n")
    texts = {
        "README.md": "```\npython train.py --config configs/net.yaml\n```\n",
        "train.py": code,
        "configs/net.yaml": "max_iter: 1000\n",
        "configs/demo_net.yaml": "max_iter: 10\n",
    }
    assert "python train.py --config configs/demo_net.yaml" in [one.command for one in actions(texts, 4)]


def test_other_trainings_are_fitted_and_their_lost_files_told() -> None:
    code = OPTIONS.format("p.add_argument('--config')\n")
    readme = (
        "```\npython train.py --config configs/net-a.yaml\npython train.py --config configs/net_b_large.yaml\n```\n"
    )
    texts = {"README.md": readme, "train.py": code, "configs/net-a.yaml": "", "configs/net-b-large.yaml": ""}
    other = next(one for one in actions(texts, 5) if str(one.what).startswith("Another"))
    near = "configs/net-b-large.yaml"
    told = f"configs/net_b_large.yaml is not in the repository at this commit; the nearest name there is {near}"
    assert [str(one.text) for one in other.fails] == [told]


def test_data_that_code_names_on_a_hub_are_fetched_by_it() -> None:
    code = "from datasets import load_dataset\nd = load_dataset('tatsu-lab/alpaca')\n" + TRAINS
    first = next(one for one in actions({"README.md": "# N\n", "train.py": code}, 2) if "alpaca" in str(one.what))
    assert "the code fetches it itself when it first needs it" in [str(one) for one in first.expect]


def test_a_command_that_a_document_cuts_short_comes_after_whole_ones() -> None:
    code = OPTIONS.format("p.add_argument('--mode', type=int)\np.add_argument('--lr', type=float)\n")
    readme = "```\npython train.py --mode 4 ...\n```\n```\npython train.py --mode 1 --lr 0.1\n```\n"
    found = [one.command for one in actions({"README.md": readme, "train.py": code}, 5) if one.command]
    assert found == ["python train.py --mode 1 --lr 0.1"]


def test_the_command_behind_what_is_published_is_the_full_training() -> None:
    code = OPTIONS.format("p.add_argument('--lr', type=float)\n")
    readme = (
        "# Net\nExample usage:\n```\npython train.py\n```\n"
        "## Weights\nThe official weights were trained with the following command:\n"
        "```\npython train.py --lr 0.2\n```\n"
    )
    full = actions({"README.md": readme, "train.py": code}, 5)[0]
    assert full.command == "python train.py --lr 0.2"
    assert str(full.expect[0]).startswith("the document says of it: The official weights were trained")


def test_scripts_that_a_document_names_by_a_pattern_give_the_published_numbers() -> None:
    texts = {
        "README.md": "# Net\n```\npython train.py\n```\nWe have scripts to reproduce our models at `./run/big*.sh`.\n",
        "train.py": TRAINS,
        "run/big_a.sh": "python train.py --a 1\n",
        "run/big_b.sh": "python train.py --a 2\n",
    }
    first = actions(texts, 5)[0]
    assert first.command == "bash run/big_a.sh"
    assert str(first.what).endswith("the document names: run/big_a.sh, run/big_b.sh")


def test_the_training_with_another_logger_is_no_demo() -> None:
    code = OPTIONS.format("p.add_argument('--env')\np.add_argument('--online', action='store_true')\n")
    readme = "# Net\n```\npython train.py --env a\n```\n## Demo\n```\npython train.py --env a --online\n```\n"
    assert not any("quickest try" in one for one in texts_of({"README.md": readme, "train.py": code}, 0))


def test_data_of_recorded_play_come_through_their_library() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": "import gym\nimport d4rl\n" + TRAINS}
    assert "The data come through d4rl, which fetches them when they are first used" in texts_of(texts, 2)


def test_what_a_framework_writes_by_itself_is_followed() -> None:
    code = "from detectron2.engine import DefaultTrainer\nif __name__ == '__main__':\n    DefaultTrainer(cfg).train()\n"
    watch = actions({"README.md": "```\npython train.py\n```\n", "train.py": code}, 6)[0]
    assert watch.command == "tensorboard --logdir ./output"
    assert str(watch.what) == ("Follow what detectron2 writes by itself: events.out.tfevents.*, metrics.json, log.txt")


def test_a_folder_in_angle_brackets_is_no_tag() -> None:
    readme = "# Net\nBy default the data are stored in `<data-dir>/train`, see <b>there</b>.\n"
    said = texts_of({"README.md": readme, "train.py": TRAINS}, 2)
    assert (
        "Lay the data out as the document says: By default the data are stored in <data-dir>/train, see there." in said
    )


LISTED = (
    "python train.py --data /path/to/data\npython train.py --data /path/to/data --lr 2\n"
    "python sample.py --model /path/to/model\n"
)


def test_a_script_that_lists_examples_is_not_run_as_a_whole() -> None:
    code = OPTIONS.format("p.add_argument('--data')\np.add_argument('--lr')\n")
    texts = {
        "README.md": "# Net\nExamples of training are in scripts/launch.sh.\n",
        "scripts/launch.sh": LISTED,
        "scripts/train.py": code,
        "scripts/sample.py": "import torch\nif __name__ == '__main__':\n    model.eval()\n    sample(model)\n",
    }
    found = [one.command for one in actions(texts, 5) if one.command]
    assert found == [
        "(cd scripts && python train.py --data /path/to/data)",
        "(cd scripts && python train.py --data /path/to/data --lr 2)",
    ]
    texts["scripts/launch.sh"] = "DATA=$1\n" + LISTED  # it takes arguments: made to be run
    assert "bash scripts/launch.sh" in [one.command for one in actions(texts, 5)]


def test_a_short_run_reports_within_its_steps() -> None:
    code = OPTIONS.format(
        "p.add_argument('--max_steps', type=int, default=1000)\n"
        "p.add_argument('--log_interval', type=int, default=100)\n"
    )
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": code}
    assert actions(texts, 4)[0].command == "python train.py --max_steps 10 --log_interval 1"
    texts["train.py"] = code.replace("default=100)", "default=5)")
    assert actions(texts, 4)[0].command == "python train.py --max_steps 10"


def test_the_authors_own_places_in_a_file_of_settings_are_told() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": "from hyperparams import Hyperparams as hp\n" + TRAINS,
        "hyperparams.py": "class Hyperparams:\n    data = '/data/private/voice'\n    n_iter = 50  # of inversion\n",
    }
    assert "Set in hyperparams.py where yours lie: data (/data/private/voice)" in texts_of(texts, 2)
    texts["hyperparams.py"] = texts["hyperparams.py"].replace("of inversion", "inversion iterations")
    assert "n_iter" not in texts_of(texts, 4)[0]


def test_a_history_tells_of_no_layout() -> None:
    said = "The data are stored in `data/old`."
    texts = {"README.md": "# N\n", "history.md": said, "train.py": TRAINS}
    assert not any("Lay the data out" in one for one in texts_of(texts, 2))
    assert any("Lay the data out" in one for one in texts_of({**texts, "DATA.md": said}, 2))


def test_without_an_evaluation_no_checkpoint_is_to_be_evaluated() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAINS}
    assert not any("evaluate the checkpoint" in one for one in texts_of(texts, 3))


def test_what_prepares_data_is_told_once() -> None:
    texts = {
        "README.md": "* Run `python prepro.py`, then `python train.py`\n* Run `python eval.py`\n",
        "prepro.py": "import numpy\nif __name__ == '__main__':\n    make()\n",
        "train.py": TRAINS,
        "eval.py": "if __name__ == '__main__':\n    model.eval()\n    evaluate(model)\n",
    }
    commands = [one.command for number in (2, 3, 4, 5) for one in actions(texts, number)]
    assert commands.count("python prepro.py") == 1


def test_how_long_the_row_s_training_lasted() -> None:
    readme = (
        "```\npython train.py configs/a.yaml\n```\n"
        "## Results\n| config | mAP | training | file |\n|---|---|---|---|\n"
        "| A | 31.7 | 21hours | [config](configs/a.yaml) |\n| B | 32.7 | 22hours | [config](configs/b.yaml) |\n"
    )
    texts = {"README.md": readme, "train.py": TRAINS, "configs/a.yaml": "a: 1\n", "configs/b.yaml": "a: 1\n"}
    assert "its row of the table says training: 21hours" in [str(one) for one in actions(texts, 5)[0].cost]


def test_the_evaluation_s_writer_is_not_that_of_the_training() -> None:
    main = "if __name__ == '__main__':\n    {}\n"
    texts = {
        "README.md": "```\npython train.py\npython eval.py\n```\n",
        "eval.py": "import tensorflow as tf\nw = tf.summary.FileWriter('of_eval')\n"
        + main.format("model.eval()\n    evaluate()"),
        "train.py": "import tensorflow as tf\nsv = tf.train.Supervisor(logdir='of_train')\n"
        + main.format("loss.backward()\n    optimizer.step()"),
    }
    assert actions(texts, 6)[0].command == "tensorboard --logdir of_train"


def test_news_and_files_of_code_are_no_layout() -> None:
    readme = "# N\n- [2022/4/12] The datasets are stored in `data/old`.\n\nIt should be in `datasets/eval.py`.\n"
    texts = {"README.md": readme, "train.py": TRAINS}
    assert not any("Lay the data out" in one for one in texts_of(texts, 2))


def test_places_of_the_authors_machine_are_to_be_set() -> None:
    code = OPTIONS.format("p.add_argument('--train_data_root', default='/home/me/faces')\n")
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": code}
    told = "Set in train.py where yours lie: --train_data_root (/home/me/faces)"
    assert told in texts_of(texts, 2)
    texts["README.md"] = "```\npython train.py --train_data_root my/faces\n```\n"
    assert told not in texts_of(texts, 2)


def test_a_column_that_counts_rows_is_no_name() -> None:
    readme = "## Results\n| | name | box AP |\n|---|---|---|\n| 0 | Net-R50 | 42.2 |\n| 1 | Net-R101 | 44.5 |\n"
    step = actions({"README.md": readme, "train.py": TRAINS}, 3)
    assert "Net-R50: box AP: 42.2" in [str(one) for one in step[-1].expect]
