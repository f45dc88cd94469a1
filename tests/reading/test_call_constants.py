from tests.reading import read


def settings(code: str) -> list[tuple[str, str | None]]:
    return [(one.name, one.value) for one in read({"train.py": code}).hyperparameters]


def test_what_the_code_gives_to_a_librarys_configuration_is_a_setting() -> None:
    code = "from peft import LoraConfig\nc = LoraConfig(r=8, bias='none', target_modules=targets)\nprint(end=1)\n"
    assert settings(code) == [("r", "8"), ("bias", "none")]


def test_numbers_of_the_training_that_no_call_gives_are_settings() -> None:
    code = (
        "def train_model(net, clip: float = 1.0, scale=2):\n    pass\n"
        "def show(net, width=3):\n    pass\n"
        "if __name__ == '__main__':\n    train_model(net, scale=args.scale)\n    show(net)\n"
    )
    assert settings(code) == [("clip", "1.0")]


def test_a_setting_that_code_gives_to_its_own_function() -> None:
    code = "def guess(x, T, k=1):\n    pass\nguess(y, T=0.5, k=2)\n"
    assert settings(code) == [("T", "0.5")]
