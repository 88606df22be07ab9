# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A workload as files: YAML for the collection, playbooks, JSON for the scripts."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils.dataiku_iac import desired, load

from .workloads import SECTIONS, Workload

_TOGETHER = 50  # objects in one file
_FQCN = "dataiku_iac.dss"
_KINDS = {"datasets": "dataset", "recipes": "recipe", "scenarios": "scenario"}


class _Dumper(yaml.CSafeDumper):
    """Writes code as people do, as a block of lines."""


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def write_configuration(folder: Path, workload: Workload) -> None:
    """``project.yml`` and a folder for each section, as ``docs/configuration.md`` has them."""
    folder.mkdir(parents=True)
    _write(folder / "project.yml", {"version": "1.0", "project": {"key": workload.key, "name": workload.key.title()}})
    for section in SECTIONS:
        listed = workload.of(section)
        (folder / section).mkdir()
        for first in range(0, len(listed), _TOGETHER):
            content = {section: list(listed[first : first + _TOGETHER])}
            _write(folder / section / f"{section}_{first // _TOGETHER:04}.yml", content)


def _write(path: Path, content: t.Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file, _Dumper, sort_keys=False, width=120)


def write_documents(path: Path, configuration: Path, fields: t.Container[str] | None = None) -> None:
    """What the scripts want: the same objects as DSS's own JSON, in the order in which they can be made.

    Of a configuration whose objects the scripts only read, some ``fields`` are enough.
    """
    loaded = load(configuration)
    by_kind: dict[str, list[dict[str, t.Any]]] = {kind: [] for kind in _KINDS.values()}
    for resource in desired(loaded).values():
        if resource.kind in by_kind:
            wanted = {key: value for key, value in resource.declared.items() if fields is None or key in fields}
            known_by = "id" if resource.kind == "scenario" else "name"
            by_kind[resource.kind].append({known_by: resource.identity.get("id", resource.name), **wanted})
    path.write_text(json.dumps({"project": loaded.project_key, **by_kind}), encoding="utf-8")


def write_playbook(path: Path, tasks: t.Sequence[t.Mapping[str, t.Any]], **play: t.Any) -> None:
    """A playbook with one play, in JSON, which is YAML as well."""
    usual = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    content = [{**usual, **play, "tasks": list(tasks)}]
    path.write_text(json.dumps(content), encoding="utf-8")


def configuration_task(path: str, state: str) -> dict[str, t.Any]:
    """The task that plans and applies a whole configuration; both may be templates."""
    options = {"path": path, "state_backend": {"type": "local", "path": state}}
    return {"name": "Configuration", f"{_FQCN}.configuration": options}


def one_by_one(workload: Workload) -> tuple[list[dict[str, t.Any]], dict[str, t.Any]]:
    """One task for each kind, which loops over its objects, with the variables that it loops over."""
    project = {f"{_FQCN}.project": {"key": workload.key, "name": workload.key.title()}}
    tasks: list[dict[str, t.Any]] = [{"name": "Project", **project}]
    for section, kind in _KINDS.items():
        if not workload.of(section):
            continue
        fields = {field: f"{{{{ item.{field} }}}}" for field in workload.of(section)[0]}
        loop = {"loop": f"{{{{ {section} }}}}", "loop_control": {"label": "{{ item.name }}"}}
        tasks.append({"name": section.title(), f"{_FQCN}.{kind}": {"project": workload.key, **fields}, **loop})
    return tasks, {section: list(workload.of(section)) for section in SECTIONS}
