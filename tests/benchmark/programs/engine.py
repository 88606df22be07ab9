# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``configuration`` in this process: ``engine.py check|apply CONFIGURATION STATE [--calls FILE] [--phases]``.

It can record the calls that are made, and clock the phases of the engine.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import time
import typing as t
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

Recorded = list[t.Any]  # method, path with query, body, whether it was refused


def recording(calls: list[Recorded]) -> None:
    """Note every request that goes out from now on, in the order of sending, and whether it was refused."""
    from urllib3.connection import HTTPConnection

    request, answer = HTTPConnection.request, HTTPConnection.getresponse
    under_way: dict[HTTPConnection, Recorded] = {}

    def noted(self: HTTPConnection, method: str, url: str, body: t.Any = None, *rest: t.Any, **more: t.Any) -> None:
        text = body.decode() if isinstance(body, bytes) else body
        under_way[self] = call = [method, url.replace("/dip/publicapi", "", 1), text, True]
        calls.append(call)
        request(self, method, url, body, *rest, **more)

    def answered(self: HTTPConnection) -> t.Any:
        response = answer(self)
        under_way.pop(self)[-1] = response.status >= 400
        return response

    HTTPConnection.request = noted  # type: ignore[method-assign]
    HTTPConnection.getresponse = answered  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["check", "apply"])
    parser.add_argument("configuration", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("--calls", type=Path)
    parser.add_argument("--phases", action="store_true")
    given = parser.parse_args()
    init_plugin_loader()
    from support.engine import run_module

    importlib.import_module("dataikuapi")  # which the engine would do in the time that is clocked
    calls: list[Recorded] = []
    clock = None
    if given.calls:
        recording(calls)
    if given.phases:
        from benchmark.phases import Clock

        clock = Clock()
    began = time.perf_counter()
    result = run_module(
        os.environ,
        check=given.mode == "check",
        base=given.state.parent,
        path=str(given.configuration),
        state_backend={"type": "local", "path": str(given.state)},
    )
    seconds = time.perf_counter() - began
    if given.calls:
        given.calls.write_text(json.dumps(calls), encoding="utf-8")
    phases = clock.seconds if clock else {}
    print(json.dumps({"seconds": seconds, "summary": result["plan"]["summary"], "phases": phases}))


if __name__ == "__main__":
    main()
