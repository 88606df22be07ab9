# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios (dss-api.md 2.7, 3.1)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from support.sandbox import connect

from .errors import refusal


@pytest.fixture
def scenario(project: Any) -> Any:
    return project.create_scenario("Nightly build", "step_based")


def saved(scenario: Any, **changes: Any) -> dict[str, Any]:
    settings = scenario.get_settings()
    settings.get_raw().update(changes)
    settings.save()
    document: dict[str, Any] = scenario.get_settings().get_raw()
    return document


def trigger(scenario: Any, **body: Any) -> dict[str, Any]:
    kept: dict[str, Any] = saved(scenario, triggers=[body])["triggers"][0]
    return kept


def step(scenario: Any, **body: Any) -> dict[str, Any]:
    kept: dict[str, Any] = saved(scenario, params={"steps": [body]})["params"]["steps"][0]
    return kept


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Build accidents geoloc -> Prod (full chain)", "Build_accidents_geoloc_-__Prod__full_chain_"),
        ("Check & Metrics", "Check___Metrics"),
        ("plain_name-1", "plain_name-1"),
        ("Été", "_t_"),
    ],
)
def test_the_id_is_derived_from_the_name(project: Any, name: str, expected: str) -> None:
    assert project.create_scenario(name, "step_based").id == expected


def test_two_names_of_one_id_collide(project: Any, scenario: Any) -> None:
    assert "already exists" in refusal(project.create_scenario, "Nightly(build", "step_based")


def test_renaming_keeps_the_id(project: Any, scenario: Any) -> None:
    document = saved(scenario, name="Other name")
    assert (document["id"], document["name"]) == ("Nightly_build", "Other name")


def test_a_new_scenario_is_off_and_empty(scenario: Any) -> None:
    document = scenario.get_settings().get_raw()
    assert document["active"] is False and document["params"] == {"steps": []}
    assert document["delayedTriggersBehavior"]["squashDelayedTriggers"] is True
    assert document["markedAsTest"] is False and "runAsUser" not in document


def test_steps_given_at_creation_are_not_kept(project: Any) -> None:
    definition = {"params": {"steps": [{"type": "build_flowitem"}]}, "active": True}
    document = project.create_scenario("S", "step_based", definition).get_settings().get_raw()
    assert document["params"]["steps"] == [] and document["active"] is False


def test_only_an_administrator_says_as_whom_a_scenario_runs(running: Any, control: Any, scenario: Any) -> None:
    writer = connect(running.url, control.key(projects={"PROJ": "write"})).get_project("PROJ").get_scenario(scenario.id)
    settings = writer.get_settings()
    settings.run_as = "admin"
    assert "administrators" in refusal(settings.save)
    assert saved(scenario, runAsUser="admin")["runAsUser"] == "admin"
    kept = writer.get_settings()
    kept.active = True
    kept.save()
    assert (kept.run_as, kept.effective_run_as) == ("admin", "admin")


def test_without_it_a_scenario_runs_as_whoever_changed_it_last(running: Any, control: Any, scenario: Any) -> None:
    saved(scenario, active=True)
    assert scenario.get_settings().effective_run_as != "bob"
    bob = connect(running.url, control.key(login="bob", projects={"PROJ": "write"}))
    saved(bob.get_project("PROJ").get_scenario(scenario.id), active=False)
    assert scenario.get_settings().effective_run_as == "bob"


def test_the_list_has_summaries_only(project: Any, scenario: Any) -> None:
    saved(scenario, triggers=[{"type": "temporal", "active": True}])
    item = project.list_scenarios()[0]
    assert not {"triggers", "reporters", "params"} & item.keys()
    assert (item["id"], item["name"], item["active"], item["nextRun"]) == ("Nightly_build", "Nightly build", False, 0)
    assert item["triggerDigestItems"] == ["temporal"]


def test_a_temporal_trigger_is_completed(scenario: Any) -> None:
    kept = trigger(scenario, type="temporal", params={"frequency": "Daily", "hour": 8})
    assert len(kept["id"]) == 8 and kept["delay"] == 5 and kept["name"]
    assert "graceDelaySettings" not in kept
    assert kept["params"]["daysOfWeek"] and kept["params"]["timezone"] == "SERVER" and kept["params"]["lastUpdate"]


