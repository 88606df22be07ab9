# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zones, the wiki and permissions of a project, as configurations that are applied one after the other to a node."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import SandboxProcess, connect

PROJECT = {"key": "P", "name": "P"}
FLOW: dict[str, t.Any] = {
    "project": PROJECT,
    "datasets": [{"name": name, "type": "managed"} for name in ("a", "b", "c")],
    "managed_folders": [{"name": "files"}],
    "recipes": [{"name": "make_b", "type": "sync", "inputs": ["a"], "outputs": ["b"]}],
}


class Deployed:
    """A node to which configurations are applied, with a state."""

    def __init__(self, sandbox: SandboxProcess, base: Path) -> None:
        self.sandbox, self.base = sandbox, base

    def apply(self, definition: dict[str, t.Any], **options: t.Any) -> dict[str, t.Any]:
        result = run_module(self.sandbox.environ, base=self.base, definition=definition, **options)
        again = run_module(self.sandbox.environ, base=self.base, definition=definition, check=True)
        assert again["plan"]["actions"] == [], "what is applied plans to nothing"
        return result

    def plan(self, definition: dict[str, t.Any], **options: t.Any) -> dict[str, list[str]]:
        result = run_module(self.sandbox.environ, base=self.base, definition=definition, check=True, **options)
        return {
            f"{action['action']} {action['address']}": [change["path"] for change in action["changes"]]
            for action in result["plan"]["actions"]
        }

    @property
    def project(self) -> t.Any:
        return self.sandbox.client().get_project("P")

    def zones(self) -> dict[str, set[str]]:
        return {
            zone.name: {item["objectId"] for item in zone._raw["items"]}
            for zone in self.project.get_flow().list_zones()
        }

    def tree(self) -> list[t.Any]:
        wiki = self.project.get_wiki()

        def named(nodes: t.Any) -> list[t.Any]:
            return [(wiki.get_article(node["id"]).get_data().get_name(), *named(node["children"])) for node in nodes]

        return named(wiki.get_settings().get_taxonomy())


@pytest.fixture
def deployed(sandbox: SandboxProcess, tmp_path: Path) -> Deployed:
    return Deployed(sandbox, tmp_path)


# Zones --------------------------------------------------------------------------------------------------------------


def flow(*zones: dict[str, t.Any]) -> dict[str, t.Any]:
    return {**FLOW, "zones": list(zones)}


def test_a_zone_is_made_with_what_is_in_it(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "In", "color": "#C82423", "items": ["a", {"folder": "files"}]}))
    (folder,) = deployed.project.list_managed_folders()
    assert deployed.zones() == {"Default": set(), "In": {"a", folder["id"]}}


def test_a_recipe_stands_for_what_it_writes_and_goes_along(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "Out", "items": [{"recipe": "make_b"}]}))
    assert deployed.zones()["Out"] == {"b", "make_b"}


def test_an_object_moves_from_zone_to_zone_and_others_stay(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "X", "items": ["a", "b"]}, {"name": "Y"}))
    moved = flow({"name": "X"}, {"name": "Y", "items": ["a"]})
    assert deployed.plan(moved) == {"update zone.P.Y": ["items[DATASET a]"]}
    deployed.apply(moved)
    assert deployed.zones() == {"Default": set(), "X": {"b", "make_b"}, "Y": {"a"}}


def test_exclusive_zones_change_places(deployed: Deployed) -> None:
    first = {"name": "X", "items": ["a"], "exclusive": True, "color": "#000000"}
    second = {"name": "Y", "items": ["c"], "exclusive": True, "color": "#ffffff"}
    deployed.apply(flow(first, second))
    swapped = flow({**first, "items": ["c"], "color": "#111111"}, {**second, "items": ["a"], "color": "#222222"})
    deployed.apply(swapped)
    assert deployed.zones() == {"Default": set(), "X": {"c"}, "Y": {"a"}}


def test_what_is_not_named_leaves_an_exclusive_zone(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "X", "items": ["a", "b", "c"]}))
    only = flow({"name": "X", "items": ["c"], "exclusive": True})
    assert deployed.plan(only) == {"update zone.P.X": ["items[DATASET a]", "items[DATASET b]"]}
    deployed.apply(only)
    assert deployed.zones()["X"] >= {"c"} and not deployed.zones()["X"] & {"a", "b"}


def test_the_default_zone_gets_a_name_and_never_goes(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "Start", "default": True, "color": "#111111"}))
    default = deployed.project.get_flow().get_default_zone()
    assert (default.name, default.color) == ("Start", "#111111")
    result = deployed.apply(flow())
    assert result["plan"]["summary"]["delete"] == 0
    deployed.apply(flow(), prune=True)
    assert deployed.project.get_flow().get_default_zone().name == "Start"
    with pytest.raises(DssError, match="the default zone holds what no other zone holds"):
        deployed.plan(flow({"name": "Start", "default": True, "items": ["a"]}))


