# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role promote as a whole: killed between and inside its steps, and with calls that fail; nothing stays half active."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml
from support.playbook import run
from support.process import until
from support.release import KEY, REMAPPING, active, prepare
from support.site import SandboxSite, SiteNode
from support.trial import FULL

FAULTS = 10_000 if FULL else 1  # calls that fail on a node
NODES = ("dev", "prod") if FULL else ("prod",)
PLAY = {
    "hosts": "localhost",
    "gather_facts": False,
    "roles": [{"role": "dataiku_iac.dss.promote"}],
    "vars": {
        "promote_project": KEY,
        "promote_from": "dev",
        "promote_to": ["prod"],
        "promote_gates": [{"scenario": "smoke"}],
        "promote_wait_timeout": 20,
    },
}


class Team:
    """A project of which the first version is active in prod, and the second waits on dev."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = SandboxSite("dev=design", "prod=automation")
        self.dev, self.prod = self.site.nodes["dev"], self.site.nodes["prod"]
        prepare(self.site)
        hosts: dict[str, t.Any] = {"localhost": {}}
        groups: dict[str, t.Any] = {}
        for environment, kind, node in (("dev", "design", self.dev), ("prod", "automation", self.prod)):
            hosts[f"{environment}_{kind}"] = {
                "dss_url": node.url,
                "dss_api_key": node.api_key,
                "dss_environment_content": {"remapping": REMAPPING},
            }
            for group in (environment, kind):
                groups[group] = {"hosts": {f"{environment}_{kind}": {}}}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "children": groups}}))
        (folder / "promote.yml").write_text(yaml.safe_dump([PLAY]))
        code, output = self.promote()
        assert code == 0, output
        self.before = active(self.prod)
        project = self.dev.client().get_project(KEY)
        project.set_variables({"standard": {"limit": 2}, "local": {}})

    def promote(self) -> tuple[int, str]:
        return run(["-i", "hosts.yml", "promote.yml"], None, self.folder)

    def started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["ansible-playbook", "-i", "hosts.yml", "promote.yml"],
            cwd=self.folder,
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def completed(self) -> None:
        """The next run brings the second version in, and another one changes nothing."""
        code, output = self.promote()
        assert code == 0, output
        held = active(self.prod)
        assert held["bundle"] != self.before["bundle"] and held["variables"]["standard"] == {"limit": 2}
        assert held["connections"] == ["pg_prod"]
        code, output = self.promote()
        assert code == 0 and "changed=0" in output, output


@pytest.fixture
def team(tmp_path: Path) -> t.Iterator[Team]:
    found = Team(tmp_path)
    yield found
    found.site.stop()


def arrived(node: SiteNode, part: str) -> t.Callable[[], bool]:
    """Whether a call with a part of its path has come in since they were forgotten."""
    return lambda: any(part in call for call in node.control.calls()["counts"])


STEPS = {
    "the export": ("dev", "PUT /projects/{projectKey}/bundles/exported"),
    "the import": ("prod", "importFromStream"),
    "the activation": ("prod", "activate"),
    "the gate": ("prod", "/run"),
}


@pytest.mark.parametrize("step", STEPS if FULL else ["the gate"])
def test_a_role_that_is_killed_is_completed_by_the_next_run(team: Team, step: str) -> None:
    name, part = STEPS[step]
    node = team.site.nodes[name]
    team.prod.control.switch(scenario_run_seconds=2)
    node.control.forget_calls()
    process = team.started()
    until(arrived(node, part), 60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    team.prod.control.switch(scenario_run_seconds=0)
    until(lambda: all(other.control.calls()["open"] == 0 for other in (team.dev, team.prod)))
    team.completed()


def test_any_call_of_the_role_fails_once(team: Team) -> None:
    """Either the run gets over it, or what was active before is active; the next run completes."""
    for node in (team.dev, team.prod):
        node.control.forget_calls()
    team.dev.control.keep(), team.prod.control.keep()
    code, output = team.promote()
    assert code == 0, output
    after = active(team.prod)
    counts = {name: team.site.nodes[name].control.calls()["total"] for name in NODES}
    dice = random.Random("calls")
    for name, count in counts.items():
        for number in sorted(dice.sample(range(count), min(FAULTS, count))):
            for node in (team.dev, team.prod):
                node.control.restore()
            (team.folder / f".dataiku/state/prod/{KEY}.promotion.json").unlink()
            team.site.nodes[name].control.fault(skip=number, status=500)
            code, output = team.promote()
            at = f"call {number + 1} of {count} on {name}"
            team.site.nodes[name].control.clear_faults()  # a run that failed early may not have come so far
            now = active(team.prod)
            assert now == (after if code == 0 else team.before), f"{at}: {output}"
            assert code == 0 or "500" in output, f"{at}: {output}"
            code, output = team.promote()
            assert code == 0, f"{at}: {output}"
            assert active(team.prod)["bundle"] == after["bundle"], at
