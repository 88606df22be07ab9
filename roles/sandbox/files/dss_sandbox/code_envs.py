# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a code environment is: its two forms, its spec, its builds and their logs (dss-api.md 2.17).

The stored document is the same on all nodes: ``desc`` and the fields of the spec. The names of the fields that are
repeated at the top level, and all defaults, are unverified.
"""

from __future__ import annotations

from typing import Any

from .defaults import load
from .documents import Document, fill, now_ms
from .errors import bad_request
from .reports import Message, error, report

D = load("code_env")
_INSTALLED, _BUILT, _LOGS = "$installed", "$built", "$logs"
_TAIL = 2000
_WHERE = {"AUTOMATION_SINGLE": "currentVersion", "AUTOMATION_VERSIONED": "versions"}  # elsewhere noVersion


def made(language: str, name: str, body: Document, node_type: str, login: str) -> Document:
    """A new one, without packages yet. Only the settings of the base are taken from a creation: unverified."""
    mode = body.get("deploymentMode")
    allowed = D["modes"].get(node_type, D["modes"]["design"])
    if language not in D["languages"]:
        raise bad_request(f"Unknown code env language: {language}")  # unverified text
    if mode not in allowed:
        raise bad_request(f"Deployment mode {mode} is not possible here")  # unverified text
    desc = {key: body[key] for key in D["created_from"] if key in body}
    if language == "PYTHON" and desc.setdefault("pythonInterpreter", "PYTHON39") not in D["interpreters"]:
        raise bad_request(f"Unknown Python interpreter: {desc['pythonInterpreter']}")  # unverified text
    desc["owner"] = login
    return whole({"envLang": language, "envName": name, "deploymentMode": mode, "desc": desc})


def whole(env: Document) -> Document:
    """With what is missing in one that a test or a bundle has put there: such a one is built."""
    filled: Document = {"envLang": "PYTHON", "deploymentMode": "DESIGN_MANAGED", "desc": {}, **D["spec"], **env}
    filled["desc"] = {**filled["desc"]}
    if filled["envLang"] == "PYTHON":
        filled["desc"].setdefault("pythonInterpreter", "PYTHON39")
    if "owner" in env:
        filled["desc"].setdefault("owner", env["owner"])
        del filled["owner"]
    fill(filled["desc"], D["desc"])
    filled.setdefault(_BUILT, True)
    filled.setdefault(_INSTALLED, spec_of(filled))
    filled.setdefault(_LOGS, [])
    return filled


def spec_of(env: Document) -> list[Any]:
    """What a build installs."""
    desc = env["desc"]
    chosen = ("corePackagesSet", "installCorePackages", "installJupyterSupport")
    return [*(env.get(key, "") for key in D["spec"]), *(desc.get(key) for key in chosen)]


def is_built(env: Document) -> bool:
    """False for one that is registered only, because its creation failed."""
    return bool(env[_BUILT])


def summary(env: Document) -> Document:
    """An item of the list."""
    return {
        "envName": env["envName"],
        "envLang": env["envLang"],
        "deploymentMode": env["deploymentMode"],
        "owner": env["desc"]["owner"],
        "pythonInterpreter": env["desc"].get("pythonInterpreter", ""),
        "isUptodate": is_built(env) and env[_INSTALLED] == spec_of(env),
    }


# -- the two forms --


def served(env: Document, node_type: str) -> Document:
    mandatory = D["mandatory"][env["envLang"]]
    spec = {
        **{key: env.get(key, "") for key in D["spec"]},
        "mandatoryPackageList": "\n".join(mandatory),
        "actualPackageList": "\n".join(_frozen([*mandatory, *env[_INSTALLED][0].split("\n")])),
        "desc": env["desc"],
    }
    head: Document = {key: env[key] for key in ("envLang", "envName", "deploymentMode")}
    if "externalCondaEnvName" in env:
        spec["externalCondaEnvName"] = env["externalCondaEnvName"]
    if node_type != "automation":
        repeated = {key: env["desc"][key] for key in D["repeated"] if key in env["desc"]}
        interpreter = env["desc"].get("pythonInterpreter", "")
        return {**head, **spec, **repeated, "info": {"pythonVersion": _version(interpreter)}}
    place = _WHERE.get(env["deploymentMode"], "noVersion")
    version = {"versionId": "v1", **spec}
    shared = {key: env["desc"][key] for key in D["of_env_on_automation"]}
    # Only environments of an automation node have a list of versions (client, DSSCodeEnv.get_settings).
    return {**head, **shared, "versions": [version] if place == "versions" else [], **_placed(place, version)}


def _placed(place: str, version: Document) -> Document:
    return {} if place == "versions" else {place: version}


def changed(env: Document, body: Document, node_type: str) -> Document:
    """Full replace; a field of ``desc`` that is repeated at the top level counts there [dac]."""
    top, spec = body, body
    if node_type == "automation":
        place = _WHERE.get(env["deploymentMode"], "noVersion")
        spec = body["versions"][0] if place == "versions" else body[place]
    sent = dict(spec.get("desc") or {})
    names = D["of_env_on_automation"] if node_type == "automation" else D["repeated"]
    sent.update({key: top[key] for key in names if key in top})
    desc = {key: value for key, value in sent.items() if key in D["desc"]}
    # Neither is among the fields that the client says can be updated.
    desc.update({key: env["desc"][key] for key in D["fixed"] if key in env["desc"]})
    kept = {key: value for key, value in env.items() if key not in (*D["spec"], "desc", "externalCondaEnvName")}
    for key in D["spec"]:
        if not isinstance(spec.get(key, ""), str):
            raise bad_request(f"Expected a text as {key}")  # unverified text
    more = {key: spec[key] for key in (*D["spec"], "externalCondaEnvName") if key in spec}
    return whole({**kept, **more, "desc": desc})


def _version(interpreter: str) -> str:
    digits = interpreter.removeprefix("PYTHON")
    return f"{digits[0]}.{digits[1:]}" if digits.isdigit() else ""


def _frozen(packages: list[str]) -> list[str]:
    """What a package manager would say is installed; the versions are made up."""
    names = dict.fromkeys(line.split("#")[0].strip() for line in packages)
    return [
        name if "==" in name else f"{name.split('<')[0].split('>')[0].split('~')[0]}==1.0.0" for name in names if name
    ]


# -- builds --


def build(env: Document, succeeds: bool, what: str = "update") -> tuple[Document, Document]:
    """The environment after a build, and the answer; after a failed one it is as it was but for a new log."""
    lines = [f"Building code env {env['envName']}", *(f"Collecting {name}" for name in _wanted(env))]
    if succeeds:
        lines.append("Successfully installed")
        after = {**env, _INSTALLED: spec_of(env), _BUILT: True}
    else:
        failing = next(iter(_wanted(env)), "the base packages")
        lines.append(f"ERROR: No matching distribution found for {failing}")
        after = env
    log = {"name": f"{what}-{len(env[_LOGS]) + 1}.log", "lastModified": now_ms(), "text": "\n".join(lines) + "\n"}
    return {**after, _LOGS: [*env[_LOGS], log]}, answer(env, [] if succeeds else [failed(env)])


def failed(env: Document, code: str = "ERR_CODEENV_CREATION_FAILED") -> Message:
    return error(code, "Code env could not be built", f"Failed to build {env['envLang']} env {env['envName']}")


def answer(env: Document, messages: list[Message]) -> Document:
    return {"envLang": env["envLang"], "envName": env["envName"], "messages": report(messages)}


def unbuilt(env: Document) -> Document:
    """Registered, but its creation has failed: every read of it fails from now on [tfp]."""
    return {**env, _BUILT: False}


def _wanted(env: Document) -> list[str]:
    return [line.strip() for line in env["specPackageList"].split("\n") if line.strip()]


def logs(env: Document) -> list[Document]:
    """unverified: that the tail is a text."""
    return [
        {
            "name": log["name"],
            "totalSize": len(log["text"]),
            "lastModified": log["lastModified"],
            "tail": log["text"][-_TAIL:],
        }
        for log in env[_LOGS]
    ]


def log(env: Document, name: str) -> str | None:
    return next((log["text"] for log in env[_LOGS] if log["name"] == name), None)
