# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects beside the core of a flow: names for ids, secrets that stay on the node, short forms of pages and endpoints."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.references import at_place
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare, merge
from hypothesis import given
from hypothesis import strategies as st

MINE = ("webapp", "dashboard", "insight", "api_service", "saved_model", "model_evaluation_store", "knowledge_bank")


class OneDocument:
    """A node that holds one document and remembers what was written."""

    def __init__(self, document: dict[str, t.Any]) -> None:
        self.document = document
        self.written: list[tuple[str, t.Any]] = []

    def get(self, path: str, /, **_query: t.Any) -> t.Any:
        return copy.deepcopy(self.document)

    def put(self, path: str, body: t.Any, **_query: t.Any) -> None:
        self.written.append((path, body))

    def post(self, path: str, body: t.Any, **_query: t.Any) -> t.Any:
        self.written.append((path, body))
        return {"id": "new", "webAppId": "new"}


def resource(kind: str, author: t.Mapping[str, t.Any], **names: t.Iterable[str]) -> Resource:
    neighbours = Neighbours({name: frozenset(held) for name, held in names.items()})
    return KINDS[kind].resource(author, "P", neighbours, Location(), "")


@pytest.mark.parametrize(
    ("kind", "document", "path"),
    [
        ("webapp", {"name": "w", "type": "STANDARD", "apiKey": "planted-key"}, "/projects/P/webapps/x"),
        (
            "api_service",
            {"name": "s", "authRealm": {"queryKeys": [{"key": "planted-key"}], "more": 1}},
            "/projects/P/apiservices/x/settings",
        ),
    ],
)
def test_a_key_that_dss_shows_stays_on_the_node_and_goes_back_with_a_write(
    kind: str, document: dict, path: str
) -> None:
    node = OneDocument(document)
    held = KINDS[kind].read_one(node, "P", "x")
    assert "planted-key" not in str(held)
    assert "planted-key" not in str(KINDS[kind].from_dss(held, Known()))
    KINDS[kind].write(node, resource(kind, {"name": "w", "id": "x"}), "x", {**held, "tags": ["a"]}, held)
    assert node.written == [(path, {**document, "id": "x", "tags": ["a"]})]


def test_a_key_that_somebody_declares_is_a_secret() -> None:
    built = resource("webapp", {"name": "w", "type": "STANDARD", "raw": {"apiKey": "mine"}})
    assert KINDS["webapp"].is_secret("apiKey")
    assert compare(built.declared, {"name": "w", "type": "STANDARD"}, built.rules) == []
    realm = KINDS["api_service"].is_secret
    assert realm("authRealm.queryKeys[0].key") and not realm("authRealm.more")


def test_names_stand_for_ids_where_they_are_clear() -> None:
    document = {
        "name": "b",
        "pages": [{"grid": {"tiles": [{"tileType": "INSIGHT", "insightId": key} for key in ("i1", "i2", "i3", "i4")]}}],
    }
    known = Known({"insight": {"i1": "Revenue", "i2": "Twice", "i3": "Twice"}})
    tiles = KINDS["dashboard"].from_dss(document, known)["pages"][0]["tiles"]
    assert [tile["insight"] for tile in tiles] == ["Revenue", {"id": "i2"}, {"id": "i3"}, {"id": "i4"}]
    built = resource("dashboard", {"name": "b", "pages": [{"tiles": tiles}]}, insight=["Revenue"])
    ids = [tile["insightId"] for tile in built.declared["pages"][0]["grid"]["tiles"]]
    assert ids == [Ref("insight", "Revenue"), "i2", "i3", "i4"]
    assert (built.references, built.lookups) == ((("insight", "Revenue"),), ())


def test_what_is_named_and_not_declared_is_to_be_looked_up_but_for_datasets() -> None:
    built = resource("insight", {"name": "i", "type": "chart", "dataset": "orders", "saved_model": "Churn"})
    assert (built.references, built.lookups) == ((), (("saved_model", "Churn"),))
    assert built.declared["params"] == {"datasetSmartName": "orders", "savedModelSmartId": Ref("saved_model", "Churn")}
    declared = resource("insight", {"name": "i", "type": "chart", "dataset": "orders"}, dataset=["orders"])
    assert (declared.references, declared.lookups) == ((("dataset", "orders"),), ())


def test_metrics_name_what_they_are_of_by_its_type() -> None:
    author = {"name": "i", "type": "metrics", "object_type": "SAVED_MODEL", "object": "Churn"}
    assert resource("insight", author).lookups == (("saved_model", "Churn"),)
    of_dataset = resource("insight", {**author, "object_type": "DATASET"}, dataset=["Churn"])
    assert (of_dataset.references, of_dataset.lookups) == ((("dataset", "Churn"),), ())
    document = {"name": "i", "type": "metrics", "params": {"objectType": "SAVED_MODEL", "objectSmartId": "S1"}}
    assert KINDS["insight"].from_dss(document, Known({"saved_model": {"S1": "Churn"}})) == author
    assert [*KINDS["insight"].uses(document)] == [("saved_model", "S1")]


