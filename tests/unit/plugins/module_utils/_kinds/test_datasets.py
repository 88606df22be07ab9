# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Datasets and managed folders: what authors write, what DSS stores, and what is compared of it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare, merge

Author = dict[str, t.Any]
DATASET, FOLDER = KINDS["dataset"], KINDS["managed_folder"]


def built(author: Author, kind: str = "dataset", **neighbours: str) -> Resource:
    names = {other: frozenset({name}) for other, name in neighbours.items()}
    return KINDS[kind].resource({"name": "d", **author}, "P", Neighbours(names), Location(), "")


def declared(author: Author, kind: str = "dataset") -> Author:
    document = {"type": "Filesystem", **built({"type": "Filesystem", **author}, kind).declared}
    return {key: value for key, value in document.items() if key not in ("type", "name")}


def changes(author: Author, actual: Author, kind: str = "dataset") -> list[str]:
    resource = built({"type": "Filesystem", **author}, kind)
    actual = {"type": "Filesystem", "name": "d", **actual}
    defaults = KINDS[kind].defaults(actual)
    return [
        KINDS[kind].author_path(change.path) for change in compare(resource.declared, actual, resource.rules, defaults)
    ]


def written(author: Author, actual: Author) -> Author:
    resource = built({"type": "Filesystem", **author})
    merged = merge(resource.declared, {"type": "Filesystem", **actual}, resource.rules, DATASET.defaults(actual))
    return t.cast(Author, DATASET.complete(merged, resource))


@pytest.mark.parametrize(
    ("friendly", "own"),
    [
        ({"path": "/in", "bucket": "b"}, {"params": {"path": "/in", "bucket": "b"}}),
        ({"table": "t", "database_schema": "s", "catalog": "c"}, {"params": {"table": "t", "schema": "s", "catalog": "c"}}),
        ({"urls": ["https://a", {"url": "https://b", "x": 1}]}, {"params": {"sources": [{"url": "https://a"}, {"url": "https://b", "x": 1}]}}),
        (
            {"files": ["a.csv"]},
            {"params": {"filesSelectionRules": {"mode": "EXPLICIT_SELECT_FILES", "explicitFiles": ["a.csv"]}}},
        ),
        (
            {"files": {"mode": "RULES_INCLUDED_ONLY", "include": [{"expr": "*"}]}},
            {"params": {"filesSelectionRules": {"mode": "RULES_INCLUDED_ONLY", "includeRules": [{"expr": "*"}]}}},
        ),
        ({"params": {"metastore_table": "t"}}, {"params": {"metastoreTableName": "t"}}),
        ({"format_params": {"header": True, "quote": "'"}}, {"formatParams": {"parseHeaderRow": True, "quoteChar": "'"}}),
        (
            {"partitioning": {"dimensions": [{"name": "d", "type": "time", "period": "day"}], "file_path_pattern": "/%Y"}},
            {"partitioning": {"dimensions": [{"name": "d", "type": "time", "params": {"period": "DAY"}}], "filePathPattern": "/%Y"}},
        ),
        (
            {"partitioning": {"dimensions": [{"name": "c", "type": "discrete"}]}},
            {"partitioning": {"dimensions": [{"name": "c", "type": "value"}]}},
        ),
        ({"flow_options": {"rebuild": "EXPLICIT"}}, {"flowOptions": {"rebuildBehavior": "EXPLICIT"}}),
        ({"read_write_options": {"single_file": True}}, {"readWriteOptions": {"forceSingleOutputFile": True}}),
        ({"schema": [{"name": "a", "type": "string", "max_length": 5}]}, {"schema": {"columns": [{"name": "a", "type": "string", "maxLength": 5}]}}),
        (
            {"metrics": {"probes": [{"type": "python", "name": "p", "code": "x", "code_env": "e"}]}},
            {
                "metrics": {
                    "probes": [
                        {
                            "type": "python",
                            "meta": {"name": "p"},
                            "configuration": {"code": "x", "envSelection": {"envMode": "EXPLICIT_ENV", "envName": "e"}},
                        }
                    ]
                }
            },
        ),
        ({"metrics": {"engines": {"sql": False}}}, {"metrics": {"engineConfig": {"sql": {"active": False}}}}),
        ({"quality": {"monitor": True}}, {"metricsChecks": {"monitor": True}}),
        ({"checklists": [{"title": "t", "items": [{"text": "x"}]}]}, {"checklists": {"checklists": [{"title": "t", "items": [{"text": "x"}]}]}}),
    ],
)  # fmt: skip
def test_what_authors_write_and_what_dss_calls_it_are_the_same(friendly: Author, own: Author) -> None:
    assert declared(friendly) == own
    # The field that holds it takes DSS's own names as well, as it always has.
    for name, value in friendly.items():
        entry = next(entry for entry in DATASET.shape.fields if entry.name == name)
        place: t.Any = own
        for key in entry.path.split("."):
            place = place[key]
        if isinstance(value, dict):
            assert declared({name: place}) == own
    assert set(friendly) <= DATASET.from_dss({"name": "d", "type": "Filesystem", **own}, Known()).keys()


