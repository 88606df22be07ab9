# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""General settings and instance variables (dss-api.md 2.1, 2.18)."""

from __future__ import annotations

from typing import Any

from support.sandbox import connect

from .errors import refusal


def configs(client: Any, **execution: Any) -> Any:
    settings = client.get_general_settings()
    containers = settings.get_raw()["containerSettings"]
    containers["buildConfigs"] = [{"name": "std"}]
    containers["executionConfigs"] = [{"name": "k8s", "type": "KUBERNETES", "imageBuildConfig": "std", **execution}]
    return settings


def test_unknown_fields_vanish_and_defaults_appear(client: Any) -> None:
    settings = configs(client, madeUp=1)
    settings.get_raw()["madeUp"] = 1
    settings.save()
    after = client.get_general_settings().get_raw()
    (config,) = after["containerSettings"]["executionConfigs"]
    assert "madeUp" not in after and "madeUp" not in config
    assert (config["usableBy"], config["workloadType"], config["isFinal"]) == ("ALL", "ANY", False)
    assert "DKU_TMPDIR" in str(config) and config["kubernetesRuntimeConfig"] == {"createNamespace": False}


def test_an_unknown_build_configuration_is_refused(client: Any) -> None:
    settings = configs(client, imageBuildConfig="other")
    assert "references an unknown image build configuration." in refusal(settings.save)
    assert client.get_general_settings().get_raw()["containerSettings"]["executionConfigs"] == []


def test_what_is_left_out_falls_back(client: Any) -> None:
    settings = configs(client)
    settings.get_raw()["impersonation"]["enabled"] = True
    settings.save()
    client._perform_empty("PUT", "/admin/general-settings", body={})
    after = client.get_general_settings().get_raw()
    assert after["impersonation"]["enabled"] is False and after["containerSettings"]["executionConfigs"] == []


def test_the_password_of_the_directory_is_encrypted(client: Any) -> None:
    settings = client.get_general_settings()
    settings.get_raw()["ldapSettings"]["bindPassword"] = "top-secret"
    settings.save()
    first = client.get_general_settings()
    assert "top-secret" not in str(first.get_raw())
    first.save()
    again = client.get_general_settings().get_raw()["ldapSettings"]["bindPassword"]
    assert again not in ("", "top-secret", first.get_raw()["ldapSettings"]["bindPassword"])


def test_base_images_are_pushed_by_a_future(client: Any) -> None:
    answer = client.get_general_settings().push_container_exec_base_images()
    assert client.get_future(answer["jobId"]).wait_for_result()["error"] is False


def test_variables_are_replaced_as_a_whole(client: Any) -> None:
    variables = client.get_global_variables()
    variables["a"] = {"b": 1}
    variables.save()
    client.set_variables({"c": 2})
    assert dict(client.get_global_variables()) == {"c": 2}


def test_only_administrators_see_them(running: Any, control: Any) -> None:
    limited = connect(running.url, control.key(login="bob"))
    assert refusal(limited.get_general_settings) and refusal(limited.get_global_variables)


def test_a_global_key_works_at_once_and_is_shown_once(running: Any, client: Any) -> None:
    key = client.create_global_api_key("deploy", "d", admin=True)
    assert connect(running.url, key.key).list_users()
    listed = client.list_global_api_keys()
    assert [item["label"] for item in listed] == ["deploy"] and listed[0]["key"] != key.key
    definition = key.get_definition()
    definition["globalPermissions"] = {"admin": False}
    key.set_definition(definition)
    assert refusal(connect(running.url, key.key).list_users)
    key.delete()
    assert "Unknown API Key" in refusal(connect(running.url, key.key).list_projects)


def test_a_personal_key_acts_as_its_user(running: Any, client: Any, control: Any) -> None:
    client.create_user("ada", "pw")
    key = client.create_personal_api_key_for_user("ada", "laptop")
    own = connect(running.url, key.key)
    assert own.get_auth_info()["authIdentifier"] == "ada"
    second = own.create_personal_api_key("second", as_type="object")
    assert {item["label"] for item in own.list_personal_api_keys()} == {"laptop", "second"}
    assert len(client.list_all_personal_api_keys()) == 2 and refusal(own.list_all_personal_api_keys)
    definition = second.get_definition()
    definition.update(label="other", user="admin")
    second.set_definition(definition)
    assert (second.get_definition()["label"], second.get_definition()["user"]) == ("other", "ada")
    assert refusal(connect(running.url, control.key(login="bob")).get_personal_api_key(second.id_).get_definition)
    second.delete()
    assert "Unknown API Key" in refusal(connect(running.url, second.key).get_auth_info)


def test_the_log_of_the_node_can_be_read(client: Any) -> None:
    client.list_users()
    (log,) = client.list_logs()
    assert "GET /admin/users 200" in client.get_log(log["name"])["tail"]["lines"]
    assert "does not exist" in refusal(client.get_log, "other.log")
