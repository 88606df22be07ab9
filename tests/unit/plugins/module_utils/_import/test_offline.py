# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a project answer as the API does, and nothing in them is lost: unknown fields, types, folders."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.offline import OfflineNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.sources import PROJECT_KINDS, from_files
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.engine import run_module
from support.imported import author_forms, files_in

FILES: dict[str, t.Any] = {
    "params.json": {"name": "Shop", "owner": "ada", "tags": ["b"], "settings": {"gitCommitMode": "EXPLICIT"}, "permissions": []},
    "variables.json": {"currency": "EUR"},
    "datasets/orders.json": {"type": "Filesystem", "versionTag": {"versionNumber": 3}, "params": {"connection": "c", "path": "p"}},
    "recipes/sum.json": {"type": "python", "inputs": {}, "outputs": {"main": {"items": [{"ref": "orders"}]}}},
    "recipes/sum.py": "print(1)\n",
    "recipes/sum.join": "{}",
    "scenarios/NIGHT.json": {"name": "Night", "type": "custom_python", "id": "NIGHT", "projectKey": "OLD"},
    "scenarios/NIGHT.py": "pass\n",
    "managed_folders/abc.json": {"name": "reports", "type": "Filesystem", "params": {"connection": "c"}},
    "web_apps/w1.json": {"name": "App", "type": "STANDARD", "params": {"libraries": []}},
    "web_apps/w1/body.html": "<p>",
    "wiki/articles/1.json": {"name": "Home"},
    "wiki/articles/1.md": "# Home\n",
    "ipython_notebooks/a.ipynb": {"cells": []},
    "notebooks/sql/OL6G59K/params.json": {"name": "Counts", "connection": "c", "cells": [], "versionTag": {}},
    "notebooks/sql/OL6G59K/queries.json": {"queries": {}},
    "lib/python/a/b.py": "x = 1\n",
    "explore/orders.json": {},
}  # fmt: skip


def encoded(files: dict[str, t.Any]) -> dict[str, bytes]:
    return {path: (data if isinstance(data, str) else json.dumps(data)).encode() for path, data in files.items()}


def on_disk(folder: Path, **more: t.Any) -> Path:
    for path, data in encoded({**FILES, **more}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def node() -> OfflineNode:
    return OfflineNode(encoded(FILES), "SHOP")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("sql-notebooks/", [{"name": "Counts", "connection": "c", "cells": [], "id": "OL6G59K", "projectKey": "SHOP"}]),
        ("sql-notebooks/OL6G59K", {"name": "Counts", "connection": "c", "cells": [], "id": "OL6G59K", "projectKey": "SHOP"}),
        ("metadata", {"label": "Shop", "tags": ["b"], "checklists": {"checklists": []}, "custom": {"kv": {}}, "customFields": {}}),
        ("settings", {"settings": {"gitCommitMode": "EXPLICIT"}}),
        ("permissions", {"owner": "ada", "permissions": []}),
        ("variables/", {"standard": {"currency": "EUR"}, "local": {}}),
        ("tags", {"tags": {}}),
        ("datasets/orders", {"type": "Filesystem", "params": {"connection": "c", "path": "p"}, "name": "orders", "projectKey": "SHOP"}),
        ("recipes/sum", {"recipe": {**FILES["recipes/sum.json"], "name": "sum", "projectKey": "SHOP"}, "payload": "print(1)\n"}),
        ("scenarios/NIGHT", {"name": "Night", "type": "custom_python", "id": "NIGHT", "projectKey": "SHOP"}),
        ("scenarios/NIGHT/payload", {"script": "pass\n"}),
        ("managedfolders/", [{**FILES["managed_folders/abc.json"], "id": "abc", "projectKey": "SHOP"}]),
        ("webapps/w1", {"name": "App", "type": "STANDARD", "params": {"libraries": [], "html": "<p>"}, "id": "w1", "projectKey": "SHOP"}),
        ("flow/zones", []),
        ("wiki", {"projectKey": "SHOP", "taxonomy": [{"id": "1", "children": []}]}),
        ("wiki/1", {"article": {"name": "Home", "id": "1", "projectKey": "SHOP"}, "payload": "# Home\n"}),
        ("jupyter-notebooks/", [{"name": "a", "projectKey": "SHOP"}]),
        ("jupyter-notebooks/a", {"cells": []}),
        ("libraries/contents", [{"name": "python", "children": [{"name": "a", "children": [{"name": "b.py", "children": None}]}]}]),
        ("libraries/contents/python%2Fa%2Fb.py", {"data": "x = 1\n"}),
    ],
)  # fmt: skip
def test_each_answer_is_that_of_the_api(node: OfflineNode, path: str, answer: t.Any) -> None:
    assert node.get(f"/projects/SHOP/{path}") == answer


