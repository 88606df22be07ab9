# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a job builds: names of datasets, folders and models, or a recipe, become the outputs that DSS wants."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .._configuration.words import nearest
from .._errors import DssError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .run import of_project

KINDS = {"dataset": "DATASET", "managed_folder": "MANAGED_FOLDER", "saved_model": "SAVED_MODEL"}
_LISTS = {
    "managed_folder": ("managedfolders", "COMPUTABLE_FOLDER"),
    "saved_model": ("savedmodels", "COMPUTABLE_SAVED_MODEL"),
}
# dss-api.md 2.10; what a job calls them is in the client (DSSRecipe.run, JobDefinitionBuilder).
_COMPUTABLES = {
    "COMPUTABLE_DATASET": "DATASET",
    "COMPUTABLE_FOLDER": "MANAGED_FOLDER",
    "COMPUTABLE_SAVED_MODEL": "SAVED_MODEL",
    "COMPUTABLE_STREAMING_ENDPOINT": "STREAMING_ENDPOINT",
    "COMPUTABLE_MODEL_EVALUATION_STORE": "MODEL_EVALUATION_STORE",
    "COMPUTABLE_RETRIEVABLE_KNOWLEDGE": "KNOWLEDGE_BANK",
}
_KEYS = ("name", "type", "partition")


@dataclass(frozen=True)
class Output:
    """Something to build; ``type`` as DSS names it, ``partition`` a partition specification or an empty text."""

    type: str
    id: str
    name: str
    partition: str = ""

    def as_dss(self, project: str) -> dict[str, t.Any]:
        partition = {"partition": self.partition} if self.partition else {}
        return {"type": self.type, "id": self.id, "projectKey": project, **partition}


def outputs_of(node: DssNode, project: str, wanted: Iterable[t.Any], partition: str = "") -> tuple[Output, ...]:
    """The outputs with the given names; an entry is a name or ``{name, type, partition}``.

    A plain name is that of a dataset, else of a folder or a model. One call, and one for each other type that is asked
    for. Raises ``DssError``.
    """
    entries = [_entry(entry) for entry in wanted]
    if not entries:
        raise DssError("outputs names nothing to build")
    flow = _Flow(node, project)
    return tuple(flow.output(entry, partition) for entry in entries)


def outputs_of_recipe(node: DssNode, project: str, recipe: str, partition: str = "") -> tuple[Output, ...]:
    """All outputs of a recipe; one call. Raises ``DssError``."""
    return _Flow(node, project).outputs_of_recipe(recipe, partition)


def _entry(entry: t.Any) -> Mapping[str, t.Any]:
    if isinstance(entry, str):
        return {"name": entry}
    if not isinstance(entry, Mapping) or not entry.get("name") or set(entry) - set(_KEYS):
        raise DssError(f"an output is a name, or a mapping of {', '.join(_KEYS)}, and not {entry!r}")
    if entry.get("type") not in (None, *KINDS):
        raise DssError(f"output {entry['name']} has the type '{entry['type']}': it is one of {', '.join(KINDS)}")
    return entry


class _Flow:
    """What can be built in a project, read once and only as far as needed."""

    def __init__(self, node: DssNode, project: str) -> None:
        self._node = node
        self._project = project
        self._lists: dict[str, dict[str, str]] = {}

    @cached_property
    def _nodes(self) -> Mapping[str, Mapping[str, t.Any]]:
        with of_project(self._project), understood(f"the flow of {self._project}"):
            nodes: Mapping[str, Mapping[str, t.Any]] = self._node.get(
                path_of("projects", self._project, "flow", "graph") + "/"
            )["nodes"]
            return nodes

    def _refs(self, node_type: str) -> list[str]:
        return [str(node["ref"]) for node in self._nodes.values() if node["type"] == node_type]

    def _named(self, kind: str) -> Mapping[str, str]:
        """Names by id; a name need not be unique (dss-api.md 2.8). Not asked for where the flow holds nothing of the kind."""
        if kind not in self._lists:
            path, node_type = _LISTS[kind]
            with understood(f"the {kind.replace('_', ' ')}s of {self._project}"):
                there = self._refs(node_type)
                listing = self._node.get(path_of("projects", self._project, path) + "/") if there else ()
                self._lists[kind] = {str(item["id"]): str(item.get("name") or item["id"]) for item in listing}
        return self._lists[kind]

    def output(self, entry: Mapping[str, t.Any], partition: str) -> Output:
        name, spec = str(entry["name"]), str(entry.get("partition") or partition or "")
        kinds = [entry["type"]] if entry.get("type") else list(KINDS)
        if "dataset" in kinds:
            with understood(f"the flow of {self._project}"):
                datasets = self._refs("COMPUTABLE_DATASET")
            if name in datasets:
                return Output("DATASET", name, name, spec)
        found = [
            Output(KINDS[kind], key, name, spec) for kind in kinds if kind in _LISTS for key in self._ids(kind, name)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(f"{output.type.lower()} {output.id}" for output in found)
            raise DssError(
                f"{self._project} has {len(found)} objects named '{name}': give the id in place of it: {ids}"
            )
        known = [word for kind in kinds if kind in _LISTS for word in self._named(kind).values()]
        known += datasets if "dataset" in kinds else []
        what = kinds[0].replace("_", " ") if entry.get("type") else "dataset, managed folder or saved model"
        raise DssError(f"{self._project} has no {what} '{name}'{nearest(name, known) or ': check its name'}")

    def _ids(self, kind: str, name: str) -> list[str]:
        named = self._named(kind)
        return [name] if name in named else [key for key, its_name in named.items() if its_name == name]

    def outputs_of_recipe(self, recipe: str, partition: str) -> tuple[Output, ...]:
        with understood(f"the flow of {self._project}"):
            recipes = [node for node in self._nodes.values() if node["type"] == "RUNNABLE_RECIPE"]
            found = [node for node in recipes if node["ref"] == recipe]
            if not found:
                advice = nearest(recipe, [str(node["ref"]) for node in recipes]) or ": check its name"
                raise DssError(f"{self._project} has no recipe '{recipe}'{advice}")
            targets = [self._nodes[ref] for ref in found[0]["successors"]]
            outputs = tuple(_computed(target, partition) for target in targets)
        if not outputs:
            raise DssError(f"recipe {self._project}.{recipe} has no outputs: there is nothing to build")
        return outputs


def _computed(target: Mapping[str, t.Any], partition: str) -> Output:
    kind, ref = str(target["type"]), str(target["ref"])
    if kind not in _COMPUTABLES:
        raise DssError(f"{ref} is of the type {kind}, which no job can build")
    return Output(_COMPUTABLES[kind], ref, ref, partition)
