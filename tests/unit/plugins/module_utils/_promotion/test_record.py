# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a promotion, on every backend; how images differ."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._promotion.image import Image, Wanted, differing, lacking
from ansible_collections.dataiku_iac.dss.plugins.module_utils._promotion.record import (
    ACCEPTED,
    OPEN,
    Record,
    Records,
    covered,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._remapping import Remapping
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Moved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.places import KINDS, Places

TABLE = {"connections": [{"source": "a", "target": "b"}]}
BEFORE = Image("v1", True, {"nightly": True}, {"standard": {"x": 1}, "local": {"y": [1]}}, {"remapping": TABLE})
RECORD = Record("run", OPEN, "v2", "sha256:0", "2026-11-27T20:00:00.000Z", "ada", BEFORE, {"hourly": True})


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    made = Places()
    yield made
    made.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_comes_back_as_it_was_written(places: Places, kind: str, tmp_path: Path) -> None:
    backend = open_backend(places.options(kind, tmp_path), tmp_path, {})
    try:
        records, others = (Records(backend, "prod", "ORDERS") for _each in range(2))
        assert records.read() is None and others.read() is None
        records.write(RECORD)
        assert records.read() == RECORD
        records.write(replace(RECORD, status=ACCEPTED))
        assert records.read() == replace(RECORD, status=ACCEPTED)
        with pytest.raises(Moved):
            others.write(RECORD)
        assert Records(backend, "staging", "ORDERS").read() is None
    finally:
        backend.close()


def test_secrets_in_variables_are_covered(tmp_path: Path) -> None:
    backend = open_backend({"type": "local", "path": str(tmp_path)}, tmp_path, {})
    local = {"api_token": "hush-hush", "inner": {"password": "hush-hush"}, "plain": "seen"}
    Records(backend, "prod", "ORDERS").write(replace(RECORD, before=replace(BEFORE, variables={"local": local})))
    found = t.cast(Record, Records(backend, "prod", "ORDERS").read()).before.local
    assert found["plain"] == "seen" and not covered(found["plain"])
    assert covered(found["api_token"]) and covered(found["inner"])
    assert "hush" not in (tmp_path / "prod/ORDERS.promotion.json").read_text()


def test_only_what_is_wanted_can_be_lacking() -> None:
    assert lacking(BEFORE, Wanted("v1")) == []
    assert lacking(BEFORE, Wanted("v2", Remapping(), {"y": [1], "z": 0}, {"nightly": False, "gone": True})) == [
        "bundle: v1 -> v2",
        "remapping of connections a: b -> none",
        "local variable z",
        "scenario nightly: on -> off",
        "scenario gone: not there -> on",
    ]
    assert lacking(Image(), Wanted("v1")) == ["bundle: none -> v1"]


def test_a_section_that_is_not_given_is_not_wanted_empty() -> None:
    assert lacking(BEFORE, Wanted("v1", Remapping.from_value({"code_envs": {}}, "remapping"))) == []


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({}, []),
        ({"bundle": "v2"}, ["bundle: v2 -> v1"]),
        ({"scenarios": {"nightly": False}}, ["scenario nightly: off -> on"]),
        ({"scenarios": {}}, []),  # a scenario that is no more cannot be switched
        (
            {"variables": {"standard": {"x": 2}, "local": {"y": [1], "new": 1}}},
            ["standard variable x", "local variable new"],
        ),
        ({"container": None}, ["remapping of connections a: none -> b"]),
        ({"container": {"remapping": {**TABLE, "codeEnvs": []}}}, []),
    ],
)
def test_what_differs_from_an_image_is_named(change: dict[str, t.Any], lines: list[str]) -> None:
    assert differing(replace(BEFORE, **change), BEFORE) == lines


def test_without_a_bundle_none_is_compared() -> None:
    assert differing(BEFORE, replace(BEFORE, bundle=None)) == []
