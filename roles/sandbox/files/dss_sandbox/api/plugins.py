# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins: install, update, settings, code environment, delete (client, dss/plugin.py and dssclient.py)."""

from __future__ import annotations

from typing import Any

from .. import code_envs, plugins
from ..call import NOTHING, Call
from ..documents import Document
from ..errors import bad_request
from ..reports import Message, error, report
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from ..sealing import kept, served
from ..upload import file_of
from .common import already_there, not_found


def _stored(call: Call) -> Document:
    return _found(call, call.params["id"])


def _found(call: Call, plugin_id: str) -> Document:
    for plugin in call.node.instance["plugins"]:
        if plugin["id"] == plugin_id:
            return dict(plugin)
    raise not_found(call, f"Plugin {plugin_id} does not exist")  # unverified text


def _store(call: Call, plugin_id: str, plugin: Document | None) -> None:
    others = [other for other in call.node.instance["plugins"] if other["id"] != plugin_id]
    call.node.instance["plugins"] = [*others, plugin] if plugin else others
    call.node.save_instance()


def _list(call: Call) -> Any:
    return [
        {key: value for key, value in plugin.items() if not key.startswith("$")}
        for plugin in call.node.instance["plugins"]
    ]


# -- install and update: the result of a future tells how it went, unverified --


def _result(messages: list[Message], **more: Any) -> Document:
    return {"success": not messages, "messages": report(messages), **more}


def _installed(call: Call, plugin: Document) -> Document:
    plugin_id = plugin["id"]
    if any(other["id"] == plugin_id for other in call.node.instance["plugins"]):
        raise already_there(call, f"Plugin {plugin_id} is already installed")
    return _put(call, plugin)


def _updated(call: Call, plugin: Document) -> Document:
    old = _stored(call)
    if plugin["id"] != old["id"]:
        raise bad_request(f"The archive holds plugin {plugin['id']}, not {old['id']}")  # unverified text
    return _put(call, plugins.updated(old, plugin))


def _put(call: Call, plugin: Document) -> Document:
    if call.node.outcomes.plugin(plugin["id"]) == "FAILED":
        return _result([error("ERR_PLUGIN_INSTALL", "Installation failed", f"Failed to install {plugin['id']}")])
    _store(call, plugin["id"], plugin)
    return _result([], pluginId=plugin["id"])


def _from_zip(call: Call) -> Document:
    _name, data = file_of(call.header(b"content-type"), call.body)
    return plugins.of_archive(data)


def _from_store(call: Call, plugin_id: str) -> Document:
    for offered in call.node.instance.get("plugin_store", plugins.STORE):
        if offered["id"] == plugin_id:
            return plugins.installed(plugin_id, offered["version"], tuple(offered.get("parameter_sets", ())))
    raise not_found(call, f"Plugin {plugin_id} is not in the store")  # unverified text


def _from_git(call: Call) -> Document:
    body = call.object()
    url, checkout = str(body.get("gitRepositoryUrl", "")), str(body.get("gitCheckout", "master"))
    return plugins.of_repository(url, checkout, str(body.get("gitSubpath", "")))


def _install_zip(call: Call) -> Any:
    return _installed(call, _from_zip(call))


def _install_zip_later(call: Call) -> Any:
    return call.node.futures.start(_installed(call, _from_zip(call)))


def _install_store(call: Call) -> Any:
    plugin_id = str(call.object().get("pluginId", ""))
    return call.node.futures.start(_installed(call, _from_store(call, plugin_id)))


def _install_git(call: Call) -> Any:
    return call.node.futures.start(_installed(call, _from_git(call)))


def _update_zip(call: Call) -> Any:
    return _updated(call, _from_zip(call))


def _update_zip_later(call: Call) -> Any:
    return call.node.futures.start(_updated(call, _from_zip(call)))


def _update_store(call: Call) -> Any:
    return call.node.futures.start(_updated(call, _from_store(call, _stored(call)["id"])))


def _update_git(call: Call) -> Any:
    """A repository may hold the plugin under another name here, where it is not read."""
    return call.node.futures.start(_updated(call, {**_from_git(call), "id": _stored(call)["id"]}))


# -- settings --


def _settings(call: Call) -> Any:
    return served(plugins.settings_of(_stored(call)), call.node.connections)


