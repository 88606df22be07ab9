# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: base paths, faults, authentication, errors, counting."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from . import DSS_VERSION, gate, keys
from .call import Call, Reply
from .calls import READS
from .control import control_routes
from .documents import dumps
from .errors import DssError, no_such_path
from .node import Node
from .node_types import NODE_TYPES, NodeType
from .router import Router

TRANSPORT = "dss_sandbox.transport"
_MISSHAPEN = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
_JSON = b"application/json;charset=utf-8"
_VERSION_HEADERS = [(b"dss-version", DSS_VERSION.encode()), (b"dss-api-version", b"1")]


class PublicApi:
    def __init__(self, node: Node, node_type: NodeType) -> None:
        self._node = node
        self._type = node_type
        self._router = Router(node_type.routes)
        self._late: set[asyncio.Task[None]] = set()  # nothing else keeps a task alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        node = self._node
        path = _local_path(scope, self._type.base_paths)
        body = await _body(receive)
        call = Call(node, scope["method"], path, scope["query_string"], scope["headers"], body)
        node.calls.begin()
        effects = node.faults.take(call.method, path) if node.faults else None
        refusal = node.load.refusal(node.calls.open)
        if refusal is not None:
            self._match(call)
            self._record(call, refusal.status)
            await _send(send, _failed(refusal), cut=False)
            return
        work = node.latency_ms + (effects.get("delay_ms", 0) if effects else 0)
        if work:
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(node.load.seconds_until_done(work / 1000, call.method not in READS, now))
        if effects and effects.get("drop") == "before":
            self._record(call, 0)
            await _hang_up(scope, receive)
            return
        if effects and "late_ms" in effects:
            late = asyncio.create_task(self._answer_late(call, effects["late_ms"] / 1000))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            await _hang_up(scope, receive)
            return
        reply = self._faulty(call, effects) if effects else self._answer(call)
        if effects and effects.get("drop") == "after":
            self._record(call, 0)
            await _hang_up(scope, receive)
            return
        self._record(call, reply.status, len(reply.body))
        await _send(send, reply, cut=bool(effects and effects.get("cut")))

    def ask(self, method: str, path: str, secret: str) -> Reply:
        """A call that another node of the process makes: without faults, not counted."""
        path, _sign, query = path.partition("?")
        headers = [(b"authorization", b"Bearer " + secret.encode())]
        return self._answer(Call(self._node, method, path, query.encode(), headers, b""))

    async def _answer_late(self, call: Call, seconds: float) -> None:
        """What a caller has given up on may still be on its way to the node."""
        await asyncio.sleep(seconds)
        self._record(call, self._answer(call).status)

    def _record(self, call: Call, status: int, sent: int = 0) -> None:
        self._node.calls.record(call.method, call.path, call.template or call.path, status, len(call.body), sent)

    def _faulty(self, call: Call, effects: dict[str, Any]) -> Reply:
        if "status" in effects:
            self._match(call)
            if "raw_body" in effects:
                return Reply(effects["raw_body"], "text/html;charset=utf-8", effects["status"])
            error_type = effects.get("error_type", "java.lang.RuntimeException")
            reply = _failed(
                DssError(effects["status"], error_type, effects.get("message", "Ordered by a sandbox fault"))
            )
            reply.retry_after = effects.get("retry_after", 0)
            return reply
        if "raw_body" in effects:
            self._match(call)
            return Reply(effects["raw_body"], "text/html;charset=utf-8")
        if effects.get("lost"):
            snapshots = [(node, node.snapshot()) for node in self._node.site]  # a call may reach another node
            try:
                return self._answer(call)
            finally:
                for node, snapshot in snapshots:
                    node.go_back(snapshot)
        return self._answer(call)

    def _match(self, call: Call) -> Any:
        found = self._router.find(call.method, call.path)
        if found is not None:
            call.template, call.params = found[0].template, found[1]
        return found

    def _answer(self, call: Call) -> Reply:
        try:
            key = keys.authenticate(call.headers, self._node.keys, self._node.users, self._type.credential)
            found = self._match(call)
            if found is None:
                raise no_such_path(call.path)
            result = gate.answer(call, found[0], key)
        except DssError as error:
            return _failed(error)
        except _MISSHAPEN as error:
            if not call.body:
                traceback.print_exc()
                return _failed(DssError(500, "java.lang.RuntimeException", f"{type(error).__name__}: {error}"))
            # unverified text; handlers check before they write, so nothing is half written
            return _failed(DssError(400, "com.google.gson.JsonSyntaxException", f"Misshapen request body: {error}"))
        return result if isinstance(result, Reply) else Reply(dumps(result))


def _failed(error: DssError) -> Reply:
    return Reply(dumps(error.body()), status=error.status)


def _local_path(scope: Scope, base_paths: tuple[str, ...]) -> str:
    path: str = scope["path"]
    for base in base_paths:
        if path.startswith(base):
            path = path[len(base) :]
            break
    return "/" + path.strip("/")


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    chunks = [body]
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
    return b"".join(chunks)


async def _send(send: Send, reply: Reply, cut: bool) -> None:
    body = reply.body
    content_type = reply.content_type
    headers = [
        *([(b"retry-after", str(reply.retry_after).encode("ascii"))] if reply.retry_after else ()),
        (b"content-type", _JSON if content_type.startswith("application/json") else content_type.encode("latin-1")),
        (b"content-length", str(len(body)).encode("ascii")),
        *_VERSION_HEADERS,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if cut:
        # Half the body and no end: the server closes the connection when this application returns.
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        return
    await send({"type": "http.response.body", "body": body})


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope[TRANSPORT].abort()
    while (await receive())["type"] != "http.disconnect":
        continue


def build_app(node: Node) -> ASGIApp:
    """The public API goes past Starlette's routing and middleware, which would cost a third of a call."""
    node_type = NODE_TYPES[node.node_type]
    api = PublicApi(node, node_type)
    node.ask = api.ask
    rest = Starlette(routes=[Mount("/_sandbox", routes=control_routes(node))])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(node_type.base_paths)
        await (api if is_api else rest)(scope, receive, send)

    return app
