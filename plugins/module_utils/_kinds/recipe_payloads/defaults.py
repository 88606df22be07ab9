# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS holds in the payload of a visual recipe where nothing else was said: the constants of dss-object-shapes.md."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Mapping, Sequence

from ..._plan.compare import Document, same
from ..dataset_types import SELECTION
from ..shape import at, without_defaults
from .aggregates import OFF_EVERYWHERE
from .conditions import OFF
from .tables import CONDITION, JOINED

_SPLIT_HALF = [{"outputIndex": 0, "share": 50}]
_SPLIT_FILTER = [
    {"filter": {"uiData": {"mode": "&&", "conditions": []}, "distinct": False, "enabled": True}, "outputIndex": 0}
]
_RANKS = {"rank": False, "denseRank": False, "rowNumber": False}

PAYLOADS: dict[str, Document] = {
    "shaker": {
        "steps": [],
        "origin": "PREPARE_RECIPE",
        "columnsSelection": {"mode": "ALL"},
        "explorationFilters": [],
        "explorationSampling": {
            "autoRefreshSample": False,
            "_refreshTrigger": 0,
            "selection": {
                "latestPartitionsN": 1,
                "maxRecords": 10000,
                "maxRecordsForDisplay": -1,
                "ordering": {"rules": [], "enabled": False},
                "withinFirstN": -1,
                "maxStoredBytes": 104857600,
                "ascending": True,
                "timeout": -1,
                "filter": OFF,
                "partitionSelectionMethod": "ALL",
                "targetRatio": 0.02,
                "maxReadUncompressedBytes": -1,
                "samplingMethod": "HEAD_SEQUENTIAL",
            },
        },
        "flagNumericValues": True,
        "maxProcessedMemTableBytes": -1,
        "previewMode": "ALL_ROWS",
        "vizSampling": {"autoRefreshSample": False, "_refreshTrigger": 0, "selection": {**SELECTION, "maxRecords": -1}},
        "coloring": {"scheme": "MEANING_AND_STATUS", "valueColoringMode": "HASH"},
    },
    "join": {"computedColumns": [], "enableAutoCastInJoinConditions": False, "postFilter": OFF},
    "fuzzyjoin": {"computedColumns": [], "postFilter": OFF, "withMetaColumn": False, "debugMode": False},
    "grouping": {
        "computedColumns": [],
        "enlargeYourBits": True,
        "globalCount": False,
        "outputColumnNameOverrides": {},
        "preFilter": OFF,
        "postFilter": OFF,
    },
    "window": {
        **_RANKS,
        "computedColumns": [],
        "cumeDist": False,
        "keys": [],
        "legacyUnboundedWindowStreamBehavior": False,
        "ntile": False,
        "ntileValues": "10",
        "outputColumnNameOverrides": {},
        "preFilter": OFF,
        "postFilter": OFF,
    },
    "split": {
        "centileOrders": [],
        "centileShuffle": False,
        "centileSplits": _SPLIT_HALF,
        "centileTDigest": False,
        "computedColumns": [],
        "filterSplits": _SPLIT_FILTER,
        "preFilter": OFF,
        "randomColumns": [],
        "randomColumnsSplits": _SPLIT_HALF,
        "randomSplits": _SPLIT_HALF,
        "rangeSetTime": False,
        "rangeSplits": _SPLIT_FILTER,
        "seed": 1337,
        "valueSplits": [{"outputIndex": 0, "caseSensitive": False, "value": ""}],
        "writeComputedColumnsInOutput": False,
    },
    "sampling": {**OFF},
    "pivot": {
        "computedColumns": [],
        "customAggregates": [],
        "enginesPreferences": {},
        "identifierColumnsSelection": "EXPLICIT",
        "otherColumns": [],
        "preFilter": OFF,
        "sortModalities": True,
    },
    "distinct": {"globalCount": False, "outputColumnNameOverrides": {}, "preFilter": OFF, "postFilter": OFF},
    "sort": {**_RANKS, "computedColumns": [], "outputColumnNameOverrides": {}, "preFilter": OFF},
    "topn": {
        **_RANKS,
        "computedColumns": [],
        "duplicateCount": False,
        "outputColumnNameOverrides": {},
        "preFilter": OFF,
    },
    "vstack": {"addOriginColumn": False, "originColumnName": "original_dataset", "postFilter": OFF},
}