def test_a_query_makes_a_query_dataset_and_a_table_one_of_tables() -> None:
    query = {"type": "PostgreSQL", "query": "select 1"}
    assert built(query).declared["params"] == {"query": "select 1", "mode": "query"}
    assert built({"type": "PostgreSQL", "params": {"table": "t"}}).declared["params"] == {"table": "t", "mode": "table"}
    stored = {"name": "d", "type": "PostgreSQL", "params": {"query": "select 1", "mode": "query"}}
    assert DATASET.from_dss(stored, Known()) == {"name": "d", **query}
    left_over = {"name": "d", "type": "PostgreSQL", "params": {"query": "select 1", "table": "t", "mode": "table"}}
    assert DATASET.from_dss(left_over, Known())["params"] == {"mode": "table"}


def test_a_parameter_in_two_places_is_noted_where_they_differ() -> None:
    twice = built({"type": "S3", "path": "/a", "params": {"path": "/b"}})
    assert twice.declared["params"] == {"path": "/a"}
    assert twice.notes == ("params.path: not applied, because path says otherwise",)
    assert built({"type": "S3", "path": "/a", "params": {"path": "/a"}}).notes == ()


RULE = {"type": "RecordCountInRangeRule", "name": "rows"}
STORED = {
    "type": "RecordCountInRangeRule",
    "id": "rwTqeaOX",
    "displayName": "rows",
    "minimum": 1.0,
    "minimumEnabled": True,
    "maximum": 0.0,
    "maximumEnabled": False,
    "computeOnBuildMode": "PARTITION",
    "autoRun": True,
    "enabled": True,
}
THEIRS = {"type": "ColumnNotEmptyRule", "id": "ZSaZubeK", "displayName": "theirs", "columns": ["a"]}


@pytest.mark.parametrize(
    ("bound", "own"),
    [
        (5, {"minimum": 5, "minimumEnabled": True}),
        (0, {"minimum": 0, "minimumEnabled": True}),
        (None, {"minimumEnabled": False}),
        ({"value": 5, "enabled": False}, {"minimum": 5, "minimumEnabled": False}),
    ],
)
def test_a_bound_that_is_declared_counts(bound: t.Any, own: Author) -> None:
    [rule] = declared({"checks": [{**RULE, "minimum": bound}]})["metricsChecks"]["checks"]
    assert rule == {"type": RULE["type"], "displayName": "rows", **own}


def test_bounds_are_read_as_they_are_written() -> None:
    stored = {
        "name": "d",
        "type": "S3",
        "metricsChecks": {"checks": [{**STORED, "softMinimum": 3.0, "softMinimumEnabled": False}]},
    }
    [rule] = DATASET.from_dss(stored, Known())["checks"]
    assert rule == {**RULE, "minimum": 1.0, "soft_minimum": {"value": 3.0, "enabled": False}}


