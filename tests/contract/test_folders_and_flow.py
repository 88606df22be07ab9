# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed folders, the flow graph and zones (dss-api.md 2.8, 2.10)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from .errors import refusal


@pytest.fixture
def folder(project: Any) -> Any:
    return project.create_managed_folder("files")


def test_the_server_makes_the_id_of_a_folder(folder: Any) -> None:
    assert len(folder.id) == 8


def test_a_folder_name_is_no_key(project: Any, folder: Any) -> None:
    project.create_managed_folder("files")
    assert [item["name"] for item in project.list_managed_folders()] == ["files", "files"]


def test_a_folder_is_completed(folder: Any) -> None:
    document = folder.get_settings().get_raw()
    assert document["type"] == "Filesystem" and document["params"]["filesSelectionRules"]["mode"] == "ALL"
    assert document["checks"]["displayedState"]["partition"] == "NP"
    assert document["params"]["path"] == "/${projectKey}/${odbId}"


def test_a_folder_keeps_id_and_project(folder: Any) -> None:
    document = folder.get_settings().get_raw()
    assert "id" in refusal(folder.set_definition, {**document, "id": "other"})
    folder.set_definition({**document, "tags": ["b", "a"]})
    after = folder.get_settings().get_raw()
    assert after["tags"] == ["a", "b"] and after["versionTag"]["versionNumber"] == 1


def test_a_renamed_folder_keeps_its_id(project: Any, folder: Any) -> None:
    folder.rename("renamed")
    assert [(item["id"], item["name"]) for item in project.list_managed_folders()] == [(folder.id, "renamed")]


def test_files_of_a_folder_come_back(folder: Any) -> None:
    folder.put_file("/dir/a.bin", io.BytesIO(b"\x00\r\n--x\r\n\xff"))
    assert folder.get_file("dir/a.bin").content == b"\x00\r\n--x\r\n\xff"
    assert [(item["path"], item["size"]) for item in folder.list_contents()["items"]] == [("/dir/a.bin", 9)]
    folder.delete_file("dir/a.bin")
    assert folder.list_contents()["items"] == []


def test_a_deleted_folder_is_gone(project: Any, folder: Any) -> None:
    folder.delete()
    assert project.list_managed_folders() == []
    assert "does not exist" in refusal(folder.get_settings)


@pytest.fixture
def flow(project: Any) -> Any:
    for name in ("a", "b"):
        project.create_dataset(name, "Inline")
    builder = project.new_recipe("python", "make_b")
    builder.with_input("a").with_output("b")
    builder.create()
    return project.get_flow()


def test_the_graph_links_datasets_and_recipes(flow: Any) -> None:
    nodes = flow.get_graph().nodes
    assert nodes["make_b"]["type"] == "RUNNABLE_RECIPE" and nodes["make_b"]["subType"] == "python"
    assert (nodes["make_b"]["predecessors"], nodes["make_b"]["successors"]) == (["a"], ["b"])
    assert nodes["a"]["successors"] == ["make_b"] and nodes["b"]["predecessors"] == ["make_b"]


def test_a_project_always_has_its_default_zone(flow: Any) -> None:
    assert [(zone.id, zone.name) for zone in flow.list_zones()] == [("default", "Default")]
    assert flow.get_default_zone()._raw["color"] == "#D1D8DA"


def test_the_server_makes_the_id_of_a_zone(flow: Any) -> None:
    zone = flow.create_zone("Input", "#C82423")
    assert len(zone.id) == 7 and zone.color == "#C82423"
    assert {item.id for item in flow.list_zones()} == {"default", zone.id}


def items(zone: Any) -> set[str]:
    return {item["objectId"] for item in zone.flow.get_zone(zone.id)._raw["items"]}


def test_an_item_pulls_the_recipe_that_makes_it(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("b"))
    assert items(zone) == {"b", "make_b"}


def test_a_new_recipe_is_in_the_zone_of_its_outputs(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_items([project.get_dataset("a"), project.get_dataset("b")])
    builder = project.new_recipe("python", "make_a")
    builder.with_input("b").with_output("a")
    builder.create()
    assert items(zone) == {"a", "b", "make_a", "make_b"}


def test_an_item_leaves_its_old_zone(project: Any, flow: Any) -> None:
    first, second = flow.create_zone("1"), flow.create_zone("2")
    first.add_item(project.get_dataset("a"))
    second.add_items([project.get_dataset("a"), project.get_recipe("make_b")])
    assert (items(first), items(second)) == (set(), {"a", "make_b"})


def test_the_default_zone_lists_no_items(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("a"))
    flow.get_default_zone().add_item(project.get_dataset("a"))
    assert items(zone) == set() and flow.get_default_zone()._raw["items"] == []
    assert "a" in flow.get_default_zone().get_graph().nodes


def test_zone_settings_change_name_and_colour_but_not_items(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("a"))
    settings = zone.get_settings()
    settings.name, settings.color = "New", "#000000"
    settings.get_raw()["items"] = []
    settings.save()
    after = flow.get_zone(zone.id)
    assert (after.name, after.color, items(after)) == ("New", "#000000", {"a"})


def test_the_default_zone_can_be_renamed(flow: Any) -> None:
    settings = flow.get_default_zone().get_settings()
    settings.name = "Start"
    settings.save()
    assert [(zone.id, zone.name) for zone in flow.list_zones()] == [("default", "Start")]


def test_what_moves_stays_shared_elsewhere(project: Any, flow: Any) -> None:
    first, second = flow.create_zone("1"), flow.create_zone("2")
    first.add_shared(project.get_dataset("a"))
    second.add_item(project.get_dataset("a"))
    assert flow.get_zone(first.id)._raw["shared"] == [{"objectId": "a", "objectType": "DATASET"}]


def test_a_deleted_zone_gives_its_items_back(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("a"))
    zone.delete()
    assert "a" in flow.get_default_zone().get_graph().nodes
    assert refusal(flow.get_zone, zone.id).endswith(f"Zone {zone.id} does not exist")


def test_items_can_be_shared_to_a_zone(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_shared(project.get_dataset("a"))
    assert zone._raw["shared"] == [{"objectId": "a", "objectType": "DATASET"}]
    zone.remove_shared(project.get_dataset("a"))
    assert zone._raw["shared"] == []


def test_a_deleted_object_leaves_its_zone(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("b"))
    project.get_dataset("b").delete()
    assert items(zone) == {"make_b"}


def test_a_renamed_object_stays_in_its_zone(project: Any, flow: Any) -> None:
    zone = flow.create_zone("Z")
    zone.add_item(project.get_dataset("b"))
    project.get_dataset("b").rename("c")
    assert items(zone) == {"c", "make_b"}
