# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ``settings`` of an environment file."""

from __future__ import annotations

from .._errors import Problem
from .compiled import Compiled, Schema, optional_null, settled
from .document import Mapping
from .policies import Settings
from .schema_messages import Finding

SETTINGS: Schema = optional_null({
    "type": "object",
    "description": "How an environment is run.",
    "properties": {
        "drift_policy": {
            "enum": ["alert_only", "auto_correct"],
            "description": "What a run does about drift: V(alert_only) overwrites none, V(auto_correct) all.",
        },
        "require_approval": {
            "type": "boolean",
            "description": "Whether only a saved plan is applied, which somebody could read before.",
        },
        "audit_log": {
            "type": "object",
            "description": "Whether an apply writes an entry to the audit log of DSS.",
            "properties": {
                "enabled": {"type": "boolean", "description": "True when it is left out."},
                "destination": {"type": "string", "description": "V(dss), the only place that can be written to."},
            },
            "additionalProperties": False,
        },
        "require_tests": {"type": "boolean", "description": "Whether a promotion needs tests. An apply runs none, and warns."},
    },
    "additionalProperties": False,
})  # fmt: skip
_SETTINGS = Compiled(SETTINGS)
_PLACE = ("settings",)


def read_settings(content: Mapping, strict: bool) -> tuple[Settings, list[Problem]]:
    """The settings of an environment file and what is wrong with them; what cannot act is refused with the reason.

    Without ``strict`` unknown keys are only warned about.
    """
    value = content.get("settings")
    if value is None:
        return Settings(), []
    findings = [*_SETTINGS.findings(value, _PLACE), *_without_effect(value)]
    content, problems = settled(content, findings, strict)
    if any(problem.severity == "error" for problem in problems):
        return Settings(), problems
    told = content["settings"]
    audit = told.get("audit_log")
    return Settings(
        drift_policy=told.get("drift_policy"),
        require_approval=bool(told.get("require_approval")),
        audit_log=None if audit is None else audit.get("enabled") is not False,
    ), problems


def _without_effect(settings: object) -> list[Finding]:
    if not isinstance(settings, Mapping):
        return []
    findings = []
    if "require_tests" in settings:
        message = "not applied, because only a promotion runs tests"
        findings.append(Finding((*_PLACE, "require_tests"), message, warning=True))
    audit = settings.get("audit_log")
    destination = audit.get("destination") if isinstance(audit, Mapping) else None
    if isinstance(destination, str) and destination.lower() != "dss":
        message = (
            "not applied, because an entry is written to the audit log of DSS and nowhere else: ship it from there"
        )
        findings.append(Finding((*_PLACE, "audit_log", "destination"), message, warning=True))
    return findings
