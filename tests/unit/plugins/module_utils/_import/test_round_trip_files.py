# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A YAML file that is changed keeps what nobody changed."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.round_trip import (
    YamlFile,
    key_at,
    merged_value,
    node_of,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.yaml_text import Unsafe

TEXT = """\
# The flow
datasets:
  - name: 'orders'   # of the shop
    tags: [a, "b"]
    # in the order of the source
    schema:
      - {name: id, type: bigint}  # key
      - name: note
        type: string # free text
    description: "{{ words }}"
    params:
      table: ${TABLE}
      mode: yes
"""
CURRENT: dict[str, t.Any] = {
    "name": "orders",
    "tags": ["a", "b"],
    "schema": [{"name": "id", "type": "bigint"}, {"name": "note", "type": "string"}],
    "description": "Words",
    "params": {"table": "t1", "mode": True},
}


def changed(**fields: t.Any) -> str:
    file = YamlFile(TEXT.encode(), "a.yml")
    node = file.root["datasets"][0]
    for name, value in fields.items():
        node[name] = merged_value(node[name], CURRENT[name], value, value)
    return file.data().decode()


def test_a_file_that_is_not_changed_is_the_same() -> None:
    assert changed() == TEXT
    assert changed(schema=CURRENT["schema"], params=CURRENT["params"]) == TEXT


def test_only_the_leaf_that_differs_is_new_and_comments_stay() -> None:
    wanted = [{"name": "id", "type": "bigint"}, {"name": "note", "type": "text"}]
    assert changed(schema=wanted) == TEXT.replace("type: string #", "type: text   #")


def test_a_variable_whose_value_is_still_right_stays_a_variable() -> None:
    assert changed(params={"table": "t1", "mode": False}) == TEXT.replace("mode: yes", "mode: false")


def test_members_come_and_go_in_their_places() -> None:
    wanted = [{"name": "new", "type": "date"}, {"name": "note", "type": "string"}]
    text = changed(schema=wanted)
    assert "      - {name: new, type: date}\n      - name: note\n        type: string # free text\n" in text
    assert "id" not in text


def test_a_list_in_another_order_is_written_anew() -> None:
    assert "- {name: note, type: string}\n      - {name: id, type: bigint}\n" in changed(schema=CURRENT["schema"][::-1])


def test_new_text_is_written_as_a_new_file_would_have_it() -> None:
    text = changed(description=Unsafe("{{ a }}\nb"), params={"table": "t1", "more": {"a": None}})
    assert "    description: !unsafe |-\n      {{ a }}\n      b\n" in text
    assert "      more:\n        a: null\n" in text and "mode" not in text


def test_line_ends_and_indentation_stay() -> None:
    data = b"---\r\n# c\r\ndatasets:\r\n- name: a\r\n  tags:\r\n  - x\r\n"
    file = YamlFile(data, "a.yml")
    assert file.data() == data
    file.root["datasets"][0]["tags"].append("y")
    assert file.data() == data + b"  - y\r\n"


def test_what_stands_between_members_and_sections_stays_between_them() -> None:
    text = "datasets:\n  - name: a\n    tags:\n      - x\n\n  # b is next\n  - name: b\n\n  # c\n  - name: c\n\nrecipes:\n  - name: r\n"
    file = YamlFile(text.encode(), "a.yml")
    datasets = file.root["datasets"]
    datasets[0]["managed"] = True
    del datasets[1]
    datasets.append(node_of([{"name": "d"}])[0])
    assert file.data().decode() == (
        "datasets:\n  - name: a\n    tags:\n      - x\n    managed: true\n\n  # b is next\n\n  # c\n  - name: c\n"
        "  - name: d\n\nrecipes:\n  - name: r\n"
    )


def test_a_key_is_found_by_its_place() -> None:
    file = YamlFile(b"datasets:\n  - name: a\n    formatType: csv\n", "a.yml")
    assert file.item_at(2) is not None and file.item_at(3) is None
    assert key_at(file.root["datasets"][0], 3, 5) == "formatType"
    assert key_at(file.root["datasets"][0], 4, 5) is None


def test_a_file_that_is_no_yaml_is_named() -> None:
    with pytest.raises(DssError, match=r"^a\.yml cannot be changed and keep its comments"):
        YamlFile(b"a: [", "a.yml")