def test_what_the_files_do_not_hold_is_missing_and_the_instance_is_unknown(node: OfflineNode) -> None:
    for path in (
        "datasets/other",
        "wiki/9",
        "jupyter-notebooks/b",
        "libraries/contents/x",
        "jobs",
        "datasets/orders/x",
    ):
        with pytest.raises(NodeError) as error:
            node.get(f"/projects/SHOP/{path}")
        assert error.value.missing, path
    with pytest.raises(NodeError) as refused:
        node.get("/admin/connections/")
    assert refused.value.forbidden
    with pytest.raises(DssError, match="is not written during an import"):
        node.put("/projects/SHOP/metadata", {})


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(DssError, match=r"^datasets/orders\.json of the project is not JSON"):
        from_files(on_disk(tmp_path, **{"datasets/orders.json": "{"}), "SHOP")


def test_a_directory_needs_the_key(tmp_path: Path) -> None:
    with pytest.raises(DssError, match="does not say the key of its project: set project"):
        from_files(on_disk(tmp_path), None)


def test_unknown_fields_and_types_of_a_newer_dss_are_kept_as_raw_and_reported(tmp_path: Path) -> None:
    newer = {
        "datasets/orders.json": {**FILES["datasets/orders.json"], "quantum": {"entangled": [1, {"deep": True}]}},
        "datasets/odd.json": {"type": "Hologram", "params": {"lens": "x"}, "brandNew": 1},
        "odd_things/a.json": {},
    }
    source = on_disk(tmp_path / "source", **newer)
    done = run_module({}, "project_import", base=tmp_path, source=str(source), project="SHOP", path=str(tmp_path / "c"))
    forms = author_forms(tmp_path / "c", "SHOP")
    assert forms["dataset", "orders"]["raw"] == {"quantum": {"entangled": [1, {"deep": True}]}}
    odd = forms["dataset", "odd"]
    assert (odd["type"], odd["raw"]["brandNew"]) == ("Hologram", 1)
    assert "lens" in json.dumps(odd)
    assert done["not_imported"]["odd_things"] == done["not_imported"]["explore"] == 1
    assert any("odd_things (1)" in warning for warning in done["warnings"])
    assert not done["plan"]["actions"]


def test_an_object_of_an_unknown_form_is_kept_whole_as_raw(tmp_path: Path) -> None:
    strange = {"datasets/orders.json": {"type": "Filesystem", "schema": {"columns": "none"}, "params": "no mapping"}}
    source = on_disk(tmp_path / "source", **strange)
    options = {"source": str(source), "project": "SHOP", "path": str(tmp_path / "c")}
    try:
        warnings = run_module({}, "project_import", base=tmp_path, **options)["warnings"]
    except DssError as error:
        warnings = [str(error)]
    assert any("dataset.SHOP.orders" in warning or "orders.yml" in warning for warning in warnings)
    assert "no mapping" in b"".join(files_in(tmp_path / "c").values()).decode()


def test_the_fixed_calls_of_an_import_stay_within_fifteen() -> None:
    """The export and the project, and a list for each kind whose list answer is its content."""
    lists = [
        kind.name
        for kind in PROJECT_KINDS
        if kind.name != "project" and (kind.listing_is_complete or not kind.git_folder)
    ]
    assert 1 + 3 + len(lists) <= 15, lists


def test_every_project_kind_is_read_from_files(tmp_path: Path) -> None:
    sourced = from_files(on_disk(tmp_path), "SHOP")
    assert sourced.notes == ()
    assert sourced.documents.keys() == {kind.name for kind in KINDS.values() if kind.scope == "project"}
    assert len(sourced.documents["dataset"]) == len(sourced.documents["recipe"]) == 1
