"""Holds the double's answers, and our client's requests, against what GitHub itself publishes.

Two judges. GitHub's OpenAPI description speaks where `shared/github/` is at hand in a folder above; `githubkit`, whose
methods and models are generated from the same description, speaks always. `shared/github/contract.py` showed the way.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Union
from urllib.parse import parse_qsl

import jsonschema
from pydantic import TypeAdapter, ValidationError

# GitHub answers these on any endpoint, though its description lists them for few.
_ANYWHERE = {301, 304, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504}
# In the links that GitHub gives out for listings of issues; its description leaves it out.
_UNDESCRIBED = {("/repos/{owner}/{repo}/issues", "after")}
_METHODS = {
    "/repos/{owner}/{repo}": "repos.ReposClient.get",
    "/repos/{owner}/{repo}/commits": "repos.ReposClient.list_commits",
    "/repos/{owner}/{repo}/commits/{ref}": "repos.ReposClient.get_commit",
    "/repos/{owner}/{repo}/git/trees/{tree_sha}": "git.GitClient.get_tree",
    "/repos/{owner}/{repo}/git/blobs/{file_sha}": "git.GitClient.get_blob",
    "/repos/{owner}/{repo}/contents/{path}": "repos.ReposClient.get_content",
    "/repos/{owner}/{repo}/issues": "issues.IssuesClient.list_for_repo",
    "/repos/{owner}/{repo}/issues/comments": "issues.IssuesClient.list_comments_for_repo",
    "/repos/{owner}/{repo}/issues/{issue_number}": "issues.IssuesClient.get",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": "issues.IssuesClient.list_comments",
    "/repos/{owner}/{repo}/releases": "repos.ReposClient.list_releases",
    "/repos/{owner}/{repo}/releases/latest": "repos.ReposClient.get_latest_release",
    "/repos/{owner}/{repo}/tags": "repos.ReposClient.list_tags",
    "/repos/{owner}/{repo}/languages": "repos.ReposClient.list_languages",
    "/repos/{owner}/{repo}/topics": "repos.ReposClient.get_all_topics",
    "/repos/{owner}/{repo}/tarball/{ref}": "repos.ReposClient.download_tarball_archive",
    "/repos/{owner}/{repo}/stats/participation": "repos.ReposClient.get_participation_stats",
    "/repos/{owner}/{repo}/stats/commit_activity": "repos.ReposClient.get_commit_activity_stats",
    "/repos/{owner}/{repo}/installation": "apps.AppsClient.get_repo_installation",
    "/app/installations/{installation_id}/access_tokens": "apps.AppsClient.create_installation_access_token",
    "/rate_limit": "rate_limit.RateLimitClient.get",
    "/user": "users.UsersClient.get_authenticated",
    "/search/issues": "search.SearchClient.issues_and_pull_requests",
}
_GREEDY = {"path", "ref", "tree_sha", "branch"}  # may hold slashes
_ROOT = r"/repositories/\d+"
_IGNORED_KEYS = {"example", "examples", "description", "discriminator", "xml", "externalDocs"}


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    named = [re.escape(part) if i % 2 == 0 else ".*" if part in _GREEDY else "[^/]+" for i, part in enumerate(parts)]
    return re.compile("".join(named))


# Fixed words before parameters, so that `/issues/comments` is not the issue named "comments".
_TEMPLATES = sorted(((_pattern(template), template) for template in _METHODS), key=lambda pair: pair[1].count("{"))


def endpoint(path: str) -> str | None:
    """The template of the endpoint that `path` (quoted, below the API's root) names."""
    path = re.sub(f"^{_ROOT}", "/repos/o/r", path)
    if re.fullmatch("/repos/[^/]+/[^/]+/(tarball|contents)", path):
        path += "/"  # without a ref: the default branch
    return next((template for pattern, template in _TEMPLATES if pattern.fullmatch(path)), None)


@cache
def shared_folder() -> Path | None:
    """The folder `shared/github` beside the project or further up, if there is one."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared/github/openapi.trimmed.json").is_file():
            return parent / "shared/github"
    return None


def _as_json_schema(node: Any) -> Any:
    """JSON Schema made of OpenAPI 3.0: `nullable` becomes a type."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _as_json_schema(value) for key, value in node.items() if key not in _IGNORED_KEYS}
    if schema.pop("nullable", False):
        if not isinstance(schema.get("type"), str):
            return {"anyOf": [schema, {"type": "null"}]}
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    return schema


@dataclass(frozen=True)
class Description:
    """GitHub's OpenAPI description."""

    spec: dict[str, Any]
    components: Any = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "components", _as_json_schema(self.spec["components"]))
        object.__setattr__(self, "validator", cache(self._validator))

    validator: Any = field(init=False, repr=False)

    def _deref(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            found = self.spec
            for key in node["$ref"][2:].split("/"):
                found = found[key]
            node = found
        return node

    def _validator(self, template: str, status: str) -> Any:
        reply = self._deref(self.spec["paths"][template]["get"]["responses"].get(status) or {})
        schema = reply.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return None
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        return jsonschema.Draft202012Validator(
            {**_as_json_schema(schema), "components": self.components}, format_checker=checker
        )

    def faults_in_answer(self, template: str, status: int, body: Any) -> Iterator[str]:
        """What the description does not allow in an answer."""
        if template not in self.spec["paths"]:
            return  # it is trimmed; githubkit judges this one
        if str(status) not in self.spec["paths"][template]["get"]["responses"] and status not in _ANYWHERE:
            yield f"{template}: status {status} is not described"
        validator = self.validator(template, str(status))
        if validator is not None:
            for error in validator.iter_errors(body):
                place = "/".join(str(step) for step in error.absolute_path)
                yield f"{template} {status} at {place or 'the root'}: {error.message[:200]}"

    def faults_in_query(self, template: str, query: str) -> Iterator[str]:
        """What the description does not allow in a query string."""
        if template not in self.spec["paths"]:
            return
        parameters = {}
        for node in self.spec["paths"][template]["get"].get("parameters", []):
            parameter = self._deref(node)
            if parameter["in"] == "query":
                parameters[parameter["name"]] = parameter
        given = parse_qsl(query, keep_blank_values=True)
        for name, text in given:
            if name not in parameters:
                if (template, name) not in _UNDESCRIBED:
                    yield f"{template}: no query parameter {name!r}"
                continue
            schema = _as_json_schema(self._deref(parameters[name]["schema"]))
            value: Any = int(text) if schema.get("type") == "integer" and text.isdigit() else text
            for error in jsonschema.Draft202012Validator(
                schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            ).iter_errors(value):
                yield f"{template}: {name}={text}: {error.message}"
        for name, parameter in parameters.items():
            if parameter.get("required") and name not in dict(given):
                yield f"{template}: the query parameter {name!r} is required"


@cache
def _description() -> Description | None:
    folder = shared_folder()
    return Description(json.loads((folder / "openapi.trimmed.json").read_text("utf-8"))) if folder else None


@cache
def _method(template: str) -> inspect.Signature:
    module, name, method = _METHODS[template].split(".")
    client = getattr(importlib.import_module(f"githubkit_schemas.v2022_11_28.rest.{module}"), name)
    return inspect.signature(getattr(client, method))


@cache
def _model(template: str) -> TypeAdapter[Any] | None:
    """What githubkit reads a 200 of the endpoint with, out of the annotation `Response[Model, ...]`."""
    text = str(_method(template).return_annotation)
    match = re.match(r"Response\[(.*), [^,\]]*(?:\[[^]]*\])?\]$", text, re.DOTALL)
    if match is None:
        return None  # a plain Response: the endpoint answers no JSON
    models = importlib.import_module("githubkit_schemas.v2022_11_28.models")
    names = {"list": list, "Union": Union}
    names |= {name: getattr(models, name) for name in re.findall(r"[A-Z]\w+", match[1]) if name not in names}
    return TypeAdapter(eval(match[1], names))  # noqa: S307 (an annotation of an installed library)


def _faults_by_githubkit(template: str, body: Any) -> Iterator[str]:
    model = _model(template)
    if model is None:
        return
    try:
        model.validate_python(body)
    except ValidationError as error:
        for part in error.errors()[:5]:
            place = "/".join(str(step) for step in part["loc"])
            yield f"{template} (githubkit) at {place}: {part['msg']}"


def faults_in_answer(path: str, status: int, body: Any) -> list[str]:
    """What in an answer is not as GitHub describes it. `path` is below the API's root."""
    template = endpoint(path)
    if template is None:
        return [] if status == 404 else [f"{path}: no such endpoint, but status {status}"]
    found: list[str] = []
    if status in (200, 201):
        found += _faults_by_githubkit(template, body)
    if description := _description():
        found += description.faults_in_answer(template, status, body)
    return found


def faults_in_request(path: str, query: str, headers: Mapping[str, str]) -> list[str]:
    """What in a GET of the API is not as GitHub wants it; names of `headers` are in lower case."""
    template = endpoint(path)
    if template is None:
        return [f"{path}: no such endpoint"]
    found = list(faults_in_headers(headers))
    known = set(_method(template).parameters)
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in known and (template, name) not in _UNDESCRIBED:
            found.append(f"{template}: githubkit knows no query parameter {name!r}")
        if name == "per_page" and not (text.isdigit() and 1 <= int(text) <= 100):
            found.append(f"{template}: per_page={text}: GitHub serves 1 to 100")
        if name in ("since", "until") and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
            found.append(f"{template}: {name}={text}: not a moment in UTC as GitHub writes it")
    if description := _description():
        found += description.faults_in_query(template, query)
    return found


def faults_in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """What GitHub asks of every request to its API."""
    if not headers.get("user-agent"):
        yield "no User-Agent: GitHub refuses such requests"
    if headers.get("x-github-api-version") != "2022-11-28":
        yield f"X-GitHub-Api-Version is {headers.get('x-github-api-version')!r}"
    if "application/vnd.github" not in headers.get("accept", ""):
        yield f"Accept is {headers.get('accept')!r}, not application/vnd.github+json"
    authorization = headers.get("authorization")
    if authorization is not None and not re.fullmatch(r"(?i:bearer|token) \S+", authorization):
        yield "Authorization is neither `Bearer TOKEN` nor `token TOKEN`"
