# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module promotion on real nodes: straight and by the Project Deployer, who may accept what, what is remembered of it."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import jsonschema
import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import RunError
from support.engine import run_module
from support.release import KEY, REMAPPING, Release, active, prepare, released
from support.sandbox import ROOT
from support.site import SandboxSite, SiteNode

INFRASTRUCTURE = "prod-infra"
DEPLOYMENT = f"{KEY}-on-{INFRASTRUCTURE}"
WANTED: dict[str, t.Any] = {
    "remapping": REMAPPING,
    "local_variables": {"where": "prod"},
    "scenarios": {"nightly": True},
}


class Place:
    """A node, the deployer that serves it, two bundles, and a place for what is remembered."""

    def __init__(self, site: SandboxSite, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.dev, self.prod, self.hub = (site.nodes[name] for name in ("dev", "prod", "hub"))
        self.options: dict[str, t.Any] = {}
        prepare(site)
        self.v1, self.v2 = (released(self.dev, name, folder, limit) for limit, name in enumerate(("v1", "v2"), 1))
        infrastructure = (
            self.hub.client().get_projectdeployer().create_infra(INFRASTRUCTURE, "Production").get_settings()
        )
        infrastructure.get_raw().update(automationNodeUrl=self.prod.url, adminApiKey=self.prod.api_key)
        infrastructure.save()

    @property
    def record(self) -> Path:
        return self.folder / "states" / "prod" / f"{KEY}.promotion.json"

    def by_deployer(self) -> None:
        self.options["deployer"] = {**access(self.hub), "infrastructure": INFRASTRUCTURE}

    def run(self, action: str, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        place = {"type": "local", "path": str(self.folder / "states")}
        fixed = {"action": action, "environment": "prod", "project": KEY, "state_backend": place, "wait_timeout": 5.0}
        return run_module(
            self.prod.environ, "promotion", check, base=self.folder, **{**fixed, **self.options, **options}
        )

    def promote(self, release: Release, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return self.run("activate", check, **{**release.options, **WANTED, **options})

    def accepted(self, release: Release, **options: t.Any) -> None:
        assert self.promote(release, **options)["changed"]
        assert self.run("accept")["changed"]


def access(node: SiteNode) -> dict[str, str]:
    return {"url": node.url, "api_key": node.api_key}


@pytest.fixture(scope="module")
def site() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "hub=deployer")
    yield site
    site.stop()


@pytest.fixture
def place(site: SandboxSite, tmp_path: Path) -> Place:
    return Place(site, tmp_path)


@pytest.fixture(params=["straight", "by the deployer"])
def either(request: pytest.FixtureRequest, place: Place) -> Place:
    """Both ways lead to the same."""
    if request.param == "by the deployer":
        place.by_deployer()
    return place


def test_a_promotion_from_check_mode_to_acceptance(either: Place) -> None:
    planned = either.promote(either.v1, check=True, source=access(either.dev))
    assert planned["changed"] and not active(either.prod) and not either.record.exists()
    assert "bundle: none -> v1" in planned["diff"]["prepared"]
    assert [(row["source"], row["target"], row["findings"]) for row in planned["remapping"]] == [
        ("pg_dev", "pg_prod", [])
    ]

    done = either.promote(either.v1, source=access(either.dev))
    assert done["diff"] == planned["diff"] and done["promotion"]["status"] == "waiting"
    held = active(either.prod)
    assert held["bundle"] == "v1" and held["connections"] == ["pg_prod"]
    assert held["variables"] == {"standard": {"limit": 1}, "local": {"where": "prod"}}
    assert held["scenarios"] == {"hourly": False, "nightly": True, "smoke": False}

    again = either.promote(either.v1)
    assert not again["changed"] and again["promotion"]["status"] == "waiting", "its tests are open"
    assert either.run("accept", run=done["promotion"]["run"])["promotion"]["status"] == "accepted"
    assert not either.run("accept")["changed"]
    assert not either.promote(either.v1)["changed"]
    assert either.run("show")["active"]["bundle"] == "v1"


def test_everything_that_was_active_comes_back(either: Place) -> None:
    either.accepted(either.v1)
    project = either.prod.client().get_project(KEY)
    settings = project.get_scenario("hourly").get_settings()
    settings.active = True
    settings.save()
    project.set_variables({"standard": {"limit": 9}, "local": {"where": "prod", "theirs": 1}})
    before = active(either.prod)
    either.prod.client().create_connection("pg_new", "PostgreSQL", {"host": "new"})

    done = either.promote(
        either.v2,
        remapping={"connections": {"pg_dev": "pg_new"}},
        scenarios={"hourly": False},
        local_variables={"where": "new", "more": 2},
    )
    assert active(either.prod)["connections"] == ["pg_new"]
    back = either.run("rollback", run=done["promotion"]["run"])

    assert back["rollback"] == {
        **back["rollback"],
        "succeeded": True,
        "bundle": "v1",
        "not_restored": [],
        "differs": [],
    }
    assert back["rollback"]["seconds"] > 0 and back["msg"].endswith("bundle v1 is active again")
    held = active(either.prod)
    if either.options:  # a deployer replaces the local variables; those that it does not know are put back afterwards
        assert held.pop("remapping")["connections"] == before.pop("remapping")["connections"]
    assert held == before
    assert not either.run("rollback")["changed"]


def test_a_failed_first_promotion_leaves_no_active_trigger_and_a_later_one_switches_it_on(either: Place) -> None:
    done = either.promote(either.v1, scenarios={"nightly": True, "hourly": True})
    back = either.run("rollback", run=done["promotion"]["run"])
    assert back["rollback"]["bundle"] is None and "every scenario is off" in back["msg"]
    assert back["rollback"]["not_restored"] == [f"project {KEY} stays on the node, with bundle v1"]
    assert not any(active(either.prod)["scenarios"].values())
    either.promote(either.v2, scenarios={})
    assert active(either.prod)["scenarios"] == {"hourly": True, "nightly": True, "smoke": False}


def test_an_activation_that_dss_refuses_leaves_the_former_bundle(either: Place) -> None:
    either.accepted(either.v1)
    before = active(either.prod)
    with pytest.raises(
        RunError, match=r"Connection 'nowhere' does not exist.*\nrolled back in .* v1 is active again"
    ) as told:
        either.promote(either.v2, remapping={"connections": {"pg_dev": "nowhere"}})
    assert told.value.result["rollback"]["succeeded"]
    held = active(either.prod)
    held.pop("remapping"), before.pop("remapping")
    assert held == before


def test_what_the_node_lacks_stops_it_before_anything_moves(place: Place) -> None:
    options = {"remapping": {"connections": {"pg_dev": "nowhere"}}, "source": access(place.dev)}
    place.prod.control.forget_calls()
    for check in (True, False):
        with pytest.raises(DssError, match=f"{KEY} cannot be promoted to prod: .* nowhere is missing on the target"):
            place.promote(place.v1, check, **options)
    assert place.prod.control.calls()["writes"] == 0 and not place.record.exists()


def test_what_is_judged_is_what_will_be(place: Place) -> None:
    """A section that is given replaces that of the project, also an empty one."""
    place.accepted(place.v1)
    planned = place.promote(place.v2, True, remapping={"connections": {}}, source=access(place.dev), on_finding="warn")
    assert [(row["source"], row["target"]) for row in planned["remapping"]] == [("pg_dev", "pg_dev")]
    assert "remapping of connections pg_dev: pg_prod -> none" in planned["diff"]["prepared"]
    planned = place.promote(place.v2, True, remapping={"code_envs": {}}, source=access(place.dev))
    assert [(row["source"], row["target"]) for row in planned["remapping"]] == [("pg_dev", "pg_prod")]


def test_an_archive_that_was_touched_is_not_sent(place: Place) -> None:
    place.accepted(place.v1)
    Path(place.v2.path).write_bytes(Path(place.v2.path).read_bytes() + b" ")
    with pytest.raises(DssError, match=r"v2\.zip is not the archive that was meant"):
        place.promote(place.v2)
    assert active(place.prod)["bundle"] == "v1"


def test_the_deployer_must_hold_the_very_archive(place: Place) -> None:
    place.by_deployer()
    project = place.dev.client().get_project(KEY)
    project.set_variables({"standard": {"limit": 3}, "local": {}})
    project.delete_exported_bundle("v1")
    project.export_bundle("v1")  # another archive under the same id
    project.publish_bundle("v1")
    with pytest.raises(RunError, match="bundle v1 on the deployer is not the archive that was meant"):
        place.promote(place.v1)
    assert not active(place.prod)


def test_a_run_that_was_taken_over_neither_accepts_nor_undoes(place: Place) -> None:
    first = place.promote(place.v1)["promotion"]["run"]
    second = place.promote(place.v2)
    assert "did not end: this run goes on" in second["warnings"][0]
    for action in ("accept", "rollback"):
        with pytest.raises(DssError, match=r"the promotion of this run was taken over by one of .* \(bundle v2\)"):
            place.run(action, run=first)
    assert place.run("accept", run=second["promotion"]["run"])["changed"]


def test_a_bundle_that_was_activated_by_hand_is_not_accepted(place: Place) -> None:
    place.accepted(place.v1)
    place.promote(place.v2)
    place.prod.client().get_project(KEY).activate_bundle("v1")
    with pytest.raises(DssError, match="bundle v2 cannot be accepted: v1 is active now"):
        place.run("accept")


def test_going_to_a_bundle_by_hand(either: Place) -> None:
    either.accepted(either.v1)
    either.accepted(either.v2)
    planned = either.run("rollback", check=True, to="v1")
    assert planned["changed"] and active(either.prod)["bundle"] == "v2"
    assert either.run("rollback", to="v1")["diff"] == planned["diff"] == {"prepared": "bundle: v2 -> v1\n"}
    held = active(either.prod)
    assert (held["bundle"], held["variables"]["standard"]) == ("v1", {"limit": 1})
    assert held["variables"]["local"] == {"where": "prod"} and held["scenarios"]["nightly"]
    assert not either.run("rollback", to="v1")["changed"]
    with pytest.raises(DssError, match="bundle v9 of ORDERS is not on this node: it has v1, v2"):
        either.run("rollback", to="v9")


def test_secrets_are_remembered_only_where_they_are_encrypted(place: Place) -> None:
    secret = "open-sesame-7"
    place.accepted(place.v1, local_variables={"where": "prod", "db_password": secret})
    place.promote(place.v2, local_variables={"db_password": "another-one-8"})
    assert secret not in place.record.read_text()
    back = place.run("rollback")
    assert back["rollback"]["not_restored"] == [
        "local variable db_password, a secret that only an encrypted backend keeps"
    ]
    assert active(place.prod)["variables"]["local"] == {"where": "prod", "db_password": "another-one-8"}

    place.options["encryption_key"] = "a passphrase"
    place.record.unlink()
    place.accepted(place.v1, local_variables={"where": "prod", "db_password": secret})
    place.promote(place.v2, local_variables={"db_password": "another-one-8"})
    assert secret.encode() not in place.record.read_bytes()
    assert place.run("rollback")["rollback"]["not_restored"] == []
    assert active(place.prod)["variables"]["local"] == {"where": "prod", "db_password": secret}


@pytest.mark.parametrize("work", ["job", "scenario"])
def test_running_work_is_waited_for_or_refused(place: Place, work: str) -> None:
    place.accepted(place.v1)
    place.prod.control.switch(scenario_run_seconds=1, job_seconds=1)
    project = place.prod.client().get_project(KEY)
    try:
        if work == "job":
            project.new_job("NON_RECURSIVE_FORCED_BUILD").with_output("orders").start()
        else:
            project.get_scenario("smoke").run()
        with pytest.raises(DssError, match=f"{work} .* of {KEY} runs: try again later, or give running: wait"):
            place.promote(place.v2, running="refuse")
        assert active(place.prod)["bundle"] == "v1"
        place.promote(place.v2)
        assert active(place.prod)["bundle"] == "v2"
        assert not [item for item in project.list_jobs() if item["state"] == "RUNNING"]
    finally:
        place.prod.control.switch(scenario_run_seconds=0, job_seconds=0)


def test_a_test_that_a_killed_run_has_started_is_waited_for(place: Place) -> None:
    place.promote(place.v1)
    place.prod.control.switch(scenario_run_seconds=1)
    scenario = place.prod.client().get_project(KEY).get_scenario("smoke")
    try:
        scenario.run()
        assert not place.promote(place.v1)["changed"]
        assert not scenario.get_last_runs()[0].running
    finally:
        place.prod.control.switch(scenario_run_seconds=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"bundle": "v7", "path": None, "checksum": None},
            "bundle v7 is not on the (node|deployer) yet: give path with its archive",
        ),
        ({"bundle": "v2"}, "holds bundle v1 and not v2: give the archive of that bundle"),
        ({"scenarios": {"nightly": "yes"}}, "scenarios.nightly is 'yes': give true or false"),
        (
            {"scenarios": {"weekly": True}},
            "DSS answered that all was done, and it is not: scenario weekly: not there -> on",
        ),
        ({"remapping": {"connection": {}}}, "remapping.connection: has no section connection"),
        ({"path": "missing.zip"}, "missing.zip cannot be read: No such file"),
    ],
)
def test_mistakes_are_sentences(either: Place, options: dict[str, t.Any], message: str) -> None:
    with pytest.raises(DssError, match=message):
        either.promote(either.v1, **options)


