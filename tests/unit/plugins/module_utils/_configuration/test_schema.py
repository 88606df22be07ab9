# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import sys
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Filled, Mapping, plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.schema import (
    Checker,
    check,
    configuration_schema,
    resource_schema,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import MissingLibrary

jsonschema = pytest.importorskip("jsonschema")

Kinds = dict[str, t.Any]


def findings(kinds: Kinds, text: str, strict: bool = True) -> list[str]:
    return [str(problem) for problem in check(parse(text.encode(), "f.yml"), kinds, strict)]


def property_findings(fake_kind: t.Any, schema: t.Any, text: str) -> list[str]:
    """The findings about the one property ``p`` of a resource."""
    kind = fake_kind("thing", "things", {"p": schema}, ())
    found = check(parse(f"things: [{{p: {text}}}]".encode(), "f.yml"), {"thing": kind}, True)
    return [f"{problem.path}: {problem.message}" for problem in found]


def test_the_published_schema_is_valid_and_accepts_a_configuration(kinds: Kinds) -> None:
    schema = configuration_schema(kinds)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate({
        "version": "1.0",
        "metadata": {"anything": 1},
        "project": {"key": "A", "name": None},
        "datasets": [{"name": "d", "type": "managed", "lifecycle": {"prevent_destroy": True}, "raw": {"x": 1}}],
        "recipes": [{"name": "r", "type": "python", "code_file": "x.py", "depends_on": ["d"]}],
        "scenarios": {"$include": "x.yml"},
        "connections": None,
        "ignore_drift": [{"resource": "dataset.A.*", "fields": ["params"], "reason": "x", "expires": "2030-01-20"}],
        "removed": {"dataset.A.x": {"forget": True}, "dataset.A.y": None},
    })  # fmt: skip
    validator.validate({"removed": [{"resource": "dataset.A.x", "forget": False}], "ignore_drift": None})
    assert not validator.is_valid({"ignore_drift": [{"resource": "dataset.A.x"}]})
    assert not validator.is_valid({"removed": {"dataset.A.x": {"forgt": True}}})
    assert not validator.is_valid({"version": "2.0"})
    assert not validator.is_valid({"datasets": [{"name": "d"}]})
    assert not validator.is_valid({"strange": 1})
    assert schema["$id"]
    assert schema["title"]


def test_definitions_of_kinds_do_not_meet(fake_kind: t.Any) -> None:
    more = {"$defs": {"part": {"type": "string"}}}
    first = fake_kind("a", "as", {"p": {"$ref": "#/$defs/part"}}, (), more=more)
    second = fake_kind("b", "bs", {"p": {"$ref": "#/$defs/part"}}, (), more={"$defs": {"part": {"type": "integer"}}})
    validator = jsonschema.Draft202012Validator(configuration_schema({"a": first, "b": second}))
    validator.validate({"as": [{"p": "x"}], "bs": [{"p": 1}]})
    assert not validator.is_valid({"bs": [{"p": "x"}]})


def test_a_kind_may_say_more_about_a_common_key(fake_kind: t.Any) -> None:
    kind = fake_kind("a", "as", {"raw": {"type": "object", "description": "own"}}, ())
    assert resource_schema(kind)["properties"]["raw"]["description"] == "own"
    assert set(resource_schema(kind)["properties"]) == {"raw", "external", "depends_on", "lifecycle"}


def test_all_findings_at_once_each_once_with_position_and_path(kinds: Kinds) -> None:
    text = (
        "project: {key: 3, nmae: x}\n"
        "datasets:\n"
        "  - {name: '', type: [x], formt_type: csv}\n"
        "  - {name: b, mode: exakt}\n"
        "  - 7\n"
        "recipes: text\n"
    )
    assert sorted(findings(kinds, text)) == [
        "f.yml:1:11 project.key: must be text, not a number",
        "f.yml:1:19 project.nmae: unknown key 'nmae'; did you mean 'name'?",
        "f.yml:3:16 datasets[0].type: must be text, not a list",
        "f.yml:3:27 datasets[0].formt_type: unknown key 'formt_type'; did you mean 'format_type'?",
        "f.yml:3:6 datasets[0].name: must not be empty",
        "f.yml:4:15 datasets[1].mode: must be one of exact, contains, not 'exakt'; did you mean 'exact'?",
        "f.yml:4:5 datasets[1].type: Dataset type is required",
        "f.yml:5:5 datasets[2]: must be a mapping, not a number",
        "f.yml:6:1 recipes: must be a list, each item beginning with '-'",
    ]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "array"}, "x", "must be a list, not text"),
        ({"type": "boolean"}, "'no'", "must be true or false, not text"),
        ({"type": "integer"}, "1.5", "must be a whole number, not a number"),
        ({"type": ["string", "array"]}, "{}", "must be text or a list, not a mapping"),
        ({"pattern": "^x$"}, "y", "must match the pattern ^x$"),
        ({"minLength": 1}, "''", "must not be empty"),
        ({"minLength": 3}, "ab", "must have at least 3 characters"),
        ({"minItems": 1}, "[]", "must not be empty"),
        ({"maxItems": 1}, "[1, 2]", "must have at most 1 items"),
        ({"minimum": 0}, "-1", "must be at least 0"),
        ({"maximum": 5}, "6", "must be at most 5"),
        ({"enum": ["ALL", "SOME"]}, "all", "must be one of ALL, SOME, not 'all'; did you mean 'ALL'?"),
        ({"enum": ["ALL", 1]}, "3", "must be one of ALL, 1"),
        ({"const": "x"}, "y", "must be one of x, not 'y'"),
        ({"uniqueItems": True}, "[1, 1]", "must not hold the same item twice"),
        ({"not": {"type": "string"}}, "x", "is not allowed in this form"),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "3", "must be text or a list, not a number"),
        (
            {"oneOf": [{"type": "string"}, {"minLength": 0}]},
            "x",
            "fits more than one form; leave out what belongs to the others",
        ),
    ],
)
def test_messages_in_plain_words(fake_kind: t.Any, schema: t.Any, value: str, expected: str) -> None:
    assert property_findings(fake_kind, schema, value) == [f"things[0].p: {expected}"]


