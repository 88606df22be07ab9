# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an import has written: its files, and what they declare."""

from __future__ import annotations

import json
import typing as t
from collections import defaultdict
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a configuration, without its states."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if ".dataiku" not in path.parts}


def loaded(folder: Path) -> Configuration:
    """The configuration; its variables have some value."""
    return load(folder, kinds=KINDS, lookup=defaultdict(lambda: "x").__getitem__)


def author_forms(folder: Path, key: str) -> dict[tuple[str, str], dict[str, t.Any]]:
    """The author fields of a configuration by kind and name; payloads are parsed."""
    return {
        (entry.kind, KINDS[entry.kind].identity(entry.fields) or key): _parsed(entry.fields)
        for entry in loaded(folder).declarations
    }


def _parsed(fields: dict[str, t.Any]) -> dict[str, t.Any]:
    payload = fields.get("payload")
    return {**fields, "payload": json.loads(payload)} if isinstance(payload, str) else fields


def files_of_these(folder: Path, objects: t.Iterable[tuple[str, str]], place: Path) -> Path:
    """The files of a project that holds these objects alone: what the API cannot make comes by an import of DSS."""
    root = next(path.parent for path in sorted(folder.rglob("params.json"), key=lambda path: len(path.parts)))
    for kind, name in objects:
        for path in (root / KINDS[kind].git_folder).glob("*.json"):
            if KINDS[kind].label(path.stem, json.loads(path.read_text())) == name:
                target = place / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    (place / "params.json").write_text(json.dumps({"owner": "admin", "permissions": []}), encoding="utf-8")
    return place
