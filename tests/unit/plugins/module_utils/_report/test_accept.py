# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML that accepts a drift declares what DSS holds, and no secret."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, resolved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.drift import covers
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.accept import Acceptance, acceptance
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.compared import Found
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from support.report_examples import FOLDER, HOSTILE, ORDERS, RECIPE, VARIABLES, Recorded, find, held, recorded

SALT = "00" * 16
AROUND = """
datasets: [{name: orders, type: S3}, {name: clean, type: S3}, {name: more, type: S3}]
managed_folders: [{name: reports}]
"""
KNOWN = Known({"dataset": {name: name for name in ("orders", "clean", "more")}, "managed_folder": {"F1": "reports"}})


def found_one(entry: Recorded, document: dict[str, t.Any]) -> Found:
    kind_objects = {entry.kind: {entry.object_id: document}}
    return next(found for found in find([entry], kind_objects) if found.address == entry.address)


def accept(entry: Recorded, document: dict[str, t.Any]) -> Acceptance:
    return acceptance(found_one(entry, document), KINDS[entry.kind], KNOWN)


def changed(document: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return {**document, **more}


SCENARIO = recorded(
    "scenario",
    "nightly",
    {
        "name": "nightly",
        "active": True,
        "params": {"steps": [{"type": "build_flowitem", "name": "build", "params": {"jobType": "RECURSIVE_BUILD"}}]},
    },
)
PROJECT = recorded(
    "project",
    "SALES",
    {"metadata": {"label": "Sales", "tags": ["a"]}, "settings": {"settings": {"gitCommitMode": "AUTO"}}},
)
WHOLE_PROJECT = {
    "metadata": {"label": "Sales 2", "tags": ["b"]},
    "settings": {"settings": {"gitCommitMode": "EXPLICIT"}},
    "permissions": {"owner": "bob"},
}
CASES = {
    "text": (ORDERS, changed(held()["dataset"]["orders"], shortDesc="{{ lookup('pipe', 'id') }} ${x}")),
    "columns": (ORDERS, changed(held()["dataset"]["orders"], schema={"columns": [{"name": "id", "type": "string"}]})),
    "parameter": (
        ORDERS,
        changed(held()["dataset"]["orders"], params={"table": "t2", "connection": "db", "mode": "table"}),
    ),
    "gone": (ORDERS, changed(held()["dataset"]["orders"], shortDesc="", tags=[])),
    "hostile": (ORDERS, changed(held()["dataset"]["orders"], shortDesc=HOSTILE.replace("\ud800", ""))),
    "code": (RECIPE, changed(held()["recipe"]["clean_orders"], code="# {% raw %}\nx = 1\n")),
    "inputs": (
        RECIPE,
        changed(
            held()["recipe"]["clean_orders"],
            inputs={"main": {"items": [{"ref": "orders"}, {"ref": "more"}]}},
            outputs={"main": {"items": [{"ref": "F1"}]}},
        ),
    ),
    "variables": (VARIABLES, {"standard": {"LIMIT": 50}, "local": {}}),
    "default": (SCENARIO, changed(SCENARIO.declared, id="nightly", active=False)),
    "steps": (
        SCENARIO,
        changed(
            SCENARIO.declared,
            id="nightly",
            params={
                "steps": [
                    {"type": "build_flowitem", "name": "build", "params": {"jobType": "NON_RECURSIVE_FORCED_BUILD"}}
                ]
            },
        ),
    ),
    "renamed scenario": (SCENARIO, changed(SCENARIO.declared, id="nightly", name="At night")),
    "project": (PROJECT, WHOLE_PROJECT),
    "raw": (
        replace(ORDERS, declared={**ORDERS.declared, "strange": {"a": 1, "b": 2}}),
        changed(held()["dataset"]["orders"], strange={"a": 3, "b": 2}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_accepted_is_valid_and_no_longer_a_difference(case: str, tmp_path: Path) -> None:
    entry, document = CASES[case]
    found = found_one(entry, document)
    assert found.changes
    text = accept(entry, document).text
    assert text

    path = tmp_path / "project.yml"
    path.write_text(text + around(entry, text), encoding="utf-8")
    configuration = load(path, kinds=KINDS, project_key="SALES")
    resource = desired(configuration.declarations, "SALES", KINDS)[entry.address]
    declared = resolved(resource.declared, lambda ref: {"reports": "F1"}[ref.name])
    assert not compare(declared, document, resource.rules, KINDS[entry.kind].defaults(document)), text
    for change in found.changes:
        assert any(covers(path, change.path) or covers(change.path, path) for path in paths(declared)), change.path


def around(entry: Recorded, text: str) -> str:
    """What the configuration of a recipe holds besides."""
    outputs = "" if "outputs:" in text else "  outputs: [clean, {folder: reports}]"
    return outputs + AROUND if entry.kind == "recipe" else ""


def paths(value: t.Any, path: str = "") -> t.Iterator[str]:
    """Every place in a document."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        below = f"{path}.{key}" if path else key
        yield below
        yield from paths(inner, below)


def test_only_drifted_fields_are_accepted() -> None:
    document = changed(
        held()["dataset"]["orders"], shortDesc="x", params={**ORDERS.declared["params"], "mode": "table"}
    )
    assert accept(ORDERS, document).text == "datasets:\n- name: orders\n  type: PostgreSQL\n  short_description: x\n"


def test_a_renamed_folder_is_named_by_its_id() -> None:
    document = {**FOLDER.declared, "id": "F1", "name": "old"}
    assert accept(FOLDER, document).text == "managed_folders:\n- name: old\n  id: F1\n"


def test_nothing_is_accepted_where_nothing_drifted() -> None:
    assert accept(ORDERS, held()["dataset"]["orders"]) == Acceptance()


SECRET = "correct-horse"
CONNECTION = recorded(
    "connection", "db", {"type": "PostgreSQL", "params": {"host": "a", "password": Fingerprint.of(SECRET, SALT)}}
)
STEPS = replace(
    SCENARIO,
    declared={
        "name": "nightly",
        "params": {
            "steps": [
                {"type": "custom_python", "name": "call", "params": {"script": Fingerprint.of(SECRET, SALT)}},
                {"type": "build_flowitem", "name": "build", "params": {"jobType": "A"}},
            ]
        },
    },
)


def step(name: str, kind: str, **params: t.Any) -> dict[str, t.Any]:
    return {"type": kind, "name": name, "params": params}


SECRETS = {
    "beside": (
        replace(CONNECTION, declared={"type": "Oracle", "params": {"sid": "a", "password": Fingerprint.of("x", SALT)}}),
        {"type": "Oracle", "params": {"sid": "b", "password": SECRET}},
        "sid: b",
    ),
    "in another step": (
        STEPS,
        {
            "id": "nightly",
            "name": "nightly",
            "params": {
                "steps": [step("call", "custom_python", script=SECRET), step("build", "build_flowitem", jobType="B")]
            },
        },
        "build_mode: B",
    ),
    "in a new step": (
        STEPS,
        {
            "id": "nightly",
            "name": "nightly",
            "params": {
                "steps": [
                    step("call", "custom_python", script=SECRET),
                    step("build", "build_flowitem", jobType="A"),
                    step("new", "http", webhookUrl=SECRET),
                ]
            },
        },
        "name: new",
    ),
    "changed": (
        replace(VARIABLES, declared={"standard": {"HOST": Fingerprint.of("former", SALT)}}),
        {"standard": {"HOST": SECRET}},
        None,
    ),
}


@pytest.mark.parametrize("case", SECRETS)
def test_a_secret_is_left_out_and_said_to_be(case: str) -> None:
    entry, document, expected = SECRETS[case]
    accepted = accept(entry, document)
    assert accepted.left_out
    assert SECRET not in str(accepted) and "sensitive" not in str(accepted)
    assert accepted.text is None if expected is None else expected in str(accepted.text)
