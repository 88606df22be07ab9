# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of check mode is what the apply does: random configurations, random edits on both sides, all options."""

from __future__ import annotations

import json
import os
import typing as t
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import address
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from support.engine import run_module
from support.random_projects import KEY, RandomProject
from support.sandbox import SandboxProcess

WALKS, STEPS = (10, 50) if os.environ.get("DSS_TEST_FULL") else (4, 25)
OF_THE_NODE = {"versionTag", "creationTag"}  # every write moves them
SORTS = {"update config", "update drift", "create drift", "delete config", "refused"}


class Walk:
    """One project that is edited and deployed again and again, with its state."""

    def __init__(self, seed: int, sandbox: SandboxProcess, base: Path) -> None:
        self.project = RandomProject(seed, sandbox)
        self.environ = sandbox.environ
        self.node = DssNode(NodeOptions(sandbox.url, sandbox.api_key, environ={}))
        self.base = base
        self.seen: Counter[str] = Counter()

    def attempt(self, check: bool = False, **options: t.Any) -> tuple[dict[str, t.Any] | None, str]:
        """The result, or None and the sentence of the refusal."""
        try:
            return run_module(
                self.environ, check=check, base=self.base, definition=self.project.configuration, workers=2, **options
            ), ""
        except DssError as error:
            return None, str(error)

    def options(self) -> dict[str, t.Any]:
        """What one run is asked for."""
        random = self.project.random
        only = random.choice([None] * 8 + [[f"dataset.{KEY}.d1"], [f"recipe.{KEY}.r0", f"scenario.{KEY}.s1"]])
        return {
            "on_drift": random.choice(["overwrite", "overwrite", "keep", "keep", "fail"]),
            "prune": random.random() < 0.15,
            "max_deletes": 100,
            "only": only,
        }

    def holds(self) -> dict[tuple[str, str], t.Any]:
        """Everything on the node by kind and id, with its address and without what DSS counts."""
        found = {}
        for kind in KINDS.values():
            project = KEY if kind.scope == "project" else None
            for object_id in kind.read_all(self.node, project):
                if kind.name == "project" and object_id != KEY:
                    continue
                document = kind.read_one(self.node, project, object_id)
                kept = {key: value for key, value in document.items() if key not in OF_THE_NODE}
                label = KEY if kind.singleton else kind.label(object_id, document)
                found[kind.name, object_id] = (address(kind.name, project, label), kept)
        return found

    def step(self) -> None:
        """Edit both sides, plan, plan with everything read, apply, plan."""
        self.project.edit_configuration()
        self.project.edit_by_hand()
        options = self.options()
        planned, refusal = self.attempt(check=True, **options)
        if planned is None:
            assert self.attempt(check=True, refresh="full", **options) == (None, refusal)
            before = self.holds()
            assert self.attempt(**options) == (None, refusal)
            assert self.holds() == before
            self.seen["refused"] += 1
            self.project.permit()
            options.update(on_drift="overwrite", only=None)
            planned, refusal = self.attempt(check=True, **options)
        assert planned is not None, refusal
        everything, refusal = self.attempt(check=True, refresh="full", **options)
        assert everything is not None, refusal
        assert told(planned) == told(everything)
        before, names = self.holds(), self.recorded()
        applied, refusal = self.attempt(**options)
        assert applied is not None, refusal
        assert applied["plan"]["actions"] == planned["plan"]["actions"]
        done = sorted(applied["outcome"]["applied"]) if applied["changed"] else []
        assert done == sorted(action["address"] for action in planned["plan"]["actions"])
        self.only_planned_changes(before, names, planned["plan"]["actions"])
        then, refusal = self.attempt(check=True, **options)
        if then is None:  # what was selected is gone
            assert options["only"] and "selects nothing" in refusal
        else:
            assert then["plan"]["actions"] == []
        self.seen.update(f"{action['action']} {action['cause']}" for action in planned["plan"]["actions"])

    def recorded(self) -> dict[tuple[str, str], str]:
        """The recorded addresses, by kind and id: somebody may have given the objects other names."""
        found = {}
        for path in self.base.glob("state/*/*.state.json"):
            for key, entry in json.loads(path.read_text(encoding="utf-8"))["resources"].items():
                found[entry["kind"], entry["object_id"]] = key
        return found

    def only_planned_changes(
        self, before: dict[tuple[str, str], t.Any], names: dict[tuple[str, str], str], actions: list[dict[str, t.Any]]
    ) -> None:
        planned = {action["address"].partition("[")[0] for action in actions}
        after = self.holds()
        for key in {**before, **after}:
            if before.get(key) != after.get(key):
                known = {entry[0] for entry in (before.get(key), after.get(key)) if entry} | {names.get(key)}
                assert known & planned


def told(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The plan without its impact, which is told as far as objects were read."""
    return {key: value for key, value in result["plan"].items() if key not in ("impact", "text")}


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_apply_does_what_check_mode_planned_and_the_plan_after_it_is_empty(
    seed: int, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    walk = Walk(seed, sandbox, tmp_path)
    try:
        first, refusal = walk.attempt()
        assert first is not None, refusal
        for number in range(STEPS):
            try:
                walk.step()
            except AssertionError as error:
                error.add_note(f"seed {seed}, step {number}")
                raise
    finally:
        walk.node.close()
    assert walk.seen.keys() >= SORTS
