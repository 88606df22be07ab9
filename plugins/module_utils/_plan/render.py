# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as text for people and as plain data for results."""

from __future__ import annotations

import difflib
import json
import re
import typing as t
from collections.abc import Iterable

from .._errors import Problem, visible
from .compare import MISSING, Change, Unknown
from .model import BOTH, CREATE, DELETE, DRIFT, RENAME, REPLACE, SIGNS, UNCHANGED, UPDATE, Action, Plan, Section
from .values import PLAIN, substituted

_LONGEST = 160
_NOT_PLAIN = (type(MISSING), Unknown)
_ONE_LINE = json.JSONEncoder(default=str, ensure_ascii=False)


def text(plan: Plan, details: bool = True) -> str:
    """The plan as the peers print it: a line for each resource, its changed fields below, the counts last."""
    lines: list[str] = []
    for action in plan.changed:
        lines += resource_lines(action, details)
    if lines:
        lines.append("")
    for section in plan.sections:
        lines += [*section_lines(section, details), ""] if section.lines else []
    for warning in plan.warnings:
        lines.append(visible(f"Warning: {warning}"))
    lines.append(summary(plan))
    return "\n".join(lines) + "\n"


def section_lines(section: Section, details: bool = True) -> list[str]:
    """The lines of a remark, without its details if it has a brief form."""
    lines = section.lines if details or section.brief is None else section.brief
    return [visible(line) for line in lines]


def summary(plan: Plan) -> str:
    """The last line of a plan."""
    counts = plan.summary
    if not plan.changed:
        left = sum(bool(action.left) for action in plan.actions)
        same = counts[UNCHANGED] - left
        other = (
            f", {left} {'is' if left == 1 else 'are'} left as DSS holds {'it' if left == 1 else 'them'}" if left else ""
        )
        return f"No changes. {same} {'object is' if same == 1 else 'objects are'} as declared{other}."
    return (
        f"Plan: {counts[CREATE]} to create, {counts[UPDATE]} to update, {counts[REPLACE]} to replace, "
        f"{f'{counts[RENAME]} to rename, ' if RENAME in counts else ''}{counts[DELETE]} to delete."
    )


def markdown(plan: Plan) -> str:
    """The plan for a pull request: the counts, a table with a line for each resource, the warnings."""
    lines = [f"**{summary(plan)}**", ""]
    if plan.changed:
        lines += ["| | resource | why | source |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(map(cell, _row(action)))} |" for action in plan.changed] + [""]
    lines += [f"- {cell(str(warning))}" for warning in plan.warnings]
    return "\n".join(lines).rstrip() + "\n"


def _row(action: Action) -> tuple[str, str, str, str]:
    paths = ", ".join(change.path for change in action.changes) if action.action in (UPDATE, RENAME) else ""
    loses = f"loses {action.loses}" if action.loses else ""
    why = "; ".join(part for part in (action.reason, loses, paths) if part)
    return action.action, action.address, why, str(action.location)


def cell(value: str) -> str:
    """Text that cannot end a cell, or start a tag, a link or a mention."""
    return re.sub(r"([\\`*_{}\[\]<>|#@!~])", r"\\\1", visible(value)).replace("\n", " ")


def resource_lines(action: Action, details: bool) -> list[str]:
    """The lines of one resource."""
    cause = {DRIFT: "drift", BOTH: "declared anew, and drift"}.get(action.cause or "", "")
    parts = (cause, action.reason, f"loses {action.loses}" if action.loses else "")
    extra = "".join(f" ({part})" for part in parts if part)
    where = f"  # {action.location}" if str(action.location) else ""
    lines = [f"  {SIGNS[action.action]} {action.address}{extra}{where}"]
    if details:
        for change in action.changes:
            lines += change_lines(change, creating=action.action == CREATE)
    return [printable(line) for line in lines]


def printable(line: str) -> str:
    """A line that moves no cursor and stays one."""
    return line if line.isprintable() else visible(line).replace("\n", "\\n")


def change_lines(change: Change, creating: bool) -> list[str]:
    if isinstance(change.before, str) and isinstance(change.after, str) and "\n" in change.before + change.after:
        return [f"      ~ {change.path}:", *_code_diff(change.before, change.after)]
    if change.before is MISSING:
        if isinstance(change.after, str) and "\n" in change.after:
            return [f"      + {change.path}:", *(f"          + {line}" for line in change.after.splitlines())]
        sign = "+" if creating or change.after is not MISSING else "~"
        return [f"      {sign} {change.path}: {shown(change.after)}"]
    if change.after is MISSING:
        return [f"      - {change.path}: {shown(change.before)}"]
    return [f"      ~ {change.path}: {shown(change.before)} -> {shown(change.after)}"]


def _code_diff(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [f"          {line}" for line in diff if not line.startswith(("---", "+++"))]


def shown(value: t.Any) -> str:
    """A value on one line; long ones are cut in the middle."""
    if value is MISSING:
        return "(absent)"
    text_of = str(value) if isinstance(value, Unknown) else _ONE_LINE.encode(value)
    if len(text_of) > _LONGEST:
        return f"{text_of[: _LONGEST - 40]} ... {text_of[-30:]} ({len(text_of)} characters)"
    return text_of


def as_data(plan: Plan) -> dict[str, t.Any]:
    """The plan for results: the counts, the changed actions and the text."""
    return {
        "summary": plan.summary,
        "actions": [action_data(action) for action in plan.changed],
        **{section.name: section.data for section in plan.sections},
        "text": text(plan),
        "markdown": markdown(plan),
    }


def action_data(action: Action) -> dict[str, t.Any]:
    """One action as plain data."""
    return {
        "address": action.address,
        "action": action.action,
        "cause": action.cause,
        "source": str(action.location) or None,
        "reason": action.reason or None,
        "changes": [
            {"path": change.path, "before": plain(change.before), "after": plain(change.after), "cause": change.cause}
            for change in action.changes
        ],
    }


def plain(value: t.Any) -> t.Any:
    """A value for JSON: null for what is absent, words for what is not known yet."""
    return (
        value
        if type(value) in PLAIN
        else substituted(value, _NOT_PLAIN, lambda special: None if special is MISSING else str(special))
    )


def problems(found: Iterable[Problem]) -> str:
    """Problems, one a line."""
    return "\n".join(str(problem) for problem in found)