def test_values_of_a_set_stand_where_their_type_keeps_them() -> None:
    checks = [{"type": "valueSet", "values": ["a"]}, {"type": "ValuesInSetRule", "values": ["a"]}]
    stored = declared({"checks": checks})["metricsChecks"]["checks"]
    assert [rule.get("values") for rule in stored] == [["a"], None]
    assert [rule.get("valueSet") for rule in stored] == [None, ["a"]]
    read = DATASET.from_dss({"name": "d", "type": "S3", "metricsChecks": {"checks": stored}}, Known())
    assert [rule["values"] for rule in read["checks"]] == [["a"], ["a"]]


def test_a_rule_of_a_colleague_is_left_alone_unless_the_list_is_exclusive() -> None:
    actual = {"metricsChecks": {"checks": [THEIRS, STORED]}}
    mine = [{**RULE, "minimum": 1}]
    assert changes({"checks": mine}, actual) == []
    assert changes({"checks": {"items": mine}}, actual) == []
    assert changes({"checks": {"items": mine, "exclusive": True}}, actual) == ["checks[ZSaZubeK]"]
    more = [*mine, {**RULE, "name": "more", "minimum": 2}]
    after = written({"checks": more}, actual)["metricsChecks"]["checks"]
    assert after[:2] == [THEIRS, STORED], "ids that the server made are kept, and theirs is written back as it was"
    assert [rule["displayName"] for rule in after] == ["theirs", "rows", "more"]
    alone = written({"checks": {"items": mine, "exclusive": True}}, actual)["metricsChecks"]["checks"]
    assert [rule["id"] for rule in alone] == ["rwTqeaOX"]


def test_a_rule_is_known_by_its_name_or_its_id() -> None:
    actual = {"metricsChecks": {"checks": [STORED]}}
    assert changes({"checks": [{**RULE, "minimum": 2}]}, actual) == ["checks[rows].minimum"]
    assert changes({"checks": [{**RULE, "id": "rwTqeaOX", "name": "renamed"}]}, actual) == ["checks[rwTqeaOX].name"]
    assert changes({"checks": [{**RULE, "name": "other"}]}, actual) == ["checks[other]"]


def test_older_checks_without_a_name_are_known_by_their_type_and_place() -> None:
    old = [
        {"type": "numericRange", "metricId": f"m{number}", "meta": {"name": "Value in range", "label": f"l{number}"}}
        for number in (1, 2)
    ]
    stored = {"name": "d", "type": "S3", "metricsChecks": {"checks": old}}
    author = DATASET.from_dss(stored, Known())
    assert author["checks"] == [
        {"type": "numericRange", "metric": "m1", "label": "l1"},
        {"type": "numericRange", "metric": "m2", "label": "l2"},
    ]
    assert changes(author, stored) == []


def test_the_id_of_a_rule_is_not_in_the_author_form() -> None:
    stored = {"name": "d", "type": "S3", "metricsChecks": {"checks": [STORED, THEIRS]}}
    assert all("id" not in rule for rule in DATASET.from_dss(stored, Known())["checks"])


def test_a_name_that_is_given_twice_is_an_error() -> None:
    with pytest.raises(DssError, match="the same: take one out"):
        built({"type": "S3", "checks": [{**RULE, "displayName": "x"}]})


def test_a_misspelt_type_of_a_rule_is_noted() -> None:
    [note] = built({"type": "S3", "checks": [{"type": "RecordCountInRange", "name": "rows"}]}).notes
    assert "did you mean RecordCountInRangeRule?" in note
    assert built({"type": "S3", "checks": [{"type": "custom_python_x_y", "name": "rows"}]}).notes == ()


