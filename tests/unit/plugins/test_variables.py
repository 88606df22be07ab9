# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the variables of a host give to the options of a task, and what they never give."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import node_options
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import module_spec
from ansible_collections.dataiku_iac.dss.plugins.plugin_utils._variables import with_variables

NODE = {"dss_url": "https://dev", "dss_api_key": "dev-key"}
ENVIRON = {"DKU_DSS_URL": "https://elsewhere", "DKU_API_KEY": "other-key", "HOME": "/nowhere"}


def given(module: str, variables: dict[str, t.Any], **options: t.Any) -> dict[str, t.Any]:
    spec = module_spec(module)
    return with_variables(spec["argument_spec"], options, variables.get, spec.get("mutually_exclusive", ()))


def test_every_variable_of_the_contract_reaches_the_option_of_its_name() -> None:
    variables = {
        **NODE,
        "dss_client_certificate": "/c",
        "dss_ca_path": "/ca",
        "dss_validate_certs": False,
        "dss_timeout": 5,
        "dss_workers": 2,
        "dss_state_backend": {"type": "local"},
        "dss_encryption_key": "e",
        "dss_lock_timeout": 1,
        "dss_keep_versions": 3,
        "dss_environment": "dev",
        "dss_environment_content": {"variables": {}},
        "dss_node": "design",
        "dss_prune": True,
    }
    assert given("configuration", variables) == {
        name.removeprefix("dss_"): value for name, value in variables.items() if name not in ("dss_node", "dss_prune")
    }


@pytest.mark.parametrize("module", ["state", "state_lock", "rollback"])
def test_environment_and_project_reach_the_modules_of_the_state(module: str) -> None:
    found = given(module, {"dss_environment": "dev", "dss_project": "SALES", "dss_environment_content": {}})
    assert found == {"environment": "dev", "project": "SALES"}
    assert given(module, {"dss_project": "SALES"}, project="")["project"] == ""


def test_the_project_of_a_host_is_that_of_its_datasets() -> None:
    assert given("dataset", {"dss_project": "SALES"}, name="raw") == {"project": "SALES", "name": "raw"}


def test_a_variable_adds_nothing_beside_an_option_that_excludes_it() -> None:
    project = {"dss_project": "SALES"}
    assert given("connection_remapping", project) == {"project": "SALES"}
    assert given("connection_remapping", project, deployment="x") == {"deployment": "x"}


def test_an_option_wins_and_its_variable_is_not_even_looked_at() -> None:
    asked: list[str] = []
    options = module_spec("dataset")["argument_spec"]
    with_variables(options, {"timeout": 1, "project": "A", "url": "u"}, asked.append)
    assert "dss_timeout" not in asked and "dss_project" not in asked
    assert not {"dss_url", "dss_api_key", "dss_instance"} & {*asked}
    assert "dss_workers" in asked


def test_a_task_that_names_its_node_takes_no_key_of_another() -> None:
    assert "api_key" not in given("project", NODE, url="https://mine")
    assert given("project", NODE, instance="mine") == {"instance": "mine"}
    assert "api_key" not in given("project", {"dss_api_key": "dev-key"})


def test_a_key_of_the_task_goes_with_the_node_of_the_host() -> None:
    assert given("project", NODE, api_key="admin") == {"url": "https://dev", "api_key": "admin"}


def test_the_node_of_a_host_without_a_key_is_refused_every_other_key() -> None:
    options = given("project", {"dss_url": "https://dev"})
    with pytest.raises(DssError, match="no API key given for https://dev: api_key is empty"):
        node_options(options, ENVIRON)
    assert node_options(given("project", NODE), ENVIRON).api_key == "dev-key"
    assert node_options(given("project", {}), ENVIRON).api_key == "other-key"


def test_an_instance_of_the_file_of_the_client_brings_its_own_key() -> None:
    assert given("project", {"dss_instance": "dev"}) == {"instance": "dev"}
    assert given("project", {"dss_instance": "dev", "dss_url": "https://dev"}) == {
        "instance": "dev",
        "url": "https://dev",
    }
