# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module state: every action on a local backend; none but ``adopt`` reaches a node."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, dump, new_state
from support.sandbox import SandboxProcess
from support.state_place import AT, CLEAN, ORDERS, Held, Place, recorded


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.record(recorded(ORDERS, declared={"type": "Filesystem"}), recorded(CLEAN))
    return made


# List and show -----------------------------------------------------------------------------------------------------------------


def test_list_gives_what_is_recorded_and_writes_nothing(place: Place) -> None:
    before = place.contents()
    result = place.run()
    assert place.contents() == before and result["changed"] is False
    shown = result["state"]
    assert [entry["address"] for entry in shown["resources"]] == [ORDERS, CLEAN]
    assert shown["serial"] == 1 and [entry["serial"] for entry in shown["versions"]] == [1]
    assert shown["place"] == str(place.file)
    assert (shown["lock"], shown["interrupted"]) == (None, None)


def test_list_of_nothing(place: Place) -> None:
    shown = place.run(project="OTHER")["state"]
    assert (shown["serial"], shown["resources"], shown["lineage"]) == (0, [], None)


def test_list_prints_no_value_that_was_declared(place: Place) -> None:
    secret = Fingerprint.of("s3cret-value", "aa")
    place.record(recorded(ORDERS, declared={"params": {"password": secret, "bucket": "planted"}}))
    text = json.dumps(place.run())
    assert "planted" not in text and "s3cret" not in text and secret.digest not in text


def test_list_names_the_holder_or_the_interrupted_run(place: Place) -> None:
    place.interrupt()
    with Held(place):
        shown = place.run()["state"]
    assert (shown["lock"]["owner"], shown["interrupted"]) == ("bob", None)  # bob is at work
    shown = place.run()["state"]
    assert shown["lock"] is None
    assert shown["interrupted"] == {"run": "r1", "operation": "apply", "at": AT, "by": "ada", "doubtful": [ORDERS]}


def test_show_gives_the_declared_fields_without_secrets(place: Place) -> None:
    secret = Fingerprint.of("s3cret-value", "aa")
    place.record(recorded(ORDERS, declared={"params": {"password": secret, "bucket": "b"}}, modes={"schema": "ignore"}))
    before = place.contents()
    shown = place.run("show", address=ORDERS)["resource"]
    assert place.contents() == before
    assert shown["declared"] == {"params": {"password": "(sensitive)", "bucket": "b"}}
    assert (shown["object_id"], shown["status"], shown["modes"]) == ("orders", "healthy", {"schema": "ignore"})
    assert "does not record recipe.SALES.other" in place.refused("show", address="recipe.SALES.other")


def test_the_instance_has_a_state_of_its_own(place: Place) -> None:
    entry = Recorded("connection.warehouse", "connection", "warehouse", "warehouse", owner="SALES")
    place.record(entry, project="_instance")
    shown = place.run(project=None)["state"]
    assert [entry["address"] for entry in shown["resources"]] == ["connection.warehouse"]
    assert shown["project"] == "_instance"


# Move and forget --------------------------------------------------------------------------------------------------------


def test_move(place: Place) -> None:
    result = place.run("move", address=ORDERS, to="dataset.SALES.purchases")
    assert (result["changed"], result["msg"]) == (True, f"{ORDERS} is dataset.SALES.purchases now")
    moved = place.resources["dataset.SALES.purchases"]
    assert (moved.name, moved.object_id, moved.declared) == ("purchases", "orders", {"type": "Filesystem"})
    assert place.resources.keys() == {"dataset.SALES.purchases", CLEAN}
    assert place.run("move", address=ORDERS, to="dataset.SALES.purchases")["changed"] is False
    assert place.run()["state"]["serial"] == 2


def test_forget(place: Place) -> None:
    assert place.run("forget", address=ORDERS)["changed"] is True
    assert place.resources.keys() == {CLEAN}
    assert place.run("forget", address=ORDERS)["changed"] is False
    assert place.store().version(1).resources.keys() == {ORDERS, CLEAN}


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("move", {"address": ORDERS, "to": "dataset.SALES.purchases"}),
        ("forget", {"address": ORDERS}),
        ("restore", {"version": 1}),
        ("migrate", {"target": {"type": "local", "path": "elsewhere"}}),
    ],
)
def test_check_mode_foretells_takes_no_lock_and_writes_nothing(
    place: Place, action: str, options: dict[str, t.Any]
) -> None:
    place.record(recorded(ORDERS))
    before = place.contents()
    with Held(place):
        planned = place.run(action, check=True, **options)
    assert place.contents() == before
    done = place.run(action, **options)
    assert planned["changed"] is done["changed"] is True
    assert planned["msg"] == done["msg"]


