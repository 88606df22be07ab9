# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small flow on a node, for plans of which the impact is asked."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime

from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.impact import Impact, impact
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan, Snapshot

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LISTED = frozenset({"dataset", "recipe", "managed_folder", "scenario"})
PROJECT = {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}


def dataset(**columns: str) -> dict[str, t.Any]:
    held = [{"name": name, "type": kind} for name, kind in columns.items()]
    return {
        "type": "Filesystem",
        "managed": True,
        "params": {"connection": "files", "path": "x"},
        "schema": {"columns": held},
    }


def recipe(inputs: t.Sequence[str], outputs: t.Sequence[str], kind: str = "python", **more: t.Any) -> dict[str, t.Any]:
    content = {"code": "pass"} if kind == "python" else {}
    return {
        "type": kind,
        "inputs": {"main": {"items": [{"ref": ref, "deps": []} for ref in inputs]}},
        "outputs": {"main": {"items": [{"ref": ref, "appendMode": False} for ref in outputs]}},
        **content,
        **more,
    }


# raw -> clean -> gold -> report, and other beside them; folder F holds what recipe "load" puts into raw
HELD: dict[str, t.Any] = {
    "project": {"P": PROJECT},
    "dataset": {name: dataset(id="string", n="bigint") for name in ("raw", "clean", "gold", "report", "other")},
    "managed_folder": {"aB3dE5gH": {"id": "aB3dE5gH", "name": "F", "type": "Filesystem", "params": {"path": "f"}}},
    "recipe": {
        "load": recipe(["aB3dE5gH"], ["raw"]),
        "tidy": recipe(["raw"], ["clean"]),
        "group": recipe(["clean"], ["gold"]),
        "print": recipe(["gold"], ["report"]),
    },
}


def planned(
    sections: dict[str, t.Any], held: dict[str, t.Any] | None = None, listed: frozenset[str] = LISTED, **options: t.Any
) -> tuple[Plan, Snapshot]:
    configuration = load({"project": {"key": "P", "name": "P"}, **sections}, kinds=KINDS)
    snapshot = Snapshot(held or HELD, connections={"files": "Filesystem", "s3": "EC2"}, listed=listed)
    resources = desired(configuration.declarations, "P", KINDS)
    return build(resources, snapshot, Options(sections=configuration.sections, **options), KINDS), snapshot


def found(sections: dict[str, t.Any], summaries: t.Any = None, **more: t.Any) -> Impact:
    plan, snapshot = planned(sections, **more)
    return impact(plan, snapshot, NOW, {} if summaries is None else summaries)


def names(*of: str) -> tuple[str, ...]:
    return tuple(f"dataset.P.{name}" for name in of)


def ours(name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": "Filesystem", **more}


def code(name: str, source: str, target: str, text: str = "changed") -> dict[str, t.Any]:
    return {"name": name, "type": "python", "inputs": [source], "outputs": [target], "code": text}


def column(name: str, kind: str = "string") -> dict[str, t.Any]:
    return {"name": name, "type": kind}


def scenario(*builds: str, **more: t.Any) -> dict[str, t.Any]:
    items = [{"type": "DATASET", "itemId": name} for name in builds]
    return {
        "type": "step_based",
        "params": {"steps": [{"type": "build_flowitem", "params": {"builds": items}}]},
        **more,
    }


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
