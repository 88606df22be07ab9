# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of deployments: the bundle and the settings are brought to the automation node (dss-api.md 2.15)."""

from __future__ import annotations

from dataclasses import dataclass

from . import activation
from .activation import preload
from .documents import Document, now_ms
from .errors import DssError
from .keys import ApiKey
from .node import Node
from .project import Project
from .reports import Message, error, report, warning

_NOT_DEPLOYED = frozenset({"tags"})  # what makes no difference on the automation node


@dataclass(frozen=True)
class Reached:
    """The automation node of an infrastructure and the key that the deployer has there."""

    node: Node
    key: ApiKey


def reach(deployer: Node, infra_id: str) -> Reached:
    """Raises DssError if the infrastructure leads nowhere; unverified texts."""
    infra = deployer.deployer.infras[infra_id]
    node = deployer.site.at(infra["automationNodeUrl"])
    if node is None or node.node_type != "automation":
        raise DssError(500, "java.net.ConnectException", f"No automation node answers at {infra['automationNodeUrl']}")
    key = node.keys.get(infra["adminApiKey"])
    if key is None or not key.admin:
        raise DssError(401, "com.dataiku.dip.exceptions.NotAuthenticatedException", "Unknown API Key")
    return Reached(node, key)


def governance(deployer: Node, infra_id: str) -> list[Message]:
    """What Govern says of a bundle is a switch; an infrastructure may not care (dss-api.md 2.15). unverified code and texts."""
    policy, state = deployer.deployer.infras[infra_id]["governCheckPolicy"], deployer.switches["governance"]
    if policy == "NO_CHECK" or state == "approved":
        return []
    text = "The Govern node cannot be reached" if state == "unreachable" else "The bundle is not approved in Govern"
    make = error if policy == "PREVENT" else warning
    return [make("ERR_GOVERN_CHECK", "Governance", text)]


def update(deployer: Node, deployment_id: str, login: str) -> Document:
    """Make the automation node match the settings. The report is the result, and is kept among the updates."""
    deployment = deployer.deployer.deployments[deployment_id]
    settings = deployment["settings"]
    start = max([now_ms(), *(former["startTimestamp"] + 1 for former in deployment["updates"])])
    checked = governance(deployer, settings["infraId"])
    if not settings["enabled"] or any(message.fatal for message in checked):
        result = report(checked)  # unverified: a disabled deployment leaves the automation node alone
    else:
        result = _joined(checked, _deploy(deployer, settings))
    severity = result["maxSeverity"]
    record = {
        "startTimestamp": start,
        "endTimestamp": now_ms(),
        "type": "UPDATE",  # unverified, as are the values of status
        "status": severity if severity in ("WARNING", "ERROR") else "SUCCESS",
        "requester": login,
        "report": result,
        "logs": {"lines": [message["message"] for message in result["messages"]] or ["Done"]},
    }
    changed = {**deployment, "updates": [*deployment["updates"], record]}
    if result["success"]:
        changed["deployed"] = settings
    deployer.deployer.deployments.put(deployment_id, changed)
    return result


def _joined(messages: list[Message], result: Document) -> Document:
    """One report of what was checked before and what came of it."""
    if not messages:
        return result
    before = report(messages)
    flags = {name: before[name] or result[name] for name in ("anyMessage", "warning", "error", "fatal")}
    worst = "WARNING" if result["maxSeverity"] in ("SUCCESS", "INFO") else result["maxSeverity"]
    return {**result, **flags, "maxSeverity": worst, "messages": before["messages"] + result["messages"]}


def _deploy(deployer: Node, settings: Document) -> Document:
    """unverified: how an error outside of the activation is told, and its code."""
    try:
        reached = reach(deployer, settings["infraId"])
        data = _archive(deployer, settings)
        project = _project(reached, settings, data)
        if reached.node.imported.find(project.key, settings["bundleId"]) is None:  # unverified: it is not sent twice
            activation.take(reached.node, project, data)
    except DssError as problem:
        return report([error("ERR_DEPLOYMENT_FAILED", "Deployment failed", problem.message)])
    login = reached.key.author(reached.node.switches)
    document = {**project.params.document, "bundleContainerSettings": settings["bundleContainerSettings"]}
    project.save_params(document, login)
    prepared = preload(reached.node, project, settings["bundleId"])
    if prepared["error"]:
        return prepared
    chosen = settings["scenariosToActivate"]
    result = activation.activate(reached.node, project, settings["bundleId"], reached.key, chosen)
    if result["success"]:
        _finish(project, settings, login)
    return result


def _archive(deployer: Node, settings: Document) -> bytes:
    key, bundle_id = settings["publishedProjectKey"], settings["bundleId"]
    if deployer.deployer.bundles.find(key, bundle_id) is None:
        raise DssError(404, "", f"Bundle {bundle_id} of project {key} does not exist")
    return deployer.deployer.bundles.archive(key, bundle_id)


def _project(reached: Reached, settings: Document, data: bytes) -> Project:
    """The one that is there, or an empty one."""
    key = settings["deployedProjectKey"]
    if key in reached.node.projects:
        return reached.node.projects[key]
    login = reached.key.author(reached.node.switches)
    return activation.make_project(reached.node, activation.read(data), key, login)


def _finish(project: Project, settings: Document, login: str) -> None:
    """unverified: local variables are those of the deployment, also when it has none; where the triggers are switched off."""
    project.save_variables(project.variables, settings["localVariables"], quiet_local=False)
    params = project.params.document
    triggers = {**params.get("settings", {}), "disableAutomaticTriggers": settings["disableAutomaticTriggers"]}
    project.save_params({**params, "settings": triggers}, login)
    if project.repository.dirty:
        project.repository.commit(login, "Updated by the deployer")


def in_force(settings: Document) -> Document:
    """The part of the settings that an update brings to the automation node."""
    return {key: value for key, value in settings.items() if key not in _NOT_DEPLOYED}
