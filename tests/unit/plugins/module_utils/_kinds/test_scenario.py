# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios: each type of trigger, step and message in friendly keys and back; as whom a scenario runs."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.scenario_parts import PARTS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCENARIO = KINDS["scenario"]
NEIGHBOURS = Neighbours(
    {
        "dataset": frozenset({"orders"}),
        "managed_folder": frozenset({"reports"}),
        "dashboard": frozenset({"Sales"}),
        "webapp": frozenset({"App"}),
        "saved_model": frozenset({"Churn"}),
    }
)
KNOWN = Known(
    {
        "managed_folder": {"Ab12": "reports"},
        "dashboard": {"d1": "Sales"},
        "webapp": {"w1": "App"},
        "saved_model": {"m1": "Churn"},
    }
)


def built(neighbours: Neighbours = NEIGHBOURS, **author: t.Any) -> Resource:
    return SCENARIO.resource({"name": "s", **author}, "P", neighbours, Location(), "")


def item(name: t.Any, kind: str = "DATASET", partition: str = "") -> dict[str, t.Any]:
    return {"type": kind, "itemId": name, "partitionsSpec": partition}


FOLDER = Ref("managed_folder", "reports")
STEPS: list[tuple[dict[str, t.Any], str, dict[str, t.Any]]] = [
    (
        {"type": "build_flowitem", "items": ["orders", {"folder": "reports"}], "build_mode": "NON_RECURSIVE"},
        "build_flowitem",
        {"builds": [item("orders"), item(FOLDER, "MANAGED_FOLDER")], "jobType": "NON_RECURSIVE_FORCED_BUILD"},
    ),
    (
        {
            "type": "build_flowitem",
            "items": [{"saved_model": "Churn"}, {"type": "LABELING_TASK", "object": "x"}],
            "build_mode": "RECURSIVE_MISSING_ONLY_BUILD",
            "update_schemas": True,
            "stop_at_zone": True,
            "refresh_metastore": False,
            "warnings_as": "ERROR",
            "proceed_on_failure": True,
        },
        "build_flowitem",
        {
            "builds": [item(Ref("saved_model", "Churn"), "SAVED_MODEL"), item("x", "LABELING_TASK")],
            "jobType": "RECURSIVE_MISSING_ONLY_BUILD",
            "autoUpdateSchemaBeforeEachRecipeRun": True,
            "stopAtFlowZoneBoundary": True,
            "refreshHiveMetastore": False,
            "handleWarningsAs": "ERROR",
            "proceedOnFailure": True,
        },
    ),
    (
        {"type": "check_dataset", "items": [{"dataset": "orders", "partition": "LATEST"}]},
        "check_dataset",
        {"checks": [item("orders", partition="LATEST")]},
    ),
    ({"type": "compute_metrics", "items": ["orders"]}, "compute_metrics", {"computes": [item("orders")]}),
    ({"type": "clear_items", "items": ["orders"]}, "clear_items", {"clears": [item("orders")]}),
    ({"type": "invalidate_cache", "items": ["orders"]}, "invalidate_cache", {"invalidates": [item("orders")]}),
    (
        {"type": "custom_python", "code": "x = 1", "code_env": "py39"},
        "custom_python",
        {"script": "x = 1", "envSelection": {"envMode": "EXPLICIT_ENV", "envName": "py39"}},
    ),
    ({"type": "exec_sql", "connection": "pg", "code": "select 1"}, "exec_sql", {"connection": "pg", "sql": "select 1"}),
    (
        {"type": "run_scenario", "scenario": "other", "project": "Q", "warnings_as": "ERROR"},
        "run_scenario",
        {"scenarioId": "other", "projectKey": "Q", "handleWarningsAs": "ERROR"},
    ),
    ({"type": "kill_scenario", "scenario": "other"}, "kill_scenario", {"scenarioId": "other"}),
    (
        {"type": "define_vars", "definitions": {"b": "now()", "a": "1"}, "evaluate": False},
        "define_vars",
        {"definitions": [{"key": "b", "value": "now()"}, {"key": "a", "value": "1"}], "evaluateValues": False},
    ),
    ({"type": "set_project_vars", "variables": {"a": 1}}, "set_project_vars", {"variables": {"a": 1}}),
    (
        {
            "type": "send_report",
            "messaging": "teams",
            "channel": "REPORTER",
            "message": "Done",
            "fail_if_not_sent": False,
        },
        "send_report",
        {
            "messaging": {"type": "msft-teams-scenario", "configuration": {"channelId": "REPORTER", "message": "Done"}},
            "failOnMessageNotSent": False,
        },
    ),
    (
        {
            "type": "prepare_bundle",
            "bundle": "v1",
            "make_unique": False,
            "target_variable": "b",
            "publish": True,
            "published_project": "Q",
        },
        "prepare_bundle",
        {
            "bundleId": "v1",
            "transmogrify": False,
            "targetVariable": "b",
            "publishOnDeployer": True,
            "publishedProjectKey": "Q",
        },
    ),
    (
        {"type": "update_projectdeployer_deployment", "deployment": "P-on-prod", "version": "${b}"},
        "update_projectdeployer_deployment",
        {"deploymentId": "P-on-prod", "newVersionId": "${b}"},
    ),
    (
        {
            "type": "prepare_lambda_package",
            "service": "api",
            "package": "v1",
            "publish": True,
            "published_service": "api2",
        },
        "prepare_lambda_package",
        {"serviceId": "api", "packageId": "v1", "publishToAPIDeployer": True, "publishedServiceId": "api2"},
    ),
    (
        {"type": "update_apideployer_deployment", "deployment": "d", "version": "v", "full_update": True},
        "update_apideployer_deployment",
        {"deploymentId": "d", "newVersionId": "v", "isFullUpdate": True},
    ),
    (
        {"type": "refresh_chart_cache", "dashboards": [{"dashboard": "Sales", "title": "Sales!"}], "force": True},
        "refresh_chart_cache",
        {"dashboards": [{"smartName": Ref("dashboard", "Sales"), "name": "Sales!"}], "force": True},
    ),
    (
        {"type": "create_dashboard_export", "dashboard": "Sales", "folder": "reports", "paper_size": "A3", "width": 9},
        "create_dashboard_export",
        {
            "dashboardId": Ref("dashboard", "Sales"),
            "folderSmartId": FOLDER,
            "exportFormat": {"paperSize": "A3", "width": 9},
        },
    ),
    ({"type": "restart_webapp", "webapp": "App"}, "restart_webapp", {"webAppId": Ref("webapp", "App")}),
    (
        {"type": "runnable", "macro": "pyrunnable_x", "config": {"age": 1}, "admin_config": {"all": True}},
        "runnable",
        {"runnableType": "pyrunnable_x", "config": {"age": 1}, "adminConfig": {"all": True}},
    ),
    ({"type": "pystep_mine", "params": {"a": 1}}, "pystep_mine", {"a": 1}),
]
TRIGGERS: list[tuple[dict[str, t.Any], str, dict[str, t.Any]]] = [
    (
        {"type": "temporal", "frequency": "weekly", "every": 2, "hour": 3, "minute": 5, "days_of_week": ["Monday"]},
        "temporal",
        {"frequency": "Weekly", "repeatFrequency": 2, "hour": 3, "minute": 5, "daysOfWeek": ["Monday"]},
    ),
    (
        {"type": "temporal", "frequency": "monthly", "day_of_month": 2, "starting_from": "2026-01-01"},
        "temporal",
        {"frequency": "Monthly", "dayOfMonth": 2, "monthlyRunOn": "ON_THE_DAY", "startingFrom": "2026-01-01"},
    ),
    (
        {"type": "ds_modified", "datasets": ["orders"], "when_all": True},
        "ds_modified",
        {"watches": [item("orders")], "triggerWhenAllFire": True},
    ),
    (
        {"type": "sql_query", "connection": "pg", "sql": "select 1", "limit": 5, "has_limit": False},
        "sql_query",
        {"connection": "pg", "sql": "select 1", "limit": 5, "hasLimit": False},
    ),
    ({"type": "custom_python", "code": "t.fire()"}, "custom_python", {"code": "t.fire()"}),
    (
        {"type": "follow_scenariorun", "scenario": "other", "project": "Q"},
        "follow_scenariorun",
        {"scenarioId": "other", "projectKey": "Q"},
    ),
    ({"type": "pytrigger_mine", "params": {"a": 1}}, "pytrigger_mine", {"a": 1}),
]
MESSAGES: list[tuple[dict[str, t.Any], dict[str, t.Any]]] = [
    (
        {
            "type": "mail",
            "recipient": "a@example.org",
            "message_source": "INLINE",
            "message": "Hi",
            "html": True,
            "attachments": [
                {"type": "LOG"},
                {"dataset": "orders", "params": {"exportParams": {"x": 1}}},
                {"folder": "reports"},
                {"dashboard": "Sales", "params": {"exportFormat": {"fileType": "PDF"}}},
            ],
        },
        {
            "type": "mail-scenario",
            "configuration": {
                "recipient": "a@example.org",
                "messageSource": "INLINE",
                "message": "Hi",
                "sendAsHTML": True,
                "attachments": [
                    {"type": "LOG", "params": {}},
                    {"type": "DATASET", "params": {"exportParams": {"x": 1}, "attachedDataset": "orders"}},
                    {"type": "FOLDER", "params": {"attachedFolderId": FOLDER}},
                    {
                        "type": "DASHBOARD_EXPORT",
                        "params": {"exportFormat": {"fileType": "PDF"}, "dashboardId": Ref("dashboard", "Sales")},
                    },
                ],
            },
        },
    ),
    (
        {"type": "slack", "webhook_url": "https://example.org/x", "blocks": "[]", "message_mode": "BLOCK_KIT_API"},
        {
            "type": "slack-scenario",
            "configuration": {"webhookUrl": "https://example.org/x", "blocks": "[]", "messageMode": "BLOCK_KIT_API"},
        },
    ),
    (
        {"type": "teams", "webhook_type": "WORKFLOWS", "use_global_channel": True},
        {"type": "msft-teams-scenario", "configuration": {"webhookType": "WORKFLOWS", "useGlobalChannel": True}},
    ),
    (
        {"type": "webhook", "channel": "c", "params": {"body": "x"}},
        {"type": "webhook-scenario", "configuration": {"channelId": "c", "body": "x"}},
    ),
    ({"type": "unheard", "message": "x"}, {"type": "unheard", "configuration": {"message": "x"}}),
]
IDS = {"reports": "Ab12", "Sales": "d1", "App": "w1", "Churn": "m1"}


