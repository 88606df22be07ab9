# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The short forms of earlier tools in ``params`` as friendly settings (peer-config-format.md 4.4 and 2.2)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ..._errors import DssError
from ..._plan.compare import Document
from .aggregates import function_named

_FORMS = {
    "join": "join_type and join_conditions, a list of {input1_column, input2_column}",
    "grouping": "keys, a list of {column}, and aggregations, a list of {column, function, output}",
}


def with_short_params(kind: str, author: Mapping[str, t.Any]) -> Document:
    """A recipe whose short form stands in the field of its type; what is written there wins.

    Raises ``DssError`` that says what the short form is.
    """
    result, params = dict(author), author.get("params")
    if kind not in _FORMS or not isinstance(params, Mapping):
        return result
    try:
        settings, used = (_join if kind == "join" else _grouping)(params)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DssError(
            f"params of a {kind} recipe are {_FORMS[kind]}; all else belongs into {kind} or payload"
        ) from None
    if settings:
        result[kind] = {**settings, **(author.get(kind) or {})}
    result["params"] = {key: value for key, value in params.items() if key not in used}
    return result


def _join(params: Mapping[str, t.Any]) -> tuple[Document, frozenset[str]]:
    used = frozenset({"join_type", "join_conditions"})
    if not used & params.keys():
        return {}, frozenset()
    conditions = [
        {"left": _text(entry["input1_column"]), "right": _text(entry["input2_column"])}
        for entry in params.get("join_conditions") or []
    ]
    return {"joins": [{"type": str(params.get("join_type", "left")), "conditions": conditions}]}, used


def _grouping(params: Mapping[str, t.Any]) -> tuple[Document, frozenset[str]]:
    used = frozenset({"keys", "aggregations"})
    if not used & params.keys():
        return {}, frozenset()
    names: dict[str, str] = {}
    aggregations = []
    for entry in params.get("aggregations") or []:
        column, function = _text(entry["column"]), _text(entry["function"])
        aggregations.append({"column": column, "functions": function})
        if entry.get("output"):
            names[f"{column}_{function_named(function)}"] = entry["output"]
    keys = [_key(key) for key in params.get("keys") or []]
    return {"keys": keys, "aggregations": aggregations, "output_names": names}, used


def _key(key: t.Any) -> t.Any:
    """A column to group by; what a mapping says besides is DSS's own."""
    if isinstance(key, str):
        return key
    return {"column": _text(key["column"]), "raw": {name: value for name, value in key.items() if name != "column"}}


def _text(value: t.Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