# What DSS takes for granted of a member of a list, by the path of the list below the payload.
_STEP = {"metaType": "PROCESSOR", "preview": False, "disabled": False, "alwaysShowComment": False}
_ORDER = {"desc": False}
_INPUT = {"preFilter": OFF, "computedColumns": []}
_COMPUTED = {"mode": "GREL"}
_MEMBERS: dict[str, dict[str, Document]] = {
    "shaker": {"steps[]": _STEP, "steps[].steps[]": _STEP},
    "join": {
        "joins[]": {
            **JOINED,
            "rightLimit": {"enabled": False, "maxMatches": 1, "type": "KEEP_LARGEST", "strict": False},
        },
        "joins[].on[]": CONDITION,
        "virtualInputs[]": {**_INPUT, "outputColumnsSelectionMode": "MANUAL", "autoSelectColumns": False},
        "virtualInputs[].computedColumns[]": _COMPUTED,
        "selectedColumns[]": {"table": 0},
        "computedColumns[]": _COMPUTED,
    },
    "grouping": {"keys[]": OFF_EVERYWHERE, "values[]": OFF_EVERYWHERE, "computedColumns[]": _COMPUTED},
    "window": {
        "values[]": {**OFF_EVERYWHERE, "lagValues": "1", "leadValues": "1", "dateDiffUnit": "DAY"},
        "windows[]": {"windowLimitMode": "ROWS", "windowLowerBound": 0, "windowUpperBound": 0},
        "windows[].orders[]": _ORDER,
        "computedColumns[]": _COMPUTED,
    },
    "split": {"computedColumns[]": _COMPUTED},
    "pivot": {
        "pivots[]": {
            "explicitValues": [],
            "globalCount": False,
            "minOccLimit": 0,
            "topnLimit": 20,
            "valueLimit": "TOP_N",
        },
        "pivots[].valueColumns[]": OFF_EVERYWHERE,
        "otherColumns[]": OFF_EVERYWHERE,
        "computedColumns[]": _COMPUTED,
    },
    "sort": {"orders[]": _ORDER, "computedColumns[]": _COMPUTED},
    "topn": {"orders[]": _ORDER, "computedColumns[]": _COMPUTED},
    "vstack": {"virtualInputs[]": _INPUT},
}

FILTERS = ("preFilter", "postFilter")  # newer servers write {} where one is off
_READ: Document = {"cache": False, "repartition": 10}
_READ_MAPS = (
    "params.engineParams.spark.readParams.map",
    "params.engineParams.sparkSQL.readParams.map",
    "payload.engineParams.sparkSQL.readParams.map",
)

# Where people left the columns of a prepare recipe on their screens: nothing that a recipe does follows from it.
SCREEN = (
    "payload.columnWidthsByName",
    "payload.exploreUIParams",
    "payload.explorationSampling._refreshTrigger",
    "payload.vizSampling._refreshTrigger",
)


def member_defaults(kind: t.Any, pattern: str) -> Mapping[str, t.Any]:
    """What DSS takes for granted of a member of a list; ``pattern`` begins with ``payload.``."""
    return _MEMBERS.get(str(kind), {}).get(pattern.removeprefix("payload."), {})


def stripped(kind: t.Any, payload: t.Any, pattern: str = "") -> t.Any:
    """A payload whose members of lists say nothing that DSS takes for granted."""
    if isinstance(payload, dict):
        known = member_defaults(kind, pattern) if pattern.endswith("[]") else {}
        rest = {key: without_defaults(value, known[key]) if key in known else value for key, value in payload.items()}
        return {
            key: stripped(kind, value, f"{pattern}.{key}" if pattern else key)
            for key, value in rest.items()
            if key not in known or not (same(value, known[key]) or (value == {} and isinstance(known[key], dict)))
        }
    if isinstance(payload, list):
        return [stripped(kind, member, f"{pattern}[]") for member in payload]
    return payload


def completed(kind: t.Any, payload: t.Any, pattern: str = "") -> t.Any:
    """A payload that says everything which is taken for granted: what a new recipe begins with."""
    if isinstance(payload, dict):
        known = PAYLOADS.get(str(kind), {}) if not pattern else member_defaults(kind, pattern)
        whole = {**copy.deepcopy(dict(known)), **payload}
        return {key: completed(kind, value, f"{pattern}.{key}" if pattern else key) for key, value in whole.items()}
    if isinstance(payload, list):
        return [completed(kind, member, f"{pattern}[]") for member in payload]
    return payload


def without_read_maps(document: Document) -> Document:
    """A recipe without the entry that DSS makes by itself for each input in the settings of Spark (dss-api.md 2.6)."""
    result = copy.deepcopy(document)
    for path in _READ_MAPS:
        held = at(result, path)
        if isinstance(held, dict):
            for name in [name for name, entry in held.items() if same({"cache": False, **entry}, _READ)]:
                del held[name]
    return result


def labelled(payload: Document, refs: Sequence[t.Any]) -> Document:
    """A payload in which each virtual input says by name what it is, as DSS writes it for people."""
    if not isinstance(payload.get("virtualInputs"), list):
        return payload
    inputs = [
        {**_label(entry, refs), **entry} if isinstance(entry, dict) else entry for entry in payload["virtualInputs"]
    ]
    return {**payload, "virtualInputs": inputs}


def unlabelled(payload: Document, refs: Sequence[t.Any]) -> Document:
    """The same the other way round, where the name is that of the input."""
    if not isinstance(payload.get("virtualInputs"), list):
        return payload
    inputs = [
        {key: value for key, value in entry.items() if key != "originLabel" or _label(entry, refs) != {key: value}}
        if isinstance(entry, dict)
        else entry
        for entry in payload["virtualInputs"]
    ]
    return {**payload, "virtualInputs": inputs}


def _label(entry: Mapping[str, t.Any], refs: Sequence[t.Any]) -> Document:
    index = entry.get("index")
    return {"originLabel": refs[index]} if isinstance(index, int) and 0 <= index < len(refs) else {}