def test_a_zone_that_is_no_longer_declared_gives_its_objects_back(deployed: Deployed) -> None:
    deployed.apply(flow({"name": "X", "items": ["a"]}))
    deployed.apply(flow())
    assert deployed.zones() == {"Default": set()}


def test_objects_are_shown_in_other_zones_too(deployed: Deployed) -> None:
    shared = {"name": "X", "shared": ["a", {"dataset": "far", "project": "Q"}], "exclusive": True}
    client = deployed.sandbox.client()
    client.create_project("Q", "Q", "admin").create_dataset("far", "Inline")
    deployed.apply(flow(shared))
    zones = deployed.project.get_flow().list_zones()
    held = next(zone._raw["shared"] for zone in zones if zone.name == "X")
    assert {item["objectId"] for item in held} == {"a", "far"}
    deployed.apply(flow({**shared, "shared": ["c"]}))
    zones = deployed.project.get_flow().list_zones()
    assert next(zone._raw["shared"] for zone in zones if zone.name == "X") == [
        {"objectId": "c", "objectType": "DATASET"}
    ]


def test_the_drift_of_a_zone_is_told(deployed: Deployed) -> None:
    declared = flow({"name": "X", "items": ["a"], "color": "#111111"})
    deployed.apply(declared)
    deployed.project.get_flow().get_default_zone().add_item(deployed.project.get_dataset("a"))
    assert deployed.plan(declared) == {"update zone.P.X": ["items[DATASET a]"]}


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        (
            [{"name": "X", "items": ["a"]}, {"name": "Y", "items": [{"dataset": "a"}]}],
            "dataset 'a' is in zone 'X' already",
        ),
        (
            [{"name": "X", "items": ["files"]}, {"name": "Y", "items": [{"folder": "files"}]}],
            "folder 'files' is in zone",
        ),
        ([{"name": "X", "default": True}, {"name": "Y", "default": True}], "zone 'X' is the default zone already"),
        ([{"name": "X", "items": [{"recipe": "unknown"}]}], "what recipe unknown writes is not declared here"),
    ],
)
def test_an_object_is_in_one_zone(deployed: Deployed, zones: t.Any, message: str) -> None:
    with pytest.raises(DssError, match=message):
        deployed.plan(flow(*zones))


# Permissions --------------------------------------------------------------------------------------------------------


def grants(deployed: Deployed) -> dict[str, set[str]]:
    entries = deployed.project.get_permissions()["permissions"]
    return {
        entry.get("group") or entry.get("user"): {key for key, value in entry.items() if value is True}
        for entry in entries
    }


def test_rights_are_those_of_the_list_and_the_owner_stays(deployed: Deployed) -> None:
    rights = {"groups": {"readers": ["read_project_content", "read_dashboards"]}, "users": {"bob": ["admin"]}}
    deployed.apply({"project": PROJECT, "permissions": rights})
    owner = deployed.project.get_permissions()["owner"]
    assert grants(deployed) == {"readers": {"readProjectContent", "readDashboards"}, "bob": {"admin"}}
    fewer = {"project": PROJECT, "permissions": {**rights, "groups": {"readers": ["read_dashboards"]}}}
    assert deployed.plan(fewer) == {"update permissions.P": ["permissions[readers].read_project_content"]}
    deployed.apply(fewer)
    assert grants(deployed)["readers"] == {"readDashboards"}, "a right that is left out is taken away"
    assert deployed.project.get_permissions()["owner"] == owner


def test_every_flag_is_sent_whatever_the_server_keeps(deployed: Deployed) -> None:
    deployed.apply({"project": PROJECT, "permissions": {"users": {"bob": ["write_project_content"]}}})
    (entry,) = deployed.project.get_permissions()["permissions"]
    assert len(entry) == 16 and sum(value is True for value in entry.values()) == 1


def test_others_keep_their_rights_unless_the_list_is_complete(deployed: Deployed) -> None:
    deployed.apply({"project": PROJECT, "permissions": {"users": {"bob": ["admin"], "eve": ["admin"]}}})
    declared = {"users": {"bob": ["admin"]}}
    deployed.apply({"project": PROJECT, "permissions": declared})
    assert grants(deployed).keys() == {"bob", "eve"}
    deployed.apply({"project": PROJECT, "permissions": {**declared, "exclusive": True}})
    assert grants(deployed).keys() == {"bob"}
    deployed.apply({"project": PROJECT, "permissions": {"exclusive": True}})
    assert grants(deployed) == {}


