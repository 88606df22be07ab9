# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.acceptor import acceptor
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.schema import resource_schema
from hypothesis import given
from hypothesis import strategies as st

jsonschema = pytest.importorskip("jsonschema")

NAMES = st.sampled_from(["a", "b", "c"])
LEAVES = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]).map(lambda name: {"type": name}),
    st.lists(st.sampled_from(["string", "integer", "null", "object"]), min_size=1, max_size=3, unique=True).map(
        lambda names: {"type": names}
    ),
    st.lists(st.sampled_from(["x", "y", None]), min_size=1, max_size=3, unique=True).map(lambda items: {"enum": items}),
    st.sampled_from([
        {"const": "x"}, {"pattern": "^[xy]"}, {"minLength": 1}, {"maxLength": 1}, {"minItems": 1}, {"maxItems": 1},
        {"minimum": 1}, {"maximum": 2}, {"minProperties": 1}, {"maxProperties": 1}, True, False, {"x-verbatim": True},
        {"description": "x", "default": 3}, {"$ref": "#/$defs/node"},
    ]),
)  # fmt: skip


def combined(inner: st.SearchStrategy[t.Any]) -> st.SearchStrategy[t.Any]:
    return st.one_of(
        st.builds(
            lambda properties, required, other: {
                "properties": properties,
                "required": required,
                **({} if other is None else {"additionalProperties": other}),
            },
            st.dictionaries(NAMES, inner, max_size=3),
            st.lists(NAMES, max_size=2, unique=True),
            st.none() | st.booleans() | inner,
        ),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(
            lambda word, branches: {word: branches},
            st.sampled_from(["anyOf", "oneOf", "allOf"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
    )


SCHEMAS = st.recursive(LEAVES, combined, max_leaves=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([1.0, 1.5]) | st.sampled_from(["", "x", "yy"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
NODE = {"type": "object", "properties": {"a": {"$ref": "#/$defs/node"}}, "additionalProperties": False}


@given(SCHEMAS, st.lists(VALUES, min_size=1, max_size=5))
def test_it_says_what_jsonschema_says(schema: t.Any, values: list[t.Any]) -> None:
    whole = {"allOf": [schema], "$defs": {"node": NODE}}
    accepts = acceptor(whole)
    assert accepts is not None
    validator = jsonschema.Draft202012Validator(whole)
    for value in values:
        assert accepts(value) == validator.is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}}, {"enum": [1]}, {"uniqueItems": True}, {"type": "strange"}, {"$ref": "other.json"}, {"if": True},
        {"properties": {"a": {"items": {"multipleOf": 2}}}}, {"$ref": "#/$defs/absent"},
    ],
)  # fmt: skip
def test_words_that_are_not_compiled_are_left_to_jsonschema(schema: t.Any) -> None:
    assert acceptor(schema) is None


def test_the_fake_kinds_are_compiled(kinds: dict[str, t.Any]) -> None:
    for kind in kinds.values():
        assert acceptor(resource_schema(kind)) is not None
