# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which values are secret, and that they are found in every form."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import is_secret, redacted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._secrets import option_secrets, scrubbed, secret_values


@pytest.mark.parametrize(
    "path",
    ["password", "params.secretKey", "a.apiKey[0]", "deep.password.value", "props[db_password].value", "webhookUrl"],
)
def test_a_path_with_the_name_of_a_secret_is_secret(path: str) -> None:
    assert is_secret(path)


@pytest.mark.parametrize(
    "path", ["name", "credentialsMode", "steps[refresh token].params.code", "params.tokenizer", "key"]
)
def test_another_path_is_not(path: str) -> None:
    assert not is_secret(path)


@pytest.mark.parametrize(
    "value",
    [
        {"password": "hidden-1"},
        {"password": ["hidden-1"]},
        {"secret": {"a": {"b": "hidden-1"}}},
        [{"name": "apiToken", "value": "hidden-1"}],
        {"properties": [{"name": "x", "value": "hidden-1", "secret": True}]},
    ],
)
def test_secrets_are_found_at_any_depth(value: t.Any) -> None:
    assert secret_values(value) == {"hidden-1"}
    assert "hidden-1" not in json.dumps(redacted(value, is_secret))


def test_numbers_are_secrets_too_and_what_is_short_is_not_searched_for() -> None:
    assert secret_values({"password": 123456, "token": 1, "secret": True}) == {"123456"}


def test_an_option_is_no_secret_for_its_name() -> None:
    assert option_secrets({"update_secrets": "on_create", "api_key": "the-key"}) == {"the-key"}


@pytest.mark.parametrize("secret", ["simple", 'with "quotes"', "back\\slash", "üñîcode", "two\nlines", " blanks "])
def test_a_secret_is_replaced_in_every_form_and_place(secret: str) -> None:
    texts = [
        secret,
        f"x{secret}y",
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
        f"'{secret.strip()}'",
    ]
    value = {"list": texts, f"key {secret}": {"deep": [texts]}}
    assert secret.strip() not in json.dumps(scrubbed(value, {secret}), ensure_ascii=False)
    for form in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        assert not any(form in text for text in scrubbed(value, {secret})["list"])


def test_nothing_else_changes() -> None:
    value = {"a": [1, None, True, "text"], "b": 2.5}
    assert scrubbed(value, {"hidden"}) == value
    assert scrubbed(value, set()) is value
