# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short forms of triggers and steps that earlier tools defined (peer-config-format.md 2.3 and 4.5), written out."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .shape import OBJECTS, TEXT, TEXTS, Schema, described

# The peers do not say which day 0 is; 0 is Sunday as in cron.
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_JOB_TYPES = {"NON_RECURSIVE": "NON_RECURSIVE_FORCED_BUILD", "RECURSIVE": "RECURSIVE_BUILD"}

TRIGGER_KEYS: Mapping[str, Schema] = {
    "frequency": described(TEXT, "For temporal: hourly, daily, weekly, monthly."),
    "hour": described({"type": "integer", "minimum": 0, "maximum": 23}, "For temporal: hour of the day."),
    "minute": described({"type": "integer", "minimum": 0, "maximum": 59}, "For temporal: minute of the hour."),
    "day_of_week": described({"type": "integer", "minimum": 0, "maximum": 6}, "For weekly: 0 is Sunday, as in cron."),
    "day_of_month": described({"type": "integer", "minimum": 1, "maximum": 31}, "For monthly: day of the month."),
    "timezone": described(TEXT, "For temporal and schedule: SERVER or a name such as Europe/Paris."),
    "cron": described(
        TEXT,
        "For schedule: five fields; DSS knows a minute with an hour and a day of the week or of the month, no ranges or steps.",
    ),
    "dataset": described(TEXT, "For dataset: the dataset that is watched."),
    "event_type": described({"enum": ["modified", "created"]}, "For dataset: DSS knows only modified."),
    "connection": described(TEXT, "For sql: the connection."),
    "sql": described(TEXT, "For sql: the query whose result is watched.", **{"x-verbatim": True}),
}

STEP_KEYS: Mapping[str, Schema] = {
    "items": described(TEXTS, "For build_flowitem and build_dataset: datasets to build."),
    "build_mode": described(TEXT, "For builds: RECURSIVE or NON_RECURSIVE."),
    "dataset": described(TEXT, "For build_dataset: the dataset to build."),
    "partition": described(TEXT, "For build_dataset: the partition."),
    "recipe": described(TEXT, "For run_recipe: the recipe whose outputs are built."),
    "scenario": described(TEXT, "For run_scenario: the scenario to run."),
    "connection": described(TEXT, "For execute_sql: the connection."),
    "code": described(TEXT, "For execute_sql, python: the text.", **{"x-verbatim": True}),
    "code_file": described(TEXT, "For python, execute_sql: a file with the text."),
    "condition": described(TEXT, "For conditional: not applied.", **{"x-verbatim": True}),
    "on_success": described(OBJECTS, "For conditional: not applied."),
    "on_failure": described(OBJECTS, "For conditional: not applied."),
    "channel": described(TEXT, "For notification: not applied."),
    "message": described(TEXT, "For notification: not applied.", **{"x-verbatim": True}),
    "severity": described(TEXT, "For notification: not applied."),
}


def trigger(author: Mapping[str, t.Any]) -> tuple[dict[str, t.Any] | None, str]:
    """A trigger written out, or None when DSS has no such thing, and a note ("" for none)."""
    author = {key: value for key, value in author.items() if value is not None or key not in TRIGGER_KEYS}
    kind = author["type"]
    kept = {key: value for key, value in author.items() if key not in TRIGGER_KEYS}
    if kind == "manual":
        return None, ""  # every scenario can be run by hand
    if kind == "schedule":
        params = _cron(str(author.get("cron", "")))
        if params is None:
            return (
                None,
                f"schedule {author.get('cron')!r} not applied: DSS has no such schedule, use a temporal trigger",
            )
        return {**kept, "type": "temporal", "params": {**params, **_zone(author), **(author.get("params") or {})}}, ""
    if kind == "temporal":
        return {**kept, "params": {**_temporal(author), **(author.get("params") or {})}}, ""
    if kind == "dataset":
        watch = {"type": "DATASET", "itemId": author["dataset"], "partitionsSpec": ""}
        note = (
            "event_type: created not applied, DSS knows only modified" if author.get("event_type") == "created" else ""
        )
        return {**kept, "type": "ds_modified", "params": {"watches": [watch]}}, note
    if kind == "sql":
        return {**kept, "type": "sql_query", "params": {"connection": author["connection"], "sql": author["sql"]}}, ""
    return dict(author), ""


