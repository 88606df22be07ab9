# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What limited keys may do (dss-api.md 1.3, 4)."""

from __future__ import annotations

from typing import Any

import pytest
from support.sandbox import connect

from .errors import UNREADABLE, refusal

VARIABLES = {"standard": {}, "local": {}}


@pytest.fixture
def with_rights(running: Any, control: Any) -> Any:
    def make(**rights: Any) -> Any:
        return connect(running.url, control.key(**rights))

    return make


def test_an_unreadable_project_cannot_be_told_from_an_unknown_one(project: Any, with_rights: Any) -> None:
    limited = with_rights()
    assert refusal(limited.get_project("PROJ").list_datasets) == UNREADABLE
    assert limited.list_project_keys() == []


def test_a_reader_reads_and_does_not_write(project: Any, with_rights: Any) -> None:
    reader = with_rights(projects={"PROJ": "read"}).get_project("PROJ")
    assert reader.list_datasets() == [] and reader.get_project_git().get_status()["clean"] is True
    assert "not allowed" in refusal(reader.create_dataset, "d", "Inline")
    assert "not allowed" in refusal(reader.set_variables, VARIABLES)


def test_a_writer_writes_and_does_not_administer(project: Any, with_rights: Any) -> None:
    writer = with_rights(projects={"PROJ": "write"}).get_project("PROJ")
    writer.create_dataset("d", "Inline")
    writer.set_variables(VARIABLES)
    assert "not allowed" in refusal(writer.set_permissions, writer.get_permissions())
    assert "not allowed" in refusal(writer.set_metadata, writer.get_metadata())
    assert "not allowed" in refusal(writer.get_settings().save)


def test_a_project_administrator_sets_permissions_but_does_not_delete(project: Any, with_rights: Any) -> None:
    administrator = with_rights(projects={"PROJ": "admin"}).get_project("PROJ")
    administrator.set_permissions(administrator.get_permissions())
    assert "not admin" in refusal(administrator.delete)


def test_creating_a_project_needs_a_right(with_rights: Any) -> None:
    text = refusal(with_rights().create_project, "NEW", "New", "bob")
    assert text == "java.lang.SecurityException: You may not create new projects"


def test_who_creates_a_project_administers_it(with_rights: Any) -> None:
    creator = with_rights(login="bob", may_create_projects=True)
    project = creator.create_project("NEW", "New", "bob")
    project.set_permissions(project.get_permissions())
    assert creator.list_project_keys() == ["NEW"]


def test_the_rights_of_a_user_come_from_the_project(project: Any, with_rights: Any) -> None:
    entries = [{"user": "bob", "writeProjectContent": True}, {"group": "readers", "readProjectContent": True}]
    project.set_permissions({"owner": "admin", "permissions": entries})
    with_rights(login="bob").get_project("PROJ").create_dataset("d", "Inline")
    reader = with_rights(login="eve", groups=["readers"]).get_project("PROJ")
    assert len(reader.list_datasets()) == 1
    assert "not allowed" in refusal(reader.create_dataset, "e", "Inline")


def test_a_personal_key_writes_as_its_user(project: Any, with_rights: Any) -> None:
    writer = with_rights(login="bob", projects={"PROJ": "write"}).get_project("PROJ")
    writer.create_dataset("d", "Inline")
    document = writer.get_dataset("d").get_settings().get_raw()
    assert document["creationTag"]["lastModifiedBy"] == {"login": "bob"}
    assert writer.get_project_git().log()["entries"][0]["author"] == "bob"


def test_a_global_key_writes_as_itself(client: Any, project: Any) -> None:
    project.create_dataset("d", "Inline")
    login = project.get_dataset("d").get_settings().get_raw()["creationTag"]["lastModifiedBy"]["login"]
    assert login == client.get_auth_info()["authIdentifier"] and login.startswith("api:")


@pytest.mark.parametrize("call", ["list_users", "list_groups", "list_connections", "list_code_envs"])
def test_administration_needs_an_administrator(with_rights: Any, call: str) -> None:
    assert "not admin" in refusal(getattr(with_rights(login="bob"), call))


def test_a_connection_for_some_groups_is_refused_to_others(client: Any, project: Any, with_rights: Any) -> None:
    client.create_connection("pg", "PostgreSQL", {}, usable_by="ALLOWED", allowed_groups=["data_team"])
    rights = {"projects": {"PROJ": "write"}}
    table = ("t", "PostgreSQL", "pg", "t", "public")
    outsider = with_rights(login="eve", **rights).get_project("PROJ")
    assert "may not use connection" in refusal(outsider.create_sql_table_dataset, *table)
    with_rights(login="bob", groups=["data_team"], **rights).get_project("PROJ").create_sql_table_dataset(*table)


def test_only_an_administrator_may_act_for_a_user(with_rights: Any) -> None:
    assert refusal(with_rights(login="bob").get_user("admin").get_client_as().get_auth_info)


def test_an_audit_entry_is_written_by_an_administrator_only(sandbox: Any) -> None:
    sandbox.client().log_custom_audit("deploy", {"count": 3})
    (entry,) = sandbox.control.audit()
    assert (entry["type"], entry["params"]) == ("deploy", {"count": 3})
    limited = connect(sandbox.url, sandbox.control.key(may_create_projects=True))
    with pytest.raises(Exception, match=r"(?i)admin"):
        limited.log_custom_audit("deploy")
    assert len(sandbox.control.audit()) == 1
