from repotriage.models.reading import Reading
from repotriage.signals.demo_available import demo_available
from tests.builders import CODE, asset, declared, gap, imported, learning, study


def test_a_link_whose_notebook_is_there_comes_first() -> None:
    linked, checked = asset("demo"), asset("demo", url="https://colab.example/x", there=True)
    finding = demo_available(study(reading=learning(assets=(linked, checked))))
    assert finding.verdict == "good"
    assert finding.evidence[0].url == "https://colab.example/x"


def test_an_app_or_an_image_will_do() -> None:
    app = demo_available(study(reading=learning(), dependencies=declared(imports=(imported("gradio"),))))
    assert app.verdict == "good"
    image = demo_available(study({"docker/Dockerfile": "FROM x"}, reading=learning()))
    assert str(image.evidence[0].at) == "docker/Dockerfile"


def test_a_link_to_a_notebook_that_is_not_there_is_bad() -> None:
    finding = demo_available(study(reading=learning(assets=(asset("demo", there=False),))))
    assert finding.verdict == "bad"
    assert "not in the repository" in str(finding.summary)


def test_none_is_bad_or_not_known_or_makes_no_sense() -> None:
    assert demo_available(study(reading=learning())).verdict == "bad"
    assert demo_available(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert demo_available(study(reading=Reading(size=CODE))).verdict == "n/a"


def test_an_app_in_the_code_is_not_told_as_a_link() -> None:
    reading = learning(assets=(asset("demo", url=None),))
    assert "linked" not in str(demo_available(study(reading=reading)).summary)