@pytest.mark.parametrize(
    ("action", "options", "sentence"),
    [
        ("forget", {"address": "orders"}, "orders is no address: it starts with one of"),
        ("forget", {"address": "model.SALES.x"}, "model.SALES.x is no address: it starts with one of"),
        ("forget", {"address": "dataset.OTHER.x"}, "dataset.OTHER.x does not belong to project SALES"),
        ("forget", {"address": "dataset.SALESMEN.x"}, "dataset.SALESMEN.x does not belong to project SALES"),
        ("forget", {"address": "connection.pg"}, "connection.pg does not belong to project SALES"),
        ("forget", {"address": ORDERS, "project": None}, f"{ORDERS} does not belong to the instance; give project"),
        ("move", {"address": "dataset.SALES.x", "to": ORDERS}, None),  # as if it had been moved already
        ("move", {"address": "dataset.SALES.x", "to": "dataset.SALES.y"}, "does not record dataset.SALES.x"),
        ("move", {"address": ORDERS, "to": "recipe.SALES.x"}, "an address moves within its kind"),
        ("move", {"address": ORDERS, "to": "dataset.OTHER.x"}, "dataset.OTHER.x does not belong to project SALES"),
        ("move", {"address": ORDERS, "to": ORDERS}, f"{ORDERS} is recorded already"),
        ("restore", {"version": 7}, "has no version 7: the module state (action: list) lists the versions"),
        ("migrate", {"source": "gone.json"}, "cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    place: Place, action: str, options: dict[str, t.Any], sentence: str | None
) -> None:
    if sentence is None:
        assert place.run(action, **options)["changed"] is False
    else:
        assert sentence in place.refused(action, **options)


def test_a_lock_that_another_run_holds_stops_every_change(place: Place) -> None:
    with Held(place):
        sentence = place.refused("forget", address=ORDERS)
    assert "SALES.lock.json is locked by bob on " in sentence and "state_lock with action: break" in sentence


# Adopt ------------------------------------------------------------------------------------------------------------------


def test_adopt(place: Place, sandbox: SandboxProcess) -> None:
    project = sandbox.client().create_project("SALES", "Sales", "admin")
    project.create_managed_folder("reports")
    second = project.create_managed_folder("twice")
    project.create_managed_folder("twice")
    calls = sandbox.control.calls()["writes"]

    def adopt(name: str, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return place.run(
            "adopt", check=check, environ=sandbox.environ, address=f"managed_folder.SALES.{name}", **options
        )

    assert adopt("reports", check=True)["changed"] is True
    assert place.resources.keys() == {ORDERS, CLEAN}
    assert adopt("reports")["changed"] is True
    assert adopt("reports")["changed"] is False
    assert place.resources["managed_folder.SALES.reports"].declared == {}
    with pytest.raises(DssError, match=r"2 objects are named so \(\w+, \w+\): give the id$"):
        adopt("twice")
    assert adopt("twice", id=second.id)["changed"] is True
    assert place.resources["managed_folder.SALES.twice"].object_id == second.id
    with pytest.raises(DssError, match="there is none"):
        adopt("missing")
    assert sandbox.control.calls()["writes"] == calls


def test_adopt_where_there_is_no_project(place: Place, sandbox: SandboxProcess) -> None:
    with pytest.raises(DssError, match=r"^project SALES does not exist, or the key may not read it$"):
        place.run("adopt", environ=sandbox.environ, address="dataset.SALES.new")


# Restore ----------------------------------------------------------------------------------------------------------------


def test_restore_makes_a_former_version_the_next_one(place: Place) -> None:
    place.record(recorded(CLEAN))
    result = place.run("restore", version=1)
    assert result["changed"] is True and "the node was not touched" in result["msg"]
    assert place.resources.keys() == {ORDERS, CLEAN}
    assert place.run()["state"]["serial"] == 3
    assert place.run("restore", version=1)["changed"] is False
    assert place.store().version(2).resources.keys() == {CLEAN}


@pytest.mark.parametrize("damage", [b"", b'{"format": "dataiku_iac.dss st', b'{"serial": 1}'])
def test_restore_replaces_a_damaged_state_and_nothing_else_does(place: Place, damage: bytes) -> None:
    lineage = place.record(recorded(CLEAN)).lineage
    place.file.write_bytes(damage)
    for action, options in {"list": {}, "forget": {"address": ORDERS}, "adopt": {"address": ORDERS}}.items():
        assert "SALES.state.json is " in place.refused(action, **options)
    assert place.run("restore", check=True, version=1)["changed"] is True
    assert place.file.read_bytes() == damage
    assert place.run("restore", version=1)["changed"] is True
    assert place.resources.keys() == {ORDERS, CLEAN}
    assert place.run()["state"]["lineage"] == lineage


def test_a_newer_state_is_refused(place: Place) -> None:
    place.file.write_text(place.file.read_text().replace('"version": 1', '"version": 2', 1))
    assert "has version 2, this collection reads up to 1: update the collection" in place.refused("list")


def test_the_state_of_another_project_under_our_name_is_refused(place: Place) -> None:
    place.file.write_bytes(dump(new_state("prod", "OTHER")))
    assert "is the state of OTHER in prod, not of SALES in dev" in place.refused("forget", address=ORDERS)


# Migrate ----------------------------------------------------------------------------------------------------------------


def test_migrate_to_another_backend(place: Place) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(place.folder / "states.git")], check=True)
    target = {"type": "git", "path": "states.git"}
    result = place.run("migrate", target=target)
    assert result["changed"] is True and result["msg"].endswith("let state_backend name that place now")
    assert place.run("migrate", target=target)["changed"] is False
    there = place.run(state_backend=target)["state"]
    assert [entry["address"] for entry in there["resources"]] == [ORDERS, CLEAN]
    assert there["lineage"] == place.run()["state"]["lineage"]


def test_a_migrated_state_lists_only_versions_that_are_there(place: Place) -> None:
    place.record(recorded(CLEAN))
    target = {"type": "local", "path": "elsewhere"}
    place.run("migrate", target=target)
    assert [entry["operation"] for entry in place.run(state_backend=target)["state"]["versions"]] == ["migrate"]


def test_migrate_does_not_overwrite_a_state_of_another_lineage(place: Place) -> None:
    other = place.store(path="elsewhere")
    other.write(new_state("dev", "SALES"), "apply", "bob", AT)
    sentence = place.refused("migrate", target={"type": "local", "path": "elsewhere"})
    assert "elsewhere/dev/SALES.state.json is the state of another lineage: move it away" in sentence


def test_migrate_waits_for_a_run_that_did_not_end(place: Place) -> None:
    place.interrupt()
    sentence = place.refused("migrate", target={"type": "local", "path": "elsewhere"})
    assert "did not end: apply or roll back first, then migrate" in sentence


# The three layouts of peer-config-format.md, section 6.
LAYOUTS: dict[str, dict[str, t.Any]] = {
    "with attributes": {
        "version": 1,
        "serial": 3,
        "lineage": None,
        "environment": "dev",
        "resources": {
            ORDERS: {"resource_type": "dataset", "attributes": {"name": "orders", "type": "S3"}, "metadata": {}}
        },
    },
    "with checksums": {
        "version": "1.0",
        "serial": 3,
        "lineage": "x",
        "environment": {"name": "dev"},
        "resources": {ORDERS: {"checksum": "1", "status": "healthy"}},
    },
    "with names": {"project_key": "SALES", "version": 1, "resources": {"datasets": ["orders"]}},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_migrate_takes_over_the_state_of_another_tool(tmp_path: Path, layout: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "old.json").write_text(json.dumps(LAYOUTS[layout]))
    result = place.run("migrate", source="old.json")
    assert result["changed"] is True and result["msg"].startswith("1 resources of ")
    assert place.resources[ORDERS].declared == ({"type": "S3"} if layout == "with attributes" else {})
    assert place.run("migrate", source="old.json")["changed"] is False


def test_migrate_takes_over_into_an_empty_state_only(place: Place) -> None:
    (place.folder / "old.json").write_text(json.dumps(LAYOUTS["with names"]))
    assert "records resources already: migrate into an empty state" in place.refused("migrate", source="old.json")


def test_migrate_refuses_what_is_no_state(place: Place) -> None:
    (place.folder / "old.json").write_text("{}")
    assert "is no state of another tool that this collection knows" in place.refused("migrate", source="old.json")
