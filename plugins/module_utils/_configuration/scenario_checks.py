# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of triggers and steps in the short forms of other tools (peer-config-format.md 4.5 and 4.6)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from .._errors import Problem

if t.TYPE_CHECKING:
    from .checks import Entry

_TRIGGERS: dict[str, tuple[tuple[str, ...], str]] = {
    "temporal": (("frequency",), "Temporal trigger must have 'frequency'"),
    "dataset": (("dataset",), "Dataset trigger must have 'dataset'"),
    "sql": (("connection", "sql"), "SQL trigger must have 'connection' and 'sql'"),
}
_STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "execute_sql": (("connection", "code"), "SQL step must have 'connection' and 'code'"),
    "run_scenario": (("scenario",), "Run scenario step must have 'scenario'"),
    "python": (("code",), "Python step must have 'code' or 'code_file'"),
    "shell": (("code",), "Shell step must have 'code' or 'code_file'"),
}
_BUILDS = ("build_flowitem", "build_dataset")


def scenario_problems(entry: Entry) -> Iterator[Problem]:
    """What the triggers and steps of one scenario lack; one that has ``params`` is DSS's own form and not looked at."""
    for index, trigger in _mappings(entry.author.get("triggers")):
        needed, message = _TRIGGERS.get(str(trigger.get("type")), ((), ""))
        if not _is_native(trigger) and not all(trigger.get(key) for key in needed):
            yield entry.problem(message, "triggers", index)
    yield from _steps(entry, entry.author, ())


def _steps(entry: Entry, owner: dict[str, t.Any], below: tuple[str | int, ...]) -> Iterator[Problem]:
    for name in ("steps", "on_success", "on_failure"):
        for index, step in _mappings(owner.get(name)):
            here = (*below, name, index)
            kind = str(step.get("type"))
            if not _is_native(step):
                needed, message = _STEPS.get(kind, ((), ""))
                if kind in _BUILDS and not step.get("items") and not step.get("dataset"):
                    yield entry.problem("Build step must have 'items'", *here)
                elif not all(step.get(key) for key in needed):
                    yield entry.problem(message, *here)
            yield from _steps(entry, step, here)


def _mappings(items: t.Any) -> Iterator[tuple[int, dict[str, t.Any]]]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _is_native(item: dict[str, t.Any]) -> bool:
    return isinstance(item.get("params"), dict) or isinstance(item.get("raw"), dict)
