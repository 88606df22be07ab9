# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections ``ignore_drift`` and ``removed``, and the file ``.dataiku/drift-policy.yml``."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.policies import IgnoreRule, Removed
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, Location
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Write = Callable[..., Path]
Kinds = dict[str, t.Any]

HEAD = "project: {key: DEMO}\ndatasets: [{name: ROWS, type: managed}]\n"


def loaded(write: Write, kinds: Kinds, text: str, **files: str) -> Configuration:
    return load(write({"project.yml": HEAD + text, **files}), kinds=kinds)


def refused(write: Write, kinds: Kinds, text: str, files: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(write({"project.yml": HEAD + text, **(files or {})}), kinds=kinds)
    return [str(problem) for problem in caught.value.problems]


def test_without_any_of_it(write: Write, kinds: Kinds) -> None:
    found = loaded(write, kinds, "ignore_drift:\nremoved:\n")
    assert (found.ignore_drift, found.removed, found.tool) == ((), (), None)
    assert found.sections == {"project", "datasets"}


def test_rules_of_the_configuration_and_of_the_drift_policy(write: Write, kinds: Kinds) -> None:
    text = (
        "ignore_drift:\n"
        "  - {resource: dataset.DEMO.ROWS, fields: [tags, params.path], reason: 'Until {{ x }} and ${y}', expires: 2030-01-20}\n"
        "  - {resource: 'recipe.*', reason: Everyone edits them, expires: null, fields: null}\n"
    )
    policy = "ignore_drift:\n  - resource: connection.pg\n    reason: Rotated by hand\n    expires: '2030-2-1'\n"
    found = loaded(write, kinds, text, **{".dataiku/drift-policy.yml": policy})
    assert found.ignore_drift == (
        IgnoreRule(
            "dataset.DEMO.ROWS",
            ("tags", "params.path"),
            "Until {{ x }} and ${y}",
            datetime.date(2030, 1, 20),
            Location("project.yml", 4, 5),
        ),
        IgnoreRule("recipe.*", (), "Everyone edits them", None, Location("project.yml", 5, 5)),
        IgnoreRule(
            "connection.pg",
            (),
            "Rotated by hand",
            datetime.date(2030, 2, 1),
            Location(".dataiku/drift-policy.yml", 2, 5),
        ),
    )


def test_the_policy_of_a_file_in_projects_lies_above_it(write: Write, kinds: Kinds) -> None:
    folder = write({
        "projects/p.yml": HEAD,
        ".dataiku/drift-policy.yml": "ignore_drift: [{resource: project.OTHER, reason: x}]",
    })  # fmt: skip
    found = load(folder / "projects" / "p.yml", kinds=kinds)
    assert [rule.resource for rule in found.ignore_drift] == ["project.OTHER"]
    assert found.root == folder


def test_variables_are_replaced_in_addresses(write: Write, kinds: Kinds) -> None:
    text = "ignore_drift: [{resource: '*.${K}.x', reason: r}]\nremoved: [{resource: 'dataset.${K}.OLD'}]\n"
    found = load(write({"project.yml": HEAD + text}), kinds=kinds, variables={"K": "DEMO"})
    assert found.ignore_drift[0].resource == "*.DEMO.x"
    assert found.removed[0].address == "dataset.DEMO.OLD"


def test_a_date_in_memory_is_one(kinds: Kinds) -> None:
    rule = {"resource": "project.A", "reason": "x", "expires": datetime.date(2030, 1, 20)}
    found = load({"project": {"key": "A"}, "ignore_drift": [rule]}, kinds=kinds)
    assert found.ignore_drift[0].expires == datetime.date(2030, 1, 20)
    assert found.root is None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{reason: x}", "4:5 ignore_drift[0].resource: 'resource' is missing"),
        ("{resource: project.DEMO}", "4:5 ignore_drift[0].reason: 'reason' is missing"),
        ("{resource: project.DEMO, reason: ''}", "4:30 ignore_drift[0].reason: must not be empty"),
        ("{resource: project.DEMO, reason: x, field: []}", "4:41 ignore_drift[0].field: unknown key 'field'; did you mean 'fields'?"),
        ("{resource: project.DEMO, reason: x, fields: tags}", "4:41 ignore_drift[0].fields: must be a list, not text"),
        ("{resource: project.DEMO, reason: x, fields: []}", "4:41 ignore_drift[0].fields: must not be empty"),
        ("{resource: project.DEMO, reason: x, fields: [1]}", "4:50 ignore_drift[0].fields[0]: must be text, not a number"),
        ("{resource: project.DEMO, reason: x, expires: 2030}", "4:41 ignore_drift[0].expires: must be text, not a number"),
        ("{resource: project.DEMO, reason: x, expires: soon}", "4:41 ignore_drift[0].expires: must be a date such as 2030-01-20"),
        ("{resource: project.DEMO, reason: x, expires: 2030-02-30}", "4:41 ignore_drift[0].expires: must be a date such as 2030-01-20"),
        (
            "{resource: projct.DEMO, reason: x}",
            "4:6 ignore_drift[0].resource: 'projct.DEMO' is no address, because there is no kind 'projct'; did you mean 'project'?",
        ),
        (
            "{resource: dataset.DEMO, reason: x}",
            "4:6 ignore_drift[0].resource: 'dataset.DEMO' is no address; this kind has addresses such as dataset.PROJECT.NAME",
        ),
        ("{resource: connection., reason: x}", "4:6 ignore_drift[0].resource: 'connection.' is no address; this kind has addresses such as connection.NAME"),
        ("{resource: 'recipies.*', reason: x}", "4:6 ignore_drift[0].resource: 'recipies.*' fits no kind of resource; did you mean 'recipe'?"),
        ("text", "4:5 ignore_drift[0]: must be a mapping, not text"),
    ],
)  # fmt: skip
def test_wrong_rules(write: Write, kinds: Kinds, rule: str, expected: str) -> None:
    assert refused(write, kinds, f"ignore_drift:\n  - {rule}\n") == [f"project.yml:{expected}"]


