# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets (dss-api.md 2.4, 2.5, 3.1)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from .errors import NOT_FOUND, refusal

SQL_TYPES = ["PostgreSQL", "Snowflake", "MySQL", "BigQuery", "Databricks"]


@pytest.fixture
def dataset(project: Any) -> Any:
    params = {"connection": "filesystem_managed", "path": "in"}
    return project.create_dataset("raw", "Filesystem", params=params, formatType="csv", formatParams={"separator": ";"})


def saved(dataset: Any, **changes: Any) -> dict[str, Any]:
    settings = dataset.get_settings()
    settings.get_raw().update(changes)
    settings.save()
    document: dict[str, Any] = dataset.get_settings().get_raw()
    return document


def test_a_read_adds_identity_and_version(dataset: Any) -> None:
    document = dataset.get_settings().get_raw()
    assert (document["name"], document["projectKey"], document["smartName"]) == ("raw", "PROJ", "raw")
    assert document["versionTag"]["versionNumber"] == 0


def test_creation_fills_the_blocks_of_a_current_server(dataset: Any) -> None:
    document = dataset.get_settings().get_raw()
    assert document["flowOptions"]["rebuildBehavior"] == "NORMAL"
    assert document["readWriteOptions"]["writeBuckets"] == 1
    assert document["typeSystemVersion"] == "V2"
    assert [probe["type"] for probe in document["metrics"]["probes"]] == ["basic", "records"]
    assert document["metrics"]["engineConfig"]["dss"]["selection"]["maxRecords"] == -1
    assert document["metricsChecks"] == {"monitor": False, "checks": [], "displayedState": {"checks": []}}
    assert document["params"]["filesSelectionRules"]["mode"] == "ALL"
    assert "versionTag" in document and "optionalDependencies" not in document


def test_format_params_are_completed_but_sent_ones_stay(dataset: Any) -> None:
    params = dataset.get_settings().get_raw()["formatParams"]
    assert params["separator"] == ";" and params["quoteChar"] == '"' and len(params["hiveSeparators"]) == 7


def test_file_datasets_show_file_metrics_and_sql_ones_do_not(project: Any, dataset: Any) -> None:
    table = project.create_sql_table_dataset("t", "PostgreSQL", "pg", "t", "public")
    assert "basic:SIZE" in dataset.get_settings().get_raw()["metrics"]["displayedState"]["metrics"]
    assert table.get_settings().get_raw()["metrics"]["displayedState"]["metrics"] == [
        "basic:COUNT_COLUMNS",
        "records:COUNT_RECORDS",
    ]


@pytest.mark.parametrize("kind", SQL_TYPES)
def test_sql_params_are_completed(project: Any, kind: str) -> None:
    table = project.create_sql_table_dataset("t", kind, "conn", "t", "public")
    params = table.get_settings().get_raw()["params"]
    assert params["tableCreationMode"] == "auto" and params["writeInsertBatchSize"] == 10000
    assert ("writeWithCopyBadDataBehavior" in params) == (kind == "PostgreSQL")


def test_a_sql_dataset_has_no_format(project: Any) -> None:
    document = project.create_sql_table_dataset("t", "PostgreSQL", "pg", "t", "public").get_settings().get_raw()
    assert not {"formatType", "formatParams"} & document.keys()


def test_a_sql_dataset_without_table_or_mode_is_a_query(project: Any) -> None:
    document = project.create_dataset("q", "PostgreSQL", params={"connection": "pg"}).get_settings().get_raw()
    assert document["params"]["mode"] == "query" and document["managed"] is False


def test_nulls_are_not_stored(project: Any) -> None:
    document = project.create_sql_table_dataset("t", "PostgreSQL", "pg", "t", "public").get_settings().get_raw()
    assert "catalog" not in document["params"]
    document = (
        project.create_dataset("f", "Filesystem", params={"connection": "c", "path": "p"}).get_settings().get_raw()
    )
    assert "formatType" not in document


def test_an_inline_dataset_is_managed_json(project: Any) -> None:
    document = project.create_dataset("i", "Inline").get_settings().get_raw()
    assert document["managed"] is True and document["formatType"] == "json"


def test_an_uploaded_dataset_is_never_managed(project: Any) -> None:
    document = project.create_upload_dataset("u").get_settings().get_raw()
    assert document["managed"] is False
    assert document["params"]["uploadConnection"] == "Default (in DSS data dir.)"


def test_a_plugin_dataset_has_a_custom_config(project: Any) -> None:
    document = project.create_dataset("p", "CustomPython_plug_ds").get_settings().get_raw()
    assert document["params"] == {"customConfig": {}, "notReadyIfEmpty": False, "previewAllPartitions": False}


def test_a_connection_need_not_exist(project: Any) -> None:
    assert project.create_dataset("d", "Filesystem", params={"connection": "nowhere", "path": "p"}).exists()


def test_an_unknown_type_is_refused(project: Any) -> None:
    assert "UnavailableTypeException" in refusal(project.create_dataset, "d", "NoSuchType")


