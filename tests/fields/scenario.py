# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios: every key of every type of trigger, step and message, and what a scenario has besides."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from zlib import crc32

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.scenario_parts import (
    REPORTER,
    STEP,
    TRIGGER,
    Parts,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.scenario_types import MESSAGE, STEPS, TRIGGERS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.shape import Field
from hypothesis import strategies as st
from support.samples import Sample
from support.sandbox import SandboxProcess

_TEXT = st.sampled_from(["a", "b c"])
_ITEM = st.sampled_from(["a", {"dataset": "b", "partition": "2026"}, {"folder": "files"}])
_ITEMS = st.lists(_ITEM, min_size=1, max_size=2, unique_by=str)
_KEYS: Mapping[str, st.SearchStrategy[t.Any]] = {
    "items": _ITEMS,
    "datasets": _ITEMS,
    "frequency": st.sampled_from(["minutely", "hourly", "daily", "weekly", "monthly"]),
    "days_of_week": st.sampled_from([["Monday"], ["Tuesday", "Sunday"]]),
    "build_mode": st.sampled_from(["RECURSIVE", "NON_RECURSIVE", "RECURSIVE_FORCED_BUILD"]),
    "code_env": st.sampled_from(["py", {"envMode": "USE_BUILTIN_MODE"}]),
    "grace_delay": st.sampled_from([300, {"delay": 5, "checkAgainAfterGraceDelay": True}]),
    "variables": st.sampled_from([{"x": 1}, {"x": "y"}]),
    "definitions": st.sampled_from([{"x": "now()"}, {"x": "1", "y": "2"}, [{"key": "x", "value": "1"}]]),
    "config": st.sampled_from([{"age": 1}, {"age": 2}]),
    "admin_config": st.sampled_from([{"all": True}, {"all": False}]),
    "messaging": st.sampled_from(["slack", "teams"]),
    "dashboards": st.sampled_from([["d1"], [{"dashboard": "d1", "title": "Sales"}]]),
    "attachments": st.sampled_from([[{"type": "LOG"}], [{"dataset": "a"}, {"folder": "files"}]]),
    "phase": st.sampled_from(["START", "END"]),
    "run_condition": st.sampled_from(["RUN_ALWAYS", "DISABLED"]),
    "run_condition_statuses": st.sampled_from([["SUCCESS"], ["SUCCESS", "FAILED"]]),
    "params": st.sampled_from([{"new": 1}, {"new": {"deep": True}}]),
    "id": st.just("i1"),
}


def _value(entry: Field) -> st.SearchStrategy[t.Any]:
    """Values of one key: those that it needs, else any of its type."""
    schema = entry.schema
    by_type = {"boolean": st.booleans(), "integer": st.integers(schema.get("minimum", 0), schema.get("maximum", 99))}
    return _KEYS.get(entry.name, by_type.get(str(schema.get("type")), _TEXT))


def _part(table: Parts, part_type: str, own: tuple[Field, ...]) -> st.SearchStrategy[dict[str, t.Any]]:
    """A trigger, step or reporter of a type with some of the keys that it may have."""
    entries = [entry for entry in table.shape(part_type).fields if entry.name not in ("type", "name")]
    needed = {"frequency", "items", "datasets", "scenario", "messaging"} & {entry.name for entry in own}
    optional = {entry.name: _value(entry) for entry in entries if entry.name not in needed}
    values = {entry.name: _value(entry) for entry in entries if entry.name in needed}
    fixed = {"type": st.just(part_type), "name": st.just(f"a {part_type}"), **values}
    return st.fixed_dictionaries(fixed, optional=optional)


def _parts(table: Parts, types: Mapping[str, tuple[Field, ...]]) -> st.SearchStrategy[list[dict[str, t.Any]]]:
    each = [_part(table, part_type, own) for part_type, own in types.items()]
    return st.lists(st.one_of(each), min_size=1, max_size=6, unique_by=lambda part: part["type"]).map(
        lambda parts: _numbered(parts, "mail" if table is REPORTER else "custom_python")
    )


def _numbered(parts: list[dict[str, t.Any]], part_type: str) -> list[dict[str, t.Any]]:
    """Parts with ids of their own, and one whose name is another wherever the others are: what is left out is released."""
    numbered = [{**part, **({"id": f"i{place}"} if "id" in part else {})} for place, part in enumerate(parts)]
    return [*numbered, {"type": part_type, "name": f"{crc32(repr(parts).encode()):x}"}]


_COMMON: dict[str, t.Any] = {
    "name": ["One", "Another"],
    "active": [True, False],
    "run_as": ["admin", None, "ada"],
    "description": ["What it does.", "Two\nlines", ""],
    "short_description": ["One", "Two"],
    "tags": [["a", "b"], ["b"], []],
    "triggers": _parts(TRIGGER, {**TRIGGERS, "pytrigger_mine": ()}),
    "reporters": _parts(REPORTER, dict.fromkeys(("mail", "slack", "teams", "webhook", "dataset"), MESSAGE)),
    "params": [{"new": 1}, {"new": 2}],
    "delayed_triggers": [{"delayWhileRunning": False}, {"delayWhileRunning": True}],
    "marked_as_test": [True, False],
    "custom_fields": [{"owner": "ada"}, {"owner": "bob"}],
    "checklists": [[{"id": "c1", "title": "Check", "items": []}], [{"id": "c1", "title": "Other", "items": []}]],
}
_AROUND = {"datasets": [{"name": name, "type": "managed"} for name in "ab"], "managed_folders": [{"name": "files"}]}


def _with_code_env(sandbox: SandboxProcess) -> None:
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])


SAMPLES = [
    Sample(
        base={"id": "s1", "name": "First"},
        fields={
            **_COMMON,
            "steps": _parts(STEP, {**STEPS, "pystep_mine": ()}),
            "type": ["step_based", "custom_python"],
        },
        around=_AROUND,
    ),
    Sample(
        base={"id": "s1", "name": "First", "type": "custom_python"},
        fields={"script": ["x = 1", "x = 2\ny = 3\n"], "code_env": ["py", {"envMode": "USE_BUILTIN_MODE"}]},
        prepare=_with_code_env,
    ),
]
