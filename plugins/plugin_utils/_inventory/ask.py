# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions to nodes: many at a time, each with a time limit, and no connection is left open for a fork to inherit."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Mapping
from functools import partial

from ...module_utils._errors import DssError, MissingLibrary
from ...module_utils._node.client import DssNode
from ...module_utils._node.options import NodeOptions
from ...module_utils._node.parallel import gather

WORKERS = 16
T = t.TypeVar("T")


class Unanswered(str):
    """Why a question has no answer."""

    __slots__ = ()


def answers(questions: Mapping[str, Callable[[], T]]) -> dict[str, T | Unanswered]:
    """Ask all; an error that a user can understand is the answer of that question alone. Raises ``MissingLibrary``."""

    def ask(question: Callable[[], T]) -> T | Unanswered:
        try:
            return question()
        except MissingLibrary:
            raise
        except DssError as error:
            return Unanswered(error)

    calls = [partial(ask, question) for question in questions.values()]
    return dict(zip(questions, gather(calls, WORKERS, lambda: None)))


def on_node(options: NodeOptions, seconds: float, ask: Callable[[DssNode], T]) -> T:
    """Ask one node; no call is tried again once ``seconds`` have passed."""
    until = time.monotonic() + seconds
    node = DssNode(options, stopped=lambda: "" if time.monotonic() < until else "the time is over")
    try:
        return ask(node)
    finally:
        node.close()


def facts(node: DssNode) -> dict[str, t.Any]:
    """``version node_id type``, each as text."""
    told = node.get("/instance-info")
    told = told if isinstance(told, dict) else {}
    names = {"version": "dssVersion", "node_id": "nodeId", "type": "nodeType"}
    return {name: str(told.get(key) or "") for name, key in names.items()}


def projects(node: DssNode) -> list[str]:
    """The keys of the projects that the key may see, sorted."""
    listed = node.get("/projects/")
    return sorted(str(each["projectKey"]) for each in listed if isinstance(each, dict) and each.get("projectKey"))