def test_what_a_tile_shows_says_its_type() -> None:
    tiles = [{"insight": {"id": "i"}}, {"text": "# A"}, {"image": "x"}, {"type": "GROUP"}]
    built = resource("dashboard", {"name": "b", "pages": [{"title": "A", "tiles": tiles}]})
    written = built.declared["pages"][0]["grid"]["tiles"]
    assert [tile["tileType"] for tile in written] == ["INSIGHT", "TEXT", "IMAGE", "GROUP"]
    assert written[1]["tileParams"] == {"text": "# A"}
    document = {"name": "b", **merge(built.declared, {}, {})}
    assert KINDS["dashboard"].from_dss(document, Known())["pages"] == [{"title": "A", "tiles": tiles}]


def test_a_column_that_is_taken_out_of_a_lookup_goes() -> None:
    def service(columns: dict[str, str]) -> dict[str, t.Any]:
        lookup = {"dataset": "d", "keys": ["id"], "columns": columns}
        return {"id": "s", "endpoints": [{"id": "e", "type": "DATASETS_LOOKUP", "lookups": [lookup]}]}

    held = resource("api_service", service({"a": "a", "b": "b"})).declared
    built = resource("api_service", service({"a": "a"}))
    (change,) = compare(built.declared, held, built.rules)
    assert change.path == "endpoints[e].lookups[0].columnsMapping.b"
    assert built.declared["endpoints"][0]["lookups"][0]["on"] == [{"resourceLookupCol": "id"}]


def test_two_objects_of_one_name_need_an_id() -> None:
    listing = {"a": {"name": "Revenue"}, "b": {"name": "Revenue"}}
    kind = KINDS["insight"]
    with pytest.raises(DssError, match=r"2 insights are named Revenue \(a, b\): add the id"):
        kind.find(resource("insight", {"name": "Revenue", "type": "chart"}), listing)
    assert kind.find(resource("insight", {"name": "Revenue", "type": "chart", "id": "b"}), listing) == "b"
    assert kind.find(resource("insight", {"name": "Revenue", "type": "chart", "id": "c"}), listing) is None


def test_settings_of_a_training_may_be_json_of_a_file() -> None:
    assert resource("saved_model", {"name": "m", "training": '{"a": 1}'}).declared["miniTask"] == {"a": 1}
    with pytest.raises(DssError, match="training is not JSON"):
        resource("saved_model", {"name": "m", "training": "{"})


def test_what_a_training_changes_is_not_compared() -> None:
    document = {"id": "S", "name": "m", "savedModelType": "DSS_MANAGED", "activeVersion": "7", "lastTrainJobId": "x"}
    assert KINDS["saved_model"].from_dss(document, Known()) == {"id": "S", "name": "m", "type": "DSS_MANAGED"}


@pytest.mark.parametrize("folder", ["P.abc", "abc"])
def test_a_folder_of_images_is_known_with_and_without_its_project(folder: str) -> None:
    kind = KINDS["knowledge_bank"]
    document = {"name": "k", "projectKey": "P", "vectorStoreType": "CHROMA", "managedFolderId": folder}
    document["multimodalColumn"] = "DKU_MULTIMODAL_CONTENT"
    author = kind.from_dss(document, Known({"managed_folder": {"abc": "pictures"}}))
    assert author == {"name": "k", "vector_store": "CHROMA", "images_folder": "pictures"}
    built = resource("knowledge_bank", author, managed_folder=["pictures"])
    assert built.declared["managedFolderId"] == Ref("managed_folder", "pictures")
    assert compare({**built.declared, "managedFolderId": "abc"}, document, built.rules) == []
    assert kind.complete({"managedFolderId": "abc"}, built)["multimodalColumn"] == "DKU_MULTIMODAL_CONTENT"


@pytest.mark.parametrize(("kind", "sent"), [("DASH", "DASH"), ("webapp_plugin_x", "STANDARD")])
def test_a_web_app_of_a_plugin_is_made_as_a_standard_one(kind: str, sent: str) -> None:
    node = OneDocument({})
    built = resource("webapp", {"name": "w", "type": kind})
    assert KINDS["webapp"].create(node, built, built.declared) == "new"
    assert node.written == [("/projects/P/webapps/", {"name": "w", "type": sent})]


@pytest.mark.parametrize("name", MINE)
def test_the_files_of_an_object_in_git(name: str) -> None:
    kind = KINDS[name]
    assert kind.git_paths("abc", None)[0] == f"{kind.git_folder}/abc.json"
    assert ("web_apps/abc/app.js" in kind.git_paths("abc", None)) is (name == "webapp")


_PATHS = st.lists(st.sampled_from(["a", "b[]", "c"]), min_size=1, max_size=3)
_VALUES = st.recursive(
    st.integers(0, 3) | st.just("x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES, _PATHS)
def test_what_is_at_a_place_changes_and_nothing_else(value: t.Any, keys: list[str]) -> None:
    before = copy.deepcopy(value)
    assert at_place(value, keys, lambda found: found) == value
    changed = at_place(value, keys, lambda found: ("changed", found))
    assert value == before
    assert at_place(changed, keys, lambda found: found[1]) == value
