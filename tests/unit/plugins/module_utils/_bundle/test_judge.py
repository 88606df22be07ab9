# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A remapping is judged before anything moves: the five wrong cases, and what cannot be known."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.judge import judge
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.places import expanded, machine_of, place_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.rows import Finding, Row, errors, table
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.sides import Side, Use, Uses
from ansible_collections.dataiku_iac.dss.plugins.module_utils._remapping import Remapping


def postgres(host: str = "dev.example.com", **more: t.Any) -> dict[str, t.Any]:
    params = {"host": host, "port": 5432, "db": "dss", "user": "dss", **more.pop("params", {})}
    return {"type": "PostgreSQL", "params": params, "allowWrite": True, "usableBy": "ALL", **more}


def table_use(name: str = "orders", written: bool = True, **params: t.Any) -> Use:
    given = {"connection": "pg_dev", "mode": "table", "schema": "public", "table": "${projectKey}_" + name, **params}
    return Use("pg_dev", "dataset", name, "PostgreSQL", given, written, written)


USES = Uses("FLOW", (table_use(),))
SOURCE = Side("localhost", "home of dev", {"pg_dev": postgres()})
TARGET = Side("prod.example.com", "home of prod", {"pg_prod": postgres("prod.example.com")}, groups=frozenset({"ops"}))
MAPPED = Remapping(connections={"pg_dev": "pg_prod"})


def found(
    target: Side = TARGET, uses: Uses = USES, remapping: Remapping = MAPPED, source: Side | None = SOURCE
) -> t.Any:
    return [
        (row.target, finding.severity, finding.code)
        for row in judge(uses, source, target, remapping)
        for finding in row.findings
    ]


def offering(**definition: t.Any) -> Side:
    return replace(TARGET, definitions={"pg_prod": {**postgres("prod.example.com"), **definition}})


def test_a_right_remapping_has_no_findings() -> None:
    assert found() == []
    assert errors(judge(USES, SOURCE, TARGET, MAPPED)) == []


@pytest.mark.parametrize(
    ("target", "code", "text"),
    [
        (replace(TARGET, definitions={}), "missing", "connection pg_prod is missing on the target: make it there"),
        (offering(type="MySQL"), "type", "connection pg_prod has type MySQL and not PostgreSQL"),
        (offering(allowWrite=False), "not_writable", "connection pg_prod may not be written, but dataset orders is"),
        (offering(usableBy="ALLOWED", allowedGroups=["finance"]), "not_allowed", "is for the groups finance, to which"),
        (offering(allowManagedDatasets=False), "not_allowed", "takes no managed datasets, such as dataset orders"),
        (
            replace(TARGET, definitions={"pg_prod": postgres("DEV.example.com.", params={"user": "other"})}),
            "same_table",
            "dataset orders (public.FLOW_orders) would be written where the source has it",
        ),
    ],
    ids=["missing", "other type", "not writable", "not allowed", "no managed datasets", "same table"],
)
def test_each_wrong_case_is_an_error(target: Side, code: str, text: str) -> None:
    rows = judge(USES, SOURCE, target, MAPPED)
    assert [finding.code for row in rows for finding in row.findings if finding.severity == "error"] == [code]
    (message,) = errors(rows)
    assert message.startswith("connection pg_dev -> pg_prod: ")
    assert text in message


def test_a_name_without_an_entry_must_be_there_itself() -> None:
    assert found(remapping=Remapping()) == [("pg_dev", "error", "missing")]
    same = replace(TARGET, definitions={"pg_dev": postgres("prod.example.com")})
    assert found(same, remapping=Remapping()) == []
    assert found(replace(TARGET, definitions={"pg_dev": postgres()}), remapping=Remapping()) == [
        ("pg_dev", "error", "same_table")
    ]


def test_what_is_only_read_may_be_one_place_and_needs_no_right_to_write() -> None:
    shared = replace(TARGET, definitions={"pg_prod": postgres(allowWrite=False)})
    assert found(shared, Uses("FLOW", (table_use(written=False),))) == [("pg_prod", "note", "same_table")]


def test_an_entry_that_nobody_uses_only_warns() -> None:
    rows = judge(Uses("FLOW"), SOURCE, TARGET, Remapping({"old": "gone"}, {"py": "gone"}, {"small": "gone"}))
    assert {finding.severity for row in rows for finding in row.findings} == {"warning"}
    assert len(rows) == 3


def test_variables_are_those_of_each_side() -> None:
    one = replace(TARGET, definitions={"pg_prod": postgres()})
    uses = Uses("FLOW", (table_use(schema="${schema}"),), standard={"schema": "work"})
    assert found(one, uses) == [("pg_prod", "error", "same_table")]
    assert found(replace(one, local={"schema": "prod"}), uses) == []
    assert found(replace(one, variables={"schema": "old"}), uses) == [("pg_prod", "error", "same_table")]
    assert found(one, Uses("FLOW", (table_use(schema="${unheard}"),))) == [("pg_prod", "warning", "unknown")]


def test_a_key_that_may_not_list_connections_says_what_it_cannot_judge() -> None:
    blind = replace(TARGET, definitions=None, names=frozenset({"pg_prod"}), types={"pg_prod": "MySQL"})
    assert found(blind) == [("pg_prod", "error", "type"), ("pg_prod", "warning", "unknown")]
    assert found(replace(blind, names=frozenset())) == [("pg_prod", "error", "missing")]
    assert found(replace(blind, names=None)) == [("pg_prod", "warning", "unknown")]
    assert found(source=replace(SOURCE, definitions=None)) == [("pg_prod", "warning", "unknown")]
    assert found(source=None) == [("pg_prod", "note", "unknown")]
    closed = replace(offering(usableBy="ALLOWED", allowedGroups=[]), groups=None)
    assert found(closed) == [("pg_prod", "warning", "unknown")]


