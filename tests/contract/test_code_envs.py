# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code environments: definitions, builds, logs (dss-api.md 2.17)."""

from __future__ import annotations

from typing import Any

import pytest
from support.sandbox import connect
from support.site import SandboxSite

from .errors import refusal


@pytest.fixture
def env(client: Any) -> Any:
    return client.create_code_env("PYTHON", "ml", "DESIGN_MANAGED", {"pythonInterpreter": "PYTHON311"})


def listed(client: Any, name: str = "ml") -> Any:
    return next((item for item in client.list_code_envs() if item["envName"] == name), None)


def test_a_new_environment_is_built_and_has_only_its_base(client: Any, env: Any) -> None:
    settings = env.get_settings().get_raw()
    assert settings["desc"]["pythonInterpreter"] == "PYTHON311" and settings["specPackageList"] == ""
    assert "pandas==1.0.0" in settings["actualPackageList"] and listed(client)["isUptodate"] is True


def test_a_new_spec_does_nothing_until_packages_are_updated(client: Any, env: Any) -> None:
    settings = env.get_settings()
    settings.set_required_packages("scipy==1.2", "numpy")
    settings.save()
    assert listed(client)["isUptodate"] is False and "scipy" not in env.get_settings().get_raw()["actualPackageList"]
    env.update_packages()
    assert listed(client)["isUptodate"] is True and "scipy==1.2" in env.get_settings().get_raw()["actualPackageList"]


def test_what_is_at_the_top_level_wins(env: Any) -> None:
    raw = env.get_settings().get_raw()
    raw["desc"]["usableByAll"], raw["usableByAll"] = False, True
    env.set_definition(raw)
    assert env.get_settings().get_raw()["desc"]["usableByAll"] is True
    raw["usableByAll"] = False
    env.set_definition(raw)
    assert env.get_settings().get_raw()["desc"]["usableByAll"] is False


def test_the_interpreter_cannot_be_changed(env: Any) -> None:
    raw = env.get_settings().get_raw()
    raw["desc"]["pythonInterpreter"] = raw["pythonInterpreter"] = "PYTHON312"
    env.set_definition(raw)
    assert env.get_settings().get_raw()["desc"]["pythonInterpreter"] == "PYTHON311"


def test_a_failed_build_says_so_and_leaves_a_log(client: Any, control: Any, env: Any) -> None:
    settings = env.get_settings()
    settings.set_required_packages("no-such-package")
    settings.save()
    control.outcomes(code_envs={"PYTHON.ml": "BUILD_FAILED"})
    with pytest.raises(Exception, match="Env update failed"):
        env.update_packages()
    log = max(env.list_logs(), key=lambda entry: entry["name"])
    assert "No matching distribution found for no-such-package" in log["tail"]
    assert env.get_log(log["name"]).endswith("no-such-package\n")
    assert listed(client)["isUptodate"] is False


def test_without_waiting_a_future_tells(control: Any, env: Any) -> None:
    control.outcomes(code_envs={"*": "BUILD_FAILED"})
    answer = env.client._perform_json("POST", "/admin/code-envs/PYTHON/ml/packages", params={"wait": False})
    assert answer["hasResult"] is False
    result = env.client.get_future(answer["jobId"]).wait_for_result()
    assert result["messages"]["error"] is True


@pytest.mark.parametrize("shown", [True, False])
def test_a_failed_creation_leaves_what_cannot_be_read(client: Any, control: Any, shown: bool) -> None:
    control.switch(unbuilt_env_listed=shown)
    control.outcomes(code_envs={"PYTHON.ml": "CREATION_FAILED"})
    with pytest.raises(Exception, match="Env creation failed"):
        client.create_code_env("PYTHON", "ml", "DESIGN_MANAGED")
    env = client.get_code_env("PYTHON", "ml")
    assert "Not a file: /python/ml/desc.json" in refusal(env.get_settings)
    assert (listed(client) is not None) is shown
    control.outcomes(code_envs={})
    assert "already exists" in refusal(client.create_code_env, "PYTHON", "ml", "DESIGN_MANAGED")
    env.delete()
    client.create_code_env("PYTHON", "ml", "DESIGN_MANAGED")


def test_notebooks_and_images(env: Any) -> None:
    env.set_jupyter_support(False)
    assert env.get_settings().get_raw()["desc"]["installJupyterSupport"] is False
    assert env.update_images()["messages"]["error"] is False


def test_where_it_is_used(client: Any, project: Any, env: Any) -> None:
    project.create_dataset("d", "Filesystem", params={"connection": "filesystem_managed", "path": "d"})
    recipe = project.new_recipe("python", "r").with_script("1").create()
    settings = recipe.get_settings()
    settings.get_recipe_params()["envSelection"] = {"envMode": "EXPLICIT_ENV", "envName": "ml"}
    settings.save()
    assert (
        [usage["objectId"] for usage in env.list_usages()]
        == ["r"]
        == [u["objectId"] for u in client.list_code_env_usages()]
    )
    assert env.get_version_for_project("PROJ") == {"version": "", "bundleId": ""}


def test_what_is_wrong_with_an_environment_is_refused(client: Any, env: Any) -> None:
    assert refusal(client.create_code_env, "PYTHON", "x", "AUTOMATION_SINGLE")
    assert refusal(client.create_code_env, "JULIA", "x", "DESIGN_MANAGED")
    assert refusal(client.create_code_env, "PYTHON", "x", "DESIGN_MANAGED", {"pythonInterpreter": "PYTHON99"})
    gone = client.get_code_env("PYTHON", "gone")
    assert refusal(gone.get_settings) == "com.dataiku.dip.exceptions.CodedIOException: PYTHON env gone doesn't exist"
    env.delete()
    assert listed(client) is None


def test_only_administrators_manage_them(running: Any, control: Any) -> None:
    limited = connect(running.url, control.key(login="bob"))
    assert refusal(limited.list_code_envs) and refusal(limited.create_code_env, "PYTHON", "x", "DESIGN_MANAGED")


def test_an_automation_node_keeps_the_spec_in_versions(site: SandboxSite) -> None:
    client = site.nodes["prod"].client()
    single = client.create_code_env("PYTHON", "single", "AUTOMATION_SINGLE")
    settings = single.get_settings()
    settings.get_version().set_required_packages("scipy")
    settings.save()
    assert single.get_settings().get_version().get_required_packages() == "scipy"
    versioned = client.create_code_env("PYTHON", "versioned", "AUTOMATION_VERSIONED").get_settings()
    assert versioned.get_version("v1").get_raw()["desc"]["installCorePackages"] is True
    linked = client.create_code_env("PYTHON", "linked", "EXTERNAL_CONDA_NAMED").get_settings()
    assert linked.get_version().get_required_packages() == ""
