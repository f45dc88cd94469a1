from repotriage.models.reading import EntryPoint
from tests.reading import read

MAIN = "\nif __name__ == '__main__':\n    main()\n"
TRAINS = "def main():\n    loss.backward()\n    optimizer.zero_grad()\n" + MAIN
EVALUATES = "def main():\n    evaluate(model)\n    model.load_state_dict(x)\n" + MAIN


def of(texts: dict[str, str], role: str) -> list[EntryPoint]:
    return [entry for entry in read(texts).entry_points if entry.role == role]


def test_what_the_readme_shows_leads() -> None:
    readme = "# X\n## Train\n```\npython run.py --x\n```\n"
    texts = {"README.md": readme, "run.py": TRAINS, "train.py": TRAINS}
    first, second = of(texts, "train")
    assert (first.path, first.rank, str(first.documented_at)) == ("run.py", 1, "README.md:4")
    assert first.command is not None
    assert first.command.raw == "python run.py --x"
    assert (second.path, second.documented_at) == ("train.py", None)
    assert first.weight > second.weight
    assert any("README.md" in str(reason) for reason in first.reasons)


def test_names_and_code_tell_where_no_document_does() -> None:
    texts = {"model.py": "class M: pass\n", "train.py": TRAINS, "go.py": TRAINS, "check.py": EVALUATES}
    assert [entry.path for entry in of(texts, "train")] == ["train.py", "go.py"]
    assert [(entry.path, entry.line) for entry in of(texts, "evaluate")][:1] == [("check.py", 5)]


def test_training_that_evaluates_is_the_evaluation_when_nothing_else_is() -> None:
    assert [entry.path for entry in of({"train.py": TRAINS + "model.eval()\n"}, "evaluate")] == ["train.py"]
    assert of({"train.py": TRAINS}, "evaluate") == []


def test_a_library_has_none() -> None:
    assert read({"pkg/__init__.py": "def f():\n    return 1\n", "README.md": "# X\n"}).entry_points == ()


def test_unit_tests_and_vendored_code_are_not_entry_points() -> None:
    texts = {
        "tests/test_train.py": "def test_a():\n    pass\ndef test_b():\n    pass\n" + MAIN,
        "third_party/x/train.py": TRAINS,
    }
    assert read(texts).entry_points == ()


def test_a_module_of_datasets_is_no_preparation_of_data() -> None:
    texts = {
        "datasets.py": "import torch\nprint(torch)\nclass A:\n    pass\n",
        "train.py": "if __name__ == '__main__':\n    1\n",
    }
    assert [one.path for one in of(texts, "data")] == []
    texts["datasets.py"] += "if __name__ == '__main__':\n    A()\n"
    assert [one.path for one in of(texts, "data")] == ["datasets.py"]


def test_a_project_inside_this_one_has_programs_of_its_own() -> None:
    texts = {
        "train.py": TRAINS,
        "mamba/setup.py": "",
        "mamba/evals/evaluate.py": EVALUATES,
        "mamba/README.md": "```\npython evals/evaluate.py\n```\n",
    }
    assert [entry.path for entry in of(texts, "evaluate")] == []
    del texts["train.py"]
    assert [entry.path for entry in of(texts, "evaluate")] == ["mamba/evals/evaluate.py"]


def test_scripts_and_notebooks_that_are_only_named_have_the_job_that_they_do() -> None:
    texts = {
        "README.md": "Run `run_example.sh` first. \nFor inference open show.ipynb, and plain.ipynb too.\n",
        "run_example.sh": "python -m torch.distributed.launch train.py --lr 1\n",
        "train.py": TRAINS,
        "show.ipynb": '{"cells": [{"cell_type": "code", "source": ["x = 1"]}], "nbformat": 4, "metadata": {}}',
        "plain.ipynb": '{"cells": [], "nbformat": 4, "metadata": {}}',
    }
    assert [entry.path for entry in of(texts, "train")] == ["train.py", "run_example.sh"]
    assert [entry.path for entry in of(texts, "inference")] == ["show.ipynb"]


def test_a_script_that_trains_and_evaluates_goes_before_a_part_that_nothing_documents() -> None:
    trains = "def main():\n    loss.backward()\n    optimizer.zero_grad()\n    evaluate(model)\n" + MAIN
    texts = {
        "README.md": "# Train\n```\npython main.py\n```\n",
        "main.py": trains,
        "sampling.py": "def sample(): pass\n",
    }
    assert [entry.path for entry in of(texts, "evaluate")] == ["main.py"]


def test_a_notebook_whose_link_holds_an_escaped_space() -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": ["loss.backward()\\n", "optimizer.step()"]}]}'
    texts = {"README.md": "# Train\n[training example](a%20train.ipynb)\n", "a train.ipynb": notebook}
    (entry,) = of(texts, "train")
    assert (entry.path, str(entry.documented_at)) == ("a train.ipynb", "README.md:2")


