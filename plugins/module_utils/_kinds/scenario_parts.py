# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Triggers, steps and reporters of scenarios: dss-api.md 2.7, dss-object-shapes.md "Scenarios"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described

_VERBATIM: Schema = {"x-verbatim": True}
_MESSAGE: Schema = {
    "type": "object",
    "properties": dict.fromkeys(("message", "subject", "blocks", "body", "templateName"), _VERBATIM),
}
_STEP_PARAMS: Schema = {
    "type": "object",
    "description": "Parameters of the type, with DSS's own names.",
    "properties": {
        **dict.fromkeys(("script", "sql", "code"), _VERBATIM),
        "messaging": {"type": "object", "properties": {"configuration": _MESSAGE}},
    },
}
_TRIGGER_PARAMS: Schema = {
    "type": "object",
    "description": "Parameters of the type, with DSS's own names.",
    "properties": dict.fromkeys(("sql", "code"), _VERBATIM),
}

_NO_GRACE = {"delay": 0, "checkAgainAfterGraceDelay": False}
_GRACE = {"delay": 120, "checkAgainAfterGraceDelay": True}
_TRIGGERS: dict[str, dict[str, t.Any]] = {
    "temporal": {"delay": 5, "params": {"repeatFrequency": 1, "monthlyRunOn": "ON_THE_DAY", "timezone": "SERVER"}},
    "ds_modified": {"delay": 900, "graceDelaySettings": _GRACE, "params": {"triggerWhenAllFire": False}},
    "sql_query": {"delay": 900, "graceDelaySettings": _GRACE, "params": {"hasLimit": True, "limit": 10000}},
    "custom_python": {
        "delay": 3600,
        "graceDelaySettings": _NO_GRACE,
        "params": {"envSelection": {"envMode": "INHERIT"}},
    },
    "follow_scenariorun": {"delay": 60, "graceDelaySettings": _NO_GRACE},
}

_STEP: dict[str, t.Any] = {
    "enabled": True,
    "alwaysShowComment": False,
    "runConditionType": "RUN_IF_STATUS_MATCH",
    "runConditionStatuses": ["SUCCESS", "WARNING"],
    "resetScenarioStatus": False,
    "delayBetweenRetries": 10,
    "maxRetriesOnFail": 0,
}
_STEP_DEFAULTS: dict[str, dict[str, t.Any]] = {
    "build_flowitem": {
        "autoUpdateSchemaBeforeEachRecipeRun": False,
        "stopAtFlowZoneBoundary": False,
        "refreshHiveMetastore": True,
        "handleWarningsAs": "WARNING",
        "proceedOnFailure": False,
    },
    "check_dataset": {
        "handleWarningsAs": "WARNING",
        "computeAutomaticRules": True,
        "ignorePartitionSelectionMode": True,
        "proceedOnFailure": False,
    },
    "custom_python": {"envSelection": {"envMode": "INHERIT"}, "proceedOnFailure": False},
    "set_project_vars": {"evaluateValues": True},
    "define_vars": {"evaluateValues": True},
    "run_scenario": {"handleWarningsAs": "WARNING", "proceedOnFailure": False},
    "send_report": {},
    "prepare_bundle": {"transmogrify": True},
}


def trigger_defaults(trigger: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a trigger of a type."""
    return {"active": True, **_TRIGGERS.get(str(trigger.get("type")), {})}


def step_defaults(step: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a step of a type."""
    return {**_STEP, "params": _STEP_DEFAULTS.get(str(step.get("type")), {"proceedOnFailure": False})}


def reporter_defaults(reporter: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a reporter."""
    return {"phase": "END", "runConditionEnabled": False}


_ID = Field("id", "id", described(TEXT, "Id; DSS makes one when it is left out."))
_NAME = Field("name", "name", described(TEXT, "Name."))

TRIGGER = Shape(
    fields=(
        Field(
            "type",
            "type",
            described(
                TEXT,
                "temporal, ds_modified, sql_query, custom_python, follow_scenariorun; short forms dataset, sql, manual, schedule.",
            ),
        ),
        _ID,
        _NAME,
        Field("active", "active", described(FLAG, "Whether it fires; a new trigger does.")),
        Field("delay", "delay", described(WHOLE, "Seconds between two looks.")),
        Field("params", "params", _TRIGGER_PARAMS),
        Field("grace_delay", "graceDelaySettings", described(OBJECT, "Wait before it fires, with DSS's own names.")),
    ),
    defaults=trigger_defaults,
    computed=frozenset({"params.lastUpdate"}),
)

STEP = Shape(
    fields=(
        Field(
            "type",
            "type",
            described(
                TEXT,
                "DSS type such as build_flowitem, custom_python or run_scenario; short forms build_dataset, run_recipe, execute_sql, python.",
            ),
        ),
        _ID,
        _NAME,
        Field("enabled", "enabled", described(FLAG, "Whether it runs.")),
        Field("params", "params", _STEP_PARAMS),
        Field(
            "run_condition",
            "runConditionType",
            described(TEXT, "RUN_IF_STATUS_MATCH, RUN_ALWAYS, RUN_CONDITIONALLY or DISABLED."),
        ),
        Field(
            "run_condition_statuses",
            "runConditionStatuses",
            described(TEXTS, "Statuses of the run so far with which it runs."),
        ),
        Field(
            "run_condition_expression",
            "runConditionExpression",
            described(TEXT, "Formula of the condition.", **_VERBATIM),
        ),
        Field("reset_status", "resetScenarioStatus", described(FLAG, "Whether an earlier failure is forgotten.")),
        Field("retries", "maxRetriesOnFail", described(WHOLE, "How often it is tried again.")),
        Field("retry_delay", "delayBetweenRetries", described(WHOLE, "Seconds between two tries.")),
        Field("comment", "comment", described(TEXT, "Comment.")),
        Field("always_show_comment", "alwaysShowComment", described(FLAG, "Whether the comment is always shown.")),
    ),
    defaults=step_defaults,
)

REPORTER = Shape(
    fields=(
        Field(
            "type",
            "messaging.type",
            described(TEXT, "mail-scenario, slack-scenario, msft-teams-scenario, webhook-scenario ..."),
        ),
        _ID,
        _NAME,
        Field("active", "active", described(FLAG, "Whether it reports.")),
        Field("phase", "phase", described({"enum": ["START", "END"]}, "When it reports.")),
        Field("condition_enabled", "runConditionEnabled", described(FLAG, "Whether the condition counts.")),
        Field("condition", "runCondition", described(TEXT, "Formula of the condition.", **_VERBATIM)),
        Field(
            "params",
            "messaging.configuration",
            {**_MESSAGE, "description": "Settings of the channel, with DSS's own names."},
        ),
    ),
    defaults=reporter_defaults,
)


def to_dss(shape: Shape) -> t.Callable[[t.Any], t.Any]:
    """Turn a list of author mappings."""
    return lambda items: [shape.to_dss(item) for item in items]


def from_dss(shape: Shape) -> t.Callable[[t.Any], t.Any]:
    """Turn a list of DSS's mappings back."""
    return lambda items: [shape.from_dss(item) for item in items]


def items_schema(shape: Shape, description: str, short_forms: Mapping[str, Schema]) -> Schema:
    """JSON Schema of a list of parts: their fields, the short forms of other tools, and ``raw``."""
    properties = {
        **short_forms,
        **shape.properties(),
        "raw": described(OBJECT, "Fields of DSS that have no name here."),
    }
    member = {"type": "object", "required": ["type"], "properties": properties, "additionalProperties": False}
    return {"type": "array", "items": member, "description": description}
