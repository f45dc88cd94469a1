"""The JSON that GitHub's REST API answers with, made of the double's facts and git data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pygit2

from tests.double.facts import App, Comment, Issue, Release, Repository, World
from tests.double.gitdata import Entry, GitData

Json = dict[str, Any]
_LICENSES = {"Apache-2.0": "Apache License 2.0", "MIT": "MIT License", "BSD-3-Clause": 'BSD 3-Clause "New" License'}
_USER_URLS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def stamp(moment: datetime | None) -> str | None:
    """As GitHub writes a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def number_of(text: str) -> int:
    """A stable id for a thing that has only a name."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)


def node_id(kind: str, number: int) -> str:
    """An opaque GraphQL id."""
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode()}"


def committed(commit: pygit2.Commit) -> datetime:
    """When it was committed."""
    return datetime.fromtimestamp(commit.commit_time, UTC)


@dataclass(frozen=True)
class Shapes:
    """Makes bodies whose links point to `api` (this server) and `web` (github.com)."""

    world: World
    api: str
    web: str = "https://github.com"

    def user(self, login: str | None) -> Json:
        """A simple user; `None` is the ghost of a deleted account."""
        login = login or "ghost"
        url = f"{self.api}/users/{login}"
        kind = "Organization" if login in self.world.organizations else "Bot" if login.endswith("[bot]") else "User"
        return {
            "login": login,
            "id": number_of(login),
            "node_id": node_id("U", number_of(login)),
            "avatar_url": f"https://avatars.githubusercontent.com/u/{number_of(login)}?v=4",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.web}/{login}",
            **{key: url + tail for key, tail in _USER_URLS.items()},
            "type": kind,
            "user_view_type": "public",
            "site_admin": False,
        }

    def license(self, spdx: str | None) -> Json | None:
        """A licence, GitHub's `NOASSERTION` included."""
        if spdx is None:
            return None
        known = spdx in _LICENSES
        key = spdx.lower() if known else "other"
        return {
            "key": key,
            "name": _LICENSES.get(spdx, "Other"),
            "spdx_id": spdx if known else "NOASSERTION",
            "url": f"{self.api}/licenses/{key}" if known else None,
            "node_id": node_id("L", number_of(key)),
        }

    def repository(self, fact: Repository, git: GitData | None, *, full: bool = True) -> Json:
        """A repository, with what only the single-repository endpoint tells when `full`."""
        url = f"{self.api}/repos/{fact.full_name}"
        head = git.commit(None) if git else None
        languages = git.languages(str(head.id)) if git and head else {}
        open_items = sum(issue.closed_at is None for issue in fact.issues)
        pushed = fact.pushed_at or (committed(head) if head else fact.created_at)
        body: Json = {
            "id": fact.id,
            "node_id": node_id("R", fact.id),
            "name": fact.name,
            "full_name": fact.full_name,
            "private": fact.private,
            "owner": self.user(fact.owner),
            "html_url": f"{self.web}/{fact.full_name}",
            "description": fact.description,
            "fork": fact.fork_of is not None,
            "url": url,
            **{key: url + tail for key, tail in _REPOSITORY_URLS.items()},
            "git_url": f"git://github.com/{fact.full_name}.git",
            "ssh_url": f"git@github.com:{fact.full_name}.git",
            "clone_url": f"{self.web}/{fact.full_name}.git",
            "svn_url": f"{self.web}/{fact.full_name}",
            "mirror_url": fact.mirror_url,
            "homepage": fact.homepage,
            "language": next(iter(languages), None),
            "size": sum(languages.values()) // 1024,
            "default_branch": git.default_branch if git else "main",
            "stargazers_count": fact.stars,
            "watchers_count": fact.stars,  # GitHub says "watchers" for stars here
            "forks_count": fact.forks,
            "open_issues_count": open_items,  # pull requests too
            "watchers": fact.stars,
            "forks": fact.forks,
            "open_issues": open_items,
            "topics": list(fact.topics),
            "is_template": fact.template,
            "has_issues": fact.issues_enabled,
            "has_projects": True,
            "has_downloads": True,
            "has_wiki": True,
            "has_pages": False,
            "has_discussions": False,
            "archived": fact.archived,
            "disabled": fact.disabled,
            "visibility": "private" if fact.private else "public",
            "allow_forking": True,
            "web_commit_signoff_required": False,
            "license": self.license(fact.license),
            "pushed_at": stamp(pushed),
            "created_at": stamp(fact.created_at),
            "updated_at": stamp(pushed),
            "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
        }
        if full:
            body |= {"network_count": fact.forks, "subscribers_count": fact.watchers, "temp_clone_token": None}
            if fact.owner in self.world.organizations:
                body["organization"] = self.user(fact.owner)
            if fact.fork_of:
                parent, _ = self.world.find(fact.fork_of)
                if parent:
                    upstream = self.repository(parent, GitData(parent.git) if parent.git else None, full=False)
                    body |= {"parent": upstream, "source": upstream}
        return body

    def commit(self, fact: Repository, commit: pygit2.Commit) -> Json:
        """A commit as a listing shows it."""
        url = f"{self.api}/repos/{fact.full_name}"
        page = f"{self.web}/{fact.full_name}/commit"
        sha = str(commit.id)
        return {
            "sha": sha,
            "node_id": f"C_{sha[:16]}",
            "commit": {
                "author": self._git_user(commit.author),
                "committer": self._git_user(commit.committer),
                "message": commit.message.rstrip("\n"),
                "tree": {"sha": str(commit.tree_id), "url": f"{url}/git/trees/{commit.tree_id}"},
                "url": f"{url}/git/commits/{sha}",
                "comment_count": 0,
                "verification": {
                    "verified": False,
                    "reason": "unsigned",
                    "signature": None,
                    "payload": None,
                    "verified_at": None,
                },
            },
            "url": f"{url}/commits/{sha}",
            "html_url": f"{page}/{sha}",
            "comments_url": f"{url}/commits/{sha}/comments",
            "author": None,  # no account has this address
            "committer": None,
            "parents": [
                {"sha": str(parent), "url": f"{url}/commits/{parent}", "html_url": f"{page}/{parent}"}
                for parent in commit.parent_ids
            ],
        }

    def _git_user(self, person: pygit2.Signature) -> Json:
        return {"name": person.name, "email": person.email, "date": stamp(datetime.fromtimestamp(person.time, UTC))}

    def issue(self, fact: Repository, issue: Issue) -> Json:
        """An issue or, with the key `pull_request`, a pull request."""
        repository = f"{self.api}/repos/{fact.full_name}"
        url = f"{repository}/issues/{issue.number}"
        kind = "pull" if issue.pull_request else "issues"
        page = f"{self.web}/{fact.full_name}/{kind}/{issue.number}"
        body: Json = {
            "url": url,
            "repository_url": repository,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "timeline_url": f"{url}/timeline",
            "html_url": page,
            "id": fact.id * 10_000 + issue.number,
            "node_id": node_id("I", fact.id * 10_000 + issue.number),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.author),
            "labels": [self._label(repository, name) for name in issue.labels],
            "state": "closed" if issue.closed_at else "open",
            "state_reason": (issue.state_reason or "completed") if issue.closed_at and not issue.pull_request else None,
            "locked": False,
            "active_lock_reason": None,
            "assignee": None,
            "assignees": [],
            "milestone": None,
            "comments": len(issue.comments),
            "created_at": stamp(issue.created_at),
            "updated_at": stamp(issue.updated_at),
            "closed_at": stamp(issue.closed_at),
            "closed_by": None,
            "author_association": issue.association,
            "body": issue.body,
            "performed_via_github_app": None,
            "reactions": self._reactions(url),
        }
        if issue.pull_request:
            body |= {
                "draft": False,
                "pull_request": {
                    "url": f"{repository}/pulls/{issue.number}",
                    "html_url": page,
                    "diff_url": f"{page}.diff",
                    "patch_url": f"{page}.patch",
                    "merged_at": stamp(issue.closed_at) if issue.merged else None,
                },
            }
        return body

    def found_issue(self, fact: Repository, issue: Issue) -> Json:
        """An issue as a search shows it."""
        body = self.issue(fact, issue)
        body.pop("closed_by")
        return body | {"score": 1.0, "body": issue.body or ""}

    def _label(self, repository: str, name: str) -> Json:
        return {
            "id": number_of(name),
            "node_id": node_id("LA", number_of(name)),
            "url": f"{repository}/labels/{name.replace(' ', '%20')}",
            "name": name,
            "color": "d73a4a",
            "default": False,
            "description": None,
        }

    def _reactions(self, url: str) -> Json:
        kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
        return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}

    def comment(self, fact: Repository, issue: Issue, comment: Comment) -> Json:
        """A comment under an issue or a pull request."""
        repository = f"{self.api}/repos/{fact.full_name}"
        number = number_of(f"{fact.full_name}#{issue.number} {comment.created_at} {comment.author} {comment.body}")
        kind = "pull" if issue.pull_request else "issues"
        url = f"{repository}/issues/comments/{number}"
        return {
            "url": url,
            "html_url": f"{self.web}/{fact.full_name}/{kind}/{issue.number}#issuecomment-{number}",
            "issue_url": f"{repository}/issues/{issue.number}",
            "id": number,
            "node_id": node_id("IC", number),
            "user": self.user(comment.author),
            "created_at": stamp(comment.created_at),
            "updated_at": stamp(comment.created_at),
            "body": comment.body,
            "author_association": comment.association,
            "reactions": self._reactions(url),
            "performed_via_github_app": None,
        }

    def release(self, fact: Repository, release: Release) -> Json:
        """A release with its assets."""
        number = number_of(f"{fact.full_name}@{release.tag}")
        url = f"{self.api}/repos/{fact.full_name}"
        return {
            "url": f"{url}/releases/{number}",
            "assets_url": f"{url}/releases/{number}/assets",
            "upload_url": f"https://uploads.github.com/repos/{fact.full_name}/releases/{number}/assets{{?name,label}}",
            "html_url": f"{self.web}/{fact.full_name}/releases/tag/{release.tag}",
            "id": number,
            "node_id": node_id("RE", number),
            "author": self.user(fact.owner),
            "tag_name": release.tag,
            "target_commitish": "main",
            "name": release.name,
            "draft": release.published_at is None,
            "immutable": False,
            "prerelease": release.prerelease,
            "created_at": stamp(release.published_at or fact.created_at),
            "updated_at": stamp(release.published_at or fact.created_at),
            "published_at": stamp(release.published_at),
            "assets": [
                {
                    "url": f"{url}/releases/assets/{number_of(asset.name)}",
                    "id": number_of(asset.name),
                    "node_id": node_id("RA", number_of(asset.name)),
                    "name": asset.name,
                    "label": None,
                    "uploader": self.user(fact.owner),
                    "content_type": "application/octet-stream",
                    "state": "uploaded",
                    "size": asset.size,
                    "digest": None,
                    "download_count": asset.downloads,
                    "created_at": stamp(release.published_at or fact.created_at),
                    "updated_at": stamp(release.published_at or fact.created_at),
                    "browser_download_url": self.asset_url(fact, release, asset.name),
                }
                for asset in release.assets
            ],
            "tarball_url": f"{url}/tarball/{release.tag}",
            "zipball_url": f"{url}/zipball/{release.tag}",
            "body": release.body,
        }

    def asset_url(self, fact: Repository, release: Release, name: str) -> str:
        """Where a browser gets an asset."""
        return f"{self.web}/{fact.full_name}/releases/download/{release.tag}/{name}"

    def tree_entry(self, fact: Repository, entry: Entry) -> Json:
        """One entry of a git tree; a submodule has neither size nor URL."""
        body: Json = {"path": entry.path, "mode": f"{entry.mode:06o}", "type": entry.kind, "sha": entry.sha}
        if entry.kind != "commit":
            kind = "trees" if entry.kind == "tree" else "blobs"
            body["url"] = f"{self.api}/repos/{fact.full_name}/git/{kind}/{entry.sha}"
        if entry.size is not None:
            body["size"] = entry.size
        return body

    def content(self, fact: Repository, entry: Entry, ref: str, data: bytes | None = None) -> Json:
        """A file, link, submodule or folder of the contents API; with its bytes when `data` is given."""
        url = f"{self.api}/repos/{fact.full_name}/contents/{entry.path}?ref={ref}"
        kind = {"tree": "dir", "commit": "submodule"}.get(entry.kind, "symlink" if entry.mode == 0o120000 else "file")
        git = None
        if entry.kind != "commit":
            git = f"{self.api}/repos/{fact.full_name}/git/{entry.kind}s/{entry.sha}"
        page = f"{self.web}/{fact.full_name}/{'tree' if entry.kind == 'tree' else 'blob'}/{ref}/{entry.path}"
        raw = f"https://raw.githubusercontent.com/{fact.full_name}/{ref}/{entry.path}"
        body: Json = {
            "name": entry.path.rpartition("/")[2],
            "path": entry.path,
            "sha": entry.sha,
            "size": entry.size or 0,
            "url": url,
            "html_url": page,
            "git_url": git,
            "download_url": raw if kind in ("file", "symlink") else None,
            "type": kind,
            "_links": {"self": url, "git": git, "html": page},
        }
        if data is not None and kind == "file":
            body |= {"content": base64.encodebytes(data).decode(), "encoding": "base64"}
        elif data is not None and kind == "symlink":
            body["target"] = data.decode("utf-8", "replace")
        return body


def installation(shapes: Shapes, app: App, owner: str) -> Json:
    """An installation of a GitHub App on the account `owner`."""
    url = f"{shapes.api}/app/installations/{app.installation}/access_tokens"
    return {
        "id": app.installation,
        "account": shapes.user(owner),
        "repository_selection": "all",
        "access_tokens_url": url,
        "repositories_url": f"{shapes.api}/installation/repositories",
        "html_url": f"{shapes.web}/settings/installations/{app.installation}",
        "app_id": app.id,
        "app_slug": "an-app",
        "target_id": number_of(owner),
        "target_type": "User",
        "permissions": {"contents": "read", "metadata": "read"},
        "events": [],
        "created_at": "2024-01-02T03:04:05Z",
        "updated_at": "2024-01-02T03:04:05Z",
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


def error(status: int, message: str, about: str = "https://docs.github.com/rest", **more: object) -> Json:
    """A basic error."""
    return {"message": message, **more, "documentation_url": about, "status": str(status)}


def rate(limit: Mapping[str, int]) -> Json:
    """One counter of `/rate_limit`."""
    return {key: limit[key] for key in ("limit", "used", "remaining", "reset")}
