# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes: code, common fields, and the friendly settings of each visual type; what is left out is released, so all is said."""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st
from support.samples import Sample
from support.sandbox import SandboxProcess

_COLUMNS = [{"name": "k", "type": "string"}, {"name": "v", "type": "bigint"}]
_DATASETS = {
    "datasets": [
        {
            "name": name,
            "type": "Filesystem",
            "params": {"connection": "filesystem_managed", "path": name},
            "schema": _COLUMNS,
        }
        for name in ("a", "b", "x", "y")
    ],
    "managed_folders": [{"name": "files", "type": "Filesystem"}],
}
_NAME = st.sampled_from(["k", "v", "other"])
_TEXT = st.text("ab{$ ", min_size=1, max_size=4).map(lambda text: text.replace("{{", "{").replace("${", "$ {"))


def _all(
    keys: dict[str, st.SearchStrategy[t.Any]], also: dict[str, st.SearchStrategy[t.Any]] | None = None
) -> st.SearchStrategy[dict[str, t.Any]]:
    return st.fixed_dictionaries({**keys, **(also or {})})


def _environments(sandbox: SandboxProcess) -> None:
    sandbox.control.instance(code_envs=[{"envName": name, "envLang": "PYTHON"} for name in ("py39", "py311")])


def _filters() -> st.SearchStrategy[t.Any]:
    condition = st.one_of(
        _all({"column": _NAME, "value": st.integers(1, 9) | st.sampled_from(["a", "b"])}),
        _all({"column": _NAME, "operator": st.sampled_from(["is true", "is not empty"])}),
        _all({"column": _NAME, "operator": st.just("in"), "value": st.lists(st.integers(1, 9), min_size=1)}),
        _all({"column": _NAME, "operator": st.just("contains"), "value": st.just("c"), "other_column": _NAME}),
        st.just({"column": "k", "operator": "between", "value": ["2024-01-01", "2024-02-01"]}),
    )
    conditions = st.lists(condition, min_size=1, max_size=2)
    return st.one_of(
        st.sampled_from(["v > 1", "isNotNull(k)"]),
        _all({"all": conditions}, also={"distinct": st.booleans()}),
        _all({"any": conditions}),
        _all({"sql": st.sampled_from(["v > 2", "k IS NULL"])}),
    )


def _aggregations(*functions: str) -> st.SearchStrategy[t.Any]:
    member = _all(
        {"functions": st.lists(st.sampled_from(functions), min_size=1, max_size=2, unique=True)},
        also={"order_by": _NAME, "separator": st.just(";"), "type": st.just("bigint")},
    )
    return st.lists(member, min_size=1, max_size=2).map(
        lambda members: [{"column": f"c{number}", **member} for number, member in enumerate(members)]
    )


def _computed() -> st.SearchStrategy[t.Any]:
    member = _all({"name": st.just("c"), "expression": _TEXT, "type": st.sampled_from(["string", "double"])})
    return st.lists(member, min_size=1, max_size=1)


_ORDER = st.lists(_NAME | _all({"column": _NAME, "descending": st.just(True)}), min_size=1, max_size=2, unique_by=str)
_STEP = st.one_of(
    _all({"formula": _all({"column": _NAME, "expression": _TEXT})}),
    _all({"keep_columns": _NAME | st.just(["k", "v"])}, also={"disabled": st.booleans()}),
    _all({"remove_columns": _NAME}, also={"comment": _TEXT}),
    _all({"rename_columns": st.dictionaries(_NAME, st.sampled_from("pq"), min_size=1)}),
    _all({"parse_date": _all({"columns": _NAME, "formats": st.just(["yyyy"])}, also={"output": _NAME})}),
    _all({"find_replace": _all({"columns": _NAME, "replace": st.dictionaries(_NAME, _TEXT, min_size=1)})}),
    _all({"type": st.just("Unfold"), "params": _all({"column": _NAME})}),
    _all({"group": _TEXT, "steps": st.just([{"round": "v"}, {"flatten_json": "k"}])}),
)
_JOIN = _all(
    {
        "joins": st.lists(
            _all(
                {"conditions": st.lists(_NAME, min_size=1, max_size=2)},
                also={"type": st.sampled_from(["inner", "right", "full"]), "match": st.sampled_from(["all", "any"])},
            ),
            min_size=1,
            max_size=1,
        )
    },
    also={
        "columns": st.lists(
            _NAME | _all({"name": _NAME, "input": st.sampled_from("ab")}, also={"as": st.just("z")}),
            min_size=1,
            max_size=2,
        ),
        "inputs": st.just(["a", {"input": "b", "prefix": "p", "filter": "v > 1"}]),
        "computed_columns": _computed(),
        "filter_after": _filters(),
    },
)
_GROUPING = _all(
    {"keys": st.lists(_NAME, min_size=1, max_size=2, unique=True)},
    also={
        "aggregations": _aggregations("sum", "avg", "count_distinct", "concat", "first"),
        "count": st.booleans(),
        "output_names": st.dictionaries(st.just("c0_sum"), _TEXT, min_size=1),
        "filter": _filters(),
        "filter_after": _filters(),
        "computed_columns": _computed(),
    },
)
_WINDOW = _all(
    {
        "windows": st.lists(
            _all(
                {"order_by": _ORDER},
                also={
                    "partition_by": st.just(["k"]),
                    "rows": st.dictionaries(st.sampled_from(["before", "after"]), st.integers(0, 3)),
                },
            ),
            min_size=1,
            max_size=2,
        )
    },
    also={
        "columns": _aggregations("value", "lag", "lead_diff", "avg"),
        "rank": st.booleans(),
        "row_number": st.booleans(),
        "ntiles": st.sampled_from(["4", "10"]),
    },
)
_STACK = _all(
    {"mode": st.sampled_from(["union", "intersection", "REMAP"])},
    also={
        "columns": st.just(["k"]),
        "add_origin": st.booleans(),
        "inputs": st.just(["b", {"input": "a", "filter": "v > 1"}]),
    },
)
_SPLIT = st.one_of(
    _all({"mode": st.just("random"), "random": st.just([{"share": 70, "output": "x"}]), "seed": st.integers(1, 9)}),
    _all(
        {
            "mode": st.just("filters"),
            "filters": st.lists(_all({"filter": _filters(), "output": st.sampled_from("xy")}), min_size=1, max_size=2),
        }
    ),
    _all(
        {
            "mode": st.just("values"),
            "column": _NAME,
            "values": st.just([{"value": "1", "output": "y"}]),
            "otherwise": st.sampled_from(["x", "y", -1]),
        }
    ),
)
_SORT = _all({"order_by": _ORDER}, also={"row_number": st.booleans(), "filter": _filters()})
_TOPN = _all(
    {"first": st.integers(1, 5), "order_by": _ORDER},
    also={"last": st.integers(0, 3), "columns": st.just(["k"]), "count": st.booleans()},
)
_DISTINCT = _all(
    {"keys": st.lists(_NAME, min_size=1, max_size=2, unique=True)}, also={"count": st.booleans(), "filter": _filters()}
)
_PIVOT = _all(
    {"pivots": st.just([{"columns": ["k"], "values": [{"column": "v", "functions": "sum"}]}])},
    also={"rows": st.just(["k"]), "sorted": st.booleans(), "other_columns": _aggregations("first", "max")},
)
_SAMPLING = _all(
    {"method": st.sampled_from(["first rows", "random rows", "all"])},
    also={"rows": st.integers(1, 9), "seed": st.integers(1, 9), "filter": _filters()},
)


