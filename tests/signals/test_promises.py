import pytest

from repotriage.signals.promises import promises
from tests.builders import study


@pytest.mark.parametrize(
    "line",
    [
        "Code coming soon!",
        "The code will be released upon acceptance.",
        "- [ ] Release training code",
        "We will release the code after the review.",
        "代码即将开源",
        "The code is to be published.",
    ],
)
def test_a_promise_of_code_is_found_with_its_line(line: str) -> None:
    (found,) = promises(study({"README.md": f"# Title\n\n{line}\n"}), "code")
    assert str(found.at) == "README.md:3"


@pytest.mark.parametrize("line", ["- [x] Release training code", "The code was released.", "Run the code with make."])
def test_what_is_kept_is_no_promise(line: str) -> None:
    assert promises(study({"README.md": line}), "code") == ()


def test_a_promise_of_weights_is_none_of_code() -> None:
    one = study({"README.md": "Checkpoints: coming soon"})
    assert promises(one, "weights")
    assert not promises(one, "code")


def test_huge_lines_are_looked_at_in_part() -> None:
    assert promises(study({"README.md": "- [ ] " + "a" * 5_000_000 + " release code"}), "code") == ()
