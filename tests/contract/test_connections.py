# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections and their secrets (dss-api.md 2.16)."""

from __future__ import annotations

from typing import Any

import pytest
from support.sandbox import connect

from .errors import refusal

PARAMS = {"host": "db", "port": 5432, "user": "u", "password": "s3cret", "properties": [{"name": "k", "value": "v"}]}


@pytest.fixture
def connection(client: Any) -> Any:
    return client.create_connection("pg", "PostgreSQL", dict(PARAMS))


def test_the_list_is_a_dict_of_full_definitions(client: Any, connection: Any) -> None:
    listed = client.list_connections()
    assert listed["pg"] == connection.get_definition() and "filesystem_managed" in listed


def test_creation_ignores_all_but_a_few_fields(client: Any) -> None:
    body = {"name": "c", "type": "PostgreSQL", "params": {}, "allowWrite": False, "maxActivities": 7}
    client._perform_text("POST", "/admin/connections/", body=body)
    definition = client.get_connection("c").get_definition()
    assert (definition["allowWrite"], definition["maxActivities"]) == (True, 0)


def test_an_update_takes_the_other_fields(connection: Any) -> None:
    definition = connection.get_definition()
    definition.update(allowWrite=False, maxActivities=7, madeUp=1)
    connection.set_definition(definition)
    after = connection.get_definition()
    assert (after["allowWrite"], after["maxActivities"]) == (False, 7) and "madeUp" not in after


def test_a_secret_comes_back_encrypted(connection: Any) -> None:
    params = connection.get_definition()["params"]
    assert params["password"] and "s3cret" not in params["password"] and params["host"] == "db"


def test_the_encrypted_text_is_another_after_each_write(connection: Any) -> None:
    before = connection.get_definition()
    assert connection.get_definition() == before
    connection.set_definition(before)
    assert connection.get_definition()["params"]["password"] != before["params"]["password"]


def test_sending_the_encrypted_text_back_keeps_the_secret(control: Any, connection: Any) -> None:
    for _time in range(3):
        connection.set_definition(connection.get_definition())
    assert control.secrets("pg") == {"password": "s3cret"}


def test_clear_text_is_a_new_secret(control: Any, connection: Any) -> None:
    definition = connection.get_definition()
    definition["params"]["password"] = "changed"
    connection.set_definition(definition)
    assert control.secrets("pg") == {"password": "changed"}


def test_a_secret_left_out_is_gone(control: Any, connection: Any) -> None:
    definition = connection.get_definition()
    del definition["params"]["password"]
    connection.set_definition(definition)
    assert control.secrets("pg") == {}


def test_a_secret_property_is_encrypted_too(client: Any, control: Any) -> None:
    properties = [{"name": "token", "value": "t0ken", "secret": True}, {"name": "plain", "value": "x"}]
    connection = client.create_connection("my", "MySQL", {"properties": properties})
    shown = connection.get_definition()["params"]["properties"]
    assert shown[0]["value"] != "t0ken" and shown[1]["value"] == "x"
    connection.set_definition(connection.get_definition())
    assert control.secrets("my") == {"token": "t0ken"}


def test_a_missing_connection_is_named(client: Any) -> None:
    text = refusal(client.get_connection("X").get_definition)
    assert text == "java.lang.IllegalArgumentException: Connection 'X' does not exist"


def test_a_second_connection_of_the_same_name_is_refused(client: Any, connection: Any) -> None:
    assert "already exists" in refusal(client.create_connection, "pg", "PostgreSQL")


def test_the_type_s3_is_an_internal_error(client: Any) -> None:
    assert refusal(client.create_connection, "s3", "S3")


def test_a_deleted_connection_is_gone(client: Any, connection: Any) -> None:
    connection.delete()
    assert "pg" not in client.list_connections()


def test_names_can_be_listed_by_type(client: Any, connection: Any) -> None:
    assert client.list_connections_names("PostgreSQL") == ["pg"]


def test_a_file_system_connection_cannot_be_tested(client: Any, connection: Any) -> None:
    assert "NotImplementedException" in refusal(client.get_connection("filesystem_managed").test)
    assert connection.test()["connectionOK"] is True


def test_details_need_a_right(running: Any, client: Any, control: Any, connection: Any) -> None:
    assert connection.get_info()["params"]["password"] == "s3cret"
    limited = connect(running.url, control.key())
    assert "details" in refusal(limited.get_connection("pg").get_info)


def test_only_administrators_see_definitions(running: Any, control: Any, connection: Any) -> None:
    limited = connect(running.url, control.key(login="bob"))
    assert refusal(limited.list_connections)
    assert "pg" in limited.list_connections_names("all")
