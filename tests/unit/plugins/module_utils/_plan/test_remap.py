# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of another environment in everything that a configuration declares."""

from __future__ import annotations

import typing as t

from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Resource, TypeOfConnection
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.remap import remapped
from ansible_collections.dataiku_iac.dss.plugins.module_utils._remapping import Remapping

TABLE = Remapping(
    connections={"pg": "pg_prod", "filesystem_managed": "s3_managed", "unused": "x"},
    code_envs={"py": "py_prod"},
    containers={"small": "big"},
)
DEFINITION: dict[str, t.Any] = {
    "project": {"key": "P", "name": "P", "raw": {"settings": {"codeEnvs": {"python": {"envName": "py"}}}}},
    "variables": {"standard": {"connection": "pg", "envName": "py"}},
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "db"}}],
    "managed_folders": [{"name": "docs", "connection": "pg"}],
    "datasets": [
        {"name": "raw", "type": "managed"},
        {
            "name": "rows",
            "type": "sql",
            "connection": "pg",
            "params": {"table": "t"},
            "raw": {"customFields": {"connection": "pg"}},
        },
        {"name": "up", "type": "UploadedFiles", "raw": {"params": {"uploadConnection": "filesystem_managed"}}},
        {"name": "kept", "type": "PostgreSQL", "connection": "other", "params": {"table": "pg"}},
    ],
    "recipes": [
        {
            "name": "code",
            "type": "python",
            "inputs": ["rows"],
            "outputs": ["raw"],
            "code": "pg\n",
            "code_env": "py",
            "container": "small",
        },
        {"name": "same", "type": "sync", "inputs": ["rows"], "outputs": ["kept"], "container": "small"},
    ],
    "scenarios": [
        {
            "name": "Nightly",
            "triggers": [{"type": "sql", "connection": "pg", "sql": "select 1"}],
            "steps": [{"type": "execute_sql", "connection": "pg", "code": "select 1"}],
        }
    ],
}


def resources() -> dict[str, Resource]:
    found = load(DEFINITION, kinds=KINDS)
    return desired(found.declarations, found.project_key, KINDS)


def test_every_place_of_a_name_is_renamed_and_nothing_else() -> None:
    before = resources()
    after = remapped(before, TABLE)
    rows, docs, code = after["dataset.P.rows"], after["managed_folder.P.docs"], after["recipe.P.code"]
    assert rows.declared["params"]["connection"] == "pg_prod"
    assert rows.declared["type"] == TypeOfConnection("pg_prod")
    assert rows.declared["customFields"] == {"connection": "pg"}
    assert rows.references == (("connection", "pg_prod"),)
    assert docs.declared["params"]["connection"] == "pg_prod"
    assert ("connection", "pg_prod") in docs.references and ("connection", "pg") not in docs.references
    assert after["dataset.P.raw"].first == {"params": {"connection": "s3_managed"}}
    assert after["dataset.P.up"].declared["params"]["uploadConnection"] == "s3_managed"
    assert code.declared["params"]["envSelection"]["envName"] == "py_prod"
    assert code.declared["params"]["containerSelection"]["containerConf"] == "big"
    assert "pg\n" in code.declared.values()
    assert "'containerConf': 'big'" in str(after["recipe.P.same"].declared)
    assert after["project.P"].declared["settings"]["codeEnvs"]["python"]["envName"] == "py_prod"
    scenario = str(after["scenario.P.Nightly"].declared)
    assert scenario.count("pg_prod") == 2 and "'pg'" not in scenario
    for kept in ("connection.pg", "variables.P", "dataset.P.kept"):
        assert after[kept] is before[kept]
    assert before == resources()


def test_without_a_table_nothing_changes() -> None:
    before = resources()
    assert all(remapped(before, Remapping())[address] is resource for address, resource in before.items())
    unused = Remapping(connections={"nobody": "uses"})
    assert all(remapped(before, unused)[address] is resource for address, resource in before.items())
