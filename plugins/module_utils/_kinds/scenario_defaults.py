# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS adds to triggers, steps and reporters by itself: dss-object-shapes.md "Scenarios"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

ITEM = {"type": "DATASET", "partitionsSpec": ""}
_NO_GRACE = {"delay": 0, "checkAgainAfterGraceDelay": False}
_GRACE = {"delay": 120, "checkAgainAfterGraceDelay": True}
_INHERIT = {"envMode": "INHERIT"}
_TRIGGERS: dict[str, dict[str, t.Any]] = {
    "temporal": {
        "name": "Time-based",
        "delay": 5,
        "params": {"repeatFrequency": 1, "monthlyRunOn": "ON_THE_DAY", "timezone": "SERVER"},
    },
    "ds_modified": {
        "name": "Dataset change",
        "delay": 900,
        "graceDelaySettings": _GRACE,
        "params": {"triggerWhenAllFire": False},
    },
    "sql_query": {
        "name": "SQL query change",
        "delay": 900,
        "graceDelaySettings": _GRACE,
        "params": {"hasLimit": True, "limit": 10000},
    },
    "custom_python": {
        "name": "Custom trigger",
        "delay": 3600,
        "graceDelaySettings": _NO_GRACE,
        "params": {"envSelection": _INHERIT},
    },
    "follow_scenariorun": {"name": "Follow scenario", "delay": 60, "graceDelaySettings": _NO_GRACE},
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
_STEP_PARAMS: dict[str, dict[str, t.Any]] = {
    "build_flowitem": {
        "jobType": "RECURSIVE_BUILD",
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
    "custom_python": {"envSelection": _INHERIT, "proceedOnFailure": False},
    "set_project_vars": {"evaluateValues": True},
    "define_vars": {"evaluateValues": True},
    "run_scenario": {"handleWarningsAs": "WARNING", "proceedOnFailure": False},
    "send_report": {},
    "prepare_bundle": {"transmogrify": True},
    "prepare_lambda_package": {"transmogrify": True},
    "update_apideployer_deployment": {"isFullUpdate": False},
    "create_dashboard_export": {
        "exportFormat": {
            "paperSize": "A4",
            "orientation": "LANDSCAPE",
            "fileType": "PDF",
            "width": 1920,
            "height": 1358,
        },
        "proceedOnFailure": False,
    },
}
_MESSAGES: dict[str, dict[str, t.Any]] = {
    "mail-scenario": {
        "sendAsHTML": False,
        "messageSource": "TEMPLATE_FILE",
        "templateFormat": "FREEMARKER",
        "templateName": "default.ftl",
    },
    "slack-scenario": {
        "mode": "WEBHOOK",
        "messageMode": "TEXT_MESSAGE",
        "useProxy": True,
        "asUser": False,
        "linkNames": False,
    },
    "msft-teams-scenario": {"useProxy": True},
}


def trigger_defaults(trigger: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a trigger of a type."""
    return {"active": True, **_TRIGGERS.get(str(trigger.get("type")), {})}


def step_defaults(step: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a step of a type."""
    params = _STEP_PARAMS.get(str(step.get("type")), {"proceedOnFailure": False})
    return {**_STEP, "params": {**params, **_messaging(step.get("params"))}}


def reporter_defaults(reporter: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a reporter."""
    return {"phase": "END", "runConditionEnabled": False, **_messaging(reporter)}


def _messaging(holder: t.Any) -> dict[str, t.Any]:
    messaging = holder.get("messaging") if isinstance(holder, Mapping) else None
    kind = str(messaging.get("type")) if isinstance(messaging, Mapping) else ""
    return {"messaging": {"configuration": _MESSAGES[kind]}} if kind in _MESSAGES else {}
