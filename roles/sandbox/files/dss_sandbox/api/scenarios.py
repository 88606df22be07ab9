# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios: definitions (dss-api.md 2.7)."""

from __future__ import annotations

from typing import Any

from ..call import Call, Reply, done
from ..documents import Document, now_ms
from ..errors import bad_request, forbidden
from ..kinds import scenario as kind
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import already_there, born, check_identity, editable, entry, sent_tag

_CREATED_FROM = frozenset({"type", "name", "params"})
_EPOCH = {"login": "unknown"}


def find(call: Call) -> tuple[str, Entry]:
    scenario_id = call.params["scenarioId"]
    message = f"Scenario {scenario_id} does not exist in project {call.project.key}"  # unverified text
    return scenario_id, entry(call, "scenarios", scenario_id, message)


def _summary(call: Call, scenario_id: str, found: Entry) -> Document:
    """The light form: no triggers, steps, reporters (dss-api.md 2.7 [atk live 14.7])."""
    document = found.document
    created = document.get("creationTag") or found.tag
    runs = call.project.runs.get(scenario_id, ())
    item: Document = {
        "id": scenario_id,
        "projectKey": call.project.key,
        "name": document["name"],
        "type": document["type"],
        "active": document.get("active", False),
        "running": any(run.running for run in runs),
        "nextRun": kind.next_run(document, now_ms()),
        "start": next((run.start for run in runs if run.running), 0),
        "triggerDigestItems": [trigger["type"] for trigger in document.get("triggers", ()) if trigger.get("active")],
        "triggerDigest": ", ".join(
            trigger.get("name", "") for trigger in document.get("triggers", ()) if trigger.get("active")
        ),
        "tags": document.get("tags", []),
        "markedAsTest": document.get("markedAsTest", False),
        "automationLocal": document.get("automationLocal", False),
        "createdBy": created.get("lastModifiedBy", _EPOCH),
        "createdOn": created.get("lastModifiedOn", 0),
        "lastModifiedBy": found.tag.get("lastModifiedBy", _EPOCH),
        "lastModifiedOn": found.tag.get("lastModifiedOn", 0),
    }
    item.update({key: document[key] for key in ("shortDesc", "description", "runAsUser") if key in document})
    return item


def _list(call: Call) -> Any:
    return [_summary(call, scenario_id, found) for scenario_id, found in call.project.objects["scenarios"].items()]


def _create(call: Call) -> Any:
    body = call.object()
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise bad_request("Scenario name is missing")  # unverified text
    scenario_id = kind.derive_id(name, call.node.switches)
    if scenario_id in call.project.objects["scenarios"]:
        raise already_there(call, f"Scenario already exists: {call.project.key}.{scenario_id}")
    if call.switch("scenario_create_keeps") == "header":  # steps at creation are not reliable (unknown 9)
        body = {key: value for key, value in body.items() if key in _CREATED_FROM}
        body.get("params", {}).pop("steps", None)
    document = born(call, kind.normalise(body, None, call.node.switches))
    if call.node.node_type == "automation":
        document["automationLocal"] = True  # it survives activations (dss-api.md 2.13 [docs])
    call.project.save("scenarios", scenario_id, document, "", call.author)
    call.message = f"Created scenario {scenario_id}"
    return {"id": scenario_id}


def _get(call: Call) -> Any:
    scenario_id, _found = find(call)
    return Reply(call.project.served("scenarios", scenario_id))


def _put(call: Call) -> Any:
    scenario_id, old = find(call)
    body = call.object()
    check_identity(call, body, {"id": scenario_id, "projectKey": call.project.key})
    version_tag = sent_tag(call, body, old)
    document = kind.normalise(body, old.document, call.node.switches)
    _check_run_as(call, document.get("runAsUser"), old.document.get("runAsUser"))
    document["automationLocal"] = old.document.get("automationLocal", False)  # unverified: the server's business
    quietly = _is_quiet(call, old.document, document)
    call.project.save("scenarios", scenario_id, document, old.payload, call.author, version_tag, quietly)
    call.message = f"Edited scenario {scenario_id}"
    return done(f"Updated scenario {scenario_id}")


def _check_run_as(call: Call, wanted: Any, former: Any) -> None:
    """Only administrators may set one (client, DSSScenarioSettings.run_as); unverified: that others are refused."""
    if wanted and wanted != former and not call.key.admin:
        raise forbidden("Only administrators may set the user that a scenario runs as")  # unverified text


def _light(call: Call) -> Any:
    scenario_id, found = find(call)
    return _summary(call, scenario_id, found)


def _put_light(call: Call) -> Any:
    scenario_id, old = find(call)
    document = kind.light(call.object(), editable(old.document))
    quietly = _is_quiet(call, old.document, document)
    call.project.save("scenarios", scenario_id, document, old.payload, call.author, quietly=quietly)
    call.message = f"Edited scenario {scenario_id}"
    return done(f"Updated scenario {scenario_id}")


def _is_quiet(call: Call, before: Document, after: Document) -> bool:
    """Whether a save makes no commit: whether one that only activates a scenario does is unknown 29."""
    if call.switch("commit_activation"):
        return False
    aside = {"active": None, "creationTag": None}
    return {**before, **aside} == {**after, **aside}


def _python_only(call: Call) -> tuple[str, Entry]:
    scenario_id, found = find(call)
    if found.document["type"] != "custom_python":
        raise bad_request(
            f"Scenario {scenario_id} has no script"
        )  # only custom_python (dss-api.md 2.7); unverified text
    return scenario_id, found


def _payload(call: Call) -> Any:
    """A GET that carries a body, which is ignored (dss-api.md 1.1)."""
    return {"script": _python_only(call)[1].payload or "", "extension": "py"}


def _put_payload(call: Call) -> Any:
    scenario_id, old = _python_only(call)
    script = call.object().get("script")
    if not isinstance(script, str):
        raise bad_request("The body needs a script")  # unverified text
    # Kept byte for byte (dss-api.md 2.7 [tfp]).
    call.project.save("scenarios", scenario_id, editable(old.document), script, call.author)
    call.message = f"Edited scenario {scenario_id}"
    return done(f"Updated script of scenario {scenario_id}")


def _delete(call: Call) -> Any:
    scenario_id, _found = find(call)
    call.project.remove("scenarios", scenario_id)
    call.project.runs = {name: runs for name, runs in call.project.runs.items() if name != scenario_id}
    call.message = f"Deleted scenario {scenario_id}"
    return done(f"Deleted scenario {scenario_id}")


_P = "/projects/{projectKey}/scenarios"
ROUTES = [
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("GET", _P + "/{scenarioId}", _get, PROJECT_READ),
    Route("PUT", _P + "/{scenarioId}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{scenarioId}", _delete, PROJECT_WRITE),
    Route("GET", _P + "/{scenarioId}/light", _light, PROJECT_READ),
    Route("PUT", _P + "/{scenarioId}/light", _put_light, PROJECT_WRITE),
    Route("GET", _P + "/{scenarioId}/payload", _payload, PROJECT_READ),
    Route("PUT", _P + "/{scenarioId}/payload", _put_payload, PROJECT_WRITE),
]
