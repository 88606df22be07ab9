# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A remapping as users write it and as DSS stores it."""

from __future__ import annotations

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._remapping import Remapping


def test_both_spellings_give_the_same() -> None:
    short = Remapping.from_value({"connections": {"pg_dev": "pg_prod"}, "code_envs": {"a": "b"}}, "remapping")
    long = Remapping.from_value(
        {"connections": [{"source": "pg_dev", "target": "pg_prod"}], "code_envs": [{"source": "a", "target": "b"}]},
        "remapping",
    )
    assert short == long
    assert short.given == {"connections", "code_envs"}
    assert short.to_value() == {"connections": {"pg_dev": "pg_prod"}, "code_envs": {"a": "b"}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "remapping: must be a mapping with connections, code_envs and containers"),
        (
            {"connection": {}},
            "remapping.connection: has no section connection, there are connections, code_envs and containers",
        ),
        (
            {"connections": "pg"},
            "remapping.connections: must be a mapping of names to names, or a list of source and target",
        ),
        ({"containers": ["x"]}, "remapping.containers[0]: must be a mapping with source and target"),
        (
            {"containers": [{"source": "a", "target": "b", "type": "k"}]},
            "remapping.containers[0]: must be a mapping with source and target",
        ),
        ({"code_envs": {"a": ""}}, "remapping.code_envs.a: needs a name on both sides"),
        ({"code_envs": {"a": 3}}, "remapping.code_envs.a: needs a name on both sides"),
        (
            {"connections": [{"source": "a", "target": "b"}, {"source": "a", "target": "c"}]},
            "remapping.connections[1]: gives a a second time",
        ),
    ],
)
def test_a_mistake_is_one_sentence(value: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Remapping.from_value(value, "remapping")
    assert str(caught.value) == message


def test_to_dss_keeps_order_other_keys_and_sections_that_are_not_given() -> None:
    former = {
        "connections": [{"source": "b", "target": "x", "extra": 1}, {"source": "gone", "target": "y"}],
        "codeEnvs": [{"source": "py", "target": "py2"}],
        "enableContainerExecRemapping": False,
    }
    table = Remapping.from_value({"connections": {"a": "z", "b": "w"}, "containers": {"small": "big"}}, "remapping")
    document = table.to_dss(former)
    assert document == {
        "connections": [{"source": "b", "target": "w", "extra": 1}, {"source": "a", "target": "z"}],
        "codeEnvs": [{"source": "py", "target": "py2"}],
        "containerExecs": [{"source": "small", "target": "big"}],
        "enableContainerExecRemapping": True,
    }
    assert table.to_dss(document) == document
    assert former["connections"][0]["target"] == "x"


def test_one_table_over_another() -> None:
    file = Remapping.from_value({"connections": {"a": "x", "b": "y"}}, "remapping")
    host = Remapping.from_value({"connections": {"a": "z"}, "code_envs": {"py": "py2"}}, "remapping")
    assert host.over(file).to_value() == {"connections": {"a": "z", "b": "y"}, "code_envs": {"py": "py2"}}


def test_an_empty_section_empties_and_adds_nothing() -> None:
    assert Remapping.from_value({"connections": {}}, "remapping").to_dss(None) == {}
    assert Remapping.from_value({"connections": {}}, "remapping").to_dss(
        {"connections": [{"source": "a", "target": "b"}]}
    ) == {"connections": []}
    assert not Remapping.from_value({"connections": {}}, "remapping")


def test_from_dss_reads_what_is_in_force() -> None:
    stored = {
        "connections": [{"source": "a", "target": "b"}],
        "containerExecs": [{"source": "small", "target": "big"}],
        "enableContainerExecRemapping": False,
    }
    assert Remapping.from_dss(stored) == Remapping(connections={"a": "b"})
    assert Remapping.from_dss({**stored, "enableContainerExecRemapping": True}).containers == {"small": "big"}
    assert not Remapping.from_dss(None)
