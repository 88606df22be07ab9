# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web apps, dashboards, insights, API services, saved models, evaluation stores, knowledge banks (docs/api-calls.md)."""

from __future__ import annotations

from typing import Any

from ..defaults import load
from ..documents import Document, fill, pick, random_id, tidy
from ..errors import bad_request
from .webapp import NATIVE_TYPES

_D = load("assets")
MODEL_TYPES = ("MLFLOW_PYFUNC", "LLM_GENERIC", "PROXY_MODEL")
FLAVORS = ("TABULAR", "LLM", "AGENT")
AUTH_METHODS = ("PUBLIC", "API_KEYS", "OAUTH2")
_KEPT = {  # what a PUT does not change: unverified
    "saved_models": ("savedModelType", "contentType", "activeVersion", "lastTrainIndex", "lastTrainJobId"),
    "model_evaluation_stores": ("mesFlavor",),
    "knowledge-banks": ("vectorStoreType",),
    "insights": ("type",),
}


def completed(kind: str, body: Document, old: Document | None) -> Document:
    """What the node stores of what was sent: unknown fields vanish, what a current server adds is there."""
    document = pick(body, frozenset(_D[kind]["known"]))
    if old is not None:
        document.setdefault("name", old.get("name"))
        document.update({key: old[key] for key in _KEPT.get(kind, ()) if key in old})
    if not document.get("name"):
        raise bad_request("The name is missing")  # unverified text
    if kind in _OWN:
        _OWN[kind](document, old)
    fill(document, _D[kind]["common"])
    tidy(document)
    return document


def head(kind: str, object_id: str, document: Document) -> Document:
    """A list item; that it holds no more is unverified, and stricter than a full one."""
    shown = {key: document[key] for key in _D[kind]["head"] if key in document}
    if kind == "dashboards":
        pages = document.get("pages", [])
        shown["numPages"] = len(pages)
        shown["numTiles"] = sum(len((page.get("grid") or {}).get("tiles", [])) for page in pages)
    if kind == "lambda_services":
        shown["endpoints"] = [
            {"id": entry.get("id"), "type": entry.get("type")} for entry in shown.get("endpoints", [])
        ]
    if kind == "model_evaluation_stores":
        shown.setdefault("mesFlavor", FLAVORS[0])
    return {"name": object_id, **shown}


def _webapp(document: Document, old: Document | None) -> None:
    """A plugin's config is at the top (quirk 51); the key is kept when it is left out: unverified."""
    kind = document.get("type")
    if not isinstance(kind, str) or not kind:
        raise bad_request("The type of the web app is missing")  # unverified text
    params = document["params"] = _mapping(document, "params")
    params.pop("config", None)
    fill(params, _D["web_apps"]["params"].get(kind, {}))
    if old is not None and "apiKey" in old:
        document.setdefault("apiKey", old["apiKey"])
    elif kind == "STANDARD" or kind not in NATIVE_TYPES:
        document.setdefault("apiKey", random_id(32))


def _dashboard(document: Document, old: Document | None) -> None:
    pages = document["pages"] = [dict(page) for page in _mappings(document, "pages")]
    for page in pages:
        page.setdefault("id", random_id(7))  # unverified
        fill(page, _D["dashboards"]["page"])
        tiles = [dict(tile) for tile in _mappings(page["grid"], "tiles")]
        for tile in tiles:
            fill(tile, _D["dashboards"]["tile"])
        page["grid"] = {**page["grid"], "tiles": tiles}


def _insight(document: Document, old: Document | None) -> None:
    if not isinstance(document.get("type"), str) or not document["type"]:
        raise bad_request("The type of the insight is missing")  # unverified text
    _mapping(document, "params")


def _api_service(document: Document, old: Document | None) -> None:
    if document.get("authMethod", AUTH_METHODS[0]) not in AUTH_METHODS:
        raise bad_request(f"Unknown authMethod {document['authMethod']!r}")  # unverified text
    endpoints = document["endpoints"] = [dict(endpoint) for endpoint in _mappings(document, "endpoints")]
    for endpoint in endpoints:  # two may have one id: a project of the corpus
        if not endpoint.get("id") or not endpoint.get("type"):
            raise bad_request("An endpoint needs an id and a type")  # unverified text
        fill(endpoint, _D["lambda_services"]["endpoint"])


def _mapping(document: Document, key: str) -> Document:
    value: Any = document.get(key, {})
    if not isinstance(value, dict):
        raise bad_request(f"Expected an object as {key}")  # unverified text
    return dict(value)


def _mappings(document: Document, key: str) -> list[Document]:
    value: Any = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad_request(f"Expected a list of objects as {key}")  # unverified text
    return value


_OWN = {"web_apps": _webapp, "dashboards": _dashboard, "insights": _insight, "lambda_services": _api_service}
