# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs: from the kinds and from the option groups that modules share."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ._deployer.kinds import DEPLOYER
from ._kinds import KINDS
from ._kinds.base import Kind, is_secret
from ._runs.jobs import TYPES as JOB_TYPES

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
    "write_connections": {"type": "int"},
}

# Another node of a task; the action stub puts the variables of a host of the inventory in its place.
OTHER_NODE: Spec = {"host": {"type": "str"}, **NODE}

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
    "allow_python": {"type": "bool", "default": False},
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

DEPLOYER_ROUTE: Spec = {
    "infrastructure": {"type": "str", "required": True},
    "deployment": {"type": "str"},
    "published_project": {"type": "str"},
}

PROMOTION: Spec = {
    "action": {"type": "str", "choices": ["activate", "accept", "rollback", "show"], "default": "activate"},
    "environment": {"type": "str", "required": True},
    "project": {"type": "str", "required": True},
    "bundle": {"type": "str"},
    "path": {"type": "path"},
    "checksum": {"type": "str"},
    "run": {"type": "str"},
    "to": {"type": "str"},
    "remapping": {"type": "dict"},
    "environment_content": {"type": "dict"},
    "local_variables": {"type": "dict", "default": {}},
    "scenarios": {"type": "dict", "default": {}},
    "running": {"type": "str", "choices": ["wait", "refuse", "ignore"], "default": "wait"},
    "source": {"type": "dict", "options": OTHER_NODE},
    "on_finding": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    "deployer": {"type": "dict", "options": {**OTHER_NODE, **DEPLOYER_ROUTE}},
    "permissions": {"type": "str", "choices": ["NONE", "READ_ONLY", "ALL"], "default": "NONE"},
    "project_folder": {"type": "str"},
    "wait_timeout": {"type": "float", "default": 3600.0},
}

PROJECT_IMPORT: Spec = {
    "path": {"type": "path", "required": True},
    "project": {"type": "str"},
    "source": {"type": "path"},
    "layout": {"type": "str", "choices": ["split", "single"], "default": "split"},
    "update": {"type": "bool", "default": False},
    "environment": {"type": "str"},
    "variables": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": True},
    "listing": {"type": "str", "choices": ["index", "full"], "default": "index"},
}

IN_PROJECT: Spec = {"project": {"type": "str", "required": True}}

WAIT: Spec = {"wait_timeout": {"type": "float", "default": 3600.0}}

RUN: Spec = {"wait": {"type": "bool", "default": True}, "abort_on_timeout": {"type": "bool", "default": False}}

_FAIL_ON: dict[str, t.Any] = {"type": "list", "elements": "str", "choices": ["WARNING", "FAILED", "ABORTED"]}

SCENARIO_RUN: Spec = {
    "scenario": {"type": "str", "required": True},
    "params": {"type": "dict", "default": {}},
    "fail_on": {**_FAIL_ON, "default": ["FAILED", "ABORTED"]},
}

BUILD: Spec = {
    "outputs": {"type": "list", "elements": "raw"},
    "recipe": {"type": "str"},
    "type": {"type": "str", "choices": [*JOB_TYPES, *JOB_TYPES.values()]},
    "partition": {"type": "str"},
}

GATES: Spec = {
    "gates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str"},
            "test_scenarios": {"type": "bool"},
            "scenario": {"type": "str"},
            "params": {"type": "dict"},
            "fail_on": _FAIL_ON,
            "build": {"type": "list", "elements": "raw"},
            "recipe": {"type": "str"},
            "type": BUILD["type"],
            "partition": {"type": "str"},
            "data_quality": {"type": "raw"},
            "allowed": {"type": "list", "elements": "str"},
            "compute": {"type": "bool"},
            "project_standards": {"type": "bool"},
            "max_severity": {"type": "int"},
            "checks": {"type": "list", "elements": "str"},
            "allow_none": {"type": "bool"},
            "wait_timeout": {"type": "float"},
            "abort_on_timeout": {"type": "bool"},
        },
    },
    "fail": {"type": "bool", "default": True},
    "fail_fast": {"type": "bool", "default": True},
}

SCENARIO_RUN_INFO: Spec = {
    "scenario": {"type": "str"},
    "limit": {"type": "int", "default": 10},
    "only_finished": {"type": "bool", "default": False},
    "bundle": {"type": "str"},
}

BUNDLE: Spec = {
    "project": {"type": "str", "required": True},
    "id": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "active", "absent"], "default": "present"},
    "release_notes": {"type": "str"},
    "content": {"type": "str", "choices": ["same", "any"], "default": "same"},
    "uncommitted": {"type": "str", "choices": ["refuse", "include"], "default": "refuse"},
    "evaluate_project_standards": {"type": "bool", "default": True},
    "publish": {"type": "bool", "default": False},
    "published_project": {"type": "str"},
    "deployer": {"type": "dict", "options": OTHER_NODE},
    "path": {"type": "path"},
    "checksum": {"type": "str"},
    "source": {"type": "dict", "options": OTHER_NODE},
    "preload": {"type": "bool"},
    "scenarios": {"type": "dict"},
    "permissions_propagation": {"type": "str", "choices": ["NONE", "READ_ONLY", "ALL"], "default": "NONE"},
    "fail_on_missing_users": {"type": "bool", "default": True},
    "project_folder": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 600.0},
}

