from repotriage.models.reading import Hyperparameter, Reading
from repotriage.signals.hyperparameters_given import hyperparameters_given
from tests.builders import CODE, at, gap, learning, study


def settings(n: int, value: str | None = "0.002") -> tuple[Hyperparameter, ...]:
    return tuple(
        Hyperparameter(name=f"p{i}", value=value, source="argparse", at=at("train.py", i + 1)) for i in range(n)
    )


def test_some_with_values_are_good() -> None:
    finding = hyperparameters_given(study(reading=learning(hyperparameters=settings(3))))
    assert finding.verdict == "good"
    assert finding.evidence[0].text == "p0 = 0.002"


def test_too_few_or_without_values_are_bad() -> None:
    assert hyperparameters_given(study(reading=learning(hyperparameters=settings(2)))).verdict == "bad"
    assert hyperparameters_given(study(reading=learning(hyperparameters=settings(9, None)))).verdict == "bad"


def test_unread_files_are_not_known_and_code_without_a_model_is_not_asked() -> None:
    assert hyperparameters_given(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert hyperparameters_given(study(reading=Reading(size=CODE))).verdict == "n/a"