def test_a_record_that_cannot_be_read_is_a_sentence(place: Place) -> None:
    place.accepted(place.v1)
    content = json.loads(place.record.read_text())
    for damage in ("{", json.dumps({**content, "status": "odd"}), json.dumps({**content, "format": "other"})):
        place.record.write_text(damage)
        with pytest.raises(DssError, match=r"ORDERS\.promotion\.json is damaged"):
            place.run("show")
    place.record.write_text(json.dumps({**content, "version": 2}))
    with pytest.raises(DssError, match="has version 2, this collection knows 1: update the collection"):
        place.run("show")


def test_what_is_remembered_fits_the_published_schema(place: Place) -> None:
    schema = json.loads((ROOT / "docs/schemas/promotion.schema.json").read_text())
    place.promote(place.v1)
    for action in ("rollback", "activate", "accept"):
        jsonschema.validate(json.loads(place.record.read_text()), schema)
        place.run(action, **(place.v2.options if action == "activate" else {}))
    jsonschema.validate(json.loads(place.record.read_text()), schema)


def test_without_a_promotion_there_is_nothing_to_go_back_to(place: Place) -> None:
    for action in ("accept", "rollback"):
        with pytest.raises(DssError, match=f"no promotion of {KEY} is recorded: check environment and state_backend"):
            place.run(action)


def test_a_lock_of_another_run_is_respected(place: Place) -> None:
    """A direct apply to the same project of the same environment waits for a promotion, and the other way round."""
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import holder_from, lock_of
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend

    backend = open_backend({"type": "local", "path": str(place.folder / "states")}, place.folder, {})
    lock = lock_of(backend, f"prod/{KEY}.lock.json", holder_from({"LOGNAME": "ada"}, "apply"))
    lock.acquire(1, lambda: "")
    try:
        with pytest.raises(DssError, match="is locked by ada on"):
            place.promote(place.v1, lock_timeout=0.0)
    finally:
        lock.release()
    assert place.promote(place.v1)["changed"]
