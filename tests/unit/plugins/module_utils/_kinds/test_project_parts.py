# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Library, notebooks, and what surrounds a project: the two directions, and what is refused."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import notebook_content as content
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import MISSING, Document, compare
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.sampled_from(["mode", "envName", "useBuiltinEnv", "preventOverride"])
TEXTS = st.sampled_from(["", "INHERIT", "USE_BUILTIN_MODE", "EXPLICIT_ENV", "inherit", "py39"])


def resource(name: str, author: t.Mapping[str, t.Any], **names: t.Any) -> Resource:
    neighbours = Neighbours({kind: frozenset(held) for kind, held in names.items()})
    return KINDS[name].resource(author, "P", neighbours, Location(), "")


def changes(name: str, author: t.Mapping[str, t.Any], document: Document) -> dict[str, t.Any]:
    """What a declaration would change in a document, by path."""
    built, kind = resource(name, author), KINDS[name]
    found = compare(built.declared, document, built.rules, kind.defaults(document))
    return {change.path: (change.before, change.after) for change in found}


# Project ------------------------------------------------------------------------------------------------------------


def project(**settings: t.Any) -> Document:
    return {"metadata": {"label": "P"}, "permissions": {"owner": "a"}, "settings": settings}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "codeEnvs": st.dictionaries(st.sampled_from(["python", "r", "julia"]), st.dictionaries(KEYS, TEXTS)),
            "container": st.fixed_dictionaries(
                {"containerMode": st.sampled_from(["INHERIT", "NONE", "EXPLICIT_CONTAINER"])},
                optional={"containerConf": st.sampled_from(["", "gpu", "none"]), "newer": st.just(1)},
            ),
            "cluster": st.fixed_dictionaries(
                {"clusterMode": st.sampled_from(["INHERIT", "EXPLICIT_CLUSTER"])},
                optional={"clusterId": st.sampled_from(["", "emr", "inherit"]), "defaultClusterId": st.just("x")},
            ),
            "flowBuildSettings": st.dictionaries(st.sampled_from(["mergeSqlPipelines", "newer"]), st.booleans()),
            "newer": st.dictionaries(st.just("x"), st.integers(0, 2)),
        },
    )
)
def test_the_author_form_of_settings_is_contained_in_them(settings: Document) -> None:
    document = project(settings=settings, projectStatus="Sandbox", newer={"y": 1})
    author = KINDS["project"].from_dss(document, Known())
    assert changes("project", {"key": "P", **author}, document) == {}


@pytest.mark.parametrize(
    ("author", "settings"),
    [
        ({"code_envs": {"python": "py39"}}, {"codeEnvs": {"python": {"mode": "EXPLICIT_ENV", "envName": "py39"}}}),
        ({"code_envs": {"r": "builtin"}}, {"codeEnvs": {"r": {"mode": "USE_BUILTIN_MODE", "envName": None}}}),
        ({"container": "none"}, {"container": {"containerMode": "NONE", "containerConf": None}}),
        (
            {"k8s_cluster": {"name": "${c}", "fallback": "eks"}},
            {"k8sCluster": {"clusterMode": "EXPLICIT_CLUSTER", "clusterId": "${c}", "defaultClusterId": "eks"}},
        ),
        (
            {"flow_build": {"merge_sql_pipelines": True, "raw": {"x": 1}}},
            {"flowBuildSettings": {"mergeSqlPipelines": True, "x": 1}},
        ),
        (
            {"container": "gpu", "settings": {"container": {"containerConf": "cpu"}}},
            {"container": {"containerMode": "EXPLICIT_CONTAINER", "containerConf": "gpu"}},
        ),
    ],
)
def test_settings_in_words(author: Document, settings: Document) -> None:
    assert resource("project", {"key": "P", **author}).declared["settings"] == {"settings": settings}


def test_the_older_key_of_a_code_environment_keeps_in_step_with_its_mode() -> None:
    document = project(
        settings={"codeEnvs": {"python": {"mode": "EXPLICIT_ENV", "useBuiltinEnv": True}, "r": {"mode": "INHERIT"}}}
    )
    envs = KINDS["project"].complete(document, resource("project", {"key": "P"}))["settings"]["settings"]["codeEnvs"]
    assert envs == {"python": {"mode": "EXPLICIT_ENV", "useBuiltinEnv": False}, "r": {"mode": "INHERIT"}}