def test_a_rule_that_stands_twice_is_refused_with_both_places(write: Write, kinds: Kinds) -> None:
    text = "ignore_drift: [{resource: project.DEMO, fields: [a, b], reason: x}]\n"
    policy = "ignore_drift: [{resource: project.DEMO, fields: [b, a], reason: y}, {resource: project.DEMO, reason: z}]"
    assert refused(write, kinds, text, {".dataiku/drift-policy.yml": policy}) == [
        ".dataiku/drift-policy.yml:1:17 ignore_drift[0].resource: this rule for 'project.DEMO' stands here twice, first at "
        "project.yml:3:16 ignore_drift[0]"
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("ignore_drfit: []", "1:1 ignore_drfit: unknown key 'ignore_drfit'; did you mean 'ignore_drift'?"),
        ("datasets: []", "1:1 datasets: 'datasets' does not belong in a file of ignore_drift; move it to project.yml or a file in datasets/"),
        ("removed: []", "1:1 removed: 'removed' does not belong in a file of ignore_drift; move it to project.yml"),
        ("ignore_drift: {}", "1:1 ignore_drift: must be a list, each item beginning with '-'"),
        ("[]", "1:1: the file must be a mapping, not a list"),
    ],
)  # fmt: skip
def test_wrong_drift_policies(write: Write, kinds: Kinds, policy: str, expected: str) -> None:
    assert refused(write, kinds, "", {".dataiku/drift-policy.yml": policy}) == [f".dataiku/drift-policy.yml:{expected}"]


def test_what_is_removed(write: Write, kinds: Kinds) -> None:
    text = "removed:\n  - {resource: dataset.DEMO.OLD}\n  - {resource: connection.a.b, forget: true}\n"
    assert loaded(write, kinds, text).removed == (
        Removed("dataset.DEMO.OLD", False, Location("project.yml", 4, 5)),
        Removed("connection.a.b", True, Location("project.yml", 5, 5)),
    )
    text = "removed:\n  dataset.DEMO.OLD:\n  connection.a.b: {forget: true}\n"
    assert loaded(write, kinds, text).removed == (
        Removed("dataset.DEMO.OLD", False, Location("project.yml", 4, 3)),
        Removed("connection.a.b", True, Location("project.yml", 5, 3)),
    )


