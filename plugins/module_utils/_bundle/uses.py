# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what a project uses and what a node offers, and judges a remapping between two nodes."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

from .._errors import NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._remapping import Remapping
from .judge import INSTALLS, judge
from .places import machine_of
from .rows import Row
from .sides import Side, Use, Uses

_NO_CONNECTION = "Default (in DSS data dir.)"  # uploadConnection of files kept in the data directory, dss-api.md 2.4


def uses_of(node: Node, project: str) -> Uses:
    """What a project uses, in five calls. Raises ``NodeError``.

    Not seen are names in code, and what webapps, notebooks and steps of scenarios use.
    """
    with understood(f"the objects of {project}"):
        datasets = node.get(path_of("projects", project, "datasets") + "/")
        folders = node.get(path_of("projects", project, "managedfolders") + "/")
        recipes = node.get(path_of("projects", project, "recipes") + "/")
        settings = (node.get(path_of("projects", project, "settings")) or {}).get("settings") or {}
        variables = node.get(path_of("projects", project, "variables") + "/")
        written = {ref for recipe in recipes for ref in _outputs(recipe, project)}
        objects = [
            *(_use("dataset", item, item["name"], item["name"], written) for item in datasets),
            *(_use("managed_folder", item, item.get("name") or item["id"], item["id"], written) for item in folders),
            *(_use("recipe", {**item, "type": ""}, item["name"], item["name"], frozenset()) for item in recipes),
        ]
        return Uses(
            project,
            tuple(use for use in objects if use is not None),
            _users(_code_envs(recipes, settings)),
            _users(_containers(recipes, settings)),
            dict(variables.get("standard") or {}),
        )


def side_of(node: DssNode, project: str, remapping: Remapping, uses: Uses, target: bool = True) -> Side:
    """What a node offers to a project, which need not be there yet; what the key may not read is not known.

    Code environments and containers are read of a target only, and only where they are needed.
    """
    definitions = _maybe(node, "/admin/connections/")
    known = isinstance(definitions, Mapping)
    sections = (
        (uses.code_envs or remapping.code_envs, _code_env_names),
        (uses.containers or remapping.containers, _container_names),
    )
    code_envs, containers = (names(node) if target and needed else None for needed, names in sections)
    groups = _maybe(node, "/auth/info") if target else None
    resolved = _maybe(node, path_of("projects", project, "variables-resolved"), typed="true") if project else None
    local = _maybe(node, path_of("projects", project, "variables") + "/") if project else None
    return Side(
        machine=machine_of(node.options.url),
        home=f"the data directory of {node.options.url}",
        definitions=definitions if known else None,
        names=None if known else _names(node, "all"),
        types={} if known else _types(node, remapping, uses),
        groups=frozenset(groups.get("groups") or ()) if isinstance(groups, Mapping) else None,
        code_envs=code_envs,
        containers=containers,
        variables=_mapping(resolved) or _mapping(_maybe(node, "/admin/variables/")),
        local=_mapping(_mapping(local).get("local")),
    )


def judged(
    source: DssNode,
    target: DssNode,
    project: str,
    remapping: Remapping,
    import_mode: str = INSTALLS,
    target_project: str = "",
) -> list[Row]:
    """The table of what a project of one node becomes on another; reads only. Raises ``NodeError``."""
    uses = uses_of(source, project)
    ours = side_of(source, project, remapping, uses, target=False)
    theirs = side_of(target, target_project or project, remapping, uses)
    return judge(uses, ours, theirs, remapping, import_mode)


def _use(kind: str, item: Mapping[str, t.Any], name: str, ref: str, written: Iterable[str]) -> Use | None:
    params = item.get("params") or {}
    connection = params.get("connection") or params.get("uploadConnection")
    if not isinstance(connection, str) or connection in ("", _NO_CONNECTION):
        return None
    managed = kind == "managed_folder" or item.get("managed") is True
    is_written = kind != "recipe" and (managed or ref in written)
    return Use(connection, kind, str(name), str(item.get("type") or ""), params, managed, is_written, str(ref))


def _outputs(recipe: Mapping[str, t.Any], project: str) -> Iterator[str]:
    for role in (recipe.get("outputs") or {}).values():
        for item in role.get("items") or ():
            yield str(item["ref"]).removeprefix(f"{project}.")


def _code_envs(recipes: Iterable[Mapping[str, t.Any]], settings: Mapping[str, t.Any]) -> Iterator[tuple[str, str]]:
    for language, choice in (settings.get("codeEnvs") or {}).items():
        if isinstance(choice, Mapping) and choice.get("mode") == "EXPLICIT_ENV":
            yield str(choice.get("envName") or ""), f"the project for {language}"
    for recipe in recipes:
        choice = (recipe.get("params") or {}).get("envSelection") or {}
        if choice.get("envMode") == "EXPLICIT_ENV":
            yield str(choice.get("envName") or ""), f"recipe {recipe['name']}"


def _containers(recipes: Iterable[Mapping[str, t.Any]], settings: Mapping[str, t.Any]) -> Iterator[tuple[str, str]]:
    for name in ("container", "containerForVisualRecipesWorkloads"):
        yield _container(settings.get(name)), "the project"
    for recipe in recipes:
        yield _container((recipe.get("params") or {}).get("containerSelection")), f"recipe {recipe['name']}"


def _container(choice: t.Any) -> str:
    explicit = isinstance(choice, Mapping) and choice.get("containerMode") == "EXPLICIT_CONTAINER"
    return str(choice.get("containerConf") or "") if explicit else ""


def _users(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, user in pairs:
        if name and user not in found.get(name, ()):
            found[name] = (*found.get(name, ()), user)
    return found


def _code_env_names(node: Node) -> frozenset[str] | None:
    listing = _maybe(node, "/admin/code-envs/")
    if not isinstance(listing, list):
        return None
    return frozenset(str(item.get("envName")) for item in listing if isinstance(item, Mapping))


def _container_names(node: Node) -> frozenset[str] | None:
    settings = _maybe(node, "/admin/general-settings")
    if not isinstance(settings, Mapping):
        return None
    configs = _mapping(settings.get("containerSettings")).get("executionConfigs") or ()
    return frozenset(str(item.get("name")) for item in configs if isinstance(item, Mapping))


def _names(node: Node, kind: str) -> frozenset[str] | None:
    listing = _maybe(node, "/connections/get-names", type=kind)
    return frozenset(map(str, listing)) if isinstance(listing, list) else None


def _types(node: Node, remapping: Remapping, uses: Uses) -> dict[str, str]:
    """The types of the connections that matter, each by a call that the key may be refused."""
    wanted = {use.connection for use in uses.objects} | set(remapping.connections.values())
    found = {name: _maybe(node, path_of("connections", name, "info")) for name in sorted(wanted)}
    return {name: str(info["type"]) for name, info in found.items() if isinstance(info, Mapping) and info.get("type")}


def _maybe(node: Node, path: str, **query: t.Any) -> t.Any:
    """What a call answers, or None where the key may not make it or there is nothing. Raises ``NodeError`` else."""
    try:
        return node.get(path, **query)
    except NodeError as error:
        if error.unauthenticated or not (error.forbidden or error.missing or error.project_unreadable):
            raise
        return None


def _mapping(value: t.Any) -> Mapping[str, t.Any]:
    return value if isinstance(value, Mapping) else {}