def test_what_other_calls_own_is_no_setting() -> None:
    document = project(
        settings={},
        permissions=[{"user": "a"}],
        tutorialId="x",
        name="P",
        exposedObjects={"objects": [{"type": "DATASET"}]},
    )
    assert KINDS["project"].from_dss(document, Known()) == {"name": "P", "owner": "a"}


# What leaves a project ----------------------------------------------------------------------------------------------

SHARED: Document = {
    "exposedObjects": {
        "objects": [
            {
                "type": "DATASET",
                "localName": "orders",
                "quickSharingEnabled": False,
                "rules": [{"targetProject": "A", "appearOnFlow": True}],
            },
            {
                "type": "SAVED_MODEL",
                "localName": "S1",
                "quickSharingEnabled": True,
                "rules": [{"targetProject": "A", "appearOnFlow": False, "newer": 1}],
            },
        ]
    },
    "bundleExporterSettings": {
        "exportOptions": {
            "exportUploads": True,
            "includedDatasetsData": [{"name": "orders", "type": "PostgreSQL"}],
            "includedSavedModels": [{"id": "S1", "name": "Model"}, {"id": "S2", "newer": 1}],
            "newer": {"x": 1},
        }
    },
}


def test_what_leaves_a_project_is_named() -> None:
    author = KINDS["project_sharing"].from_dss(SHARED, Known({"saved_model": {"S1": "Model"}}))
    assert author == {
        "exposed_objects": [
            {"type": "DATASET", "name": "orders", "projects": ["A"]},
            {
                "type": "SAVED_MODEL",
                "name": "Model",
                "projects": [{"project": "A", "appear_on_flow": False, "raw": {"newer": 1}}],
                "quick_sharing": True,
            },
        ],
        "bundle_contents": {
            "uploads": True,
            "datasets": ["orders"],
            "saved_models": ["Model", {"id": "S2", "newer": 1}],
            "raw": {"exportOptions": {"newer": {"x": 1}}},
        },
    }
    built = resource("project_sharing", author, saved_model=["Model"])
    assert built.references == (("saved_model", "Model"),)
    assert built.declared["exposedObjects"]["objects"][1]["localName"] == Ref("saved_model", "Model")
    models = built.declared["bundleExporterSettings"]["exportOptions"]["includedSavedModels"]
    assert models[0] == {"id": Ref("saved_model", "Model"), "name": "Model"}


def test_without_names_the_ids_stand_for_themselves() -> None:
    author = KINDS["project_sharing"].from_dss(SHARED, Known())
    assert author["exposed_objects"][1]["name"] == "S1"
    assert changes("project_sharing", author, SHARED) == {}


# Git ----------------------------------------------------------------------------------------------------------------


def test_the_password_of_a_remote_is_never_taken_nor_shown() -> None:
    with pytest.raises(DssError, match="the remote origin holds a password"):
        resource("project_git", {"remote": "https://ada:secret@example.com/p.git"})

    class Node:
        def get(self, path: str) -> t.Any:
            return {
                "currentBranch": "main",
                "remotes": [{"name": "origin", "url": "https://ada:secret@example.com/p.git"}],
            }

    held = KINDS["project_git"].read_one(t.cast(t.Any, Node()), "P", "")
    assert held == {"currentBranch": "main", "remotes": {"origin": "https://example.com/p.git"}}
    assert changes("project_git", {"remote": "https://example.com/p.git"}, held) == {}


def test_another_branch_stops_a_plan_and_is_switched_only_alone() -> None:
    kind, held = KINDS["project_git"], {"currentBranch": "main", "remotes": {}}
    assert "is on branch main, declared is work" in kind.refusal(resource("project_git", {"branch": "work"}), held)
    assert kind.refusal(resource("project_git", {"branch": "work", "switch_branch": True}), held) == ""
    assert kind.refusal(resource("project_git", {"branch": "main"}), held) == ""
    assert kind.refusal(resource("project_git", {"remote": "x"}), held) == ""
    with pytest.raises(DssError, match=r"nothing else may be declared beside it \(dataset here\)"):
        resource("project_git", {"switch_branch": True}, project=["P"], dataset=["d"])


