# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of an inventory file."""

from __future__ import annotations

from ...module_utils._configuration.compiled import Schema
from ...module_utils._configuration.environment_schema import REMAPPING
from ...module_utils._configuration.settings import SETTINGS

IDENTIFIER = "urn:dataiku-iac:dss:inventory:1.0"
PLUGIN = "dataiku_iac.dss.environments"
NODE_TYPES = ("design", "automation", "deployer", "govern", "api", "fleet")
CLOUDS = ("aws", "azure", "gcp")
CONTENT = ("variables", "overrides", "settings", "remapping")

_TEXT: Schema = {"type": "string", "minLength": 1}
_NAMES: Schema = {"type": "object", "additionalProperties": _TEXT}
_SWITCH: Schema = {"type": ["boolean", "string"]}  # text is a template
_NUMBER: Schema = {"type": ["number", "string"]}


def _mapping(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_TRANSPORT: Schema = {
    "ca_path": {**_TEXT, "description": "File with the authority that signed the certificate."},
    "validate_certs": {**_SWITCH, "description": "False accepts any certificate."},
    "client_certificate": {**_TEXT, "description": "File with a client certificate and its key."},
    "timeout": {**_NUMBER, "description": "Seconds for each call."},
}

NODE: Schema = _mapping(
    "A node.",
    {
        "url": {**_TEXT, "description": "URL of the node."},
        "api_key": {**_TEXT, "description": "API key: a template or a C(!vault) value."},
        "api_key_file": {**_TEXT, "description": "File with the API key, which may be encrypted with Ansible Vault."},
        "api_key_env": {**_TEXT, "description": "Environment variable with the API key."},
        "instance": {**_TEXT, "description": "Name in C(~/.dataiku/config.json), which gives URL and key."},
        "type": {"enum": list(NODE_TYPES), "description": "Type of the node; by default its name, if that is a type."},
        **_TRANSPORT,
        "workers": {**_NUMBER, "description": "Connections to the node at a time."},
        "write_connections": {**_NUMBER, "description": "Of these, those that write."},
        "projects": {
            "type": "array",
            "items": _TEXT,
            "description": "Keys of its projects, in place of those of the environment.",
        },
        "vars": {"type": "object", "description": "More variables of the host."},
    },
)

ENVIRONMENT: Schema = _mapping(
    "An environment.",
    {
        "nodes": {"type": "object", "description": "Its nodes by name.", "additionalProperties": NODE},
        "variables": {"type": "object", "description": "As in a file in C(environments/)."},
        "overrides": {
            "type": "object",
            "description": "As in a file in C(environments/).",
            "additionalProperties": {"type": "object"},
        },
        "settings": SETTINGS,
        "remapping": REMAPPING,
        "projects": {"type": "array", "items": _TEXT, "description": "Keys of the projects of its nodes."},
    },
)

FLEET: Schema = _mapping(
    "A Fleet Manager.",
    {
        "cloud": {"enum": list(CLOUDS), "description": "Its cloud."},
        "url": {**_TEXT, "description": "URL of Fleet Manager."},
        "key_id": {**_TEXT, "description": "Id of the API key."},
        "key_secret": {**_TEXT, "description": "Secret of the API key: a template or a C(!vault) value."},
        "tenant": {**_TEXT, "description": "Id of the tenant, V(main) by default."},
        "environment": {
            "enum": ["tag", "network"],
            "description": "What names the environment of an instance: one of its Fleet Manager tags (default), or its "
            "virtual network.",
        },
        "environments": {
            **_NAMES,
            "description": "Environment by tag or network; instances with another one are left out.",
        },
        "address": {
            "enum": ["public_url", "public_dns", "private_dns", "public_ip", "private_ip"],
            "description": "How instances are reached; V(public_url) by default.",
        },
        "port": {"type": "integer", "minimum": 1, "maximum": 65535, "description": "Port for the other addresses."},
        **_TRANSPORT,
    },
    ("cloud", "url", "key_id", "key_secret"),
)

DEPLOYER: Schema = _mapping(
    "A Project Deployer.",
    {
        "node": {**_TEXT, "description": "Host name of a node of this file, such as C(prod_deployer)."},
        "environments": {
            **_NAMES,
            "description": "Environment by the id of the infrastructure or its stage; others are left out. Without it "
            "the stage, in small letters, is the environment.",
        },
        "api_key": {**_TEXT, "description": "API key for the automation nodes: a template or a C(!vault) value."},
        "api_keys": {**_NAMES, "description": "API key by the id of the infrastructure."},
        **_TRANSPORT,
    },
    ("node",),
)

_INSTANCE = _mapping(
    "Where an instance belongs.",
    {
        "environment": {**_TEXT, "description": "Its environment."},
        "type": {"enum": list(NODE_TYPES), "description": "Type of the node, V(design) by default."},
        "node": {**_TEXT, "description": "Name of the node, its type by default."},
    },
    ("environment",),
)

DATAIKU_CONFIG: Schema = {
    **_mapping(
        "Instances of the file of Dataiku's client.",
        {
            "path": {**_TEXT, "description": "The file, C(~/.dataiku/config.json) by default."},
            "instances": {
                "type": "object",
                "description": "Environment by instance; others are left out.",
                "additionalProperties": {**_INSTANCE, "type": ["string", "object"]},
            },
        },
    ),
    "type": ["boolean", "string", "object"],
}

_SWITCHES = ("cache", "facts", "strict", "use_extra_vars", "leading_separator")

INVENTORY: Schema = _mapping(
    "Environments and their nodes.",
    {
        "plugin": {"enum": [PLUGIN], "description": "Name of the plugin."},
        "environments": {
            "type": "object",
            "description": "The environments by name.",
            "additionalProperties": {**ENVIRONMENT, "type": ["object", "null"]},
        },
        "directory": {**_TEXT, "description": "A folder C(environments) with a file for each environment."},
        "fleet": {"type": "array", "items": FLEET, "description": "Fleet Managers whose instances are nodes."},
        "deployer": {"type": "array", "items": DEPLOYER, "description": "Deployers whose infrastructures are nodes."},
        "dataiku_config": DATAIKU_CONFIG,
        "expand": {"enum": ["projects"], "description": "One host for each node and project."},
        "timeout": {
            "type": "number",
            "minimum": 0.1,
            "maximum": 600,
            "description": "Seconds that asking one node may take.",
        },
        "compose": {"type": "object", "description": "Variables from expressions."},
        "groups": {"type": "object", "description": "Groups from conditions."},
        "keyed_groups": {"type": "array", "description": "Groups from values of variables."},
        "cache_plugin": {**_TEXT, "description": "Cache plugin."},
        "cache_connection": {**_TEXT, "description": "Where the cache is."},
        "cache_prefix": {"type": "string", "description": "Prefix of the names in the cache."},
        "cache_timeout": {"type": "integer", "description": "Seconds that an answer is kept."},
        **{name: {"type": "boolean", "description": f"The option {name}."} for name in _SWITCHES},
    },
    ("plugin",),
)


def inventory_schema() -> Schema:
    """The published schema, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTIFIER,
        "title": "Inventory of Dataiku DSS nodes",
        **INVENTORY,
    }
