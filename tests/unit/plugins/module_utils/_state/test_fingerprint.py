# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fingerprints stand for secrets: they compare like them, and nobody reads them."""

from __future__ import annotations

import copy
import json
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import is_secret
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import same
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import (
    Fingerprint,
    Places,
    as_plain,
    behind,
    covered_carefully,
    fingerprinted,
    from_plain,
    holds_fingerprint,
)
from hypothesis import given, settings
from hypothesis import strategies as st

SALT, OTHER_SALT = "00ff", "ff00"
DOCUMENT: dict[str, t.Any] = {
    "params": {"host": "db", "password": "hunter22", "apiKey": {"a": [1, "x"]}, "secretName": "shown"},
    "properties": [
        {"name": "ssl", "value": "on"},
        {"name": "sslpassword", "value": "hidden1"},
        {"name": "x", "value": "hidden2", "secret": True},
    ],
    "code": "connect('known-secret')",
    "tokens": None,
    "token": "",
}


def written(value: t.Any) -> str:
    return json.dumps(value, default=as_plain)


def covered() -> t.Any:
    return fingerprinted(DOCUMENT, Places(is_secret), ["known-secret"], SALT)


@pytest.mark.parametrize("value", ["x", "", "ü\ud800", 12, 1.5, ["a"], {"b": {"c": 1}, "a": 2}])
def test_a_fingerprint_equals_what_it_stands_for_and_nothing_else(value: t.Any) -> None:
    mark = Fingerprint.of(value, SALT)
    assert mark == value and same(value, mark) and same(mark, value)
    assert mark == Fingerprint.of(copy.deepcopy(value), SALT)
    assert mark != "something else" and not same(mark, "something else")


def test_one_secret_has_another_fingerprint_under_another_salt() -> None:
    assert Fingerprint.of("x", SALT).digest != Fingerprint.of("x", OTHER_SALT).digest
    assert Fingerprint.of("x", OTHER_SALT) == "x"


def test_the_order_of_the_keys_of_a_secret_means_nothing() -> None:
    assert Fingerprint.of({"a": 1, "b": 2}, SALT) == {"b": 2, "a": 1}


def test_everything_below_a_secret_name_and_every_text_with_a_known_secret_is_covered() -> None:
    text = written(covered())
    for secret in ("hunter22", "hidden1", "hidden2", "known-secret", '"x"]'):
        assert secret not in text
    for shown in ("db", "shown", "on", "sslpassword"):
        assert shown in text
    assert covered() == DOCUMENT
    assert covered()["token"] == "" and covered()["tokens"] is None
    assert covered()["properties"][2]["secret"] is True


def test_covering_twice_changes_nothing() -> None:
    again = fingerprinted(covered(), Places(is_secret), ["known-secret"], OTHER_SALT)
    assert written(again) == written(covered())


def test_json_and_back() -> None:
    plain = json.loads(written(covered()))
    assert json.loads(written(from_plain(plain))) == plain
    assert from_plain(plain) == DOCUMENT
    assert holds_fingerprint(from_plain(plain)) and not holds_fingerprint(DOCUMENT)


@pytest.mark.parametrize("text", [repr, str, "{}".format])
def test_a_fingerprint_prints_as_a_secret(text: t.Callable[[t.Any], str]) -> None:
    assert text(Fingerprint.of("hunter22", SALT)) == "(sensitive)"


def test_what_is_no_fingerprint_is_refused() -> None:
    with pytest.raises(ValueError, match="fromhex"):
        from_plain({"$fingerprint": "no hexadecimal:x"})


def test_what_stands_behind_fingerprints_is_found_where_it_still_is() -> None:
    assert set(behind(covered(), DOCUMENT)) == {"hunter22", "hidden1", "hidden2", "connect('known-secret')"}
    assert set(behind(covered(), {"code": "other", "params": {"password": ["hunter22"]}})) == set()


names = st.sampled_from(["a", "name", "value", "secret", "password", "tokens", "token", "api.key"])
leaves = (
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from(["", "x", "known-secret", "a known-secret b", "token"])
)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=8
)


@given(documents, st.sampled_from([(), ("known-secret",), ("x", "other")]))
@settings(max_examples=60)
def test_the_quick_look_never_leaves_a_secret_uncovered(document: t.Any, secrets: tuple[str, ...]) -> None:
    places = Places(is_secret)
    carefully = covered_carefully(document, is_secret, secrets, SALT, "")
    for _time in range(2):  # the second one meets places that are known
        assert written(fingerprinted(document, places, secrets, SALT)) == written(carefully)


def test_what_holds_no_secret_is_not_copied() -> None:
    document = {"params": {"host": "db", "list": [{"name": "ssl", "value": "on"}]}}
    assert fingerprinted(document, Places(is_secret), ["known-secret"], SALT) is document


@given(st.lists(st.sampled_from(["password", "pass", "word", "tokens", "token", "secretName", "a"]), min_size=1))
def test_a_path_is_secret_if_one_of_its_names_is(parts: list[str]) -> None:
    assert is_secret(".".join(parts)) == any(map(is_secret, parts))
    assert is_secret("[x].".join(parts)) == any(map(is_secret, parts))
