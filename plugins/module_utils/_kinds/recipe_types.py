# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS adds by itself to a recipe, by type: dss-object-shapes.md "Recipes"; where settings of a type live."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .dataset_types import SELECTION, misspelt
from .recipe_payloads.defaults import PAYLOADS

# Types whose payload is program text, with the extension of its file; all others hold JSON or nothing (dss-api.md 2.6).
CODE_TYPES = {
    "python": "py",
    "r": "r",
    "julia": "jl",
    "shell": "sh",
    "pyspark": "py",
    "sparkr": "r",
    "spark_scala": "scala",
    "sql_query": "sql",
    "sql_script": "sql",
    "spark_sql_query": "sql",
    "hive": "sql",
    "impala": "sql",
    "cpython": "py",
    "streaming_spark_scala": "scala",
    "ksql": "sql",
}
# Everything, engine settings included, is in the payload: dss-object-shapes.md "Facts", 2.
PAYLOAD_ONLY_TYPES = frozenset(
    {"join", "grouping", "split", "window", "pivot", "distinct", "vstack", "fuzzyjoin", "topn", "sort", "geojoin"}
    # unverified, but they are of the same family
    | {"generate_features", "upsert", "extract_failed_rows"}
)
# A container selection that is written to them is not kept: dss-api.md 2.6 [atk].
NO_CONTAINER_TYPES = frozenset({"pyspark", "shell"})
ENGINE_IN_PARAMS_TYPES = frozenset({"shaker", "sync", "sampling"})

# Named score_<input> whatever is asked: dss-api.md quirk 27 [headless].
NAMED_BY_NODE = frozenset({"prediction_scoring", "clustering_scoring"})

_INHERIT_ENV = {"envMode": "INHERIT"}
_INHERIT_CONTAINER = {"containerMode": "INHERIT"}
_SQL_PIPELINE = {"pipelineAllowStart": True, "pipelineAllowMerge": True}
_HIVE = {
    "inheritConf": "default",
    "hiveconf": [],
    "executionEngine": "HIVESERVER2",
    "addDkuUdf": False,
    "skipPrerunValidate": False,
}

_SPARK_SQL = {
    "skipPrerunValidate": False,
    "pipelineAllowMerge": True,
    "useGlobalMetastore": False,
    "pipelineAllowStart": True,
    "readParams": {"mode": "AUTO", "autoModeRepartitionInto": 10, "map": {}},
    "overwriteOutputSchema": False,
    "executionEngine": "SPARK_SUBMIT",
    "sparkConfig": {"inheritConf": "default", "conf": []},
}
_ENGINE = {
    "hive": _HIVE,
    "sqlPipelineParams": _SQL_PIPELINE,
    "impala": {"forceStreamMode": True},
    "containerSelection": _INHERIT_CONTAINER,
    "sparkSQL": _SPARK_SQL,
}
PAYLOAD_ENGINE = {**_ENGINE, "lowerCaseSchemaIfEngineRequiresIt": True}
_FLOW_ENGINE = {**_ENGINE, "lowerCaseSchemaIfEngineRequiresIt": False}