def test_a_new_probe_is_written_with_all_that_a_probe_has() -> None:
    held = {
        "type": "basic",
        "enabled": False,
        "computeOnBuildMode": "NO",
        "meta": {"name": "x", "level": 0},
        "configuration": {},
    }
    document = written(
        {"metrics": {"probes": [{"type": "basic"}, {"type": "col_stats"}]}}, {"metrics": {"probes": [held]}}
    )
    assert document["metrics"]["probes"] == [
        held,
        {
            "type": "col_stats",
            "enabled": True,
            "computeOnBuildMode": "NO",
            "meta": {"name": "Columns statistics", "level": 2},
            "configuration": {},
        },
    ]


def test_the_standard_probes_are_not_declared() -> None:
    stored = {"name": "d", "type": "S3", **t.cast(Author, DATASET.defaults({"type": "S3"})("", {}))}
    assert DATASET.from_dss(stored, Known()) == {"name": "d", "type": "S3"}
    folder = {"name": "d", **t.cast(Author, FOLDER.defaults({"type": "S3"})("", {})), "type": "S3"}
    assert FOLDER.from_dss(folder, Known()) == {"name": "d", "type": "S3"}


@pytest.mark.parametrize(
    ("author", "own"),
    [
        ("checks[rows].minimum", "metricsChecks.checks[rows].minimum"),
        ("checks[rows].auto_run", "metricsChecks.checks[rows].autoRun"),
        ("partitioning.dimensions[day].period", "partitioning.dimensions[day].params.period"),
        ("metrics.probes[0].code", "metrics.probes[0].configuration.code"),
        ("schema.columns[a].max_length", "schema.columns[a].maxLength"),
        ("params.metastore_table", "params.metastoreTableName"),
        ("table", "params.table"),
        ("params.other", "params.other"),
    ],
)
def test_paths_inside_of_fields_have_the_authors_names(author: str, own: str) -> None:
    assert DATASET.author_path(own) == author
    assert DATASET.dss_path(author) == own
    assert built({"type": "S3", "lifecycle": {"ignore_changes": [author]}}).ignore_changes == (own,)


def test_what_a_newer_dss_stores_in_another_form_is_kept() -> None:
    stored = {
        "name": "d",
        "type": "S3",
        "partitioning": {"dimensions": {"new": "form"}, "newer": 1},
        "flowOptions": "x",
    }
    author = DATASET.from_dss(stored, Known())
    assert author["partitioning"] == {"dimensions": {"new": "form"}, "raw": {"newer": 1}}
    assert declared({key: author[key] for key in ("partitioning", "flow_options")}) == {
        "partitioning": {"dimensions": {"new": "form"}, "newer": 1},
        "flowOptions": "x",
    }


def test_data_that_a_definition_does_not_hold_is_noted_when_it_is_made() -> None:
    assert "upload them" in built({"type": "UploadedFiles"}).first_notes[0]
    assert "rows" in built({"type": "Inline"}).first_notes[0]
    assert built({"type": "S3"}).first_notes == ()


def test_statistics_refer_to_their_dataset() -> None:
    resource = built({"type": "JobsDB", "params": {"dataset": "orders", "view": "CHECKS_LAST"}}, dataset="orders")
    assert resource.references == (("dataset", "orders"),)
    assert resource.declared["params"] == {"smartName": "orders", "view": "CHECKS_LAST"}


def test_checks_of_folders_are_like_those_of_datasets() -> None:
    check = {"type": "numericRange", "name": "size", "metric": "basic:SIZE", "minimum": 1}
    stored = {
        "type": "numericRange",
        "displayName": "size",
        "metricId": "basic:SIZE",
        "minimum": 1,
        "minimumEnabled": True,
    }
    assert declared({"checks": [check]}, "managed_folder") == {"checks": {"checks": [stored]}}
    actual = {
        "checks": {"runOnBuild": False, "checks": [{**stored, "id": "x"}, {"type": "python", "displayName": "theirs"}]}
    }
    assert changes({"checks": [check]}, actual, "managed_folder") == []
    assert changes({"checks": {"items": [], "exclusive": True}}, actual, "managed_folder") == [
        "checks[x]",
        "checks[theirs]",
    ]
