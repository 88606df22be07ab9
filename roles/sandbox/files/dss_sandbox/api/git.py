# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project Git: status, log, diff, branches, tags, reverting (dss-api.md 2.3, table Project Git; unknown 29)."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from .. import layout
from ..call import Call
from ..documents import Document
from ..errors import bad_request
from ..one_repository import OneRepository
from ..repository import Change, Commit, Repository
from ..router import GIT_READ, PROJECT_ADMIN, PROJECT_WRITE, Route
from .common import already_there, not_found

_NAMES = {  # the fields of an entry are not documented (unknown 29): two sets of names
    "commitId": {
        "id": "commitId",
        "author": "author",
        "time": "timestamp",
        "message": "message",
        "files": "changedFiles",
        "file": "path",
    },
    "id": {
        "id": "id",
        "author": "authorName",
        "time": "commitTime",
        "message": "title",
        "files": "files",
        "file": "fileName",
    },
}


def _history(call: Call) -> Repository:
    """What status, log and diff speak of."""
    own = call.project.repository
    if call.switch("git_repository") == "project":
        return own
    everyone = [project.repository for project in call.node.projects.values()]
    return OneRepository(own, everyone, call.node.database)


def _commit_json(call: Call, repository: Repository, commit: Commit, with_files: bool) -> Document:
    names = _NAMES[str(call.switch("git_entry_names"))]
    shown: Document = {
        names["id"]: commit.id,
        names["author"]: commit.author,
        names["time"]: commit.time,
        names["message"]: commit.message,
    }
    if with_files:
        shown[names["files"]] = [path for path, _before, _after in repository.changes(commit.id)]
    return shown


def _existing(call: Call, commit_id: str, repository: Repository | None = None) -> Commit:
    commit = (repository or call.project.repository).find(commit_id)
    if commit is None:
        raise not_found(call, f"Commit {commit_id} does not exist")  # unverified text
    return commit


def _status(call: Call) -> Any:
    repository = _history(call)
    added = [path for path in sorted(repository.dirty) if path not in repository.head_files]
    removed = [path for path in sorted(repository.dirty) if path not in repository.files]
    modified = sorted(repository.dirty - set(added) - set(removed))
    return {
        "currentBranch": repository.branch,
        "remotes": [{"name": name, "url": url} for name, url in repository.remotes.items()],
        "trackingCount": {"ahead": 0, "behind": 0},
        "clean": not repository.dirty,
        "hasUncommittedChanges": bool(repository.dirty),
        "added": [],
        "changed": [],
        "removed": removed,
        "missing": [],
        "modified": modified,
        "conflicting": [],
        "untracked": added,
        "untrackedFolders": [],
        "originProjectKey": call.project.key,
        "trackingCountWithOriginProject": {"ahead": 0, "behind": 0},
    }


def _log(call: Call) -> Any:
    """Newest first; `startCommit` is the first one shown; both are guesses (dss-api.md 2.3)."""
    repository = _history(call)
    start = call.text("startCommit") or repository.head
    if call.text("startCommit"):
        _existing(call, call.text("startCommit"), repository)
    path, count = call.text("path").strip("/"), call.number("count", 1000)
    count = min(count, call.switch("git_log_limit") or count)
    shown: list[Document] = []
    for commit in repository.chain(start):
        if path and not any(_below(changed, path) for changed, _before, _after in repository.changes(commit.id)):
            continue
        if len(shown) == count:
            return {"entries": shown, "nextCommit": commit.id}
        shown.append(_commit_json(call, repository, commit, with_files=True))
    return {"entries": shown}


def _below(changed: str, path: str) -> bool:
    return changed == path or changed.startswith(path + "/")


