# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project folders: the tree, settings, moves (dss-api.md 2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from support.sandbox import connect

from .errors import refusal


@pytest.fixture
def finance(client: Any) -> Any:
    return client.get_root_project_folder().create_sub_folder("Finance")


def test_the_root_has_neither_name_nor_parent(client: Any) -> None:
    root = client.get_root_project_folder()
    assert (root.id, root.name, root.get_path()) == ("ROOT", None, "/")


def test_folders_in_folders(client: Any, finance: Any) -> None:
    reports = finance.create_sub_folder("Reports")
    assert reports.get_path() == "/Finance/Reports"
    assert [child.name for child in client.get_project_folder(finance.id).list_child_folders()] == ["Reports"]


def test_settings_are_replaced(client: Any, finance: Any) -> None:
    settings = finance.get_settings()
    settings.set_name("Money")
    settings.set_owner("ada")
    settings.get_permissions().append({"group": "readers", "read": True})
    settings.save()
    again = client.get_project_folder(finance.id)
    raw = again.get_settings().get_raw()
    assert (again.name, raw["owner"], raw["permissions"]) == ("Money", "ada", [{"group": "readers", "read": True}])


def test_projects_have_a_place(client: Any, finance: Any) -> None:
    root = client.get_root_project_folder()
    client.create_project("ROOTED", "r", "admin")
    finance.create_project("MONEY", "m", "admin")
    finance = client.get_project_folder(finance.id)
    assert finance.list_project_keys() == ["MONEY"]
    assert client.get_project("MONEY").get_project_folder().id == finance.id
    location = next(
        p["projectLocation"] for p in client.list_projects(include_location=True) if p["projectKey"] == "MONEY"
    )
    assert [folder["name"] for folder in location] == ["Finance"]
    finance.move_project_to("MONEY", root)
    assert client.get_project("MONEY").get_project_folder().id == "ROOT"
    client.get_project("ROOTED").move_to_folder(finance)
    assert client.get_project_folder(finance.id).list_project_keys() == ["ROOTED"]
    client.get_project("ROOTED").delete()
    assert client.get_project_folder(finance.id).list_project_keys() == []


def test_only_what_one_can_read_is_shown(running: Any, client: Any, control: Any, finance: Any) -> None:
    finance.create_project("MONEY", "m", "admin")
    limited = connect(running.url, control.key(login="bob"))
    assert limited.get_project_folder(finance.id).list_project_keys() == []
    assert refusal(limited.get_project_folder(finance.id).get_settings)
    assert refusal(limited.get_root_project_folder().create_sub_folder, "x")


def test_a_folder_moves_with_what_is_in_it(client: Any, finance: Any) -> None:
    reports = finance.create_sub_folder("Reports")
    archive = client.get_root_project_folder().create_sub_folder("Archive")
    finance.move_to(archive)
    assert client.get_project_folder(reports.id).get_path() == "/Archive/Finance/Reports"
    assert refusal(archive.move_to, client.get_project_folder(reports.id))


def test_only_an_empty_folder_goes(client: Any, finance: Any) -> None:
    reports = finance.create_sub_folder("Reports")
    assert "not empty" in refusal(finance.delete)
    reports.delete()
    finance.create_project("MONEY", "m", "admin")
    assert "not empty" in refusal(finance.delete)
    client.get_project("MONEY").delete()
    finance.delete()
    assert "does not exist" in refusal(client.get_project_folder, finance.id)


def test_a_name_is_there_once(client: Any, finance: Any) -> None:
    assert "already exists" in refusal(client.get_root_project_folder().create_sub_folder, "Finance")
    assert refusal(client.get_root_project_folder().create_sub_folder, "a/b")
    assert finance.get_default_folder_for_project_creation().id == finance.id
