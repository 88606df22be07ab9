# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short forms of triggers and steps that earlier tools defined (peer-config-format.md 2.3 and 4.5), written out."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .shape import OBJECTS, TEXT, Schema, described

# The peers do not say which day 0 is; 0 is Sunday as in cron.
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_STEP_TYPES = {"execute_sql": "exec_sql", "python": "custom_python"}
_KEYS = {"DATASET": "dataset", "MANAGED_FOLDER": "folder"}

# The keys that only a short form has; those of what it stands for are in scenario_types.py.
TRIGGER_KEYS: Mapping[str, Schema] = {
    "day_of_week": described({"type": "integer", "minimum": 0, "maximum": 6}, "For weekly: 0 is Sunday, as in cron."),
    "cron": described(
        TEXT,
        "For schedule: five fields; DSS knows a minute with an hour and a day of the week or of the month, no ranges or steps.",
    ),
    "dataset": described(TEXT, "For dataset: the dataset that is watched."),
    "event_type": described({"enum": ["modified", "created"]}, "For dataset: DSS knows only modified."),
    "code_file": described(TEXT, "For custom_python: a file with the text."),
}

STEP_KEYS: Mapping[str, Schema] = {
    "dataset": described(TEXT, "For build_dataset: the dataset to build."),
    "partition": described(TEXT, "For build_dataset: the partition."),
    "recipe": described(TEXT, "For run_recipe: the recipe whose outputs are built."),
    "code_file": described(TEXT, "For python, execute_sql: a file with the text."),
    "condition": described(TEXT, "For conditional: not applied.", **{"x-verbatim": True}),
    "on_success": described(OBJECTS, "For conditional: not applied."),
    "on_failure": described(OBJECTS, "For conditional: not applied."),
    "severity": described(TEXT, "For notification: not applied."),
}


def written_out(
    author: Mapping[str, t.Any], outputs: Mapping[str, t.Sequence[tuple[str, str]]]
) -> tuple[dict[str, t.Any], tuple[str, ...]]:
    """A scenario without short forms, and notes on what is not applied; ``outputs`` gives what recipes write."""
    written = {
        "triggers": [trigger(entry) for entry in author.get("triggers") or ()],
        "steps": [step(entry, outputs) for entry in author.get("steps") or ()],
    }
    lists = {name: [part for part, _note in pairs if part] for name, pairs in written.items() if author.get(name)}
    return {**author, **lists}, tuple(note for pairs in written.values() for _part, note in pairs if note)


def trigger(author: Mapping[str, t.Any]) -> tuple[dict[str, t.Any] | None, str]:
    """A trigger written out, or None when DSS has no such thing, and a note ("" for none)."""
    kept = {key: value for key, value in author.items() if key not in TRIGGER_KEYS}
    kind = author["type"]
    if kind == "manual":
        return None, ""  # every scenario can be run by hand
    if kind == "schedule":
        written = _cron(str(author.get("cron", "")))
        if written is None:
            return (
                None,
                f"schedule {author.get('cron')!r} not applied: DSS has no such schedule, use a temporal trigger",
            )
        return {**kept, "type": "temporal", **written}, ""
    if kind == "temporal":
        if author.get("day_of_week") is not None:
            kept["days_of_week"] = [_DAYS[author["day_of_week"]]]
        return _on_the_day(kept), ""
    if kind == "dataset":
        note = (
            "event_type: created not applied, DSS knows only modified" if author.get("event_type") == "created" else ""
        )
        return {**kept, "type": "ds_modified", "datasets": [author["dataset"]]}, note
    return {**kept, "type": "sql_query"} if kind == "sql" else kept, ""


def _on_the_day(author: dict[str, t.Any]) -> dict[str, t.Any]:
    """DSS needs to be told that a day of the month is meant."""
    return {"monthly_on": "ON_THE_DAY", **author} if author.get("day_of_month") is not None else author


def _cron(text: str) -> dict[str, t.Any] | None:
    """The temporal trigger for a cron line of plain numbers, or None."""
    fields = text.split()
    if len(fields) != 5 or fields[3] != "*" or not fields[0].isdigit():
        return None
    minute, hour, day, _month, weekday = fields
    if any(not (field == "*" or field.isdigit()) for field in (hour, day, weekday)):
        return None
    written: dict[str, t.Any] = {"minute": int(minute)}
    if hour == "*":
        return {**written, "frequency": "hourly"} if (day, weekday) == ("*", "*") else None
    written["hour"] = int(hour)
    if day != "*" and weekday != "*":
        return None
    if weekday != "*":
        return {**written, "frequency": "weekly", "days_of_week": [_DAYS[int(weekday) % 7]]}
    if day != "*":
        return _on_the_day({**written, "frequency": "monthly", "day_of_month": int(day)})
    return {**written, "frequency": "daily"}


def step(
    author: Mapping[str, t.Any], outputs: Mapping[str, t.Sequence[tuple[str, str]]]
) -> tuple[dict[str, t.Any] | None, str]:
    """A step written out, or None when DSS has no such thing; ``outputs`` gives what recipes write."""
    kind = author["type"]
    kept = {key: value for key, value in author.items() if key not in STEP_KEYS}
    if kind in ("build_flowitem", "build_dataset"):
        if author.get("items") is None and author.get("dataset"):
            item = {"dataset": author["dataset"]}
            kept["items"] = [{**item, "partition": author["partition"]} if author.get("partition") else item]
        return _build(kept, "RECURSIVE"), ""
    if kind == "run_recipe":
        recipe = str(author.get("recipe"))
        written = [{_KEYS[written]: name} for written, name in outputs.get(recipe, ())]
        if not author.get("items") and not written:
            return (
                None,
                f"step {author.get('name') or recipe!r} not applied: what recipe {recipe} writes is not declared here, use build_flowitem",
            )
        return _build({**kept, "items": author.get("items") or written}, "NON_RECURSIVE"), ""
    if kind in ("shell", "conditional", "notification"):
        return None, f"step {author.get('name') or kind!r} of type {kind} not applied: DSS has no step of this type"
    return {**kept, "type": _STEP_TYPES.get(kind, kind)}, ""


def _build(author: dict[str, t.Any], mode: str) -> dict[str, t.Any]:
    """A build whose mode is said wherever its items are, so that a mode that is taken out is no longer that of DSS."""
    said = {"build_mode": author.get("build_mode") or mode} if "items" in author else {}
    return {**author, **said, "type": "build_flowitem"}
