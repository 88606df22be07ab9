# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Payloads of visual recipes from the short forms that authors write in ``params`` (peer-config-format.md 4.4 and 2.2)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from .._errors import DssError

_OFF = {"distinct": False, "enabled": False}
AGGREGATIONS = frozenset(
    {"sum", "min", "max", "count", "countDistinct", "concat", "avg", "median", "stddev", "first", "last"}
)


def payload_of(
    kind: str, params: Mapping[str, t.Any], inputs: Sequence[str]
) -> tuple[dict[str, t.Any] | None, frozenset[str]]:
    """The payload that the short form stands for and the keys of ``params`` that it used; (None, {}) without one.

    Raises ``DssError`` that says what the short form is.
    """
    if kind not in _WRITERS:
        return None, frozenset()
    writer, form = _WRITERS[kind]
    try:
        return writer(params, inputs)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DssError(f"params of a {kind} recipe are {form}; all else belongs into payload") from None


def _join(params: Mapping[str, t.Any], inputs: Sequence[str]) -> tuple[dict[str, t.Any] | None, frozenset[str]]:
    used = frozenset({"join_type", "join_conditions"})
    if not used & params.keys():
        return None, frozenset()
    conditions = [
        {
            "column1": {"name": entry["input1_column"], "table": 0},
            "column2": {"name": entry["input2_column"], "table": 1},
            "type": "EQ",
            "caseInsensitive": False,
            "normalizeText": False,
            "maxDistance": 0,
            "maxMatches": 1,
            "strict": False,
            "dateDiffUnit": "DAY",
            "windowFrom": 0,
            "windowTo": 0,
        }
        for entry in params.get("join_conditions") or []
    ]
    return {
        "virtualInputs": [
            {
                "index": index,
                "originLabel": name,
                "preFilter": _OFF,
                "computedColumns": [],
                "outputColumnsSelectionMode": "AUTO_NON_CONFLICTING",
            }
            for index, name in enumerate(inputs)
        ],
        "joins": [
            {
                "table1": 0,
                "table2": 1,
                "type": str(params.get("join_type", "left")).upper(),
                "conditionsMode": "AND",
                "outerJoinOnTheLeft": True,
                "on": conditions,
            }
        ],
        "selectedColumns": [],
        "computedColumns": [],
        "postFilter": _OFF,
    }, used


def _grouping(params: Mapping[str, t.Any], inputs: Sequence[str]) -> tuple[dict[str, t.Any] | None, frozenset[str]]:
    used = frozenset({"keys", "aggregations"})
    if not used & params.keys():
        return None, frozenset()
    values: dict[str, dict[str, t.Any]] = {}
    names: dict[str, str] = {}
    for entry in params.get("aggregations") or []:
        function = _function(str(entry["function"]))
        off = dict.fromkeys(sorted(AGGREGATIONS), False)
        values.setdefault(entry["column"], {"column": entry["column"], **off})[function] = True
        if entry.get("output"):
            # The name that DSS gives on its own, <column>_<function>, is unverified.
            names[f"{entry['column']}_{function}"] = entry["output"]
    return {
        "keys": [{"column": key} if isinstance(key, str) else dict(key) for key in params.get("keys") or []],
        "values": list(values.values()),
        "globalCount": False,
        "computedColumns": [],
        "preFilter": _OFF,
        "postFilter": _OFF,
        "outputColumnNameOverrides": names,
    }, used


def _function(name: str) -> str:
    spelled = {known.lower(): known for known in AGGREGATIONS}
    return spelled.get(name.replace("_", "").lower(), name)


_WRITERS: dict[str, tuple[Callable[..., tuple[t.Optional[dict[str, t.Any]], frozenset[str]]], str]] = {
    "join": (_join, "join_type and join_conditions, a list of {input1_column, input2_column}"),
    "grouping": (_grouping, "keys, a list of {column}, and aggregations, a list of {column, function, output}"),
}
