# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys that a trigger, a step or a message has because of its type: dss-api.md 2.7, dss-object-shapes.md "Scenarios"."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Mapping

from .._plan.compare import Document
from .flow_items import BUILT, from_pair, item_schema, rest_of, to_pair
from .selections import CODE_ENV
from .shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, Field, Schema, described

VERBATIM: Schema = {"x-verbatim": True}
_JOBS = {"RECURSIVE": "RECURSIVE_BUILD", "NON_RECURSIVE": "NON_RECURSIVE_FORCED_BUILD"}
_CHANNELS = {  # the others of dss-api.md 2.7 keep DSS's own name
    "mail": "mail-scenario",
    "slack": "slack-scenario",
    "teams": "msft-teams-scenario",
    "webhook": "webhook-scenario",
    "dataset": "dataset-scenario",
}
_RAW = described(OBJECT, "Fields of DSS that have no name here.")
ITEMS: Schema = {
    "type": "array",
    "items": item_schema(BUILT, {"partition": described(TEXT, "Partitions, in DSS's own notation.", **VERBATIM)}),
}
_ATTACHMENT: Schema = {
    "type": "object",
    "properties": {
        "type": described(TEXT, "DSS's type, LOG for example; not needed beside the keys that name an object."),
        "dataset": described(TEXT, "Name of a dataset."),
        "folder": described(TEXT, "Name of a managed folder."),
        "dashboard": described(TEXT, "Name of a dashboard."),
        "params": described(OBJECT, "Further settings, with DSS's own names."),
        "raw": _RAW,
    },
    "additionalProperties": False,
}
_DASHBOARD: Schema = {
    "anyOf": [
        {"type": "string", "description": "Name of a dashboard."},
        {
            "type": "object",
            "properties": {
                "dashboard": described(TEXT, "Name or id of a dashboard."),
                "title": described(TEXT, "The title that DSS shows for it."),
                "raw": _RAW,
            },
            "additionalProperties": False,
        },
    ]
}
_DEFINITIONS: Schema = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
_ATTACHED = {"dataset": ("DATASET", "attachedDataset"), "folder": ("FOLDER", "attachedFolderId")}
_ATTACHED["dashboard"] = ("DASHBOARD_EXPORT", "dashboardId")


def _spelled(words: Mapping[str, str], fold: Callable[[str], str] = str) -> tuple[t.Any, t.Any]:
    """Turn an author's word into DSS's and back; other words are the same on both sides."""
    back = {value: key for key, value in words.items()}
    return (
        lambda value: words.get(fold(value), value) if isinstance(value, str) else value,
        lambda value: back.get(value, value) if isinstance(value, str) else value,
    )


_FREQUENCY = _spelled({word.lower(): word for word in ("Minutely", "Hourly", "Daily", "Weekly", "Monthly")}, str.lower)
CHANNEL = _spelled(_CHANNELS)


def _items_to_dss(items: Iterable[t.Any]) -> list[Document]:
    result = []
    for item in items:
        kind, object_id = to_pair({"dataset": item} if isinstance(item, str) else item, BUILT)
        partition = "" if isinstance(item, str) else item.get("partition") or ""
        more = {} if isinstance(item, str) else item.get("raw") or {}
        result.append({"type": kind, "itemId": object_id, "partitionsSpec": partition, **more})
    return result


