# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web apps, dashboards, insights, API services, saved models, evaluation stores, knowledge banks (docs/api-calls.md)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from .client_version import newer_client
from .errors import refusal

P = "/public/api/projects/PROJ"


def files_of(project: Any) -> dict[str, str]:
    """The text files of an export, below project_config/."""
    with project.get_export_stream() as stream:
        archive = zipfile.ZipFile(io.BytesIO(stream.read()))
    return {name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist()}


# -- web apps --


@pytest.fixture
def webapp(project: Any) -> Any:
    return project.create_webapp("Shop", "STANDARD")


@newer_client
def test_a_web_app_is_made_with_what_its_type_has(project: Any, webapp: Any) -> None:
    settings = webapp.get_settings().get_raw()
    assert (settings["id"], settings["projectKey"], settings["type"]) == (webapp.webapp_id, "PROJ", "STANDARD")
    assert settings["params"]["libraries"] == ["jquery", "dataiku"] and settings["config"] == {}
    assert len(settings["apiKey"]) == 32 and len(webapp.webapp_id) == 7
    dash = project.create_webapp("Board", "DASH").get_settings().get_raw()
    assert dash["params"]["serveLocally"] is True and "apiKey" not in dash


@newer_client
def test_the_list_of_web_apps_holds_heads(project: Any, webapp: Any) -> None:
    (item,) = project.list_webapps()
    assert (item.id, item.name, item["type"]) == (webapp.webapp_id, "Shop", "STANDARD")
    assert "params" not in item and "apiKey" not in item


@newer_client
def test_the_code_of_a_web_app_lies_beside_its_json_file(project: Any, webapp: Any) -> None:
    settings = webapp.get_settings()
    settings.get_raw()["params"].update(html="<p>", css="p {}", js="run()", python="app = 1", backendEnabled=True)
    settings.save()
    files, folder = files_of(project), f"web_apps/{webapp.webapp_id}"
    assert {name: files[f"{folder}/{name}"] for name in ("body.html", "style.css", "app.js", "backend.py")} == {
        "body.html": "<p>",
        "style.css": "p {}",
        "app.js": "run()",
        "backend.py": "app = 1",
    }
    stored = json.loads(files[f"{folder}.json"])
    assert stored["params"]["backendEnabled"] is True and not {"html", "css", "js", "python"} & stored["params"].keys()
    assert webapp.get_settings().get_raw()["params"]["python"] == "app = 1"


@newer_client
def test_the_type_of_a_plugin_is_refused_at_first_and_put_later(webapp: Any, raw: Any) -> None:
    answer = raw("POST", f"{P}/webapps/", json={"name": "x", "type": "webapp_a_b"})
    assert answer.status_code == 400
    settings = webapp.get_settings()
    settings.get_raw().update(type="webapp_a_b", config={"dataset": "d"})
    settings.get_raw()["params"]["config"] = {"lost": True}
    settings.save()
    after = webapp.get_settings().get_raw()
    assert (after["type"], after["config"]) == ("webapp_a_b", {"dataset": "d"})
    assert "config" not in after["params"], "quirk 51"


@newer_client
def test_a_key_that_is_left_out_is_kept(webapp: Any, raw: Any) -> None:
    before = webapp.get_settings().get_raw()
    rest = {name: value for name, value in before.items() if name != "apiKey"}
    assert raw("PUT", f"{P}/webapps/{webapp.webapp_id}", json=rest).status_code == 200
    assert webapp.get_settings().get_raw()["apiKey"] == before["apiKey"]


@newer_client
def test_no_call_deletes_a_web_app_or_an_api_service(project: Any, webapp: Any, raw: Any) -> None:
    project.create_api_service("score")
    for path in (f"webapps/{webapp.webapp_id}", "apiservices/score", "apiservices/score/settings"):
        assert raw("DELETE", f"{P}/{path}").status_code in (404, 405)
    assert len(project.list_webapps()) == len(project.list_api_services()) == 1


@newer_client
def test_the_backend_of_a_web_app(project: Any, webapp: Any) -> None:
    assert webapp.get_state().running is False
    webapp.stop_backend()
    assert webapp.start_or_restart_backend().job_id is None, "it has no backend"
    dash = project.create_webapp("Board", "DASH")
    assert dash.start_or_restart_backend().wait_for_result() == {"alive": True}


def test_a_web_app_that_is_not_there(project: Any) -> None:
    assert "does not exist" in refusal(project.get_webapp("nothing").get_settings)


# -- dashboards and insights --