def _put_settings(call: Call) -> Any:
    if call.text("projectKey"):
        raise bad_request("Settings of a project are not served here")
    plugin = plugins.with_settings(_stored(call), call.object())
    env = plugin["$settings"]["codeEnvName"]
    if env and env not in {known["envName"] for known in call.node.instance["code_envs"]}:
        raise bad_request(f"Code env {env} does not exist")  # unverified: whether an unknown one is refused
    plugin["$settings"] = kept(plugin["$settings"], call.node.connections)
    _store(call, plugin["id"], plugin)
    return NOTHING


def _put_settings_later(call: Call) -> Any:
    _put_settings(call)
    return call.node.futures.start(_result([]))


# -- code environment --


def _create_env(call: Call) -> Any:
    """The caller has to select it in the settings afterwards (client); unverified: its name."""
    plugin, body = _stored(call), call.object()
    name = f"plugin_{plugin['id']}_managed"
    if any(env["envName"] == name for env in call.node.instance["code_envs"]):
        raise already_there(call, f"PYTHON env {name} already exists")
    desc = {"conda": bool(body.get("conda")), "pythonInterpreter": body.get("pythonInterpreter") or "PYTHON39"}
    mode = body.get("deploymentMode", "PLUGIN_MANAGED")
    env = code_envs.whole({"envLang": "PYTHON", "envName": name, "deploymentMode": mode, "desc": desc})
    succeeds = call.node.outcomes.code_env(f"PYTHON.{name}") == "BUILT"
    env, answer = code_envs.build(env, succeeds, "create")
    call.node.instance["code_envs"].append(env)
    call.node.save_instance()
    return call.node.futures.start(answer)


def _update_env(call: Call) -> Any:
    name = plugins.settings_of(_stored(call))["codeEnvName"]
    envs = call.node.instance["code_envs"]
    for index, env in enumerate(envs):
        if env["envName"] == name:
            succeeds = call.node.outcomes.code_env(f"{env['envLang']}.{name}") == "BUILT"
            envs[index], answer = code_envs.build(code_envs.whole(env), succeeds)
            call.node.save_instance()
            return call.node.futures.start(answer)
    raise bad_request("The plugin has no code env")  # unverified text


# -- usages, delete --


def _usages(call: Call) -> Any:
    return {"usages": _used(call, _stored(call)["id"]), "missingTypes": []}


def _used(call: Call, plugin_id: str) -> list[Document]:
    """Only datasets and recipes are looked at."""
    wanted = call.text("projectKey")
    found = []
    for project in call.node.projects.values():
        for kind, object_type in (("datasets", "DATASET"), ("recipes", "RECIPE")):
            for name, entry in project.objects[kind].items():
                if plugins.type_belongs_to(entry.document["type"], plugin_id) and wanted in ("", project.key):
                    found.append(
                        {
                            "elementKind": "python-connectors" if kind == "datasets" else "custom-recipes",
                            "elementType": entry.document["type"],
                            "objectId": name,
                            "objectType": object_type,
                            "projectKey": project.key,
                        }
                    )
    return found


def _delete(call: Call) -> Any:
    """Refused while it is used, unless forced (client); unverified: by which result."""
    plugin_id = _stored(call)["id"]
    if _used(call, plugin_id) and not call.object().get("force"):
        used = error("ERR_PLUGIN_USED", "The plugin is used", f"Plugin {plugin_id} is used: see its usages")
        return call.node.futures.start(_result([used]))
    _store(call, plugin_id, None)
    return call.node.futures.start(_result([]))


ROUTES = [
    Route("GET", "/plugins", _list, ANY_KEY),
    Route("POST", "/plugins/actions/installFromZip", _install_zip, INSTANCE_ADMIN),
    Route("POST", "/plugins/actions/future/installFromZip", _install_zip_later, INSTANCE_ADMIN),
    Route("POST", "/plugins/actions/installFromStore", _install_store, INSTANCE_ADMIN),
    Route("POST", "/plugins/actions/installFromGit", _install_git, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/actions/updateFromZip", _update_zip, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/actions/future/updateFromZip", _update_zip_later, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/actions/updateFromStore", _update_store, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/actions/updateFromGit", _update_git, INSTANCE_ADMIN),
    Route("GET", "/plugins/{id}/settings", _settings, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/settings", _put_settings, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/settings/future", _put_settings_later, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/code-env/actions/create", _create_env, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/code-env/actions/update", _update_env, INSTANCE_ADMIN),
    Route("GET", "/plugins/{id}/actions/listUsages", _usages, INSTANCE_ADMIN),
    Route("POST", "/plugins/{id}/actions/delete", _delete, INSTANCE_ADMIN),
]