def test_a_command_that_trains_and_evaluates_documents_both() -> None:
    readme = "# X\n## Train\n```\npython run.py --mode=train_then_eval\n```\n"
    part = {"extra/eval_other.py": EVALUATES}
    (first, *_) = of({"README.md": readme, "run.py": TRAINS, **part}, "evaluate")
    assert (first.path, str(first.documented_at)) == ("run.py", "README.md:4")


def test_a_script_that_holds_such_a_command_documents_it() -> None:
    texts = {
        "README.md": "# X\n```\nbash scripts/rte.sh\n```\n",
        "scripts/boolq.sh": "python run.py --do_train --do_eval\n",
        "scripts/rte.sh": "python run.py --do_train --do_eval\n",
        "run.py": TRAINS,
    }
    (first,) = of(texts, "evaluate")
    assert (first.path, str(first.documented_at)) == ("run.py", "README.md:3")
    assert first.command is not None
    assert first.command.raw == "bash scripts/rte.sh"


def test_a_bare_name_means_the_file_in_each_of_the_folders_that_a_document_stands_above() -> None:
    readme = "# X\nIn each directory:\n```\npython pretrain.py\npython finetune.py\n```\n"
    files = {f"{folder}/{name}.py": TRAINS for folder in ("bio", "chem") for name in ("pretrain", "finetune")}
    found = of({"README.md": readme, **files}, "train")
    assert [(one.path, str(one.documented_at)) for one in found] == [
        ("bio/pretrain.py", "README.md:4"),
        ("bio/finetune.py", "README.md:5"),
        ("chem/pretrain.py", "README.md:4"),
        ("chem/finetune.py", "README.md:5"),
    ]


def test_the_example_that_the_readme_names_goes_before_those_of_other_readmes() -> None:
    texts = {
        "README.md": "# X\nThe script is [examples/first/dqn.py](examples/first/dqn.py).\n",
        "examples/games/README.md": "# Games\n```\npython train_game.py\n```\n",
        "examples/games/train_game.py": TRAINS,
        "examples/first/dqn.py": TRAINS,
    }
    assert [one.path for one in of(texts, "train")] == ["examples/first/dqn.py", "examples/games/train_game.py"]


def test_a_notebook_is_for_what_the_sentence_that_names_it_says() -> None:
    cell = '{"cells": [{"cell_type": "code", "source": ["trainer.train()\\n", "x = 1"]}]}'
    texts = {"README.md": "# X\nA notebook to evaluate: [open](colab.ipynb)\n", "colab.ipynb": cell}
    assert [one.path for one in of(texts, "evaluate")] == ["colab.ipynb"]


def test_a_documented_script_goes_before_what_only_it_starts() -> None:
    texts = {
        "sub/docs/EVAL.md": "# Evaluation\n```\nbash eval/depth/eval.sh\n```\n",
        "sub/eval/depth/eval.sh": "python eval/depth/evaluate_images.py\n",
        "sub/eval/depth/evaluate_images.py": EVALUATES,
    }
    assert [one.path for one in of(texts, "evaluate")] == list(texts)[1:]


def test_which_set_a_name_means_is_no_evaluation() -> None:
    assert of({"extract_train_test_set.py": "x = 1" + MAIN}, "evaluate") == []


def test_training_by_a_runner_of_another_file_that_evaluates() -> None:
    texts = {
        "pkg/fixed/train.py": "from pkg.fixed import run_experiment\ndef main():\n    run_experiment.Runner().run()\n"
        + MAIN,
        "pkg/fixed/run_experiment.py": "class Runner:\n    def run(self):\n        self._run_eval_phase(1)\n",
    }
    assert [one.path for one in of(texts, "evaluate")] == ["pkg/fixed/train.py"]


def test_an_example_that_runs_an_experiment_trains() -> None:
    readme = "# X\n- [example script](examples/ant.py)\n"
    ant = "def main():\n    run_experiment(experiment, variant=v)\n" + MAIN
    assert [one.path for one in of({"README.md": readme, "examples/ant.py": ant}, "train")] == ["examples/ant.py"]


def test_a_name_with_a_hole_means_the_files_that_fit() -> None:
    readme = "# X\nRun `xxx_predict.py` to test. `python examples/{ant|bee}.py` trains.\n"
    files = {"a/cnn_predict.py": EVALUATES, "b/rnn_predict.py": EVALUATES, "examples/ant.py": TRAINS}
    reading = read({"README.md": readme, **files, "examples/bee.py": TRAINS, "examples/cow.py": "x = 1\n"})
    named = {one.path for one in reading.entry_points if str(one.documented_at) == "README.md:2"}
    assert named == {*files, "examples/bee.py"}


def test_a_file_of_models_that_tries_itself_out_is_no_entry_point() -> None:
    assert read({"rnn/text_rnn_model.py": "class M:\n    pass\ntest()\n"}).entry_points == ()


def test_a_script_whose_name_says_both_trains_and_evaluates() -> None:
    texts = {
        "README.md": "# X\n## Run\n```shell\n./train_test.sh a b\n```\n",
        "train_test.sh": "bash train.sh\nbash test.sh\n",
        "train.sh": "python train.py\n",
        "test.sh": "python test.py\n",
        "train.py": TRAINS,
        "test.py": EVALUATES,
    }
    assert "train_test.sh" in [entry.path for entry in of(texts, "train")]
    both = next(entry for entry in of(texts, "evaluate") if entry.path == "train_test.sh")
    assert str(both.documented_at) == "README.md:4"


