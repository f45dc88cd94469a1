from repotriage.signals.documented_scripts_exist import documented_scripts_exist
from tests.builders import command, gap, learning, study

GOOD = command("python train.py", script="train.py")
GONE = command("python eval.py", line=9)


def test_all_there_is_good() -> None:
    assert documented_scripts_exist(study({"train.py": ""}, reading=learning(commands=(GOOD,)))).verdict == "good"


def test_some_gone_are_graded_by_the_share_that_is_there() -> None:
    finding = documented_scripts_exist(study({"train.py": ""}, reading=learning(commands=(GOOD, GONE))))
    assert finding.grade == 0.5
    assert str(finding.evidence[0].at) == "README.md:9"


def test_files_that_were_not_read_may_be_those() -> None:
    one = study({"train.py": ""}, reading=learning(commands=(GOOD, GONE)), gaps=(gap("files"),))
    assert documented_scripts_exist(one).verdict == "unknown"


def test_no_command_no_question() -> None:
    assert documented_scripts_exist(study({"train.py": ""}, reading=learning())).verdict == "n/a"
