import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.parsing.shell import parse_shell


def words(text: str) -> list[tuple[str, ...]]:
    return [command.argv for command in parse_shell(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python train.py --lr 0.1", [("python", "train.py", "--lr", "0.1")]),
        ("$ python a.py", [("python", "a.py")]),
        ("(venv) $ python a.py", [("python", "a.py")]),
        ("(base) me@box:~/x$ python a.py", [("python", "a.py")]),
        ("(base)[project]$ python a.py", [("python", "a.py")]),
        (">>> pip install x", [("pip", "install", "x")]),
        ("!pip install 'torch<2'", [("pip", "install", "torch<2")]),
        ("%cd repo", [("cd", "repo")]),
        ("# a comment\npython a.py # why", [("python", "a.py")]),
        ("pip install x#egg=y", [("pip", "install", "x#egg=y")]),
        ("cd a && python b.py; ls | wc", [("cd", "a"), ("python", "b.py"), ("ls",), ("wc",)]),
        ("python a.py > log.txt 2>&1 &\nls", [("python", "a.py"), ("ls",)]),
        ("python a.py \\\n  --x 1 \\\n  --y 2", [("python", "a.py", "--x", "1", "--y", "2")]),
        ("python a.py --data <path to data> -v", [("python", "a.py", "--data", "<path to data>", "-v")]),
        ("cat <<EOF > f\nrm -rf /\nEOF\nls", [("cat",), ("ls",)]),
        ('python -c "import x\nprint(1)"\nls', [("python", "-c", "import x\nprint(1)".replace("\n", " ")), ("ls",)]),
        ("for s in 1 2; do\n  python a.py --seed $s\ndone", [("python", "a.py", "--seed", "$s")]),
        ("if true; then make; fi", [("make",)]),
        ('N="b c"\npython a.py $N "${N}" \'$N\'', [("python", "a.py", "b c", "b c", "$N")]),
        ("export A=1\necho $A", [("export", "A=1"), ("echo", "1")]),
        ("$ ls\nfile1 file2\n$ pwd", [("ls",), ("pwd",)]),
        ("don't panic\nls", [("don't", "panic"), ("ls",)]),
        ("pip install torch>=1.0", [("pip", "install", "torch>=1.0")]),
        ("%%bash\nls", [("ls",)]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


def test_environment_lines_and_joints() -> None:
    first, second = parse_shell("# x\nCUDA_VISIBLE_DEVICES=0,1 A='b c' python a.py && ls", first_line=10)
    assert first.env == (("CUDA_VISIBLE_DEVICES", "0,1"), ("A", "b c"))
    assert (first.line, first.joint, second.line, second.joint) == (11, "", 11, "&&")
    assert first.raw == "CUDA_VISIBLE_DEVICES=0,1 A='b c' python a.py && ls"


def test_a_variable_that_grows_is_not_followed() -> None:
    text = "A=aaaaaaaaaa\n" + "A=$A$A$A$A\n" * 30 + "echo $A"
    ((_, value),) = words(text)
    assert len(value) <= 4000


@pytest.mark.parametrize("piece", ["'", '"', "$(", "<a ", "\\", "`", "a \\\n", "<<A\n", "&", "# "])
def test_hostile_repetition_is_cheap(piece: str) -> None:
    parse_shell(piece * (100_000 // len(piece)))


@given(st.text(alphabet="ab =$'\"\\;&|<>()#\n{}`!%>-", max_size=200))
def test_total_and_in_order(text: str) -> None:
    commands = parse_shell(text, first_line=5)
    lines = [command.line for command in commands]
    assert lines == sorted(lines)
    assert all(command.argv and 5 <= command.line <= 5 + text.count("\n") for command in commands)


@given(st.lists(st.text(alphabet="abcXYZ01._/-", min_size=1, max_size=8), min_size=1, max_size=5))
def test_plain_words_come_back(argv: list[str]) -> None:
    assert words("echo " + " ".join(argv)) == [("echo", *argv)]


def test_a_comment_is_not_continued() -> None:
    (command,) = parse_shell("# python old.py \\\npython train.py \\\n  --x 1\n")
    assert (command.argv, command.line) == (("python", "train.py", "--x", "1"), 2)


def test_a_name_ends_where_a_quote_begins() -> None:
    (command,) = parse_shell("seq_len=336\npython run.py --id Exchange_$seq_len'_'96 --des 'Exp $x'\n")
    assert command.argv == ("python", "run.py", "--id", "Exchange_336_96", "--des", "Exp $x")


def test_a_text_editor_s_dash_begins_an_option() -> None:
    assert parse_shell("python a.py \u2013learning_rate 1 \u2014seed 2 \u2013 b")[0].argv == (
        "python", "a.py", "--learning_rate", "1", "--seed", "2", "\u2013", "b",
    )  # fmt: skip


def test_a_comment_after_a_backslash_does_not_end_the_command() -> None:
    (command,) = parse_shell("python a.py \\\n  --data x \\  # replace it\n  --eval\n")
    assert command.argv == ("python", "a.py", "--data", "x", "--eval")
