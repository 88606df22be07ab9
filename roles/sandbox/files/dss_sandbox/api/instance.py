# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instance itself: info, variables, users, groups, code environments, plugins (dss-api.md 2.1, 2.17)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..documents import Document
from ..errors import DssError
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import not_found

_PUBLIC_USER = ("login", "displayName", "email", "enabled", "userProfile")


def _info(call: Call) -> Any:
    return call.node.info()


def _auth_info(call: Call) -> Any:
    key = call.key
    user = call.node.users.get(key.login or "", {})
    groups = list(key.groups) or user.get("groups") or (["administrators"] if key.admin else [])
    answer: Document = {"authIdentifier": key.author(call.node.switches), "groups": groups}
    if call.flag("withSecrets"):
        answer["secrets"] = []
    return answer


def _variables(call: Call) -> Any:
    return call.node.instance["variables"]


def _put_variables(call: Call) -> Any:
    call.node.instance["variables"] = call.object()
    call.node.save_instance()
    return NOTHING


def _general_settings(call: Call) -> Any:
    return call.node.instance["general_settings"]


def _put_general_settings(call: Call) -> Any:
    """unverified: the real document has hundreds of fields; here unknown top-level fields vanish."""
    settings = call.node.instance["general_settings"]
    settings.update({key: value for key, value in call.object().items() if key in settings})
    call.node.save_instance()
    return NOTHING


def _audit(call: Call) -> Any:
    """An entry in the audit log, which no call reads (dss-api.md 2.18); ``GET /_sandbox/audit`` of the sandbox does."""
    call.node.audit.append({"type": call.params["type"], "params": call.object(), "author": call.author})
    return NOTHING


def _users(call: Call) -> Any:
    return [{key: user[key] for key in _PUBLIC_USER if key in user} for user in call.node.users.values()]


def _groups(call: Call) -> Any:
    return [{"name": name} for name in call.node.instance["groups"]]


def _admin_users(call: Call) -> Any:
    return list(call.node.users.values())


def _admin_user(call: Call) -> Any:
    login = call.params["login"]
    if login not in call.node.users:
        raise not_found(call, f"User {login} does not exist")  # unverified beyond the error type (dss-api.md 1.3 [dac])
    return call.node.users[login]


def _current_user(call: Call) -> Any:
    return call.node.users.get(call.author, {"login": call.author})


def _admin_groups(call: Call) -> Any:
    return list(call.node.instance["groups"].values())


def _admin_group(call: Call) -> Any:
    name = call.params["name"]
    if name not in call.node.instance["groups"]:
        raise not_found(call, f"Group {name} does not exist")  # unverified beyond the error type (dss-api.md 1.3 [dac])
    return call.node.instance["groups"][name]


def _code_envs(call: Call) -> Any:
    return call.node.instance["code_envs"]


def _code_env(call: Call) -> Any:
    language, name = call.params["lang"], call.params["name"]
    for env in call.node.instance["code_envs"]:
        if env["envLang"] == language and env["envName"] == name:
            return env
    message = f"{language} env {name} doesn't exist"
    raise DssError(500, "com.dataiku.dip.exceptions.CodedIOException", message)  # dss-api.md 1.3 [ts-sdk]


def _plugins(call: Call) -> Any:
    return call.node.instance["plugins"]


def _licence(call: Call) -> Any:
    return {"base": {"licenseContent": {"licenseKind": "SANDBOX"}}, "limits": {"licensedProfiles": {}}}


def _govern(call: Call) -> Any:
    return {"enabled": False, "nodeUrl": "", "apiKey": "", "trustAllSSLCertificates": False}


def _check_objects(call: Call) -> Any:
    """unverified: the answer's shape is not recorded."""
    items = []
    for item in call.object().get("items", ()):
        project = call.node.projects.get(item.get("objectProjectKey", ""))
        right = call.key.right_on(project.key, project.params.document) if project else 0
        items.append({**item, "readable": right >= 1, "writable": right >= 2})
    return {"items": items}


def _empty_list(call: Call) -> Any:
    return []


def _out_of_scope(path: str) -> Route:
    """Lists that dss-api.md 2.1 puts out of scope: always empty."""
    return Route("GET", path, _empty_list, ANY_KEY)


ROUTES = [
    Route("GET", "/instance-info", _info, ANY_KEY),
    Route("GET", "/auth/info", _auth_info, ANY_KEY),
    Route("GET", "/admin/licensing/status", _licence, INSTANCE_ADMIN),
    Route("GET", "/admin/variables", _variables, INSTANCE_ADMIN),
    Route("PUT", "/admin/variables", _put_variables, INSTANCE_ADMIN),
    Route("GET", "/admin/general-settings", _general_settings, INSTANCE_ADMIN),
    Route("PUT", "/admin/general-settings", _put_general_settings, INSTANCE_ADMIN),
    Route("POST", "/admin/audit/custom/{type}", _audit, INSTANCE_ADMIN),
    Route("GET", "/admin/get-govern-node-ref", _govern, INSTANCE_ADMIN),
    Route("POST", "/permissions/actions/check-objects", _check_objects, ANY_KEY),
    Route("GET", "/users", _users, ANY_KEY),
    Route("GET", "/groups", _groups, ANY_KEY),
    Route("GET", "/current-user", _current_user, ANY_KEY),
    Route("GET", "/admin/users", _admin_users, INSTANCE_ADMIN),
    Route("GET", "/admin/users/{login}", _admin_user, INSTANCE_ADMIN),
    Route("GET", "/admin/groups", _admin_groups, INSTANCE_ADMIN),
    Route("GET", "/admin/groups/{name}", _admin_group, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs", _code_envs, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}", _code_env, INSTANCE_ADMIN),
    Route("GET", "/plugins", _plugins, ANY_KEY),
    _out_of_scope("/apps"),
    _out_of_scope("/meanings"),
    _out_of_scope("/messaging-channels"),
    _out_of_scope("/workspaces"),
    _out_of_scope("/data-collections"),
]
