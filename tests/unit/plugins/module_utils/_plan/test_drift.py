# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Causes and what is left alone, from three documents: declared, actual, recorded."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import dataclass, replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Neighbours, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Secret, compare
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.drift import (
    Judged,
    covers,
    expired,
    findings,
    judged,
    with_changed_secrets,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, Rewritten

KIND = KINDS["dataset"]
TODAY = datetime.date(2026, 3, 1)


@dataclass(frozen=True)
class Rule:
    resource: str
    fields: tuple[str, ...] = ()
    reason: str = "agreed"
    expires: datetime.date | None = None
    location: Location = Location()


def record(declared: dict[str, t.Any], **more: t.Any) -> Recorded:
    return Recorded("dataset.P.d", "dataset", "d", "d", declared, **more)


def verdict(
    declared: dict[str, t.Any], actual: dict[str, t.Any], recorded: Recorded | None, **options: t.Any
) -> Judged:
    resource = Resource("dataset", "P", "d", declared, rules=KIND.rules)
    found = compare(declared, actual, KIND.rules)
    return judged(KIND, resource, declared, actual, found, recorded, Options(today=TODAY, **options))


def causes(of: Judged) -> dict[str, str | None]:
    return {change.path: change.cause for change in of.changes}


@pytest.mark.parametrize(
    ("recorded", "actual", "declared", "cause"),
    [
        ("a", "a", "b", "config"),
        ("a", "b", "a", "drift"),
        ("a", "b", "c", "both"),
        (None, "b", "a", "both"),  # nobody had declared it, and somebody set it
        ("a", None, "a", "drift"),
        ("a", None, "b", "both"),
        ("a", "a", None, "config"),
    ],
)
@pytest.mark.parametrize("path", ["shortDesc", "formatType"])
def test_the_cause_of_one_value(path: str, recorded: t.Any, actual: t.Any, declared: t.Any, cause: str) -> None:
    found = verdict({path: declared}, {path: actual}, record({path: recorded}))
    assert causes(found) == {path: cause}


def test_what_nobody_recorded_is_our_decision() -> None:
    assert causes(verdict({"shortDesc": "b"}, {"shortDesc": "a"}, None)) == {"shortDesc": "config"}
    assert causes(verdict({"shortDesc": "b"}, {"shortDesc": "a"}, record({}))) == {"shortDesc": "config"}


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_what_was_not_applied_for_sure_is_no_drift(status: t.Any) -> None:
    found = verdict({"shortDesc": "a"}, {"shortDesc": "b"}, record({"shortDesc": "a"}, status=status), on_drift="keep")
    assert causes(found) == {"shortDesc": "config"} and found.left == []


def test_a_part_of_a_changed_whole_is_touched() -> None:
    columns = [{"name": "a", "type": "string"}]
    more = [*columns, {"name": "b", "type": "int"}]
    found = verdict(
        {"schema": {"columns": columns}}, {"schema": {"columns": more}}, record({"schema": {"columns": columns}})
    )
    assert causes(found) == {"schema.columns[b]": "drift"}


def test_a_rewritten_value_is_no_difference_and_another_one_is() -> None:
    recorded = record({"shortDesc": "a"}, rewritten=(Rewritten("shortDesc", "a", "A"),))
    assert verdict({"shortDesc": "a"}, {"shortDesc": "A"}, recorded).changes == []
    assert causes(verdict({"shortDesc": "a"}, {"shortDesc": "b"}, recorded)) == {"shortDesc": "drift"}
    assert causes(verdict({"shortDesc": "c"}, {"shortDesc": "A"}, recorded)) == {"shortDesc": "config"}


def test_what_is_kept_is_recorded_as_it_was() -> None:
    found = verdict(
        {"shortDesc": "new", "tags": ["x"]},
        {"shortDesc": "old", "tags": ["theirs"]},
        record({"shortDesc": "old", "tags": ["x"]}),
        on_drift="keep",
    )
    assert causes(found) == {"shortDesc": "config"}
    assert [entry.change.path for entry in found.left] == ["tags"]
    assert found.record == {"shortDesc": "new", "tags": ["x"]}


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rule("dataset.P.d"), True),
        (Rule("dataset.*"), True),
        (Rule("dataset.P.d", ("short_description",)), True),
        (Rule("dataset.P.d", ("shortDesc",)), True),
        (Rule("dataset.P.d", ("tags",)), False),
        (Rule("dataset.P.d", expires=TODAY), True),
        (Rule("dataset.P.d", expires=TODAY - datetime.timedelta(days=1)), False),
        (Rule("dataset.P.e"), False),
    ],
)
def test_rules(rule: Rule, left: bool) -> None:
    found = verdict({"shortDesc": "a"}, {"shortDesc": "b"}, record({"shortDesc": "a"}), ignored=(rule,))
    assert bool(found.left) is left and bool(found.changes) is not left


