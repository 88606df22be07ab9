# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML that says exactly what it was given, and file names that no system mixes up."""

from __future__ import annotations

import typing as t
import unicodedata

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Verbatim, plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.names import file_stems
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.yaml_text import Unsafe, yaml_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(
    alphabet=" \t\n\rab:#-'\"|>{}[]&*!%@`~,?0e.$\u2028\x85\ufeff\ufffe"
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))


def read(text: str) -> t.Any:
    return parse(text.encode("utf-8"), "project.yml")


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
@example({"a": "1e3", "b": "yes", "c": "<<", "d": 1e30, "e": "a\n\n", "f": " a\nb", "g": "\ta\nb"})
def test_yaml_is_read_back_as_it_was(values: dict[str, t.Any]) -> None:
    assert plain(read(yaml_of(values))) == values


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_unsafe_text_is_verbatim(text: str) -> None:
    found = read(yaml_of({"a": [{"b": Unsafe(text)}]}))["a"][0]["b"]
    assert isinstance(found, Verbatim)
    assert found == text


def test_yaml_is_made_for_people() -> None:
    columns = [{"name": "id", "type": "bigint"}, {"name": "note", "type": "string", "comment": "a, b"}]
    content = {
        "version": "1.0",
        "datasets": [{"name": "orders", "schema": columns, "tags": ["a"], "params": {}, "description": "One\ntwo\n"}],
    }
    assert yaml_of(content) == (
        'version: "1.0"\n'
        "\n"
        "datasets:\n"
        "  - name: orders\n"
        "    schema:\n"
        "      - {name: id, type: bigint}\n"
        '      - {name: note, type: string, comment: "a, b"}\n'
        "    tags:\n"
        "      - a\n"
        "    params: {}\n"
        "    description: |\n"
        "      One\n"
        "      two\n"
    )


@given(st.lists(TEXTS, unique=True, max_size=8))
@settings(max_examples=200, deadline=None)
def test_no_file_system_mixes_up_two_names(names: list[str]) -> None:
    stems = file_stems(names)
    assert stems == file_stems(reversed(names))
    assert len({unicodedata.normalize("NFKC", stem).casefold() for stem in stems.values()}) == len(names)
    for stem in stems.values():
        assert stem and stem[0] not in ".-" and not set(stem) & set('/\\:*?"<>|\0\n') and stem[-1] not in ". "
        assert len(stem.encode("utf-8")) <= 130


@pytest.mark.parametrize("name", ["a/b", "..", "CON", "nul.txt", "x" * 300, "", "a:b", " a ", "-rf", "a\nb", "e\u0301"])
def test_a_name_that_is_no_file_name_gets_a_digest(name: str) -> None:
    assert file_stems([name])[name] != name


def test_names_that_differ_only_in_case_both_get_a_digest() -> None:
    stems = file_stems(["Orders", "orders", "other"])
    assert stems["other"] == "other"
    assert stems["Orders"].startswith("Orders-") and stems["orders"].startswith("orders-")