def test_the_branch_that_was_meant_decides(fake_kind: t.Any) -> None:
    column = {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": False}
    schema = {"anyOf": [{"type": "array", "items": column}, {"type": "object", "required": ["columns"]}]}
    assert property_findings(fake_kind, schema, "[{nam: x}]") == [
        "things[0].p[0].nam: unknown key 'nam'; did you mean 'name'?"
    ]
    assert property_findings(fake_kind, schema, "{}") == ["things[0].p.columns: 'columns' is missing"]
    typed = {
        "oneOf": [
            {"properties": {"type": {"const": "a"}, "x": {"type": "integer"}}, "required": ["type", "x"]},
            {"properties": {"type": {"const": "b"}}, "required": ["type", "y", "z"]},
        ]
    }
    assert property_findings(fake_kind, typed, "{type: a, x: no}") == [
        "things[0].p.x: must be a whole number, not true or false"
    ]


def test_null_declares_absence_wherever_a_key_is_not_required(kinds: Kinds) -> None:
    text = "datasets: [{name: a, type: t, connection: null, mode: null, schema: null, params: ~, lifecycle: {ignore_changes: ~}}]"
    assert findings(kinds, text) == []
    assert findings(kinds, "datasets: [{name: a, type: null}]") == [
        "f.yml:1:22 datasets[0].type: must be text, not empty"
    ]


def test_substituted_values_are_not_shown(fake_kind: t.Any) -> None:
    kind = fake_kind("thing", "things", {"p": {"enum": ["a"]}}, ())
    document = Mapping({"things": [{"p": Filled("s3cr3t")}]})
    (problem,) = check(document, {"thing": kind})
    assert problem.message == "must be one of a"


def test_unknown_keys_are_warnings_and_dropped_when_not_strict(kinds: Kinds) -> None:
    text = "strange: 1\nmodels: []\ndatasets: [{name: a, type: t, foo: 1, lifecycle: {bar: 1, prevent_destroy: true}}, {name: b, type: t}]\n"
    document, problems = Checker(kinds, strict=False).check(parse(text.encode(), "f.yml"))
    assert {problem.severity for problem in problems} == {"warning"}
    assert len(problems) == 4
    assert plain(document) == {
        "datasets": [{"name": "a", "type": "t", "lifecycle": {"prevent_destroy": True}}, {"name": "b", "type": "t"}]
    }


@pytest.mark.parametrize(
    ("text", "severity", "expected"),
    [
        ("version: '1.0'", None, ""),
        ("project: {key: A}", None, ""),
        ("version: 1.0", "warning", 'version is a number here; quote it: "1.0"'),
        ("version: 1", "warning", "quote it"),
        ("metadata: {version: 1.0}", "warning", "quote it"),
        ("metadata: {version: '2.7'}", None, ""),
        ("version: '2.0'", "error", "the version of the configuration format is \"1.0\", not '2.0'"),
        ("version: 2.0", "error", "the version of the configuration format"),
        ("version:", "error", "not empty"),
        ("version: true", "error", "the version of the configuration format"),
        ("metadata: x", "error", "must be a mapping"),
    ],
)
def test_the_version(kinds: Kinds, text: str, severity: str | None, expected: str) -> None:
    found = check(parse(text.encode(), "f.yml"), kinds)
    assert [problem.severity for problem in found] == ([severity] if severity else [])
    if found:
        assert expected in found[0].message


def test_an_unknown_section_is_told_the_nearest(kinds: Kinds) -> None:
    assert findings(kinds, "dataset: []") == ["f.yml:1:1 dataset: unknown key 'dataset'; did you mean 'datasets'?"]


def test_a_valid_configuration_needs_no_jsonschema(kinds: Kinds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    kinds = copy.deepcopy(kinds)  # their schemas are not compiled yet
    assert findings(kinds, "datasets: [{name: a, type: t}]") == []
    with pytest.raises(MissingLibrary, match="jsonschema"):
        findings(kinds, "datasets: [{name: a}]")