def _diff(call: Call) -> Any:
    repository = _history(call)
    first, last = call.text("commitFrom"), call.text("commitTo")
    answer: Document = {}
    if first and last:
        start, end = _existing(call, first, repository), _existing(call, last, repository)
        answer["commitFrom"] = _commit_json(call, repository, start, False)
        answer["commitTo"] = _commit_json(call, repository, end, False)
        changes = repository.between(first, last)
    elif first:
        commit = _existing(call, first, repository)
        answer["commitTo"] = _commit_json(call, repository, commit, False)
        if commit.parent:
            parent = _existing(call, commit.parent, repository)
            answer["commitFrom"] = _commit_json(call, repository, parent, False)
        changes = repository.changes(first)
    else:
        changes = repository.working_changes()
    entries = [_file_diff(call, repository, change) for change in changes]
    answer["addedLines"] = sum(entry["addedLines"] for entry in entries)
    answer["removedLines"] = sum(entry["removedLines"] for entry in entries)
    answer["changedFiles"] = len(entries)
    answer["entries"] = entries
    return answer


def _file_diff(call: Call, repository: Repository, change: Change) -> Document:
    path, before, after = change
    old, new = _lines(repository, path, before), _lines(repository, path, after)
    added = removed = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            removed, added = removed + i2 - i1, added + j2 - j1
    kind = "ADDED" if before is None else "DELETED" if after is None else "MODIFIED"
    name = _NAMES[str(call.switch("git_entry_names"))]["file"]
    return {name: path, "changeType": kind, "addedLines": added, "removedLines": removed}


def _lines(repository: Repository, path: str, digest: str | None) -> list[str]:
    text = repository.content(digest)
    return [] if text is None else layout.as_written(path, text).decode("utf-8", "replace").splitlines()


def _commit(call: Call) -> Any:
    """Adds untracked files and commits; unverified: nothing to commit is no error."""
    if call.project.repository.dirty:
        call.project.repository.commit(call.author, str(call.object().get("message") or ""))
    return {"success": True}


def _after_checkout(call: Call, message: str) -> Document:
    repository = call.project.repository
    if repository.dirty:
        repository.commit(call.author, message)
    call.node.reload(call.project, call.author)
    return {"success": True, "logs": message}


def _revert_to(call: Call) -> Any:
    """Configuration only, never data (dss-api.md 2.3 [docs]); the way back is a commit of its own."""
    commit = _existing(call, call.text("commit"))
    call.project.repository.check_out(call.project.repository.tree(commit.id))
    return _after_checkout(call, f"Revert to revision {commit.id}")


def _revert_commit(call: Call) -> Any:
    repository = call.project.repository
    commit = _existing(call, call.text("commit"))
    files = dict(repository.files)
    for path, before, after in repository.changes(commit.id):
        if files.get(path) != after:
            return {"success": False, "logs": f"{path} has changed since {commit.id}"}
        if before is None:
            files.pop(path, None)
        else:
            files[path] = before
    repository.check_out(files)
    return _after_checkout(call, f"Revert commit {commit.id}")


def _reset(call: Call) -> Any:
    call.project.repository.check_out(dict(call.project.repository.head_files))
    call.node.reload(call.project, call.author)
    return {"success": True}


def _branches(call: Call) -> Any:
    return [] if call.flag("remote") else sorted(call.project.repository.branches)


def _current_branch(call: Call) -> Any:
    return {"name": call.project.repository.branch}


def _create_branch(call: Call) -> Any:
    body = call.object()
    name, repository = body.get("name"), call.project.repository
    if not isinstance(name, str) or not name:
        raise bad_request("name is missing")
    if body.get("duplicateProject"):
        raise bad_request("The sandbox node cannot duplicate a project for a branch")
    if name in repository.branches:
        raise already_there(call, f"Branch {name} already exists")
    repository.branches[name] = _existing(call, body["commit"]).id if body.get("commit") else repository.head
    repository.save_refs()
    return {"success": True}


def _delete_branch(call: Call) -> Any:
    name, repository = call.object().get("name"), call.project.repository
    if name not in repository.branches or name == repository.branch:
        raise bad_request(f"Branch {name} cannot be deleted")
    del repository.branches[name]
    repository.save_refs()
    return {"success": True}


