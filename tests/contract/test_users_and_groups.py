# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and groups (dss-api.md 2.17)."""

from __future__ import annotations

from typing import Any

import pytest
from support.sandbox import connect

from .errors import refusal


@pytest.fixture
def ada(client: Any) -> Any:
    return client.create_user("ada", "s3cret-pw", "Ada", groups=["readers"], profile="READER", email="ada@x")


def test_a_user_is_created_without_email_unless_a_switch_says_so(client: Any, control: Any, ada: Any) -> None:
    settings = ada.get_settings().get_raw()
    assert (settings["displayName"], settings["groups"], settings["enabled"]) == ("Ada", ["readers"], True)
    assert "email" not in settings
    control.switch(user_email_at_creation="kept")
    assert client.create_user("bob", "pw", email="bob@x").get_settings().get_raw()["email"] == "bob@x"


def test_a_password_is_never_returned(client: Any, ada: Any) -> None:
    assert "s3cret-pw" not in str(ada.get_settings().get_raw()) + str(client.list_users(include_settings=True))


def test_settings_replace_what_was_there(ada: Any) -> None:
    settings = ada.get_settings()
    settings.enabled = False
    settings.get_raw().update(email="ada@y", madeUp=1)
    settings.get_raw().pop("displayName")
    settings.save()
    after = ada.get_settings().get_raw()
    assert (after["enabled"], after["email"], after["displayName"]) == (False, "ada@y", "") and "madeUp" not in after
    assert after["resultingUserProfile"] == "READER" and after["creationDate"]


def test_secrets_come_back_encrypted_and_are_kept_so(ada: Any) -> None:
    settings = ada.get_settings()
    settings.add_secret("db", "top-secret")
    settings.set_basic_connection_credential("pg", "u", "pg-secret")
    settings.save()
    first = ada.get_settings().get_raw()
    assert "top-secret" not in str(first) and "pg-secret" not in str(first)
    ada.get_settings().save()
    again = ada.get_settings().get_raw()
    assert again["secrets"][0]["value"] not in ("", "top-secret", first["secrets"][0]["value"])


def test_the_short_list_has_no_settings(client: Any, ada: Any) -> None:
    listed = next(user for user in client.list_users() if user["login"] == "ada")
    assert "preferences" not in listed and listed["trialStatus"]["exists"] is False
    assert "preferences" in next(user for user in client.list_users(include_settings=True) if user["login"] == "ada")


def test_what_is_wrong_with_a_user_is_refused(client: Any, ada: Any) -> None:
    assert "already exists" in refusal(client.create_user, "ada", "pw")
    assert "password" in refusal(client.create_user, "eve", "")
    assert "Group nobody" in refusal(client.create_user, "eve", "pw", groups=["nobody"])
    assert "does not exist" in refusal(client.get_user("eve").get_settings)


def test_nobody_deletes_his_own_user_by_accident(running: Any, client: Any, control: Any, ada: Any) -> None:
    own = connect(running.url, control.key(login="ada", admin=True))
    assert "own user" in refusal(own.get_user("ada").delete)
    own.get_user("ada").delete(allow_self_deletion=True)
    assert "ada" not in [user["login"] for user in client.list_users()]


def test_many_users_at_once_each_have_a_status(client: Any, ada: Any) -> None:
    made = client.create_users([{"login": "bob", "password": "pw"}, {"login": "ada", "password": "pw"}])
    assert [item["status"] for item in made] == ["SUCCESS", "FAILURE"] and "already" in made[1]["error"]
    assert [item["status"] for item in client.edit_users([{"login": "ada", "enabled": False}])] == ["SUCCESS"]
    settings = ada.get_settings().get_raw()
    assert (settings["enabled"], settings["displayName"]) == (False, "Ada")
    assert [item["status"] for item in client.delete_users(["bob", "eve"])] == ["SUCCESS", "FAILURE"]


def test_a_user_sees_and_changes_only_what_is_his(running: Any, client: Any, control: Any, ada: Any) -> None:
    own = connect(running.url, control.key(login="ada"))
    settings = own.get_own_user().get_settings()
    settings.get_raw().update(displayName="Ada L.", groups=["administrators"])
    settings.save()
    after = ada.get_settings().get_raw()
    assert (after["displayName"], after["groups"]) == ("Ada L.", ["readers"])
    assert own.get_user("admin").get_info().login == "admin"
    assert refusal(own.list_users) and refusal(own.list_groups) and refusal(own.create_group, "g")
    assert ada.get_activity().get_raw()["login"] == "ada"


def test_a_group_is_created_without_abilities(client: Any) -> None:
    body = {"name": "g", "description": "d", "sourceType": "LOCAL", "mayCreateProjects": True}
    client._perform_text("POST", "/admin/groups/", body=body)
    definition = client.get_group("g").get_definition()
    assert (definition["description"], definition["mayCreateProjects"]) == ("d", False)
    assert "g" in [group["name"] for group in client.list_groups()]


def test_a_group_is_replaced_as_a_whole(client: Any) -> None:
    group = client.create_group("g", "d")
    group.set_definition({**group.get_definition(), "mayCreateProjects": True, "madeUp": 1})
    assert group.get_definition()["mayCreateProjects"] is True and "madeUp" not in group.get_definition()
    group.set_definition({"name": "g"})
    assert group.get_definition()["mayCreateProjects"] is False


def test_members_lose_a_group_that_is_deleted(client: Any, ada: Any) -> None:
    client.get_group("readers").delete()
    assert ada.get_settings().get_raw()["groups"] == []
    assert "does not exist" in refusal(client.get_group("readers").get_definition)
    assert "already exists" in refusal(client.create_group, "data_team")
