# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Web apps, dashboards, insights, API services, models and stores in a life of a project: plan, state, drift, undo."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import SandboxProcess

SHOP = {"name": "Shop", "type": "STANDARD", "html": "<p>", "js": "run()"}
CHART = {"name": "Revenue", "type": "chart", "dataset": "orders"}
BOARD = {"name": "Board", "pages": [{"id": "a", "title": "A", "tiles": [{"insight": "Revenue"}, {"text": "# A"}]}]}
MODEL = {"name": "Churn", "type": "MLFLOW_PYFUNC"}
SERVICE = {"id": "score", "endpoints": [{"id": "e", "type": "STD_PREDICTION", "model": "Churn"}]}
STORE = {"name": "Evaluations", "flavor": "AGENT"}
BANK = {"name": "Handbook", "vector_store": "CHROMA", "images_folder": "pictures"}
WHOLE: dict[str, t.Any] = {
    "project": {"key": "P", "name": "P"},
    "datasets": [{"name": "orders", "type": "managed"}],
    "managed_folders": [{"name": "pictures"}],
    "webapps": [SHOP],
    "insights": [CHART],
    "dashboards": [BOARD],
    "saved_models": [MODEL],
    "api_services": [SERVICE],
    "model_evaluation_stores": [STORE],
    "knowledge_banks": [BANK],
}