def test_a_dashboard_is_made_of_its_settings(project: Any) -> None:
    tile = {"tileType": "INSIGHT", "insightId": "abc", "insightType": "chart", "box": {"top": 0, "left": 0}}
    page = {"id": "page1", "title": "Overview", "grid": {"tiles": [tile]}}
    dashboard = project.create_dashboard("Sales", {"pages": [page], "surprise": 1})
    settings = dashboard.get_settings()
    raw = settings.get_raw()
    assert (settings.id, settings.name, settings.listed) == (dashboard.dashboard_id, "Sales", False)
    assert raw["pages"][0]["grid"]["tiles"][0] == {
        **tile,
        "displayMode": "INSIGHT",
        "clickAction": "DO_NOTHING",
        "resizeImageMode": "FIT_SIZE",
        "tileParams": {},
    }
    assert raw["pages"][0]["id"] == "page1" and "surprise" not in raw


def test_the_list_of_dashboards_counts_pages_and_tiles(project: Any) -> None:
    project.create_dashboard("Sales", {"pages": [{"grid": {"tiles": [{"tileType": "TEXT"}] * 3}}, {"title": "B"}]})
    project.create_dashboard("Sales")
    first, second = project.list_dashboards()
    assert (first.num_pages, first.num_tiles, second.num_pages) == (2, 3, 0)
    assert first.name == second.name == "Sales", "a name is no key"
    assert "pages" not in first


def test_a_dashboard_is_saved_and_deleted(project: Any) -> None:
    dashboard = project.create_dashboard("Sales")
    settings = dashboard.get_settings()
    settings.get_raw().update(listed=True, tags=["b", "a", "a"])
    settings.save()
    assert dashboard.get_settings().tags == ["a", "b"] and dashboard.get_settings().listed is True
    assert "id" in refusal(
        dashboard.client._perform_json, "PUT", f"/projects/PROJ/dashboards/{dashboard.dashboard_id}/", body={"id": "x"}
    )
    dashboard.delete()
    assert project.list_dashboards() == []
    assert f"dashboards/{dashboard.dashboard_id}.json" not in files_of(project)


def test_an_insight_is_posted_to_be_saved(project: Any) -> None:
    insight = project.create_insight({"name": "Revenue", "type": "chart", "params": {"datasetSmartName": "d"}})
    settings = insight.get_settings()
    settings.get_raw()["params"]["def"] = {"type": "pie"}
    settings.save()
    after = insight.get_settings().get_raw()
    assert (
        after["params"] == {"datasetSmartName": "d", "def": {"type": "pie"}}
        and after["versionTag"]["versionNumber"] == 1
    )
    (item,) = project.list_insights()
    assert (item.id, item.name, item.type, item.listed) == (insight.insight_id, "Revenue", "chart", False)
    assert json.loads(files_of(project)[f"insights/{insight.insight_id}.json"])["name"] == "Revenue"
    insight.delete()
    assert project.list_insights() == []


def test_an_insight_needs_a_name_and_a_type(project: Any) -> None:
    assert "type" in refusal(project.create_insight, {"name": "x"})
    assert "name" in refusal(project.create_insight, {"type": "chart"})


# -- API services --


def test_an_api_service_begins_without_endpoints(project: Any) -> None:
    service = project.create_api_service("score")
    settings = service.get_settings()
    assert (settings.auth_method, settings.endpoints) == ("PUBLIC", [])
    settings.add_prediction_endpoint("predict", "S7Ap55jW")
    settings.save()
    assert service.get_settings().endpoints == [
        {"id": "predict", "type": "STD_PREDICTION", "modelRef": "S7Ap55jW", "testQueries": [], "healthCheckQueries": []}
    ]
    (item,) = project.list_api_services()
    assert (item.id, item.name, item.auth_method) == ("score", "score", "PUBLIC")
    assert item.endpoints == [{"id": "predict", "type": "STD_PREDICTION"}]
    assert service.list_packages() == [] and "lambda_services/score.json" in files_of(project)


def test_an_api_service_refuses_what_is_wrong(project: Any) -> None:
    service = project.create_api_service("score")
    assert "already" in refusal(project.create_api_service, "score")
    settings = service.get_settings()
    settings.get_raw()["authMethod"] = "MAGIC"
    assert "MAGIC" in refusal(settings.save)
    settings.get_raw().update(authMethod="API_KEYS", endpoints=[{"id": "a"}])
    assert "endpoint" in refusal(settings.save)


# -- what models leave in the flow --


