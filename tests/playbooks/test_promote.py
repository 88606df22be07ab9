# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real project from dev to prod in one command, on five nodes; a release that fails its tests leaves the earlier one active."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from support.playbook import run
from support.sandbox import CORPUS, import_project
from support.site import SandboxSite, SiteNode

PROJECT = CORPUS / "vasilisa__ci_cd"  # 17 datasets, 15 recipes, 13 scenarios
KEY = "CICD"
SOURCE = "Postgres-local"
SETTINGS: dict[str, dict[str, t.Any]] = {
    "staging": {"settings": {"require_tests": True}, "remapping": {"connections": {SOURCE: "pg_staging"}}},
    "prod": {"settings": {"require_tests": True}, "remapping": {"connections": {SOURCE: "pg_prod"}}},
}
TESTED = "ALWAYS_THERE"

pytestmark = pytest.mark.skipif(not PROJECT.is_dir(), reason="needs ../shared/corpus, which is not published")


class Company:
    """Five nodes, one inventory, and the commands of its release manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = SandboxSite("dev=design", "staging=automation", "prod=automation", "deployer", "fleet")
        self.nodes = self.site.nodes
        dev = self.nodes["dev"]
        self.connect(dev, SOURCE)
        import_project(dev.client(), PROJECT, KEY)
        scenario = dev.client().get_project(KEY).create_scenario(TESTED, "step_based").get_settings()
        scenario.get_raw()["markedAsTest"] = True
        scenario.save()
        self.scenarios = [item["id"] for item in dev.client().get_project(KEY).list_scenarios()]
        for name in ("staging", "prod"):
            self.connect(self.nodes[name], f"pg_{name}")
        self.write_inventory()

    def connect(self, node: SiteNode, name: str) -> None:
        node.client().create_connection(name, "PostgreSQL", {"host": f"{node.name}.example.com", "db": "main"})

    def write_inventory(self, **changes: t.Any) -> None:
        """One inventory with dev, staging and prod; the keys come from the environment."""
        environments: dict[str, t.Any] = {"dev": {"nodes": {"design": self.access("dev")}}}
        for name in ("staging", "prod"):
            nodes = {"automation": self.access(name)}
            environments[name] = {"nodes": nodes, **SETTINGS[name], **changes.get(name, {})}
        environments["prod"]["nodes"]["deployer"] = self.access("deployer")
        content = {"plugin": "dataiku_iac.dss.environments", "environments": environments}
        (self.folder / "company.dss.yml").write_text(yaml.safe_dump(content))

    def access(self, name: str) -> dict[str, str]:
        return {"url": self.nodes[name].url, "api_key_env": f"KEY_{name.upper()}"}

    def play(self, *arguments: str) -> tuple[int, str]:
        """Run a playbook of the collection; no key may be printed."""
        environ = {f"KEY_{name.upper()}": node.api_key for name, node in self.nodes.items()}
        code, output = run(["-i", "company.dss.yml", *arguments], environ, self.folder)
        assert not any(node.api_key in output for node in self.nodes.values())
        assert "DEPRECATION" not in output, output
        return code, output

    def promote(self, *arguments: str, **variables: t.Any) -> tuple[int, str]:
        given = {
            "project": KEY,
            "promote_from": "dev",
            "promote_to": ["staging", "prod"],
            "promote_gates": [{"test_scenarios": True}],
            "promote_scenarios": {"prod": {self.scenarios[0]: True}},
            "promote_local_variables": {"staging": {"where": "staging"}, "prod": {"where": "prod"}},
            **variables,
        }
        return self.play("dataiku_iac.dss.promote", "-e", json.dumps(given), *arguments)

    def has_promoted(self) -> None:
        """Some version is active everywhere."""
        if not self.active("prod"):
            code, output = self.promote()
            assert code == 0, output

    def change(self) -> None:
        """A new version of the project on dev."""
        project = self.nodes["dev"].client().get_project(KEY)
        variables = project.get_variables()
        variables["standard"]["version"] = variables["standard"].get("version", 0) + 1
        project.set_variables(variables)

    def active(self, name: str) -> dict[str, t.Any]:
        """What is active on a node, read with Dataiku's own client."""
        client = self.nodes[name].client()
        if KEY not in client.list_project_keys():
            return {}
        project = client.get_project(KEY)
        return {
            "bundle": project.get_summary().get("activeBundleState", {}).get("bundleId"),
            "scenarios": {item["id"]: item["active"] for item in project.list_scenarios()},
            "variables": project.get_variables(),
            "remapping": project.get_settings().get_raw().get("bundleContainerSettings", {}).get("remapping"),
            "connections": {item["params"].get("connection") for item in project.list_datasets()},
        }

    def switch(self, name: str, scenario: str, on: bool) -> None:
        settings = self.nodes[name].client().get_project(KEY).get_scenario(scenario).get_settings()
        settings.active = on
        settings.save()

    def order(self, name: str, outcome: str) -> None:
        """How the test scenario ends on a node from now on."""
        self.nodes[name].control.outcomes(scenarios={f"{KEY}.{TESTED}": outcome})


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Company]:
    found = Company(tmp_path_factory.mktemp("company"))
    yield found
    found.site.stop()


def test_a_project_goes_from_dev_to_prod_in_one_command(tmp_path: Path) -> None:
    company = Company(tmp_path)
    try:
        goes_from_dev_to_prod(company)
    finally:
        company.site.stop()