@pytest.mark.parametrize("name", ["a.b", "", "a/b"])
def test_an_invalid_name_is_refused(project: Any, name: str) -> None:
    assert "Invalid dataset name" in refusal(project.create_dataset, name, "Inline")


def test_a_second_dataset_of_the_same_name_is_refused(project: Any, dataset: Any) -> None:
    assert "already exists" in refusal(project.create_dataset, "raw", "Inline")


def test_a_missing_dataset_is_named(project: Any) -> None:
    assert refusal(project.get_dataset("no").get_settings) == f"{NOT_FOUND}: dataset does not exist: PROJ.no"


def test_the_list_has_full_definitions(project: Any, dataset: Any) -> None:
    assert dict(project.list_datasets()[0]) == dataset.get_settings().get_raw()


def test_a_save_moves_the_version_tag_and_not_the_creation_tag(dataset: Any) -> None:
    before = dataset.get_settings().get_raw()
    after = saved(dataset, shortDesc="x")
    assert after["versionTag"]["versionNumber"] == before["versionTag"]["versionNumber"] + 1
    assert after["creationTag"] == before["creationTag"]


def test_a_sent_creation_tag_is_ignored(dataset: Any) -> None:
    before = dataset.get_settings().get_raw()["creationTag"]
    assert saved(dataset, creationTag={"versionNumber": 7})["creationTag"] == before


def test_unknown_top_level_fields_vanish(dataset: Any) -> None:
    assert "madeUp" not in saved(dataset, madeUp=1, connection="misplaced")
    assert "connection" not in dataset.get_settings().get_raw()


def test_unknown_column_fields_vanish(dataset: Any) -> None:
    schema = {"columns": [{"name": "a", "type": "string", "madeUp": 1, "comment": "kept"}], "userModified": True}
    assert saved(dataset, schema=schema)["schema"]["columns"] == [{"name": "a", "type": "string", "comment": "kept"}]


def test_tags_are_a_sorted_set(dataset: Any) -> None:
    assert saved(dataset, tags=["b", "a", "b"])["tags"] == ["a", "b"]


def test_an_empty_description_is_absent(dataset: Any) -> None:
    assert "description" not in saved(dataset, description="", shortDesc="")


def test_keys_left_out_of_a_put_fall_back_to_defaults(dataset: Any) -> None:
    document = saved(dataset, flowOptions={"rebuildBehavior": "EXPLICIT"}, tags=["a"])
    assert document["flowOptions"]["crossProjectBuildBehavior"] == "DEFAULT"
    for key in ("flowOptions", "tags"):
        del document[key]
    dataset.set_definition(document)
    after = dataset.get_settings().get_raw()
    assert after["flowOptions"]["rebuildBehavior"] == "NORMAL" and after["tags"] == []


def test_a_put_without_project_key_is_rejected(dataset: Any) -> None:
    document = dataset.get_settings().get_raw()
    del document["projectKey"]
    assert "projectKey" in refusal(dataset.set_definition, document)


def test_a_put_under_another_name_is_rejected(dataset: Any) -> None:
    assert "name" in refusal(dataset.set_definition, {**dataset.get_settings().get_raw(), "name": "other"})


def test_rules_get_ids_doubles_and_defaults(dataset: Any) -> None:
    rule = {"type": "RecordCountInRangeRule", "minimum": 100, "minimumEnabled": True}
    checks = {"monitor": True, "checks": [rule]}
    kept = saved(dataset, metricsChecks=checks)["metricsChecks"]["checks"][0]
    assert len(kept["id"]) == 8 and kept["minimum"] == 100.0 and isinstance(kept["minimum"], float)
    assert (kept["computeOnBuildMode"], kept["autoRun"], kept["softMaximumEnabled"]) == ("PARTITION", True, False)


def test_a_partial_probe_is_completed(dataset: Any) -> None:
    probe = saved(dataset, metrics={"probes": [{"type": "col_stats"}]})["metrics"]["probes"][0]
    assert probe["enabled"] is True and probe["meta"]["level"] == 2


def test_the_schema_is_a_part_of_the_definition(dataset: Any) -> None:
    schema = {"columns": [{"name": "a", "type": "bigint"}], "userModified": True}
    dataset.set_schema(schema)
    assert dataset.get_schema() == schema == dataset.get_settings().get_raw()["schema"]


def test_columns_stay_in_order_and_as_sent(project: Any) -> None:
    columns = [{"name": "b", "type": "string"}, {"name": "a", "type": "double"}]
    body = {"managed": False, "schema": {"columns": columns, "userModified": True}}
    client = project.client
    body.update(name="jl", projectKey="PROJ", type="Filesystem", params={"connection": "c", "path": "p"})
    client._perform_json("POST", "/projects/PROJ/datasets/", body=body)
    assert project.get_dataset("jl").get_schema()["columns"] == columns


def test_metadata_is_a_view_of_the_definition(dataset: Any) -> None:
    metadata = dataset.get_metadata()
    metadata.update(description="Text", tags=["t"], custom={"kv": {"k": "v"}})
    dataset.set_metadata(metadata)
    document = dataset.get_settings().get_raw()
    assert (document["description"], document["tags"], document["customMeta"]) == ("Text", ["t"], {"kv": {"k": "v"}})
    assert dataset.get_metadata()["custom"] == {"kv": {"k": "v"}}


