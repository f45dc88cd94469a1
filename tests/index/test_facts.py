from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from repotriage.index.facts import Missing, Project, parse_html, parse_json

PAGE = b"""{"files": [
 {"filename": "a_b-1.0-py3-none-any.whl", "url": "https://x.example/a_b-1.0-py3-none-any.whl",
  "hashes": {"sha256": "%s"}, "upload-time": "2020-01-02T03:04:05.5Z", "yanked": "broken", "size": 3},
 {"filename": "a-b-1.0.tar.gz", "url": "../../f/a-b-1.0.tar.gz", "yanked": false, "core-metadata": false},
 {"filename": "other-1.0.tar.gz", "url": "../../f/other-1.0.tar.gz"},
 {"filename": "a-b-nonsense.tar.gz", "url": "x"},
 {"filename": "a_b-2.0-py3-none-any.whl", "url": "file:///etc/passwd"},
 7]}""" % (b"ab" * 32)


def test_json_page_gives_the_files_of_the_project_only() -> None:
    project = parse_json("A.B", PAGE, "https://i.example/simple/a-b/")
    assert isinstance(project, Project)
    wheel, sdist = project.files
    assert (wheel.kind, str(wheel.version), wheel.sha256, wheel.yanked) == ("wheel", "1.0", "ab" * 32, "broken")
    assert wheel.uploaded is not None
    assert wheel.uploaded.isoformat() == "2020-01-02T03:04:05.500000+00:00"
    assert (sdist.kind, sdist.url, sdist.yanked) == ("sdist", "https://i.example/f/a-b-1.0.tar.gz", None)


def test_html_page() -> None:
    body = (
        b'<a href="a-1.0%2Bcu118-cp38-cp38-linux_x86_64.whl#sha256=' + b"cd" * 32 + b'" '
        b'data-requires-python="&gt;=3.8" data-yanked="">x</a><a href="a-1.tar.gz">'
    )
    wheel, sdist = parse_html("a", body, "https://i.example/simple/a/").files
    assert (str(wheel.version), wheel.requires_python, wheel.yanked) == ("1.0+cu118", ">=3.8", "")
    assert wheel.tags == ("cp38", "cp38", "linux_x86_64")
    assert sdist.uploaded is None


def test_a_page_in_no_known_form_is_unreadable() -> None:
    assert parse_json("a", b"[]", "https://i.example/") == Missing("a", "unreadable", "no list of files")


@given(st.binary(max_size=300))
def test_pages_are_read_or_refused(body: bytes) -> None:
    assert isinstance(parse_json("a", body, "https://i.example/"), Missing | Project)
    assert isinstance(parse_html("a", body, "https://i.example/"), Project)


def test_a_wheel_whose_tags_no_installer_takes_is_no_file() -> None:
    names = ("a-1.0-py3.10-none-any.whl", "a-1.0-py2.py3-none-any.whl", "a-1.1-1-cp310-cp310-linux_x86_64.whl")
    body = "".join(f'<a href="{name}">' for name in names).encode()
    assert [file.filename for file in parse_html("a", body, "https://i.example/simple/a/").files] == list(names[1:])