def goes_from_dev_to_prod(company: Company) -> None:
    code, output = company.promote("--check", "--diff")
    assert code == 0, output
    assert "Promotion of CICD to staging:" in output and "Promotion of CICD to prod:" in output
    assert re.search(rf"connection +{SOURCE} +pg_prod .* ok", output)
    assert not company.active("staging") and not company.active("prod"), "check mode writes nothing"
    assert not company.nodes["dev"].client().get_project(KEY).list_exported_bundles()["bundles"]

    code, output = company.promote()
    assert code == 0, output
    for name in ("staging", "prod"):
        held = company.active(name)
        assert f"pg_{name}" in held["connections"] and SOURCE not in held["connections"]
        assert held["variables"]["local"] == {"where": name}
    assert company.active("prod")["bundle"] == company.active("staging")["bundle"]
    assert company.active("prod")["scenarios"][company.scenarios[0]] is True

    before = {name: company.active(name) for name in ("staging", "prod")}
    runs = company.nodes["prod"].client().get_project(KEY).get_scenario(TESTED).get_last_runs()
    code, output = company.promote()
    assert code == 0 and "changed=0" in output, output
    assert {name: company.active(name) for name in ("staging", "prod")} == before
    assert len(company.nodes["prod"].client().get_project(KEY).get_scenario(TESTED).get_last_runs()) == len(runs)


@pytest.mark.parametrize("where", ["staging", "prod"])
def test_a_test_that_fails_leaves_the_earlier_bundle_active(company: Company, where: str) -> None:
    company.order(where, "SUCCESS")
    company.has_promoted()
    company.switch(where, company.scenarios[1], True)  # an operator has done so since
    before = company.active(where)
    company.change()
    company.order(where, "FAILED")

    code, output = company.promote()

    assert code == 2
    assert f"{KEY} is not promoted to {where}: gate 'test_scenarios' did not pass" in output
    assert re.search(rf"rolled back in \d+\.\d\d s: bundle {before['bundle']} is active again", output), output
    assert company.active(where) == before
    other = company.active("staging" if where == "prod" else "prod")["bundle"]
    assert (other == before["bundle"]) is (where == "staging"), "prod is reached only after staging"

    company.order(where, "SUCCESS")
    if where == "staging":
        return
    code, output = company.promote()
    assert code == 0, output
    assert company.active(where)["bundle"] == company.active("staging")["bundle"] != before["bundle"]
    assert company.active(where)["scenarios"][company.scenarios[1]] is True


def test_prod_waits_for_an_approval_of_that_very_bundle(company: Company) -> None:
    company.has_promoted()
    company.write_inventory(prod={"settings": {"require_approval": True}})
    try:
        company.change()
        code, output = company.promote(promote_stop_after="staging")
        assert code == 0, output
        bundle = company.active("staging")["bundle"]
        assert company.active("prod")["bundle"] != bundle

        code, output = company.promote()
        assert code == 2 and f"run again with promote_approved={bundle}" in output, output
        assert company.active("prod")["bundle"] != bundle

        company.change()  # what is approved is the bundle, whatever happens on dev meanwhile
        code, output = company.promote(promote_approved=bundle)
        assert code == 0, output
        assert company.active("prod")["bundle"] == bundle
    finally:
        company.write_inventory()


def test_what_a_node_lacks_is_said_before_anything_moves(company: Company) -> None:
    company.write_inventory(staging={"remapping": {"connections": {SOURCE: "nowhere"}}})
    try:
        before = company.active("staging")
        code, output = company.promote("--check", promote_to=["staging"])
        assert code == 2 and "connection nowhere is missing on the target" in output, output
        assert company.active("staging") == before
    finally:
        company.write_inventory()


def test_an_environment_that_asks_for_tests_gets_no_bundle_without(company: Company) -> None:
    code, output = company.promote(promote_gates=[])
    assert code == 2 and "the environment staging asks for tests (require_tests) and there are none" in output, output


def test_tasks_of_the_user_are_tests_too(company: Company) -> None:
    tasks = [{"name": "Never good", "ansible.builtin.fail": {"msg": "not on {{ promote_environment }}"}}]
    (company.folder / "smoke.yml").write_text(yaml.safe_dump(tasks))
    company.has_promoted()
    before = company.active("staging")
    company.change()
    code, output = company.promote(promote_gates=[], promote_gate_tasks="smoke.yml")
    assert code == 2 and "CICD is not promoted to staging: not on staging; rolled back in" in output, output
    assert company.active("staging") == before


def test_a_bundle_is_brought_back_by_hand(company: Company) -> None:
    company.has_promoted()
    company.order("staging", "SUCCESS")
    company.change()
    assert company.promote(promote_stop_after="staging")[0] == 0
    before = company.active("staging")["bundle"]
    bundles = company.nodes["staging"].client().get_project(KEY).list_imported_bundles()["bundles"]
    back = ["dataiku_iac.dss.rollback", "-e", f"project={KEY}", "-e", "environment_name=staging"]
    code, output = company.play(*back, "-e", "bundle=before")
    assert code == 0, output
    assert company.active("staging")["bundle"] != before
    code, output = company.play(*back, "-e", f"bundle={bundles[0]['bundleId']}")
    assert code == 0, output
    assert company.active("staging")["bundle"] == bundles[0]["bundleId"]