@pytest.mark.parametrize(
    ("removed", "expected"),
    [
        (
            "[{resource: dataset.DEMO.ROWS}]",
            "removed[0].resource: 'dataset.DEMO.ROWS' is still declared, at project.yml:2:12 datasets[0]: take out one of the two",
        ),
        (
            "{project.DEMO: {forget: true}}",
            "removed[0].resource: 'project.DEMO' is still declared, at project.yml:1:1 project: take out one of the two",
        ),
        (
            "[{resource: dataset.DEMO.A}, {resource: dataset.DEMO.A, forget: true}]",
            "removed[1].resource: 'dataset.DEMO.A' stands here twice, first at project.yml:3:11 removed[0]",
        ),
        (
            "[{resource: dataset.OTHER.A}]",
            "removed[0].resource: 'dataset.OTHER.A' belongs to another project than DEMO",
        ),
        (
            "[{resource: 'dataset.DEMO.*'}]",
            "removed[0].resource: 'dataset.DEMO.*' is no address; this kind has addresses such as dataset.PROJECT.NAME",
        ),
        (
            "{datset.DEMO.A: }",
            "removed[0].resource: 'datset.DEMO.A' is no address, because there is no kind 'datset'; did you mean 'dataset'?",
        ),
        ("[{resource: dataset.DEMO.OLD, forget: 'yes'}]", "removed[0].forget: must be true or false, not text"),
        ("{dataset.DEMO.A: {forgt: true}}", "removed[0].forgt: unknown key 'forgt'; did you mean 'forget'?"),
        ("{dataset.DEMO.A: true}", "removed[0]: must be a mapping, not true or false"),
        (
            "{dataset.DEMO.A: {resource: dataset.DEMO.B}}",
            "removed.dataset.DEMO.A.resource: stands in a list only: the key is the address",
        ),
        ("[{forget: true}]", "removed[0].resource: 'resource' is missing"),
        ("dataset.DEMO.A", "removed: must be a list, each item beginning with '-'"),
    ],
)
def test_wrong_removals(write: Write, kinds: Kinds, removed: str, expected: str) -> None:
    (problem,) = refused(write, kinds, f"removed: {removed}\n")
    assert problem.startswith("project.yml:3:")
    assert problem.partition(" ")[2] == expected


def test_a_removal_needs_its_project(kinds: Kinds) -> None:
    with pytest.raises(ConfigurationError, match="than this configuration, which declares none"):
        load({"connections": [{"name": "c"}], "removed": [{"resource": "dataset.A.B"}]}, kinds=kinds)


def test_lenient_loading_ignores_unknown_keys_only(write: Write, kinds: Kinds) -> None:
    folder = write({"project.yml": HEAD + "ignore_drift: [{resource: project.DEMO, reason: x, by: me}]"})
    found = load(folder, kinds=kinds, strict=False)
    assert [rule.reason for rule in found.ignore_drift] == ["x"]
    assert [warning.path for warning in found.warnings] == ["ignore_drift[0].by"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.dates()
    | st.sampled_from(["", "x", "dss", "s3", "local", "hybrid", "alert_only", "2030-01-20", "dataset.A.x", "*", "https://x"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "resource", "fields", "reason", "expires", "forget", "dataset.A.x", "drift_policy", "require_approval",
            "require_tests", "audit_log", "enabled", "destination", "dev", "host", "api_key_file", "type", "local", "path",
            "remote", "bucket", "prefix", "region", "cache", "name", "dataiku_host", "ignore_drift",
        ]),
        inner,
        max_size=4,
    ),
    max_leaves=10,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.fixed_dictionaries({}, optional={"ignore_drift": VALUES, "removed": VALUES}),
    environment=st.fixed_dictionaries({}, optional={"environment": VALUES, "settings": VALUES}),
    tool=st.fixed_dictionaries({}, optional={"dataiku": VALUES, "state_backend": VALUES}),
    policy=VALUES,
    strict=st.booleans(),
)
def test_whatever_is_written_is_loaded_or_refused_in_sentences(
    tmp_path: Path,
    kinds_of_session: Kinds,
    content: dict[str, t.Any],
    environment: dict[str, t.Any],
    tool: dict[str, t.Any],
    policy: t.Any,
    strict: bool,
) -> None:
    import yaml

    for name, value in {
        "project.yml": {"project": {"key": "A"}, **content},
        "environments/dev.yml": environment,
        ".dataiku/config.yml": tool,
        ".dataiku/drift-policy.yml": policy,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(yaml.safe_dump(value))
    try:
        found = load(tmp_path, kinds=kinds_of_session, environment="dev", strict=strict)
    except ConfigurationError as error:
        assert error.problems
        assert all("\n" not in problem.message and problem.location.file for problem in error.problems)
    else:
        assert all(rule.resource and rule.reason for rule in found.ignore_drift)
        assert found.settings.drift_policy in (None, "alert_only", "auto_correct")