def test_code_environments_and_containers() -> None:
    uses = Uses("FLOW", (), {"py_dev": ("recipe train",)}, {"small": ("the project",)})
    rich = replace(TARGET, code_envs=frozenset({"py_prod"}), containers=frozenset({"big"}))
    assert found(rich, uses, Remapping({}, {"py_dev": "py_prod"}, {"small": "big"})) == []
    assert found(rich, uses, Remapping({}, {"py_dev": "gone"}, {"small": "gone"})) == [
        ("gone", "error", "missing"),
        ("gone", "error", "missing"),
    ]
    assert found(rich, uses, Remapping()) == [("py_dev", "note", "missing"), ("small", "error", "missing")]
    (row, _other) = judge(uses, SOURCE, rich, Remapping(), "FAIL_IF_MISS")
    assert row.findings == (Finding("error", "code environment py_dev is missing on the target", "missing"),)
    assert found(TARGET, uses, Remapping()) == [("py_dev", "warning", "unknown"), ("small", "warning", "unknown")]


def s3(**params: t.Any) -> dict[str, t.Any]:
    return {"type": "EC2", "params": params}


def files(**params: t.Any) -> Use:
    return Use("c", "dataset", "d", "", params, True, True)


@pytest.mark.parametrize(
    ("use", "ours", "theirs", "same"),
    [
        (files(path="/a"), s3(chbucket="one"), s3(chbucket="two"), False),
        (files(path="/a", bucket="one"), s3(chbucket="x"), s3(chbucket="y"), True),
        (files(path="a/"), s3(defaultManagedBucket="one", accessKey="k"), s3(chbucket="one"), True),
        (files(path="/a"), s3(chbucket="one", chroot="/dev"), s3(chbucket="one", chroot="/prod"), False),
        (files(path="/a", container="c"), {"type": "Azure", "params": {"storageAccount": "x"}}, {"type": "Azure", "params": {"storageAccount": "Y"}}, False),
        (files(path="/a"), {"type": "Filesystem", "params": {"root": "/data"}}, {"type": "Filesystem", "params": {"root": "/data"}}, False),
        (files(path="/a"), {"type": "HDFS", "params": {"root": "/x"}}, {"type": "HDFS", "params": {"root": "/x/"}}, True),
        (files(path="/a"), {"type": "SSH", "params": {"host": "h"}}, {"type": "SSH", "params": {"host": "h", "port": "22"}}, True),
        (files(index="i"), {"type": "ElasticSearch", "params": {"host": "e"}}, {"type": "ElasticSearch", "params": {"host": "f"}}, False),
        (table_use(), postgres(), postgres(params={"useURL": True, "url": "jdbc:postgresql://dev.example.com/dss?ssl=1"}), True),
        (table_use(), postgres("localhost"), postgres("127.0.0.1"), False),
        (table_use(), postgres(), postgres(params={"db": "prod"}), False),
        (table_use(schema=""), postgres(params={"schema": "a"}), postgres(params={"schema": "b"}), False),
        (table_use(mode="query", table="", query="select 1"), postgres(), postgres(), None),
        (table_use(), postgres(), postgres("${db_host}"), None),
        (table_use(), postgres(params={"useURL": True, "url": ""}), postgres(), None),
        (files(path="/a"), s3(), s3(), None),
    ],
)  # fmt: skip
def test_places(use: Use, ours: dict[str, t.Any], theirs: dict[str, t.Any], same: bool | None) -> None:
    values = {"projectKey": "FLOW"}
    before, after = place_of(use, ours, values, "localhost"), place_of(use, theirs, values, "prod.example.com")
    assert (None if before is None or after is None else before[0] == after[0]) is same


def test_one_machine_with_two_nodes_has_one_file_system_but_two_homes() -> None:
    at = {"type": "Filesystem", "params": {"root": "/data"}}
    managed = {"type": "Filesystem", "params": {"root": "${dip.home}/managed_datasets"}}
    sides = [Side("localhost", home, {"c": at, "m": managed}) for home in ("home of dev", "home of prod")]
    uses = [Uses("FLOW", (replace(files(path="${projectKey}/d"), connection=name),)) for name in ("c", "m")]
    assert found(sides[1], uses[0], Remapping(), sides[0]) == [("c", "error", "same_table")]
    assert found(sides[1], uses[1], Remapping(), sides[0]) == []


def test_names_of_one_machine_and_variables() -> None:
    assert machine_of("http://127.0.0.1:11200") == machine_of("https://LOCALHOST.") == "localhost"
    assert machine_of("https://DSS.example.com:443/x") == "dss.example.com"
    assert expanded("${a}/${b}/${c}", {"a": "${b}", "b": 1}) == "1/1/${c}"


def test_the_table_has_a_line_for_each_finding() -> None:
    row = Row(
        "pg_dev",
        "pg_prod",
        "connection",
        ("a", "b", "c", "d"),
        (Finding("error", "one", "x"), Finding("note", "two", "y")),
    )
    assert table([]) == ""
    assert table([row, Row("py", "py", "code_env")]).splitlines() == [
        "kind        source  target   used by             finding",
        "connection  pg_dev  pg_prod  a, b, c and 1 more  error: one",
        "                                                 note: two",
        "code env    py      py       nothing             ok",
    ]
