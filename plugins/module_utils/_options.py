# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs: from the kinds and from the option groups that modules share."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ._deployer.kinds import DEPLOYER
from ._kinds import KINDS
from ._kinds.base import Kind

Spec = dict[str, dict[str, t.Any]]

NODE: Spec = {
    "url": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "instance": {"type": "str"},
    "client_certificate": {"type": "path"},
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool"},
    "timeout": {"type": "float", "default": 60.0},
    "workers": {"type": "int", "default": 8},
}

CHANGES: Spec = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "drop_data": {"type": "bool", "default": False},
    "max_deletes": {"type": "int", "default": 10},
    "update_secrets": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "ignore_tags": {"type": "list", "elements": "str", "default": []},
}

CONFIGURATION: Spec = {
    "path": {"type": "path"},
    "definition": {"type": "dict"},
    "environment": {"type": "str"},
    "environment_content": {"type": "dict"},
    "variables": {"type": "dict", "default": {}},
    "confirm": {"type": "str"},
    "prune": {"type": "bool", "default": False},
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    "naming": {"type": "str", "choices": ["dss", "strict"], "default": "dss"},
    "strict": {"type": "bool", "default": True},
    "validate_only": {"type": "bool", "default": False},
    "on_drift": {"type": "str", "choices": ["overwrite", "fail", "keep"]},
    "on_failure": {"type": "str", "choices": ["keep", "rollback"], "default": "keep"},
    "plan_file": {"type": "str"},
    "only": {"type": "list", "elements": "str"},
    "refresh": {"type": "str", "choices": ["auto", "full"], "default": "auto"},
    "refresh_max_age": {"type": "float", "default": 24.0},
}

BACKEND: Spec = {
    "state_backend": {"type": "dict"},
    "encryption_key": {"type": "str", "no_log": True},
    "lock_timeout": {"type": "float", "default": 60.0},
    "keep_versions": {"type": "int", "default": 20},
}

SETTLE: Spec = {"settle_timeout": {"type": "float", "default": 10.0}}

PLACE: Spec = {"environment": {"type": "str", "required": True}, "project": {"type": "str"}}

STATE: Spec = {
    "action": {
        "type": "str",
        "choices": ["list", "show", "move", "forget", "adopt", "restore", "migrate"],
        "default": "list",
    },
    "address": {"type": "str"},
    "to": {"type": "str"},
    "id": {"type": "str"},
    "version": {"type": "int"},
    "source": {"type": "path"},
    "target": {"type": "dict"},
}

LOCK: Spec = {"action": {"type": "str", "choices": ["show", "break"], "default": "show"}}

ROLLBACK: Spec = {"to": {"type": "int"}, "method": {"type": "str", "choices": ["journal", "git"], "default": "journal"}}

UPDATE: Spec = {
    "update": {"type": "bool", "default": True},
    "ignore_warnings": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 3600.0},
}

# The modules that are not those of a kind.
_OTHERS: Mapping[str, Mapping[str, t.Any]] = {
    "configuration": {
        "argument_spec": {**NODE, **CHANGES, **CONFIGURATION, **BACKEND, **SETTLE},
        "required_one_of": [("path", "definition")],
        "mutually_exclusive": [("path", "definition")],
    },
    "state": {
        "argument_spec": {**NODE, **PLACE, **STATE, **BACKEND},
        "required_if": [
            ("action", "show", ("address",)),
            ("action", "move", ("address", "to")),
            ("action", "forget", ("address",)),
            ("action", "adopt", ("address",)),
            ("action", "restore", ("version",)),
            ("action", "migrate", ("source", "target"), True),
        ],
        "mutually_exclusive": [("source", "target")],
    },
    "state_lock": {"argument_spec": {**PLACE, **LOCK, **BACKEND}},
    "rollback": {"argument_spec": {**NODE, **PLACE, **ROLLBACK, **BACKEND, **SETTLE}},
}

_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict", "array": "list"}


def module_spec(name: str) -> dict[str, t.Any]:
    """The arguments of ``AnsibleModule`` for a module of the collection."""
    if name in _OTHERS:
        return dict(_OTHERS[name])
    if name.removesuffix("_info") in DEPLOYER:
        return {"argument_spec": _deployer_spec(name)}
    kind = KINDS[name]
    spec = {**NODE, **CHANGES, **kind_options(kind)}
    if kind.scope == "project" and not kind.singleton:
        spec["project"] = {"type": "str", "required": True}
    return {"argument_spec": spec}


def _deployer_spec(name: str) -> Spec:
    """The options of a module of the Project Deployer, or of its info module."""
    kind = DEPLOYER[name.removesuffix("_info")]
    own = kind_options(kind)
    if name != kind.name:
        return {**NODE, kind.id_option: {**own[kind.id_option], "required": False}}
    spec = {**NODE, "state": CHANGES["state"], **own}
    for secret in spec.keys() & {"admin_api_key"}:
        spec[secret]["no_log"] = True
        spec["update_secrets"] = CHANGES["update_secrets"]
    return {**spec, **UPDATE} if name == "deployment" else spec


def kind_options(kind: Kind) -> Spec:
    """The author fields of a kind as options; only what identifies the object is required in every state."""
    options = {name: _option(schema) for name, schema in kind.schema["properties"].items()}
    options["raw"] = {"type": "dict"}
    if "key" in options:
        options["key"]["no_log"] = False  # a project key is a name; sanity wants it said
    for name in kind.required:
        if name in kind.identifier or name == "name":
            options[name]["required"] = True
    return options


def _option(schema: Mapping[str, t.Any]) -> dict[str, t.Any]:
    if "enum" in schema:
        return {"type": "str", "choices": list(schema["enum"])}
    kind = _TYPES.get(str(schema.get("type")), "raw")
    if kind != "list":
        return {"type": kind}
    items = schema.get("items", {})
    return {"type": "list", "elements": _TYPES.get(str(items.get("type")), "raw")}
