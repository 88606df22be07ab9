# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/quirks.md says of DSS's habits holds: what DSS makes of a value is no difference, anything else is one."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Neighbours, Ref, resolved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import differences
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options
from support.playbook import run
from support.sandbox import ROOT, SandboxProcess

QUIRKS = ROOT / "docs" / "quirks.md"


def left_to_do(
    kind: str, author: dict[str, t.Any], actual: dict[str, t.Any], ignore_tags: tuple[str, ...] = (), **names: str
) -> list[str]:
    """The paths that a plan would show as different; ``names`` are declared managed folders with their ids."""
    options = Options(ignore_tags=frozenset(ignore_tags))
    neighbours = Neighbours({"managed_folder": frozenset(names)})
    resource = KINDS[kind].resource(author, "KEY", neighbours, Location(), "")
    declared = resolved(resource.declared, lambda value: names[value.name] if isinstance(value, Ref) else "Filesystem")
    return [change.path for change in differences(KINDS[kind], resource, declared, actual, options)]


CASES: dict[str, tuple[str, dict[str, t.Any], dict[str, t.Any], list[str]]] = {
    "4 version tags": ("dataset", {"type": "S3"}, {"type": "S3", "versionTag": {"versionNumber": 7}}, []),
    "5 tags are a set": ("dataset", {"type": "S3", "tags": ["b", "a", "b"]}, {"type": "S3", "tags": ["a", "b"]}, []),
    "6 empty is absent": ("dataset", {"type": "S3", "description": "", "short_description": None}, {"type": "S3"}, []),
    "7 custom fields of plugins": (
        "dataset",
        {"type": "S3", "custom_fields": {"owner": "x"}},
        {"type": "S3", "customFields": {"owner": "x", "gdpr": "UNSURE"}},
        [],
    ),
    "8 tags of the instance": (
        "dataset",
        {"type": "S3", "tags": ["a"]},
        {"type": "S3", "tags": ["a", "creator_admin"]},
        ["tags"],
    ),
    "8 ignored": (
        "dataset",
        {"type": "S3", "tags": ["a"], "lifecycle": {"ignore_changes": ["tags"]}},
        {"type": "S3", "tags": ["a", "creator_admin"]},
        [],
    ),
    "9 whole numbers come back as 1.0": (
        "dataset",
        {"type": "S3", "checks": [{"displayName": "rows", "minimum": 100}]},
        {
            "type": "S3",
            "metricsChecks": {"checks": [{"id": "x", "displayName": "rows", "minimum": 100.0, "minimumEnabled": True}]},
        },
        [],
    ),
    "9 true is not 1": ("dataset", {"type": "S3", "managed": True}, {"type": "S3", "managed": 1}, ["managed"]),
    "10 null is not stored": ("dataset", {"type": "S3", "params": {"bucket": None}}, {"type": "S3", "params": {}}, []),
    "15 variables keep their types": (
        "variables",
        {"standard": {"a": 1, "b": "1"}},
        {"standard": {"b": "1", "a": 1, "c": 3}},
        [],
    ),
    "15 text is not a number": ("variables", {"standard": {"a": 1}}, {"standard": {"a": "1"}}, ["standard.a"]),
    "18 and 19 defaults": (
        "dataset",
        {"type": "PostgreSQL", "params": {"table": "t", "mode": "table"}},
        {"type": "PostgreSQL", "params": {"table": "t"}},
        [],
    ),
    "22 charset": (
        "dataset",
        {"type": "S3", "format_params": {"charset": "UTF-8"}},
        {"type": "S3", "formatParams": {"charset": "utf8", "x": 1}},
        [],
    ),
    "23 what builds add to columns": (
        "dataset",
        {"type": "S3", "schema": [{"name": "a", "type": "string"}]},
        {
            "type": "S3",
            "schema": {"userModified": True, "columns": [{"name": "a", "type": "string", "originalType": "text"}]},
        },
        [],
    ),
    "23 exact schema": (
        "dataset",
        {"type": "S3", "schema": [{"name": "a", "type": "string"}]},
        {"type": "S3", "schema": {"columns": [{"name": "a", "type": "string"}, {"name": "b", "type": "int"}]}},
        ["schema.columns[b]"],
    ),
    "23 contained schema": (
        "dataset",
        {"type": "S3", "schema": {"mode": "contains", "columns": [{"name": "a", "type": "string"}]}},
        {"type": "S3", "schema": {"columns": [{"name": "b", "type": "int"}, {"name": "a", "type": "string"}]}},
        [],
    ),
    "23 ignored schema": (
        "dataset",
        {"type": "S3", "schema": {"mode": "ignore", "columns": [{"name": "a", "type": "string"}]}},
        {"type": "S3"},
        [],
    ),
    "24 rules get ids": (
        "dataset",
        {"type": "S3", "checks": [{"type": "python", "code": "x"}]},
        {"type": "S3", "metricsChecks": {"checks": [{"id": "r1", "type": "python", "code": "x", "enabled": True}]}},
        [],
    ),
    "28 items of recipes": (
        "recipe",
        {"type": "python", "inputs": ["a"], "outputs": ["b"]},
        {
            "type": "python",
            "inputs": {"main": {"items": [{"ref": "a", "deps": []}]}},
            "outputs": {"main": {"items": [{"ref": "b", "appendMode": False}]}},
        },
        [],
    ),
    "29 payloads": (
        "recipe",
        {"type": "join", "payload": {"joins": [{"type": "LEFT", "$idx": 1}]}},
        {
            "type": "join",
            "payload": {"$status": {}, "joins": [{"table1": 0, "type": "LEFT", "$idx": 4}], "engineParams": {}},
        },
        [],
    ),
    "30 grouping": (
        "recipe",
        {"type": "grouping", "params": {"keys": ["a"], "aggregations": [{"column": "b", "function": "sum"}]}},
        {
            "type": "grouping",
            "payload": {
                "keys": [{"column": "a", "type": "string"}],
                "values": [{"column": "b", "sum": True, "min": False, "avg": False}],
                "globalCount": False,
                "preFilter": {"distinct": False, "enabled": False},
                "postFilter": {"distinct": False, "enabled": False},
            },
        },
        [],
    ),
    "31 line endings": ("recipe", {"type": "python", "code": "a\nb\n"}, {"type": "python", "code": "a\r\nb"}, []),
    "31 blanks at the front": ("recipe", {"type": "python", "code": "  a"}, {"type": "python", "code": "a"}, ["code"]),
    "32 engine": ("recipe", {"type": "join"}, {"type": "join", "payload": {"engineType": "SQL"}}, []),
    "35 triggers": (
        "scenario",
        {"name": "s", "triggers": [{"type": "temporal", "frequency": "daily", "hour": 3}]},
        {
            "name": "s",
            "triggers": [
                {
                    "id": "t1",
                    "type": "temporal",
                    "name": "Trigger",
                    "delay": 5,
                    "active": True,
                    "params": {
                        "frequency": "Daily",
                        "hour": 3,
                        "minute": 0,
                        "lastUpdate": 1,
                        "daysOfWeek": ["Monday"],
                        "timezone": "SERVER",
                    },
                }
            ],
        },
        [],
    ),
    "35 defaults of triggers": (
        "scenario",
        {"name": "s", "triggers": [{"type": "ds_modified", "delay": 900}]},
        {"name": "s", "triggers": [{"id": "t", "type": "ds_modified"}]},
        [],
    ),
    "38 active is left to DSS": ("scenario", {"name": "s"}, {"name": "s", "active": True}, []),
    "40 leading slash": ("managed_folder", {"name": "f", "path": "/a/b"}, {"name": "f", "params": {"path": "a/b"}}, []),
    "42 secrets": (
        "connection",
        {"name": "c", "type": "PostgreSQL", "params": {"password": "new"}},
        {"type": "PostgreSQL", "params": {"password": "e:AES:old"}},
        [],
    ),
    "43 groups with ALL": (
        "connection",
        {"name": "c", "type": "JDBC", "usable_by": "ALL", "allowed_groups": ["g"]},
        {"type": "JDBC", "usableBy": "ALL"},
        [],
    ),
    "43 groups with ALLOWED": (
        "connection",
        {"name": "c", "type": "JDBC", "usable_by": "ALLOWED", "allowed_groups": ["g"]},
        {"type": "JDBC", "usableBy": "ALLOWED", "allowedGroups": ["h"]},
        ["allowedGroups"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_habit_of_dss(case: str) -> None:
    kind, author, actual, expected = CASES[case]
    author = {"name": "x", **author} if kind != "variables" else author
    assert left_to_do(kind, author, actual) == expected


def test_08_tags_that_an_instance_adds_can_be_ignored() -> None:
    actual = {"type": "S3", "tags": ["a", "creator_admin"]}
    assert left_to_do("dataset", {"name": "x", "type": "S3", "tags": ["a"]}, actual, ignore_tags=("creator_*",)) == []


def test_30_a_function_that_is_taken_out_is_switched_off() -> None:
    author = {"name": "x", "type": "grouping", "params": {"aggregations": [{"column": "b", "function": "sum"}]}}
    actual = {"type": "grouping", "payload": {"values": [{"column": "b", "sum": True, "avg": True}]}}
    assert "payload.values[b].avg" in left_to_do("recipe", author, actual)


def test_40_folders_are_known_by_name_and_used_by_id() -> None:
    author = {"name": "r", "type": "python", "outputs": ["reports"]}
    actual = {"type": "python", "outputs": {"main": {"items": [{"ref": "aB3dE5gH"}]}}}
    assert left_to_do("recipe", author, actual, reports="aB3dE5gH") == []
    assert (
        KINDS["managed_folder"].find(
            KINDS["managed_folder"].resource({"name": "reports"}, "KEY", Neighbours(), Location(), ""),
            {"aB3dE5gH": {"name": "reports"}},
        )
        == "aB3dE5gH"
    )


def test_34_scenarios_are_found_by_id_then_by_name() -> None:
    scenario = KINDS["scenario"]
    resource = scenario.resource({"name": "Nightly build"}, "KEY", Neighbours(), Location(), "")
    assert scenario.find(resource, {"Nightly_build": {"name": "renamed since"}}) == "Nightly_build"
    assert scenario.find(resource, {"NIGHTLYBUILD": {"name": "Nightly build"}}) == "NIGHTLYBUILD"
    assert scenario.find(resource, {"A": {"name": "Nightly build"}, "B": {"name": "Nightly build"}}) is None


def test_a_lost_field_is_named(sandbox: SandboxProcess, tmp_path: Path) -> None:
    configuration = {
        "project": {"key": "LOSES", "name": "Loses"},
        "datasets": [{"name": "orders", "type": "managed", "raw": {"notAField": 1}}],
    }
    (tmp_path / "lost.yml").write_text(yaml.safe_dump(configuration))
    code, output = run(["dataiku_iac.dss.deploy", "-e", "config=lost.yml"], sandbox.environ, tmp_path)
    assert code != 0
    assert "dataset.LOSES.orders: dropped: the node answered 200 but does not hold notAField" in output


def test_the_page_has_all_differences_in_order_and_names_real_tests() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", QUIRKS.read_text(), re.MULTILINE)
    assert [int(number) for number, _rest in rows] == list(range(1, 53))
    known = {
        name for path in ROOT.glob("tests/**/test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    named = {name for _number, rest in rows for name in re.findall(r"`(test_\w+)`", rest)}
    assert named and named <= known
    numbers = {int(case.split()[0]) for case in CASES}
    assert all("`test_habit_of_dss`" in rest for number, rest in rows if int(number) in numbers)
