# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base paths, keys, headers and errors (dss-api.md 1.1 to 1.3)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from support.sandbox import connect

from .errors import UNREADABLE, refusal


def test_an_unknown_key_is_refused(running: Any, control: Any) -> None:
    text = refusal(connect(running.url, "wrong").get_auth_info)
    assert text == "com.dataiku.dip.exceptions.NotAuthenticatedException: Unknown API Key"


def test_an_unknown_key_is_a_401_in_the_error_shape(raw: Any) -> None:
    answer = raw("GET", "/dip/publicapi/projects/", key="wrong")
    assert answer.status_code == 401
    assert {"errorType", "message", "detailedMessage", "detailedMessageHTML"} <= answer.json().keys()


def test_no_key_at_all_is_refused(raw: Any) -> None:
    assert raw("GET", "/dip/publicapi/projects/", auth=None, headers={"X-Nothing": "1"}).status_code == 401


@pytest.mark.parametrize("base", ["/dip/publicapi", "/public/api"])
def test_both_base_paths_serve_the_same_api(raw: Any, base: str) -> None:
    assert raw("GET", base + "/auth/info").json()["authIdentifier"]


@pytest.mark.parametrize("form", ["user", "password", "bearer"])
def test_every_form_of_the_key_is_accepted(running: Any, raw: Any, form: str) -> None:
    pairs = {"user": f"{running.api_key}:", "password": f":{running.api_key}"}
    if form == "bearer":
        value = f"Bearer {running.api_key}"
    else:
        value = "Basic " + base64.b64encode(pairs[form].encode()).decode()
    assert raw("GET", "/dip/publicapi/auth/info", auth=None, headers={"Authorization": value}).status_code == 200


def test_trailing_slashes_make_no_difference(raw: Any, project: Any) -> None:
    paths = ("/dip/publicapi/projects/PROJ/datasets", "/dip/publicapi/projects/PROJ/datasets/")
    assert [raw("GET", path).json() for path in paths] == [[], []]


def test_every_answer_names_the_version(raw: Any) -> None:
    for path in ("/dip/publicapi/auth/info", "/dip/publicapi/nothing"):
        headers = raw("GET", path).headers
        assert headers["DSS-Version"] and headers["DSS-API-Version"] == "1"
        assert headers["Content-Type"] == "application/json;charset=utf-8"


def test_an_unknown_path_is_a_404_that_shows_the_internal_path(raw: Any) -> None:
    answer = raw("GET", "/public/api/no/such/path")
    assert answer.status_code == 404
    body = answer.json()
    assert f"{body['errorType']}: {body['message']}" == "NotFound: /dip/publicapi/no/such/path"


def test_the_body_is_parsed_whatever_the_content_type_says(raw: Any) -> None:
    body = '{"projectKey":"RAW","name":"Raw","owner":"admin","permissions":[],"tags":[]}'
    answer = raw("POST", "/dip/publicapi/projects/", data=body, headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.text) == (200, '"RAW"')


def test_a_body_that_is_not_json_is_refused(raw: Any, project: Any) -> None:
    answer = raw("PUT", "/dip/publicapi/projects/PROJ/variables", data="{")
    assert answer.status_code == 400 and answer.json()["errorType"]


def test_an_unknown_project_looks_unreadable(client: Any) -> None:
    assert refusal(client.get_project("NOPE").get_metadata) == UNREADABLE


@pytest.mark.parametrize("path", ["metadata", "datasets/", "recipes/", "settings", "flow/zones"])
def test_an_unknown_project_is_a_401_on_every_path_below_it(raw: Any, path: str) -> None:
    assert raw("GET", f"/dip/publicapi/projects/NOPE/{path}").status_code == 401


def test_query_booleans_are_read_in_any_case(raw: Any, project: Any) -> None:
    for value in ("True", "true"):
        answer = raw("GET", f"/dip/publicapi/projects/?includeLocation={value}").json()
        assert "projectLocation" in answer[0]
    assert "projectLocation" not in raw("GET", "/dip/publicapi/projects/?includeLocation=False").json()[0]


def test_an_administrator_may_act_for_a_user(client: Any, control: Any) -> None:
    control.instance(users=[{"login": "alice", "groups": []}])
    assert client.get_user("alice").get_client_as().get_auth_info()["authIdentifier"] == "alice"


def test_the_instance_tells_what_it_is(client: Any) -> None:
    info = client.get_instance_info()
    assert info.node_type == "DESIGN" and info.node_id and info.raw["dssVersion"]


def test_what_the_instance_was_seeded_with_is_listed(client: Any, control: Any) -> None:
    control.instance(code_envs=[{"envName": "py39", "envLang": "PYTHON", "deploymentMode": "DESIGN_MANAGED"}])
    assert [env["envName"] for env in client.list_code_envs()] == ["py39"]
    assert client.list_plugins() == []
    assert [user["login"] for user in client.list_users()] == ["admin"]
    assert "administrators" in [group["name"] for group in client.list_groups()]


def test_a_missing_code_env_is_a_500(client: Any, raw: Any) -> None:
    text = refusal(client.get_code_env("PYTHON", "my_env").get_settings)
    assert text == "com.dataiku.dip.exceptions.CodedIOException: PYTHON env my_env doesn't exist"
    assert raw("GET", "/dip/publicapi/admin/code-envs/PYTHON/my_env").status_code == 500


def test_instance_variables_are_replaced_as_a_whole(client: Any) -> None:
    variables = client.get_global_variables()
    variables["region"] = "eu"
    variables.save()
    assert dict(client.get_global_variables()) == {"region": "eu"}


def test_an_unknown_future_is_refused(client: Any) -> None:
    assert "does not exist" in refusal(client.get_future("nope").get_state)


MALFORMED = [
    "[]",
    "1",
    "null",
    '"x"',
    '{"params": []}',
    '{"recipe": [], "tags": 1}',
    '{"name": 1}',
    '{"a": NaN}',
    '{"a": "\\ud800"}',
]
WRITES = [
    "PUT /projects/PROJ/settings",
    "PUT /projects/PROJ/permissions",
    "PUT /projects/PROJ/metadata",
    "PUT /projects/PROJ/variables",
    "PUT /projects/PROJ/tags",
    "POST /projects/PROJ/datasets",
    "POST /projects/PROJ/datasets/managed",
    "PUT /projects/PROJ/datasets/d",
    "PUT /projects/PROJ/datasets/d/schema",
    "POST /projects/PROJ/recipes",
    "POST /projects/PROJ/scenarios",
    "POST /projects/PROJ/managedfolders",
    "POST /projects/PROJ/flow/zones",
    "POST /projects/PROJ/flow/zones/default/items",
    "POST /projects/PROJ/actions/renameDataset",
    "POST /admin/connections",
    "POST /projects",
]


@pytest.mark.parametrize("write", WRITES)
def test_a_malformed_body_is_answered_in_the_error_shape(raw: Any, project: Any, write: str) -> None:
    project.create_dataset("d", "Inline")
    method, path = write.split()
    for body in MALFORMED:
        answer = raw(method, "/dip/publicapi" + path, data=body)
        assert answer.status_code < 400 or answer.json()["errorType"], (body, answer.text)
    assert raw("GET", "/dip/publicapi/projects/PROJ/datasets").status_code == 200
