# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How runs, jobs, rules, checks, builds and installations end. Nothing runs here, so a test says it through the control path."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from .errors import bad_request

CANCELLED = "CANCELLED"  # of a scenario: the trigger fire never becomes a run

_CHOICES: dict[str, tuple[object, ...]] = {
    "scenarios": ("SUCCESS", "WARNING", "FAILED", "ABORTED", CANCELLED),
    "jobs": ("DONE", "FAILED", "ABORTED"),
    "data_quality": ("OK", "WARNING", "ERROR", "EMPTY"),
    "metrics": (),
    "standards": (0, 1, 2, 3, 4, 5, "RUN_ERROR", "NOT_APPLICABLE"),
    "code_envs": ("BUILT", "BUILD_FAILED", "CREATION_FAILED"),
    "plugins": ("INSTALLED", "FAILED"),
}


class Outcomes:
    """What was ordered, by subject: globs on `PROJECT.NAME` (standards: on the project, then on the check; metrics: then by id).

    Code environments are `LANG.NAME`, plugins their id.
    """

    def __init__(self) -> None:
        self.ordered: dict[str, dict[str, Any]] = {}
        self.clear()

    def order(self, body: Mapping[str, Any]) -> None:
        """Replaces the subjects that are given; nothing is taken over if one of them is wrong."""
        for subject, by_name in body.items():
            _check(subject, by_name)
        self.ordered.update(body)

    def clear(self) -> None:
        self.ordered = {subject: {} for subject in _CHOICES}

    def scenario(self, project_key: str, scenario_id: str) -> str:
        return str(self._first("scenarios", f"{project_key}.{scenario_id}", "SUCCESS"))

    def job(self, project_key: str, output: str) -> str:
        return str(self._first("jobs", f"{project_key}.{output}", "DONE"))

    def rules(self, project_key: str, dataset: str) -> str:
        return str(self._first("data_quality", f"{project_key}.{dataset}", "OK"))

    def code_env(self, name: str) -> str:
        return str(self._first("code_envs", name, "BUILT"))

    def plugin(self, plugin_id: str) -> str:
        return str(self._first("plugins", plugin_id, "INSTALLED"))

    def metrics(self, project_key: str, name: str) -> dict[str, Any]:
        """Values by id of a dataset, or of a managed folder by its id."""
        values: dict[str, Any] = self._first("metrics", f"{project_key}.{name}", {})
        return values

    def check(self, project_key: str, check_id: str) -> Any:
        """A severity from 0 to 5, or the status of a run that gave none."""
        for pattern, by_check in self.ordered["standards"].items():
            if fnmatchcase(project_key, pattern):
                for check_pattern, outcome in by_check.items():
                    if fnmatchcase(check_id, check_pattern):
                        return outcome
        return 0

    def _first(self, subject: str, name: str, otherwise: Any) -> Any:
        matching = (outcome for pattern, outcome in self.ordered[subject].items() if fnmatchcase(name, pattern))
        return next(matching, otherwise)


def _check(subject: str, by_name: Any) -> None:
    if subject not in _CHOICES:
        raise bad_request(f"No outcomes are called {subject!r}; there are: {', '.join(_CHOICES)}")
    if not isinstance(by_name, dict):
        raise bad_request(f"Outcomes of {subject} are an object of names and outcomes")
    for name, outcome in by_name.items():
        if subject == "metrics":
            _check_values(name, outcome)
            continue
        if subject == "standards" and not isinstance(outcome, dict):
            raise bad_request(f"Outcomes of standards of {name} are an object of checks and severities")
        for value in outcome.values() if subject == "standards" else (outcome,):
            if isinstance(value, bool) or value not in _CHOICES[subject]:
                allowed = ", ".join(map(str, _CHOICES[subject]))
                raise bad_request(f"The outcome of {subject} {name} is one of {allowed}, not {value!r}")


def _check_values(name: str, values: Any) -> None:
    if not isinstance(values, dict):
        raise bad_request(f"Outcomes of metrics of {name} are an object of ids and values")
    for metric_id, value in values.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise bad_request(f"The metric {metric_id} of {name} is a number or a text, not {value!r}")