@pytest.mark.parametrize(
    ("kind", "delay", "grace"),
    [("ds_modified", 900, 120), ("sql_query", 900, 120), ("custom_python", 3600, 0), ("follow_scenariorun", 60, 0)],
)
def test_the_delays_of_a_trigger_depend_on_its_type(scenario: Any, kind: str, delay: int, grace: int) -> None:
    kept = trigger(scenario, type=kind)
    assert kept["delay"] == delay
    assert kept["graceDelaySettings"] == {"delay": grace, "checkAgainAfterGraceDelay": grace > 0}


def test_a_trigger_keeps_its_id(scenario: Any) -> None:
    first = trigger(scenario, type="temporal", id="mine1234")
    assert first["id"] == "mine1234"


def test_the_helpers_of_the_client_make_complete_triggers(scenario: Any) -> None:
    settings = scenario.get_settings()
    settings.add_daily_trigger(hour=3)
    settings.save()
    kept = scenario.get_settings().raw_triggers[0]
    assert kept["id"] and kept["params"]["hour"] == 3 and kept["params"]["repeatFrequency"] == 1


def test_a_step_is_completed(scenario: Any) -> None:
    kept = step(scenario, type="build_flowitem", params={"builds": [{"itemId": "out"}]})
    assert kept["runConditionType"] == "RUN_IF_STATUS_MATCH" and kept["maxRetriesOnFail"] == 0
    assert kept["enabled"] is True and kept["id"] and kept["name"] == "Step #1"
    assert kept["params"]["builds"] == [{"itemId": "out", "type": "DATASET", "partitionsSpec": ""}]
    assert kept["params"]["jobType"] == "RECURSIVE_BUILD" and kept["params"]["handleWarningsAs"] == "WARNING"


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("custom_python", "envSelection", {"envMode": "INHERIT"}),
        ("check_dataset", "computeAutomaticRules", True),
        ("compute_metrics", "proceedOnFailure", False),
        ("define_vars", "evaluateValues", True),
        ("run_scenario", "handleWarningsAs", "WARNING"),
        ("prepare_bundle", "transmogrify", True),
    ],
)
def test_the_params_of_a_step_depend_on_its_type(scenario: Any, kind: str, key: str, value: Any) -> None:
    assert step(scenario, type=kind)["params"][key] == value


def test_unknown_step_fields_vanish_but_params_stay(scenario: Any) -> None:
    kept = step(scenario, type="custom_python", script="misplaced", params={"script": "x = 1"})
    assert "script" not in kept and kept["params"]["script"] == "x = 1"


def test_a_reporter_is_completed(scenario: Any) -> None:
    messaging = {"type": "mail-scenario", "configuration": {"channelId": "chan"}}
    kept = saved(scenario, reporters=[{"name": "mail", "messaging": messaging}])["reporters"][0]
    assert len(kept["id"]) == 8 and kept["name"] == "mail" and kept["phase"] == "END"
    assert kept["messaging"]["configuration"]["templateName"] == "default.ftl"
    assert kept["messaging"]["configuration"]["channelId"] == "chan"


def test_a_misplaced_channel_is_dropped_silently(scenario: Any) -> None:
    messaging = {"type": "mail-scenario", "channelId": "chan", "configuration": {}}
    kept = saved(scenario, reporters=[{"messaging": messaging}])["reporters"][0]
    assert "channelId" not in kept["messaging"] and "channelId" not in kept["messaging"]["configuration"]


def test_the_order_of_steps_is_kept(scenario: Any) -> None:
    steps = [{"type": "custom_python", "name": name} for name in ("z", "a", "m")]
    kept = saved(scenario, params={"steps": steps})["params"]["steps"]
    assert [item["name"] for item in kept] == ["z", "a", "m"]


def test_a_light_write_touches_five_fields_only(project: Any, scenario: Any) -> None:
    saved(scenario, params={"steps": [{"type": "custom_python"}]})
    light = {"active": True, "tags": ["b", "a"], "shortDesc": "s", "name": "no", "params": {"steps": []}}
    scenario.set_definition(light, with_status=True)
    document = scenario.get_settings().get_raw()
    assert (document["active"], document["tags"], document["shortDesc"]) == (True, ["a", "b"], "s")
    assert document["name"] == "Nightly build" and len(document["params"]["steps"]) == 1


def test_a_light_read_is_a_summary(scenario: Any) -> None:
    light = scenario.get_definition(with_status=True)
    assert "params" not in light and light["active"] is False


