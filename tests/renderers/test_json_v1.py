from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from repotriage.models.reading import Reading
from repotriage.models.report import Report
from repotriage.models.requirement import Dependencies, Requirement
from repotriage.models.snapshot import ApiUsage, Gap
from repotriage.models.text import clean
from repotriage.renderers import json_v1
from tests.renderers import reports
from tools.generate_schema import TARGET

VALIDATOR = Draft202012Validator(json_v1.schema())


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(TARGET.read_text("utf-8")) == json_v1.schema(), "run: make docs"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_v1.schema())


@pytest.mark.parametrize("report", [reports.report(), reports.empty()], ids=["full", "empty"])
def test_a_report_follows_the_schema(report: Report) -> None:
    VALIDATOR.validate(json.loads(json_v1.render(report)))


def test_the_schema_refuses_what_is_no_report() -> None:
    made = json.loads(json_v1.render(reports.report()))
    del made["score"]["findings"][0]["verdict"]
    assert not VALIDATOR.is_valid(made)


@given(st.text(max_size=30))
@settings(max_examples=30)
def test_no_string_holds_a_control_character(text: str) -> None:
    made = json_v1.render(reports.report(text))
    VALIDATOR.validate(json.loads(made))

    def strings(node: object) -> list[str]:
        if isinstance(node, dict):
            return [one for key, inner in node.items() for one in [key, *strings(inner)]]
        if isinstance(node, list):
            return [one for inner in node for one in strings(inner)]
        return [node] if isinstance(node, str) else []

    assert all(clean(one) == one for one in strings(json.loads(made)))


def test_evidence_leads_to_the_place_at_the_commit() -> None:
    made = json.loads(json_v1.render(reports.report("x")))
    (weights,) = [one for one in made["score"]["findings"] if one["signal"] == "weights"]
    assert weights["evidence"][0]["path"] == "x.py"
    assert weights["evidence"][0]["url"] == f"https://github.com/owner/x/blob/{'a' * 40}/x.py#L7"
    assert weights["evidence"][1]["url"] == "https://github.com/owner/x/issues/4"
    assert weights["loss"] == 0.25
    assert made["score"]["biggest_losses"] == ["weights", "tests"]


def test_what_is_unknown_is_null_never_zero() -> None:
    made = json.loads(json_v1.render(reports.report()))
    assert made["github"]["forks"] is None
    assert made["history"]["authors"] is None
    assert made["gaps"][0]["what"] == "github.issues"


_NO_SECTION = {"definitions"}  # an index by which names are looked up, not something found


@pytest.mark.parametrize(
    ("ours", "published"),
    [
        (Reading, json_v1.ReadingV1),
        (Dependencies, json_v1.DependenciesV1),
        (Requirement, json_v1.RequirementV1),
        (Gap, json_v1.GapV1),
        (ApiUsage, json_v1.ApiUsageV1),
    ],
)
def test_a_pipeline_gets_every_section(ours: type[BaseModel], published: type[BaseModel]) -> None:
    missing = set(ours.model_fields) - set(published.model_fields) - _NO_SECTION
    assert not missing, f"add {missing} to {published.__name__} in renderers/json_v1.py, then run: make docs"


def test_the_order_in_which_a_server_names_languages_does_not_show() -> None:
    def told(languages: dict[str, int]) -> str:
        made = reports.report()
        github = made.study.snapshot.github
        assert github is not None
        snapshot = made.study.snapshot.model_copy(update={"github": github.model_copy(update={"languages": languages})})
        return json_v1.render(made.model_copy(update={"study": made.study.model_copy(update={"snapshot": snapshot})}))

    assert told({"Python": 10, "C": 2}) == told({"C": 2, "Python": 10})
