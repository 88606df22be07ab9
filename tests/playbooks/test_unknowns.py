# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is not known of DSS must not matter: whatever the node does, the plan after an apply is empty."""

from __future__ import annotations

import sys
import typing as t

import pytest
from support.engine import run_module
from support.sandbox import PACKAGE, SandboxProcess

sys.path.append(str(PACKAGE))
from dss_sandbox.switches import SWITCHES

OTHER_WAYS = [
    (switch.name, choice) for switch in SWITCHES for choice in (switch.choices or (3,)) if choice != switch.default
]
NOT_TRIED = {
    ("missing_connection", "error"),  # every connection exists here: the plan itself refuses missing ones
    ("item_order", "sorted"),  # order means something (the tables of a join) and all evidence says that it is kept
}

CONFIGURATION: dict[str, t.Any] = {
    "project": {
        "key": "UNKNOWN",
        "name": "Unknowns",
        "description": "long",
        "short_description": "short",
        "tags": ["b", "a"],
    },
    "variables": {"standard": {"year": 2030}, "local": {"node": "x"}},
    "managed_folders": [{"name": "in box", "path": "/${projectKey}/${odbId}", "tags": ["z"]}],
    "datasets": [
        {
            "name": "raw",
            "type": "Filesystem",
            "connection": "filesystem_root",
            "params": {"path": "/in"},
            "format_type": "csv",
            "format_params": {"separator": ";", "charset": "utf-8"},
            "description": "what came in",
            "schema": [{"name": "id", "type": "bigint"}, {"name": "at", "type": "date", "comment": "when"}],
            "checks": [{"type": "RecordCountInRangeRule", "displayName": "some", "minimum": 1, "minimumEnabled": True}],
        },
        {
            "name": "clean",
            "type": "managed",
            "connection": "filesystem_managed",
            "format_type": "parquet",
            "tags": ["gold", "daily"],
        },
        {"name": "by_day", "type": "managed"},
        {"name": "files", "type": "FilesInFolder", "folder": "in box", "managed": False, "format_type": "csv"},
    ],
    "recipes": [
        {
            "name": "clean_up",
            "type": "python",
            "inputs": ["raw", {"folder": "in box"}],
            "outputs": ["clean"],
            "code": "a = 1\n\n",
        },
        {
            "name": "group_by_day",
            "type": "grouping",
            "inputs": ["clean"],
            "outputs": ["by_day"],
            "params": {"keys": [{"column": "at"}], "aggregations": [{"column": "id", "function": "count"}]},
        },
    ],
    "scenarios": [
        {
            "name": "Night - build",
            "active": True,
            "run_as": "admin",
            "triggers": [
                {"type": "temporal", "name": "two", "frequency": "daily", "hour": 2},
                {"type": "dataset", "dataset": "raw"},
            ],
            "steps": [
                {"type": "build_flowitem", "items": ["by_day"]},
                {"type": "python", "name": "say", "code": "print(1)\n"},
            ],
            "reporters": [
                {"type": "mail-scenario", "name": "mail", "params": {"subject": "${outcome}", "recipient": "a@b.c"}}
            ],
        },
        {"name": "scripted", "type": "custom_python", "script": "print(1)"},
    ],
}


def go(sandbox: SandboxProcess, check: bool = False) -> dict[str, t.Any]:
    return run_module(sandbox.environ, check=check, definition=CONFIGURATION, max_deletes=0)


@pytest.fixture
def node(sandbox: SandboxProcess) -> t.Iterator[SandboxProcess]:
    if "filesystem_root" not in sandbox.client().list_connections():
        sandbox.client().create_connection("filesystem_root", "Filesystem", params={"root": "/"})
    yield sandbox
    sandbox.control.switch(**{switch.name: switch.default for switch in SWITCHES})


@pytest.mark.parametrize(("name", "choice"), [entry for entry in OTHER_WAYS if entry not in NOT_TRIED], ids=str)
def test_the_second_plan_is_empty_whatever_the_node_does(name: str, choice: t.Any, node: SandboxProcess) -> None:
    node.control.switch(**{name: choice})
    first = go(node)
    assert first["outcome"]["failed"] == []
    second = go(node, check=True)
    assert second["plan"]["text"].splitlines()[-1].startswith("No changes."), second["plan"]["text"]