def test_a_rule_is_no_licence_to_ignore_our_own_change() -> None:
    rules = (Rule("*"),)
    assert causes(verdict({"shortDesc": "c"}, {"shortDesc": "a"}, record({"shortDesc": "a"}), ignored=rules))
    both = verdict({"shortDesc": "c"}, {"shortDesc": "b"}, record({"shortDesc": "a"}), ignored=rules)
    assert causes(both) == {"shortDesc": "both"}


def test_an_expired_rule_is_a_finding_with_its_reason() -> None:
    rule = Rule("dataset.P.d", expires=datetime.date(2026, 2, 28))
    options = Options(today=TODAY, ignored=(rule, Rule("x", expires=TODAY), Rule("y")))
    (finding,) = findings(options)
    assert finding.severity == "warning" and "dataset.P.d (agreed) expired on 2026-02-28" in finding.message
    assert expired(rule, options)


@pytest.mark.parametrize(
    ("path", "other", "covered"),
    [
        ("a", "a", True),
        ("a", "a.b", True),
        ("a", "a[x].b", True),
        ("a", "ab", False),
        ("a.b", "a", False),
        ("a", "a (order)", True),
        ("a (order)", "a[x]", True),
    ],
)
def test_paths_cover_what_is_below_them(path: str, other: str, covered: bool) -> None:
    assert covers(path, other) is covered


# Secrets --------------------------------------------------------------------------------------------------------------


def connection(password: t.Any, property_value: str) -> Resource:
    entry = {"name": "ssl", "value": property_value, "secret": True}
    author = {"name": "pg", "type": "PostgreSQL", "params": {"password": password, "properties": [entry]}}
    kind = KINDS["connection"]

    return kind.resource(author, None, Neighbours(), Location(), "")


@pytest.mark.parametrize(
    ("password", "value", "changed"),
    [
        ("old", "old", set()),
        ("new", "old", {"params.password"}),
        ("old", "new", {"params.properties[ssl].value"}),
        ({"a": 1}, "new", {"params.password", "params.properties[ssl].value"}),
    ],
)
def test_secrets_are_marked_where_their_fingerprint_is_another(password: t.Any, value: str, changed: set[str]) -> None:
    former = connection("old", "old")
    declared = {
        **former.declared,
        "params": {
            "password": Fingerprint.of("old", "00"),
            "properties": [{"name": "ssl", "value": Fingerprint.of("old", "00"), "secret": True}],
        },
    }
    recorded = Recorded("connection.pg", "connection", "pg", "pg", declared)
    marked = with_changed_secrets(connection(password, value), recorded)
    assert {path for path, rule in marked.rules.items() if rule == Secret(changed=True)} == changed


def test_without_a_record_no_secret_is_marked() -> None:
    resource = connection("a", "b")
    assert with_changed_secrets(resource, None) is resource
    assert with_changed_secrets(resource, replace(record({}), kind="connection")) is resource
