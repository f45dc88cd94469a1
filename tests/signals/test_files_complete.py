from repotriage.signals.files_complete import files_complete
from tests.builders import command, file, gap, learning, study

FILES = (file("big.pth", None, kind="lfs"), file("third", None, mode="submodule"))


def test_plain_files_are_good() -> None:
    assert files_complete(study({"a.py": ""})).verdict == "good"


def test_what_a_clone_leaves_out_is_bad_unless_the_readme_tells_of_it() -> None:
    assert files_complete(study(files=FILES)).grade == 0
    assert files_complete(study(files=FILES[:1])).grade == 0.5
    told = learning(commands=(command("git clone --recursive https://x"), command("git lfs pull")))
    assert files_complete(study(files=FILES, reading=told)).verdict == "good"


def test_an_incomplete_list_is_not_known_and_an_empty_one_no_question() -> None:
    assert files_complete(study({"a.py": ""}, gaps=(gap("files"),))).verdict == "unknown"
    assert files_complete(study()).verdict == "n/a"
