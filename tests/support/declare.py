# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declare what a node holds, in YAML, through ``from_dss``: the round trip of real projects."""

from __future__ import annotations

import typing as t
from pathlib import Path

import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Node

PROJECT_KINDS = [kind for kind in KINDS.values() if kind.scope == "project"]
Documents = dict[str, dict[str, dict[str, t.Any]]]
_MARKERS = ("{{", "{%", "{#", "${")


class _Dumper(yaml.SafeDumper):
    """Writes every alias out and tags text that looks like a template."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    tag = "!unsafe" if any(marker in value for marker in _MARKERS) else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, value, style='"' if tag == "!unsafe" else None)


_Dumper.add_representer(str, _text)


def read_documents(node: Node, project: str) -> Documents:
    """Every object of a project as the kinds read it."""
    documents: Documents = {}
    for kind in PROJECT_KINDS:
        listing = kind.read_all(node, project)
        if not kind.listing_is_complete:
            listing = {object_id: kind.read_one(node, project, object_id) for object_id in listing}
        documents[kind.name] = listing
    return documents


def declare(documents: Documents, project: str) -> dict[str, t.Any]:
    """The configuration that declares these objects, in author fields."""
    known = Known(
        {
            kind.name: {
                object_id: kind.label(object_id, document) for object_id, document in documents[kind.name].items()
            }
            for kind in PROJECT_KINDS
        }
    )
    configuration: dict[str, t.Any] = {"version": "1.0"}
    for kind in PROJECT_KINDS:
        authors = [kind.from_dss(document, known) for document in documents[kind.name].values()]
        if kind.name == "project":
            authors = [{"key": project, **authors[0]}]
        for author in authors if kind.name == "managed_folder" else ():
            author.pop("id", None)  # another node makes another one
        if kind.singleton:
            configuration[kind.section] = authors[0]
        elif authors:
            configuration[kind.section] = authors
    return configuration


def write(configuration: t.Mapping[str, t.Any], path: Path) -> None:
    """Write a configuration as YAML."""
    path.write_text(
        yaml.dump(dict(configuration), Dumper=_Dumper, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