def _zone(author: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"timezone": author["timezone"]} if author.get("timezone") else {}


def _temporal(author: Mapping[str, t.Any]) -> dict[str, t.Any]:
    params: dict[str, t.Any] = {key: author[key] for key in ("hour", "minute") if key in author}
    if "frequency" in author:
        params["frequency"] = str(author["frequency"]).capitalize()
    if "day_of_week" in author:
        params["daysOfWeek"] = [_DAYS[author["day_of_week"]]]
    if "day_of_month" in author:
        params.update(dayOfMonth=author["day_of_month"], monthlyRunOn="ON_THE_DAY")
    return {**params, **_zone(author)}


def _cron(text: str) -> dict[str, t.Any] | None:
    """DSS's schedule for a cron line of plain numbers, or None."""
    fields = text.split()
    if len(fields) != 5 or fields[3] != "*" or not fields[0].isdigit():
        return None
    minute, hour, day, _month, weekday = fields
    if any(not (field == "*" or field.isdigit()) for field in (hour, day, weekday)):
        return None
    params: dict[str, t.Any] = {"minute": int(minute)}
    if hour == "*":
        return {**params, "frequency": "Hourly"} if (day, weekday) == ("*", "*") else None
    params["hour"] = int(hour)
    if day != "*" and weekday != "*":
        return None
    if weekday != "*":
        return {**params, "frequency": "Weekly", "daysOfWeek": [_DAYS[int(weekday) % 7]]}
    if day != "*":
        return {**params, "frequency": "Monthly", "dayOfMonth": int(day), "monthlyRunOn": "ON_THE_DAY"}
    return {**params, "frequency": "Daily"}


def step(
    author: Mapping[str, t.Any], outputs: Mapping[str, t.Sequence[tuple[str, str]]]
) -> tuple[dict[str, t.Any] | None, str]:
    """A step written out, or None when DSS has no such thing; ``outputs`` gives what recipes write."""
    kind = author["type"]
    given = author.get("params") or {}
    kept = {key: value for key, value in author.items() if key not in STEP_KEYS and key != "params"}
    if kind in ("build_flowitem", "build_dataset") and not given.get("builds"):
        names = author.get("items") or ([author["dataset"]] if author.get("dataset") else [])
        targets = [("DATASET", name) for name in names]
        params = _builds(targets, str(author.get("partition") or ""), author.get("build_mode"))
        return {**kept, "type": "build_flowitem", "params": {**params, **given}}, ""
    if kind == "run_recipe":
        recipe = str(author.get("recipe"))
        targets = [("DATASET", name) for name in author.get("items") or ()] or list(outputs.get(recipe, ()))
        if not targets:
            return (
                None,
                f"step {author.get('name') or recipe!r} not applied: what recipe {recipe} writes is not declared here, use build_flowitem",
            )
        return {**kept, "type": "build_flowitem", "params": {**_builds(targets, "", "NON_RECURSIVE"), **given}}, ""
    if kind == "run_scenario" and author.get("scenario"):
        return {**kept, "params": {"scenarioId": author["scenario"], **given}}, ""
    if kind == "execute_sql":
        # The parameters of exec_sql are unverified: dss-api.md 2.7, unknown 20.
        params = {"connection": author.get("connection"), "sql": author.get("code")}
        return {**kept, "type": "exec_sql", "params": {**params, **given}}, ""
    if kind == "python":
        return {**kept, "type": "custom_python", "params": {"script": author.get("code") or "", **given}}, ""
    if kind in ("shell", "conditional", "notification"):
        return None, f"step {author.get('name') or kind!r} of type {kind} not applied: DSS has no step of this type"
    return dict(author), ""


def _builds(targets: t.Sequence[tuple[str, str]], partition: str, mode: t.Any) -> dict[str, t.Any]:
    builds = [{"type": kind, "itemId": name, "partitionsSpec": partition} for kind, name in targets]
    return {"builds": builds, "jobType": _JOB_TYPES.get(str(mode).upper(), mode) if mode else "RECURSIVE_BUILD"}