def _items_from_dss(items: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    partition = "partitionsSpec"
    return [
        {
            **from_pair(item.get("type"), item.get("itemId"), BUILT),
            **({"partition": item[partition]} if item.get(partition) else {}),
            **rest_of(item, "type", "itemId", partition),
        }
        for item in items
    ]


def _definitions_to_dss(value: t.Any) -> t.Any:
    return [{"key": key, "value": text} for key, text in value.items()] if isinstance(value, Mapping) else value


def _definitions_from_dss(value: t.Any) -> t.Any:
    plain = all(item.keys() == {"key", "value"} for item in value)
    keys = [item.get("key") for item in value] if plain else []
    return {item["key"]: item["value"] for item in value} if plain and len(set(keys)) == len(keys) else value


def _attachments_to_dss(value: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    result = []
    for item in value:
        params = dict(item.get("params") or {})
        kind = item.get("type")
        for key, (implied, name) in _ATTACHED.items():
            if item.get(key) is not None:
                kind = kind or implied
                params[name] = item[key]
        result.append({"type": kind, "params": params, **(item.get("raw") or {})})
    return result


def _attachments_from_dss(value: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    result = []
    for item in value:
        params = dict(item.get("params") or {})
        author: Document = {"type": item.get("type")}
        for key, (implied, name) in _ATTACHED.items():
            if item.get("type") == implied and params.get(name):
                author = {key: params.pop(name)}
        author = {**author, **rest_of(item, "type", "params")}
        result.append({**author, "params": params} if params else author)
    return result


def _dashboards_to_dss(value: Iterable[t.Any]) -> list[Document]:
    members = [item if isinstance(item, Mapping) else {"dashboard": item} for item in value]
    return [
        {
            "smartName": item.get("dashboard"),
            **({"name": item["title"]} if "title" in item else {}),
            **(item.get("raw") or {}),
        }
        for item in members
    ]


def _dashboards_from_dss(value: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    return [
        {
            "dashboard": item.get("smartName"),
            **({"title": item["name"]} if item.get("name") else {}),
            **rest_of(item, "smartName", "name"),
        }
        for item in value
    ]


def _items(path: str, name: str = "items", text: str = "What it works on.") -> Field:
    return Field(name, f"params.{path}", described(ITEMS, text), _items_to_dss, _items_from_dss)


def _text(name: str, path: str, text: str, **more: t.Any) -> Field:
    return Field(name, f"params.{path}", described(TEXT, text, **more))


def _flag(name: str, path: str, text: str) -> Field:
    return Field(name, f"params.{path}", described(FLAG, text))


def _whole(name: str, path: str, text: str) -> Field:
    return Field(name, f"params.{path}", described(WHOLE, text))


def _code(path: str) -> Field:
    return _text("code", path, "Program text.", **VERBATIM)


_CODE_ENV_SCHEMA: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}
_ENV = Field(
    "code_env",
    "params.envSelection",
    described(_CODE_ENV_SCHEMA, "Name of the code environment, or DSS's own selection."),
    *CODE_ENV,
)
_CONNECTION = _text("connection", "connection", "Name of the connection.")
_SCENARIO = _text("scenario", "scenarioId", "Id of the scenario.")
_PROJECT = _text("project", "projectKey", "Key of the project, where it is another one.")
_FAILURE = _flag("proceed_on_failure", "proceedOnFailure", "Whether the run goes on after a failure.")
_WARNINGS = _text("warnings_as", "handleWarningsAs", "What a warning counts as, C(WARNING) unless declared.")
_TARGET = _text("target_variable", "targetVariable", "Variable that gets the id of what is made.")
_UNIQUE = _flag("make_unique", "transmogrify", "Whether the id is completed so that it is unique.")
_DEPLOYMENT = _text("deployment", "deploymentId", "Id of the deployment.")
_VERSION = _text("version", "newVersionId", "Id of the version or bundle to deploy.", **VERBATIM)
_VARIABLES = (
    Field("variables", "params.variables", described(OBJECT, "Variables with fixed values, name to value.")),
    Field(
        "definitions",
        "params.definitions",
        described(_DEFINITIONS, "Variables whose values are formulas, name to formula, in order.", **VERBATIM),
        _definitions_to_dss,
        _definitions_from_dss,
    ),
    _flag("evaluate", "evaluateValues", "Whether the definitions are formulas."),
)


def _message_fields(prefix: str) -> tuple[Field, ...]:
    """The settings of a message, whatever the channel: dss-object-shapes.md "Reporters" and step C(send_report)."""
    texts: dict[str, tuple[str, str, Schema]] = {
        "channel": ("channelId", "Id of the messaging channel of the node.", {}),
        "recipient": ("recipient", "Addresses of the recipients.", VERBATIM),
        "sender": ("sender", "Address of the sender.", VERBATIM),
        "subject": ("subject", "Subject of the mail.", VERBATIM),
        "message": ("message", "Text of the message.", VERBATIM),
        "message_source": ("messageSource", "TEMPLATE_FILE or INLINE.", {}),
        "template": ("templateName", "File of the template.", {}),
        "template_format": ("templateFormat", "FREEMARKER or FORMULA.", {}),
        "message_mode": ("messageMode", "TEXT_MESSAGE or BLOCK_KIT_API, for Slack.", {}),
        "blocks": ("blocks", "Blocks of a Slack message, as JSON.", VERBATIM),
        "mode": ("mode", "How Slack is reached, WEBHOOK for example.", {}),
        "webhook_url": ("webhookUrl", "Secret address of the webhook.", {}),
        "webhook_type": ("webhookType", "OFFICE365 or WORKFLOWS, for Teams.", {}),
        "username": ("username", "Name that Slack shows.", {}),
        "icon_emoji": ("iconEmoji", "Emoji that Slack shows.", {}),
    }
    flags = {
        "html": ("sendAsHTML", "Whether the mail is HTML."),
        "use_proxy": ("useProxy", "Whether the proxy of the node is used."),
        "as_user": ("asUser", "Whether it is sent as a user, for Slack."),
        "link_names": ("linkNames", "Whether names become links, for Slack."),
        "use_global_channel": ("useGlobalChannel", "Whether the settings of the channel of the node are used."),
    }
    return (
        *(Field(name, f"{prefix}.{key}", described(TEXT, text, **more)) for name, (key, text, more) in texts.items()),
        *(Field(name, f"{prefix}.{key}", described(FLAG, text)) for name, (key, text) in flags.items()),
        Field(
            "attachments",
            f"{prefix}.attachments",
            described({"type": "array", "items": _ATTACHMENT}, "What is attached to the mail."),
            _attachments_to_dss,
            _attachments_from_dss,
        ),
    )


MESSAGE = _message_fields("messaging.configuration")

TRIGGERS: Mapping[str, tuple[Field, ...]] = {
    "temporal": (
        Field(
            "frequency", "params.frequency", described(TEXT, "minutely, hourly, daily, weekly or monthly."), *_FREQUENCY
        ),
        _whole("every", "repeatFrequency", "Every how many of them, 1 unless declared."),
        Field("hour", "params.hour", described({"type": "integer", "minimum": 0, "maximum": 23}, "Hour of the day.")),
        Field(
            "minute",
            "params.minute",
            described({"type": "integer", "minimum": 0, "maximum": 59}, "Minute of the hour."),
        ),
        Field("days_of_week", "params.daysOfWeek", described(TEXTS, "For weekly: names of days, Monday for example.")),
        Field(
            "day_of_month",
            "params.dayOfMonth",
            described({"type": "integer", "minimum": 1, "maximum": 31}, "For monthly: day of the month."),
        ),
        _text("monthly_on", "monthlyRunOn", "For monthly: ON_THE_DAY, or FIRST_WEEK and the like."),
        _text("starting_from", "startingFrom", "First day, or day and time, in ISO form."),
        _text("timezone", "timezone", "SERVER or a name such as Europe/Paris."),
    ),
    "ds_modified": (
        _items("watches", "datasets", "What is watched."),
        _flag("when_all", "triggerWhenAllFire", "Whether all of them have to change."),
    ),
    "sql_query": (
        _CONNECTION,
        _text("sql", "sql", "Query whose result is watched.", **VERBATIM),
        _whole("limit", "limit", "Most rows of the result."),
        _flag("has_limit", "hasLimit", "Whether the limit counts."),
    ),
    "custom_python": (_code("code"), _ENV),
    "follow_scenariorun": (_SCENARIO, _PROJECT),
}

STEPS: Mapping[str, tuple[Field, ...]] = {
    "build_flowitem": (
        _items("builds"),
        Field(
            "build_mode",
            "params.jobType",
            described(TEXT, "RECURSIVE, NON_RECURSIVE, RECURSIVE_FORCED_BUILD or RECURSIVE_MISSING_ONLY_BUILD."),
            *_spelled(_JOBS, str.upper),
        ),
        _flag("update_schemas", "autoUpdateSchemaBeforeEachRecipeRun", "Whether output schemas are updated first."),
        _flag("stop_at_zone", "stopAtFlowZoneBoundary", "Whether a recursive build stays in its flow zone."),
        _flag("refresh_metastore", "refreshHiveMetastore", "Whether the metastore is refreshed."),
        _WARNINGS,
        _FAILURE,
    ),
    "check_dataset": (
        _items("checks"),
        _flag("compute_automatic_rules", "computeAutomaticRules", "Whether automatic rules are computed too."),
        _flag("ignore_partition_selection", "ignorePartitionSelectionMode", "Whether rules choose their partitions."),
        _WARNINGS,
        _FAILURE,
    ),
    "compute_metrics": (_items("computes"), _FAILURE),
    "clear_items": (_items("clears"), _FAILURE),
    "invalidate_cache": (_items("invalidates"), _FAILURE),
    "custom_python": (_code("script"), _ENV, _FAILURE),
    # What exec_sql takes is unverified: dss-api.md 2.7, unknown 20.
    "exec_sql": (_CONNECTION, _code("sql"), _FAILURE),
    "run_scenario": (_SCENARIO, _PROJECT, _WARNINGS, _FAILURE),
    "kill_scenario": (_SCENARIO, _PROJECT, _FAILURE),
    "set_project_vars": _VARIABLES,
    "define_vars": _VARIABLES,
    "send_report": (
        Field(
            "messaging",
            "params.messaging.type",
            described(TEXT, "mail, slack, teams, webhook, dataset, or DSS's own name of a channel."),
            *CHANNEL,
        ),
        *_message_fields("params.messaging.configuration"),
        _flag("fail_if_not_sent", "failOnMessageNotSent", "Whether the step fails when the message is not sent."),
    ),
    "prepare_bundle": (
        _text("bundle", "bundleId", "Id of the bundle.", **VERBATIM),
        _UNIQUE,
        _TARGET,
        _flag("publish", "publishOnDeployer", "Whether it is published to the deployer."),
        _text("published_project", "publishedProjectKey", "Key of the project there."),
    ),
    "update_projectdeployer_deployment": (_DEPLOYMENT, _VERSION),
    "prepare_lambda_package": (
        _text("service", "serviceId", "Id of the API service."),
        _text("package", "packageId", "Id of the version.", **VERBATIM),
        _UNIQUE,
        _TARGET,
        _flag("publish", "publishToAPIDeployer", "Whether it is published to the deployer."),
        _text("published_service", "publishedServiceId", "Id of the service there."),
    ),
    "update_apideployer_deployment": (
        _DEPLOYMENT,
        _VERSION,
        _flag("full_update", "isFullUpdate", "Whether everything is updated."),
    ),
    "refresh_chart_cache": (
        Field(
            "dashboards",
            "params.dashboards",
            described({"type": "array", "items": _DASHBOARD}, "Dashboards whose charts are computed."),
            _dashboards_to_dss,
            _dashboards_from_dss,
        ),
        _flag("force", "force", "Whether charts that are current are computed too."),
        _FAILURE,
    ),
    "create_dashboard_export": (
        _text("dashboard", "dashboardId", "Name or id of the dashboard."),
        _text("folder", "folderSmartId", "Name or id of the managed folder that gets the file."),
        _text("file_type", "exportFormat.fileType", "Type of the file, PDF for example."),
        _text("paper_size", "exportFormat.paperSize", "Paper size, A4 for example."),
        _text("orientation", "exportFormat.orientation", "Orientation, LANDSCAPE for example."),
        _whole("width", "exportFormat.width", "Width in pixels."),
        _whole("height", "exportFormat.height", "Height in pixels."),
        _FAILURE,
    ),
    "restart_webapp": (_text("webapp", "webAppId", "Name or id of the web application."), _FAILURE),
    "runnable": (
        _text("macro", "runnableType", "Type of the macro."),
        Field("config", "params.config", described(OBJECT, "Parameters of the macro.")),
        Field("admin_config", "params.adminConfig", described(OBJECT, "Parameters that need an administrator.")),
        _FAILURE,
    ),
}
