import pytest

from repotriage.reading.roles import role_of_flags, role_of_name, role_of_program


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("train_net", "train"),
        ("finetune", "train"),
        ("run_pretraining", "train"),
        ("evaluate", "evaluate"),
        ("calc_metrics", "evaluate"),
        ("extract_accuracy", "evaluate"),
        ("test", "evaluate"),
        ("inference_realesrgan", "inference"),
        ("GenerateImages", "inference"),
        ("web_demo", "demo"),
        ("prepare_data", "data"),
        ("download_train_data", "data"),
        ("create_pretraining_data", "data"),
        ("download_kitti_test", "data"),
        ("export_onnx", "export"),
        ("模型训练", "train"),
        ("get_map", "evaluate"),
        ("compute_fid_score", "evaluate"),
        ("pytorch_fid", "evaluate"),
        ("pytorch_test_fid_b", "evaluate"),
        ("tf_models", None),
        ("get_data", "data"),
        ("Dataset996_IntegrationTest", "data"),
        ("main", None),
        ("latest", None),
        ("value", None),
        ("", None),
    ],
)
def test_names(name: str, role: str | None) -> None:
    assert role_of_name(name) == role


@pytest.mark.parametrize(
    ("arguments", "role"),
    [
        (["--eval"], "evaluate"),
        (["--eval-only", "--resume", "x"], "evaluate"),
        (["--do_train", "--do_eval"], "train"),
        (["--mode", "test"], "evaluate"),
        (["mode=train"], "train"),
        (["--eval", "False"], None),
        (["--val", "--npz"], "evaluate"),
        (["--test", "data/test.csv"], None),
        (["--lr", "0.1"], None),
        ([], None),
    ],
)
def test_flags(arguments: list[str], role: str | None) -> None:
    assert role_of_flags(arguments) == role


def test_programs() -> None:
    assert role_of_program("pip") == "install"
    assert role_of_program("wget") == "data"
    assert role_of_program("frobnicate") is None


def test_a_switch_inside_of_json() -> None:
    assert role_of_flags(["--hparams", '{"do_train": false, "do_eval": true}']) == "evaluate"
    assert role_of_flags(["--hparams", '{"do_train": true, "do_eval": true}']) != "evaluate"