class Team:
    """A project with everything, and its state."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.project = sandbox.client().get_project("P")

    def run(self, definition: t.Mapping[str, t.Any], check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return run_module(
            self.sandbox.environ, check=check, base=self.folder, definition=copy.deepcopy(dict(definition)), **options
        )

    def plan(self, definition: t.Mapping[str, t.Any], **options: t.Any) -> dict[str, tuple[str, list[str]]]:
        """What would be done, by address: the action and the paths."""
        actions = self.run(definition, check=True, **options)["plan"]["actions"]
        return {
            entry["address"]: (entry["action"], [change["path"] for change in entry["changes"]]) for entry in actions
        }

    def webapp(self) -> t.Any:
        return self.project.get_webapp(self.project.list_webapps()[0].id)

    def texts(self) -> str:
        """Everything that was written to disk."""
        return "".join(path.read_text(errors="replace") for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Team:
    made = Team(sandbox, tmp_path)
    made.run(WHOLE)
    return made


def changed(**sections: t.Any) -> dict[str, t.Any]:
    return {**WHOLE, **sections}


def test_ids_of_the_server_are_found_in_the_documents(team: Team) -> None:
    assert team.plan(WHOLE) == {}
    (insight,), (model,) = team.project.list_insights(), team.project.list_saved_models()
    board = team.project.get_dashboard(team.project.list_dashboards()[0].id).get_settings().get_raw()
    assert board["pages"][0]["grid"]["tiles"][0]["insightId"] == insight.id
    assert team.project.get_api_service("score").get_settings().endpoints[0]["modelRef"] == model["id"]
    bank = team.project.get_knowledge_bank(team.project.list_knowledge_banks()[0].id).get_settings().get_raw()
    folder = team.project.list_managed_folders()[0]["id"]
    assert (bank["managedFolderId"], bank["multimodalColumn"]) == (folder, "DKU_MULTIMODAL_CONTENT")


def test_the_key_of_a_web_app_is_nowhere(team: Team) -> None:
    key = team.webapp().get_settings().get_raw()["apiKey"]
    shop = {**SHOP, "html": "<b>"}
    found = team.run(changed(webapps=[shop]), check=True)
    assert key not in str(found)
    assert key not in str(team.run(changed(webapps=[shop])))
    assert team.webapp().get_settings().get_raw()["apiKey"] == key, "it went back with the write"
    assert key not in str(run_module(team.sandbox.environ, "webapp_info", project="P"))
    assert team.texts() and key not in team.texts()


def test_a_plan_shows_the_field_of_the_author(team: Team) -> None:
    pages = [{"id": "a", "title": "A", "tiles": [{"insight": "Revenue"}, {"text": "# B"}]}]
    service = {"id": "score", "endpoints": [{**SERVICE["endpoints"][0], "use_java": True}]}
    found = team.plan(changed(dashboards=[{**BOARD, "pages": pages}], api_services=[service]))
    assert found == {
        "dashboard.P.Board": ("update", ["pages[a].tiles[1].text"]),
        "api_service.P.score": ("update", ["endpoints[e].use_java"]),
    }


def test_drift_is_told_from_what_the_configuration_changed(team: Team) -> None:
    settings = team.webapp().get_settings()
    settings.get_raw()["params"]["html"] = "<i>"
    settings.save()
    (action,) = team.run(WHOLE, check=True)["plan"]["actions"]
    assert (action["address"], action["cause"]) == ("webapp.P.Shop", "drift")
    assert team.run(WHOLE)["changed"] and team.plan(WHOLE) == {}


def test_what_is_no_longer_declared_goes_where_dss_has_a_call(team: Team) -> None:
    less = {name: value for name, value in WHOLE.items() if name in ("project", "datasets", "managed_folders")}
    with pytest.raises(DssError, match=r"saved_model\.P\.Churn would be deleted with its versions: set drop_data=true"):
        team.run(less, check=True, max_deletes=9)
    found = team.run(less, max_deletes=9, drop_data=True)
    assert found["plan"]["summary"]["delete"] == 5
    assert [item.name for item in team.project.list_webapps()] == ["Shop"], "DSS has no call that deletes it"
    assert [item.id for item in team.project.list_api_services()] == ["score"]
    assert not (team.project.list_dashboards() or team.project.list_insights() or team.project.list_saved_models())
    assert not (team.project.list_knowledge_banks() or team.project.list_evaluation_stores("AGENT"))
    assert team.plan(less) == {}


def test_what_dss_cannot_delete_cannot_be_absent(team: Team) -> None:
    with pytest.raises(DssError, match="cannot delete a webapp: delete it in DSS"):
        run_module(team.sandbox.environ, "webapp", project="P", name="Shop", type="STANDARD", state="absent")
    gone = run_module(team.sandbox.environ, "webapp", project="P", name="Other", type="STANDARD", state="absent")
    assert not gone["changed"]


def test_a_rollback_gives_back_what_dss_lets_it(team: Team) -> None:
    key = team.webapp().get_settings().get_raw()["apiKey"]
    more = {"name": "More", "type": "DASH"}
    team.run(
        changed(
            webapps=[{**SHOP, "html": "<b>"}, more],
            dashboards=[{**BOARD, "listed": True}, {"name": "New"}],
            knowledge_banks=[],
        ),
        max_deletes=1,
        drop_data=True,
    )
    place = {"state_backend": {"type": "local", "path": str(team.folder / "state")}, "settle_timeout": 0.0}
    environment = next(path.name for path in (team.folder / "state").iterdir() if path.is_dir())
    found = run_module(
        team.sandbox.environ, "rollback", base=team.folder, environment=environment, project="P", **place
    )
    told = "\n".join(found["rollback"]["not_restored"])
    assert "webapp.P.More: it stays, because the API of DSS cannot delete it" in told
    assert [item.name for item in team.project.list_dashboards()] == ["Board"]
    assert [item.name for item in team.project.list_knowledge_banks()] == ["Handbook"]
    shop = next(item for item in team.project.list_webapps() if item.name == "Shop")
    raw = team.project.get_webapp(shop.id).get_settings().get_raw()
    assert (raw["params"]["html"], raw["apiKey"]) == ("<p>", key)
    assert team.plan(WHOLE) == {}


def test_a_trained_model_that_is_external_can_be_named(team: Team) -> None:
    service = {"id": "other", "endpoints": [{"id": "e", "type": "STD_PREDICTION", "model": "Trained"}]}
    with pytest.raises(DssError, match="there is no saved model 'Trained' on the node, and none is declared"):
        team.run(changed(api_services=[SERVICE, service]), check=True)
    trained = team.project.create_mlflow_pyfunc_model("Trained")
    models = [MODEL, {"name": "Trained", "external": True}]
    team.run(changed(api_services=[SERVICE, service], saved_models=models))
    assert team.project.get_api_service("other").get_settings().endpoints[0]["modelRef"] == trained.id
    assert team.plan(changed(api_services=[SERVICE, service])) == {}, "nor need it be declared"
    with pytest.raises(DssError, match="cannot make a saved model"):
        team.run(changed(saved_models=[MODEL, {"name": "Gone", "type": "DSS_MANAGED"}]), check=True)


def test_a_file_of_code_that_changed_in_git_is_read_again(team: Team) -> None:
    team.run(WHOLE)
    team.sandbox.control.forget_calls()
    assert team.plan(WHOLE) == {}
    assert not any("/webapps/" in call["path"] for call in team.sandbox.control.calls()["calls"]), "nothing has changed"
    settings = team.webapp().get_settings()
    settings.get_raw()["params"]["js"] = "stop()"
    settings.save()
    team.sandbox.control.forget_calls()
    assert team.plan(WHOLE) == {"webapp.P.Shop": ("update", ["js"])}
    read = {call["path"].split("/")[3] for call in team.sandbox.control.calls()["calls"] if "/P/" in call["path"]}
    assert "webapps" in read and "dashboards" not in read


def test_code_comes_from_files(sandbox: SandboxProcess, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    for name, text in {"body.html": "<p>{{ name }}</p>", "app.js": "a()", "backend.py": "x = '${projectKey}'"}.items():
        (tmp_path / "web" / name).write_text(text)
    (tmp_path / "training.json").write_text('{"modeling": {"seed": 1}}')
    (tmp_path / "project.yml").write_text(
        "project: {key: P, name: P}\n"
        "webapps:\n"
        "  - {name: Shop, type: STANDARD, backend: true, html_file: web/body.html, js_file: web/app.js, "
        "python_file: web/backend.py}\n"
        "saved_models:\n"
        "  - {name: m, type: MLFLOW_PYFUNC, training_file: training.json}\n"
    )
    run_module(sandbox.environ, base=tmp_path, path=str(tmp_path / "project.yml"))
    project = sandbox.client().get_project("P")
    params = project.get_webapp(project.list_webapps()[0].id).get_settings().get_raw()["params"]
    assert (params["html"], params["python"]) == ("<p>{{ name }}</p>", "x = '${projectKey}'")
    model = project.get_saved_model(project.list_saved_models()[0]["id"]).get_settings().get_raw()
    assert model["miniTask"] == {"modeling": {"seed": 1}}