def known(value: t.Any) -> t.Any:
    """A declared value in which open ids are what the node made of them."""
    if isinstance(value, Ref):
        return IDS[value.name]
    if isinstance(value, dict):
        return {key: known(inner) for key, inner in value.items()}
    return [known(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("author", "kind", "params"), STEPS, ids=[kind for _author, kind, _params in STEPS])
def test_a_step_is_written_and_read(author: dict[str, t.Any], kind: str, params: dict[str, t.Any]) -> None:
    (step,) = built(steps=[author]).declared["params"]["steps"]
    assert step == {"type": kind, "params": params}
    assert SCENARIO.from_dss({"name": "s", "params": {"steps": [known(step)]}}, KNOWN)["steps"] == [author]


@pytest.mark.parametrize(("author", "kind", "params"), TRIGGERS, ids=[kind for _author, kind, _params in TRIGGERS])
def test_a_trigger_is_written_and_read(author: dict[str, t.Any], kind: str, params: dict[str, t.Any]) -> None:
    (trigger,) = built(triggers=[author]).declared["triggers"]
    assert trigger == {"type": kind, "params": params}
    assert SCENARIO.from_dss({"name": "s", "triggers": [known(trigger)]}, KNOWN)["triggers"] == [author]


@pytest.mark.parametrize(("author", "messaging"), MESSAGES, ids=[author["type"] for author, _messaging in MESSAGES])
def test_a_reporter_is_written_and_read(author: dict[str, t.Any], messaging: dict[str, t.Any]) -> None:
    (reporter,) = built(reporters=[author]).declared["reporters"]
    assert reporter == {"messaging": messaging}
    assert SCENARIO.from_dss({"name": "s", "reporters": [known(reporter)]}, KNOWN)["reporters"] == [author]


def test_every_type_of_the_reference_has_keys_of_its_own() -> None:
    assert {kind for _author, kind, _params in STEPS} >= PARTS[1].types.keys()
    assert {kind for _author, kind, _params in TRIGGERS} >= PARTS[0].types.keys()


def test_what_a_step_names_goes_before_the_scenario() -> None:
    steps = [{"type": "build_flowitem", "items": ["orders", {"folder": "reports"}]}]
    reporters = [{"type": "mail", "attachments": [{"dashboard": "Sales"}]}]
    found = built(steps=steps, reporters=reporters).references
    assert found == (("dataset", "orders"), ("managed_folder", "reports"), ("dashboard", "Sales"))


def test_a_key_of_another_type_is_refused() -> None:
    with pytest.raises(DssError, match="step 'x' has the key macro, which one of type custom_python does not have"):
        built(steps=[{"type": "custom_python", "name": "x", "macro": "m"}])


@pytest.mark.parametrize("items", [[{}], [{"dataset": "a", "folder": "b"}], [{"object": "x"}], [{"type": "X"}]])
def test_an_item_names_one_object(items: t.Any) -> None:
    with pytest.raises(DssError, match="an item has one of dataset, folder"):
        built(steps=[{"type": "clear_items", "items": items}])


def test_parameters_by_dss_s_own_names_are_laid_below_the_keys() -> None:
    step = {"type": "clear_items", "items": ["orders"], "params": {"proceedOnFailure": True, "new": 1}}
    (declared,) = built(steps=[step]).declared["params"]["steps"]
    assert declared["params"] == {"clears": [item("orders")], "proceedOnFailure": True, "new": 1}


@pytest.mark.parametrize("broken", ["x", ["x"], {"a": 1}, [None]])
def test_what_a_newer_server_holds_in_another_form_is_kept(broken: t.Any) -> None:
    held = {"type": "build_flowitem", "params": {"builds": broken}}
    author = SCENARIO.from_dss({"name": "s", "params": {"steps": [held]}}, KNOWN)
    assert author["steps"] == [{"type": "build_flowitem", "params": {"builds": broken}}]
    assert SCENARIO.resource(author, "P", NEIGHBOURS, Location(), "").declared["params"]["steps"] == [held]


def test_fields_of_a_member_that_no_key_names_survive() -> None:
    held = {"type": "build_flowitem", "params": {"builds": [{**item("orders"), "newer": 1}]}}
    document = {"name": "s", "params": {"steps": [held]}}
    author = SCENARIO.from_dss(document, KNOWN)
    assert author["steps"][0]["items"] == [{"dataset": "orders", "raw": {"newer": 1}}]
    resource = SCENARIO.resource(author, "P", NEIGHBOURS, Location(), "")
    assert compare(resource.declared, document, resource.rules, SCENARIO.defaults(document)) == []


values = st.recursive(
    st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "DATASET", "${x}"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
members = st.fixed_dictionaries(
    {"type": st.sampled_from(["DATASET", "MANAGED_FOLDER", "NEWER"]), "itemId": st.sampled_from(["orders", "Ab12"])},
    optional={"partitionsSpec": st.sampled_from(["", "2026"]), "newer": values},
)


@st.composite
def parts(draw: st.DrawFn, place: int) -> dict[str, t.Any]:
    """A trigger, step or reporter as a server may hold it."""
    table = PARTS[place]
    kind = draw(st.sampled_from([*filter(None, table.types), "mail-scenario", "newer"]))
    part: dict[str, t.Any] = {"messaging": {"type": kind, "configuration": {}}} if place == 2 else {"type": kind}
    for entry in table.shape(kind).fields:
        if entry.name in ("type", "params") or not draw(st.booleans()):
            continue
        *parents, last = entry.path.split(".")
        holder = part
        for parent in parents:
            holder = holder.setdefault(parent, {})
        schema = entry.schema.get("type")
        strategy: st.SearchStrategy[t.Any] = {
            "string": st.sampled_from(["a", "x y"]),
            "boolean": st.booleans(),
            "integer": st.integers(1, 5),
            "object": st.dictionaries(st.sampled_from("abc"), values, min_size=1, max_size=2),
        }.get(str(schema), st.just({"delay": 7}))
        if entry.name in ("items", "datasets"):
            strategy = st.lists(members, min_size=1, max_size=2, unique_by=lambda member: member["itemId"])
        elif schema == "array" or "anyOf" in entry.schema:
            strategy = st.just(["a"]) if schema == "array" and last.endswith(("Week", "Statuses")) else strategy
        holder[last] = draw(strategy)
    return {"id": draw(st.sampled_from("ij")), **part, "surprise": draw(values)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_author_form_of_any_part_is_contained_in_it(data: st.DataObject) -> None:
    steps, triggers, reporters = (
        data.draw(st.lists(parts(place), max_size=2, unique_by=lambda part: part["id"])) for place in (1, 0, 2)
    )
    document = {"name": "s", "params": {"steps": steps}, "triggers": triggers, "reporters": reporters}
    author = SCENARIO.from_dss(document, KNOWN)
    resource = SCENARIO.resource(author, "P", NEIGHBOURS, Location(), "")
    found = compare(known(resource.declared), document, resource.rules, SCENARIO.defaults(document))
    assert found == []


def cautions(declared: dict[str, t.Any], before: dict[str, t.Any], **caller: str) -> tuple[str, ...]:
    return SCENARIO.cautions(Resource("scenario", "P", "s", declared), before, caller)


def test_a_change_that_makes_a_scenario_run_as_somebody_else_is_told() -> None:
    before = {"versionTag": {"lastModifiedBy": {"login": "ada"}}}
    (text,) = cautions({"active": True}, before)
    assert "ada" in text and "declare run_as" in text
    assert cautions({"active": True}, before, authIdentifier="bob") == (text,)
    assert cautions({"active": True}, before, authIdentifier="ada") == (), "nobody else than before"
    assert cautions({"runAsUser": "svc"}, before) == ()
    assert cautions({"active": True}, {**before, "runAsUser": "svc"}) == (), "DSS keeps it"