def test_owner_and_permissions_are_changed_by_their_kinds_in_one_run(deployed: Deployed) -> None:
    project = {**PROJECT, "owner": "ada"}
    deployed.apply({"project": project, "permissions": {"users": {"bob": ["admin"]}}})
    assert deployed.project.get_permissions()["owner"] == "ada"
    assert grants(deployed) == {"bob": {"admin"}}


def test_what_dashboards_show(deployed: Deployed) -> None:
    shown = {
        "dashboard_authorizations": ["a", {"folder": "files", "modes": ["READ", "DISCOVER"]}],
        "additional_dashboard_users": ["carl", "bea"],
    }
    deployed.apply({**FLOW, "permissions": shown})
    (folder,) = deployed.project.list_managed_folders()
    held = deployed.project.get_permissions()
    pairs = {item["objectRef"]["objectId"]: item["modes"] for item in held["dashboardAuthorizations"]["authorizations"]}
    assert pairs == {"a": ["READ"], folder["id"]: ["DISCOVER", "READ"]}
    assert held["additionalDashboardUsers"] == {"users": ["carl", "bea"]}
    deployed.apply({**FLOW, "permissions": {"dashboard_authorizations": ["a"], "exclusive": True}})
    held = deployed.project.get_permissions()["dashboardAuthorizations"]
    assert [item["objectRef"]["objectId"] for item in held["authorizations"]] == ["a"]


def test_a_right_that_there_is_not_is_refused(deployed: Deployed) -> None:
    with pytest.raises(DssError, match="there is no right read_content"):
        deployed.plan({"project": PROJECT, "permissions": {"users": {"bob": ["read_content"]}}})


def test_whoever_would_lose_the_project_is_warned(deployed: Deployed) -> None:
    deployed.apply({"project": {**PROJECT, "owner": "admin"}, "permissions": {"users": {"bob": ["admin"]}}})
    key = deployed.sandbox.control.key(login="bob")
    environ = {**deployed.sandbox.environ, "DKU_API_KEY": key}
    options = {"module": "permissions", "project": "P", "check": True}
    loses = run_module(environ, users={"bob": ["read_project_content"]}, **options)
    assert ["bob, would no longer administer" in warning for warning in loses["warnings"]] == [True]
    assert run_module(environ, users={"bob": ["admin", "run_scenarios"]}, **options)["warnings"] == []
    connect(deployed.sandbox.url, key).get_project("P").get_permissions()


# Wiki ---------------------------------------------------------------------------------------------------------------


def wiki(*articles: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"project": PROJECT, "wiki_articles": list(articles)}


def test_articles_are_made_where_they_belong(deployed: Deployed) -> None:
    deployed.apply(
        wiki(
            {"name": "C", "parent": "Home", "after": "B"},
            {"name": "B", "parent": "Home", "after": "A", "content": "# B\n"},
            {"name": "A", "parent": "Home", "after": None},
            {"name": "Home", "home": True, "content": "hello", "tags": ["x"]},
        )
    )
    assert deployed.tree() == [("Home", ("A",), ("B",), ("C",))]
    held = deployed.project.get_wiki()
    assert held.get_settings().get_home_article_id() == held.get_article("Home").article_id
    assert held.get_article("B").get_data().get_body() == "# B\n"


def test_articles_move_and_others_stay(deployed: Deployed) -> None:
    deployed.apply(wiki(*({"name": name} for name in "ABC")))
    before = deployed.project.get_wiki().create_article("Colleague's").article_id
    top = wiki({"name": "C", "after": None}, {"name": "A", "parent": "C"}, {"name": "B", "parent": "C", "after": "A"})
    deployed.apply(top)
    assert deployed.tree() == [("C", ("A",), ("B",)), ("Colleague's",)]
    deployed.apply(wiki({"name": "A", "parent": None}, {"name": "B"}, {"name": "C", "after": "A"}))
    assert deployed.tree() == [("Colleague's",), ("A",), ("C", ("B",))]
    assert deployed.project.get_wiki().get_article(before).get_data().get_name() == "Colleague's"


def test_articles_that_follow_one_another_move_together(deployed: Deployed) -> None:
    deployed.apply(wiki({"name": "X"}, {"name": "A", "after": "X"}, {"name": "Z", "after": "A"}))
    assert deployed.tree() == [("X",), ("A",), ("Z",)]
    deployed.apply(wiki({"name": "Z", "after": None}, {"name": "X", "after": "Z"}, {"name": "A", "after": "X"}))
    assert deployed.tree() == [("Z",), ("X",), ("A",)]
    deployed.apply(wiki({"name": "Z"}, {"name": "A", "after": None}, {"name": "X", "after": "A"}))
    assert deployed.tree() == [("A",), ("X",), ("Z",)]
    deployed.apply(wiki({"name": "Z"}, {"name": "A", "parent": "Z"}, {"name": "X", "after": "A", "parent": "Z"}))
    assert deployed.tree() == [("Z", ("A",), ("X",))]


