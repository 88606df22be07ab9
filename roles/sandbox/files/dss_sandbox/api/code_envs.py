# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code environments (dss-api.md 2.17). All calls need an administrator here: unverified for those who may create them."""

from __future__ import annotations

from typing import Any

from .. import code_envs
from ..call import Call, Reply
from ..documents import Document
from ..errors import DssError
from ..router import INSTANCE_ADMIN, Route
from .common import already_there, check_name, not_found

_CODED_IO = "com.dataiku.dip.exceptions.CodedIOException"


def _all(call: Call) -> list[Document]:
    return [code_envs.whole(env) for env in call.node.instance["code_envs"]]


def _find(call: Call) -> Document:
    language, name = call.params["lang"], call.params["name"]
    for env in _all(call):
        if env["envLang"] == language and env["envName"] == name:
            return env
    # dss-api.md 1.3 [ts-sdk]
    raise DssError(500, _CODED_IO, f"{language} env {name} doesn't exist")


def _built(call: Call) -> Document:
    """Every call but a deletion fails on one that is only registered (dss-api.md 1.3 [tfp]); unverified: the type."""
    env = _find(call)
    if not code_envs.is_built(env):
        raise DssError(500, _CODED_IO, f"Not a file: /{env['envLang'].lower()}/{env['envName']}/desc.json")
    return env


def _store(call: Call, env: Document | None) -> None:
    language, name = (env["envLang"], env["envName"]) if env else (call.params["lang"], call.params["name"])
    others = [
        other for other in call.node.instance["code_envs"] if (other["envLang"], other["envName"]) != (language, name)
    ]
    call.node.instance["code_envs"] = [*others, env] if env else others
    call.node.save_instance()


def _answer(call: Call, result: Document) -> Any:
    """With ``wait=False`` the answer is a future (dss-api.md 1.5)."""
    return result if call.flag("wait", True) else call.node.futures.start(result)


def _outcome(call: Call, env: Document) -> str:
    return call.node.outcomes.code_env(f"{env['envLang']}.{env['envName']}")


def _list(call: Call) -> Any:
    listed = call.switch("unbuilt_env_listed")
    return [code_envs.summary(env) for env in _all(call) if listed or code_envs.is_built(env)]


def _create(call: Call) -> Any:
    language, name = call.params["lang"], check_name(call.params["name"], "code env")
    if any((env["envLang"], env["envName"]) == (language, name) for env in _all(call)):
        raise already_there(call, f"{language} env {name} already exists")  # ERR_CODEENV_EXISTING_ENV
    env = code_envs.made(language, name, call.object(), call.node.node_type, call.author)
    fails = _outcome(call, env) == "CREATION_FAILED"
    env, result = code_envs.build(env, not fails, "create")
    _store(call, code_envs.unbuilt(env) if fails else env)
    return _answer(call, result)


def _get(call: Call) -> Any:
    return code_envs.served(_built(call), call.node.node_type)


def _put(call: Call) -> Any:
    env = code_envs.changed(_built(call), call.object(), call.node.node_type)
    _store(call, env)
    return code_envs.served(env, call.node.node_type)  # the client documents the updated definition


def _delete(call: Call) -> Any:
    env = _find(call)  # unverified: one in use can be deleted
    _store(call, None)
    return _answer(call, code_envs.answer(env, []))


def _packages(call: Call) -> Any:
    env = _built(call)
    env, result = code_envs.build(env, _outcome(call, env) == "BUILT")
    _store(call, env)
    return _answer(call, result)


def _jupyter(call: Call) -> Any:
    env = _built(call)
    env = {**env, "desc": {**env["desc"], "installJupyterSupport": call.flag("active")}}
    env, result = code_envs.build(env, _outcome(call, env) == "BUILT", "jupyter")
    _store(call, env)
    return _answer(call, result)


def _images(call: Call) -> Any:
    return _answer(call, code_envs.answer(_built(call), []))


def _usages(call: Call) -> Any:
    env = _built(call)
    return [
        usage for usage in _all_usages(call) if (usage["envLang"], usage["envName"]) == (env["envLang"], env["envName"])
    ]


def _all_usages(call: Call) -> Any:
    """unverified: only recipes are looked at, and only those that name their environment."""
    found = []
    for project in call.node.projects.values():
        for name, entry in project.objects["recipes"].items():
            chosen = entry.document.get("params", {}).get("envSelection", {})
            if chosen.get("envMode") == "EXPLICIT_ENV":
                language = "R" if entry.document["type"] == "r" else "PYTHON"
                usage = {"envLang": language, "envName": chosen.get("envName"), "envUsage": "RECIPE"}
                found.append({**usage, "projectKey": project.key, "objectId": name})
    return found


def _logs(call: Call) -> Any:
    return code_envs.logs(_built(call))


def _log(call: Call) -> Any:
    text = code_envs.log(_built(call), call.params["log"])
    if text is None:
        raise not_found(call, f"Log {call.params['log']} does not exist")  # unverified text
    return Reply(text, "text/plain;charset=utf-8")


def _project_version(call: Call) -> Any:
    _built(call)
    return {"version": "", "bundleId": ""}  # only versioned environments have one (client)


ROUTES = [
    Route("GET", "/admin/code-envs", _list, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/usages", _all_usages, INSTANCE_ADMIN),
    Route("POST", "/admin/code-envs/{lang}/{name}", _create, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}", _get, INSTANCE_ADMIN),
    Route("PUT", "/admin/code-envs/{lang}/{name}", _put, INSTANCE_ADMIN),
    Route("DELETE", "/admin/code-envs/{lang}/{name}", _delete, INSTANCE_ADMIN),
    Route("POST", "/admin/code-envs/{lang}/{name}/packages", _packages, INSTANCE_ADMIN),
    Route("POST", "/admin/code-envs/{lang}/{name}/jupyter", _jupyter, INSTANCE_ADMIN),
    Route("POST", "/admin/code-envs/{lang}/{name}/images", _images, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}/usages", _usages, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}/logs", _logs, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}/logs/{log}", _log, INSTANCE_ADMIN),
    Route("GET", "/admin/code-envs/{lang}/{name}/{project}/version", _project_version, INSTANCE_ADMIN),
]
