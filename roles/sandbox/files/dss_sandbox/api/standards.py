# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project Standards: checks, scopes and reports ([client], dss-api.md 2.3). A check ends as a test has said.

Checks and scopes are seeded through the control path; the calls that write them are not answered.
"""

from __future__ import annotations

from typing import Any

from ..call import Call, Reply
from ..documents import Document, now_ms
from ..node import Node
from ..project import Project
from ..router import ANY_KEY, PROJECT_READ, PROJECT_WRITE, Route
from .common import not_found

_DEFAULT_SCOPE = {"name": "Default", "description": "", "selectionMethod": "ALL"}  # last, for every project [client]


def _checks(node: Node) -> dict[str, Document]:
    return {check["id"]: check for check in node.instance.get("standards_checks", ())}


def _scopes(node: Node) -> list[Document]:
    """In their order, which is the priority; the default one has all checks that it was not told: unverified."""
    scopes: list[Document] = list(node.instance.get("standards_scopes", ()))
    if not any(scope.get("selectionMethod") == "ALL" for scope in scopes):
        scopes.append({**_DEFAULT_SCOPE, "checks": list(_checks(node))})
    return sorted(scopes, key=lambda scope: scope.get("selectionMethod") == "ALL")


def _scope_of(node: Node, project: Project) -> Document:
    """The first one that selects the project. Folders are none here, so no project is selected by one."""
    return next(scope for scope in _scopes(node) if _selects(scope, project))


def _selects(scope: Document, project: Project) -> bool:
    tags = set(project.params.document.get("tags", ()))
    return (
        scope.get("selectionMethod") == "ALL"
        or project.key in scope.get("selectedProjects", ())
        or bool(tags & set(scope.get("selectedTags", ())))
    )


def run_checks(node: Node, project: Project, requester: str, check_ids: list[str] | None = None) -> Document:
    """The report of a run: of the checks of the project's scope, or of those that are named."""
    scope, checks, start = _scope_of(node, project), _checks(node), now_ms()
    wanted = scope.get("checks", []) if check_ids is None else check_ids
    return {
        "projectKey": project.key,
        "scope": scope["name"],
        "requester": requester,
        "startTime": start,
        "totalDurationMs": len(wanted),
        "bundleChecksRunInfo": {
            check_id: {
                "check": checks[check_id],
                "result": _result(node.outcomes.check(project.key, check_id)),
                "durationMs": 1,
                "expandedCheckParams": checks[check_id].get("checkParams", {}),
            }
            for check_id in wanted
            if check_id in checks
        },
    }


def _result(outcome: Any) -> Document:
    """Only a run that succeeded has a severity [client]."""
    if isinstance(outcome, str):
        return {"status": outcome, "message": f"{outcome}: ordered by a test of the sandbox node", "details": {}}
    message = "No issue" if outcome == 0 else f"An issue of severity {outcome}: ordered by a test of the sandbox node"
    return {"status": "RUN_SUCCESS", "severity": outcome, "message": message, "details": {}}


# -- of a project --


def _run(call: Call) -> Any:
    """The saved report is that of the last run that named no checks [client]."""
    named = call.query.get("checkIds")
    for check_id in named or ():
        if check_id not in _checks(call.node):
            raise _no_check(call, check_id)
    report = run_checks(call.node, call.project, call.author, named)
    if named is None:
        call.project.standards_report = report
    return call.node.futures.start(report)


def _last_report(call: Call) -> Any:
    """Empty if the checks have never been run [client]."""
    return Reply("") if call.project.standards_report is None else call.project.standards_report


def _scope_name(call: Call) -> Any:
    return Reply(_scope_of(call.node, call.project)["name"], "text/plain;charset=utf-8")


# -- of the instance --


def _list_checks(call: Call) -> Any:
    return list(_checks(call.node).values())


def _check(call: Call) -> Any:
    found = _checks(call.node).get(call.params["checkId"])
    if found is None:
        raise _no_check(call, call.params["checkId"])
    return found


def _no_check(call: Call, check_id: str) -> Exception:
    return not_found(call, f"Project Standards check {check_id} does not exist")  # unverified text


def _list_scopes(call: Call) -> Any:
    return _scopes(call.node)


def _scope(call: Call) -> Any:
    for scope in _scopes(call.node):
        if scope["name"] == call.params["scope"]:
            return scope
    raise not_found(call, f"Project Standards scope {call.params['scope']} does not exist")  # unverified text


def _default_scope(call: Call) -> Any:
    return _scopes(call.node)[-1]


_P = "/projects/{projectKey}/project-standards"
ROUTES = [
    Route("POST", _P + "/actions/run", _run, PROJECT_WRITE),  # unverified right
    Route("GET", _P + "/last-report", _last_report, PROJECT_READ),
    Route("GET", _P + "/scope", _scope_name, PROJECT_READ),
    Route("GET", "/project-standards/checks", _list_checks, ANY_KEY),  # unverified right
    Route("GET", "/project-standards/checks/{checkId}", _check, ANY_KEY),
    Route("GET", "/project-standards/scopes", _list_scopes, ANY_KEY),
    Route("GET", "/project-standards/scopes/{scope}", _scope, ANY_KEY),
    Route("GET", "/project-standards/default-scope", _default_scope, ANY_KEY),
]
