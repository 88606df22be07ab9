# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data quality rules beside a colleague who makes them in DSS, and data that no configuration holds."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.quality import RULE_TYPES
from support.engine import run_module
from support.sandbox import SandboxProcess

ROWS = {"type": "RecordCountInRangeRule", "name": "rows", "minimum": 1}
FILLED = {"type": "ColumnNotEmptyRule", "name": "filled", "columns": ["a"], "maximum": 3}
THEIRS = {"type": "ValuesInSetRule", "displayName": "theirs", "columns": ["a"], "valueSet": ["x"]}


@pytest.fixture
def run(sandbox: SandboxProcess, tmp_path: Path) -> t.Callable[..., dict[str, t.Any]]:
    def once(checks: t.Any, **more: t.Any) -> dict[str, t.Any]:
        dataset = {"name": "orders", "type": "Filesystem", "connection": "filesystem_managed", "managed": True}
        definition = {"project": {"key": "P", "name": "P"}, "datasets": [{**dataset, "checks": checks}]}
        return run_module(sandbox.environ, base=tmp_path, definition=definition, **more)

    return once


def rules(sandbox: SandboxProcess) -> t.Any:
    return sandbox.client().get_project("P").get_dataset("orders").get_data_quality_rules()


def ids(sandbox: SandboxProcess) -> dict[str, str]:
    return {rule.name: rule.id for rule in rules(sandbox).list_rules()}


def test_rules_keep_their_ids_and_those_of_colleagues_stay(
    sandbox: SandboxProcess, run: t.Callable[..., dict[str, t.Any]]
) -> None:
    run([ROWS, FILLED])
    made = ids(sandbox)
    assert len(made) == 2 and not run([ROWS, FILLED])["changed"]

    theirs = rules(sandbox).create_rule(THEIRS).get_raw()
    assert not run([ROWS, FILLED])["changed"]
    assert not run([ROWS, FILLED], refresh="full")["changed"]

    result = run([{**ROWS, "minimum": 2}, FILLED])
    (action,) = result["plan"]["actions"]
    assert [change["path"] for change in action["changes"]] == ["checks[rows].minimum"]
    assert ids(sandbox) == {**made, "theirs": theirs["id"]}
    assert theirs in rules(sandbox).list_rules("dict")
    assert not run([{**ROWS, "minimum": 2}, FILLED])["changed"]


def test_a_rule_that_is_no_longer_declared_goes_only_from_an_exclusive_list(
    sandbox: SandboxProcess, run: t.Callable[..., dict[str, t.Any]]
) -> None:
    run([ROWS, FILLED])
    rules(sandbox).create_rule(THEIRS)
    run([ROWS])
    assert ids(sandbox).keys() == {"rows", "filled", "theirs"}
    result = run({"items": [ROWS], "exclusive": True})
    (action,) = result["plan"]["actions"]
    assert len(action["changes"]) == 2
    assert ids(sandbox).keys() == {"rows"}
    assert not run({"items": [ROWS], "exclusive": True})["changed"]


def test_what_a_colleague_did_to_a_declared_rule_is_drift(
    sandbox: SandboxProcess, run: t.Callable[..., dict[str, t.Any]]
) -> None:
    run([ROWS])
    (rule,) = rules(sandbox).list_rules()
    rule.rule["minimum"] = 9
    rule.save()
    (action,) = run([ROWS], check=True)["plan"]["actions"]
    assert [(change["path"], change["cause"]) for change in action["changes"]] == [("checks[rows].minimum", "drift")]
    rule.delete()
    (action,) = run([ROWS], check=True)["plan"]["actions"]
    assert [change["path"] for change in action["changes"]] == ["checks[rows]"]
    run([ROWS])
    assert ids(sandbox)["rows"] != rule.id, "DSS makes another id"


def test_rules_of_every_type_are_as_declared(sandbox: SandboxProcess, run: t.Callable[..., dict[str, t.Any]]) -> None:
    settings: dict[str, t.Any] = {
        "InRangeRule": {"minimum": 1, "maximum": 9, "soft_minimum": 2, "soft_maximum": 8},
        "InSetRule": {"values": ["x", "y"]},
        "EmptyRule": {"threshold": "ENTIRE_COLUMN_NOT_EMPTY"},
        "SchemaContainsRule": {"ofItsOwn": [{"name": "a"}]},
    }
    checks = [
        {
            "type": kind,
            "name": f"Rule {kind}",
            **({"columns": ["a"]} if kind.startswith(("Column", "Values", "TopValues", "ModeValue")) else {}),
            **next((more for ending, more in settings.items() if kind.endswith(ending)), {}),
        }
        for kind in RULE_TYPES
    ]
    checks += [
        {"type": "numericRange", "name": "range", "metric": "records:COUNT_RECORDS", "minimum": 1},
        {"type": "valueSet", "name": "set", "metric": "records:COUNT_RECORDS", "values": ["1"]},
        {"type": "python", "name": "code", "code": "def process(*args): return 'OK'", "code_env": "env"},
    ]
    run(checks)
    assert not run(checks)["changed"]
    (found,) = run_module(sandbox.environ, "dataset_info", project="P", name="orders")["datasets"]
    assert [rule["name"] for rule in found["checks"]] == [rule["name"] for rule in checks]
    assert not run(found["checks"])["changed"]


def test_rules_are_found_by_the_info_module_without_ids(
    sandbox: SandboxProcess, run: t.Callable[..., dict[str, t.Any]]
) -> None:
    run([ROWS, FILLED])
    (found,) = run_module(sandbox.environ, "dataset_info", project="P", name="orders")["datasets"]
    assert found["checks"] == [{**ROWS, "minimum": 1.0}, {**FILLED, "maximum": 3.0}]
    assert not run(found["checks"])["changed"]


@pytest.mark.parametrize(("kind", "told"), [("UploadedFiles", "upload them"), ("Inline", "no call of the API writes")])
def test_data_that_the_configuration_does_not_hold_is_told_once(
    sandbox: SandboxProcess, tmp_path: Path, kind: str, told: str
) -> None:
    definition = {"project": {"key": "P", "name": "P"}, "datasets": [{"name": "typed", "type": kind}]}
    first = run_module(sandbox.environ, base=tmp_path, definition=definition)
    assert any(told in warning for warning in first["warnings"])
    again = run_module(sandbox.environ, base=tmp_path, definition=definition)
    assert not again["changed"] and not any(told in warning for warning in again.get("warnings", ()))