# Tags ---------------------------------------------------------------------------------------------------------------


def test_a_tag_without_a_colour_can_be_missing() -> None:
    assert changes("project_tags", {"tags": {"gold": "none"}}, {"tags": {}}) == {"tags.gold.color": (MISSING, "none")}
    assert changes("project_tags", {"tags": {"gold": "none"}}, {"tags": {"gold": {"color": "none"}}}) == {}


# Library ------------------------------------------------------------------------------------------------------------


def test_an_empty_file_is_not_no_file() -> None:
    author = {"files": {"python/__init__.py": ""}}
    assert list(changes("library", author, {"files": {}})) == ["files.python/__init__.py"]
    assert changes("library", author, {"files": {"python/__init__.py": {"empty": True}}}) == {}
    exclusive = {"exclusive": True}
    assert list(changes("library", exclusive, {"files": {"a": {"empty": True}}})) == ["files.a"]


def test_the_settings_file_of_a_library_stands_for_its_fields() -> None:
    text = json.dumps(
        {"pythonPath": ["python", "src"], "rsrcPath": ["R"], "gitReferences": {"a": {"remote": "x", "lastHash": "1"}}}
    )
    built = resource("library", {"files": {"external-libraries.json": text, "/python//a.py": "A"}})
    assert built.declared == {
        "files": {"python/a.py": "A"},
        "pythonPath": ["python", "src"],
        "gitReferences": {"a": {"remote": "x"}},
    }
    wins = resource("library", {"files": {"external-libraries.json": text}, "python_path": ["mine"]})
    assert wins.declared["pythonPath"] == ["mine"]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"../a.py": "x"}, "is no path in a library"),
        ({"": "x"}, "is no path in a library"),
        ({"a": {"base64": "%"}}, "the content of a cannot be used"),
        ({"external-libraries.json": "[]"}, "is no JSON object"),
    ],
)
def test_files_that_cannot_be_are_refused(files: Document, why: str) -> None:
    with pytest.raises(DssError, match=why):
        resource("library", {"files": files})


@given(st.dictionaries(st.sampled_from(["a", "b/c.d"]), st.binary(max_size=5)))
def test_any_bytes_of_a_library_survive(files: dict[str, bytes]) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._contents import bytes_of, value_of

    document = {"files": {path: value_of(data) or {"empty": True} for path, data in files.items()}}
    author = KINDS["library"].from_dss(document, Known())
    assert changes("library", author, document) == {}
    assert {path: bytes_of(value) for path, value in author.get("files", {}).items()} == files


def test_a_branch_of_a_reference_has_two_spellings() -> None:
    held = {"gitReferences": {"python/x": {"remote": "r", "checkout": "refs/heads/main", "lastHash": "1"}}}
    assert changes("library", {"git_references": {"python/x": {"repository": "r", "checkout": "main"}}}, held) == {}
    assert list(changes("library", {"git_references": {"python/x": {"repository": "r", "checkout": "v2"}}}, held))
    assert KINDS["library"].is_secret("gitReferences.python/x.password")


# Notebooks ----------------------------------------------------------------------------------------------------------

_SOURCES = st.text("ab\n {$", max_size=5)
_OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["1"]}
_CELLS = st.lists(
    st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown"]),
            "source": _SOURCES | _SOURCES.map(lambda text: text.splitlines(True)),
        },
        optional={
            "metadata": st.just({"scrolled": True, "tags": ["x"]}),
            "execution_count": st.just(3),
            "outputs": st.just([_OUTPUT]),
            "id": st.just("c"),
        },
    ),
    max_size=3,
)
_METADATA = st.fixed_dictionaries(
    {"kernelspec": st.fixed_dictionaries({"name": st.just("python3"), "display_name": st.just("Python 3")})},
    optional={
        "creator": st.just("ada"),
        "tags": st.just(["a"]),
        "customFields": st.just({"x": "1"}),
        "hide_input": st.booleans(),
        "newer": st.just({"x": 1}),
    },
)


