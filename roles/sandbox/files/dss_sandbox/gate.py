# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a matched route to an answer: rights, the handler, the commit that a save makes."""

from __future__ import annotations

from typing import Any

from . import router
from .call import Call
from .errors import NOT_FOUND, UNAUTHORIZED, DssError, forbidden
from .keys import ADMIN, READ, WRITE, ApiKey
from .router import Route

_NEEDED = {router.PROJECT_READ: READ, router.PROJECT_WRITE: WRITE, router.PROJECT_ADMIN: ADMIN}
_GIT_NEEDED = {"read": READ, "write": WRITE, "admin": ADMIN}


def answer(call: Call, route: Route, key: ApiKey) -> Any:
    node = call.node
    call.key = key
    project_key = call.params.get("projectKey")
    if project_key is not None:
        _enter_project(call, project_key)
    elif route.right == router.INSTANCE_ADMIN and not key.admin:
        raise forbidden("Action forbidden, you are not admin")  # unverified text
    if project_key is not None:
        _check_right(call, route)
    result = route.handler(call)
    created = route.template == "/projects" and call.method == "POST"
    if created or (project_key in node.projects and call.method != "GET"):
        _commit(call)
    return result


def _enter_project(call: Call, project_key: str) -> None:
    project = call.node.projects.get(project_key)
    if project is None and call.switch("unknown_project_status") == 404 and call.key.admin:
        raise DssError(404, NOT_FOUND, f"Project {project_key} does not exist")  # the reading of [tfp], unknown 1
    if project is None or call.key.right_on(project_key, project.params.document) < READ:
        # Unknown and unreadable cannot be told apart (dss-api.md 1.3 [headless] verified live).
        raise DssError(401, UNAUTHORIZED, "Failed to read project permissions")
    call.project = project


def _check_right(call: Call, route: Route) -> None:
    if route.right == router.INSTANCE_ADMIN:
        if not call.key.admin:
            raise forbidden("Action forbidden, you are not admin")  # unverified text
        return
    needed = _GIT_NEEDED[str(call.switch("git_read_right"))] if route.right == router.GIT_READ else _NEEDED[route.right]
    if call.key.right_on(call.project.key, call.project.params.document) < needed:
        what = "administer" if needed == ADMIN else "write to"
        raise forbidden(f"You are not allowed to {what} project {call.project.key}")  # unverified text


def _commit(call: Call) -> None:
    """Each save is a commit in AUTO mode (dss-api.md 2.3 [docs]); for writes through the API it is unknown 29."""
    project = call.project
    if not call.switch("api_writes_commit") or project.explicit_commits:
        return
    if project.repository.dirty or (call.switch("commit_unchanged") and call.method == "PUT"):
        project.repository.commit(call.author, call.message or f"{call.method} {call.template}")
        if call.switch("merge_commits"):
            project.repository.commit(call.author, "Merge branch 'work'")  # Git's own text