def _switch_branch(call: Call) -> Any:
    name, repository = call.text("branchName"), call.project.repository
    if name not in repository.branches:
        raise not_found(call, f"Branch {name} does not exist")
    if repository.dirty:
        return {"success": False, "messages": "There are uncommitted changes"}
    repository.switch_branch(name)
    repository.save_refs()
    call.node.reload(call.project, call.author)
    return {"success": True, "messages": f"Switched to {name}"}


def _tags(call: Call) -> Any:
    return list(call.project.repository.tags.values())


def _create_tag(call: Call) -> Any:
    body, repository = call.object(), call.project.repository
    name, reference = body.get("name"), body.get("reference") or "HEAD"
    if not isinstance(name, str) or not name or name in repository.tags:
        raise already_there(call, f"Tag {name} cannot be created")
    commit_id = repository.head if reference == "HEAD" else repository.branches.get(reference, reference)
    repository.tags[name] = {
        "name": f"refs/tags/{name}",
        "shortName": name,
        "commit": _existing(call, commit_id or "").id,
        "annotations": body.get("message", ""),
        "readOnly": False,
    }
    repository.save_refs()
    return {"success": True}


def _delete_tag(call: Call) -> Any:
    call.project.repository.tags.pop(call.object().get("name", ""), None)
    call.project.repository.save_refs()
    return {"success": True}


def _remote(call: Call) -> Any:
    name = call.params["name"]
    return {"name": name, "url": call.project.repository.remotes.get(name, "")}


def _put_remote(call: Call) -> Any:
    call.project.repository.remotes[call.params["name"]] = str(call.object().get("url", ""))
    call.project.repository.save_refs()
    return {"success": True}


def _delete_remote(call: Call) -> Any:
    call.project.repository.remotes.pop(call.params["name"], None)
    call.project.repository.save_refs()
    return {"success": True}


def _no_remote(call: Call) -> Any:
    return {"success": False, "output": "", "logs": "The sandbox node reaches no remote repository"}


_P = "/projects/{projectKey}/git"
ROUTES = [
    Route("GET", _P + "/status", _status, GIT_READ),
    Route("GET", _P + "/actions/log", _log, GIT_READ),
    Route("GET", _P + "/actions/diff", _diff, GIT_READ),
    Route("GET", _P + "/branches", _branches, GIT_READ),
    Route("GET", _P + "/current-branch", _current_branch, GIT_READ),
    Route("GET", _P + "/tags", _tags, GIT_READ),
    Route("GET", _P + "/remotes/{name}", _remote, GIT_READ),
    Route("POST", _P + "/actions/commit", _commit, PROJECT_WRITE),
    Route("POST", _P + "/actions/revertToRevision", _revert_to, PROJECT_WRITE),
    Route("POST", _P + "/actions/revertCommit", _revert_commit, PROJECT_WRITE),
    Route("POST", _P + "/actions/resetToLocalHeadState", _reset, PROJECT_WRITE),
    Route("POST", _P + "/actions/resetToRemoteHeadState", _no_remote, PROJECT_WRITE),
    Route("POST", _P + "/branches", _create_branch, PROJECT_WRITE),
    Route("POST", _P + "/actions/deleteBranch", _delete_branch, PROJECT_WRITE),
    Route("POST", _P + "/actions/switchBranch", _switch_branch, PROJECT_WRITE),
    Route("POST", _P + "/tags", _create_tag, PROJECT_WRITE),
    Route("POST", _P + "/actions/deleteTag", _delete_tag, PROJECT_WRITE),
    Route("POST", _P + "/remotes/{name}", _put_remote, PROJECT_ADMIN),
    Route("DELETE", _P + "/remotes/{name}", _delete_remote, PROJECT_ADMIN),
    Route("POST", _P + "/actions/fetch", _no_remote, PROJECT_WRITE),
    Route("POST", _P + "/actions/pullRebase", _no_remote, PROJECT_WRITE),
    Route("POST", _P + "/actions/push", _no_remote, PROJECT_WRITE),
]
