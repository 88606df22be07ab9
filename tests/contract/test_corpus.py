# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real projects: imported through the client, each object reads back in its stored form plus its identity."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("DSS_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"
PROJECTS = sorted(path for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []

pytestmark = pytest.mark.skipif(not PROJECTS, reason=f"the corpus of real projects is not at {CORPUS}")

IDENTITY = {"name", "projectKey", "id", "smartName", "versionTag"}


def zipped(folder: Path) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    buffer.seek(0)
    return buffer


def config(folder: Path) -> Path:
    inner = folder / "project_config"
    return inner if inner.is_dir() else folder


def stored(folder: Path, kind: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (config(folder) / kind).glob("*.json")}


def without(document: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}


@pytest.fixture(params=PROJECTS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def imported(client: Any, folder: Path) -> Any:
    handle = client.prepare_project_import(zipped(folder))
    result = handle.execute({"targetProjectKey": "CORPUS"})
    assert result["success"], result
    return client.get_project("CORPUS")


def test_every_object_reads_back_as_stored(imported: Any, folder: Path) -> None:
    datasets = stored(folder, "datasets")
    served = {item["name"]: dict(item) for item in imported.list_datasets()}
    assert served.keys() == datasets.keys()
    for name, document in datasets.items():
        assert without(served[name], IDENTITY) == without(document, IDENTITY)
        assert served[name]["projectKey"] == "CORPUS"
        assert served[name]["smartName"] == name
        if "versionTag" in document:
            assert served[name]["versionTag"] == document["versionTag"]
        assert imported.get_dataset(name).get_definition() == served[name]
    for name, document in stored(folder, "recipes").items():
        assert without(imported.get_recipe(name).get_settings().recipe_settings, IDENTITY) == without(
            document, IDENTITY
        )
    for scenario_id, document in stored(folder, "scenarios").items():
        served_scenario = imported.get_scenario(scenario_id).get_definition(with_status=False)
        hidden = IDENTITY - {"name"}
        assert without(served_scenario, hidden) == without(document, hidden)
        assert (served_scenario["id"], served_scenario["projectKey"]) == (scenario_id, "CORPUS")
    folders = stored(folder, "managed_folders")
    assert {item["id"] for item in imported.list_managed_folders()} == folders.keys()
    for folder_id, document in folders.items():
        hidden = IDENTITY - {"name"}
        assert without(imported.get_managed_folder(folder_id).get_definition(), hidden) == without(document, hidden)
    for zone_id, document in stored(folder, "zones").items():
        hidden = IDENTITY - {"name"}
        assert without(imported.get_flow().get_zone(zone_id)._raw, hidden) == without(document, hidden)


def test_a_payload_is_the_file_of_the_recipe_type(imported: Any, folder: Path) -> None:
    extensions = {"python": "py", "pyspark": "py", "r": "r", "sql_query": "sql"}
    for name, document in stored(folder, "recipes").items():
        extension = extensions.get(document["type"], document["type"])
        path = config(folder) / "recipes" / f"{name}.{extension}"
        settings = imported.get_recipe(name).get_settings()
        assert settings.data.get("payload") == (path.read_text("utf-8") if path.exists() else None)


def test_project_level_files_read_back_as_stored(imported: Any, folder: Path) -> None:
    params = json.loads((config(folder) / "params.json").read_text("utf-8"))
    assert imported.get_permissions()["permissions"] == params["permissions"]
    assert imported.get_settings().get_raw()["settings"] == params["settings"]
    assert imported.get_metadata()["label"] == params["name"]
    variables = config(folder) / "variables.json"
    if variables.exists():
        assert imported.get_variables()["standard"] == json.loads(variables.read_text("utf-8"))
    tags = config(folder) / "tags.json"
    if tags.exists():
        assert imported.get_tags() == json.loads(tags.read_text("utf-8"))


def test_every_reference_is_a_node_of_the_graph(imported: Any, folder: Path) -> None:
    nodes = imported.get_flow().get_graph().nodes
    for name, document in stored(folder, "recipes").items():
        assert nodes[name]["type"] == "RUNNABLE_RECIPE"
        for role in document["outputs"].values():
            for item in role["items"]:
                assert name in nodes[item["ref"]]["predecessors"]


def test_the_import_is_one_commit(imported: Any, folder: Path) -> None:
    git = imported.get_project_git()
    assert git.get_status()["clean"] is True
    assert len(git.log()["entries"]) == 1


def test_a_write_keeps_every_stored_value_and_only_adds(imported: Any, folder: Path) -> None:
    """GET, PUT and GET again: nothing that a real server stored is lost or changed on a write."""
    for item in imported.list_datasets():
        before = dict(item)
        imported.get_dataset(item["name"]).set_definition(dict(item))
        assert_contained(before, imported.get_dataset(item["name"]).get_definition(), item["name"])
    for scenario_id in stored(folder, "scenarios"):
        scenario = imported.get_scenario(scenario_id)
        before = scenario.get_definition(with_status=False)
        scenario.set_definition(before, with_status=False)
        assert_contained(before, scenario.get_definition(with_status=False), scenario_id)
    for name in stored(folder, "recipes"):
        settings = imported.get_recipe(name).get_settings()
        before = json.loads(json.dumps(settings.recipe_settings))
        settings.save()
        assert_contained(before, imported.get_recipe(name).get_settings().recipe_settings, name)


# What a current server no longer writes (dss-object-shapes.md, What changed over the years) or stamps by itself.
GONE = {"versionTag", "optionalDependencies", "lastUpdate"}


def assert_contained(before: Any, after: Any, where: str) -> None:
    if isinstance(before, dict):
        for key, value in before.items():
            if key in GONE or (key in ("description", "shortDesc") and value == ""):
                continue
            assert key in after, f"{where}.{key} is lost"
            if key == "tags":  # a set, sorted on write (dss-api.md 3.1 #5)
                assert sorted(set(value)) == after[key], where
                continue
            assert_contained(value, after[key], f"{where}.{key}")
    elif isinstance(before, list):
        assert len(before) == len(after), where
        for index, (old, new) in enumerate(zip(before, after)):
            assert_contained(old, new, f"{where}[{index}]")
    else:
        assert before == after, where
