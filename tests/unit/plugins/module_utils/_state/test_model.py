# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state as a file: what is written is what is read, and what cannot be read is refused with a way out."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint, as_plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import (
    Reading,
    Recorded,
    Rewritten,
    State,
    UnusableState,
    Version,
    digest_of,
    dump,
    load,
    new_state,
    succeeded,
)
from hypothesis import given
from hypothesis import strategies as st

STATE = State(
    environment="prod",
    project="P",
    lineage="6f6e",
    salt="00ff",
    serial=3,
    updated_at="2026-03-01T00:00:00.000Z",
    resources={
        "dataset.P.d": Recorded(
            "dataset.P.d",
            "dataset",
            "d",
            "d",
            {"params": {"password": Fingerprint.of("hunter22", "00ff"), "n": 1.5}, "tags": ["ü", None]},
            rewritten=(Rewritten("shortDesc", "a", None), Rewritten("params.key", Fingerprint.of("k", "00ff"), "x")),
            dependencies=("project.P",),
            prevent_destroy=True,
            deployed_at="2026-03-01T00:00:00.000Z",
            deployed_by="anna",
            status="failed",
        ),
        "connection.c": Recorded("connection.c", "connection", "c", "c", owner="P"),
    },
    reading=Reading("master", "abc", frozenset({"dataset.P.d"}), ("recipe.P.theirs",), "2026-03-01T00:00:00+00:00"),
    versions=(Version(3, "2026-03-01T00:00:00.000Z", "anna", "apply", "run1"),),
)


def test_a_state_is_read_as_it_was_written() -> None:
    assert load(dump(STATE), "here", "prod", "P") == STATE
    assert dump(load(dump(STATE), "here", "prod", "P")) == dump(STATE)
    assert b"hunter22" not in dump(STATE)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), values, max_size=3))
def test_whatever_is_declared_is_read_as_it_was_written(declared: dict[str, t.Any]) -> None:
    state = State(
        "prod", "P", "l", "00", resources={"dataset.P.d": Recorded("dataset.P.d", "dataset", "d", "d", declared)}
    )
    assert load(dump(state), "here", "prod", "P") == state


def test_equal_states_are_equal_files() -> None:
    turned = dict(reversed(list(STATE.resources.items())))
    assert dump(State(**{**vars(STATE), "resources": turned})) == dump(STATE)


def test_each_resource_has_a_line_of_its_own() -> None:
    lines = dump(STATE).decode().splitlines()
    assert [line.split('"')[1] for line in lines if line.startswith('  "')] == sorted(STATE.resources)
    assert json.loads(dump(STATE))["resources"].keys() == STATE.resources.keys()


def test_the_digest_of_a_secret_is_that_of_what_stands_for_it() -> None:
    declared = STATE.resources["dataset.P.d"].declared
    assert digest_of(declared) == digest_of(json.loads(json.dumps(declared, default=as_plain)))


@pytest.mark.parametrize("place", range(0, len(dump(STATE)) - 1, 97))
def test_a_truncated_state_is_refused(place: int) -> None:
    with pytest.raises(UnusableState, match=r"here is damaged.*nothing was overwritten.*action: restore"):
        load(dump(STATE)[:place], "here", "prod", "P")


def test_a_state_with_one_changed_value_is_refused() -> None:
    with pytest.raises(UnusableState, match="checksum"):
        load(dump(STATE).replace(b'"serial": 3', b'"serial": 4'), "here", "prod", "P")


def changed(**fields: t.Any) -> bytes:
    """A state with other fields whose checksum is right."""
    body = {**json.loads(dump(STATE)), **fields}
    del body["checksum"]
    return json.dumps({**body, "checksum": digest_of(body)}).encode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"version": 2}, "version 2, this collection reads up to 1: update the collection"),
        ({"version": "1"}, "update the collection"),
        ({"format": "terraform"}, "is not a state of this collection"),
        ({"environment": "dev"}, "the state of P in dev, not of P in prod"),
        ({"project": "Q"}, "the state of Q in prod, not of P in prod"),
        ({"resources": {"dataset.P.d": {}}}, "damaged"),
        ({"resources": []}, "damaged"),
        ({"reading": {"branch": "x"}}, "damaged"),
        ({"versions": [{"serial": 1}]}, "damaged"),
        ({"serial": "three"}, "damaged"),
    ],
)
def test_what_is_no_state_of_ours_is_refused(fields: dict[str, t.Any], words: str) -> None:
    with pytest.raises(UnusableState, match=words):
        load(changed(**fields), "here", "prod", "P")


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"\xff\xfe", b'"text"'])
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableState):
        load(data, "here", "prod", "P")


def test_a_new_state_has_a_lineage_and_a_salt_of_its_own() -> None:
    one, other = new_state("prod", "P"), new_state("prod", "P")
    assert one.lineage != other.lineage and one.salt != other.salt
    assert (one.serial, succeeded(one).serial, succeeded(one).lineage) == (0, 1, one.lineage)
