# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the handler of a path, segment by segment; literal segments win over parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .call import Call

Handler = Callable[[Call], Any]

# What a caller needs before the handler runs.
ANY_KEY = "any key"
INSTANCE_ADMIN = "instance admin"
PROJECT_READ = "project read"
PROJECT_WRITE = "project write"
PROJECT_ADMIN = "project admin"
GIT_READ = "git read"  # what it needs is unknown 29


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    handler: Handler
    right: str


@dataclass
class _Branch:
    literal: dict[str, _Branch] = field(default_factory=dict)
    parameter: _Branch | None = None
    rest: dict[str, Route] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    def __init__(self, routes: list[Route]) -> None:
        self._root = _Branch()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        branch = self._root
        for segment in route.template.strip("/").split("/"):
            if segment.endswith("...}"):
                self._put(branch.rest, route)
                return
            if segment.startswith("{"):
                branch.parameter = branch.parameter or _Branch()
                branch = branch.parameter
            else:
                branch = branch.literal.setdefault(segment, _Branch())
        self._put(branch.routes, route)

    @staticmethod
    def _put(routes: dict[str, Route], route: Route) -> None:
        if route.method in routes:
            raise ValueError(f"{route.method} {route.template} is there twice")
        routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Trailing slashes are normalised (dss-api.md 1.1)."""
        segments = path.strip("/").split("/")
        found = self._walk(self._root, segments, 0, method)
        if found is None:
            return None
        route = found
        params: dict[str, str] = {}
        for index, name in enumerate(route.template.strip("/").split("/")):
            if name.endswith("...}"):
                params[name[1:-4]] = "/".join(segments[index:])
            elif name.startswith("{"):
                params[name[1:-1]] = segments[index]
        return route, params

    def _walk(self, branch: _Branch, segments: list[str], index: int, method: str) -> Route | None:
        if index == len(segments):
            return branch.routes.get(method) or branch.rest.get(method)
        segment = segments[index]
        literal = branch.literal.get(segment)
        if literal is not None:
            found = self._walk(literal, segments, index + 1, method)
            if found is not None:
                return found
        if branch.parameter is not None and segment:
            found = self._walk(branch.parameter, segments, index + 1, method)
            if found is not None:
                return found
        return branch.rest.get(method)
