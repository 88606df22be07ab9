# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Futures (dss-api.md 1.5)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..router import ANY_KEY, Route


def _get(call: Call) -> Any:
    return call.node.futures.state(call.params["jobId"], call.flag("peek"))


def _abort(call: Call) -> Any:
    call.node.futures.abort(call.params["jobId"])
    return NOTHING


def _list(call: Call) -> Any:
    return call.node.futures.running() if call.flag("withNotScenarios", True) else []


ROUTES = [
    Route("GET", "/futures", _list, ANY_KEY),
    Route("GET", "/futures/{jobId}", _get, ANY_KEY),
    Route("DELETE", "/futures/{jobId}", _abort, ANY_KEY),
]