_CODE = {"envSelection": _INHERIT_ENV, "containerSelection": _INHERIT_CONTAINER, "skipPrerunValidate": False}
_PARAMS: dict[str, dict[str, t.Any]] = {
    "python": _CODE,
    "r": _CODE,
    "sql_query": {
        "allowMultipleConnections": False,
        "displayExecutionPlan": True,
        "skipPrerunValidate": False,
        "sqlPipelineParams": _SQL_PIPELINE,
    },
    "shaker": {
        "engineParams": {
            "spark": {
                "readParams": {"mode": "AUTO", "autoModeRepartitionInto": 10, "map": {}},
                "useGlobalMetastore": False,
                "useNativeProcessors": True,
                "sparkConfig": {"inheritConf": "default", "conf": []},
                "executionEngine": "SPARK_SUBMIT",
                "pipelineAllowStart": True,
                "pipelineAllowMerge": True,
                "skipPrerunValidate": False,
            },
            "hive": _HIVE,
            "impala": {"forceStreamMode": True},
            "sqlPipelineParams": _SQL_PIPELINE,
            "maxThreads": 8,
            "containerSelection": _INHERIT_CONTAINER,
        }
    },
    "sync": {
        "schemaMode": "STRICT_SYNC",
        "forcePipelineableForTests": False,
        "engineParams": {
            **_FLOW_ENGINE,
            "maxThreads": 4,
            "tdchParams": {"splitMode": "DEFAULT", "numberOfExecutors": 2},
            "synapseParams": {"usePolybase": False},
        },
    },
    "sampling": {
        "selection": {**SELECTION, "maxRecords": 100000},
        "engineParams": {**_FLOW_ENGINE, "dssEngineMaxThreads": 4},
    },
    "export": {"clearOutputPartition": False},
}

_COMMON: dict[str, t.Any] = {
    "neverRecomputeExistingPartitions": False,
    "redispatchPartitioning": False,
    "maxRunningActivities": 0,
    "hashPropagationBehavior": "INHERIT",
    "optionalDependencies": False,
}


def defaults(document: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a recipe of the type of the given one."""
    kind = str(document.get("type"))
    known = {**_COMMON, **({"payload": PAYLOADS[kind]} if kind in PAYLOADS else {})}
    if kind in PAYLOAD_ONLY_TYPES:
        return known
    return {**known, "params": _PARAMS.get(kind, {"containerSelection": _INHERIT_CONTAINER})}


_OTHER_TYPES = frozenset(
    {
        "export",
        "update",
        "upsert",
        "merge_folder",
        "list_folder_contents",
        "prediction_training",
        "prediction_scoring",
        "clustering_training",
        "clustering_scoring",
        "clustering_cluster",
        "evaluation",
        "standalone_evaluation",
        "prompt",
        "generate_features",
        "download",
    }
)


_SEEN = CODE_TYPES.keys() | PAYLOAD_ONLY_TYPES | ENGINE_IN_PARAMS_TYPES | _OTHER_TYPES


def odd_type(kind: t.Any) -> tuple[str, ...]:
    """A note where a type looks like a known one that is misspelt; what DSS knows beyond our list passes."""
    return misspelt(kind, _SEEN)


def has_output_schemas(kind: t.Any) -> bool:
    """Whether DSS can say what columns the outputs of a type have.

    Of code it cannot (dss-api.md 2.6, Dataiku's client); of recipes of plugins, of models and of files it is unverified.
    """
    return kind in PAYLOAD_ONLY_TYPES | ENGINE_IN_PARAMS_TYPES


def is_code(kind: t.Any) -> bool:
    """Whether the payload of a type is program text."""
    return kind in CODE_TYPES


def payload_extension(kind: t.Any) -> str:
    """The extension of the payload's file in the project's Git: dss-object-shapes.md, "Directory layout"."""
    return CODE_TYPES.get(kind, str(kind))


# What the places of the next two functions are to an author, whatever the type.
ENGINE_PLACES = {
    "payload.engineType": "engine",
    "payload.engineParams.containerSelection": "container",
    "params.engineParams.containerSelection": "container",
}


def engine_path(kind: t.Any) -> str:
    """Where the forced engine of a type is kept."""
    return "payload.engineType" if kind in PAYLOAD_ONLY_TYPES else "params.engineType"


def container_path(kind: t.Any) -> str:
    """Where the container selection of a type is kept: dss-api.md 2.6 [atk]."""
    if kind in PAYLOAD_ONLY_TYPES:
        return "payload.engineParams.containerSelection"
    return f"params.{'engineParams.' if kind in ENGINE_IN_PARAMS_TYPES else ''}containerSelection"