@given(cells=_CELLS, metadata=_METADATA)
def test_the_author_form_of_a_notebook_is_contained_in_it(cells: list[Document], metadata: Document) -> None:
    held = {
        "type": "jupyter",
        "name": "n",
        **content.held({"metadata": metadata, "nbformat": 4, "nbformat_minor": 1, "cells": cells}),
    }
    author = KINDS["notebook"].from_dss(held, Known())
    assert changes("notebook", author, held) == {}
    assert "raw" not in author
    assert "output" not in json.dumps(author)
    as_text = {**author, "content": json.dumps(author["content"])}
    assert resource("notebook", as_text).declared == resource("notebook", author).declared


def test_a_cell_keeps_its_outputs_while_its_source_is_the_same() -> None:
    ran = {"cell_type": "code", "source": ["print(1)"], "execution_count": 7, "outputs": [_OUTPUT]}
    before = content.held({"metadata": {}, "cells": [ran, {**ran, "source": "print(2)"}]})
    cells = [
        {"cell_type": "markdown", "source": "# T"},
        {"cell_type": "code", "source": "print(1)"},
        {"cell_type": "code", "source": "print(3)"},
    ]
    sent = content.sent({"content": {"cells": cells}}, before)["cells"]
    assert [cell.get("outputs") for cell in sent] == [None, [_OUTPUT], []]
    assert [cell.get("execution_count") for cell in sent] == [None, 7, 0]


def test_fields_win_over_the_metadata_of_the_content() -> None:
    notebook = {
        "metadata": {"kernelspec": {"name": "ir", "language": "R"}, "tags": ["a"], "language_info": {"version": "3"}},
        "cells": [],
    }
    built = resource("notebook", {"name": "n", "kernel": "python3", "content": notebook})
    assert built.declared["metadata"] == {"kernelspec": {"name": "python3", "language": "R"}}
    assert built.declared["tags"] == ["a"]


@pytest.mark.parametrize("value", ["{", "[]", {"cells": 1}, {"cells": [{"source": "x"}]}])
def test_what_is_no_notebook_is_refused(value: t.Any) -> None:
    with pytest.raises(DssError, match="content is no notebook"):
        resource("notebook", {"name": "n", "content": value})


def test_each_type_of_notebook_has_its_fields() -> None:
    with pytest.raises(DssError, match="cells, connection: no field of a notebook of type jupyter"):
        resource("notebook", {"name": "n", "cells": [], "connection": "pg"})
    with pytest.raises(DssError, match="content: no field of a notebook of type sql"):
        resource("notebook", {"name": "n", "type": "sql", "content": "{}"})


def test_notebooks_are_found_by_name_and_type() -> None:
    kind = KINDS["notebook"]
    listing = {
        "one": {"type": "jupyter", "name": "one"},
        "sql:A": {"type": "sql", "name": "one"},
        "sql:B": {"type": "sql", "name": "two"},
        "sql:C": {"type": "sql", "name": "two"},
    }
    assert kind.find(resource("notebook", {"name": "one"}), listing) == "one"
    assert kind.find(resource("notebook", {"name": "one", "type": "sql", "connection": "pg"}), listing) == "sql:A"
    assert kind.find(resource("notebook", {"name": "two", "type": "sql", "id": "C"}), listing) == "sql:C"
    with pytest.raises(DssError, match="2 SQL notebooks are named two"):
        kind.find(resource("notebook", {"name": "two", "type": "sql"}), listing)


def test_cells_of_an_sql_notebook_in_few_words() -> None:
    document = {
        "type": "sql",
        "name": "q",
        "connection": "pg",
        "id": "A",
        "cells": [
            {
                "type": "QUERY",
                "id": "x",
                "code": "SELECT 1",
                "querySettings": {"addLimitToStatement": True, "addDkuUdf": True},
            }
        ],
    }
    author = KINDS["notebook"].from_dss(document, Known())
    assert author == {
        "name": "q",
        "type": "sql",
        "connection": "pg",
        "cells": [{"id": "x", "code": "SELECT 1", "settings": {"addDkuUdf": True}}],
    }
    assert changes("notebook", author, document) == {}
