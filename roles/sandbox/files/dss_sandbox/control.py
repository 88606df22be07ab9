# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path /_sandbox/: faults, calls, switches, outcomes, keys, reset, keep and restore. Not a part of DSS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import keys
from .documents import random_id
from .errors import DssError, bad_request
from .node import Node

_LOOPBACK = frozenset({"127.0.0.1", "::1", "testclient"})
_SEEDED = ("users", "groups", "code_envs", "plugins", "plugin_store", "standards_checks", "standards_scopes")


def control_routes(node: Node) -> list[Route]:
    handlers = _Handlers(node)
    return [
        _route("/faults", "GET", handlers.list_faults),
        _route("/faults", "POST", handlers.add_fault),
        _route("/faults", "DELETE", handlers.clear_faults),
        _route("/calls", "GET", handlers.calls),
        _route("/calls", "DELETE", handlers.clear_calls),
        _route("/switches", "GET", handlers.switches),
        _route("/switches", "PUT", handlers.put_switches),
        _route("/outcomes", "GET", handlers.outcomes),
        _route("/outcomes", "PUT", handlers.put_outcomes),
        _route("/reset", "POST", handlers.reset),
        _route("/keep", "POST", handlers.keep),
        _route("/restore", "POST", handlers.restore),
        _route("/keys", "POST", handlers.add_key),
        _route("/secrets", "GET", handlers.secrets),
        _route("/audit", "GET", handlers.audit),
        _route("/instance", "PUT", handlers.put_instance),
    ]


def _route(path: str, method: str, handler: Callable[[Any, Request], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        if request.client is None or request.client.host not in _LOOPBACK:
            return JSONResponse({"message": "The control path answers on loopback only"}, 403)
        try:
            text = await request.body()
            body = json.loads(text) if text.strip() else {}
            if not isinstance(body, dict):
                raise bad_request("The body must be a JSON object")
            return JSONResponse(handler(body, request))
        except DssError as error:
            return JSONResponse(error.body(), error.status)
        except ValueError as error:
            return JSONResponse({"message": f"The body is not JSON: {error}"}, 400)

    return Route(path, endpoint, methods=[method])


class _Handlers:
    def __init__(self, node: Node) -> None:
        self._node = node

    def list_faults(self, body: dict[str, Any], request: Request) -> Any:
        return self._node.faults.to_json()

    def add_fault(self, body: dict[str, Any], request: Request) -> Any:
        return {"id": self._node.faults.add(body).id}

    def clear_faults(self, body: dict[str, Any], request: Request) -> Any:
        self._node.faults.clear()
        return {}

    def calls(self, body: dict[str, Any], request: Request) -> Any:
        return self._node.calls.to_json()

    def clear_calls(self, body: dict[str, Any], request: Request) -> Any:
        self._node.calls.clear()
        return {}

    def switches(self, body: dict[str, Any], request: Request) -> Any:
        return self._node.switches.values

    def put_switches(self, body: dict[str, Any], request: Request) -> Any:
        for name, value in body.items():
            self._node.switches.set(name, value)
        return self._node.switches.values

    def outcomes(self, body: dict[str, Any], request: Request) -> Any:
        return self._node.outcomes.ordered

    def put_outcomes(self, body: dict[str, Any], request: Request) -> Any:
        self._node.outcomes.order(body)
        return self._node.outcomes.ordered

    def reset(self, body: dict[str, Any], request: Request) -> Any:
        self._node.reset()
        return {}

    def keep(self, body: dict[str, Any], request: Request) -> Any:
        self._node.database.keep()
        return {}

    def restore(self, body: dict[str, Any], request: Request) -> Any:
        if not self._node.restore():
            raise bad_request("Nothing was kept: POST /_sandbox/keep first")
        return {}

    def add_key(self, body: dict[str, Any], request: Request) -> Any:
        key = keys.from_control(body, random_id(8))
        self._node.add_key(key)
        return {"id": key.id}

    def secrets(self, body: dict[str, Any], request: Request) -> Any:
        name = request.query_params.get("connection", "")
        if name not in self._node.connections.definitions:
            raise DssError(404, "NotFound", f"No connection {name!r}")
        return self._node.connections.secrets_of(name)

    def audit(self, body: dict[str, Any], request: Request) -> Any:
        return self._node.audit

    def put_instance(self, body: dict[str, Any], request: Request) -> Any:
        """Seeds what the API can only read, or makes with many calls."""
        for name, items in body.items():
            if name not in _SEEDED or not isinstance(items, list):
                raise bad_request(f"{name} is not a list among {', '.join(_SEEDED)}")
            if name == "users":
                self._node.instance["users"] = {item["login"]: item for item in items}
            elif name == "groups":
                self._node.instance["groups"] = {item["name"]: item for item in items}
            else:
                self._node.instance[name] = items
        self._node.save_instance()
        return {}
