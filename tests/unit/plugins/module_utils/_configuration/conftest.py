# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small kinds and a folder to write configurations into."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TEXT = {"type": "string"}
OBJECT = {"type": "object"}
ITEMS = {
    "type": "array",
    "items": {
        "anyOf": [
            TEXT,
            {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("dataset", "folder", "object", "role"), TEXT),
                    "external": {"type": "boolean"},
                },
                "additionalProperties": False,
            },
        ]
    },
}


@dataclass(frozen=True, eq=False)
class FakeKind:
    """What the loader may use of a kind."""

    name: str
    section: str
    properties: Mapping[str, t.Any]
    required: tuple[str, ...] = ("name",)
    scope: str = "project"
    singleton: bool = False
    identifier: tuple[str, ...] = ("name", "key")
    more: Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def schema(self) -> dict[str, t.Any]:
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
            **self.more,
        }

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return "" if self.name == "variables" else str(author["key" if self.name == "project" else "name"])


FAKES = (
    FakeKind(
        "project", "project", {"key": TEXT, "name": TEXT, "owner": TEXT, "settings": OBJECT}, ("key",), singleton=True
    ),
    FakeKind("variables", "variables", {"standard": OBJECT, "local": OBJECT}, (), singleton=True),
    FakeKind("connection", "connections", {"name": TEXT, "type": TEXT, "params": OBJECT}, scope="instance"),
    FakeKind("managed_folder", "managed_folders", {"name": TEXT, "connection": TEXT}),
    FakeKind(
        "dataset",
        "datasets",
        {
            "name": {"type": "string", "minLength": 1},
            "type": TEXT,
            "connection": TEXT,
            "managed": {"type": "boolean"},
            "mode": {"enum": ["exact", "contains"]},
            "format_type": TEXT,
            "params": OBJECT,
            "description": TEXT,
            "schema": {"anyOf": [{"type": "array", "items": OBJECT}, OBJECT]},
            "checks": {"type": "array", "items": OBJECT},
            "tags": {"type": "array", "items": TEXT},
        },
        ("name", "type"),
    ),
    FakeKind(
        "recipe",
        "recipes",
        {
            "name": TEXT,
            "type": TEXT,
            "inputs": ITEMS,
            "outputs": ITEMS,
            "code": {"type": "string", "x-verbatim": True},
            "payload": {"x-verbatim": True},
            "params": OBJECT,
            "code_env": TEXT,
            "description": TEXT,
        },
        ("name", "type"),
    ),
    FakeKind(
        "scenario",
        "scenarios",
        {
            "name": TEXT,
            "type": TEXT,
            "active": {"type": "boolean"},
            "triggers": {"type": "array", "items": OBJECT},
            "steps": {"type": "array", "items": OBJECT},
            "script": {"type": "string", "x-verbatim": True},
        },
    ),
)


@pytest.fixture
def kinds() -> dict[str, FakeKind]:
    return {kind.name: kind for kind in FAKES}


@pytest.fixture(scope="session")
def kinds_of_session() -> dict[str, FakeKind]:
    """The same for properties, which run many times in one test."""
    return {kind.name: kind for kind in FAKES}


@pytest.fixture
def fake_kind() -> type[FakeKind]:
    return FakeKind


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files given as path to text (or bytes) and return the folder."""

    def write_files(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write_files
