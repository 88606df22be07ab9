# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is recorded against what the node holds, without a configuration."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Keyed, OnCreateOnly
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Rewritten
from support.report_examples import ALL, FOLDER, ORDERS, RECIPE, VARIABLES, Rule, drifted, find, held, recorded, report


def statuses(*args, **more) -> dict[str, str]:
    return {entry.address: entry.status for entry in find(*args, **more)}


def test_nothing_drifted_where_dss_holds_what_is_recorded() -> None:
    assert set(statuses(ALL, held()).values()) == {"healthy"}


def test_each_way_to_differ_has_its_status() -> None:
    assert statuses(ALL, drifted()) == {
        "dataset.SALES.clean": "missing",
        "dataset.SALES.orders": "drifted",
        "dataset.SALES.scratch": "unmanaged",
        "managed_folder.SALES.reports": "drifted",
        "recipe.SALES.clean_orders": "drifted",
        "variables.SALES": "drifted",
    }


def test_what_dss_rewrote_at_the_deployment_is_no_drift_and_another_form_is() -> None:
    entry = replace(ORDERS, rewritten=(Rewritten("shortDesc", "Orders", "Orders."),))
    objects = held()
    objects["dataset"]["orders"]["shortDesc"] = "Orders."
    assert statuses([entry], objects)["dataset.SALES.orders"] == "healthy"
    objects["dataset"]["orders"]["shortDesc"] = "Orders!"
    assert statuses([entry], objects)["dataset.SALES.orders"] == "drifted"


def test_an_object_made_anew_is_found_by_its_name() -> None:
    objects = held()
    objects["managed_folder"] = {"F9": {**FOLDER.declared, "id": "F9", "name": "reports"}}
    found = next(entry for entry in find(ALL, objects) if entry.address == "managed_folder.SALES.reports")
    assert (found.status, found.object_id) == ("healthy", "F9")
    advice = next(entry for entry in report(ALL, objects)["resources"] if entry["kind"] == "managed_folder")["advice"]
    assert advice == ["it was made anew under the id F9: the next deployment records it"]


def test_two_folders_of_one_name_have_two_addresses_and_none_stands_for_the_lost_one() -> None:
    objects = held()
    objects["managed_folder"] = {key: {"id": key, "name": "reports", "type": "Filesystem"} for key in ("A", "B")}
    assert {key: status for key, status in statuses([FOLDER], objects).items() if "folder" in key} == {
        "managed_folder.SALES.reports": "missing",
        "managed_folder.SALES.reports[A]": "unmanaged",
        "managed_folder.SALES.reports[B]": "unmanaged",
    }


@pytest.mark.parametrize("name", ["new_table", "TABLE"])
def test_inputs_of_a_recipe_are_known_by_name(name: str) -> None:
    objects = held()
    objects["recipe"]["clean_orders"]["inputs"]["main"] = {"items": [{"ref": "orders"}, {"ref": name}]}
    (change,) = next(entry for entry in find([RECIPE], objects) if entry.kind == "recipe").changes
    assert change.path == f"inputs.main.items[{name}]"


def test_a_variable_is_one_value_and_others_are_not_ours() -> None:
    objects = {"variables": {"": {"standard": {"LIMIT": {"a": 1, "b": 2}, "HOST": "a", "NEW": 1}}}}
    entry = replace(VARIABLES, declared={"standard": {"LIMIT": {"a": 1}, "HOST": "a"}})
    assert [change.path for change in find([entry], objects)[0].changes] == ["standard.LIMIT"]


def test_a_secret_is_equal_to_its_fingerprint() -> None:
    entry = replace(VARIABLES, declared={"standard": {"HOST": Fingerprint.of("hidden", "00" * 16)}})
    assert find([entry], {"variables": {"": {"standard": {"HOST": "hidden"}}}})[0].status == "healthy"
    assert find([entry], {"variables": {"": {"standard": {"HOST": "other"}}}})[0].status == "drifted"


def test_tags_that_the_node_adds_are_left_out_where_they_are_named() -> None:
    objects = held()
    objects["dataset"]["orders"]["tags"] = ["gold", "creator_bob"]
    assert statuses(ALL, objects)["dataset.SALES.orders"] == "drifted"
    assert statuses(ALL, objects, ignore_tags=["creator_*"])["dataset.SALES.orders"] == "healthy"


def test_a_configuration_brings_its_rules_and_what_it_does_not_want_to_be_compared() -> None:
    objects = drifted()
    resource = Resource("dataset", "SALES", "orders", {}, rules={"schema.columns": Keyed(("name",), partial=True)})
    found = find(ALL, objects, configured={resource.address: resource})
    changes = next(entry for entry in found if entry.address == resource.address).changes
    assert [change.path for change in changes] == ["shortDesc"]

    resource = replace(resource, rules={"schema": OnCreateOnly()}, ignore_changes=("shortDesc",))
    assert statuses(ALL, objects, configured={resource.address: resource})[resource.address] == "healthy"


def test_what_is_recorded_of_the_comparison_counts_without_a_configuration() -> None:
    (entry,) = (known for known in ALL if known.address == "dataset.SALES.orders")
    others = [known for known in ALL if known is not entry]
    contains = replace(entry, modes={"schema.columns": "contains"})
    found = next(one for one in find([contains, *others], drifted()) if one.address == entry.address)
    assert [change.path for change in found.changes] == ["shortDesc"]
    ignoring = replace(entry, modes={"schema": "ignore", "shortDesc": "ignore"})
    assert statuses([ignoring, *others], drifted())[entry.address] == "healthy"


def test_a_rule_ignores_fields_by_either_name_until_its_date() -> None:
    columns = Rule("dataset.SALES.*", ("schema",), expires=datetime.date(2026, 11, 21))
    (found,) = [entry for entry in find(ALL, drifted(), columns) if entry.address == "dataset.SALES.orders"]
    assert [change.path for change in found.changes] == ["shortDesc"]
    assert [change.path for change in found.ignored] == ["schema.columns[by_hand]"]
    assert found.status == "drifted"

    both = Rule("dataset.SALES.orders", ("schema.columns", "short_description"))
    assert statuses(ALL, drifted(), both)["dataset.SALES.orders"] == "ignored"
    expired = replace(both, expires=datetime.date(2026, 11, 20))
    assert statuses(ALL, drifted(), expired)["dataset.SALES.orders"] == "drifted"


def test_a_rule_without_fields_ignores_what_is_missing_and_what_is_unmanaged() -> None:
    found = statuses(ALL, drifted(), Rule("dataset.SALES.*"))
    assert {key: status for key, status in found.items() if key.startswith("dataset")} == {
        "dataset.SALES.clean": "ignored",
        "dataset.SALES.orders": "ignored",
        "dataset.SALES.scratch": "ignored",
    }
    assert statuses(ALL, drifted(), Rule("dataset.SALES.*", ("tags",)))["dataset.SALES.clean"] == "missing"


def test_a_kind_of_a_later_version_is_a_finding() -> None:
    entry = recorded("dataset", "x", {})
    later = replace(entry, kind="hologram", address="hologram.SALES.x")
    content = report([later], {})
    assert content["resources"] == []
    assert [finding["kind"] for finding in content["findings"]] == ["unknown_kind"]
