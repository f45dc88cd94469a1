"""The environment of step 1, on each system."""

import pytest

from repotriage.models.solution import Environment
from repotriage.plan.virtual import activation, installation, interpreter, shells
from tests.plan.studies import study


@pytest.mark.parametrize(
    ("os", "expected"),
    [
        ("linux", ("sh env/install.sh .venv", ".venv/bin/python", ". .venv/bin/activate", 0)),
        ("macos", ("sh env/install.sh .venv", ".venv/bin/python", ". .venv/bin/activate", 0)),
        (
            "windows",
            (
                "powershell -ExecutionPolicy Bypass -File env/install.ps1 .venv",
                ".venv/Scripts/python.exe",
                ". .venv/Scripts/activate",
                1,
            ),
        ),
    ],
)
def test_the_environment_as_a_shell_of_the_machine_sees_it(os: str, expected: tuple[str, str, str, int]) -> None:
    environment = Environment.model_validate({"verdict": "unknown", "best": None, "os": os})
    found = study({}).model_copy(update={"environment": environment})
    told = (installation(found, "env"), interpreter(found), activation(found), len(shells(found)))
    assert told == expected
