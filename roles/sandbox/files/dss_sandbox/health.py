# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a deployment fares: compared with its settings and with what the automation node has (dss-api.md 2.15)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from . import activation
from .deployments import Reached, in_force, reach
from .documents import Document
from .errors import DssError
from .node import Node
from .reports import error, report, warning

_OUTCOMES = {"FAILED": "failed", "WARNING": "warning", "SUCCESS": "successful", "ABORTED": "aborted"}


def ask(reached: Reached, method: str, path: str) -> Any:
    """A call to the automation node. Raises DssError if it is refused there."""
    reply = reached.node.ask(method, path, reached.key.secret)
    body = json.loads(reply.body)
    if reply.status >= 400:
        raise DssError(reply.status, body["errorType"], body["message"])
    return body


def heavy(deployer: Node, deployment_id: str) -> Document:
    """`health`, `healthMessages` and `monitoring`."""
    deployment = deployer.deployer.deployments[deployment_id]
    monitoring = _no_scenarios()
    health, result = "UNKNOWN", report([])
    if deployment["updates"]:
        health, result = _of_last_update(deployment)
    if health in ("HEALTHY", "WARNING") and deployment["settings"]["enabled"]:
        health, result, monitoring = _on_node(deployer, deployment, health, result)
    return {"deploymentId": deployment_id, "health": health, "healthMessages": result, "monitoring": monitoring}


def _of_last_update(deployment: Document) -> tuple[str, Document]:
    result = deployment["updates"][-1]["report"]
    deployed = deployment["deployed"]
    if deployed is None or in_force(deployed) != in_force(deployment["settings"]):
        if result["error"]:
            return "ERROR", result
        return "OUT_OF_SYNC", report([warning("ERR_OUT_OF_SYNC", "Out of sync", "The settings are not deployed yet")])
    if result["error"]:
        return "ERROR", result
    return ("WARNING" if result["warning"] else "HEALTHY"), result


def _on_node(deployer: Node, deployment: Document, health: str, result: Document) -> tuple[str, Document, Document]:
    """unverified: codes and texts, and that failed scenarios make a deployment unhealthy."""
    settings = deployment["settings"]
    try:
        reached = reach(deployer, settings["infraId"])
    except DssError as problem:
        return "ERROR", report([error("ERR_UNREACHABLE", "Node not reachable", problem.message)]), _no_scenarios()
    project = reached.node.projects.get(settings["deployedProjectKey"])
    if project is None:
        text = f"Project {settings['deployedProjectKey']} does not exist on the automation node"
        return "ERROR", report([error("ERR_MISSING_PROJECT", "Missing project", text)]), _no_scenarios()
    monitoring = _monitoring(reached, project.key)
    active = activation.active_id(project)
    if active != settings["bundleId"]:
        text = f"Bundle {active} is active, not {settings['bundleId']}"
        return "OUT_OF_SYNC", report([warning("ERR_OUT_OF_SYNC", "Out of sync", text)]), monitoring
    if monitoring["failed"]:
        return "UNHEALTHY", result, monitoring
    return ("WARNING" if monitoring["warning"] else health), result, monitoring


def _no_scenarios() -> Document:
    return {
        "hasScenarios": False,
        "hasActiveScenarios": False,
        "running": [],
        **{key: [] for key in _OUTCOMES.values()},
    }


def _monitoring(reached: Reached, project_key: str) -> Document:
    """By the last run of each scenario; unverified: that the lists hold ids."""
    scenarios = ask(reached, "GET", f"/projects/{project_key}/scenarios")
    monitoring = _no_scenarios()
    monitoring["hasScenarios"] = bool(scenarios)
    monitoring["hasActiveScenarios"] = any(scenario["active"] for scenario in scenarios)
    for scenario in scenarios:
        path = f"/projects/{project_key}/scenarios/{quote(scenario['id'])}/get-last-runs?limit=1"
        for run in ask(reached, "GET", path):
            outcome = run.get("result", {}).get("outcome")
            monitoring[_OUTCOMES.get(outcome, "running")].append(scenario["id"])
    return monitoring


def testing(deployer: Node, deployment_id: str, bundle_id: str) -> Document:
    """Of the project on the automation node."""
    settings = deployer.deployer.deployments[deployment_id]["settings"]
    path = f"/projects/{settings['deployedProjectKey']}/scenarios/testing-status"
    answer: Document = ask(
        reach(deployer, settings["infraId"]), "GET", path + (f"?bundleId={quote(bundle_id)}" if bundle_id else "")
    )
    return answer


def run_tests(deployer: Node, deployment_id: str) -> Document:
    """Runs every scenario that is marked as a test; the status afterwards."""
    settings = deployer.deployer.deployments[deployment_id]["settings"]
    reached = reach(deployer, settings["infraId"])
    path = f"/projects/{settings['deployedProjectKey']}/scenarios"
    for scenario in ask(reached, "GET", path):
        if scenario["markedAsTest"]:
            ask(reached, "POST", f"{path}/{quote(scenario['id'])}/run")
    return testing(deployer, deployment_id, "")
