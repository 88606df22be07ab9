# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The published schema of an environment file; what a run refuses is decided where each part is read."""

from __future__ import annotations

from .compiled import Schema, optional_null
from .settings import SETTINGS

_TEXT = {"type": "string", "minLength": 1}


def _table(description: str) -> Schema:
    pair = {"source": _TEXT, "target": _TEXT}
    listed = {"type": "object", "properties": pair, "required": [*pair], "additionalProperties": False}
    branches = [{"type": "object", "additionalProperties": _TEXT}, {"type": "array", "items": listed}]
    return {"description": description, "anyOf": branches}


REMAPPING: Schema = {
    "type": "object",
    "description": "Other names for what the nodes of this environment have; each is a mapping of names to names.",
    "properties": {
        "connections": _table("Connections that datasets, folders, steps and triggers use."),
        "code_envs": _table("Code environments that recipes, scenarios and the project name."),
        "containers": _table("Container configurations that recipes and the project name."),
    },
    "additionalProperties": False,
}


def environment_schema() -> Schema:
    """JSON Schema (draft 2020-12) of an environment file, for editors."""
    node = {
        "name": {"type": "string", "description": "Name of the environment, for people; that of the file counts."},
        "dataiku_host": {"type": "string", "pattern": "^https?://", "description": "URL of the node."},
    }
    properties = {
        "environment": {"type": "object", "properties": node, "additionalProperties": False},
        "variables": {"type": "object", "description": "Values for ${NAME} in the configuration."},
        "overrides": {
            "type": "object",
            "description": 'What differs, by section and object ("*" for all of a section).',
            "additionalProperties": {"type": "object"},
        },
        "settings": SETTINGS,
        "remapping": REMAPPING,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dataiku-iac:dss:environment:1.0",
        "title": "Dataiku DSS environment",
        "description": "What differs in one environment, as the dataiku_iac.dss collection reads it.",
        **optional_null({"type": "object", "properties": properties, "additionalProperties": False}),
    }