def test_a_notebook_of_the_documentation_is_an_entry_point_where_it_is_named() -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": ["model.predict(x)"]}], "metadata": {}, "nbformat": 4}'
    texts = {"docs/a_demo.ipynb": notebook, "docs/other_demo.ipynb": notebook}
    readme = "Start with the [notebook](docs/a_demo.ipynb).\n"
    assert [entry.path for entry in of({**texts, "README.md": readme}, "demo")] == ["docs/a_demo.ipynb"]


def test_a_notebook_that_trains_nothing_is_no_training_by_its_name() -> None:
    code = "model.load_state_dict(x)\\nmodel.eval()"
    notebook = '{"cells": [{"cell_type": "code", "source": ["' + code + '"]}], "metadata": {}, "nbformat": 4}'
    readme = "See the [notebook](Integration_After_Pretraining.ipynb).\n"
    texts = {"README.md": readme, "Integration_After_Pretraining.ipynb": notebook}
    assert of(texts, "train") == []
    assert len(of(texts, "inference")) == 1


def test_what_is_shown_under_the_preparation_of_training_data_trains_nothing() -> None:
    readme = "# X\n## Prepare Training Data\nRun `python look.py` to see the images and training labels.\n"
    assert of({"README.md": readme, "look.py": "print(1)\n" + MAIN}, "train") == []


def test_a_launcher_of_the_repository_is_not_what_it_starts() -> None:
    readme = "# X\n```\npython ./deep.py train.py a.yml\n```\nThen evaluate:\n```\npython deep.py eval.py a.yml\n```\n"
    texts = {"README.md": readme, "deep.py": MAIN, "train.py": TRAINS, "eval.py": EVALUATES}
    assert [entry.path for entry in of(texts, "train")] == ["train.py"]
    assert [entry.path for entry in of(texts, "evaluate")][:1] == ["eval.py"]


def test_a_configuration_in_python_is_not_started() -> None:
    readme = "# X\n## Train\n```\npython main.py configs/eval_big.py\n```\n"
    texts = {"README.md": readme, "main.py": TRAINS, "configs/eval_big.py": "batch = 3\n"}
    assert read(texts).commands[0].script == "main.py"


def test_the_readme_of_the_repository_may_lead_into_a_project_inside_it() -> None:
    readme = "# X\n## Train\n```\ncd a\npython main.py\n```\n## Fit\n```\ncd b\npython run.py\n```\n"
    texts = {"README.md": readme, "a/main.py": TRAINS, "a/setup.py": "", "b/run.py": TRAINS, "c.py": "x = 1\n"}
    assert [entry.path for entry in of(texts, "train")] == ["a/main.py", "b/run.py"]


def test_extracting_is_a_step_of_the_evaluation_where_the_title_says_so() -> None:
    shown = "```\npython extract_features.py\n```\n"
    texts = {"extract_features.py": MAIN}
    assert len(of({**texts, "README.md": f"# X\n## Evaluation\n{shown}"}, "evaluate")) == 1
    assert len(of({**texts, "README.md": f"# X\n## Data\n{shown}"}, "data")) == 1


def test_scripts_that_a_table_shows_without_a_shell_are_commands_if_they_are_there() -> None:
    readme = (
        "# X\n## Fine-tuning\n| Task | Command |\n|---|---|\n| A | `exp/mnli.sh large` |\n| B | `exp/gone.sh large` |\n"
    )
    texts = {"README.md": readme, "exp/mnli.sh": "python run.py --do_train\n", "run.py": TRAINS}
    assert str(of(texts, "train")[0].documented_at) == "README.md:5"
    assert [command.script for command in read(texts).commands if command.at.path == "README.md"] == ["exp/mnli.sh"]


def test_a_notebook_with_a_model_that_a_document_names_without_a_word_is_a_demo() -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": ["CODE"]}], "metadata": {}, "nbformat": 4}'
    texts = {
        "README.md": "# X\n## Poses\nSee [a](tools/keypoint.ipynb) and [b](tools/explore.ipynb).\n",
        "tools/keypoint.ipynb": notebook.replace("CODE", "model.float().eval()"),
        "tools/explore.ipynb": notebook.replace("CODE", "table.plot()"),
    }
    assert [entry.path for entry in of(texts, "demo")] == ["tools/keypoint.ipynb"]


def test_a_document_in_any_folder_counts_where_the_readme_leads_to_it() -> None:
    texts = {
        "README.md": "# X\n## Training\nSee [the steps](assets/more/steps.md).\n",
        "assets/more/steps.md": "## Training\n```\ntorchrun train.py --config a.yaml\n```\n",
        "assets/more/gallery.md": "## Training\n```\npython other.py\n```\n",
        "train.py": TRAINS,
        "other.py": MAIN,
    }
    assert [str(entry.documented_at) for entry in of(texts, "train")] == ["assets/more/steps.md:3"]
