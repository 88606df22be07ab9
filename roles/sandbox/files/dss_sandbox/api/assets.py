# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of web apps, dashboards, insights, API services, saved models and the like (docs/api-calls.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..call import NOTHING, Call, Reply, done
from ..documents import Document, random_id
from ..errors import bad_request
from ..kinds import assets
from ..kinds.webapp import NATIVE_TYPES
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Handler, Route
from .common import already_there, born, check_identity, check_name, entry, sent_tag
from .flow import OBJECT_TYPES, leave_zones

_NEW_ID = {"web_apps": 7, "dashboards": 7, "insights": 7}  # as in Git; the others have 8 characters
_ZONED = {objects: name for name, objects in OBJECT_TYPES.items()}


@dataclass(frozen=True)
class Asset:
    """One kind of object: its folder in Git, its word, and what the calls of its client expect."""

    kind: str
    word: str

    def find(self, call: Call) -> tuple[str, Entry]:
        object_id = call.params["id"]
        message = f"{self.word} {object_id} does not exist in project {call.project.key}"  # unverified text
        return object_id, entry(call, self.kind, object_id, message)

    def listed(self, call: Call) -> Any:
        return [self._head(call, object_id) for object_id in call.project.objects[self.kind]]

    def _head(self, call: Call, object_id: str) -> Document:
        document = call.project.objects[self.kind][object_id].document
        return {"id": object_id, "projectKey": call.project.key, **assets.head(self.kind, object_id, document)}

    def get(self, call: Call) -> Any:
        object_id, _found = self.find(call)
        return Reply(call.project.served(self.kind, object_id))

    def make(self, call: Call, body: Document, object_id: str = "") -> str:
        object_id = object_id or random_id(_NEW_ID.get(self.kind, 8))
        document = born(call, assets.completed(self.kind, body, None))
        call.project.save(self.kind, object_id, document, None, call.author)
        call.message = f"Created {self.word.lower()} {object_id}"
        return object_id

    def save(self, call: Call, body: Document) -> str:
        object_id, old = self.find(call)
        check_identity(call, body, {"id": object_id, "projectKey": call.project.key})
        version_tag = sent_tag(call, body, old)
        document = assets.completed(self.kind, body, old.document)
        call.project.save(self.kind, object_id, document, None, call.author, version_tag)
        call.message = f"Edited {self.word.lower()} {object_id}"
        return object_id

    def put(self, call: Call) -> Any:
        return done(f"Updated {self.word.lower()} {self.save(call, call.object())}")

    def put_silently(self, call: Call) -> Any:
        self.save(call, call.object())
        return NOTHING

    def delete(self, call: Call) -> Any:
        object_id, _found = self.find(call)
        call.project.remove(self.kind, object_id)
        if self.kind in _ZONED:
            leave_zones(call, _ZONED[self.kind], object_id)
        call.message = f"Deleted {self.word.lower()} {object_id}"
        return NOTHING


_WEBAPP = Asset("web_apps", "Web app")
_DASHBOARD = Asset("dashboards", "Dashboard")
_INSIGHT = Asset("insights", "Insight")
_SERVICE = Asset("lambda_services", "API service")
_MODEL = Asset("saved_models", "Saved model")
_STORE = Asset("model_evaluation_stores", "Evaluation store")
_BANK = Asset("knowledge-banks", "Knowledge bank")


def _create_webapp(call: Call) -> Any:
    """The type of a plugin is refused; it can be put afterwards (dss-api.md 2.11 [headless])."""
    body = call.object()
    kind = body.get("type")
    if kind not in NATIVE_TYPES:
        raise bad_request(f"Cannot create a web app of type {kind!r}")  # unverified text
    return {"webAppId": _WEBAPP.make(call, {"name": body.get("name"), "type": kind})}


def _backend_state(call: Call) -> Any:
    """No backend ever runs here; the shape is the client's docstring."""
    webapp_id, _found = _WEBAPP.find(call)
    return {"projectKey": call.project.key, "webAppId": webapp_id}


def _stop_backend(call: Call) -> Any:
    _WEBAPP.find(call)
    return NOTHING


def _restart_backend(call: Call) -> Any:
    """A web app without a backend answers nothing to wait for (docs/api-calls.md [sdk])."""
    _webapp_id, found = _WEBAPP.find(call)
    params = found.document.get("params", {})
    if found.document.get("type") == "STANDARD" and not params.get("backendEnabled"):
        return {}
    return call.node.futures.start({"alive": True})


def _create_dashboard(call: Call) -> Any:
    return {"id": _DASHBOARD.make(call, {"owner": call.author, **call.object()})}


def _create_insight(call: Call) -> Any:
    return {"id": _INSIGHT.make(call, {"owner": call.author, **_inner(call, "insightPrototype")})}


def _save_insight(call: Call) -> Any:
    return done(f"Updated insight {_INSIGHT.save(call, _inner(call, 'insight'))}")


