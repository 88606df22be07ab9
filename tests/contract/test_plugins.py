# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins: install, update, settings, code environment, delete (client, dss/plugin.py)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from support.sandbox import connect

from .errors import refusal


def archive(version: str = "1.0.0", plugin_id: str = "mailer") -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("plugin.json", json.dumps({"id": plugin_id, "version": version}))
        package.writestr("parameter-sets/server/parameter-set.json", "{}")
    content.seek(0)
    return content


@pytest.fixture
def mailer(client: Any) -> Any:
    client.install_plugin_from_archive(archive())
    return client.get_plugin("mailer")


def versions(client: Any) -> dict[str, str]:
    return {plugin["id"]: plugin["version"] for plugin in client.list_plugins()}


def test_a_plugin_comes_from_an_archive_the_store_or_git(client: Any, mailer: Any) -> None:
    client.install_plugin_from_store("geoadmin").wait_for_result()
    client.install_plugin_from_git("git@x:data/dss-plugin-company.git", "v2.1.0").wait_for_result()
    found = versions(client)
    assert (found["mailer"], found["company"]) == ("1.0.0", "2.1.0") and "geoadmin" in found


def test_what_cannot_be_installed(client: Any, control: Any, mailer: Any) -> None:
    assert "already installed" in refusal(client.install_plugin_from_archive, archive())
    assert "not in the store" in refusal(client.install_plugin_from_store, "nonsense")
    assert "Not a plugin archive" in refusal(client.install_plugin_from_archive, io.BytesIO(b"x"))
    control.outcomes(plugins={"geoadmin": "FAILED"})
    assert client.install_plugin_from_store("geoadmin").wait_for_result()["success"] is False
    assert "geoadmin" not in versions(client)


def test_an_update_keeps_settings(client: Any, mailer: Any) -> None:
    settings = mailer.get_settings()
    settings.get_parameter_set("server").create_preset("main").config["host"] = "a"
    settings.save()
    mailer.update_from_zip(archive("1.1.0"))
    assert versions(client)["mailer"] == "1.1.0"
    assert mailer.get_settings().get_parameter_set("server").get_preset("main").config == {"host": "a"}
    assert "holds plugin other" in refusal(mailer.update_from_zip, archive("1.2.0", "other"))
    mailer.start_update_from_zip(archive("1.3.0")).wait_for_result()
    mailer.update_from_git("https://x/mailer.git", "v1.4.0").wait_for_result()
    assert versions(client)["mailer"] == "1.4.0"


def test_secrets_of_presets_come_back_encrypted(mailer: Any) -> None:
    settings = mailer.get_settings()
    settings.get_parameter_set("server").create_preset("main").config["password"] = "top-secret"
    settings.save()
    first = mailer.get_settings().get_raw()
    assert "top-secret" not in str(first)
    mailer.get_settings().save()
    assert mailer.get_settings().get_raw()["presets"][0]["config"]["password"] != "top-secret"


def test_a_preset_needs_its_parameter_set(mailer: Any) -> None:
    settings = mailer.get_settings()
    settings.get_raw()["presets"].append({"name": "x", "type": "nonsense"})
    assert "Unknown parameter set" in refusal(settings.save)


def test_a_code_environment_is_made_and_then_selected(client: Any, mailer: Any) -> None:
    name = mailer.create_code_env("PYTHON311").wait_for_result()["envName"]
    settings = mailer.get_settings()
    settings.set_code_env(name)
    settings.save()
    assert client.get_code_env("PYTHON", name).get_settings().get_raw()["deploymentMode"] == "PLUGIN_MANAGED"
    assert mailer.update_code_env().wait_for_result()["messages"]["error"] is False


def test_one_that_is_used_goes_only_by_force(client: Any, project: Any, mailer: Any) -> None:
    project.create_dataset("mails", "CustomPython_mailer_inbox", params={})
    assert [usage.object_id for usage in mailer.list_usages().usages] == ["mails"]
    assert mailer.delete().wait_for_result()["success"] is False and "mailer" in versions(client)
    assert mailer.delete(force=True).wait_for_result()["success"] is True
    assert "does not exist" in refusal(mailer.get_settings)


def test_only_administrators_manage_plugins(running: Any, control: Any, mailer: Any) -> None:
    limited = connect(running.url, control.key(login="bob"))
    assert [plugin["id"] for plugin in limited.list_plugins()] == ["mailer"]
    assert refusal(limited.install_plugin_from_store, "geoadmin")
    assert refusal(limited.get_plugin("mailer").get_settings)
