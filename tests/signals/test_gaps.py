import pytest

from repotriage.models.snapshot import File
from repotriage.signals.gaps import reason, unread_files
from tests.builders import file, gap, study


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ((file("a.png", None, kind="unread"), file("a.py")), None),
        ((file("train.py", None, kind="unread"),), "unknown"),
        ((file("README.md", None, kind="unread", mode="symlink"),), None),
    ],
)
def test_unread_contents_matter_where_they_may_hide_code_or_words(files: tuple[File, ...], verdict: str | None) -> None:
    found = unread_files(study(files=files, gaps=(gap("files", "partial"),)), "x")
    assert (None if found is None else found.verdict) == verdict


def test_a_list_that_was_cut_hides_anything() -> None:
    found = unread_files(study({"a.py": ""}, gaps=(gap("files", "partial"), gap("files", "truncated"))), "x")
    assert found is not None


def test_the_reason_is_the_gaps_own_or_a_plain_one() -> None:
    assert str(reason(study(gaps=(gap("github", "timeout"),)), "github.stars")) == "not asked: offline"
    assert str(reason(study(), "github.stars")) == "GitHub did not tell"
    assert str(reason(study(), "history")) == "the commits could not be read"
    assert str(reason(study(), "files")) == "it could not be read"