def test_a_put_replaces_the_definition(scenario: Any) -> None:
    saved(scenario, triggers=[{"type": "temporal"}], runAsUser="svc")
    document = scenario.get_settings().get_raw()
    for key in ("triggers", "runAsUser"):
        del document[key]
    scenario.set_definition(document, with_status=False)
    after = scenario.get_settings().get_raw()
    assert after["triggers"] == [] and "runAsUser" not in after


def test_without_run_as_user_the_last_writer_is_effective(client: Any, scenario: Any) -> None:
    document = saved(scenario, active=True)
    assert document["versionTag"]["lastModifiedBy"]["login"] == client.get_auth_info()["authIdentifier"]
    assert scenario.get_settings().effective_run_as == client.get_auth_info()["authIdentifier"]


def test_a_script_is_kept_byte_for_byte(project: Any) -> None:
    scenario = project.create_scenario("Py", "custom_python")
    script = "x = 1\r\n\r\n# é  "
    scenario.set_payload(script)
    assert scenario.get_payload() == script
    assert scenario.get_settings().get_raw()["params"] == {"envSelection": {"envMode": "INHERIT"}}


def test_a_full_put_keeps_the_script(project: Any) -> None:
    scenario = project.create_scenario("Py", "custom_python")
    scenario.set_payload("x = 1")
    settings = scenario.get_settings()
    settings.get_raw()["active"] = True
    scenario.set_definition(settings.get_raw(), with_status=False)
    assert scenario.get_payload() == "x = 1"


def test_a_step_based_scenario_has_no_script(scenario: Any) -> None:
    assert "has no script" in refusal(scenario.get_payload)


def test_an_unknown_scenario_type_is_refused(project: Any) -> None:
    assert "Unknown scenario type" in refusal(project.create_scenario, "S", "no_such_type")


def test_a_missing_scenario_is_named(project: Any) -> None:
    assert "does not exist" in refusal(project.get_scenario("no").get_settings)


def test_a_deleted_scenario_is_gone(project: Any, scenario: Any) -> None:
    scenario.delete()
    assert project.list_scenarios() == []


def test_a_run_succeeds_at_once(scenario: Any) -> None:
    run = scenario.run_and_wait({"key": "value"})
    assert run.outcome == "SUCCESS" and run.get_info()["trigger"]["params"] == {"key": "value"}
    assert [item.id for item in scenario.get_last_runs()] == [run.id]
    assert scenario.get_run(run.id).get_details().steps == []


def test_a_run_that_takes_time_has_no_outcome_until_it_ends(control: Any, project: Any, scenario: Any) -> None:
    control.switch(scenario_run_seconds=3600)
    run = scenario.run().wait_for_scenario_run()
    assert run.running and not {"end", "result"} & run.get_info().keys()
    assert project.list_scenarios()[0]["running"] is True
    scenario.abort()
    assert project.list_scenarios()[0]["running"] is False
    assert scenario.get_last_runs()[0].outcome == "ABORTED"


@pytest.mark.parametrize(
    ("params", "most"),
    [
        ({"frequency": "Minutely"}, 60),
        ({"frequency": "Hourly", "minute": 30}, 3600),
        ({"frequency": "Daily", "hour": 3, "minute": 15}, 86400),
        ({"frequency": "Weekly", "hour": 3, "daysOfWeek": ["Monday"]}, 7 * 86400),
    ],
)
def test_an_active_scenario_says_when_it_runs_next(project: Any, scenario: Any, params: Any, most: int) -> None:
    now = time.time()
    saved(scenario, active=True, triggers=[{"type": "temporal", "active": True, "params": params}])
    following = project.list_scenarios()[0]["nextRun"] / 1000
    assert now < following <= time.time() + most
    moment = datetime.fromtimestamp(following, UTC)
    assert {"minute": moment.minute, "hour": moment.hour, "daysOfWeek": [moment.strftime("%A")]}.items() >= {
        key: value for key, value in params.items() if key != "frequency"
    }.items()
    saved(scenario, active=False)
    assert project.list_scenarios()[0]["nextRun"] == 0


@pytest.mark.parametrize("params", [{"frequency": "Monthly"}, {"frequency": "Daily", "hour": 99}])
def test_a_time_that_is_not_worked_out_is_never(project: Any, scenario: Any, params: Any) -> None:
    saved(scenario, active=True, triggers=[{"type": "temporal", "active": True, "params": params}])
    assert project.list_scenarios()[0]["nextRun"] == 0


def test_aborting_has_no_effect_when_nothing_runs(scenario: Any) -> None:
    scenario.abort()