def _inner(call: Call, key: str) -> Document:
    body = call.object().get(key)
    if not isinstance(body, dict):
        raise bad_request(f"{key} is missing")  # unverified text
    return body


def _create_service(call: Call) -> Any:
    service_id = check_name(call.params["id"], "API service")
    if service_id in call.project.objects["lambda_services"]:
        raise already_there(call, f"API service {service_id} already exists")  # unverified text
    _SERVICE.make(call, {"name": service_id}, service_id)
    return NOTHING


def _packages(call: Call) -> Any:
    """No version of a service is ever made here."""
    _SERVICE.find(call)
    return []


def _create_model(call: Call) -> Any:
    body = call.object()
    if body.get("savedModelType") not in assets.MODEL_TYPES:
        raise bad_request(f"Cannot create a saved model of type {body.get('savedModelType')!r}")  # unverified text
    return {"id": _MODEL.make(call, body)}


def _versions(call: Call) -> Any:
    """Only which version is active is in the definition; the rest of an entry is unverified."""
    _model_id, found = _MODEL.find(call)
    active = found.document.get("activeVersion")
    return [{"id": active, "active": True}] if active else []


def _list_stores(call: Call) -> Any:
    """Without a flavor not those of agents (client, list_evaluation_stores)."""
    wanted = (call.text("flavor"),) if call.text("flavor") else assets.FLAVORS[:2]
    return [item for item in _STORE.listed(call) if item["mesFlavor"] in wanted]


def _create_store(call: Call) -> Any:
    flavor = call.text("flavor", assets.FLAVORS[0])
    if flavor not in assets.FLAVORS:
        raise bad_request(f"Unknown flavor {flavor!r}")  # unverified text
    body = call.object()
    check_identity(call, body, {"projectKey": call.project.key} if "projectKey" in body else {})
    return {"id": _STORE.make(call, {"name": body.get("name"), "mesFlavor": flavor})}


def _create_bank(call: Call) -> Any:
    body = call.object()
    if not body.get("vectorStoreType"):
        raise bad_request("vectorStoreType is missing")  # unverified text
    return {"id": _BANK.make(call, body)}


def _clear_bank(call: Call) -> Any:
    """There is nothing in it: the sandbox holds no data."""
    bank_id, _found = _BANK.find(call)
    return done(f"Cleared knowledge bank {bank_id}")


def _calls(asset: Asset, path: str, create: Handler, put: Callable[[Call], Any], **other: Any) -> list[Route]:
    """List, make, read, change and delete below one path, as most of the client's classes do."""
    place = "/projects/{projectKey}/" + path
    return [
        Route("GET", place, other.get("listed", asset.listed), PROJECT_READ),
        Route("POST", place, create, PROJECT_WRITE),
        Route("GET", place + "/{id}", asset.get, PROJECT_READ),
        Route(other.get("method", "PUT"), place + "/{id}", put, PROJECT_WRITE),
        *([Route("DELETE", place + "/{id}", asset.delete, PROJECT_WRITE)] if other.get("deletes", True) else []),
    ]


_P = "/projects/{projectKey}"
ROUTES = [
    *_calls(_WEBAPP, "webapps", _create_webapp, _WEBAPP.put, deletes=False),
    Route("GET", _P + "/webapps/{id}/backend/state", _backend_state, PROJECT_READ),
    Route("PUT", _P + "/webapps/{id}/backend/actions/stop", _stop_backend, PROJECT_WRITE),
    Route("PUT", _P + "/webapps/{id}/backend/actions/restart", _restart_backend, PROJECT_WRITE),
    *_calls(_DASHBOARD, "dashboards", _create_dashboard, _DASHBOARD.put),
    *_calls(_INSIGHT, "insights", _create_insight, _save_insight, method="POST"),
    Route("GET", _P + "/apiservices", _SERVICE.listed, PROJECT_READ),
    Route("POST", _P + "/apiservices/{id}", _create_service, PROJECT_WRITE),
    Route("GET", _P + "/apiservices/{id}/settings", _SERVICE.get, PROJECT_READ),
    Route("PUT", _P + "/apiservices/{id}/settings", _SERVICE.put_silently, PROJECT_WRITE),
    Route("GET", _P + "/apiservices/{id}/packages", _packages, PROJECT_READ),
    *_calls(_MODEL, "savedmodels", _create_model, _MODEL.put_silently),
    Route("GET", _P + "/savedmodels/{id}/versions", _versions, PROJECT_READ),
    *_calls(_STORE, "evaluationstores", _create_store, _STORE.put_silently, listed=_list_stores),
    *_calls(_BANK, "knowledge-banks", _create_bank, _BANK.put),
    Route("POST", _P + "/knowledge-banks/{id}/clear", _clear_bank, PROJECT_WRITE),
]