REMAPPED: Spec = {
    "project": {"type": "str"},
    "deployment": {"type": "str"},
    "infrastructure": {"type": "str"},
    "judge": {"type": "bool", "default": True},
    "source": {"type": "dict", "options": OTHER_NODE},
    "target": {"type": "dict", "options": OTHER_NODE},
}

REMAPPING: Spec = {
    "connections": {"type": "raw"},
    "code_envs": {"type": "raw"},
    "containers": {"type": "raw"},
    "exclusive": {"type": "bool", "default": False},
    "code_envs_behavior": {
        "type": "dict",
        "options": {
            "import_mode": {"type": "str", "choices": ["INSTALL_IF_MISS", "FAIL_IF_MISS", "DO_NOTHING"]},
            "specification": {"type": "str", "choices": ["SPECIFIED", "ACTUAL"]},
        },
    },
    "on_finding": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
}

_ONE_PLACE = ("project", "deployment", "infrastructure")

# The modules that are not those of a kind.
_OTHERS: Mapping[str, Mapping[str, t.Any]] = {
    "configuration": {
        "argument_spec": {**NODE, **CHANGES, **CONFIGURATION, **BACKEND, **SETTLE},
        "required_one_of": [("path", "definition")],
        "mutually_exclusive": [("path", "definition")],
    },
    "convert": {
        "argument_spec": {
            "path": {"type": "path", "required": True},
            "dest": {"type": "path", "required": True},
            "force": {"type": "bool", "default": False},
        }
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
    "bundle": {"argument_spec": {**NODE, **BUNDLE}, "required_if": [("state", "absent", ("id",))]},
    "bundle_info": {"argument_spec": {**NODE, "project": {"type": "str", "required": True}}},
    "connection_remapping": {
        "argument_spec": {**NODE, **REMAPPED, **REMAPPING},
        "required_one_of": [_ONE_PLACE],
        "mutually_exclusive": [_ONE_PLACE],
    },
    "connection_remapping_info": {
        "argument_spec": {**NODE, **REMAPPED},
        "required_one_of": [_ONE_PLACE],
        "mutually_exclusive": [_ONE_PLACE],
    },
    "rollback": {"argument_spec": {**NODE, **PLACE, **ROLLBACK, **BACKEND, **SETTLE}},
    "project_import": {
        "argument_spec": {**NODE, **PROJECT_IMPORT, **BACKEND},
        "required_one_of": [("project", "source")],
    },
    "promotion": {
        "argument_spec": {**NODE, **PROMOTION, **BACKEND},
        "required_if": [("action", "activate", ("bundle",))],
        "required_by": {"path": "checksum"},
    },
    "scenario_run": {"argument_spec": {**NODE, **IN_PROJECT, **WAIT, **RUN, **SCENARIO_RUN}},
    "scenario_run_info": {"argument_spec": {**NODE, **IN_PROJECT, **SCENARIO_RUN_INFO}},
    "build": {
        "argument_spec": {**NODE, **IN_PROJECT, **WAIT, **RUN, **BUILD},
        "required_one_of": [("outputs", "recipe")],
        "mutually_exclusive": [("outputs", "recipe")],
    },
    "build_info": {"argument_spec": {**NODE, **IN_PROJECT, "limit": {"type": "int", "default": 10}}},
    "gate": {"argument_spec": {**NODE, **IN_PROJECT, **WAIT, **GATES}},
}

_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict", "array": "list"}


def module_spec(name: str) -> dict[str, t.Any]:
    """The arguments of ``AnsibleModule`` for a module of the collection."""
    if name in _OTHERS:
        return dict(_OTHERS[name])
    if name.removesuffix("_info") in DEPLOYER:
        return {"argument_spec": _deployer_spec(name)}
    if name not in KINDS:
        return {"argument_spec": _info_spec(KINDS[name.removesuffix("_info")])}
    kind = KINDS[name]
    spec = {**NODE, **CHANGES, **kind_options(kind)}
    if kind.scope == "project" and not kind.names_project:
        spec["project"] = {"type": "str", "required": True}
    return {"argument_spec": spec}


def _info_spec(kind: Kind) -> Spec:
    """The options of the info module of a kind."""
    spec: Spec = {**NODE}
    if kind.names_project:
        spec["key"] = kind_options(kind)["key"]
    elif kind.scope == "project":
        spec.update(IN_PROJECT)
    if not kind.singleton:
        spec[kind.known_by] = {"type": "str"}
    return spec


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
    for name in options:
        if is_secret(name):
            options[name]["no_log"] = options[name]["type"] == "str"  # of others we hide what is secret in them
    for name in options.keys() & {"key", "key_path"}:
        options[name]["no_log"] = False  # a project key is a name, and so is that of a file; sanity wants it said
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