@pytest.mark.parametrize(
    ("connection", "kind", "params", "expected"),
    [
        ("filesystem_managed", "Filesystem", {}, {"path": "${projectKey}/out"}),
        ("pg", "PostgreSQL", {}, {"table": "${projectKey}_out", "mode": "table"}),
        ("snow", "Snowflake", {}, {"table": "${projectKey}_OUT"}),
        (
            "s3",
            "EC2",
            {"defaultManagedBucket": "bucket", "defaultManagedPath": "/dss"},
            {"path": "/dss/${projectKey}/out", "bucket": "bucket", "metastoreTableName": "${projectKey}_out"},
        ),
    ],
)
def test_a_managed_location_comes_from_the_connection(
    client: Any, project: Any, connection: str, kind: str, params: dict[str, str], expected: dict[str, str]
) -> None:
    if connection != "filesystem_managed":
        client.create_connection(connection, kind, params)
    builder = project.new_managed_dataset("out")
    builder.with_store_into(connection)
    document = builder.create().get_settings().get_raw()
    assert document["managed"] is True and document["params"].items() >= expected.items()
    assert document["type"] == ("S3" if kind == "EC2" else kind)


@pytest.mark.parametrize(("option", "kind"), [("CSV_EXCEL_GZIP", "csv"), ("PARQUET_HIVE", "parquet")])
def test_a_managed_dataset_takes_its_format_option(project: Any, option: str, kind: str) -> None:
    builder = project.new_managed_dataset("out")
    builder.with_store_into("filesystem_managed", format_option_id=option)
    document = builder.create().get_settings().get_raw()
    assert document["formatType"] == kind
    if kind == "csv":
        assert document["formatParams"]["style"] == "excel" and document["formatParams"]["compress"] == "gz"


def test_a_managed_dataset_on_a_missing_connection_is_refused(project: Any) -> None:
    builder = project.new_managed_dataset("out")
    builder.with_store_into("nowhere")
    assert refusal(builder.create) == "java.lang.IllegalArgumentException: Connection 'nowhere' does not exist"


def test_partitioning_can_be_copied(project: Any, dataset: Any) -> None:
    saved(dataset, partitioning={"dimensions": [{"name": "day", "type": "time", "params": {"period": "DAY"}}]})
    builder = project.new_managed_dataset("out")
    builder.with_store_into("filesystem_managed").with_copy_partitioning_from("raw")
    partitioning = builder.create().get_settings().get_raw()["partitioning"]
    assert partitioning["dimensions"][0]["name"] == "day" and partitioning["ignoreNonMatchingFile"] is False


def test_a_deletion_takes_the_consuming_recipes_with_it(project: Any, dataset: Any) -> None:
    project.create_dataset("out", "Inline")
    builder = project.new_recipe("python")
    builder.with_input("raw").with_output("out")
    builder.create()
    project.get_dataset("out").delete()
    assert len(project.list_recipes()) == 1
    dataset.delete()
    assert project.list_recipes() == [] and project.list_datasets() == []


def test_a_rename_keeps_the_storage_and_follows_in_recipes(project: Any, dataset: Any) -> None:
    project.create_dataset("out", "Inline")
    builder = project.new_recipe("python", "r")
    builder.with_input("raw").with_output("out")
    recipe = builder.create()
    before = dataset.get_settings().get_raw()
    dataset.rename("renamed")
    after = project.get_dataset("renamed").get_settings().get_raw()
    assert after["params"]["path"] == "in" and after["creationTag"] == before["creationTag"]
    assert recipe.get_settings().get_flat_input_refs() == ["renamed"]
    assert "does not exist" in refusal(project.get_dataset("raw").get_settings)


def test_another_file_name_appends_to_an_upload(project: Any) -> None:
    upload = project.create_upload_dataset("u")
    for name in ("a.csv", "b.csv", "a.csv"):
        upload.uploaded_add_file(io.BytesIO(b"x\n"), name)
    assert sorted(item["path"] for item in upload.uploaded_list_files()) == ["a.csv", "b.csv"]


def test_shared_datasets_are_listed_on_request(client: Any, project: Any, dataset: Any) -> None:
    client.create_project("OTHER", "Other", "admin")
    settings = project.get_settings()
    settings.add_exposed_object("DATASET", "raw", "OTHER")
    settings.save()
    other = client.get_project("OTHER")
    assert other.list_datasets() == []
    assert [item["smartName"] for item in other.list_datasets(include_shared=True)] == ["PROJ.raw"]


def test_detection_is_a_future_that_finds_no_data(project: Any) -> None:
    upload = project.create_upload_dataset("u")
    future = upload.test_and_detect()
    assert future.has_result() is True or future.get_result()["format"]["ok"] is False


def test_there_are_no_rows(dataset: Any) -> None:
    dataset.set_schema({"columns": [{"name": "a", "type": "string"}], "userModified": True})
    assert list(dataset.iter_rows()) == []
    assert dataset.clear() == [] and dataset.list_partitions() == ["NP"]