def test_a_deleted_article_takes_nothing_along(deployed: Deployed) -> None:
    deployed.apply(wiki({"name": "A"}, {"name": "B"}))
    held = deployed.project.get_wiki()
    held.create_article("Colleague's", parent_id=held.get_article("A").article_id)
    deployed.apply(wiki({"name": "B"}))
    assert sorted(deployed.tree()) == [("B",), ("Colleague's",)]


def test_attachments_and_undeclared_fields_survive(deployed: Deployed) -> None:
    deployed.apply(wiki({"name": "A", "content": "x"}))
    article = deployed.project.get_wiki().get_article("A")
    article.upload_attachement(b"data", "plot.png")
    deployed.apply(wiki({"name": "A", "content": "y", "description": "About"}))
    data = article.get_data()
    assert [item["details"]["objectDisplayName"] for item in data.get_metadata()["attachments"]] == ["plot.png"]
    assert (data.get_body(), data.get_metadata()["description"]) == ("y", "About")


def test_a_changed_text_is_one_change_and_names_need_not_be_simple(deployed: Deployed) -> None:
    names = ["1", "a/b", "Ä ? #"]
    deployed.apply(
        wiki(*({"name": name, "content": "x"} for name in names), {"name": "Z", "parent": "1", "content": "x"})
    )
    below = wiki(*({"name": name, "content": "x"} for name in names), {"name": "Z", "parent": "a/b", "content": "y"})
    assert deployed.plan(below) == {"update wiki_article.P.Z": ["content", "parent"]}
    deployed.apply(below)
    assert deployed.tree() == [("1",), ("a/b", ("Z",)), ("Ä ? #",)]


def test_the_text_of_an_article_may_be_a_file(deployed: Deployed, tmp_path: Path) -> None:
    folder = tmp_path / "configuration"
    (folder / "wiki_articles").mkdir(parents=True)
    (folder / "project.yml").write_text("project: {key: P, name: P}\n")
    (folder / "wiki_articles" / "all.yml").write_text("wiki_articles: [{name: A, content_file: a.md}]\n")
    (folder / "wiki_articles" / "a.md").write_text("# From a file\n")
    run_module(deployed.sandbox.environ, base=tmp_path, path=str(folder))
    assert deployed.project.get_wiki().get_article("A").get_data().get_body() == "# From a file\n"


@pytest.mark.parametrize(
    ("articles", "message"),
    [
        ([{"name": "A", "home": True}, {"name": "B", "home": True}], "article 'A' is the home of the wiki already"),
        ([{"name": "A"}, {"name": "B", "after": "A"}, {"name": "C", "after": "A"}], "article 'B' is after 'A' already"),
        ([{"name": "A", "parent": "A"}], "article A can neither be above nor before itself"),
        ([{"name": "A", "parent": "B"}, {"name": "B", "parent": "A"}], "these resources need one another"),
    ],
)
def test_places_that_cannot_be_are_refused(deployed: Deployed, articles: t.Any, message: str) -> None:
    with pytest.raises(DssError, match=message):
        deployed.plan(wiki(*articles))


# Undo ---------------------------------------------------------------------------------------------------------------


def test_a_run_over_all_of_them_is_undone(deployed: Deployed) -> None:
    def everything(name: str, right: str) -> dict[str, t.Any]:
        return {
            **flow({"name": "X", "items": [name], "exclusive": True, "color": "#111111"}),
            "permissions": {"users": {"bob": [right]}},
            "wiki_articles": [{"name": "Home", "content": name, "home": name == "a"}, {"name": "B", "after": "Home"}],
        }

    place = {"environment": "dev", "environment_content": {"variables": {}}}
    deployed.apply(everything("a", "admin"), **place)
    before = (deployed.zones(), grants(deployed), deployed.tree())
    later = everything("c", "run_scenarios")
    later["wiki_articles"][1] = {"name": "B", "parent": "Home"}
    later["wiki_articles"].append({"name": "New", "parent": "B"})
    later["zones"].append({"name": "New", "items": ["a"]})
    deployed.apply(later, **place)
    assert (deployed.zones(), grants(deployed), deployed.tree()) != before
    backend = {"type": "local", "path": str(deployed.base / "state")}
    result = run_module(
        deployed.sandbox.environ, "rollback", base=deployed.base, environment="dev", project="P", state_backend=backend
    )
    assert result["changed"]
    assert (deployed.zones(), grants(deployed), deployed.tree()) == before