@pytest.mark.parametrize(
    ("create", "kind"),
    [
        (lambda project: project.create_mlflow_pyfunc_model("m", "REGRESSION"), "MLFLOW_PYFUNC"),
        (lambda project: project.create_finetuned_llm_saved_model("m"), "LLM_GENERIC"),
        (lambda project: project.create_external_model("m", "REGRESSION", {"protocol": "sagemaker"}), "PROXY_MODEL"),
    ],
)
def test_a_saved_model_of_a_type_that_the_client_makes(project: Any, create: Any, kind: str) -> None:
    model = create(project)
    settings = model.get_settings()
    assert settings.get_raw()["savedModelType"] == kind and len(model.id) == 8
    settings.get_raw()["publishPolicy"] = "CONDITIONAL"
    settings.save()
    assert model.get_settings().get_raw()["publishPolicy"] == "CONDITIONAL" and model.get_active_version() is None
    assert project.get_flow().get_graph().nodes[model.id]["type"] == "COMPUTABLE_SAVED_MODEL"
    model.delete()
    assert project.list_saved_models() == []


def test_a_model_that_dss_trains_cannot_be_made(project: Any, raw: Any) -> None:
    body = {"savedModelType": "DSS_MANAGED", "name": "m"}
    assert raw("POST", f"{P}/savedmodels/", json=body).status_code == 400


@newer_client
def test_evaluation_stores_by_flavor(project: Any) -> None:
    project.create_model_evaluation_store("tables")
    project.create_evaluation_store("agents", "AGENT")
    assert [store.id for store in project.list_model_evaluation_stores()] != []
    assert len(project.list_evaluation_stores()) == 1, "without a flavor not those of agents"
    (agents,) = project.list_evaluation_stores("AGENT")
    settings = agents.get_settings()
    settings.get_raw()["displayParams"] = {"graphStyle": "LINE"}
    settings.save()
    after = agents.get_settings().get_raw()
    assert (after["name"], after["mesFlavor"], after["displayParams"]) == ("agents", "AGENT", {"graphStyle": "LINE"})
    agents.delete()
    assert project.list_evaluation_stores("AGENT") == []


@newer_client
def test_a_knowledge_bank_is_made_changed_cleared_and_deleted(project: Any) -> None:
    bank = project.create_knowledge_bank("docs", "CHROMA", "openai:x:embed", {"indexName": "i"})
    settings = bank.get_settings()
    assert (settings.vector_store_type, settings.get_raw()["indexName"]) == ("CHROMA", "i")
    settings.set_metadata_schema({"source": "string"})
    settings.save()
    assert bank.get_settings().get_raw()["metadataColumnsSchema"] == [{"name": "source", "type": "string"}]
    assert [item.name for item in project.list_knowledge_banks()] == ["docs"]
    assert bank.id in bank.clear()["msg"]
    assert f"knowledge-banks/{bank.id}.json" in files_of(project)
    bank.delete()
    assert project.list_knowledge_banks() == []


def test_what_leaves_the_flow_leaves_its_zone(project: Any) -> None:
    bank = project.create_knowledge_bank("docs", "CHROMA", "x")
    zone = project.get_flow().create_zone("Z")
    zone._raw = project.client._perform_json(
        "POST",
        f"/projects/PROJ/flow/zones/{zone.id}/items",
        body={"objectId": bank.id, "objectType": "RETRIEVABLE_KNOWLEDGE"},
    )
    assert [item["objectId"] for item in zone._raw["items"]] == [bank.id]
    bank.delete()
    assert project.get_flow().get_zone(zone.id)._raw["items"] == []


@newer_client
def test_a_copy_through_export_and_import_is_the_same(client: Any, project: Any) -> None:
    webapp = project.create_webapp("Shop", "DASH")
    settings = webapp.get_settings()
    settings.get_raw()["params"]["python"] = "app = 1"
    settings.save()
    dashboard = project.create_dashboard("Sales", {"pages": [{"title": "A"}]})
    with project.get_export_stream() as stream:
        archive = io.BytesIO(stream.read())
    client.prepare_project_import(archive).execute(settings={"targetProjectKey": "COPY"})
    copy = client.get_project("COPY")
    assert copy.get_webapp(webapp.webapp_id).get_settings().get_raw()["params"]["python"] == "app = 1"
    for read in (
        lambda where: where.get_dashboard(dashboard.dashboard_id).get_settings().get_raw(),
        lambda where: where.get_webapp(webapp.webapp_id).get_settings().get_raw(),
    ):
        one, other = read(project), read(copy)
        assert {**one, "projectKey": ""} == {**other, "projectKey": ""}