def _visual(kind: str, field: str, values: t.Any, **around: t.Any) -> Sample:
    base = {"name": "r", "type": kind, "inputs": ["a", "b"], "outputs": ["x", "y"], **around}
    return Sample(base, {field: values}, _DATASETS, shown={field: ("payload", "params")})


SAMPLES = [
    Sample(
        base={"name": "r", "type": "python", "inputs": ["a"], "outputs": ["x"]},
        fields={
            "type": ["python", "r"],
            "inputs": [
                ["a"],
                ["a", "b"],
                [{"dataset": "b", "deps": [{"function": "all_available", "dimension": "d"}]}],
                ["b", {"folder": "files"}],
            ],
            "outputs": [
                ["x"],
                ["y"],
                ["x", {"dataset": "y", "append": True}],
                ["x", {"dataset": "y", "append": False}],
            ],
            "code": ["print(1)\n", "print(2)\n", "# ${not_ours} {{ at_all }}"],
            "container": ["big", "small", {"containerMode": "NONE"}],
            "code_env": ["py39", "py311", {"envMode": "USE_BUILTIN_MODE"}],
            "description": _TEXT,
            "short_description": _TEXT,
            "tags": [["one"], ["one", "two"], []],
            "variables": [{"a": 1}, {"a": {"b": "c"}}],
            "never_recompute": [True, False],
            "redispatch_partitioning": [True, False],
            "max_running_activities": st.integers(0, 9),
            "hash_propagation": ["INHERIT", "ENABLED", "DISABLED"],
            "custom_fields": [{"a": "b"}, {"a": "c"}],
            "custom_meta": [{"a": "b"}, {"a": "c"}],
            "checklists": [[{"title": "t", "items": []}], [{"title": "u", "items": []}]],
            "labels": [["one"], ["two"]],
            "dku_properties": [[{"name": "a", "value": "b"}], [{"name": "a", "value": "c"}]],
            "params": [{"skipPrerunValidate": True}, {"skipPrerunValidate": False}],
        },
        around=_DATASETS,
        prepare=_environments,
        silent=("update_output_schemas",),
    ),
    Sample(
        base={"name": "r", "type": "fuzzyjoin", "inputs": ["a", "b"], "outputs": ["x"]},
        fields={
            "payload": [{"withMetaColumn": True}, {"withMetaColumn": False, "debugMode": True}],
            "engine": ["DSS", "SQL"],
        },
        around=_DATASETS,
    ),
    _visual("shaker", "prepare", st.lists(_STEP, min_size=1, max_size=3)),
    _visual("join", "join", _JOIN),
    _visual("grouping", "grouping", _GROUPING),
    _visual("window", "window", _WINDOW),
    _visual("vstack", "stack", _STACK),
    _visual("split", "split", _SPLIT),
    _visual("sync", "sync", [{"threads": 2}, {"threads": 8, "schema": "same"}, {"schema": "FREE_SCHEMA_NAME_BASED"}]),
    _visual("sort", "sort", _SORT),
    _visual("topn", "topn", _TOPN),
    _visual("distinct", "distinct", _DISTINCT),
    _visual("pivot", "pivot", _PIVOT),
    _visual("sampling", "sampling", _SAMPLING),
]
